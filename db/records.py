"""Payloads, records, their versions and their verdicts ↔ rows."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, Select, and_, func, select
from sqlalchemy.orm import Session

from db.models import (
    MatchRow,
    PayloadRow,
    RecordRow,
    RecordVersionRow,
    SearchResultRow,
    TopicRecordRow,
)
from surveillance.records import Captured, Payload, Record
from surveillance.records.json_lines import from_json, to_json

BATCH = 500


@dataclass(frozen=True, slots=True)
class StoredRecord:
    """The newest version of a record as a topic knows it.

    `route` says how the topic came to it first; `sequence` counts its versions from 1, and
    `version_seen_on` is the day on which the newest was first seen.
    """

    id: int
    version_id: int
    sequence: int
    record: Record
    version_seen_on: date
    route: str
    first_seen_on: date


@dataclass(frozen=True, slots=True)
class Saved:
    """What saving a batch did: the records' numbers, and which were new to the topic."""

    ids: tuple[int, ...]
    new: tuple[int, ...]


def save_payload(session: Session, payload: Payload) -> str:
    """Keep a payload once; its content hash."""
    if session.get(PayloadRow, payload.sha256) is None:
        session.add(
            PayloadRow(
                sha256=payload.sha256,
                media_type=payload.media_type,
                content=zlib.compress(payload.content),
            )
        )
        session.flush()
    return payload.sha256


def load_payload(session: Session, sha256: str) -> Payload:
    """The payload of this content hash."""
    row = session.get_one(PayloadRow, sha256)
    return Payload(zlib.decompress(row.content), row.media_type)


def save_captured(
    session: Session, captured: Iterable[Captured], *, topic: str, route: str, seen_on: date
) -> Saved:
    """Keep records and, where their content changed, a further version of each."""
    ids: dict[int, None] = {}
    new: list[int] = []
    for item in captured:
        record_id = _save_version(session, item, seen_on)
        ids[record_id] = None
        if session.get(TopicRecordRow, (topic, record_id)) is None:
            session.add(
                TopicRecordRow(topic=topic, record_id=record_id, route=route, first_seen_on=seen_on)
            )
            new.append(record_id)
    session.flush()
    return Saved(tuple(ids), tuple(new))


def save_results(session: Session, topic: str, search_id: int, saved: Saved) -> None:
    """Note which records a search returned, and which came to the topic by it."""
    for record_id in saved.ids:
        session.add(SearchResultRow(search_id=search_id, record_id=record_id))
    for record_id in saved.new:
        session.get_one(TopicRecordRow, (topic, record_id)).first_search_id = search_id
    session.flush()


def records_of(
    session: Session, topic: str, ids: Sequence[int] | None = None
) -> list[StoredRecord]:
    """The newest version of each record of a topic (or of those of `ids`), by number."""
    if ids is None:
        return _load(session, _current(topic))
    found: list[StoredRecord] = []
    for start in range(0, len(ids), BATCH):
        chosen = RecordRow.id.in_(ids[start : start + BATCH])
        found += _load(session, _current(topic).where(chosen))
    return sorted(found, key=lambda stored: stored.id)


def versions_of(session: Session, record_id: int) -> list[Record]:
    """Every version of a record, oldest first."""
    rows = session.scalars(
        select(RecordVersionRow)
        .where(RecordVersionRow.record_id == record_id)
        .order_by(RecordVersionRow.sequence)
    )
    return [from_json(row.content) for row in rows]


def mark_deleted(session: Session, source: str, source_ids: Iterable[str], on: date) -> None:
    """Note that a source has deleted records; what was kept of them stays."""
    rows = session.scalars(
        select(RecordRow).where(
            RecordRow.source == source,
            RecordRow.source_id.in_(list(source_ids)),
            RecordRow.deleted_on.is_(None),
        )
    )
    for row in rows:
        row.deleted_on = on


