"""A few histories on SQLite and on PostgreSQL, from the first week on."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.faults.cases import LARGE, Attempt, Case, Kind
from tests.faults.workshop import Workshop, workshop
from tests.world import Backend, store_url

HISTORIES = (
    (
        Attempt(Kind.FOUL, ((2, "429 without end"),)),
        Attempt(Kind.FOUL, ((5, "reset midway"), (9, "invalid JSON")), dies_at=60),
        Attempt(Kind.HELD),
    ),
    (Attempt(Kind.KILLED, dies_at=200), Attempt(Kind.FOUL, dies_at=300), Attempt(Kind.EDITED)),
    (Attempt(Kind.FOUL, ((4, "an entry missing"), (7, "a page missing"))), Attempt(Kind.AGAIN)),
)


@pytest.fixture(scope="module")
def on_either(
    backend: Backend,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Workshop]:
    with workshop(tmp_path_factory.mktemp("faults"), store_url) as opened:
        yield opened


@pytest.mark.parametrize("attempts", HISTORIES, ids=("weather", "deaths", "again"))
def test_a_history_ends_like_the_healthy_one_on_either_database(
    on_either: Workshop, attempts: tuple[Attempt, ...]
) -> None:
    drawn = Case(0, LARGE, 1, (attempts,))
    outcome = on_either.carry_out(drawn)
    assert outcome.is_good, f"{drawn}\n{outcome}"
