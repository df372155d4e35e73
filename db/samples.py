"""The weekly samples of what only a rule excludes, drawn for a person to look at ↔ rows."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.models import ReportRow, ScreeningSampleRow


@dataclass(frozen=True, slots=True)
class Week:
    """What one sample was drawn from, and what was drawn; no report is in two of them."""

    drawn_on: date
    pile: frozenset[int]
    drawn: frozenset[int]


def save_week(
    session: Session,
    topic: str,
    pile: Collection[int],
    drawn: Collection[int],
    *,
    drawn_on: date,
) -> None:
    """Keep what a sample was drawn from, and which of it was drawn."""
    session.add_all(
        ScreeningSampleRow(topic=topic, report_id=number, drawn_on=drawn_on, drawn=number in drawn)
        for number in sorted(pile)
    )
    session.flush()


def weeks_of(session: Session, topic: str) -> list[Week]:
    """Every sample of a topic, oldest first, by what its reports are part of now."""
    row = ScreeningSampleRow
    rows = session.execute(
        select(row.drawn_on, row.drawn, row.report_id, ReportRow.merged_into)
        .join(ReportRow, ReportRow.id == row.report_id)
        .where(row.topic == topic)
        .order_by(row.drawn_on, row.report_id)
    )
    found: dict[date, tuple[set[int], set[int]]] = {}
    for day, was_drawn, number, merged_into in rows:
        pile, drawn = found.setdefault(day, (set(), set()))
        pile.add(merged_into or number)
        drawn.update([merged_into or number] if was_drawn else [])
    return [Week(day, frozenset(pile), frozenset(drawn)) for day, (pile, drawn) in found.items()]


def sampled_reports(session: Session, topic: str) -> set[int]:
    """All reports of a topic that were ever in a pile, by their own numbers."""
    row = ScreeningSampleRow
    return set(session.scalars(select(row.report_id).where(row.topic == topic)))


def drawn_reports(session: Session, topic: str) -> frozenset[int]:
    """All reports of a topic that were ever drawn, by what they are part of now."""
    weeks = weeks_of(session, topic)
    return frozenset(number for week in weeks for number in week.drawn)
