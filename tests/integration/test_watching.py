"""The watch: a run that failed or did not happen is told, once, and made up for by the next."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import update

from db.models import RunRow
from db.session import Store
from surveillance.errors import SourceFailed
from surveillance.pipeline.opening import opened
from surveillance.pipeline.watching import GRACE, last_due, watch_topic
from surveillance.topics import Schedule
from tests.small_world import FIRST, SECOND, Article, SmallWorld, small_world

#: A Monday, 06:00 in London, when the small topic's schedule asks for a run.
MONDAY = datetime(2024, 8, 5, 5, 0, tzinfo=UTC)


@pytest.fixture
def made(tmp_path: Path) -> Iterator[SmallWorld]:
    world = small_world(tmp_path)
    world.layer(FIRST, [Article(91000001)])
    world.layer(SECOND)
    with world.serving():
        yield world


def began(world: SmallWorld, moment: datetime) -> None:
    """Let the last run have begun (and ended, if it did) at a moment of the past."""
    with opened(world.settings) as store, store.transaction() as session:
        newest = max(row["id"] for row in world.rows("run"))
        row = session.get_one(RunRow, newest)
        values: dict[str, datetime] = {"started_at": moment}
        if row.finished_at is not None:
            values["finished_at"] = moment
        session.execute(update(RunRow).where(RunRow.id == newest).values(**values))


def kinds(world: SmallWorld) -> list[str]:
    return [row["content"]["kind"] for row in world.rows("signal")]


@pytest.mark.parametrize(
    ("started", "now", "missed"),
    [
        (MONDAY + timedelta(minutes=1), MONDAY + timedelta(days=1), False),
        (MONDAY - timedelta(days=7), MONDAY + timedelta(hours=5), False),
        (MONDAY - timedelta(days=7), MONDAY + timedelta(hours=7), True),
        (MONDAY - timedelta(days=1), MONDAY + timedelta(hours=7), True),
        (MONDAY - timedelta(days=30), MONDAY + timedelta(days=3), True),
    ],
)
def test_a_run_that_did_not_happen_is_told(
    made: SmallWorld, started: datetime, now: datetime, missed: bool
) -> None:
    made.run(FIRST)
    began(made, started)
    sentences = watch_topic(made.topic, made.settings, now=now)
    assert kinds(made) == (["run_missed"] if missed else [])
    if missed:
        assert sentences[0].startswith("The run of 2024-08-05 did not happen. Nothing was searched")


def test_whoever_is_told_of_the_topic_is_told_at_once(made: SmallWorld) -> None:
    """A note of its own, without the numbers of a week that nobody searched."""
    made.run(FIRST)
    began(made, MONDAY - timedelta(days=7))
    folder = made.settings.alerts_folder
    before = set(folder.glob("*.txt"))
    for hours in (7, 8):
        watch_topic(made.topic, made.settings, now=MONDAY + timedelta(hours=hours))
    (note,) = set(folder.glob("*.txt")) - before
    text = note.read_text(encoding="utf-8")
    assert note.name == "small-2024-08-05-watch.txt"
    assert "[high, run missed] The run of 2024-08-05 did not happen" in text
    assert "Between runs, on 2024-08-05" in text
    assert "Week to" not in text
    assert "PubMed, for MEDLINE ALL (Ovid): 2024-08-02, 3 days ago" in text
    assert "IN NUMBERS" not in text


def test_nothing_wrong_is_told_to_nobody(made: SmallWorld) -> None:
    made.run(FIRST)
    began(made, MONDAY)
    before = sorted(made.settings.alerts_folder.iterdir())
    assert watch_topic(made.topic, made.settings, now=MONDAY + timedelta(days=1)) == []
    assert sorted(made.settings.alerts_folder.iterdir()) == before


def test_it_is_told_once_and_each_week_anew(made: SmallWorld) -> None:
    made.run(FIRST)
    began(made, MONDAY - timedelta(days=7))
    for hours in (7, 8, 100, 24 * 7 + 7):
        watch_topic(made.topic, made.settings, now=MONDAY + timedelta(hours=hours))
    assert [row["content"]["headline"] for row in made.rows("signal")] == [
        "The run of 2024-08-05 did not happen",
        "The run of 2024-08-12 did not happen",
    ]


def test_a_run_that_broke_off_says_why(made: SmallWorld) -> None:
    made.run(FIRST)
    made.simulator.as_of = SECOND
    broken = made.settings.model_copy(
        update={"pubmed_url": "http://127.0.0.1:9/entrez/eutils/", "retry_wait": 0}
    )
    from surveillance.pipeline.running import run_topic

    with pytest.raises(SourceFailed):
        run_topic(made.topic, broken, until=SECOND)
    assert watch_topic(made.topic, made.settings) == []
    (sentence,) = watch_topic(
        made.topic, made.settings, now=datetime.now(UTC) + GRACE + timedelta(minutes=1)
    )
    assert sentence.startswith(f"The run for {SECOND} failed. ")
    assert "PubMed" in sentence
    assert kinds(made) == ["run_failed"]


def test_the_next_run_makes_up_for_it(made: SmallWorld) -> None:
    made.run(FIRST)
    began(made, MONDAY - timedelta(days=7))
    watch_topic(made.topic, made.settings, now=MONDAY + timedelta(hours=7))
    made.run(SECOND)
    events = [row["what"] for row in made.rows("signal_event")]
    assert events == ["raised", "lapsed"]


def test_a_topic_that_never_ran_and_one_that_runs_now_are_left_alone(made: SmallWorld) -> None:
    late = MONDAY + timedelta(days=3)
    assert watch_topic(made.topic, made.settings, now=late) == []
    made.run(FIRST)
    began(made, MONDAY - timedelta(days=30))
    other = Store(made.settings.store_url)
    with other.exclusive(made.topic.slug):
        assert watch_topic(made.topic, made.settings, now=late) == []
    other.close()
    assert kinds(made) == []


@pytest.mark.parametrize(
    ("cron", "timezone", "before", "due"),
    [
        (
            "0 6 * * 1",
            "Europe/London",
            datetime(2025, 2, 5, tzinfo=UTC),
            "2025-02-03T06:00:00+00:00",
        ),
        (
            "0 6 * * 1",
            "Europe/London",
            datetime(2025, 7, 9, tzinfo=UTC),
            "2025-07-07T06:00:00+01:00",
        ),
        ("0 6 * * 1", "Europe/London", MONDAY, "2024-08-05T06:00:00+01:00"),
        ("0 6 * * 1", "Asia/Tokyo", datetime(2025, 2, 5, tzinfo=UTC), "2025-02-03T06:00:00+09:00"),
        (
            "30 2 * * 0",
            "Europe/London",
            datetime(2025, 3, 31, tzinfo=UTC),
            "2025-03-30T02:30:00+01:00",
        ),
        ("0 6 1 * *", "UTC", datetime(2025, 3, 1, 6, tzinfo=UTC), "2025-03-01T06:00:00+00:00"),
    ],
)
def test_when_a_run_was_due(cron: str, timezone: str, before: datetime, due: str) -> None:
    found = last_due(Schedule(cron=cron, timezone=timezone), before)
    assert found is not None
    assert found.isoformat() == due


def test_days_of_a_missed_run_are_those_of_the_topic() -> None:
    """06:00 in Tokyo is still the day before in UTC."""
    found = last_due(
        Schedule(cron="0 6 * * 1", timezone="Asia/Tokyo"), datetime(2025, 2, 3, tzinfo=UTC)
    )
    assert found is not None
    assert found.date() == date(2025, 2, 3)
