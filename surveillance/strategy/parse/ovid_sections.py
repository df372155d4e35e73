"""An appendix that prints the strategies of several databases one after another: which is meant."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from surveillance.strategy.nodes import Span
from surveillance.strategy.parse.faults import Findings
from surveillance.strategy.parse.source import Piece

LONGEST_HEADER = 160
SHORTEST_SECTION = 1

_DATABASES: Mapping[str, str] = {
    "ovid-medline": r"medline",
    "ovid-embase": r"embase",
    "another": r"psycinfo|central|cochrane|cinahl|pubmed|scopus|lilacs|amed|web of science|inahta",
}
_NAMED = re.compile(
    "|".join(
        f"(?P<{name.replace('-', '_')}>\\b(?:{words})\\b)" for name, words in _DATABASES.items()
    ),
    re.IGNORECASE,
)
# What a search has and a header has not: fields, headings, truncation, a number in front.
_IS_SEARCH = re.compile(
    r"\.[a-z]{2}\b[.,]?|/\s*(?:$|[a-z]{2}\b)|[*$#]|^\s*\d|\bexp\s", re.IGNORECASE
)
_IS_HEADER = re.compile(
    r"\bappendix\b|\bsearch(?:es)?\b|\bstrateg(?:y|ies)\b|\bdatabase\b|\bovid\b|:\s*$"
    r"|^\W*(?:medline|embase|pubmed|psycinfo|central|cinahl)\W*$",
    re.IGNORECASE,
)


def of_database(pieces: Sequence[Piece], dialect: str, findings: Findings) -> list[Piece]:
    """The lines under the header of the dialect's database, where there are several databases.

    All lines where the text names one database or none. What is left out is reported.
    """
    headers = [(at, name) for at, piece in enumerate(pieces) if (name := _database(piece))]
    mine = next((at for at, name in headers if name == dialect), None)
    if mine is None or len({name for _, name in headers}) < 2:
        return list(pieces)
    begins = mine + 1
    ends = next((at for at, name in headers if at > mine and name != dialect), len(pieces))
    if ends - begins < SHORTEST_SECTION:
        return list(pieces)
    for first, last in ((0, mine), (ends, len(pieces))):
        if last > first:
            _report(pieces[first], findings)
    return list(pieces[mine:ends])


def _database(piece: Piece) -> str | None:
    """The database that a header names; None: the line is no header."""
    if len(piece.text) > LONGEST_HEADER or not _IS_HEADER.search(piece.text):
        return None
    named = None if _IS_SEARCH.search(piece.text) else _NAMED.search(piece.text)
    return (named.lastgroup or "").replace("_", "-") if named else None


def _report(piece: Piece, findings: Findings) -> None:
    span = Span(piece.line, piece.column, piece.line, piece.column + len(piece.text))
    findings.info(
        "other-database",
        span,
        f"Left out from here on: the strategy of another database (“{piece.text[:60]}”).",
    )
