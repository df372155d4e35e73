"""Exact chances and bounds for counts: what so many hits in so many tries do and don't show.

Clopper and Pearson (1934), Biometrika 26:404: nothing is rounded to a normal distribution, so a
bound holds for three tries as for three thousand.
"""

from __future__ import annotations

from collections.abc import Callable
from math import exp, fsum, lgamma, log, log1p

# Halving an interval so often leaves nothing that a float can tell apart.
_HALVINGS = 60


def chance_of_at_most(hits: int, tries: int, share: float) -> float:
    """The chance of `hits` or fewer in `tries` that each hit with the chance `share`."""
    if hits >= tries:
        return 1.0
    if hits < 0 or share >= 1:
        return 0.0
    if share <= 0:
        return 1.0
    # The shorter side is summed: few hits and nearly all are what is asked about.
    if hits < tries / 2:
        return min(1.0, fsum(_chance_of(each, tries, share) for each in range(hits + 1)))
    rest = fsum(_chance_of(each, tries, share) for each in range(hits + 1, tries + 1))
    return max(0.0, 1.0 - rest)


def chance_of_at_least(hits: int, tries: int, share: float) -> float:
    """The chance of `hits` or more."""
    if hits <= 0:
        return 1.0
    return chance_of_at_most(tries - hits, tries, 1 - share)


def chance_of_none(pile: int, held: int, drawn: int) -> float:
    """The chance that none of the `held` of a pile is among `drawn` that are taken at random."""
    if held + drawn > pile:
        return 0.0
    few, many = sorted((held, drawn))
    return exp(fsum(log1p(-many / (pile - each)) for each in range(few)))


def at_least(hits: int, tries: int, confidence: float) -> float:
    """The share that is exceeded with this confidence, seen `hits` in `tries`: one-sided."""
    _check(hits, tries, confidence)
    if hits == 0:
        return 0.0
    return least(lambda share: chance_of_at_least(hits, tries, share) > 1 - confidence)


def at_most(hits: int, tries: int, confidence: float) -> float:
    """The share that is not exceeded with this confidence, seen `hits` in `tries`: one-sided."""
    return 1.0 - at_least(tries - hits, tries, confidence)


def between(hits: int, tries: int, confidence: float) -> tuple[float, float]:
    """The interval of Clopper and Pearson: half of the doubt on either side."""
    side = (1 + confidence) / 2
    return at_least(hits, tries, side), at_most(hits, tries, side)


def least(holds: Callable[[float], bool]) -> float:
    """Where between 0 and 1 a condition begins to hold that then goes on holding."""
    low, high = 0.0, 1.0
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        low, high = (low, middle) if holds(middle) else (middle, high)
    return low


def _chance_of(hits: int, tries: int, share: float) -> float:
    ways = lgamma(tries + 1) - lgamma(hits + 1) - lgamma(tries - hits + 1)
    return exp(ways + hits * log(share) + (tries - hits) * log1p(-share))


def _check(hits: int, tries: int, confidence: float) -> None:
    if not 0 <= hits <= tries:
        raise ValueError(f"{hits} of {tries} is not a count of hits in tries")
    if not 0 < confidence < 1:
        raise ValueError(f"a confidence lies between 0 and 1, not at {confidence}")
