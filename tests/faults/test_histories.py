"""After any sequence of faults and deaths and one healthy run, the store is the healthy one.

`make soak` carries thousands of the same histories out; here is a sample, and every fault alone.
"""

from __future__ import annotations

import pytest

from tests.faults.cases import BEFORE, LARGE, SMALL, Attempt, Case, Kind, alone, case
from tests.faults.soak import REQUESTS
from tests.faults.weather import VISIBLE
from tests.faults.workshop import Workshop


def test_the_weeks_ask_what_the_table_of_faults_says(shop: Workshop) -> None:
    week = shop.healthy(LARGE)[2]
    assert week.requests == REQUESTS
    assert shop.healthy(SMALL)[2].requests > REQUESTS
    # Three weeks, and each of two recipients has a digest of their own.
    assert len(week.told) == 6


@pytest.mark.parametrize("name", VISIBLE)
def test_a_fault_alone_changes_nothing(shop: Workshop, name: str) -> None:
    """At one request each, so that all are reached by some fault; `make soak` tries every pair."""
    number = 1 + list(VISIBLE).index(name) % REQUESTS
    outcome = shop.carry_out(alone(name, number))
    assert outcome.is_good, f"{name} at {number}\n{outcome}"
    assert outcome.faults == {name: 1}


@pytest.mark.parametrize("seed", range(10))
def test_a_history_with_faults_ends_like_the_healthy_one(shop: Workshop, seed: int) -> None:
    drawn = case(seed)
    outcome = shop.carry_out(drawn)
    assert outcome.is_good, f"{drawn}\n{outcome}"


@pytest.mark.parametrize("kind", sorted({*BEFORE} - {Kind.FOUL, Kind.FULL}))
def test_what_must_be_refused_is_refused_and_changes_nothing(shop: Workshop, kind: Kind) -> None:
    outcome = shop.carry_out(Case(0, LARGE, 1, ((Attempt(kind),),)))
    assert outcome.is_good, str(outcome)
    assert outcome.ends == {"failed": 1}


@pytest.mark.parametrize("room", [0, 5, 20, 40])
def test_a_full_disk_fails_in_a_sentence_and_changes_nothing(shop: Workshop, room: int) -> None:
    outcome = shop.carry_out(Case(0, LARGE, 0, ((Attempt(Kind.FULL, room=room),), ())))
    assert outcome.is_good, str(outcome)
    assert outcome.ends == {"failed": 1}


@pytest.mark.parametrize("at", [3, 150, 340])
def test_a_process_that_is_killed_changes_nothing(shop: Workshop, at: int) -> None:
    outcome = shop.carry_out(Case(0, LARGE, 1, ((Attempt(Kind.KILLED, dies_at=at),),)))
    assert outcome.is_good, str(outcome)
    assert outcome.ends == {"died": 1}


def test_a_seed_draws_the_same_history_and_prints_it() -> None:
    assert str(case(7)) == str(case(7))
    assert len({str(case(seed)) for seed in range(50)}) > 45
    drawn = Attempt(Kind.FOUL, ((3, "503"),), dies_at=20)
    assert str(drawn) == "foul weather, request 3: 503, dies at moment 20"
