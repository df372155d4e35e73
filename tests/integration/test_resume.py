"""Killed at any stage boundary and run again, the store ends the same."""

from __future__ import annotations

import os
from datetime import date
from itertools import count
from pathlib import Path

import pytest
from sqlalchemy import event
from sqlalchemy.orm import Session

from db.facts import Fact
from surveillance.pipeline.running import STAGES, run_topic
from surveillance.pipeline.walk import Walk
from surveillance.settings import Settings
from surveillance.topics import read_topic
from surveillance.triage.processes import beside
from tests.world import Backend, World, world

UNTIL = date(2024, 8, 2)
KILLED = 9


def _run_and_die(settings: Settings, until: date, moment: str, commit: int) -> None:
    """A process that dies without a word before its nth commit, or right after it."""
    left = count(commit - 1, -1)

    def die(_: Session) -> None:
        if next(left) == 0:
            os._exit(KILLED)

    event.listen(Session, f"{moment}_commit", die)
    topic = read_topic(settings.topics_folder / "targeted_muscle_reinnervation")
    run_topic(topic, settings, until=until)


def run_until_it_dies(world: World, moment: str, commit: int, until: date) -> int:
    process = beside().Process(target=_run_and_die, args=(world.settings, until, moment, commit))
    process.start()
    process.join(120)
    assert process.exitcode in {0, KILLED}
    return process.exitcode


@pytest.fixture(scope="module")
def expected(backend: Backend, tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[Fact]]:
    """What a run that nobody disturbed leaves in the store."""
    with world(tmp_path_factory.mktemp("healthy") / "workspace") as healthy:
        run_topic(healthy.topic, healthy.settings, until=UNTIL)
        facts = healthy.facts()
    assert facts["report"]
    assert facts["screening_decision"]
    return facts


@pytest.mark.slow
def test_a_run_killed_around_its_commits_ends_like_one_that_was_not(
    tmp_path: Path, expected: dict[str, list[Fact]]
) -> None:
    with world(tmp_path / "workspace") as killed:
        deaths = [
            run_until_it_dies(killed, moment, commit, UNTIL)
            for commit in (2, 3, 4)
            for moment in ("before", "after", "before", "after")
        ]
        assert deaths.count(KILLED) >= len(STAGES)
        run_topic(killed.topic, killed.settings, until=UNTIL)
        assert killed.facts() == expected


@pytest.mark.slow
@pytest.mark.parametrize("last", list(STAGES))
def test_stopped_between_two_stages_and_run_again_the_store_ends_the_same(
    tmp_path: Path,
    last: str,
    expected: dict[str, list[Fact]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with world(tmp_path / "workspace") as stopped:
        stage = STAGES[last]

        def stop_after(walk: Walk) -> dict[str, int]:
            stage(walk)
            raise KeyboardInterrupt

        monkeypatch.setitem(STAGES, last, stop_after)
        with pytest.raises(KeyboardInterrupt):
            run_topic(stopped.topic, stopped.settings, until=UNTIL)
        monkeypatch.undo()
        run_topic(stopped.topic, stopped.settings, until=UNTIL)
        assert stopped.facts() == expected
