"""Records saved in batches end as they would one by one; the model here is that slow way."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from db import records as record_rows
from db import runs as run_rows
from db.models import (
    PayloadRow,
    RecordRow,
    RecordVersionRow,
    SearchResultRow,
    TopicRecordRow,
)
from db.session import Store
from surveillance.records import Captured, Payload, Record
from surveillance.records.json_lines import to_json
from surveillance.runs import Search
from tests.world import fresh_store

FIRST_DAY = date(2025, 1, 1)


@dataclass(frozen=True)
class Save:
    """A search of a topic that returned these contents of records, in this order."""

    topic: str
    day: int
    items: tuple[tuple[str, str, int], ...]


@dataclass(frozen=True)
class Delete:
    source: str
    source_ids: tuple[str, ...]
    day: int


SOURCES, NUMBERS = st.sampled_from(["pubmed", "embase"]), st.sampled_from("1234")
DAYS = st.integers(0, 3)
ITEMS = st.lists(st.tuples(SOURCES, NUMBERS, st.integers(0, 2)), max_size=8).map(tuple)
STEPS = st.lists(
    st.builds(Save, st.sampled_from("ab"), DAYS, ITEMS)
    | st.builds(Delete, SOURCES, st.lists(NUMBERS, max_size=3).map(tuple), DAYS),
    max_size=8,
)


def on(day: int) -> date:
    return FIRST_DAY + timedelta(days=day)


def captured(source: str, source_id: str, content: int) -> Captured:
    """Contents are shared between records, as two databases share none: the hash decides."""
    record = Record(source=source, source_id=source_id, title=f"{content}")
    return Captured(record, Payload(f"{source} {content}".encode(), "text/plain"))


@dataclass
class Model:
    """The store as lists of rows, one record after the other."""

    records: list[list[Any]] = field(default_factory=list)
    versions: list[tuple[Any, ...]] = field(default_factory=list)
    topics: list[list[Any]] = field(default_factory=list)
    results: list[tuple[int, int]] = field(default_factory=list)
    payloads: set[str] = field(default_factory=set)
    searches: int = 0

    def save(self, step: Save) -> None:
        self.searches += 1
        ids: list[int] = []
        for source, source_id, content in step.items:
            number = self._save_one(captured(source, source_id, content), on(step.day))
            ids.append(number)
            if not any(row[:2] == [step.topic, number] for row in self.topics):
                self.topics.append([step.topic, number, on(step.day), self.searches])
        self.results += [(self.searches, number) for number in dict.fromkeys(ids)]

    def _save_one(self, item: Captured, day: date) -> int:
        named = (item.record.source, item.record.source_id)
        number = next((row[0] for row in self.records if (row[1], row[2]) == named), None)
        if number is None:
            number = len(self.records) + 1
            self.records.append([number, *named, None])
        gone = self.records[number - 1][3]
        # A run for an earlier day does not bring back what was deleted later.
        self.records[number - 1][3] = gone if gone and gone > day else None
        versions = [row for row in self.versions if row[0] == number]
        if versions and day < versions[-1][3]:
            return number
        self.payloads.add(item.payload.sha256)
        if not versions or versions[-1][2] != item.payload.sha256:
            content = json.loads(json.dumps(to_json(item.record)))
            self.versions.append((number, len(versions) + 1, item.payload.sha256, day, content))
        return number

    def delete(self, step: Delete) -> None:
        for row in self.records:
            if row[1] == step.source and row[2] in step.source_ids and row[3] is None:
                row[3] = on(step.day)


def apply(session: Session, step: Save | Delete) -> None:
    if isinstance(step, Delete):
        record_rows.mark_deleted(session, step.source, step.source_ids, on(step.day))
        return
    search = Search("medline", "pubmed", "MEDLINE", None, "query", 0, 0)
    search_id = run_rows.save_search(
        session, search, topic=step.topic, run=None, searched_on=on(step.day), strategy_hash=""
    )
    saved = record_rows.save_captured(
        session,
        (captured(*item) for item in step.items),
        topic=step.topic,
        route="created",
        seen_on=on(step.day),
    )
    record_rows.save_results(session, step.topic, search_id, saved)


def as_model(session: Session) -> Model:
    """What the store holds; numbers are counted from where this example began."""
    record, version, topic = RecordRow, RecordVersionRow, TopicRecordRow
    rows = session.execute(
        select(record.id, record.source, record.source_id, record.deleted_on).order_by(record.id)
    ).all()
    number = {row[0]: place for place, row in enumerate(rows, 1)}
    results = session.execute(select(SearchResultRow.search_id, SearchResultRow.record_id)).all()
    seen = session.execute(
        select(topic.topic, topic.record_id, topic.first_seen_on, topic.first_search_id)
    ).all()
    searches = {old: new for new, old in enumerate(search_ids(session), 1)}
    return Model(
        [[number[row[0]], *row[1:]] for row in rows],
        [
            (number[row[0]], *row[1:])
            for row in session.execute(
                select(
                    version.record_id,
                    version.sequence,
                    version.payload_sha256,
                    version.seen_on,
                    version.content,
                ).order_by(version.id)
            )
        ],
        [[row[0], number[row[1]], row[2], searches[row[3]]] for row in seen],
        [(searches[row[0]], number[row[1]]) for row in results],
        set(session.scalars(select(PayloadRow.sha256))),
        len(searches),
    )


def search_ids(session: Session) -> list[int]:
    from db.models import SearchRow

    return list(session.scalars(select(SearchRow.id).order_by(SearchRow.id)))


@pytest.fixture(scope="module")
def store(backend: object, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    with fresh_store(tmp_path_factory.mktemp("saving")) as opened:
        yield opened


class Undone(Exception):
    """Ends an example; the store is empty again."""


@given(steps=STEPS)
@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_saved_in_batches_the_store_is_as_one_by_one(
    store: Store, steps: list[Save | Delete]
) -> None:
    model = Model()
    with pytest.raises(Undone), store.transaction() as session:
        for step in steps:
            apply(session, step)
            if isinstance(step, Save):
                model.save(step)
            else:
                model.delete(step)
        found = as_model(session)
        note_what_happened(model)
        for rows in (model.topics, found.topics, model.results, found.results):
            rows.sort()
        assert found == model
        raise Undone


def note_what_happened(model: Model) -> None:
    event(f"further versions: {any(row[1] > 1 for row in model.versions)}")
    event(f"deleted at the end: {any(row[3] for row in model.records)}")


def test_more_records_than_one_query_takes(store: Store) -> None:
    """Both databases limit the values of one query: SQLite to 32,766, PostgreSQL to 65,535."""
    items = [captured("pubmed", str(number), number) for number in range(40_000)]
    with pytest.raises(Undone), store.transaction() as session:
        first = record_rows.save_captured(
            session, items, topic="a", route="created", seen_on=FIRST_DAY
        )
        assert len(first.new) == len(first.ids) == len(set(first.ids)) == 40_000
        record_rows.mark_deleted(session, "pubmed", map(str, range(40_000)), FIRST_DAY)
        again = record_rows.save_captured(
            session, items, topic="a", route="created", seen_on=FIRST_DAY
        )
        assert (again.ids, again.new) == (first.ids, ())
        assert len(record_rows.records_of(session, "a", first.ids)) == 40_000
        raise Undone
