"""Payloads, records, their versions and their verdicts ↔ rows."""

from __future__ import annotations

import zlib
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Select, and_, func, insert, select, text, update
from sqlalchemy.orm import Session

from db.models import (
    Base,
    MatchRow,
    PayloadRow,
    RecordRow,
    RecordVersionRow,
    SearchResultRow,
    TopicRecordRow,
)
from surveillance.records import Captured, Payload, Record
from surveillance.records.json_lines import from_json, to_json

#: Values in one IN: far below what either database takes in one query.
BATCH = 1_000

Value = TypeVar("Value")
_Key = tuple[str, str]


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
class PackedPayload:
    """A payload as it is kept: many fit into memory, for few are looked into."""

    content: bytes
    media_type: str

    def unpacked(self) -> Payload:
        """What the source sent."""
        return Payload(zlib.decompress(self.content), self.media_type)


@dataclass(frozen=True, slots=True)
class Saved:
    """What saving a batch did: the records' numbers, and which were new to the topic."""

    ids: tuple[int, ...]
    new: tuple[int, ...]


def batched(values: Sequence[Value]) -> Iterator[Sequence[Value]]:
    """The values in parts that fit into one query of either database."""
    return (values[start : start + BATCH] for start in range(0, len(values), BATCH))


def save_payload(session: Session, payload: Payload) -> str:
    """Keep a payload once; its content hash."""
    save_payloads(session, {payload.sha256: payload})
    return payload.sha256


def load_payload(session: Session, sha256: str) -> Payload:
    """The payload of this content hash."""
    row = session.get_one(PayloadRow, sha256)
    return Payload(zlib.decompress(row.content), row.media_type)


def packed_payloads(session: Session, hashes: Sequence[str]) -> dict[str, PackedPayload]:
    """The payloads of these content hashes, as they are kept."""
    found: dict[str, PackedPayload] = {}
    for some in batched(hashes):
        rows = session.execute(
            select(PayloadRow.sha256, PayloadRow.media_type, PayloadRow.content).where(
                PayloadRow.sha256.in_(some)
            )
        )
        found.update((sha256, PackedPayload(content, kind)) for sha256, kind, content in rows)
    return found


def save_captured(
    session: Session,
    captured: Iterable[Captured],
    *,
    topic: str,
    route: str,
    seen_on: date,
    content_of: date | None = None,
) -> Saved:
    """Keep records and, where their content changed, a further version of each.

    `content_of` is the day that the content is of, where that is earlier than `seen_on`: it
    neither replaces what was seen later nor brings back what was deleted later.
    """
    items = list(captured)
    numbers = _record_numbers(session, [_key(item) for item in items], content_of or seen_on)
    ids = tuple(dict.fromkeys(numbers[_key(item)] for item in items))
    numbered = [(numbers[_key(item)], item) for item in items]
    _save_versions(session, numbered, ids, seen_on=seen_on, content_of=content_of or seen_on)
    known: set[int] = set()
    for some in batched(ids):
        seen = and_(TopicRecordRow.topic == topic, TopicRecordRow.record_id.in_(some))
        known.update(session.scalars(select(TopicRecordRow.record_id).where(seen)))
    new = tuple(number for number in ids if number not in known)
    came = {"topic": topic, "route": route, "first_seen_on": seen_on, "first_search_id": None}
    insert_rows(session, TopicRecordRow, [{**came, "record_id": number} for number in new])
    return Saved(ids, new)


def save_results(session: Session, topic: str, search_id: int, saved: Saved) -> None:
    """Note which records a search returned, and which came to the topic by it."""
    found = [{"search_id": search_id, "record_id": number} for number in saved.ids]
    insert_rows(session, SearchResultRow, found)
    for some in batched(saved.new):
        came = and_(TopicRecordRow.topic == topic, TopicRecordRow.record_id.in_(some))
        session.execute(update(TopicRecordRow).where(came).values(first_search_id=search_id))


def records_of(
    session: Session, topic: str, ids: Sequence[int] | None = None
) -> list[StoredRecord]:
    """The newest version of each record of a topic (or of those of `ids`), by number."""
    if ids is None:
        return _load(session, _current(topic))
    found: list[StoredRecord] = []
    for some in batched(ids):
        chosen = RecordRow.id.in_(some)
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


def known_numbers(session: Session, keys: Iterable[_Key]) -> dict[_Key, int]:
    """The numbers of the records that the store has, by source and what the source calls them."""
    by_source: dict[str, dict[str, None]] = {}
    for source, source_id in keys:
        by_source.setdefault(source, {})[source_id] = None
    known: dict[_Key, int] = {}
    for source, source_ids in by_source.items():
        for some in batched(list(source_ids)):
            named = and_(RecordRow.source == source, RecordRow.source_id.in_(some))
            for number, source_id in session.execute(
                select(RecordRow.id, RecordRow.source_id).where(named)
            ):
                known[source, source_id] = number
    return known


