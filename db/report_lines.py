"""What a list shows of a topic's records, and how far its log is, without loading what they say."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, and_, func, select
from sqlalchemy.orm import Session

from db import pair_log
from db.models import (
    RecordRow,
    RecordVersionRow,
    ReportRow,
    RunRow,
    ScreeningDecisionRow,
    TopicRecordRow,
)
from db.runs import FINISHED

#: So many records are asked for by number.
_FEW = 500


@dataclass(frozen=True, slots=True)
class RecordLine:
    """What a list shows of a record's newest version."""

    record: int
    source: str
    source_id: str
    title: str
    first_author: str
    journal: str
    year: int | None
    pmid: str
    doi: str


@dataclass(frozen=True, slots=True)
class LogPosition:
    """How far a topic's log is: whatever changes its reports moves one of these numbers.

    `runs` counts the finished runs of any kind, `pairs` is the last decision on a pair, `words`
    the last on a report, of any topic.
    """

    runs: int
    pairs: int
    words: int


def log_position(session: Session, topic: str) -> LogPosition:
    """Where a topic's log ends now."""
    runs = (
        select(func.count())
        .select_from(RunRow)
        .where(RunRow.topic == topic, RunRow.state == FINISHED)
    )
    words = select(func.max(ScreeningDecisionRow.id))
    return LogPosition(
        runs=session.scalar(runs) or 0,
        pairs=pair_log.last_row(session, topic),
        words=session.scalar(words) or 0,
    )


def decided_since(session: Session, topic: str, word: int) -> set[int]:
    """The reports on which something was decided after this decision, as they are now."""
    rows = session.execute(
        select(ReportRow.topic, ReportRow.id, ReportRow.merged_into)
        .join(ScreeningDecisionRow, ScreeningDecisionRow.report_id == ReportRow.id)
        .where(ScreeningDecisionRow.id > word)
    )
    return {merged_into or number for of, number, merged_into in rows if of == topic}


def record_lines(session: Session, topic: str, records: Collection[int]) -> dict[int, RecordLine]:
    """What a list shows of these records of a topic, by number."""
    found: dict[int, RecordLine] = {}
    # Of many the database gives all, which is quicker than to ask for each.
    few = sorted(records) if len(records) <= _FEW else None
    for row in session.execute(_lines(topic, few)):
        if row.id in records:
            author = row.author or {}
            found[row.id] = RecordLine(
                record=row.id,
                source=row.source,
                source_id=row.source_id,
                title=row.title or "",
                first_author=author.get("collective") or author.get("last") or "",
                journal=row.journal or "",
                year=row.year,
                pmid=row.pmid or "",
                doi=row.doi or "",
            )
    return found


def _lines(topic: str, only: Collection[int] | None) -> Select[Any]:
    """The database itself takes the few fields out of each content: their abstracts stay there."""
    versions = select(
        RecordVersionRow.record_id, func.max(RecordVersionRow.sequence).label("sequence")
    ).group_by(RecordVersionRow.record_id)
    if only is not None:
        versions = versions.where(RecordVersionRow.record_id.in_(only))
    newest = versions.subquery()
    is_newest = and_(
        newest.c.record_id == RecordVersionRow.record_id,
        newest.c.sequence == RecordVersionRow.sequence,
    )
    content = RecordVersionRow.content
    return (
        select(
            RecordRow.id,
            RecordRow.source,
            RecordRow.source_id,
            content["title"].as_string().label("title"),
            content[("authors", 0)].label("author"),
            content["journal"].as_string().label("journal"),
            content["year"].as_integer().label("year"),
            content["pmid"].as_string().label("pmid"),
            content["doi"].as_string().label("doi"),
        )
        .join(TopicRecordRow, TopicRecordRow.record_id == RecordRow.id)
        .join(RecordVersionRow, RecordVersionRow.record_id == RecordRow.id)
        .join(newest, is_newest)
        .where(TopicRecordRow.topic == topic)
    )
