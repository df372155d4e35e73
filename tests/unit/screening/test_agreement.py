from __future__ import annotations

from itertools import count
from math import sqrt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveillance.screening.agreement import Pair, agreement
from surveillance.screening.rules import Verdict

INCLUDE, EXCLUDE, UNSURE = Verdict.INCLUDE, Verdict.EXCLUDE, Verdict.UNSURE
Table = dict[tuple[Verdict, Verdict], int]


def pairs(table: Table) -> list[Pair]:
    numbers = count(1)
    return [Pair(next(numbers), *both) for both, times in table.items() for _ in range(times)]


#: Fleiss, Levin and Paik (2003), Statistical Methods for Rates and Proportions, table 18.1: 100
#: patients, three diagnoses.
FLEISS: Table = {
    (INCLUDE, INCLUDE): 75,
    (INCLUDE, EXCLUDE): 1,
    (INCLUDE, UNSURE): 4,
    (EXCLUDE, INCLUDE): 5,
    (EXCLUDE, EXCLUDE): 4,
    (EXCLUDE, UNSURE): 1,
    (UNSURE, UNSURE): 10,
}
#: Wikipedia's article on Cohen's kappa: 50 applications, 35 judged alike.
PLAIN: Table = {
    (INCLUDE, INCLUDE): 20,
    (INCLUDE, EXCLUDE): 5,
    (EXCLUDE, INCLUDE): 10,
    (EXCLUDE, EXCLUDE): 15,
}
#: The same article: as often alike, and yet a kappa of .13 or .26 by how the rest is spread.
SPREAD: Table = {
    (INCLUDE, INCLUDE): 45,
    (INCLUDE, EXCLUDE): 15,
    (EXCLUDE, INCLUDE): 25,
    (EXCLUDE, EXCLUDE): 15,
}
LOPSIDED: Table = SPREAD | {(INCLUDE, INCLUDE): 25, (INCLUDE, EXCLUDE): 35, (EXCLUDE, INCLUDE): 5}
LOPSIDED[EXCLUDE, EXCLUDE] = 35


@pytest.mark.parametrize(
    ("table", "raw", "kappa"),
    [(PLAIN, 0.7, 0.4), (SPREAD, 0.6, 0.1304), (LOPSIDED, 0.6, 0.2593), (FLEISS, 0.89, 0.6765)],
)
def test_kappa(table: Table, raw: float, kappa: float) -> None:
    found = agreement(pairs(table))
    assert found.raw == pytest.approx(raw)
    assert found.kappa == pytest.approx(kappa, abs=5e-5)


def test_its_interval() -> None:
    """The book gives kappa .68 with the standard error .087 (in its own rounding)."""
    found = agreement(pairs(FLEISS))
    assert found.interval is not None and found.kappa is not None
    low, high = found.interval
    assert (high - low) / 2 / 1.96 == pytest.approx(0.0875, abs=0.001)
    assert (low + high) / 2 == pytest.approx(found.kappa)


@pytest.mark.parametrize("table", [PLAIN, SPREAD, LOPSIDED, FLEISS])
def test_the_standard_error_is_that_of_leaving_out_each_report(table: Table) -> None:
    """The jackknife knows no formula; with so many reports it must come near it."""
    every = pairs(table)
    without = [agreement(every[:n] + every[n + 1 :]).kappa or 0.0 for n in range(len(every))]
    mean = sum(without) / len(without)
    spread = sum((each - mean) ** 2 for each in without)
    error = sqrt((len(every) - 1) / len(every) * spread)
    found = agreement(every).interval
    assert found is not None
    assert (found[1] - found[0]) / 2 / 1.96 == pytest.approx(error, rel=0.06)


def test_conflicts_are_listed() -> None:
    found = agreement(
        [Pair(7, INCLUDE, EXCLUDE), Pair(8, UNSURE, UNSURE), Pair(9, INCLUDE, UNSURE)]
    )
    assert [pair.report for pair in found.conflicts] == [7, 9]
    assert found.included == pytest.approx((2 / 3, 0))


def test_no_pair() -> None:
    found = agreement([])
    assert (found.reports, found.raw, found.kappa, found.interval) == (0, None, None, None)
    assert "No report" in found.statement


@pytest.mark.parametrize("verdict", list(Verdict))
def test_one_verdict_for_all_leaves_kappa_undefined(verdict: Verdict) -> None:
    found = agreement([Pair(n, verdict, verdict) for n in range(30)])
    assert (found.raw, found.kappa, found.interval, found.conflicts) == (1, None, None, ())
    assert "not defined" in found.statement


def test_each_says_always_the_other() -> None:
    found = agreement([Pair(n, INCLUDE, EXCLUDE) for n in range(30)])
    assert (found.raw, found.kappa) == (0, 0)


def test_agreeing_on_a_few_is_no_proof_of_agreeing() -> None:
    few = agreement([Pair(1, INCLUDE, INCLUDE), Pair(2, EXCLUDE, EXCLUDE)])
    many = agreement(
        [Pair(n, INCLUDE if n % 2 else EXCLUDE, INCLUDE if n % 2 else EXCLUDE) for n in range(500)]
    )
    assert few.kappa == many.kappa == 1
    assert few.interval is not None and many.interval is not None
    assert few.interval[0] < 0 < 0.98 < many.interval[0]


def test_rare_includes_are_named() -> None:
    rare: Table = {(EXCLUDE, EXCLUDE): 118, (EXCLUDE, INCLUDE): 5, (INCLUDE, EXCLUDE): 2}
    found = agreement(pairs(rare))
    assert found.raw == pytest.approx(118 / 125)
    assert found.kappa is not None and found.kappa < 0
    assert "2% and 4%" in found.statement
    assert "make kappa low" not in agreement(pairs(PLAIN)).statement


verdicts = st.sampled_from(list(Verdict))


@given(st.lists(st.tuples(verdicts, verdicts), min_size=1, max_size=40))
def test_kappa_is_symmetric_and_bounded(both: list[tuple[Verdict, Verdict]]) -> None:
    one = agreement([Pair(n, a, b) for n, (a, b) in enumerate(both)])
    other = agreement([Pair(n, b, a) for n, (a, b) in enumerate(both)])
    assert (one.kappa is None) == (len({v for pair in both for v in pair}) == 1)
    if one.kappa is not None and other.kappa is not None and one.interval is not None:
        assert one.kappa == pytest.approx(other.kappa)
        assert -1 <= one.interval[0] <= one.kappa + 1e-9
        assert one.kappa - 1e-9 <= one.interval[1] <= 1
