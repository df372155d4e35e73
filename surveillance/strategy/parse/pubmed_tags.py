"""PubMed's search field tags: the names they go by, and what each is called in the tree.

Source: NLM, PubMed User Guide, "Search field tags", with the names that PubMed echoes ("Date -
Publication") and those of PubMed before 2020 that published strategies still carry.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

WIDEST_PROXIMITY = 1000

_NAMES_BY_CODE: Mapping[str, tuple[str, ...]] = {
    "all": ("all fields", "all field"),
    "ti": ("title",),
    "ab": ("abstract",),
    "tiab": ("title/abstract", "title or abstract", "ti/ab", "ti,ab", "ti/abs"),
    "tw": ("text word", "text words", "word"),
    "ot": ("other term", "other terms"),
    "tt": ("transliterated title",),
    "mh": ("mesh", "mesh term", "mesh terms", "mesh heading", "mesh headings"),
    "majr": ("mesh major topic", "mesh major topics", "major topic", "mj", "mesh major"),
    "sh": ("subheading", "subheadings", "mesh subheading", "mesh subheadings", "subh"),
    "pt": ("publication type", "ptyp", "publication types"),
    "la": ("lang", "language"),
    "au": ("author", "author name", "authors"),
    "1au": ("first author", "author - first", "first author name", "fau1"),
    "lastau": ("last author", "author - last", "last author name"),
    "fau": ("full author name", "author - full"),
    "auid": ("author - identifier", "author identifier"),
    "cn": ("corporate author", "author - corporate"),
    "ir": ("investigator",),
    "fir": ("full investigator name", "investigator - full"),
    "ed": ("editor",),
    "ta": ("jour", "journal", "journal title"),
    "jid": ("nlm unique id",),
    "vi": ("volume", "vol"),
    "ip": ("issue",),
    "pg": ("pagination", "page"),
    "pl": ("place of publication",),
    "nm": ("supplementary concept", "supplementary concepts", "substance name"),
    "rn": ("ec/rn number", "rn number", "registry number"),
    "pa": ("pharmacological action", "pharmacologic action"),
    "ps": ("personal name as subject", "subject - personal name"),
    "ad": ("affiliation",),
    "gr": ("grant number", "grants and funding"),
    "cois": ("conflict of interest statement", "conflict of interest statements"),
    "pmid": ("uid",),
    "aid": ("article identifier",),
    "lid": ("location id", "doi"),
    "si": ("secondary source id",),
    "isbn": (),
    "book": (),
    "pubn": ("publisher",),
    "sb": ("filter", "subset", "text", "properties"),
    "dp": ("pdat", "publication date", "date - publication", "date of publication"),
    "edat": ("entry date", "date - entry", "entrez date", "date - entrez"),
    "crdt": ("create date", "date - create", "creation date"),
    "mhda": ("mesh date", "date - mesh"),
    "lr": ("mdat", "modification date", "date - modification", "date last revised"),
    "dcom": ("completion date", "date - completion"),
    "epdat": ("electronic date of publication",),
    "ppdat": ("print date of publication",),
}

_CODE_BY_NAME: Mapping[str, str] = {
    name: code for code, names in _NAMES_BY_CODE.items() for name in (code, *names)
}

DATES = frozenset({"dp", "edat", "crdt", "mhda", "lr", "dcom", "epdat", "ppdat"})
"""Codes of dates."""

EXPLODED = frozenset({"mh", "majr", "sh", "pt"})
"""Codes that find what is narrower too, unless `:noexp` stands behind them."""

WITH_PROXIMITY = frozenset({"ti", "tiab", "ad"})
"""Codes in which `:~N` works (User Guide, "Proximity searching")."""

NAMES = frozenset({"mh", "majr", "sh", "pt", "nm", "pa", "ta", "ps", "rn", "cn", "gr", "sb"})
"""Codes whose terms are names, in which a lower-case `and` is a word (`wit and humor[mh]`)."""

_TAG = re.compile(
    r"""\[\s*(?P<name>[^\[\]:~]{1,60}?)\s*
        (?: :\s*(?P<noexp>no[\s-]?expl?)\s* | :?\s*~\s*(?P<between>\d{1,4})\s*
          | :(?P<other>[^\[\]]*) )?\]""",
    re.VERBOSE | re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Tag:
    """A tag read: its code, and what stands behind its colon."""

    code: str
    explode: bool = True
    between: int | None = None
    unknown: str = ""


def read_tag(text: str) -> Tag | None:
    """The meaning of a tag with its brackets, `[Title/Abstract]`; None for one not known.

    `unknown` is what stands behind the colon where PubMed has no such thing: `[sb:~5]`.
    """
    match = _TAG.fullmatch(text)
    code = _CODE_BY_NAME.get(" ".join(match["name"].lower().split())) if match else None
    if match is None or code is None:
        return None
    if match["noexp"]:
        return Tag(code, explode=False) if code in EXPLODED else Tag(code, unknown=":noexp")
    if match["between"] is not None:
        between = int(match["between"])
        if code in WITH_PROXIMITY and between <= WIDEST_PROXIMITY:
            return Tag(code, between=between)
        return Tag(code, unknown=f":~{between}")
    return Tag(code, unknown=f":{match['other'].strip()}" if match["other"] is not None else "")