def unjudged(
    session: Session, topic: str, strategy: str, hashes: tuple[str, str]
) -> list[StoredRecord]:
    """Records of the searched sources whose newest version this strategy has not judged yet.

    `hashes` are those of the strategy and of its MeSH: when one changes, all are judged again.
    """
    judged = and_(
        MatchRow.record_version_id == RecordVersionRow.id,
        MatchRow.topic == topic,
        MatchRow.strategy == strategy,
        MatchRow.strategy_hash == hashes[0],
        MatchRow.mesh_hash == hashes[1],
    )
    query = _current(topic).outerjoin(MatchRow, judged).where(MatchRow.id.is_(None))
    return _load(session, query.where(RecordRow.source == "pubmed"))


def save_match(
    session: Session,
    stored: StoredRecord,
    *,
    topic: str,
    strategy: str,
    hashes: tuple[str, str],
    verdict: str,
    judged_on: date,
) -> None:
    """Keep the exact verdict on a record's newest version."""
    session.add(
        MatchRow(
            topic=topic,
            strategy=strategy,
            strategy_hash=hashes[0],
            mesh_hash=hashes[1],
            record_version_id=stored.version_id,
            verdict=verdict,
            judged_on=judged_on,
        )
    )


def verdicts(session: Session, topic: str) -> dict[int, list[MatchRow]]:
    """Every verdict on each record of a topic, oldest first."""
    rows = session.execute(
        select(RecordVersionRow.record_id, MatchRow)
        .join(MatchRow, MatchRow.record_version_id == RecordVersionRow.id)
        .where(MatchRow.topic == topic)
        .order_by(MatchRow.id)
    )
    found: dict[int, list[MatchRow]] = {}
    for record_id, row in rows:
        found.setdefault(record_id, []).append(row)
    return found


def _save_version(session: Session, item: Captured, seen_on: date) -> int:
    row = _record_row(session, item.record)
    row.deleted_on = None
    newest = session.scalars(
        select(RecordVersionRow)
        .where(RecordVersionRow.record_id == row.id)
        .order_by(RecordVersionRow.sequence.desc())
    ).first()
    if newest is not None and seen_on < newest.seen_on:
        # A run for an earlier day does not overwrite what was seen later; the next run asks again.
        return row.id
    sha256 = save_payload(session, item.payload)
    if newest is None or newest.payload_sha256 != sha256:
        session.add(
            RecordVersionRow(
                record_id=row.id,
                sequence=newest.sequence + 1 if newest else 1,
                payload_sha256=sha256,
                content=to_json(item.record),
                seen_on=seen_on,
            )
        )
        session.flush()
    return row.id


def _record_row(session: Session, record: Record) -> RecordRow:
    row = session.scalars(
        select(RecordRow).where(
            RecordRow.source == record.source, RecordRow.source_id == record.source_id
        )
    ).first()
    if row is None:
        row = RecordRow(source=record.source, source_id=record.source_id)
        session.add(row)
        session.flush()
    return row


_Rows = Select[tuple[RecordRow, RecordVersionRow, TopicRecordRow]]


def _current(topic: str) -> _Rows:
    return (
        select(RecordRow, RecordVersionRow, TopicRecordRow)
        .join(RecordVersionRow, RecordVersionRow.record_id == RecordRow.id)
        .join(TopicRecordRow, TopicRecordRow.record_id == RecordRow.id)
        .where(TopicRecordRow.topic == topic, RecordVersionRow.sequence == _newest_sequence())
        .order_by(RecordRow.id)
    )


def _newest_sequence() -> ColumnElement[int]:
    other = RecordVersionRow.__table__.alias("other")
    return (
        select(func.max(other.c.sequence))
        .where(other.c.record_id == RecordRow.id)
        .correlate(RecordRow)
        .scalar_subquery()
    )


def _load(session: Session, query: _Rows) -> list[StoredRecord]:
    return [
        StoredRecord(
            id=record.id,
            version_id=version.id,
            sequence=version.sequence,
            record=from_json(version.content),
            version_seen_on=version.seen_on,
            route=seen.route,
            first_seen_on=seen.first_seen_on,
        )
        for record, version, seen in session.execute(query)
    ]
