"""The numbers that records have at their source: which a topic holds, and which were merged."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from db.models import RecordRow, TopicRecordRow
from db.records import batched, known_numbers


def source_ids(session: Session, topic: str, source: str) -> set[str]:
    """What the records of a topic are called at a source."""
    return set(
        session.scalars(
            select(RecordRow.source_id)
            .join(TopicRecordRow, TopicRecordRow.record_id == RecordRow.id)
            .where(TopicRecordRow.topic == topic, RecordRow.source == source)
        )
    )


def deleted(session: Session, ids: Iterable[int]) -> dict[int, date]:
    """Those of these records that their source deleted and did not merge, with the day."""
    found: dict[int, date] = {}
    for some in batched(list(ids)):
        rows = session.execute(
            select(RecordRow.id, RecordRow.deleted_on).where(
                RecordRow.id.in_(some), RecordRow.merged_into.is_(None)
            )
        )
        found.update((number, on) for number, on in rows if on is not None)
    return found


def mark_merged(session: Session, source: str, merged: Iterable[tuple[str, str]]) -> None:
    """Note that a source answers old numbers with the records of new ones (old, new)."""
    for old, new in merged:
        numbers = known_numbers(session, [(source, old), (source, new)])
        if len(numbers) == 2:
            was = session.get_one(RecordRow, numbers[source, old])
            was.merged_into = numbers[source, new]
    session.flush()


def merged_numbers(session: Session, source: str) -> dict[str, str]:
    """The number that each merged record of a source has now."""
    target = aliased(RecordRow)
    rows = session.execute(
        select(RecordRow.source_id, target.source_id)
        .join(target, target.id == RecordRow.merged_into)
        .where(RecordRow.source == source)
    )
    return {row[0]: row[1] for row in rows}


def merged_pairs(session: Session, topic: str) -> list[tuple[int, int]]:
    """The records of a topic that their source merged, each with the record that it is now."""
    rows = session.execute(
        select(RecordRow.id, RecordRow.merged_into)
        .join(TopicRecordRow, TopicRecordRow.record_id == RecordRow.id)
        .where(TopicRecordRow.topic == topic, RecordRow.merged_into.is_not(None))
        .order_by(RecordRow.id)
    )
    return [(old, new) for old, new in rows if new is not None]
