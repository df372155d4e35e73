"""Decisions on pairs, and the reports that they make ↔ rows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.models import KnownItemRow, PairDecisionRow, ReportRecordRow, ReportRow
from surveillance.dedup.decide import PairDecision, Verdict
from surveillance.dedup.similarity import FieldEvidence

RULE = "rule"
#: Who decided, where PubMed itself answers one number with the record of another.
PUBMED = "pubmed"


@dataclass(frozen=True, slots=True)
class StoredReport:
    """A report: its number, the day it was first seen, and its records, lowest number first."""

    id: int
    first_seen_on: date
    record_ids: tuple[int, ...]


def decisions_of(session: Session, topic: str) -> list[PairDecision]:
    """Every decision on pairs of a topic, oldest first."""
    rows = session.scalars(
        select(PairDecisionRow).where(PairDecisionRow.topic == topic).order_by(PairDecisionRow.id)
    )
    return [_decision(row) for row in rows]


def save_decisions(
    session: Session,
    topic: str,
    decisions: Iterable[PairDecision],
    *,
    made_by: str,
    rule_version: str,
    today: date,
) -> int:
    """Keep decisions that say something new of their pair, each superseding the one before."""
    standing = _standing(session, topic, made_by)
    added = 0
    for decision in decisions:
        pair = (decision.record_a, decision.record_b)
        before = standing.get(pair)
        if before is not None and _decision(before) == decision:
            continue
        row = _row(topic, decision, made_by, rule_version, today)
        row.supersedes = before.id if before else None
        session.add(row)
        session.flush()
        standing[pair] = row
        added += 1
    return added


def save_clusters(
    session: Session,
    topic: str,
    clusters: Sequence[tuple[int, ...]],
    entered: Mapping[int, date],
) -> None:
    """Make the reports of a topic be these clusters; `entered` says when a record came into play.

    Each record has a report of its own; a cluster is the own report of its lowest record, into
    which the others are merged. So a merge that is undone finds every report, and the decisions
    on it, as they were.
    """
    places = _places(session, topic)
    for cluster in clusters:
        for record_id in cluster:
            if record_id not in places:
                places[record_id] = _own_report(session, topic, record_id, entered[record_id])
        target = places[cluster[0]].own_report_id
        for record_id in cluster:
            _put(session, places[record_id], target)
    session.flush()


def reports_of(session: Session, topic: str) -> list[StoredReport]:
    """The reports of a topic that are not merged into another, by number."""
    rows = session.execute(
        select(ReportRow, ReportRecordRow.record_id)
        .join(ReportRecordRow, ReportRecordRow.report_id == ReportRow.id)
        .where(ReportRow.topic == topic)
        .order_by(ReportRow.id, ReportRecordRow.record_id)
    )
    members: dict[int, list[int]] = {}
    reports: dict[int, ReportRow] = {}
    for report, record_id in rows:
        reports[report.id] = report
        members.setdefault(report.id, []).append(record_id)
    return [
        StoredReport(number, reports[number].first_seen_on, tuple(records))
        for number, records in members.items()
    ]


def compared_versions(session: Session, topic: str) -> dict[int, int]:
    """The records of a topic that have a report, each with the version that was compared last."""
    places = _places(session, topic)
    return {record_id: place.compared_sequence for record_id, place in places.items()}


def mark_compared(session: Session, topic: str, sequences: Mapping[int, int]) -> None:
    """Note which version of each record was compared with the others."""
    for record_id, place in _places(session, topic).items():
        place.compared_sequence = sequences.get(record_id, place.compared_sequence)
    session.flush()


def doubtful_pairs(session: Session, topic: str) -> int:
    """How many pairs wait for a person."""
    standing = _standing(session, topic, made_by=None)
    return sum(row.verdict == Verdict.DOUBTFUL for row in standing.values())


def save_known_item(session: Session, topic: str, key: str, record_id: int) -> None:
    """Note that a record is this known item; nothing happens where that is noted."""
    if session.get(KnownItemRow, (topic, key, record_id)) is None:
        session.add(KnownItemRow(topic=topic, key=key, record_id=record_id))
        session.flush()


def known_items_of(session: Session, topic: str) -> dict[int, str]:
    """The known item that each recognised record is: record → key."""
    rows = session.scalars(select(KnownItemRow).where(KnownItemRow.topic == topic))
    return {row.record_id: row.key for row in rows}


def _standing(
    session: Session, topic: str, made_by: str | None
) -> dict[tuple[int, int], PairDecisionRow]:
    query = select(PairDecisionRow).where(PairDecisionRow.topic == topic)
    if made_by is not None:
        query = query.where(PairDecisionRow.made_by == made_by)
    rows = session.scalars(query.order_by(PairDecisionRow.id))
    standing: dict[tuple[int, int], PairDecisionRow] = {}
    for row in rows:
        before = standing.get((row.record_a, row.record_b))
        if before is None or before.made_by == RULE or row.made_by != RULE:
            standing[row.record_a, row.record_b] = row
    return standing


def _decision(row: PairDecisionRow) -> PairDecision:
    return PairDecision(
        record_a=row.record_a,
        record_b=row.record_b,
        verdict=Verdict(row.verdict),
        rule=row.rule,
        score=row.score,
        evidence=tuple(FieldEvidence(**item) for item in row.evidence),
        by_person=row.made_by != RULE,
    )


def _row(
    topic: str, decision: PairDecision, made_by: str, rule_version: str, today: date
) -> PairDecisionRow:
    return PairDecisionRow(
        topic=topic,
        record_a=decision.record_a,
        record_b=decision.record_b,
        verdict=decision.verdict,
        rule=decision.rule,
        score=decision.score,
        evidence=[asdict(item) for item in decision.evidence],
        made_by=made_by,
        rule_version=rule_version,
        decided_on=today,
    )


def _places(session: Session, topic: str) -> dict[int, ReportRecordRow]:
    rows = session.scalars(select(ReportRecordRow).where(ReportRecordRow.topic == topic))
    return {row.record_id: row for row in rows}


def _own_report(session: Session, topic: str, record_id: int, entered: date) -> ReportRecordRow:
    report = ReportRow(topic=topic, first_seen_on=entered, merged_into=None)
    session.add(report)
    session.flush()
    place = ReportRecordRow(
        topic=topic,
        record_id=record_id,
        report_id=report.id,
        own_report_id=report.id,
        compared_sequence=0,
    )
    session.add(place)
    return place


def _put(session: Session, place: ReportRecordRow, target: int) -> None:
    place.report_id = target
    own = session.get_one(ReportRow, place.own_report_id)
    own.merged_into = target if target != own.id else None
