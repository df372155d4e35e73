from __future__ import annotations

from fractions import Fraction
from functools import cache
from itertools import pairwise
from math import comb, exp, log

import pytest

from surveillance.screening.stopping import (
    MOST_ASSUMED,
    Basis,
    Promise,
    Read,
    StoppingAdvice,
    advice,
    first_stop,
)

FIND, NONE = Read(included=True), Read(included=False)
DRAWN = Read(included=False, at_random=True)


@pytest.mark.parametrize(
    ("recall", "found", "missing"),
    [
        (0.95, 0, 1),
        (0.95, 1, 1),
        (0.95, 18, 1),
        # 19 of 20 are 95 %: one may be missing, two may not.
        (0.95, 19, 2),
        (0.95, 37, 2),
        (0.95, 38, 3),
        (0.95, 95, 6),
        (0.95, 100, 6),
        (0.8, 8, 3),
        (0.99, 98, 1),
        (0.99, 99, 2),
        (1.0, 50, 1),
    ],
)
def test_missing(recall: float, found: int, missing: int) -> None:
    """The first number with which found / (found + missing) falls below the recall."""
    assert Promise(recall).missing(found) == missing
    share = Fraction(str(recall))
    assert Fraction(found, found + missing) < share
    if missing > 1:
        assert Fraction(found, found + missing - 1) >= share


@pytest.mark.parametrize("recall", [0.5, 0.9, 0.95, 0.99, 1.0])
@pytest.mark.parametrize("confidence", [0.8, 0.95, 0.99])
def test_all_occasions_to_stop_too_early_together(recall: float, confidence: float) -> None:
    """The proof in numbers: whatever the true number, the chances over all states stay within."""
    promise = Promise(recall, confidence)
    for total in (*range(1, 80), 150, 399):
        early = 0.0
        for found in range(total):
            unread = total - found
            missing = promise.missing(found)
            if unread >= missing:
                early += _limit(missing, 1 - confidence) ** (unread / missing)
        assert early <= 1 - confidence + 1e-9, total


@cache
def _limit(missing: int, doubt: float) -> float:
    """The chance of a run at which the rule stops, solved here by stepping, not by halving."""
    step, share = 0.5, 0.0
    while step > 1e-13:
        if (share + step) ** missing < doubt * (1 - share - step):
            share += step
        step /= 2
    return share**missing


@pytest.mark.parametrize("unread", [1, 2, 5, 60])
@pytest.mark.parametrize("advantage", [1.0, 1.3, 2.0])
def test_more_missing_is_as_improbable_as_the_proof_needs(unread: int, advantage: float) -> None:
    """For j more unread: the chance of no find is no more than the power that it is bounded by."""
    for missing in range(1, unread):
        for more in range(missing, unread):
            fewer = _none_next(missing, unread, advantage)
            assert _none_next(more, unread, advantage) <= fewer ** (more / missing) + 1e-12


def _none_next(missing: int, unread: int, advantage: float) -> float:
    return (unread - missing) / (unread - missing + advantage * missing)


def test_above_the_most_that_may_be_assumed_the_proof_fails() -> None:
    fewer = _none_next(1, 1000, MOST_ASSUMED + 2)
    assert _none_next(2, 1000, MOST_ASSUMED + 2) > fewer**2


@pytest.mark.parametrize(
    ("found", "size"),
    [(1, 100), (19, 200), (40, 1000), (100, 3000)],
)
def test_a_random_run_is_a_hypergeometric_test(found: int, size: int) -> None:
    """No find in n random draws from U unread: C(U - m, n) / C(U, n), held against the limit."""
    promise = Promise()
    reads = [FIND] * found
    cost = advice(reads, size, promise, Basis.SAMPLE).cost
    unread, missing = size - found, promise.missing(found)
    limit = _limit(missing, 1 - promise.confidence)
    assert _none_among(cost, missing, unread) <= limit * (1 + 1e-9)
    assert _none_among(cost - 1, missing, unread) > limit


def _none_among(drawn: int, missing: int, unread: int) -> float:
    return comb(unread - missing, drawn) / comb(unread, drawn)


def test_cost_is_what_it_takes() -> None:
    for basis, read in ((Basis.ORDER, NONE), (Basis.SAMPLE, DRAWN)):
        reads = [FIND, NONE] * 20
        before = advice(reads, 600, basis=basis)
        assert not before.may_stop
        assert first_stop([*reads, *[read] * before.cost], 600, basis=basis) == 40 + before.cost
        almost = advice([*reads, *[read] * (before.cost - 1)], 600, basis=basis)
        assert (almost.may_stop, almost.cost) == (False, 1)


