"""The index of candidate keys: what is put there is found, topic by topic."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from db import candidates
from db import records as record_rows
from db.candidates import Filed
from surveillance.records import Captured, Payload, Record
from tests.world import fresh_store

LARGEST, SMALLEST = 2**63 - 1, -(2**63)


@pytest.fixture
def session(tmp_path: Path) -> Iterator[Session]:
    with fresh_store(tmp_path) as store, store.transaction() as opened:
        yield opened


def known(session: Session, count: int) -> tuple[int, ...]:
    """The numbers of so many records."""
    items = [
        Captured(
            Record(source="file", source_id=str(number)), Payload(b"%d" % number, "text/plain")
        )
        for number in range(count)
    ]
    saved = record_rows.save_captured(
        session, items, topic="one", route="import", seen_on=date(2024, 8, 2)
    )
    return saved.ids


def filed(form: int, *keys: int) -> Filed:
    return Filed(form, frozenset(keys))


def test_what_is_filed_is_found_under_its_keys_in_its_topic_alone(session: Session) -> None:
    a, b, c = known(session, 3)
    rows = {a: filed(1, LARGEST, 5), b: filed(1, LARGEST, 5), c: filed(2, SMALLEST, 5)}
    candidates.file_records(session, "one", rows)
    candidates.file_records(session, "other", {a: filed(7, 5)})
    assert candidates.filed(session, "one", [a, b, c]) == rows
    assert candidates.forms_under(session, "one", [LARGEST, SMALLEST, 5, 6]) == {
        LARGEST: 1, SMALLEST: 1, 5: 2,
    }  # fmt: skip
    assert candidates.lowest_under(session, "one", [5]) == {a, c}
    assert candidates.records_under(session, "one", [LARGEST]) == {a, b}
    assert candidates.lowest_of_forms(session, "one", [filed(1, 5), filed(9, 5)]) == {a}
    assert candidates.records_under(session, "other", [5, LARGEST]) == {a}


def test_a_record_filed_anew_stands_under_its_old_keys_no_more(session: Session) -> None:
    (a,) = known(session, 1)
    candidates.file_records(session, "one", {a: filed(1, 5, 6)})
    candidates.file_records(session, "one", {a: filed(2, 6, 7)})
    assert candidates.filed(session, "one", [a]) == {a: filed(2, 6, 7)}
    candidates.file_records(session, "one", {a: filed(2)})
    assert candidates.filed(session, "one", [a]) == {}


def test_an_index_is_that_of_one_version_of_the_rules(session: Session) -> None:
    (a,) = known(session, 1)
    assert not candidates.is_current(session, "one", "dedup-1")
    candidates.begin_index(session, "one", "dedup-1")
    candidates.begin_index(session, "other", "dedup-1")
    for topic in ("one", "other"):
        candidates.file_records(session, topic, {a: filed(1, 5)})
    candidates.begin_index(session, "one", "dedup-2")
    assert candidates.is_current(session, "one", "dedup-2")
    assert candidates.is_current(session, "other", "dedup-1")
    assert candidates.filed(session, "one", [a]) == {}
    assert candidates.filed(session, "other", [a]) == {a: filed(1, 5)}


def test_thousands_of_keys_go_into_one_question(session: Session) -> None:
    ids = known(session, 30)
    many = {number: filed(number, *range(number * 100, number * 100 + 100)) for number in ids}
    candidates.file_records(session, "one", many)
    keys = {key for one in many.values() for key in one.keys}
    assert candidates.lowest_under(session, "one", keys) == set(ids)
    assert sum(candidates.forms_under(session, "one", keys).values()) == 3_000
