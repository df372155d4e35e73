"""The files of a topic that others subscribe to: its signals as a feed, its trials' dates."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy.orm import Session

from db import outbox as outbox_rows
from db import studies as study_rows
from surveillance.alerts.digest import Places
from surveillance.alerts.feed import feed
from surveillance.alerts.files import write_all
from surveillance.alerts.trial_dates import Trial, calendar
from surveillance.pipeline.walk import Walk
from surveillance.topics import Topic


def publish(walk: Walk) -> None:
    """Write the topic's feed and calendar as they are now, each whole or as it was.

    Raises `DeliveryFailed` where the folder cannot be written to; the next run writes them again.
    """
    with walk.store.transaction() as session:
        made = (_feed(session, walk), _calendar(session, walk))
    files = files_of(walk.topic, walk.alerts_folder)
    write_all(walk.alerts_folder, dict(zip(files, made, strict=True)))


def files_of(topic: Topic, folder: Path) -> tuple[Path, Path]:
    """Where the feed and the calendar of a topic lie."""
    return folder / f"{topic.slug}.atom", folder / f"{topic.slug}.ics"


def _feed(session: Session, walk: Walk) -> bytes:
    raised = outbox_rows.raised_of(session, walk.topic.slug)
    numbers = {one.signal.key: one.number for one in raised}
    items = outbox_rows.items_of(session, walk.topic.slug)
    return feed(walk.topic, items, Places(page=walk.post.page, numbers=numbers), walk.banner)


def _calendar(session: Session, walk: Walk) -> bytes:
    trials = (
        Trial(
            registration=stored.newest,
            versions=len(stored.kept),
            seen_on=stored.kept[-1].seen_on,
            watched=stored.route == study_rows.WATCHED,
        )
        for stored in study_rows.registrations_of(session, walk.topic.slug)
    )
    return calendar(walk.topic, trials, walk.today, walk.banner)
