"""Which records have which word, each once: what a word or a truncated word asks, without places.

Words are numbers, and those that begin alike stand side by side. Of a word that many records have
they are kept as bits, of others as a list: the lists of neighbours are one stretch of an array.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from typing import Self

import numpy as np

from surveillance.strategy.evaluate.positional.verdicts import Flags, Numbers, TermNumbers, bits

# Of so many records on, combining sets of bits costs less than marking records one by one.
FREQUENT = 96


class Holders:
    """The records that have each word of a vocabulary."""

    def __init__(self, starts: Numbers, records: Numbers, size: int) -> None:
        """Records ascending for each word n from `starts[n]` to `starts[n + 1]`, of `size`."""
        counts = np.diff(starts)
        frequent = counts >= FREQUENT
        self._frequent: list[int] = np.flatnonzero(frequent).tolist()
        self._sets = [
            _set_of(records[starts[term] : starts[term + 1]], size) for term in self._frequent
        ]
        self._set = dict(zip(self._frequent, self._sets, strict=True))
        self._rare = records[np.repeat(~frequent, counts)]
        self._starts = ascending(np.where(frequent, 0, counts))

    @classmethod
    def of(cls, terms: TermNumbers, records: Numbers, words: int, size: int) -> Self:
        """From the words of all places, ascending, and the record of each."""
        first = np.ones(len(terms), bool)
        first[1:] = (terms[1:] != terms[:-1]) | (records[1:] != records[:-1])
        counts = np.bincount(terms[first], minlength=words)
        return cls(np.concatenate([[0], np.cumsum(counts)]), records[first], size)

    def mark(self, first: int, after: int, flags: Flags) -> int:
        """Records with one of the words from `first` to before `after`.

        Some are flagged, the others are returned as bits.
        """
        begin, end = self._starts[first], self._starts[after]
        if begin < end:
            flags[self._rare[begin:end]] = True
        if after - first == 1:
            return self._set.get(first, 0)
        found = 0
        at = bisect_left(self._frequent, first)
        for records in self._sets[at : bisect_left(self._frequent, after, at)]:
            found |= records
        return found


def ascending(counts: Numbers) -> array[int]:
    """Where the entries of each word begin, and where the last ones end."""
    starts = array("q", [0])
    starts.frombytes(np.cumsum(counts, dtype=np.int64).tobytes())
    return starts


def _set_of(records: Numbers, size: int) -> int:
    flags = np.zeros(size, bool)
    flags[records] = True
    return bits(flags)