def mark_deleted(session: Session, source: str, source_ids: Iterable[str], on: date) -> None:
    """Note that a source has deleted records; what was kept of them stays."""
    for some in batched(list(source_ids)):
        standing = and_(
            RecordRow.source == source,
            RecordRow.source_id.in_(some),
            RecordRow.deleted_on.is_(None),
        )
        session.execute(update(RecordRow).where(standing).values(deleted_on=on))


def unjudged(
    session: Session,
    topic: str,
    strategy: str,
    hashes: tuple[str, str],
    *,
    sources: Collection[str] = ("pubmed",),
) -> list[StoredRecord]:
    """Records of these sources whose newest version this strategy has not judged yet.

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
    return _load(session, query.where(RecordRow.source.in_(sources)))


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


#: Of a record's newest version: its sequence, its payload's hash, and when it was seen.
_Newest = tuple[int, str, date]


def _key(item: Captured) -> _Key:
    return item.record.source, item.record.source_id


def insert_rows(session: Session, table: type[Base], rows: list[dict[str, Any]]) -> None:
    """Insert rows in one go."""
    if rows:
        session.execute(insert(table), rows)
        _note_growth(session, table, len(rows))


def _note_growth(session: Session, table: type[Base], rows: int) -> None:
    """Have PostgreSQL look at a table that grew by much, before this transaction reads it again.

    Until its autovacuum has seen the commit it takes the table for empty and plans accordingly:
    with 20,000 records just saved, looking them up took 11 s instead of 0.1 s.
    """
    if rows >= BATCH and session.get_bind().dialect.name == "postgresql":
        session.execute(text(f"ANALYZE {table.__tablename__}"))


def _record_numbers(session: Session, keys: Sequence[_Key], on: date) -> dict[_Key, int]:
    """The number of each record; those that are new get one, those deleted before are back."""
    known = known_numbers(session, keys)
    missing = [key for key in dict.fromkeys(keys) if key not in known]
    if missing:
        rows = [{"source": source, "source_id": source_id} for source, source_id in missing]
        numbered = insert(RecordRow).returning(RecordRow.id, sort_by_parameter_order=True)
        known.update(zip(missing, session.scalars(numbered, rows), strict=True))
        _note_growth(session, RecordRow, len(rows))
    for some in batched(list(known.values())):
        gone = and_(RecordRow.id.in_(some), RecordRow.deleted_on <= on)
        session.execute(update(RecordRow).where(gone).values(deleted_on=None))
    return known


def _save_versions(
    session: Session,
    items: Sequence[tuple[int, Captured]],
    ids: Sequence[int],
    *,
    seen_on: date,
    content_of: date,
) -> None:
    newest = _newest_versions(session, ids)
    payloads: dict[str, Payload] = {}
    rows: list[dict[str, Any]] = []
    for number, item in items:
        sequence, before, when = newest.get(number, (0, "", date.min))
        # What is of an earlier day does not overwrite what was seen later; the next run asks again.
        sha256 = item.payload.sha256
        if content_of < when or sha256 == before:
            continue
        payloads[sha256] = item.payload
        newest[number] = (sequence + 1, sha256, seen_on)
        rows.append(_version_row(number, item, *newest[number]))
    save_payloads(session, payloads)
    insert_rows(session, RecordVersionRow, rows)


def _version_row(
    number: int, item: Captured, sequence: int, sha256: str, seen_on: date
) -> dict[str, Any]:
    return {
        "record_id": number,
        "sequence": sequence,
        "payload_sha256": sha256,
        "content": to_json(item.record),
        "seen_on": seen_on,
    }


def _newest_versions(session: Session, ids: Sequence[int]) -> dict[int, _Newest]:
    version = RecordVersionRow
    newest: dict[int, _Newest] = {}
    for some in batched(ids):
        rows = session.execute(
            select(version.record_id, version.sequence, version.payload_sha256, version.seen_on)
            .where(version.record_id.in_(some))
            .order_by(version.sequence)
        )
        newest.update({number: (sequence, sha, on) for number, sequence, sha, on in rows})
    return newest


def save_payloads(session: Session, payloads: dict[str, Payload]) -> None:
    """Keep those that are not kept yet, by their hashes."""
    kept: set[str] = set()
    for some in batched(list(payloads)):
        kept.update(session.scalars(select(PayloadRow.sha256).where(PayloadRow.sha256.in_(some))))
    rows = [
        {
            "sha256": sha256,
            "media_type": payload.media_type,
            "content": zlib.compress(payload.content),
        }
        for sha256, payload in payloads.items()
        if sha256 not in kept
    ]
    insert_rows(session, PayloadRow, rows)


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
