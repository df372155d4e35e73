"""That a store which lost or doubled something is told from a healthy one."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from sqlalchemy import text

from db.engines import unchecked_references
from tests.faults.cases import LARGE
from tests.faults.facts import lost_and_doubled
from tests.faults.workshop import Workshop

_COPY = "INSERT INTO {0} ({1}) SELECT {2} FROM {0} LIMIT 1"


@pytest.mark.parametrize(
    "table",
    [
        *("topic_record", "record_version", "match", "pair_decision", "screening_decision"),
        *("topic_registration", "registration_match", "signal", "alert", "watermark", "known_item"),
    ],
)
def test_a_row_that_is_gone_is_lost(shop: Workshop, tmp_path: Path, table: str) -> None:
    changed = f"DELETE FROM {table} WHERE rowid = (SELECT max(rowid) FROM {table})"
    lost, doubled = difference(shop, tmp_path, changed)
    assert [one.partition(":")[0] for one in lost if one.startswith(f"{table}:")] == [table]
    assert [one for one in doubled if one.startswith(f"{table}:")] == []


def test_a_signal_that_is_raised_twice_is_doubled(shop: Workshop, tmp_path: Path) -> None:
    columns = "topic, key, content, raised_on, run_id"
    again = _COPY.format("signal", columns, columns.replace("key", "key || ' again'"))
    lost, doubled = difference(shop, tmp_path, again)
    assert (lost, len(doubled)) == ([], 1)


@pytest.mark.parametrize(
    "changed",
    [
        "UPDATE watermark SET covered_until = '2024-08-10' WHERE strategy = 'medline'",
        "UPDATE record SET deleted_on = '2024-08-16' WHERE source_id = '90000007'",
        "UPDATE report_record SET report_id = (SELECT min(report_id) FROM report_record)",
        "UPDATE topic_record SET first_seen_on = '2024-08-10'",
        "UPDATE alert SET state = 'waiting'",
    ],
)
def test_a_fact_that_changed_is_lost_and_another_came(
    shop: Workshop, tmp_path: Path, changed: str
) -> None:
    lost, doubled = difference(shop, tmp_path, changed)
    assert lost
    assert doubled


def test_a_digest_that_was_not_written_is_missed(shop: Workshop, tmp_path: Path) -> None:
    week = shop.healthy(LARGE)[2]
    work = shop.workspace(tmp_path / "workspace")
    shutil.copytree(week.folder, work.folder, dirs_exist_ok=True)
    assert work.told() == week.told
    next((work.folder / "alerts").glob("*.txt")).unlink()
    assert len(work.told()) == len(week.told) - 1


def difference(shop: Workshop, folder: Path, change: str) -> tuple[list[str], list[str]]:
    week = shop.healthy(LARGE)[2]
    work = shop.workspace(folder / "workspace")
    shutil.copytree(week.folder, work.folder, dirs_exist_ok=True)
    assert lost_and_doubled(week.facts, work.facts()) == ([], [])
    with (
        work.opened() as store,
        store.engine.connect() as connection,
        unchecked_references(connection),
    ):
        connection.execute(text(change))
        connection.commit()
    return lost_and_doubled(week.facts, work.facts())
