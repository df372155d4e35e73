"""Which versions of registrations a run compares: those that no finished run compared before."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from surveillance.errors import SourceFailed
from surveillance.pipeline import signalling
from surveillance.studies.changes import Change, compare
from surveillance.studies.registrations import Registration
from tests.small_world import FIRST, SECOND, THIRD, SmallWorld, small_world, study
from tests.world import Backend

NUMBER = "NCT90000001"
FOURTH, FIFTH = date(2024, 11, 1), date(2024, 12, 6)
COMPLETED = f"{NUMBER}: status is now completed"


@pytest.fixture
def world(tmp_path: Path, backend: Backend) -> Iterator[SmallWorld]:
    """The watched trial is completed in the second week."""
    made = small_world(tmp_path)
    made.layer(FIRST, studies=[study(NUMBER, "The watched trial")])
    made.layer(SECOND, studies=[study(NUMBER, "The watched trial", status="COMPLETED")])
    with made.serving():
        made.run(FIRST)
        yield made


@pytest.fixture
def compared(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The numbers of the registrations of which two versions are compared, as they are."""
    numbers: list[str] = []

    def noting(before: Registration, after: Registration) -> tuple[Change, ...]:
        numbers.append(after.number)
        return compare(before, after)

    monkeypatch.setattr(signalling, "compare", noting)
    return numbers


def test_a_change_is_compared_until_a_run_after_it_has_finished(
    world: SmallWorld, compared: list[str]
) -> None:
    """The week of overlap has it compared once more; then only where everything is."""
    seen = []
    for day, full in ((SECOND, False), (THIRD, False), (FOURTH, False), (FIFTH, True)):
        world.run(day, full=full)
        seen.append(len(compared))
        assert world.signals() == [COMPLETED]
    assert seen == [1, 2, 2, 3]


def test_a_changed_topic_compares_everything_again(world: SmallWorld, compared: list[str]) -> None:
    world.run(SECOND)
    file = world.workspace / "search_strategies" / "small" / "topic.toml"
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("All of it.", "All of that."), encoding="utf-8")
    world.run(THIRD)
    world.run(FOURTH)
    assert len(compared) == 2
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("All of that.", "All of it."), encoding="utf-8")
    world.run(FIFTH)
    assert len(compared) == 3


def test_a_run_that_died_before_its_signals_loses_none(
    world: SmallWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object, **__: object) -> None:
        raise SourceFailed("it died here.")

    with monkeypatch.context() as patched:
        patched.setattr(signalling, "raise_signals", fails)
        with pytest.raises(SourceFailed, match="it died here"):
            world.run(SECOND)
    assert world.signals() == []
    world.run(THIRD)
    assert world.signals() == [COMPLETED]
