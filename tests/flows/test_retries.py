"""A stage is tried again where a source or the store failed, and only there."""

from __future__ import annotations

from typing import Any

import pytest
from prefect.client.schemas.objects import State
from prefect.states import Completed, Failed

from flows.weekly import RETRY_DELAYS, is_worth_another_try, stage
from surveillance.errors import SourceFailed, StoreFailed, UnreadableInput


@pytest.mark.parametrize(
    ("state", "again"),
    [
        (Failed(data=SourceFailed("PubMed did not answer.")), True),
        (Failed(data=StoreFailed("the disk is full.")), True),
        (Failed(data=UnreadableInput("no such file.")), False),
        (Failed(data=RuntimeError("our fault")), False),
        (Completed(data={"identified": 3}), False),
    ],
    ids=["a source failed", "the store failed", "unreadable input", "our own fault", "done"],
)
def test_only_what_may_pass_is_tried_again(state: State[Any], again: bool) -> None:
    assert is_worth_another_try(stage, None, state) is again


def test_the_waits_between_the_tries_grow() -> None:
    assert sorted(RETRY_DELAYS) == RETRY_DELAYS
    assert stage.retries == len(RETRY_DELAYS)
