"""Matches of words in a part of all records at once, and how proximity joins them in pairs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Protocol, Self

import numpy as np

from surveillance.strategy.evaluate.adjacency import MOST_MATCHES
from surveillance.strategy.evaluate.positional.parts import TextPart
from surveillance.strategy.evaluate.positional.verdicts import Flags, Numbers

# Pairs that are looked at together: 8 MB for each of their columns.
_AT_ONCE = 1 << 20


@dataclass(frozen=True, slots=True)
class Matches:
    """Matches of equally many words in one part, by their first position.

    Row i uses the words at `positions[i]`, ascending.
    """

    positions: Numbers

    @classmethod
    def of_words(cls, positions: Numbers) -> Self:
        """Each of these positions for itself; they ascend."""
        return cls(positions[:, None])

    @property
    def first(self) -> Numbers:
        """The position of each match's first word."""
        return self.positions[:, 0]

    @property
    def last(self) -> Numbers:
        """The position of each match's last word."""
        return self.positions[:, -1]

    @property
    def width(self) -> int:
        """How many words each match uses."""
        return int(self.positions.shape[1])

    def __len__(self) -> int:
        return len(self.positions)

    def rows(self, chosen: Flags | Numbers | slice) -> Matches:
        """Some of the matches."""
        return Matches(self.positions[chosen])


class Window(Protocol):
    """When two matches are near each other."""

    def reach(self, one: Matches, longest: int) -> tuple[Numbers, Numbers]:
        """Between which positions, both included, others may begin to be near each of these.

        `longest` is the farthest that any of the others goes beyond its first word.
        """
        ...

    def holds(self, left: Matches, right: Matches) -> Flags:
        """Row by row, of pairs within reach: are they near? (No word is used twice.)"""
        ...


@dataclass(frozen=True, slots=True)
class Edges:
    """Adjacency: at most `between` words between the nearest edges (`adjacency._within`)."""

    between: int
    ordered: bool

    def reach(self, one: Matches, longest: int) -> tuple[Numbers, Numbers]:
        """As `Window.reach`."""
        steps = self.between + 1
        earliest = one.last + 1 if self.ordered else one.first - steps - longest
        return earliest, one.last + steps

    def holds(self, left: Matches, right: Matches) -> Flags:
        """As `Window.holds`."""
        if self.ordered:
            return np.ones(len(left), bool)
        steps = self.between + 1
        near: Flags = (right.first - left.last <= steps) & (left.first - right.last <= steps)
        return near


@dataclass(frozen=True, slots=True)
class Stretch:
    """PubMed's proximity: all words within `steps` of one another (`adjacency._window`)."""

    steps: int

    def reach(self, one: Matches, longest: int) -> tuple[Numbers, Numbers]:  # noqa: ARG002
        """As `Window.reach`; the others are single words."""
        return one.last - self.steps, one.first + self.steps

    def holds(self, left: Matches, right: Matches) -> Flags:  # noqa: ARG002
        """As `Window.holds`: whatever is within reach."""
        return np.ones(len(left), bool)


