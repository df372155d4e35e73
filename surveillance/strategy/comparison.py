"""Two versions of a strategy's text, line by line."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum

_PIECES = re.compile(r"\w+|\s+|[^\w\s]")


class Change(StrEnum):
    """What became of a line."""

    SAME = "same"
    CHANGED = "changed"
    ADDED = "added"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True)
class Piece:
    """Some characters of a line; `differs` where the other version has others, or none."""

    text: str
    differs: bool


@dataclass(frozen=True, slots=True)
class ComparedLine:
    """A line before and after, with its numbers in the two texts; None where it is not there."""

    change: Change
    line_before: int | None
    before: tuple[Piece, ...]
    line_after: int | None
    after: tuple[Piece, ...]


def compared(before: str, after: str) -> tuple[ComparedLine, ...]:
    """The lines of two texts side by side, in order; each line of both stands there once."""
    old, new = (text.replace("\r\n", "\n").split("\n") for text in (before, after))
    found: list[ComparedLine] = []
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    for _, start, end, begin, stop in matcher.get_opcodes():
        found += _block(old, range(start, end), new, range(begin, stop))
    return tuple(found)


def _block(
    old: Sequence[str], gone: range, new: Sequence[str], come: range
) -> Iterator[ComparedLine]:
    """What stands between two stretches that are the same, paired in order."""
    for place in range(max(len(gone), len(come))):
        a = gone[place] if place < len(gone) else None
        b = come[place] if place < len(come) else None
        if a is None and b is not None:
            yield ComparedLine(Change.ADDED, None, (), b + 1, _whole(new[b], differs=True))
        elif b is None and a is not None:
            yield ComparedLine(Change.REMOVED, a + 1, _whole(old[a], differs=True), None, ())
        elif a is not None and b is not None:
            change = Change.SAME if old[a] == new[b] else Change.CHANGED
            yield ComparedLine(change, a + 1, *_pieces(old[a], new[b], b + 1))


def _pieces(a: str, b: str, line_after: int) -> tuple[tuple[Piece, ...], int, tuple[Piece, ...]]:
    if a == b:
        return _whole(a), line_after, _whole(b)
    ours, theirs = _PIECES.findall(a), _PIECES.findall(b)
    left: list[Piece] = []
    right: list[Piece] = []
    for tag, start, end, begin, stop in SequenceMatcher(None, ours, theirs).get_opcodes():
        left += _whole("".join(ours[start:end]), differs=tag != "equal")
        right += _whole("".join(theirs[begin:stop]), differs=tag != "equal")
    return tuple(left), line_after, tuple(right)


def _whole(text: str, *, differs: bool = False) -> tuple[Piece, ...]:
    return (Piece(text, differs),) if text else ()