def test_reads_in_order_count_for_nothing_where_only_the_sample_counts() -> None:
    reads = [FIND] * 20 + [NONE] * 800
    assert first_stop(reads, 1000, basis=Basis.ORDER) is not None
    assert first_stop(reads, 1000, basis=Basis.SAMPLE) is None
    assert first_stop([*reads, *[DRAWN] * 180], 1000, basis=Basis.SAMPLE) is not None


def test_a_find_begins_the_run_anew() -> None:
    quiet = [FIND] * 30 + [NONE] * 100
    stop = first_stop([*quiet, *[NONE] * 400], 800)
    assert stop is not None
    assert first_stop([*quiet, FIND, *[NONE] * 400], 800, Promise()) != stop
    assert advice([*quiet, FIND], 800).cost > advice([*quiet, NONE], 800).cost


def test_a_late_trickle_of_finds_lowers_what_is_assumed() -> None:
    good = advice([FIND] * 40 + [NONE] * 60, 1000)
    assert good.advantage == MOST_ASSUMED
    # A find in each twenty records, to nearly the end: as good as chance.
    dull = advice(([NONE] * 19 + [FIND]) * 48, 1000)
    assert dull.advantage == 1.0
    assert "no worse than chance" in dull.statement


def test_the_sample_assumes_nothing() -> None:
    said = advice([FIND] * 40 + [DRAWN] * 60, 1000, basis=Basis.SAMPLE)
    assert said.advantage == 1.0
    assert "nothing is assumed of the order" in said.statement


def test_a_better_order_is_cheaper() -> None:
    costs = [
        advice([FIND] * 60, 2000, basis=Basis.ORDER).cost,
        advice([FIND] * 60, 2000, basis=Basis.SAMPLE).cost,
    ]
    assert costs[0] < costs[1]


def test_what_is_promised_is_said_with_its_price() -> None:
    said = advice([FIND] * 38 + [NONE] * 62, 500)
    assert not said.may_stop
    assert "95% of the includes" in said.statement
    assert "38 are found" in said.statement
    assert "3 more may be among the 400 unread" in said.statement
    assert f"{said.cost} more records" in said.statement
    more = advice([FIND] * 38 + [NONE] * (62 + said.cost), 500)
    assert more.may_stop
    assert f"in the last {62 + said.cost} reads" in more.statement


@pytest.mark.parametrize("basis", list(Basis))
def test_the_ends(basis: Basis) -> None:
    assert advice([], 0, basis=basis).may_stop
    assert advice([NONE] * 3, 3, basis=basis).statement == "All 3 records are read."
    nothing = advice([], 1000, basis=basis)
    assert not nothing.may_stop
    # With nothing found the one include that may be there hides anywhere: nearly all is read.
    assert 940 <= nothing.cost <= 960
    # Two unread cannot hold three missing.
    assert advice([FIND] * 38, 40, basis=basis).may_stop


def test_more_read_than_there_is() -> None:
    with pytest.raises(ValueError, match="more records were read than the 2"):
        advice([NONE] * 3, 2)


@pytest.mark.parametrize(("recall", "confidence"), [(0, 0.95), (1.1, 0.9), (0.9, 1), (0.9, 0)])
def test_impossible_promises(recall: float, confidence: float) -> None:
    with pytest.raises(ValueError, match="no promise"):
        Promise(recall, confidence)


def test_a_stricter_promise_costs_more() -> None:
    reads = [FIND] * 100 + [NONE] * 50

    def costs(promises: list[Promise]) -> list[int]:
        return [advice(reads, 2000, promise).cost for promise in promises]

    by_recall = costs([Promise(recall) for recall in (0.8, 0.9, 0.95, 0.99)])
    by_confidence = costs([Promise(0.95, sure) for sure in (0.8, 0.9, 0.95, 0.99)])
    assert all(less < more for less, more in pairwise(by_recall))
    assert all(less < more for less, more in pairwise(by_confidence))


def test_reads_in_order_are_weighed_by_the_advantage() -> None:
    """The last step before the limit, worked out by hand for a pile with one missing."""
    reads = [FIND] * 10
    said: StoppingAdvice = advice(reads, 200)
    assert said.advantage == MOST_ASSUMED
    chance, unread = 0.0, 190
    for step in range(said.cost):
        chance += log(_none_next(1, unread - step, MOST_ASSUMED))
    assert exp(chance) <= _limit(1, 1 - Promise().confidence) * (1 + 1e-9)
    before = chance - log(_none_next(1, unread - said.cost + 1, MOST_ASSUMED))
    assert exp(before) > _limit(1, 1 - Promise().confidence)
