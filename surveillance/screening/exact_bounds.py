"""Exact chances and bounds for counts: what so many hits in so many tries do and don't show.

Clopper and Pearson (1934), Biometrika 26:404: nothing is rounded to a normal distribution, so a
bound holds for three tries as for three thousand.
"""

from __future__ import annotations

from math import exp, fsum, log1p


def chance_of_at_most(hits: int, tries: int, share: float) -> float:
    """The chance of `hits` or fewer in `tries` that each hit with the chance `share`."""
    if hits < 0 or hits >= tries:
        return float(hits >= 0)
    # SciPy takes as long to load as the rest of a command does.
    from scipy.special import bdtr  # noqa: PLC0415

    return float(bdtr(hits, tries, share))


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
    from scipy.special import betaincinv  # noqa: PLC0415 — as above

    return float(betaincinv(hits, tries - hits + 1, 1 - confidence)) if hits else 0.0


def at_most(hits: int, tries: int, confidence: float) -> float:
    """The share that is not exceeded with this confidence, seen `hits` in `tries`: one-sided."""
    return 1.0 - at_least(tries - hits, tries, confidence)


def between(hits: int, tries: int, confidence: float) -> tuple[float, float]:
    """The interval of Clopper and Pearson: half of the doubt on either side."""
    side = (1 + confidence) / 2
    return at_least(hits, tries, side), at_most(hits, tries, side)


def _check(hits: int, tries: int, confidence: float) -> None:
    if not 0 <= hits <= tries:
        raise ValueError(f"{hits} of {tries} is not a count of hits in tries")
    if not 0 < confidence < 1:
        raise ValueError(f"a confidence lies between 0 and 1, not at {confidence}")
