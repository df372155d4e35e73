"""Histories of weeks with attempts that fail, made from a seed and printed when one ends wrong."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from tests.faults.holdings import WEEKS
from tests.faults.weather import ONCE_AN_ATTEMPT, UNSEEN_IN_SLICES, VISIBLE


class Kind(StrEnum):
    """What an attempt is that comes before a week's healthy run, or after it (`AGAIN`)."""

    FOUL = "foul weather"
    KILLED = "killed by SIGKILL"
    FULL = "disk full"
    FUTURE = "a clock in the future"
    HELD = "another run at the same time"
    EDITED = "a strategy edited, and back"
    AGAIN = "the clock a week back, after the healthy run"
    REPEATED = "the same day again, after the healthy run"


BEFORE = (Kind.FOUL,) * 16 + (Kind.FULL,) * 2 + (Kind.FUTURE, Kind.HELD, Kind.EDITED)
AFTER = (Kind.AGAIN, Kind.REPEATED)


@dataclass(frozen=True, slots=True)
class Attempt:
    """One attempt: faults by the number of the request that they befall, and a death or none.

    `room` is how many pages the disk still takes.
    """

    kind: Kind
    faults: tuple[tuple[int, str], ...] = ()
    dies_at: int = 0
    room: int = 0

    def __str__(self) -> str:
        said = [str(self.kind)]
        said += [f"request {number}: {name}" for number, name in self.faults]
        said += [f"dies at moment {self.dies_at}"] if self.dies_at else []
        said += [f"room for {self.room} pages"] if self.kind is Kind.FULL else []
        return ", ".join(said)


@dataclass(frozen=True, slots=True)
class Sizes:
    """How much one answer holds: PMIDs of a search, records of a fetch, entries of a page."""

    name: str
    pmids: int
    batch: int
    page: int

    @property
    def in_slices(self) -> bool:
        return self.pmids < 100


LARGE, SMALL = Sizes("large", 9_999, 200, 25), Sizes("small", 6, 5, 2)


@dataclass(frozen=True, slots=True)
class Case:
    """The weeks before `begins` went well; then each has its attempts."""

    seed: int
    sizes: Sizes
    begins: int
    weeks: tuple[tuple[Attempt, ...], ...]

    def __str__(self) -> str:
        lines = [f"seed {self.seed}, {self.sizes.name} answers"]
        for number, attempts in enumerate(self.weeks, self.begins):
            lines.append(f"  week to {WEEKS[number]}")
            lines += [f"    {attempt}" for attempt in attempts]
        return "\n".join(lines)


def case(seed: int, *, requests: int = 20, moments: int = 300, kills: float = 0.04) -> Case:
    """The case of a seed: two to four weeks, of which the last one to three have attempts."""
    chance = random.Random(seed)
    sizes = SMALL if chance.random() < 0.2 else LARGE
    if sizes.in_slices:
        requests *= 3
    begins = chance.choice((0, 1, 1, 1, 2, 2, 2, 3, 3))
    ends = min(len(WEEKS), max(2, begins + chance.choice((1,) * 12 + (2, 2, 3))))
    drawn = _Drawn(chance, sizes, requests, moments, kills)
    weeks = tuple(tuple(drawn.attempts(week)) for week in range(begins, ends))
    return Case(seed, sizes, begins, weeks)


def alone(name: str, number: int) -> Case:
    """The third week, which asks all there is to ask, with this fault at this request."""
    return Case(0, LARGE, 2, ((Attempt(Kind.FOUL, ((number, name),)),),))


def table(requests: int) -> Iterator[Case]:
    """Every fault alone at each request of a week."""
    for name in VISIBLE:
        for number in range(1, requests + 1):
            yield alone(name, number)


@dataclass(frozen=True, slots=True)
class _Drawn:
    chance: random.Random
    sizes: Sizes
    requests: int
    moments: int
    kills: float

    def attempts(self, week: int) -> Iterator[Attempt]:
        for _ in range(self.chance.choice((0, 1, 1, 1, 1, 1, 2, 2, 3, 4))):
            if self.chance.random() < self.kills:
                at = self.chance.randint(1, self.moments)
                yield Attempt(Kind.KILLED, dies_at=at)
            else:
                yield self._attempt(self.chance.choice(BEFORE))
        if week and self.chance.random() < 0.08:
            yield Attempt(self.chance.choice(AFTER))

    def _attempt(self, kind: Kind) -> Attempt:
        if kind is Kind.FULL:
            return Attempt(kind, room=self.chance.randint(0, 60))
        if kind is not Kind.FOUL:
            return Attempt(kind)
        dies = self.chance.random() < 0.5
        many = self.chance.choice((0, 1, 2)) if dies else self.chance.choice((1, 1, 2, 3))
        names = [name for name in VISIBLE if not self._is_a_lie(name)]
        numbers = sorted(self.chance.sample(range(1, self.requests + 1), many))
        faults = tuple((number, self.chance.choice(names)) for number in numbers)
        if sum(name in ONCE_AN_ATTEMPT for _, name in faults) > 1:
            faults = faults[:1]
        return Attempt(kind, faults, self.chance.randint(1, self.moments) if dies else 0)

    def _is_a_lie(self, name: str) -> bool:
        return self.sizes.in_slices and name in UNSEEN_IN_SLICES
