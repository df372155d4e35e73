"""Decisions saved at once end as they would one by one; what is unchanged is not written again."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from itertools import count
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from db import records as record_rows
from db import reports as report_rows
from db.models import PairDecisionRow, ReportRecordRow, ReportRow
from db.session import Store
from surveillance.dedup.decide import PairDecision, Verdict
from surveillance.dedup.similarity import FieldEvidence
from surveillance.records import Captured, Payload, Record
from tests.world import fresh_store

DAY = date(2025, 1, 31)
EVIDENCE = (
    FieldEvidence("title", "Ä title", "A title", 0.9871),
    FieldEvidence("doi", "", "", None),
)
_topics = count(1)

DECISIONS = st.lists(
    st.builds(
        lambda a, b, verdict, score: PairDecision(a, a + b, verdict, "a rule", score, EVIDENCE),
        st.integers(1, 3),
        st.integers(1, 3),
        st.sampled_from(Verdict),
        st.sampled_from([0.5, 1 / 3]),
    ),
    max_size=10,
)
SAVES = st.lists(
    st.tuples(st.sampled_from(["rule", "pubmed", "A. Reviewer", "B. Reviewer"]), DECISIONS),
    max_size=5,
)


@pytest.fixture(scope="module")
def store(backend: object, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    with fresh_store(tmp_path_factory.mktemp("decisions")) as opened:
        with opened.transaction() as session:
            record_rows.save_captured(
                session,
                [
                    Captured(Record(source="a", source_id=str(n)), Payload(b"", "text/plain"))
                    for n in range(2_000)
                ],
                topic="any",
                route="import",
                seen_on=DAY,
            )
        yield opened


def save(session: Session, topic: str, decisions: Sequence[PairDecision], made_by: str) -> int:
    return report_rows.save_decisions(
        session, topic, decisions, made_by=made_by, rule_version="1", today=DAY
    )


def log(session: Session, topic: str) -> list[tuple[Any, ...]]:
    """The topic's rows, what they supersede being told by its place among them."""
    query = select(PairDecisionRow).where(PairDecisionRow.topic == topic)
    rows = list(session.scalars(query.order_by(PairDecisionRow.id)))
    place = {row.id: number for number, row in enumerate(rows)}
    return [
        (
            (row.record_a, row.record_b, row.verdict, row.rule, row.score, row.evidence),
            (row.made_by, row.rule_version, row.decided_on),
            place[row.supersedes] if row.supersedes else None,
        )
        for row in rows
    ]


@given(saves=SAVES)
@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_saved_at_once_as_one_by_one(
    store: Store, saves: list[tuple[str, list[PairDecision]]]
) -> None:
    at_once, singly = (f"{name}-{next(_topics)}" for name in ("once", "singly"))
    with store.transaction() as session:
        for made_by, decisions in saves:
            added = save(session, at_once, decisions, made_by)
            assert added == sum(save(session, singly, [one], made_by) for one in decisions)
        found = log(session, at_once)
        assert found == log(session, singly)
        superseded = [before for _, _, before in found if before is not None]
        assert len(superseded) == len(set(superseded))
        for said, how, before in found:
            if before is not None:
                assert found[before][0][:2] == said[:2]
                assert found[before][0] != said
                assert (found[before][1][0] == how[0]) or {found[before][1][0], how[0]} == {
                    "A. Reviewer",
                    "B. Reviewer",
                }


@contextmanager
def statements(store: Store) -> Iterator[list[str]]:
    """What is sent to the database that changes rows."""
    sent: list[str] = []

    def note(_: Any, __: Any, statement: str, *___: Any) -> None:
        if not statement.lstrip().upper().startswith(("SELECT", "PRAGMA", "BEGIN")):
            sent.append(statement)

    event.listen(store.engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(store.engine, "before_cursor_execute", note)


def test_ten_thousand_decisions_and_their_reports_are_a_few_statements(store: Store) -> None:
    topic = f"large-{next(_topics)}"
    numbers = range(1, 2_001)
    decisions = [
        PairDecision(a, a + gap, Verdict.DOUBTFUL, "a rule", 0.5, EVIDENCE)
        for a in numbers
        for gap in range(1, 6)
        if a + gap <= 2_000
    ]
    clusters = [(a, a + 1) for a in numbers[::2]]
    entered = dict.fromkeys(numbers, DAY)
    with store.transaction() as session, statements(store) as sent:
        assert save(session, topic, decisions, report_rows.RULE) == len(decisions) == 9_985
        report_rows.save_clusters(session, topic, clusters, entered)
        report_rows.mark_compared(session, topic, dict.fromkeys(numbers, 1))
    # SQLite numbers rows one at a time; nothing else is done row by row.
    inserts = [statement for statement in sent if statement.startswith("INSERT")]
    assert len(inserts) <= 9_985 + 2_000 + 10
    assert len(sent) - len(inserts) <= 3
    with store.transaction() as session, statements(store) as sent:
        assert save(session, topic, decisions, report_rows.RULE) == 0
        report_rows.save_clusters(session, topic, clusters, {})
        report_rows.mark_compared(session, topic, dict.fromkeys(numbers, 1))
    assert sent == []


def test_only_the_reports_that_change_are_written(store: Store) -> None:
    topic = f"changed-{next(_topics)}"
    with store.transaction() as session:
        report_rows.save_clusters(
            session, topic, [(1, 2), (3,), (4, 5, 6)], dict.fromkeys(range(1, 7), DAY)
        )
    before = places(store, topic)
    with store.transaction() as session:
        report_rows.save_clusters(session, topic, [(1,), (2, 3)], {})
    after = places(store, topic)
    assert {n for n in after if after[n] != before[n]} == {2, 3}
    own = {number: place[1] for number, place in after.items()}
    assert after[2] == (own[2], own[2], None)
    assert after[3] == (own[2], own[3], own[2])


def places(store: Store, topic: str) -> dict[int, tuple[int, int, int | None]]:
    place = ReportRecordRow
    with store.transaction() as session:
        rows = session.execute(
            select(place.record_id, place.report_id, place.own_report_id, ReportRow.merged_into)
            .join(ReportRow, ReportRow.id == place.own_report_id)
            .where(place.topic == topic)
        )
        return {number: (report, own, merged) for number, report, own, merged in rows}
