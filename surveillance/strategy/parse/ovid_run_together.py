"""Entries that print has run together on one line: `1 exp Pain/ 2 pain.tw. 3 1 or 2`."""

from __future__ import annotations

import re
from collections.abc import Iterator

from surveillance.strategy.parse.source import Piece

# With a mark behind its number an entry is told from a line number; without one it takes several
# that count upwards.
FEWEST_MARKED, FEWEST_BARE = 2, 3
# Behind a title on the same line, whose own numbers count too (`Appendix 1 …`).
FEWEST_BEHIND_TITLE = 5
_LOOK_BEHIND = 24

_START = re.compile(
    r"(?<!\S)#?(?P<number>\d{1,3})(?P<mark>[.)])?\s(?!\s*(?:(?:and|or|not|adj\d{0,2})\b(?!\s*/)|$))",
    re.IGNORECASE,
)
_END = re.compile(
    r"(?:/(?:[a-z]{2}(?:,\s?[a-z]{2}){0,9})?|\.[a-z]{2}(?:,\s?[a-z]{2}){0,9}|[\].)\d])\s*\Z",
    re.IGNORECASE,
)


def separated(piece: Piece) -> Iterator[Piece]:
    """The entries on one line of the file; the line itself where it holds no more than one."""
    starts = _starts(piece.text)
    legend = _LEGEND.search(piece.text, starts[-1]) if len(starts) > 1 else None
    ends = [*starts[1:], legend.start() if legend else len(piece.text)]
    for begin, end in zip(starts, ends, strict=True):
        yield piece.without_first(begin, piece.text[begin:end]).stripped()


def _starts(text: str) -> list[int]:
    """Where the entries begin: numbers that count upwards by one, each where a search has ended."""
    found = list(_START.finditer(text))
    at = _first(found)
    if at is None:
        return [0]
    chain = [found[at]]
    for match in found[at + 1 :]:
        if _follows(match, chain[-1], text):
            chain.append(match)
    titled = chain[0].start() > 0
    fewest = FEWEST_MARKED if chain[0]["mark"] else FEWEST_BARE
    if len(chain) < (FEWEST_BEHIND_TITLE if titled else fewest):
        return [0]
    return [*([0] if titled else []), *(match.start() for match in chain)]


def _first(found: list[re.Match[str]]) -> int | None:
    """The number that the line begins with, or behind a title the last 1 before the first 2."""
    if not found or found[0].start() == 0:
        return 0 if found else None
    first: int | None = None
    for at, match in enumerate(found):
        if int(match["number"]) == 1:
            first = at
        elif int(match["number"]) == 2 and first is not None:
            break
    return first


def _follows(match: re.Match[str], last: re.Match[str], text: str) -> bool:
    if int(match["number"]) != int(last["number"]) + 1 or match["mark"] != last["mark"]:
        return False
    before = text[max(last.end(), match.start() - _LOOK_BEHIND) : match.start()]
    return _END.search(before) is not None and not _OPEN.search(before)


# What a printed page explains behind the last line.
_LEGEND = re.compile(r"\s(?:Key|Notes?|Legend)\s?:\s")
_OPEN = re.compile(r"\b(?:and|or|not|adj\d{0,2})\s*\Z", re.IGNORECASE)
