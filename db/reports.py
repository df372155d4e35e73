"""Decisions on pairs, and the reports that they make ↔ rows."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date
from itertools import chain
from operator import itemgetter
from typing import Any

from sqlalchemy import ColumnElement, and_, func, insert, select, update
from sqlalchemy.orm import Session

from db.models import (
    HELD_ELSEWHERE,
    KnownItemRow,
    PairDecisionRow,
    RecordRow,
    ReportRecordRow,
    ReportRow,
)
from db.records import batched
from db.runs import last_ended
from surveillance.dedup import decision_log
from surveillance.dedup.clusters import Pair
from surveillance.dedup.decide import PairDecision, Verdict
from surveillance.dedup.similarity import FieldEvidence

#: Who decided, where it was no person.
RULE, PUBMED = decision_log.RULE, decision_log.PUBMED

_EVIDENCE = tuple(field.name for field in fields(FieldEvidence))
#: What a decision says of its pair, as its row has it.
_Content = dict[str, Any]
#: The columns of a decision's row that say it.
_SAID = ("record_a", "record_b", "verdict", "rule", "score", "evidence")


@dataclass(frozen=True, slots=True)
class StoredReport:
    """A report: its number, the day it was first seen, and its records, lowest number first."""

    id: int
    first_seen_on: date
    record_ids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class _Place:
    """The report that a record is in, the one it has alone, and what that one is merged into."""

    report_id: int
    own_report_id: int
    merged_into: int | None


def decisions_of(session: Session, topic: str) -> list[PairDecision]:
    """Every decision on pairs of a topic, oldest first."""
    row = PairDecisionRow
    columns = (getattr(row, name) for name in (*_SAID, "made_by"))
    rows = session.execute(select(*columns).where(row.topic == topic).order_by(row.id))
    return [_decision(found._mapping) for found in rows]


def save_decisions(
    session: Session,
    topic: str,
    decisions: Iterable[PairDecision],
    *,
    made_by: str,
    rule_version: str,
    today: date,
) -> int:
    """Keep decisions that say something new of their pair, each superseding the one before.

    The rules supersede themselves, and so do PubMed and people, who are one: what somebody says
    supersedes what another person said.
    """
    made = list(decisions)
    said = _last_said(session, topic, made_by, made)
    how = {
        "topic": topic,
        "made_by": made_by,
        "rule_version": rule_version,
        "decided_on": today,
        "run_id": None if made_by in (RULE, PUBMED) else last_ended(session, topic),
    }
    added = 0
    new: dict[Pair, dict[str, Any]] = {}
    for decision in made:
        pair = (decision.record_a, decision.record_b)
        if pair in new:
            added += _insert_decisions(session, new, said)
        number, before = said.get(pair, (None, None))
        content = _content(decision)
        if content != before:
            new[pair] = {**content, **how, "supersedes": number}
    return added + _insert_decisions(session, new, said)


def save_clusters(
    session: Session,
    topic: str,
    clusters: Sequence[tuple[int, ...]],
    entered: Mapping[int, date],
) -> None:
    """Make the reports of a topic be these clusters; `entered` says when a record came into play.

    Each record has a report of its own; a cluster is the own report of its lowest record, into
    which the others are merged. So a merge that is undone finds every report, and the decisions
    on it, as they were. Records that no cluster names stay where they are.
    """
    places = _places(session, topic, list(chain.from_iterable(clusters)))
    missing = [number for one in clusters for number in one if number not in places]
    places |= _own_reports(session, topic, missing, entered)
    moved: list[dict[str, Any]] = []
    marked: list[dict[str, Any]] = []
    for cluster in clusters:
        target = places[cluster[0]].own_report_id
        for number in cluster:
            place = places[number]
            into = target if target != place.own_report_id else None
            if place.report_id != target:
                moved.append({"topic": topic, "record_id": number, "report_id": target})
            if place.merged_into != into:
                marked.append({"id": place.own_report_id, "merged_into": into})
    _update(session, ReportRecordRow, moved)
    _update(session, ReportRow, marked)


def reports_of(session: Session, topic: str) -> list[StoredReport]:
    """The reports of a topic that are not merged into another, by number."""
    rows = session.execute(
        select(ReportRow.id, ReportRow.first_seen_on, ReportRecordRow.record_id)
        .join(ReportRecordRow, ReportRecordRow.report_id == ReportRow.id)
        .where(ReportRow.topic == topic)
        .order_by(ReportRow.id, ReportRecordRow.record_id)
    )
    first_seen: dict[int, date] = {}
    members: dict[int, list[int]] = {}
    for number, seen, record_id in rows:
        first_seen[number] = seen
        members.setdefault(number, []).append(record_id)
    return [
        StoredReport(number, first_seen[number], tuple(records))
        for number, records in members.items()
    ]


def records_in(session: Session, reports: Collection[int]) -> dict[int, tuple[int, ...]]:
    """The records of each of these reports, lowest number first."""
    place = ReportRecordRow
    found: dict[int, tuple[int, ...]] = {}
    for some in batched(sorted(reports)):
        rows = session.execute(
            select(place.report_id, place.record_id)
            .where(place.report_id.in_(some))
            .order_by(place.record_id)
        )
        for report, record in rows:
            found[report] = (*found.get(report, ()), record)
    return found


def report_places(
    session: Session, topic: str, records: Collection[int] | None = None
) -> dict[int, int]:
    """The report that each record of a topic (or each of these) is in."""
    place = ReportRecordRow
    query = select(place.record_id, place.report_id).where(place.topic == topic)
    found: dict[int, int] = {}
    narrowed = (
        [query]
        if records is None
        else [query.where(place.record_id.in_(some)) for some in batched(sorted(records))]
    )
    for one in narrowed:
        found.update(session.execute(one).tuples().all())
    return found


def report_numbered(session: Session, number: int) -> tuple[str, int] | None:
    """The topic of the report with this number, and the report that it is part of now, if any."""
    report = session.get(ReportRow, number, populate_existing=True)
    return (report.topic, report.merged_into or report.id) if report else None


def present_numbers(session: Session, topic: str) -> dict[int, int]:
    """Every report that a topic ever had, and the one that it is part of now."""
    rows = session.execute(
        select(ReportRow.id, ReportRow.merged_into).where(ReportRow.topic == topic)
    )
    return {number: merged_into or number for number, merged_into in rows}


def own_reports(session: Session, topic: str) -> dict[int, tuple[str, str]]:
    """The report that each record of a topic has alone: report → what its source calls the record.

    Numbers tell nothing in another store; a record's name does.
    """
    rows = session.execute(
        select(ReportRecordRow.own_report_id, RecordRow.source, RecordRow.source_id)
        .join(RecordRow, RecordRow.id == ReportRecordRow.record_id)
        .where(ReportRecordRow.topic == topic)
    )
    return {number: (source, source_id) for number, source, source_id in rows}


def own_numbers(session: Session, topic: str, records: Collection[int]) -> set[int]:
    """The reports that these records have alone: whatever report they are in is one of those."""
    place = ReportRecordRow
    found: set[int] = set()
    for some in batched(sorted(records)):
        here = and_(place.topic == topic, place.record_id.in_(some))
        found.update(session.scalars(select(place.own_report_id).where(here)))
    return found


def reports_naming(session: Session, source: str, source_id: str) -> list[tuple[str, int]]:
    """The topics that have a record in a report, each with the report."""
    rows = session.execute(
        select(ReportRecordRow.topic, ReportRecordRow.report_id)
        .join(RecordRow, RecordRow.id == ReportRecordRow.record_id)
        .where(RecordRow.source == source, RecordRow.source_id == source_id)
        .order_by(ReportRecordRow.topic)
    )
    return [(topic, report_id) for topic, report_id in rows]


def compared_versions(session: Session, topic: str) -> dict[int, int]:
    """The records of a topic that have a report, each with the version that was compared last."""
    place = ReportRecordRow
    rows = session.execute(
        select(place.record_id, place.compared_sequence).where(place.topic == topic)
    )
    return {record_id: sequence for record_id, sequence in rows}  # noqa: C416 — rows, not pairs


def mark_compared(session: Session, topic: str, sequences: Mapping[int, int]) -> None:
    """Note which version of each record was compared with the others."""
    before = compared_versions(session, topic)
    changed = [
        {"topic": topic, "record_id": number, "compared_sequence": sequence}
        for number, sequence in sequences.items()
        if before.get(number, sequence) != sequence
    ]
    _update(session, ReportRecordRow, changed)


def merged_numbers(session: Session, topic: str) -> list[int]:
    """The reports of a topic that hold several records, by number."""
    place = ReportRecordRow
    # Of several records in one report one at least would have another report alone, and few do.
    moved = select(place.report_id).where(place.topic == topic, HELD_ELSEWHERE)
    query = (
        select(place.report_id)
        .where(place.report_id.in_(moved))
        .group_by(place.report_id)
        .having(func.count() > 1)
        .order_by(place.report_id)
    )
    return list(session.scalars(query))


def save_known_item(session: Session, topic: str, key: str, record_id: int) -> None:
    """Note that a record is this known item; nothing happens where that is noted."""
    if session.get(KnownItemRow, (topic, key, record_id)) is None:
        session.add(KnownItemRow(topic=topic, key=key, record_id=record_id))
        session.flush()


def known_items_of(session: Session, topic: str) -> dict[int, str]:
    """The known item that each recognised record is: record → key."""
    rows = session.scalars(select(KnownItemRow).where(KnownItemRow.topic == topic))
    return {row.record_id: row.key for row in rows}


def _last_said(
    session: Session, topic: str, made_by: str, decisions: Sequence[PairDecision]
) -> dict[Pair, tuple[int, _Content]]:
    """The last word of the same rank on each of these pairs: the number of its row, and what."""
    row = PairDecisionRow
    columns = [row.id, *(getattr(row, name) for name in _SAID)]
    wanted = {(decision.record_a, decision.record_b) for decision in decisions}
    found: dict[Pair, tuple[int, _Content]] = {}
    for some in batched(sorted({pair[0] for pair in wanted})):
        here = and_(row.topic == topic, row.record_a.in_(some), _same_rank(made_by))
        # Asked for in order, SQLite would go through the topic's whole log by its index.
        for number, *said in sorted(
            session.execute(select(*columns).where(here)), key=itemgetter(0)
        ):
            if (said[0], said[1]) in wanted:
                found[said[0], said[1]] = number, dict(zip(_SAID, said, strict=True))
    return found


def _same_rank(made_by: str) -> ColumnElement[bool]:
    if made_by in (RULE, PUBMED):
        return PairDecisionRow.made_by == made_by
    return PairDecisionRow.made_by.not_in((RULE, PUBMED))


def _insert_decisions(
    session: Session,
    new: dict[Pair, dict[str, Any]],
    said: dict[Pair, tuple[int, _Content]],
) -> int:
    """Write the new rows and take them over into what was said last; how many there were."""
    if not new:
        return 0
    numbered = insert(PairDecisionRow).returning(PairDecisionRow.id, sort_by_parameter_order=True)
    numbers = session.scalars(numbered, list(new.values()))
    for number, (pair, row) in zip(numbers, new.items(), strict=True):
        said[pair] = number, {name: row[name] for name in _SAID}
    added = len(new)
    new.clear()
    return added


def _decision(row: Mapping[Any, Any]) -> PairDecision:
    return PairDecision(
        record_a=row["record_a"],
        record_b=row["record_b"],
        verdict=Verdict(row["verdict"]),
        rule=row["rule"],
        score=row["score"],
        evidence=tuple(FieldEvidence(**item) for item in row["evidence"]),
        by_person=row["made_by"] != RULE,
    )


def _content(decision: PairDecision) -> _Content:
    return {
        "record_a": decision.record_a,
        "record_b": decision.record_b,
        "verdict": decision.verdict.value,
        "rule": decision.rule,
        "score": decision.score,
        "evidence": [
            {name: getattr(item, name) for name in _EVIDENCE} for item in decision.evidence
        ],
    }


def _places(session: Session, topic: str, records: Collection[int]) -> dict[int, _Place]:
    """Where these records are; those without a report are left out."""
    place = ReportRecordRow
    query = (
        select(place.record_id, place.report_id, place.own_report_id, ReportRow.merged_into)
        .join(ReportRow, ReportRow.id == place.own_report_id)
        .where(place.topic == topic)
    )
    found: dict[int, _Place] = {}
    for some in batched(sorted(records)):
        for number, *where in session.execute(query.where(place.record_id.in_(some))):
            found[number] = _Place(*where)
    return found


def _own_reports(
    session: Session, topic: str, records: Sequence[int], entered: Mapping[int, date]
) -> dict[int, _Place]:
    """A report of its own for each record, which is in it for the moment."""
    if not records:
        return {}
    reports = [{"topic": topic, "first_seen_on": entered[number]} for number in records]
    numbered = insert(ReportRow).returning(ReportRow.id, sort_by_parameter_order=True)
    own = dict(zip(records, session.scalars(numbered, reports), strict=True))
    rows = [
        {"topic": topic, "record_id": number, "report_id": report, "own_report_id": report}
        for number, report in own.items()
    ]
    session.execute(insert(ReportRecordRow), rows)
    return {number: _Place(report, report, None) for number, report in own.items()}


def _update(
    session: Session, table: type[ReportRow | ReportRecordRow], rows: list[dict[str, Any]]
) -> None:
    """Change rows by their keys, many at once."""
    if rows:
        session.execute(update(table), rows)
