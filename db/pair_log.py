"""A topic's log of decisions on pairs ↔ rows: the whole of it, or what a question is about."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any

from sqlalchemy import Row, Select, and_, exists, func, select
from sqlalchemy.orm import Session, aliased

from db.models import ASKED_OF_PEOPLE, NOT_BY_RULE, PairDecisionRow, ReportRecordRow
from db.records import batched
from surveillance.dedup.clusters import Pair
from surveillance.dedup.decide import Verdict
from surveillance.dedup.decision_log import RULE, Logged, freed
from surveillance.dedup.similarity import FieldEvidence
from surveillance.dedup.waiting import waiting


def log_of(session: Session, topic: str) -> list[Logged]:
    """Every decision on pairs of a topic without its evidence, oldest first."""
    rows = session.execute(_log(topic).order_by(PairDecisionRow.id))
    return list(map(_logged, rows))


def log_around(session: Session, topic: str, records: Collection[int]) -> list[Logged]:
    """The decisions on these records and on all that any *same*, standing or not, ties to them.

    Oldest first. No other decision has a say in how these records cluster
    (`decision_log.connected`), so that one word on one pair need not read a whole topic's log.
    """
    found: dict[int, Logged] = {}
    reached: set[int] = set()
    frontier = set(records)
    while frontier:
        reached |= frontier
        near = {one.id: one for one in _touching(session, topic, frontier)}
        found |= near
        tied = (one.pair for one in freed(near.values()) if one.verdict is Verdict.SAME)
        frontier = {number for pair in tied for number in pair} - reached
    return [found[number] for number in sorted(found)]


def _touching(session: Session, topic: str, records: Collection[int]) -> Iterator[Logged]:
    # Each end has an index of its own: two questions are quick, one with OR may not be.
    for some in batched(sorted(records)):
        for end in (PairDecisionRow.record_a, PairDecisionRow.record_b):
            yield from map(_logged, session.execute(_log(topic).where(end.in_(some))))


def compared_since(session: Session, topic: str, row: int) -> set[int]:
    """The records on which something was decided after this row."""
    said = PairDecisionRow
    pairs = session.execute(
        select(said.record_a, said.record_b).where(said.id > row, said.topic == topic)
    )
    return {number for pair in pairs for number in pair}


def last_row(session: Session, topic: str) -> int:
    """The number of the last decision on a pair of a topic; 0: there is none."""
    newest = select(func.max(PairDecisionRow.id)).where(PairDecisionRow.topic == topic)
    return session.scalar(newest) or 0


def _log(topic: str) -> Select[Any]:
    row = PairDecisionRow
    return select(
        row.id,
        row.record_a,
        row.record_b,
        row.verdict,
        row.rule,
        row.score,
        row.made_by,
        row.rule_version,
        row.decided_on,
        row.run_id,
    ).where(row.topic == topic)


def _logged(row: Row[Any]) -> Logged:
    number, a, b, said, *how = row
    return Logged(number, a, b, Verdict(said), *how)


def evidence_of(session: Session, decision_id: int) -> tuple[FieldEvidence, ...]:
    """What a decision rests on, field by field."""
    found = session.scalar(
        select(PairDecisionRow.evidence).where(PairDecisionRow.id == decision_id)
    )
    return tuple(FieldEvidence(**item) for item in found or ())


def waiting_pairs(
    session: Session, topic: str, reports: Collection[int] | None = None
) -> list[Logged]:
    """The pairs that wait for a person, most valuable first: one for two reports.

    `reports`: only those of which one is among these few.
    """
    places: dict[int, int] = {}
    pairs: set[Pair] = set()
    for query in _undecided(topic, reports):
        for a, b, report_a, report_b in session.execute(query):
            places |= {a: report_a, b: report_b}
            pairs.add((a, b))
    return waiting(_log_on(session, topic, pairs), places)


def _undecided(topic: str, reports: Collection[int] | None) -> Iterator[Select[Any]]:
    """Pairs in two reports that may be asked about, or of which somebody said something.

    What the rules alone call different is most of a log, and nothing is asked about it.
    """
    row, a, b = PairDecisionRow, aliased(ReportRecordRow), aliased(ReportRecordRow)
    query = (
        select(row.record_a, row.record_b, a.report_id, b.report_id)
        .join(a, and_(a.topic == topic, a.record_id == row.record_a))
        .join(b, and_(b.topic == topic, b.record_id == row.record_b))
        .where(
            row.topic == topic,
            ASKED_OF_PEOPLE,
            a.report_id != b.report_id,
        )
        .distinct()
    )
    if reports is None:
        yield query
        return
    # As in `_touching`: an index for each end.
    for some in batched(sorted(reports)):
        yield query.where(a.report_id.in_(some))
        yield query.where(b.report_id.in_(some))


def _log_on(session: Session, topic: str, pairs: Collection[Pair]) -> list[Logged]:
    """Every decision on these pairs, oldest first."""
    found: list[Logged] = []
    for some in batched(sorted({pair[0] for pair in pairs})):
        rows = session.execute(_log(topic).where(PairDecisionRow.record_a.in_(some)))
        found += [one for one in map(_logged, rows) if one.pair in pairs]
    return sorted(found, key=lambda one: one.id)


def last_word(
    session: Session, topic: str, made_by: str, rules: Collection[str]
) -> tuple[int, Pair] | None:
    """The row and the pair of what somebody said last by one of these `rules`, if it stands.

    It stands where nobody said anything of the pair after it.
    """
    row, later = PairDecisionRow, aliased(PairDecisionRow)
    said_since = exists().where(
        later.topic == topic,
        later.record_a == row.record_a,
        later.record_b == row.record_b,
        later.id > row.id,
        later.made_by != RULE,
    )
    found = session.execute(
        select(row.id, row.record_a, row.record_b)
        .where(
            row.topic == topic,
            NOT_BY_RULE,
            row.made_by == made_by,
            row.rule.in_(rules),
            ~said_since,
        )
        .order_by(row.id.desc())
        .limit(1)
    ).first()
    return (found[0], (found[1], found[2])) if found else None


def doubtful_pairs(session: Session, topic: str) -> int:
    """How many pairs wait for a person."""
    return len(waiting_pairs(session, topic))
