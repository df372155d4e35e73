"""Registrations in the store: many at a time, a version more where the content changed."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event

from db import studies as study_rows
from db.session import Store
from surveillance.records import Payload
from surveillance.studies import reading
from surveillance.studies.changes import compare
from tests.world import fresh_store

FIRST, SECOND, THIRD = date(2024, 8, 2), date(2024, 8, 9), date(2024, 8, 16)
TOPIC = "topic"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with fresh_store(tmp_path) as opened:
        yield opened


def number(place: int) -> str:
    return f"NCT9{place:07}"


def document(nct: str, title: str = "A trial", stamp: str = "2024-08-01") -> tuple[str, Payload]:
    study = {
        "protocolSection": {"identificationModule": {"nctId": nct, "briefTitle": title}},
        "derivedSection": {"miscInfoModule": {"versionHolder": stamp}},
    }
    return nct, Payload(json.dumps(study, sort_keys=True).encode(), reading.CLINICALTRIALS_JSON)


def save(
    store: Store, documents: list[tuple[str, Payload]], on: date, route: str = study_rows.SEARCHED
) -> int:
    with store.transaction() as session:
        return study_rows.save_registrations(
            session, documents, topic=TOPIC, route=route, search_id=None, seen_on=on
        )


def held(store: Store) -> dict[str, list[tuple[date, str]]]:
    """Each registration's versions, as days and titles."""
    with store.transaction() as session:
        return {
            stored.number: [(day, version.title) for day, version in stored.versions]
            for stored in study_rows.registrations_of(session, TOPIC)
        }


@contextmanager
def counted(store: Store) -> Iterator[list[str]]:
    """The statements that are sent to the database meanwhile."""
    sent: list[str] = []

    def note(*told: Any) -> None:
        sent.append(told[2])

    event.listen(store.engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(store.engine, "before_cursor_execute", note)


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """Every document that is read, as it is read."""
    contents: list[bytes] = []
    study = reading.READERS[reading.CLINICALTRIALS_JSON]

    def noting(content: bytes) -> Any:
        contents.append(content)
        return study.read(content)

    readers: Mapping[str, reading.Reader] = {
        reading.CLINICALTRIALS_JSON: reading.Reader(noting, study.substance)
    }
    monkeypatch.setattr(reading, "READERS", readers)
    return contents


def test_what_is_new_to_the_topic_is_counted_once(store: Store) -> None:
    assert save(store, [document(number(1)), document(number(2))], FIRST) == 2
    assert save(store, [document(number(2)), document(number(3))], SECOND) == 1
    assert list(held(store)) == [number(1), number(2), number(3)]
    assert save(store, [], THIRD) == 0


def test_another_content_is_a_version_and_another_stamp_is_none(store: Store) -> None:
    save(store, [document(number(1)), document(number(2))], FIRST)
    later = [
        document(number(1), "A trial", "2024-08-08"),
        document(number(2), "Renamed", "2024-08-08"),
    ]
    save(store, later, SECOND)
    save(store, [document(number(2), "Renamed", "2024-08-15")], THIRD)
    assert held(store) == {
        number(1): [(FIRST, "A trial")],
        number(2): [(FIRST, "A trial"), (SECOND, "Renamed")],
    }


def test_what_changes_back_is_a_version_again(store: Store) -> None:
    for day, title in ((FIRST, "One"), (SECOND, "Two"), (THIRD, "One")):
        save(store, [document(number(1), title)], day)
    assert held(store) == {number(1): [(FIRST, "One"), (SECOND, "Two"), (THIRD, "One")]}


def test_an_earlier_day_does_not_overwrite_what_was_seen_later(store: Store) -> None:
    save(store, [document(number(1), "Of the second week")], SECOND)
    save(store, [document(number(1), "Of the first week"), document(number(2))], FIRST)
    assert held(store) == {
        number(1): [(SECOND, "Of the second week")],
        number(2): [(FIRST, "A trial")],
    }


def test_a_number_that_comes_twice_in_one_answer_is_kept_once(store: Store) -> None:
    assert save(store, [document(number(1)), document(number(1))], FIRST) == 1
    assert held(store) == {number(1): [(FIRST, "A trial")]}
    twice = [document(number(1), "Renamed"), document(number(1), "Renamed")]
    save(store, twice, SECOND)
    assert held(store) == {number(1): [(FIRST, "A trial"), (SECOND, "Renamed")]}


def test_the_authors_own_route_takes_the_place_of_a_translated_strategy(store: Store) -> None:
    save(store, [document(number(1)), document(number(2))], FIRST, study_rows.TRANSLATED)
    save(store, [document(number(1))], SECOND, study_rows.SEARCHED)
    save(store, [document(number(1)), document(number(2))], THIRD, study_rows.TRANSLATED)
    with store.transaction() as session:
        routes = {one.number: one.route for one in study_rows.registrations_of(session, TOPIC)}
    assert routes == {number(1): study_rows.SEARCHED, number(2): study_rows.TRANSLATED}


def test_a_renumbered_trial_has_the_versions_of_all_its_numbers(store: Store) -> None:
    save(store, [document(number(1), "Before")], FIRST)
    with store.transaction() as session:
        study_rows.save_aliases(session, [(number(1), number(2))], SECOND)
    save(store, [document(number(2), "After")], SECOND)
    assert held(store) == {number(2): [(FIRST, "Before"), (SECOND, "After")]}
    with store.transaction() as session:
        kept = study_rows.kept_registration(session, number(1))
        assert kept is not None
        assert (kept.number, kept.former) == (number(2), (number(1),))
        assert [day for day, _ in kept.versions] == [FIRST, SECOND]
        assert study_rows.kept_registration(session, number(3)) is None


def test_hundreds_of_registrations_take_few_statements(store: Store) -> None:
    """A week in which one of a thousand changed; nothing is asked of the database one by one."""
    save(store, [document(number(place)) for place in range(1_000)], FIRST)
    week = [document(number(place), stamp="2024-08-08") for place in range(999)]
    with counted(store) as saving:
        save(store, [*week, document(number(999), "Renamed")], SECOND)
    with counted(store) as reading_all:
        assert len(held(store)) == 1_000
    assert len(saving) < 40
    assert len(reading_all) < 40


def test_only_what_is_asked_for_is_read(store: Store, read: list[bytes]) -> None:
    save(store, [document(number(place)) for place in range(300)], FIRST)
    save(store, [document(number(7), "Renamed")], SECOND)
    with store.transaction() as session:
        stored = study_rows.registrations_of(session, TOPIC)
        assert [one.number for one in stored] == [number(place) for place in range(300)]
        assert read == []
        pairs = [pair for one in stored for pair in one.successive()]
        assert [len(compare(*pair)) for pair in pairs] == [1]
        assert len(read) == 2
        assert stored[7].newest.title == "Renamed"
        assert stored[7].first.title == "A trial"
        assert len(read) == 2
        assert stored[-1].newest.number == number(299)
        assert len(read) == 3
