"""How long a message is tried, and when it is given up."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveillance.alerts.delivery import LONGEST_WAIT, NotTaken, Trouble, after
from surveillance.alerts.message import State

NOW = datetime(2025, 1, 31, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    ("trouble", "most"), [(Trouble.PERMANENT, 1), (Trouble.DEAD, 3), (Trouble.PASSING, 8)]
)
def test_a_message_is_tried_so_often(trouble: Trouble, most: int) -> None:
    states = [after(NotTaken("", trouble), tries, NOW).state for tries in range(1, most + 2)]
    assert states == [State.FAILED] * (most - 1) + [State.GIVEN_UP] * 2


def test_the_waits_grow_and_end_after_days() -> None:
    waits = [(after(NotTaken(""), tries, NOW).at or NOW) - NOW for tries in range(1, 8)]
    assert waits == sorted(waits)
    assert waits[0] == timedelta(minutes=5)
    assert timedelta(days=2) < sum(waits, timedelta()) < timedelta(days=4)


@given(st.floats(allow_nan=False, allow_infinity=False), st.integers(1, 7))
def test_a_server_may_ask_for_more_time_but_for_no_more_than_a_day(
    asked: float, tries: int
) -> None:
    follows = after(NotTaken("", wait=asked), tries, NOW)
    least = (after(NotTaken(""), tries, NOW).at or NOW) - NOW
    assert follows.at is not None
    assert least <= follows.at - NOW <= LONGEST_WAIT
    if least.total_seconds() <= asked <= LONGEST_WAIT.total_seconds():
        assert (follows.at - NOW).total_seconds() == pytest.approx(asked, abs=1e-3)
