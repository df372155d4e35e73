"""Samples of what was excluded without a person, and what they say of the rest.

Each week some of the reports that only a rule excluded go to a person. Who is drawn follows from
the topic, the week and the report alone: a run that is repeated draws the same.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import blake2b
from math import ceil

from surveillance.screening.exact_bounds import (
    chance_of_at_least,
    chance_of_at_most,
    chance_of_none,
)

#: What the weekly sample must be able to show: includes that are a 20th of what was excluded.
MISS_SHARE, CHANCE = 0.05, 0.95


@dataclass(frozen=True, slots=True)
class Batch:
    """What was excluded between two samples, how much of it was drawn, and the includes found.

    Batches share no report: a report belongs to the week that excluded it.
    """

    excluded: int
    drawn: int
    found: int

    def __post_init__(self) -> None:
        if not 0 <= self.found <= self.drawn <= self.excluded:
            raise ValueError(f"not possible: {self}")


@dataclass(frozen=True, slots=True)
class Left:
    """How many includes are still in the pile: an estimate, and the interval around it.

    `estimate` is None where a batch was not drawn from at all: nothing is known of it.
    """

    estimate: float | None
    low: int
    high: int
    pile: int
    confidence: float
    statement: str


def seed_of_week(topic: str, day: date) -> str:
    """What the sample of a topic in the week of `day` is drawn with."""
    year, week, _ = day.isocalendar()
    return f"{topic} {year}-W{week:02}"


def sample(excluded: Collection[int], size: int, seed: str) -> tuple[int, ...]:
    """`size` of the excluded reports, or all if there are fewer, drawn without replacement.

    The order of `excluded` decides nothing.
    """
    if size < 0:
        raise ValueError(f"a sample cannot have {size} reports")
    return tuple(sorted(sorted(set(excluded), key=lambda report: _lot(seed, report))[:size]))


def sample_size(pile: int, miss_share: float = MISS_SHARE, chance: float = CHANCE) -> int:
    """The fewest to draw so that misses are seen with this chance if they are this share.

    Of a pile that is large: 59 for a 20th, 299 for a 100th, with a chance of 95 %.
    """
    if not (0 < miss_share <= 1 and 0 < chance < 1):
        raise ValueError(f"a share of {miss_share} and a chance of {chance} ask for no sample")
    misses = ceil(round(miss_share * pile, 9))
    low, high = 0, pile
    while low < high:
        middle = (low + high) // 2
        if 1 - chance_of_none(pile, misses, middle) >= chance:
            high = middle
        else:
            low = middle + 1
    return low


def left_in_pile(batches: Sequence[Batch], confidence: float = 0.95) -> Left:
    """How many includes the samples so far let expect among what nobody looked at.

    The interval is exact and asks for no likeness of the weeks: it lets all misses lie in the
    batch of which the smallest share was drawn (for the lower end: the largest). How many of them
    are found is then at least (at most) a binomial count (Hoeffding 1956, Annals of Mathematical
    Statistics 27:713), wherever that lies one or more from its mean; nearer to it nothing is ruled
    out.
    """
    held = [batch for batch in batches if batch.excluded]
    pile = sum(batch.excluded - batch.drawn for batch in held)
    found = sum(batch.found for batch in held)
    shares = [batch.drawn / batch.excluded for batch in held]
    doubt = (1 - confidence) / 2
    high = _most(found, pile, min(shares, default=1.0), doubt)
    low = min(high, _fewest(found, pile, max(shares, default=0.0), doubt))
    estimate = None
    if all(shares):
        parts = (one.found * (one.excluded - one.drawn) / one.drawn for one in held)
        estimate = sum(parts)
    statement = _statement(held, pile, (low, high), estimate, confidence)
    return Left(estimate, low, high, pile, confidence, statement)


def _lot(seed: str, report: int) -> bytes:
    return blake2b(f"{seed}\n{report}".encode(), digest_size=16).digest()


def _most(found: int, pile: int, share: float, doubt: float) -> int:
    """The most that can be left: with more, so few found would be too improbable."""
    more = range(1, pile + 1)
    return bisect_left(more, True, key=lambda left: _too_few(found, found + left, share, doubt))


def _fewest(found: int, pile: int, share: float, doubt: float) -> int:
    """The fewest that can be left: with fewer, so many found would be too improbable."""
    fewer = range(pile)
    return bisect_left(
        fewer, True, key=lambda left: not _too_many(found, found + left, share, doubt)
    )


def _too_few(found: int, misses: int, share: float, doubt: float) -> bool:
    far = not found or found <= misses * share - 1
    return far and chance_of_at_most(found, misses, share) <= doubt


def _too_many(found: int, misses: int, share: float, doubt: float) -> bool:
    far = found == misses or found >= misses * share + 1
    return bool(found) and far and chance_of_at_least(found, misses, share) <= doubt


def _statement(
    held: Sequence[Batch],
    pile: int,
    interval: tuple[int, int],
    estimate: float | None,
    confidence: float,
) -> str:
    drawn, found = sum(one.drawn for one in held), sum(one.found for one in held)
    about = "of some of them nothing is known" if estimate is None else f"about {estimate:.1f}"
    return (
        f"{drawn:,} of {drawn + pile:,} excluded reports were drawn and {found:,} of them "
        f"included. Among the {pile:,} that nobody looked at there may be {interval[0]:,} to "
        f"{interval[1]:,} more ({confidence:.0%} confidence; {about})."
    )
