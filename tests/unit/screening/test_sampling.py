from __future__ import annotations

from datetime import date

import pytest

from surveillance.screening.auto_exclusion import auto_exclusion, includes_needed
from surveillance.screening.exact_bounds import at_least, between, chance_of_at_most, chance_of_none
from surveillance.screening.sampling import (
    Batch,
    left_in_pile,
    sample,
    sample_size,
    seed_of_week,
)


@pytest.mark.parametrize(
    ("hits", "tries", "low", "high"),
    [
        # Clopper and Pearson's intervals at 95 %, as R's binom.test prints them.
        (0, 10, 0.0, 0.3084971),
        (1, 10, 0.002528579, 0.4450161),
        (5, 10, 0.187086, 0.812914),
        (8, 10, 0.4439045, 0.9747893),
        (10, 10, 0.6915029, 1.0),
        (682, 925, 0.7076683, 0.7654066),
    ],
)
def test_clopper_pearson(hits: int, tries: int, low: float, high: float) -> None:
    assert between(hits, tries, 0.95) == pytest.approx((low, high), abs=2e-6)


@pytest.mark.parametrize(
    ("recall", "needed"), [(0.9, 29), (0.95, 59), (0.97, 99), (0.98, 149), (0.99, 299)]
)
def test_a_row_without_a_miss(recall: float, needed: int) -> None:
    """n without a miss show a recall of r with 95 % confidence once r ** n is below 5 %."""
    assert includes_needed(recall) == needed
    assert at_least(needed, needed, 0.95) >= recall > at_least(needed - 1, needed - 1, 0.95)


@pytest.mark.parametrize(("hits", "tries", "confidence"), [(3, 2, 0.9), (-1, 2, 0.9), (1, 2, 1.0)])
def test_no_count(hits: int, tries: int, confidence: float) -> None:
    with pytest.raises(ValueError, match=r"count of hits|confidence lies"):
        at_least(hits, tries, confidence)


def test_the_ends_of_the_tails() -> None:
    assert chance_of_at_most(3, 3, 0.5) == 1
    assert chance_of_at_most(-1, 3, 0.5) == 0
    assert chance_of_at_most(0, 3, 0.0) == 1
    assert chance_of_at_most(2, 3, 1.0) == 0
    assert chance_of_none(10, 4, 7) == 0
    assert chance_of_none(10, 0, 7) == 1
    # 5 cards of 52 without an ace: 0.6588 (any table of card chances).
    assert chance_of_none(52, 4, 5) == pytest.approx(0.658842, abs=1e-6)


@pytest.mark.parametrize(
    ("includes", "missed", "allowed", "to_go", "says"),
    [
        (0, 0, False, 299, "299 more are needed"),
        (298, 0, False, 1, "98.99%"),
        (299, 0, True, 0, "99.00%"),
        (1000, 0, True, 0, "none of 1,000 includes"),
        (1, 1, False, 299, "1 of 1 includes would have been missed"),
        # The interval alone would allow it, but it is looked at again and again.
        (5000, 1, False, 299, "1 of 5,000"),
    ],
)
def test_auto_exclusion(includes: int, missed: int, allowed: bool, to_go: int, says: str) -> None:
    said = auto_exclusion(includes, missed)
    assert (said.allowed, said.includes_to_go) == (allowed, to_go)
    assert says in said.reason


@pytest.mark.parametrize(
    ("pile", "share", "chance", "size"),
    [
        (10**6, 0.05, 0.95, 59),
        (10**6, 0.01, 0.95, 299),
        (10**6, 0.05, 0.99, 90),
        # One of 20 is a 20th: 19 must be drawn to see it with 95 %.
        (20, 0.05, 0.95, 19),
        (1, 0.05, 0.95, 1),
        (0, 0.05, 0.95, 0),
    ],
)
def test_sample_size(pile: int, share: float, chance: float, size: int) -> None:
    assert sample_size(pile, share, chance) == size


@pytest.mark.parametrize(("share", "chance"), [(0, 0.9), (1.5, 0.9), (0.1, 0), (0.1, 1)])
def test_no_sample_shows_that(share: float, chance: float) -> None:
    with pytest.raises(ValueError, match="ask for no sample"):
        sample_size(10, share, chance)


def test_the_week_and_the_topic_decide_who_is_drawn() -> None:
    monday, sunday, next_monday = date(2026, 11, 16), date(2026, 11, 22), date(2026, 11, 23)
    assert seed_of_week("tmr", monday) == seed_of_week("tmr", sunday) == "tmr 2026-W47"
    assert seed_of_week("tmr", next_monday) != seed_of_week("tmr", monday)
    # The last days of a year belong to the first week of the next, and the other way round.
    assert seed_of_week("tmr", date(2024, 12, 31)) == "tmr 2025-W01"
    pile = range(1000)
    drawn = [
        sample(pile, 50, seed)
        for seed in (
            seed_of_week("tmr", monday),
            seed_of_week("tmr", next_monday),
            seed_of_week("stump", monday),
        )
    ]
    assert len({*drawn}) == 3
    assert sample(pile, 50, "tmr 2026-W47") == drawn[0]


def test_a_sample_smaller_than_nothing() -> None:
    with pytest.raises(ValueError, match="-1 reports"):
        sample([1], -1, "x")


def test_none_found() -> None:
    """One-sided half of the doubt: 0 found of 59 of 500, so (1 - 59/500) ** 30 is below 2.5 %."""
    left = left_in_pile([Batch(500, 59, 0)])
    assert (left.estimate, left.low, left.high, left.pile) == (0, 0, 29, 441)
    assert 0.882**30 < 0.025 < 0.882**29
    assert "0 to 29 more" in left.statement


def test_found_in_several_weeks() -> None:
    left = left_in_pile([Batch(100, 50, 3), Batch(40, 10, 1), Batch(0, 0, 0)])
    assert left.estimate == pytest.approx(3 * 50 / 50 + 1 * 30 / 10)
    assert left.low <= 6 <= left.high
    assert left.pile == 80


def test_a_week_that_nobody_drew_from_may_hold_anything() -> None:
    left = left_in_pile([Batch(100, 50, 0), Batch(30, 0, 0)])
    assert (left.estimate, left.high) == (None, 80)
    assert "nothing is known" in left.statement


def test_all_were_drawn() -> None:
    left = left_in_pile([Batch(20, 20, 2)])
    assert (left.estimate, left.low, left.high) == (0, 0, 0)
    assert (left_in_pile([]).low, left_in_pile([]).high) == (0, 0)


@pytest.mark.parametrize(("excluded", "drawn", "found"), [(1, 2, 0), (5, 2, 3), (5, 2, -1)])
def test_impossible_batches(excluded: int, drawn: int, found: int) -> None:
    with pytest.raises(ValueError, match="not possible"):
        Batch(excluded, drawn, found)
