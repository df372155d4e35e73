"""An appendix that prints the strategies of several databases one after another: which is meant."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from surveillance.strategy.nodes import Span
from surveillance.strategy.parse.faults import Findings
from surveillance.strategy.parse.source import Piece

LONGEST_HEADER = 160

_DATABASES: Mapping[str, str] = {
    "ovid-medline": r"medline",
    "ovid-embase": r"embase",
    "another": r"psycinfo|central|cochrane|cinahl|pubmed|scopus|lilacs|amed|web\s+of\s+science"
    r"|google\s+scholar|inahta|register",
}
_ANY = "|".join(_DATABASES.values())
_NAMED = re.compile(
    "|".join(
        rf"(?P<{name.replace('-', '_')}>\b(?:{words})\b)" for name, words in _DATABASES.items()
    ),
    re.IGNORECASE,
)
# What a search has and a header has not: fields, headings, truncation, a number in front.
_IS_SEARCH = re.compile(
    r"\.[a-z]{2}\b[.,]?|/\s*(?:$|[a-z]{2}\b)|[*$#]|^\s*\d|\bexp\s", re.IGNORECASE
)
_IS_HEADER = re.compile(
    r"\bappendix\b|\bsearch(?:es)?\b|\bstrateg(?:y|ies)\b|\bdatabase\b|\bovid\b|:\s*$"
    rf"|\b(?:18|19|20)\d\d\s+to\b|^\W*(?:{_ANY})(?:\s+library)?\W*$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class _Section:
    """The lines from a header of a database to before that of another one."""

    database: str
    begins: int
    ends: int

    @property
    def lines(self) -> int:
        return self.ends - self.begins


def of_database(pieces: Sequence[Piece], dialect: str, findings: Findings) -> list[Piece]:
    """The lines under the header of the dialect's database, where there are several databases.

    The longest such section: an appendix also names its databases where it counts their records.
    All lines where the text names one database or none. What is left out is reported.
    """
    sections = _sections(pieces)
    mine = [section for section in sections if section.database == dialect]
    if not mine or len(sections) == len(mine):
        return list(pieces)
    longest = max(mine, key=lambda section: section.lines)
    if longest.lines < 2:
        return list(pieces)
    for first, last in ((0, longest.begins), (longest.ends, len(pieces))):
        if last > first:
            _report(pieces[first], findings)
    return list(pieces[longest.begins : longest.ends])


def _sections(pieces: Sequence[Piece]) -> list[_Section]:
    found: list[_Section] = []
    for at, piece in enumerate(pieces):
        database = _database(piece)
        if database and (not found or found[-1].database != database):
            found.append(_Section(database, at, len(pieces)))
    following = [section.begins for section in found[1:]]
    return [
        replace(section, ends=ends)
        for section, ends in zip(found, (*following, len(pieces)), strict=False)
    ]


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
