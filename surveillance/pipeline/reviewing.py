"""What stands on a topic's reports, read with as many readers as the topic asks for."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy.orm import Session

from db import screening as screening_rows
from db.screening import Standing
from surveillance.screening.reviewing import Reviewing
from surveillance.topics import Topic


def reviewing_of(topic: Topic) -> Reviewing:
    """How many people read each report of a topic, and whose inclusions need no second reader."""
    return Reviewing(topic.screening.reviewers, topic.guidance.body)


def standings_of(
    session: Session,
    topic: Topic,
    stage: str = screening_rows.ABSTRACT,
    reports: Collection[int] | None = None,
) -> dict[int, Standing]:
    """What stands on each report of a topic (or on these few) at one stage of screening."""
    return screening_rows.standings(session, topic.slug, stage, reviewing_of(topic), reports)
