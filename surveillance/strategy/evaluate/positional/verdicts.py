"""The verdicts of a line over a batch of records, as two sets of bits."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from surveillance.strategy.evaluate.verdict import Verdict

Flags = NDArray[np.bool_]
Numbers = NDArray[np.int64]
TermNumbers = NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class VerdictSet:
    """Bit i speaks of record i of the index: in `match` it matches, in `possible` it may match.

    `match` lies inside `possible`; what is in `possible` alone is *cannot tell*. As bounds, the
    three values of Kleene's logic are plain set algebra. Python's integers are the sets: at
    20,000 records they are faster to combine than arrays.
    """

    match: int
    possible: int

    @classmethod
    def collected(cls, verdicts: Iterable[Verdict]) -> Self:
        """The verdicts on the records in their order."""
        found = list(verdicts)
        match = bits(np.array([verdict is Verdict.MATCH for verdict in found], bool))
        impossible = [verdict is Verdict.NO_MATCH for verdict in found]
        return cls(match, bits(~np.array(impossible, bool)))

    @property
    def cannot_tell(self) -> int:
        """The records of which it can't be told, as bits."""
        return self.possible & ~self.match

    def of(self, record: int) -> Verdict:
        """The verdict on the record of that number, from 0."""
        if self.match >> record & 1:
            return Verdict.MATCH
        return Verdict.CANNOT_TELL if self.possible >> record & 1 else Verdict.NO_MATCH

    def __and__(self, other: VerdictSet) -> VerdictSet:
        return VerdictSet(self.match & other.match, self.possible & other.possible)

    def __or__(self, other: VerdictSet) -> VerdictSet:
        return VerdictSet(self.match | other.match, self.possible | other.possible)

    def without(self, other: VerdictSet) -> VerdictSet:
        """NOT: certain where the other is impossible."""
        return VerdictSet(self.match & ~other.possible, self.possible & ~other.match)

    def opened(self) -> VerdictSet:
        """The same AND *cannot tell*: nothing is certain any more."""
        return VerdictSet(0, self.possible)


def bits(flags: Flags) -> int:
    """The records that are flagged, as bits."""
    return int.from_bytes(np.packbits(flags, bitorder="little").tobytes(), "little")


def numbers(found: int) -> list[int]:
    """The numbers of the records in a set of bits, ascending."""
    size = (found.bit_length() + 7) // 8
    packed = np.frombuffer(found.to_bytes(size, "little"), np.uint8)
    return [int(n) for n in np.flatnonzero(np.unpackbits(packed, bitorder="little"))]
