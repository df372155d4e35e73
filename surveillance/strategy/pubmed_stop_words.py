"""PubMed's stop words, for reading its strategies and for asking it.

Source: NLM, PubMed User Guide, "Stopwords". The evaluation of PubMed's meaning keeps a list of its
own, so that a mistake in this one is seen.
"""

from __future__ import annotations

STOP_WORDS = frozenset(
    """
    a about again all almost also although always among an and another any are as at be because
    been before being between both but by can could did do does done due during each either
    enough especially etc for found from further had has have having here how however i if in
    into is it its itself just kg km made mainly make may mg might ml mm most mostly must
    nearly neither no nor obtained of often on our overall perhaps pmid quite rather really
    regarding seem seen several should show showed shown shows significantly since so some such
    than that the their theirs them then there therefore these they this those through thus to
    upon use used using various very was we were what when which while with within without
    would
    """.split()  # noqa: SIM905 (a list literal of these would fill a page)
)
