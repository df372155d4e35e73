"""What was searched, found and decided so far, for the documents ↔ rows (read alone)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session

from db.models import (
    KnownItemCheckRow,
    LineCountRow,
    RunRow,
    SearchResultRow,
    SearchRow,
    StageRow,
    TopicRecordRow,
    TopicRegistrationRow,
)
from db.records import batched
from surveillance.runs import LineCount


def searches(session: Session, topic: str, *, run_id: int | None = None) -> list[SearchRow]:
    """The searches of a topic, or of one of its runs, oldest first."""
    query = select(SearchRow).where(SearchRow.topic == topic).order_by(SearchRow.id)
    return list(
        session.scalars(query if run_id is None else query.where(SearchRow.run_id == run_id))
    )


def line_counts(session: Session, search_ids: Sequence[int]) -> dict[int, tuple[LineCount, ...]]:
    """What was counted for each line in these searches, by search."""
    found: dict[int, list[LineCount]] = {}
    for some in batched(search_ids):
        row = LineCountRow
        rows = session.execute(
            select(row.search_id, row.line, row.query, row.count, row.warnings)
            .where(row.search_id.in_(some))
            .order_by(row.search_id, row.line)
        )
        for search_id, line, query, count, warnings in rows:
            counted = LineCount(line, query, count, tuple(warnings))
            found.setdefault(search_id, []).append(counted)
    return {search_id: tuple(lines) for search_id, lines in found.items()}


def last_counted(session: Session, topic: str) -> list[int]:
    """Of each version of a topic's strategies the search at each source that counted lines last."""
    has_counts = exists().where(LineCountRow.search_id == SearchRow.id)
    newest = (
        select(func.max(SearchRow.id))
        .where(SearchRow.topic == topic, has_counts)
        .group_by(SearchRow.strategy, SearchRow.strategy_hash, SearchRow.source)
    )
    return list(session.scalars(newest))


def kept_by_search(session: Session, topic: str) -> Counter[int]:
    """How many records each search of a topic is stored with."""
    rows = session.execute(
        select(SearchResultRow.search_id, func.count())
        .join(SearchRow, SearchRow.id == SearchResultRow.search_id)
        .where(SearchRow.topic == topic)
        .group_by(SearchResultRow.search_id)
    )
    return Counter({search_id: number for search_id, number in rows})  # noqa: C416 — rows, not pairs


def new_by_search(session: Session, topic: str) -> Counter[int]:
    """How many records and registrations came to a topic first by each search."""
    found: Counter[int] = Counter()
    for table in (TopicRecordRow, TopicRegistrationRow):
        rows = session.execute(
            select(table.first_search_id, func.count())
            .where(table.topic == topic, table.first_search_id.is_not(None))
            .group_by(table.first_search_id)
        )
        for search_id, number in rows:
            found[search_id] += number
    return found


def searches_by_record(session: Session, topic: str) -> dict[int, list[int]]:
    """The searches that returned each record of a topic."""
    rows = session.execute(
        select(SearchResultRow.record_id, SearchResultRow.search_id)
        .join(SearchRow, SearchRow.id == SearchResultRow.search_id)
        .where(SearchRow.topic == topic)
        .order_by(SearchResultRow.search_id)
    )
    found: dict[int, list[int]] = {}
    for record_id, search_id in rows:
        found.setdefault(record_id, []).append(search_id)
    return found


def run_of(session: Session, topic: str, run_id: int) -> RunRow | None:
    """A run of a topic by its number, None where the topic has none of that number."""
    row = session.get(RunRow, run_id)
    return row if row and row.topic == topic else None


def run_numbers(session: Session, topic: str) -> list[int]:
    """The numbers of a topic's runs, newest first."""
    query = select(RunRow.id).where(RunRow.topic == topic).order_by(RunRow.id.desc())
    return list(session.scalars(query))


def stages_of(session: Session, run_id: int) -> list[StageRow]:
    """The finished stages of a run, in the order they ended."""
    query = select(StageRow).where(StageRow.run_id == run_id)
    return list(session.scalars(query.order_by(StageRow.finished_at, StageRow.name)))


def known_item_checks(session: Session, run_id: int) -> dict[str, KnownItemCheckRow]:
    """What a run found of each known item, by the item's key."""
    query = select(KnownItemCheckRow).where(KnownItemCheckRow.run_id == run_id)
    return {row.key: row for row in session.scalars(query)}
