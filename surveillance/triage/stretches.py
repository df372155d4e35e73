"""A text cut where notes stand on it, so that a page can mark each place and number it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise


@dataclass(frozen=True, slots=True)
class Mark:
    """A note of that number stands on the characters from `start` to before `end`."""

    start: int
    end: int
    number: int


@dataclass(frozen=True, slots=True)
class Stretch:
    """A piece of a text; `marked` where a note stands on it, `ends` the notes that end with it."""

    text: str
    marked: bool
    ends: tuple[int, ...] = ()


def stretches(text: str, marks: Iterable[Mark]) -> tuple[Stretch, ...]:
    """The text in pieces that together are the text; marks beyond it are cut off.

    A mark on nothing, or on what is not there, stands on the last character before it.
    """
    placed = [_within(mark, len(text)) for mark in marks] if text else []
    edges = sorted({0, len(text), *(m.start for m in placed), *(m.end for m in placed)})
    return tuple(
        Stretch(
            text[start:end],
            any(mark.start <= start and end <= mark.end for mark in placed),
            tuple(mark.number for mark in placed if mark.end == end),
        )
        for start, end in pairwise(edges)
    )


def _within(mark: Mark, length: int) -> Mark:
    start = max(0, min(mark.start, length - 1))
    return Mark(start, max(start + 1, min(mark.end, length)), mark.number)


def found_in(text: str, wanted: Sequence[tuple[int, str]]) -> tuple[Mark, ...]:
    """Where numbered words stand in a text, each at its first place that none before it took.

    The longest are placed first, so that a short one does not stand inside of a longer one. What
    is not there as it is, gets no mark.
    """
    taken = [False] * len(text)
    found = []
    for number, words in sorted(wanted, key=lambda one: (-len(one[1]), one[0])):
        start = _free(text, words, taken)
        if start is not None:
            end = start + len(words)
            taken[start:end] = [True] * len(words)
            found.append(Mark(start, end, number))
    return tuple(sorted(found, key=lambda mark: mark.start))


def _free(text: str, words: str, taken: Sequence[bool]) -> int | None:
    start = text.find(words) if words else -1
    while start >= 0 and any(taken[start : start + len(words)]):
        start = text.find(words, start + 1)
    return start if start >= 0 else None
