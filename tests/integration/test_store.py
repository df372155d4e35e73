"""The store: versions are kept, watermarks never move back, a copy can be opened."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from sqlalchemy import select, text

from db import records as record_rows
from db import runs as run_rows
from db.models import PayloadRow, RecordVersionRow
from db.session import Store
from surveillance.errors import StoreFailed, UnreadableInput
from surveillance.records import Captured, Payload, Record
from surveillance.runs import RunInputs
from tests.world import fresh_store, store_url

DAY, LATER = date(2024, 8, 2), date(2025, 1, 31)
CLOCK = datetime(2024, 8, 2, 23, 59, tzinfo=UTC)
INPUTS = RunInputs("topic", (("criteria.toml", "a1"),), (("dedup", "1"),))


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with fresh_store(tmp_path) as opened:
        yield opened


def captured(pmid: str, title: str) -> Captured:
    record = Record(source="pubmed", source_id=pmid, pmid=pmid, title=title)
    return Captured(record, Payload(title.encode(), "application/xml"))


def save(store: Store, item: Captured, on: date) -> record_rows.Saved:
    with store.transaction() as session:
        return record_rows.save_captured(
            session, [item], topic="topic", route="created", seen_on=on
        )


def test_the_migrations_make_the_tables_that_the_program_expects(store: Store) -> None:
    assert store.check() == []


def test_an_empty_store_says_what_to_do(tmp_path: Path) -> None:
    empty = Store(store_url(tmp_path, empty=True))
    assert "surveil db upgrade" in empty.check()[0]
    empty.close()


def test_a_table_that_was_changed_by_hand_is_noticed(store: Store) -> None:
    with store.transaction() as session:
        session.execute(text("ALTER TABLE report ADD COLUMN stray TEXT"))
    assert any("stray" in fault for fault in store.check())


@pytest.mark.sqlite
def test_sqlite_keeps_a_write_ahead_log(store: Store) -> None:
    with store.transaction() as session:
        assert session.execute(text("PRAGMA journal_mode")).scalar() == "wal"


@pytest.mark.sqlite
def test_a_file_that_is_no_database_is_one_sentence(tmp_path: Path) -> None:
    file = tmp_path / "notes.txt"
    file.write_text("not a database, but long enough to look like a header of one" * 20)
    with pytest.raises(StoreFailed, match=r"notes\.txt: the store failed: it is no database"):
        Store(f"sqlite:///{file}").upgrade()


def test_the_same_record_again_adds_nothing(store: Store) -> None:
    first = save(store, captured("1", "A title"), DAY)
    again = save(store, captured("1", "A title"), LATER)
    assert first.new == first.ids == again.ids
    assert again.new == ()
    with store.transaction() as session:
        assert len(session.scalars(select(RecordVersionRow)).all()) == 1
        assert len(session.scalars(select(PayloadRow)).all()) == 1


def test_a_changed_record_keeps_its_old_version(store: Store) -> None:
    number = save(store, captured("1", "A title"), DAY).ids[0]
    save(store, captured("1", "A title, corrected"), LATER)
    with store.transaction() as session:
        titles = [record.title for record in record_rows.versions_of(session, number)]
        newest = record_rows.records_of(session, "topic")
    assert titles == ["A title", "A title, corrected"]
    assert [(stored.sequence, stored.record.title) for stored in newest] == [
        (2, "A title, corrected")
    ]


def test_a_payload_comes_back_byte_for_byte(store: Store) -> None:
    payload = Payload("<a>ü</a>\r\n".encode(), "application/xml")
    with store.transaction() as session:
        sha256 = record_rows.save_payload(session, payload)
    with store.transaction() as session:
        assert record_rows.load_payload(session, sha256) == payload


def test_a_watermark_never_moves_back(store: Store) -> None:
    with store.transaction() as session:
        run_rows.move_watermark(session, "topic", "medline", "pubmed", LATER, version=("a", "m"))
        run_rows.move_watermark(session, "topic", "medline", "pubmed", DAY, version=("a", "m"))
        watermark = run_rows.watermark(session, "topic", "medline", "pubmed", ("a", "m"))
    assert watermark is not None
    assert watermark.covered_until == LATER


def test_a_watermark_is_that_of_one_version(store: Store) -> None:
    place = ("topic", "medline", "pubmed")
    with store.transaction() as session:
        run_rows.move_watermark(session, *place, LATER, version=("a", "m"))
        run_rows.move_watermark(session, *place, DAY, version=("b", "m"))
        of_a, of_b, other_mesh = (
            run_rows.watermark(session, *place, version)
            for version in (("a", "m"), ("b", "m"), ("b", "n"))
        )
    assert (of_a, other_mesh) == (None, None)
    assert of_b is not None
    assert of_b.covered_until == DAY


def test_an_unfinished_run_is_taken_up_again(store: Store) -> None:
    with store.transaction() as session:
        run = run_rows.begin(session, INPUTS, run_rows.SURVEILLANCE, CLOCK, None)
        run_rows.finish_stage(session, run, "search", {"identified": 3})
    with store.transaction() as session:
        again = run_rows.begin(session, INPUTS, run_rows.SURVEILLANCE, CLOCK, None)
    assert again.id == run.id
    assert again.finished_stages == ("search",)


@pytest.mark.parametrize(
    ("inputs", "kind", "clock"),
    [
        (RunInputs("topic", (("criteria.toml", "b2"),), INPUTS.rule_versions), "surveillance", 0),
        (INPUTS, "import Embase", 0),
        (INPUTS, "surveillance", 7),
    ],
    ids=["other inputs", "another kind", "another day"],
)
def test_another_run_is_not_the_unfinished_one(
    store: Store, inputs: RunInputs, kind: str, clock: int
) -> None:
    with store.transaction() as session:
        first = run_rows.begin(session, INPUTS, run_rows.SURVEILLANCE, CLOCK, None)
        second = run_rows.begin(session, inputs, kind, CLOCK.replace(day=2 + clock), None)
    assert second.id != first.id


def test_a_failed_transaction_leaves_nothing(store: Store) -> None:
    with pytest.raises(RuntimeError), store.transaction() as session:
        record_rows.save_captured(
            session, [captured("1", "A")], topic="topic", route="created", seen_on=DAY
        )
        raise RuntimeError("the power fails")
    with store.transaction() as session:
        assert record_rows.records_of(session, "topic") == []
        assert session.scalars(select(PayloadRow)).all() == []


@pytest.mark.sqlite
def test_a_copy_of_a_store_in_use_is_whole(store: Store, tmp_path: Path) -> None:
    save(store, captured("1", "A title"), DAY)
    copy_file = tmp_path / "copy.db"
    with store.transaction():
        store.backup(copy_file)
    copy = Store(f"sqlite:///{copy_file}")
    assert copy.check() == []
    with copy.transaction() as session:
        assert len(record_rows.records_of(session, "topic")) == 1
    copy.close()
    with pytest.raises(UnreadableInput, match="there already"):
        store.backup(copy_file)
