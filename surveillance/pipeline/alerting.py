"""What was signalled told to those who should know, through the outbox, once."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy.orm import Session

from db import outbox as outbox_rows
from db import runs as run_rows
from db.session import Store
from surveillance.alerts.digest import Places, compose
from surveillance.errors import Busy, DeliveryFailed, UnreadableInput
from surveillance.pipeline.composing import content_of
from surveillance.pipeline.opening import opened
from surveillance.pipeline.post import Post, open_post
from surveillance.pipeline.publishing import publish
from surveillance.pipeline.queueing import name_of, queue_alerts
from surveillance.pipeline.sending import Sent, send_waiting
from surveillance.pipeline.walk import Walk
from surveillance.runs import Run
from surveillance.settings import Settings
from surveillance.topics import Topic

#: What the stage counts that was not told or written: a person should look.
NOT_SENT, NOT_WRITTEN = "not sent", "not written"


def alert(walk: Walk) -> run_rows.Numbers:
    """Put what nobody was told yet into the outbox, then send what waits there.

    What cannot be sent is kept and counted; it fails no run.
    """
    with walk.store.transaction() as session:
        queue_alerts(session, walk.topic, walk.run, walk.post, walk.banner)
    troubles = {NOT_WRITTEN: _published(walk), NOT_SENT: 0}
    for _ in walk.progress.follow(["the outbox"], "Sending alerts", 1):
        troubles[NOT_SENT] = len(_sent(walk.store, walk.post, walk.topic).failures)
    with walk.store.transaction() as session:
        names = outbox_rows.names_of(session, name_of(walk.run))
        numbers = {"sent": outbox_rows.sent_by(session, walk.topic.slug, names)}
        numbers |= {name: count for name, count in troubles.items() if count}
        run_rows.finish_stage(session, walk.run, "alert", numbers)
    return numbers


def _published(walk: Walk) -> int:
    """How many of the topic's feed and calendar could not be written."""
    try:
        publish(walk)
    except DeliveryFailed:
        return 2
    return 0


def _sent(store: Store, post: Post, topic: Topic) -> Sent:
    """What came of sending; somebody else who is at it sends ours, too."""
    try:
        return send_waiting(store, post, topic=topic.slug)
    except Busy as fault:
        return Sent(failures=(str(fault),))


def send_digest(topic: Topic, settings: Settings) -> Sent:
    """Queue what the last run's signals leave to be told, and send all that waits."""
    post = open_post(settings)
    with opened(settings) as store:
        with store.exclusive(topic.slug), store.transaction() as session:
            queue_alerts(session, topic, _last_run(session, topic), post, settings.banner)
        return send_waiting(store, post, topic=topic.slug)


def send_due(settings: Settings) -> Sent:
    """Send what waits of every topic, and what failed before and is due again."""
    with opened(settings) as store:
        return send_waiting(store, open_post(settings), patiently=True)


def preview_digest(topic: Topic, settings: Settings) -> str:
    """The text of the last run's digest, whether it was sent or not."""
    with opened(settings) as store, store.transaction() as session:
        run = _last_run(session, topic)
        raised = outbox_rows.raised_by(session, run)
        content = replace(
            content_of(session, topic, run, settings.banner),
            signals=tuple(one.signal for one in raised),
            places=Places(
                page=settings.page_url, numbers={one.signal.key: one.number for one in raised}
            ),
        )
        return compose(content).text


def _last_run(session: Session, topic: Topic) -> Run:
    run = run_rows.last_finished(session, topic.slug)
    if run is None:
        raise UnreadableInput(
            f"no run of {topic.slug} has finished yet.", hint=f"Try `surveil run {topic.slug}`."
        )
    return run
