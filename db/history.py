"""What was searched, found and decided so far, for the documents ↔ rows (read alone)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import and_, case, exists, func, select
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

#: The sources whose searches from the beginning count what a strategy finds: PubMed, and the file
#: that somebody exported.
PUBMED, IMPORT = "pubmed", "import"


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


def last_search(session: Session, topic: str) -> int:
    """The number of the last search of a topic; 0: there is none."""
    return session.scalar(select(func.max(SearchRow.id)).where(SearchRow.topic == topic)) or 0


def newest_searches(session: Session, topic: str, strategy: str, most: int) -> list[SearchRow]:
    """The last so many searches of a strategy, newest first."""
    query = select(SearchRow).where(SearchRow.topic == topic, SearchRow.strategy == strategy)
    return list(session.scalars(query.order_by(SearchRow.id.desc()).limit(most)))


def last_counting(session: Session, topic: str, strategy: str, version: str) -> SearchRow | None:
    """The last search of a version of a strategy in which PubMed was asked for each line."""
    has_counts = exists().where(LineCountRow.search_id == SearchRow.id)
    query = select(SearchRow).where(
        SearchRow.topic == topic,
        SearchRow.strategy == strategy,
        SearchRow.strategy_hash == version,
        SearchRow.source == PUBMED,
        has_counts,
    )
    return session.scalars(query.order_by(SearchRow.id.desc()).limit(1)).first()


@dataclass(frozen=True, slots=True)
class Searched:
    """How often a strategy was searched, when last; and what the last search for everything from
    the beginning counted, which is the strategy's own count. 0 and None: it never was."""

    times: int = 0
    last: date | None = None
    counted: int | None = None
    counted_on: date | None = None


def searched(session: Session, topic: str) -> dict[str, Searched]:
    """How each strategy of a topic was searched."""
    here = SearchRow.topic == topic
    counted = and_(SearchRow.since.is_(None), SearchRow.source.in_((PUBMED, IMPORT)))
    rows = session.execute(
        select(
            SearchRow.strategy,
            func.count(),
            func.max(SearchRow.id),
            func.max(case((counted, SearchRow.id))),
        )
        .where(here)
        .group_by(SearchRow.strategy)
    ).all()
    numbers = {number for *_, last, whole in rows for number in (last, whole) if number}
    told = session.execute(
        select(SearchRow.id, SearchRow.count, SearchRow.searched_on).where(
            SearchRow.id.in_(numbers)
        )
    )
    by_number = {number: (count, day) for number, count, day in told}
    return {
        strategy: Searched(times, by_number[last][1], *by_number.get(whole, (None, None)))
        for strategy, times, last, whole in rows
    }


def kept_by_search(
    session: Session, topic: str, only: Collection[int] | None = None
) -> Counter[int]:
    """How many records each search of a topic is stored with; `only`: of these searches."""
    query = (
        select(SearchResultRow.search_id, func.count())
        .join(SearchRow, SearchRow.id == SearchResultRow.search_id)
        .where(SearchRow.topic == topic)
        .group_by(SearchResultRow.search_id)
    )
    rows = session.execute(query if only is None else query.where(SearchRow.id.in_(only)))
    return Counter({search_id: number for search_id, number in rows})  # noqa: C416 — rows, not pairs


def new_by_search(
    session: Session, topic: str, only: Collection[int] | None = None
) -> Counter[int]:
    """How many records and registrations came to a topic first by each search; `only`: by these."""
    found: Counter[int] = Counter()
    for table in (TopicRecordRow, TopicRegistrationRow):
        first = table.first_search_id
        query = (
            select(first, func.count())
            .where(table.topic == topic, first.is_not(None) if only is None else first.in_(only))
            .group_by(first)
        )
        for search_id, number in session.execute(query):
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
