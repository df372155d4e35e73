"""When reading may stop: a promise on recall that was proved before the reading began.

The rule. After each find, ask how many includes would have to be unread for the promise to be
broken (`missing`). Read on. Stop once so long a run without a find had been too improbable, were
that many still there. How improbable is too improbable is set so that all the occasions to stop too
early, over the whole reading, together have no more than the chance that the promise leaves.

The proof is in docs/screening.md. It knows two kinds of reads. One drawn at random from all that is
unread needs no assumption. One read in the order of a ranking needs one, which is said with every
advice: that an unread include is still so many times likelier to come next than an unread exclude
(1: no worse than chance). Callaghan and Müller-Hansen (2020), Systematic Reviews 9:273, assume 1,
and test again and again without counting the tests.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction
from math import floor, inf, log, log1p, sqrt
from statistics import NormalDist

from scipy.optimize import brentq

#: What is assumed of the order lies between these. Above 2 the proof would not hold.
NO_WORSE_THAN_CHANCE, MOST_ASSUMED = 1.0, 2.0
#: So much of the advantage that the topic's own finds show is assumed for what is still unread.
_ASSUMED_SHARE = 0.5


class Basis(StrEnum):
    """What a statement rests on: the reads in order as well, or the random ones alone."""

    ORDER = "order"
    SAMPLE = "sample"


@dataclass(frozen=True, slots=True)
class Promise:
    """At least this share of the includes is found, with this confidence.

    It is fixed before the reading begins: promises tried out one after the other have no proof.
    """

    recall: float = 0.95
    confidence: float = 0.95

    def __post_init__(self) -> None:
        if not (0 < self.recall <= 1 and 0 < self.confidence < 1):
            raise ValueError(f"no promise can be made of {self.recall} and {self.confidence}")

    def missing(self, found: int) -> int:
        """The fewest unread includes with which `found` would break the promise."""
        recall = Fraction(self.recall).limit_denominator(10_000)
        return floor(found / recall) + 1 - found


#: For records that come after a topic was screened: few are includes, and each is what an update
#: is for.
UPDATE = Promise(recall=0.99)


@dataclass(frozen=True, slots=True)
class Read:
    """One record that a person decided, and whether chance alone had chosen it.

    *Unsure* is no decision: such a record still counts as unread.
    """

    included: bool
    at_random: bool = False


@dataclass(frozen=True, slots=True)
class StoppingAdvice:
    """Whether reading may stop, in words and in numbers.

    `cost`: so many more records, none of them included, must be read before the statement can be
    made. `advantage`: what is assumed of the order (1: no worse than chance; the random reads need
    no assumption).
    """

    may_stop: bool
    statement: str
    recall: float
    confidence: float
    cost: int
    found: int
    unread: int
    advantage: float


def advice(
    reads: Iterable[Read],
    size: int,
    promise: Promise = Promise(),
    basis: Basis = Basis.ORDER,
) -> StoppingAdvice:
    """What may be said after these reads, in the order they were made, of `size` records.

    Records that join the pile later are none of the `size`: the promise is on those that were
    there when the reading began.
    """
    reading = _Reading(size, promise, basis)
    for read in reads:
        reading.add(read)
    cost = reading.cost()
    return StoppingAdvice(
        may_stop=cost == 0,
        statement=_statement(reading, cost),
        recall=promise.recall,
        confidence=promise.confidence,
        cost=cost,
        found=reading.found,
        unread=reading.unread,
        advantage=reading.advantage,
    )


def first_stop(
    reads: Iterable[Read],
    size: int,
    promise: Promise = Promise(),
    basis: Basis = Basis.ORDER,
) -> int | None:
    """After how many of the reads it may be stopped first; None: not after any."""
    reading = _Reading(size, promise, basis)
    if reading.may_stop():
        return 0
    for number, read in enumerate(reads, start=1):
        reading.add(read)
        if reading.may_stop():
            return number
    return None


@dataclass(frozen=True, slots=True)
class _Mark:
    """Sums over the reads in order up to a find; the advantage comes from their differences.

    `chances`: of each read, one by the number of unread; `finds_chances`: that times the finds
    before it; `finds`: the finds made in order.
    """

    chances: float = 0.0
    finds_chances: float = 0.0
    finds: int = 0


@dataclass(slots=True)
class _Reading:
    """How far the reading is, and how improbable its run without a find."""

    size: int
    promise: Promise
    basis: Basis
    read: int = 0
    found: int = 0
    run: int = 0
    advantage: float = NO_WORSE_THAN_CHANCE
    shown: float = 0.0
    missing: int = 0
    # Both are logarithms: chances this small would be rounded to nothing.
    chance: float = 0.0
    limit: float = 0.0
    mark: _Mark = _Mark()
    marks: list[_Mark] = field(default_factory=lambda: [_Mark()])

    def __post_init__(self) -> None:
        self._begin_run()

    @property
    def unread(self) -> int:
        return self.size - self.read

    def may_stop(self) -> bool:
        return self.missing > self.unread or self.chance <= self.limit

    def add(self, read: Read) -> None:
        if not self.unread:
            raise ValueError(f"more records were read than the {self.size} that there are")
        in_order = not read.at_random
        if in_order:
            self._count_in_order(read)
        if in_order and self.basis is Basis.ORDER:
            self.chance += self._chance_of_no_find(self.unread, self.advantage)
        elif read.at_random:
            self.chance += self._chance_of_no_find(self.unread, 1.0)
        self.read += 1
        self.run += 1
        if read.included:
            self._find()

    def cost(self) -> int:
        """How many more reads without a find it takes until it may be stopped."""
        chance, more = self.chance, 0
        while chance > self.limit and self.unread - more >= self.missing:
            chance += self._chance_of_no_find(self.unread - more, self.advantage)
            more += 1
        return more

    def _chance_of_no_find(self, unread: int, advantage: float) -> float:
        others = unread - self.missing
        if others <= 0:
            return -inf
        return -log1p(advantage * self.missing / others)

    def _count_in_order(self, read: Read) -> None:
        chance = 1 / self.unread
        self.mark = _Mark(
            self.mark.chances + chance,
            self.mark.finds_chances + self.found * chance,
            self.mark.finds + read.included,
        )

    def _find(self) -> None:
        self.found += 1
        self._begin_run()
        self.marks.append(self.mark)
        if self.basis is Basis.ORDER:
            self.shown = self._shown_advantage()
            assumed = self.shown * _ASSUMED_SHARE
            self.advantage = min(MOST_ASSUMED, max(NO_WORSE_THAN_CHANCE, assumed))

    def _begin_run(self) -> None:
        self.run, self.chance = 0, 0.0
        self.missing = self.promise.missing(self.found)
        self.limit = _limit(self.missing, 1 - self.promise.confidence)

    def _shown_advantage(self) -> float:
        """How many times as readily as chance the later half of the finds was made, at least.

        What chance would have found counts the finds to come and `missing` more as unread. The
        lower bound is a Poisson count's, by its normal approximation: a handful of finds shows
        nothing.
        """
        before = self.marks[self.found - max(1, self.found // 2)]
        finds = self.mark.finds - before.finds
        by_chance = (self.found + self.missing) * (self.mark.chances - before.chances)
        by_chance -= self.mark.finds_chances - before.finds_chances
        if not finds or by_chance <= 0:
            return 0.0
        doubt = NormalDist().inv_cdf(self.promise.confidence) * sqrt(finds)
        return max(0.0, finds - doubt) / by_chance


def _limit(missing: int, doubt: float) -> float:
    """The logarithm of q ** missing where q ** missing = doubt * (1 - q).

    With j more includes unread than `missing`, a run is as improbable as q ** (missing + j): all
    the states in which stopping breaks the promise add up to q ** missing / (1 - q) = doubt.
    """
    share: float = brentq(lambda q: q**missing - doubt * (1 - q), 0.0, 1.0)
    return missing * log(share)


def _statement(reading: _Reading, cost: int) -> str:
    promise = reading.promise
    recall = f"at least {_percent(promise.recall)} of the includes are found"
    if not reading.unread:
        return f"All {reading.size:,} records are read."
    if cost:
        return (
            f"It cannot be said yet that {recall} ({_percent(promise.confidence)} confidence): "
            f"{reading.found:,} are found, and {reading.missing:,} more may be among the "
            f"{reading.unread:,} unread. It takes {cost:,} more records "
            f"{'drawn at random ' if reading.basis is Basis.SAMPLE else ''}without an include. "
            f"{_assumption(reading)}"
        )
    return (
        f"With {_percent(promise.confidence)} confidence {recall}: {reading.found:,} are found, "
        f"and were {reading.missing:,} or more among the {reading.unread:,} unread, one would "
        f"have come up in the last {reading.run:,} reads. {_assumption(reading)}"
    )


def _assumption(reading: _Reading) -> str:
    if reading.basis is Basis.SAMPLE:
        return "Only records drawn at random count for this; nothing is assumed of the order."
    if reading.advantage <= NO_WORSE_THAN_CHANCE:
        return "This assumes that the order still finds includes no worse than chance would."
    return (
        "This assumes that the order still finds an include at least "
        f"{reading.advantage:.1f} times as readily as chance would; "
        f"so far it was at least {reading.shown:.1f} times."
    )


def _percent(share: float) -> str:
    return f"{100 * share:.4g}%"
