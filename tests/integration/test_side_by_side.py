"""Runs at the same time: several topics under one rate limit, one topic by one run alone."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from db.session import Store
from surveillance.simulator import Fault
from surveillance.sources.pubmed import INTERVAL
from tests.small_world import FIRST, Article, SmallWorld, small_world, study

SURVEIL = Path(sys.executable).with_name("surveil")
#: What the simulator, like NCBI, allows without a key.
MOST_A_SECOND = 3


@pytest.fixture
def made(tmp_path: Path) -> SmallWorld:
    world = small_world(tmp_path)
    world.known_item("author-2024", 90000001)
    articles = [Article(90000001), Article(90000002)]
    world.layer(FIRST, articles, studies=[study("NCT90000001", "Amputation and neuroma")])
    return world


def started(made: SmallWorld, topic: str, day: date = FIRST) -> subprocess.Popen[str]:
    """A run as a user or the schedule starts it: a process of its own, at NCBI's pace."""
    environment = {
        "SURVEIL_WORKSPACE": str(made.workspace),
        "SURVEIL_DATABASE_URL": made.settings.store_url,
        "SURVEIL_PUBMED_URL": made.simulator.pubmed_url,
        "SURVEIL_CLINICALTRIALS_URL": made.simulator.clinicaltrials_url,
        "SURVEIL_EUROPEPMC_URL": made.simulator.europepmc_url,
        "SURVEIL_CLINICALTRIALS_PAUSE": "0",
        "SURVEIL_EUROPEPMC_PAUSE": "0",
        "SURVEIL_CONTACT_EMAIL": "test@example.org",
    }
    return subprocess.Popen(
        [str(SURVEIL), "run", topic, "--until", day.isoformat()],
        env={**os.environ, **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def ended(run: subprocess.Popen[str]) -> tuple[int, str]:
    said = run.communicate(timeout=120)
    return run.returncode, said[1]


@pytest.mark.slow
def test_topics_side_by_side_keep_one_rate_limit_and_both_arrive(made: SmallWorld) -> None:
    with made.serving(rate_limit=True):
        store = Store(made.settings.store_url)
        store.upgrade()
        store.close()
        folder = made.topic.folder
        others = [shutil.copytree(folder, folder.with_name(name)).name for name in ("two", "three")]
        runs = [started(made, topic) for topic in ("small", *others)]
        assert [ended(run) for run in runs] == [(0, "")] * 3
        assert {row["topic"] for row in made.rows("watermark")} == {"small", "two", "three"}
        # The simulator refuses what comes too fast, and a refused request is asked again.
        of_pubmed = [a for a in made.simulator.requests if "eutils" in a.path]
        asked = [tuple(sorted(a.parameters.items())) for a in of_pubmed]
        assert len(asked) == 3 * len(set(asked))
        assert INTERVAL * MOST_A_SECOND > 1


@pytest.mark.slow
def test_a_topic_that_fails_keeps_no_other_from_its_week(made: SmallWorld) -> None:
    with made.serving():
        broken = shutil.copytree(made.topic.folder, made.topic.folder.with_name("a-broken-one"))
        (broken / "criteria.toml").write_text("this is no TOML", encoding="utf-8")
        code, said = ended(started(made, "--all"))
        assert code == 2
        assert "criteria.toml" in said
        assert {row["topic"] for row in made.rows("watermark")} == {"small"}


@pytest.mark.slow
def test_of_two_runs_of_a_topic_the_second_is_refused(made: SmallWorld) -> None:
    with made.serving():
        made.simulator.faults.append(Fault.slow(6, path="esearch.fcgi"))
        first = started(made, "small")
        while not made.simulator.requests:
            assert first.poll() is None
        code, said = ended(started(made, "small"))
        assert code == 3
        assert "another run of small is under way" in said
        assert ended(first) == (0, "")
        assert len(made.rows("run")) == 1
