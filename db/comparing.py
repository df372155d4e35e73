"""What a walk of deduplication reads of a topic without loading its records."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from db.models import (
    NOT_BY_RULE,
    MatchRow,
    PairDecisionRow,
    RecordRow,
    RecordVersionRow,
    ReportRecordRow,
    TopicRecordRow,
)
from db.records import batched
from db.reports import RULE
from surveillance.dedup.decide import Verdict


@dataclass(frozen=True, slots=True)
class StoredDecision:
    """What a stored decision says of its pair, without the evidence."""

    id: int
    record_a: int
    record_b: int
    verdict: Verdict
    score: float
    by_person: bool


def came(session: Session, topic: str) -> list[tuple[int, str, str]]:
    """Each record of a topic with its source and the route by which it came."""
    rows = session.execute(
        select(TopicRecordRow.record_id, RecordRow.source, TopicRecordRow.route)
        .join(RecordRow, RecordRow.id == TopicRecordRow.record_id)
        .where(TopicRecordRow.topic == topic)
    )
    return [(number, source, route) for number, source, route in rows]


def not_compared(session: Session, topic: str) -> set[int]:
    """Records of a topic of which there is a version that was never compared."""
    newest = func.max(RecordVersionRow.sequence)
    place = and_(
        ReportRecordRow.topic == topic, ReportRecordRow.record_id == TopicRecordRow.record_id
    )
    return set(
        session.scalars(
            select(TopicRecordRow.record_id)
            .join(RecordVersionRow, RecordVersionRow.record_id == TopicRecordRow.record_id)
            .outerjoin(ReportRecordRow, place)
            .where(TopicRecordRow.topic == topic)
            .group_by(TopicRecordRow.record_id, ReportRecordRow.compared_sequence)
            .having(newest > func.coalesce(ReportRecordRow.compared_sequence, 0))
        )
    )


def reports_by_record(
    session: Session, topic: str, records: Collection[int] | None = None
) -> dict[int, int]:
    """The report that each compared record of a topic (or each of these) belongs to."""
    place = ReportRecordRow
    query = select(place.record_id, place.report_id).where(place.topic == topic)
    if records is None:
        return dict(session.execute(query).tuples().all())
    found: dict[int, int] = {}
    for some in batched(sorted(records)):
        found.update(session.execute(query.where(place.record_id.in_(some))).tuples().all())
    return found


def spoken_of(session: Session, topic: str) -> set[int]:
    """The records that a person, or PubMed itself, decided on."""
    rows = session.execute(
        select(PairDecisionRow.record_a, PairDecisionRow.record_b).where(
            PairDecisionRow.topic == topic, NOT_BY_RULE
        )
    )
    return {number for pair in rows for number in pair}


def decisions_on(
    session: Session, topic: str, records: Collection[int] | None = None
) -> list[StoredDecision]:
    """Every decision on a pair with one of these records in it (or on any), oldest first."""
    row = PairDecisionRow
    query = select(row.id, row.record_a, row.record_b, row.verdict, row.score, row.made_by).where(
        row.topic == topic
    )
    # Each end has an index of its own: two questions are quick, one with OR may not be.
    parts = [query] if records is None else []
    for some in batched(sorted(records or ())):
        parts += [query.where(row.record_a.in_(some)), query.where(row.record_b.in_(some))]
    found: dict[int, StoredDecision] = {}
    for part in parts:
        for number, a, b, said, score, made_by in session.execute(part):
            found[number] = StoredDecision(number, a, b, Verdict(said), score, made_by != RULE)
    return [found[number] for number in sorted(found)]


def once_refused(session: Session, topic: str, records: Collection[int], verdict: str) -> set[int]:
    """Those of these records of which a version once had this verdict of a strategy."""
    found: set[int] = set()
    for some in batched(sorted(records)):
        found.update(
            session.scalars(
                select(RecordVersionRow.record_id)
                .join(MatchRow, MatchRow.record_version_id == RecordVersionRow.id)
                .where(
                    MatchRow.topic == topic,
                    MatchRow.verdict == verdict,
                    RecordVersionRow.record_id.in_(some),
                )
            )
        )
    return found
