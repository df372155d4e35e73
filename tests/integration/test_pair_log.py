"""A part of the log that is about some records tells of them what the whole log tells."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import event, text

from db import pair_log
from db import records as record_rows
from db import reports as report_rows
from db.session import Store
from surveillance.dedup.clusters import cluster
from surveillance.dedup.decide import PairDecision, Verdict
from surveillance.dedup.decision_log import PUBMED, RULE, among, connected, freed
from surveillance.dedup.deduplicate import REFUSED
from surveillance.records import Captured, Payload
from tests.decision_desk import DAY, RECORDS
from tests.world import fresh_store

ANN, BEN = "Ann Marsh", "Ben Ito"
_topics = count(1)

NUMBER = st.integers(0, len(RECORDS) - 1)
SAID = st.lists(
    st.tuples(
        NUMBER,
        NUMBER,
        st.sampled_from([*Verdict, Verdict.SAME]),
        st.sampled_from([RULE, RULE, PUBMED, ANN, BEN]),
        st.sampled_from(["a rule", REFUSED]),
        st.sampled_from([0.2, 0.8]),
    ).filter(lambda said: said[0] != said[1]),
    max_size=12,
)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    with fresh_store(tmp_path_factory.mktemp("log")) as made:
        yield made


def kept(store: Store, said: list[Any]) -> tuple[str, tuple[int, ...]]:
    """A topic with this log, its reports as the log makes them; its name, and its records."""
    topic = f"topic {next(_topics)}"
    captured = [Captured(one, Payload(one.source_id.encode(), "text/plain")) for one in RECORDS]
    with store.transaction() as session:
        records = record_rows.save_captured(
            session, captured, topic=topic, route="import", seen_on=DAY
        ).ids
        for a, b, verdict, who, rule, score in said:
            low, high = sorted((records[a], records[b]))
            one = PairDecision(low, high, verdict, rule, score, by_person=who != RULE)
            report_rows.save_decisions(
                session, topic, [one], made_by=who, rule_version="-", today=DAY
            )
        made = cluster(records, freed(pair_log.log_of(session, topic))).clusters
        report_rows.save_clusters(session, topic, made, dict.fromkeys(records, DAY))
    return topic, tuple(records)


@settings(max_examples=60, suppress_health_check=list(HealthCheck), deadline=None)
@given(said=SAID, seeds=st.sets(NUMBER, min_size=1, max_size=3))
def test_it_ties_the_same_records_by_the_same_decisions(
    store: Store, said: list[Any], seeds: set[int]
) -> None:
    topic, records = kept(store, said)
    asked = [records[number] for number in seeds]
    with store.snapshot() as session:
        whole = pair_log.log_of(session, topic)
        part = pair_log.log_around(session, topic, asked)
        assert pair_log.last_row(session, topic) == (whole[-1].id if whole else 0)
    tied = connected(asked, freed(whole))
    assert connected(asked, freed(part)) == tied
    assert among(tied, part) == among(tied, whole)
    assert all(one in whole for one in part)


@settings(max_examples=60, suppress_health_check=list(HealthCheck), deadline=None)
@given(said=SAID, a=NUMBER, b=NUMBER)
def test_what_waits_of_some_reports_is_what_waits_of_them_in_all(
    store: Store, said: list[Any], a: int, b: int
) -> None:
    topic, records = kept(store, said)
    with store.snapshot() as session:
        places = report_rows.report_places(session, topic)
        reports = {places[records[a]], places[records[b]]}
        every = pair_log.waiting_pairs(session, topic)
        some = pair_log.waiting_pairs(session, topic, reports)
    assert some == [one for one in every if {places[n] for n in one.pair} & reports]


@pytest.mark.sqlite
def test_what_people_are_asked_is_read_by_its_own_index(tmp_path: Path) -> None:
    with fresh_store(tmp_path) as store:
        asked: list[tuple[str, Any]] = []

        def note(_: Any, __: Any, statement: str, values: Any, *___: Any) -> None:
            asked.append((statement, values))

        event.listen(store.engine, "before_cursor_execute", note)
        with store.snapshot() as session:
            pair_log.waiting_pairs(session, "tmr")
            pair_log.last_word(session, "tmr", ANN, ["a rule"])
            pair_log.last_row(session, "tmr")
        event.remove(store.engine, "before_cursor_execute", note)
        with store.snapshot() as session:
            connection = session.connection().connection.driver_connection
            assert connection is not None
            plans = [
                " ".join(row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {one}", values))
                for one, values in asked
            ]
        assert any("ix_pair_decision_asked" in plan for plan in plans)
        assert any("ix_pair_decision_said" in plan for plan in plans)
        assert any("ix_pair_decision_last" in plan for plan in plans)


@pytest.mark.postgresql
def test_the_two_indexes_leave_out_what_rules_call_different(tmp_path: Path) -> None:
    with fresh_store(tmp_path) as store, store.snapshot() as session:
        rows = session.execute(
            text("SELECT indexname, indexdef FROM pg_indexes WHERE tablename = 'pair_decision'")
        )
        found = {name: told for name, told in rows}  # noqa: C416 — rows, not pairs
    for name in ("ix_pair_decision_asked", "ix_pair_decision_said"):
        assert "<> 'rule'" in found[name]
