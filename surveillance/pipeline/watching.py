"""The watch beside the schedule: a run that failed or did not happen is news, too."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from cronsim import CronSim
from sqlalchemy.orm import Session

from db import runs as run_rows
from db import signals as signal_rows
from db.session import Store
from db.signals import Raising
from surveillance.errors import Busy
from surveillance.pipeline.opening import opened
from surveillance.pipeline.post import Post, open_post
from surveillance.pipeline.queueing import queue_between_runs
from surveillance.pipeline.sending import send_waiting
from surveillance.settings import Settings
from surveillance.signals.findings import FailedRun, Finding, MissedRun
from surveillance.signals.rules import raise_signals
from surveillance.topics import Schedule, Topic

#: A run that the schedule asked for so long ago, retries of an hour and more included, is missed.
GRACE = timedelta(hours=6)


def watch_topic(topic: Topic, settings: Settings, *, now: datetime | None = None) -> list[str]:
    """Raise what did not happen since the last run; a sentence for each thing that is wrong.

    Nothing is raised while a run is under way, and each missed or failed run is raised once and
    told at once; what cannot be delivered waits in the outbox.
    `now` is the clock (UTC).
    """
    clock, post = now or datetime.now(UTC), open_post(settings)
    with opened(settings) as store:
        try:
            with store.exclusive(topic.slug):
                told = _watched(store, topic, clock, post, settings.banner)
            if told:
                send_waiting(store, post, topic=topic.slug, patiently=True)
        except Busy:
            return []
    return told


def _watched(store: Store, topic: Topic, clock: datetime, post: Post, banner: str) -> list[str]:
    with store.transaction() as session:
        signals = raise_signals(topic, list(_wrong(session, topic, clock)))
        raising = Raising(topic.slug, clock.date(), whole=False)
        if signal_rows.save_signals(session, raising, signals)["new"]:
            numbers = signal_rows.numbers_of(session, topic.slug, signals)
            queue_between_runs(
                session, topic, numbers, post=post, today=clock.date(), banner=banner
            )
    return [f"{signal.headline}. {signal.sentence}" for signal in signals]


def _wrong(session: Session, topic: Topic, clock: datetime) -> Iterator[Finding]:
    """The newest run that was due and is not done: it failed, or nobody began it."""
    attempt = run_rows.last_attempt(session, topic.slug)
    if attempt is None:
        return
    due = last_due(topic.schedule, clock - GRACE)
    if attempt.finished_at is None and attempt.started_at < clock - GRACE:
        yield FailedRun(attempt.run.today, attempt.failure)
    elif due is not None and attempt.started_at < due:
        yield MissedRun(due.date())


def last_due(schedule: Schedule, before: datetime) -> datetime | None:
    """When the schedule last asked for a run, up to `before`, in its own time zone.

    None where its cron line names no day that comes (30 February).
    """
    local = before.astimezone(ZoneInfo(schedule.timezone))
    return next(CronSim(schedule.cron, local + timedelta(minutes=1), reverse=True), None)