class Join:
    """The pairs of matches that stand within a window of each other in one part.

    `repetitive` are records in which there may be more of them than the reference follows
    (`TooRepetitive`); they have no pairs here, and the reference decides on them.
    """

    def __init__(
        self, left: Iterable[Matches], right: Iterable[Matches], window: Window, part: TextPart
    ) -> None:
        self._window = window
        self._sides = [
            (one, other, *self._stretches(one, other))
            for one, other in product(left, right)
            if len(one) and len(other)
        ]
        self.repetitive: frozenset[int] = frozenset()
        if sum(int((high - low).sum()) for _, _, low, high in self._sides) > MOST_MATCHES:
            self._leave_out_crowded(part)

    def _leave_out_crowded(self, part: TextPart) -> None:
        counts = np.zeros(len(part.passage_records))
        for one, _, low, high in self._sides:
            counts += np.bincount(part.passages(one.first), high - low, len(counts))
        crowded = counts > MOST_MATCHES
        self.repetitive = frozenset(part.passage_records[crowded].tolist())
        self._sides = [
            (one.rows(kept), other, low[kept], high[kept])
            for one, other, low, high in self._sides
            for kept in [~crowded[part.passages(one.first)]]
        ]

    def _stretches(self, one: Matches, other: Matches) -> tuple[Numbers, Numbers]:
        """For each match the rows of the others that are within reach: from, and up to."""
        longest = int((other.last - other.first).max())
        earliest, latest = self._window.reach(one, longest)
        low = np.searchsorted(other.first, earliest)
        return low, np.maximum(np.searchsorted(other.first, latest, side="right"), low)

    def pairs(self) -> Iterator[tuple[Matches, Matches]]:
        """Left and right row by row, a batch of pairs at a time."""
        for one, other, low, high in self._sides:
            for chunk in _chunks(high - low):
                counts = (high - low)[chunk]
                before = np.cumsum(counts) - counts
                lefts = np.repeat(np.arange(len(counts)), counts)
                rights = np.arange(len(lefts)) + np.repeat(low[chunk] - before, counts)
                left, right = one.rows(chunk).rows(lefts), other.rows(rights)
                near = self._window.holds(left, right) & _disjoint(left, right)
                yield left.rows(near), right.rows(near)

    def matches(self, *, right_alone: bool = False) -> tuple[Matches, ...]:
        """The words of both sides of each pair, or of the right side alone."""
        joined = []
        for left, right in self.pairs():
            columns = right.positions
            if not right_alone:
                columns = np.sort(np.concatenate([left.positions, columns], axis=1), axis=1)
            joined.append(Matches(columns))
        return united(joined)


def _chunks(counts: Numbers) -> Iterator[slice]:
    """Stretches of rows with about `_AT_ONCE` pairs each."""
    upto = np.cumsum(counts)
    first = 0
    while first < len(counts):
        done = int(upto[first - 1]) if first else 0
        after = max(int(np.searchsorted(upto, done + _AT_ONCE, side="right")), first + 1)
        yield slice(first, after)
        first = after


def _disjoint(left: Matches, right: Matches) -> Flags:
    apart = np.ones(len(left), bool)
    for one, other in product(range(left.width), range(right.width)):
        apart &= left.positions[:, one] != right.positions[:, other]
    return apart


def words_near(left: Numbers, right: Numbers, window: Edges) -> Numbers:
    """Of two sets of words, one: those that stand near one of the other set."""
    if len(left) <= len(right):
        return left[_has_near(left, right, window, before=not window.ordered, after=True)]
    return right[_has_near(right, left, window, before=True, after=not window.ordered)]


def _has_near(
    words: Numbers, others: Numbers, window: Edges, *, before: bool, after: bool
) -> Flags:
    """True for each word with one of the others before it or after it; itself is neither."""
    steps = window.between + 1
    found = np.zeros(len(words), bool)
    if not len(others):
        return found
    at = others.searchsorted(words)
    if before:
        distance = words - others.take(at - 1, mode="clip")
        found |= (distance > 0) & (distance <= steps)
    if after:
        at += others.take(at, mode="clip") == words
        distance = others.take(at, mode="clip") - words
        found |= (distance > 0) & (distance <= steps)
    return found


def united(found: Iterable[Matches]) -> tuple[Matches, ...]:
    """The matches of all, each once, those of equally many words together."""
    groups: dict[int, list[Matches]] = {}
    for matches in found:
        groups.setdefault(matches.width, []).append(matches)
    return tuple(_distinct(stacked(groups[width], width)) for width in sorted(groups))


def stacked(found: Sequence[Matches], width: int) -> Matches:
    """The rows of several matches one after another, in no order."""
    if len(found) == 1:
        return found[0]
    if not found:
        return Matches(np.empty((0, width), np.int64))
    return Matches(np.concatenate([matches.positions for matches in found]))


def _distinct(matches: Matches) -> Matches:
    positions = matches.positions
    if matches.width == 1:
        positions = np.sort(positions, axis=0)
    else:
        positions = positions[np.lexsort(positions.T[::-1])]
    new = np.ones(len(positions), bool)
    new[1:] = (positions[1:] != positions[:-1]).any(axis=1)
    return Matches(positions[new])
