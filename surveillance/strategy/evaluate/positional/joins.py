"""Matches of words in all records at once, and how proximity joins them pair by pair."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Protocol

import numpy as np

from surveillance.strategy.evaluate.adjacency import MOST_MATCHES
from surveillance.strategy.evaluate.positional.verdicts import Flags, Numbers, RecordNumbers

# Pairs that are looked at together: 8 MB for each of their columns.
_AT_ONCE = 1 << 20


@dataclass(frozen=True, slots=True)
class Matches:
    """Matches of equally many words, by their first position.

    Row i uses the words at `positions[i]`, ascending, in record `records[i]`.
    """

    positions: Numbers
    records: RecordNumbers

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

    def rows(self, chosen: Flags | Numbers | slice) -> Matches:
        """Some of the matches."""
        return Matches(self.positions[chosen], self.records[chosen])


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
            return np.ones(len(left.records), bool)
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
        return np.ones(len(left.records), bool)


class Join:
    """The pairs of matches that stand within a window of each other.

    `repetitive` are records in which there may be more of them than the reference follows
    (`TooRepetitive`); they have no pairs here, and the reference decides on them.
    """

    def __init__(
        self, left: Iterable[Matches], right: Iterable[Matches], window: Window, size: int
    ) -> None:
        self._window = window
        self._sides = [
            (one, other, *self._stretches(one, other))
            for one, other in product(left, right)
            if len(one.records) and len(other.records)
        ]
        crowded = self._crowded(size)
        self.repetitive = frozenset(np.flatnonzero(crowded).tolist())
        if self.repetitive:
            self._sides = [
                (one.rows(kept), other, low[kept], high[kept])
                for one, other, low, high in self._sides
                for kept in [~crowded[one.records]]
            ]

    def _stretches(self, one: Matches, other: Matches) -> tuple[Numbers, Numbers]:
        """For each match the rows of the others that are within reach: from, and up to."""
        longest = int((other.last - other.first).max())
        earliest, latest = self._window.reach(one, longest)
        low = np.searchsorted(other.first, earliest)
        return low, np.maximum(np.searchsorted(other.first, latest, side="right"), low)

    def _crowded(self, size: int) -> Flags:
        counts = np.zeros(size)
        if sum(int((high - low).sum()) for _, _, low, high in self._sides) > MOST_MATCHES:
            for one, _, low, high in self._sides:
                counts += np.bincount(one.records, weights=high - low, minlength=size)
        crowded: Flags = counts > MOST_MATCHES
        return crowded

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
            joined.append(Matches(columns, right.records))
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
    apart = np.ones(len(left.records), bool)
    for one, other in product(range(left.width), range(right.width)):
        apart &= left.positions[:, one] != right.positions[:, other]
    return apart


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
        return Matches(np.empty((0, width), np.int64), np.empty(0, np.int32))
    return Matches(
        np.concatenate([matches.positions for matches in found]),
        np.concatenate([matches.records for matches in found]),
    )


def ordered(matches: Matches) -> Matches:
    """The matches by their first position."""
    return matches.rows(np.argsort(matches.first, kind="stable"))


def _distinct(matches: Matches) -> Matches:
    ascending = matches.rows(np.lexsort(matches.positions.T[::-1]))
    new = np.ones(len(ascending.records), bool)
    new[1:] = (ascending.positions[1:] != ascending.positions[:-1]).any(axis=1)
    return ascending.rows(new)
