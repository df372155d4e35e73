"""The samples of what only a rule excludes, drawn for a person to look at ↔ rows."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from db.models import ReportRow, ScreeningSampleRow


@dataclass(frozen=True, slots=True)
class Sample:
    """What was drawn on one day: the reports, and how many the pile held."""

    drawn_on: date
    pile: int
    reports: frozenset[int]


def save_sample(
    session: Session, topic: str, reports: Collection[int], *, pile: int, drawn_on: date
) -> int:
    """Keep the day's sample; where one is kept for that day already nothing happens. How many."""
    row = ScreeningSampleRow
    kept = select(func.count()).where(row.topic == topic, row.drawn_on == drawn_on)
    if session.scalar(kept):
        return 0
    session.add_all(
        row(topic=topic, drawn_on=drawn_on, report_id=number, pile=pile)
        for number in sorted(reports)
    )
    session.flush()
    return len(reports)


def samples_of(session: Session, topic: str) -> list[Sample]:
    """Every sample of a topic, oldest first, by what its reports are part of now."""
    row = ScreeningSampleRow
    rows = session.execute(
        select(row.drawn_on, row.pile, row.report_id, ReportRow.merged_into)
        .join(ReportRow, ReportRow.id == row.report_id)
        .where(row.topic == topic)
        .order_by(row.drawn_on, row.report_id)
    )
    drawn: dict[date, tuple[int, set[int]]] = {}
    for day, pile, number, merged_into in rows:
        drawn.setdefault(day, (pile, set()))[1].add(merged_into or number)
    return [Sample(day, pile, frozenset(numbers)) for day, (pile, numbers) in drawn.items()]


def drawn_reports(session: Session, topic: str) -> frozenset[int]:
    """All reports of a topic that were ever drawn."""
    samples = samples_of(session, topic)
    return frozenset(number for sample in samples for number in sample.reports)
