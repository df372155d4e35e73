"""A store of any earlier release is brought up to date with all it holds, or left as it was."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, MetaData, Table

from db.models import NEWEST_REVISION, Base
from db.session import Store
from surveillance.pipeline.demonstration import LATER_WEEK, PUBLISHED_SEARCH
from surveillance.pipeline.running import run_topic
from tests.world import World, store_url, world

MIGRATIONS = Path(__file__).parents[2] / "db" / "migrations"
EARLIER = [
    script.revision
    for script in ScriptDirectory(str(MIGRATIONS)).walk_revisions()
    if script.revision != NEWEST_REVISION
]
DAY = date(2024, 8, 2)
MOMENT = datetime(2024, 8, 2, 23, 59, 59, tzinfo=UTC)


def test_the_newest_revision_is_the_last_migration() -> None:
    assert ScriptDirectory(str(MIGRATIONS)).get_heads() == [NEWEST_REVISION]


def migrated(connection: Connection, revision: str) -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    command.upgrade(config, revision)


def tables_of(connection: Connection) -> list[Table]:
    """The tables as this revision has them, read from the database itself; parents first."""
    metadata = MetaData()
    metadata.reflect(connection)
    return [table for table in metadata.sorted_tables if table.name != "alembic_version"]


def a_value(column: sa.Column[Any], row: int) -> Any:
    """What a release might have written there; its own words do not matter here."""
    if column.foreign_keys:
        (key,) = column.foreign_keys
        parent = key.column
        return None if column.nullable else a_value(parent, row)
    kind = column.type
    if isinstance(kind, sa.DateTime):
        return MOMENT
    made: dict[type[Any], Callable[[], Any]] = {
        sa.Boolean: lambda: row % 2 == 0,
        sa.Integer: lambda: row,
        sa.Float: lambda: row / 8,
        sa.Date: lambda: DAY,
        sa.JSON: lambda: {"key": ["“ä”", row, None]},
        sa.LargeBinary: lambda: bytes([0, row, 255]),
        sa.String: lambda: f"{column.table.name} {column.name} {row}: “ß”",
    }
    return next(make() for is_kind, make in made.items() if isinstance(kind, is_kind))


def fill(connection: Connection) -> dict[str, list[dict[str, Any]]]:
    """Three rows in every table; what was written, by table."""
    written: dict[str, list[dict[str, Any]]] = {}
    for table in tables_of(connection):
        rows = [{c.name: a_value(c, row) for c in table.columns} for row in (1, 2, 3)]
        connection.execute(table.insert(), rows)
        written[table.name] = [as_read(row) for row in rows]
    advance_counters(connection)
    return written


def advance_counters(connection: Connection) -> None:
    """PostgreSQL counts by itself; numbers that were given must be told to it."""
    if connection.dialect.name != "postgresql":
        return
    for table in tables_of(connection):
        if "id" in table.c:
            next_one = sa.func.coalesce(sa.func.max(table.c.id), 0) + 1
            counter = sa.func.pg_get_serial_sequence(f'"{table.name}"', "id")
            connection.execute(sa.select(sa.func.setval(counter, next_one, sa.false())))


def as_read(row: dict[str, Any]) -> dict[str, Any]:
    """A row in a form that is the same whichever database it was read from."""
    plain = {
        key: value.replace(tzinfo=None) if isinstance(value, datetime) else value
        for key, value in row.items()
    }
    read: dict[str, Any] = json.loads(json.dumps(plain, default=str))
    return read


def read_all(connection: Connection) -> dict[str, list[dict[str, Any]]]:
    return {
        table.name: [
            as_read(dict(row))
            for row in connection.execute(table.select().order_by(*table.primary_key)).mappings()
        ]
        for table in tables_of(connection)
    }


@contextmanager
def at_revision(folder: Path, revision: str) -> Iterator[Store]:
    store = Store(store_url(folder, empty=True))
    with store.engine.begin() as connection:
        migrated(connection, revision)
    yield store
    store.close()


def test_from_nothing_the_migrations_make_what_the_program_expects(tmp_path: Path) -> None:
    store = Store(store_url(tmp_path, empty=True))
    assert store.revision() is None
    assert "surveil db upgrade" in store.check()[0]
    store.upgrade()
    assert store.revision() == NEWEST_REVISION
    assert store.check() == []
    store.upgrade()
    assert store.check() == []
    store.close()


@pytest.mark.parametrize("revision", EARLIER)
def test_no_row_of_an_earlier_release_is_lost_or_changed(revision: str, tmp_path: Path) -> None:
    with at_revision(tmp_path, revision) as store:
        with store.engine.begin() as connection:
            before = fill(connection)
        assert all(len(rows) == 3 for rows in before.values())
        assert f"at revision {revision}" in store.check()[0]
        store.upgrade()
        assert store.check() == []
        with store.engine.begin() as connection:
            after = read_all(connection)
        for name, rows in before.items():
            kept = [{key: row[key] for key in rows[0]} for row in after[name]]
            assert kept == rows, name


@pytest.mark.parametrize("revision", EARLIER)
def test_a_failing_migration_leaves_the_store_as_it_was(revision: str, tmp_path: Path) -> None:
    with at_revision(tmp_path, revision) as store:
        with store.engine.begin() as connection:
            fill(connection)
            before = read_all(connection)
        with failing_at_its_end(store), pytest.raises(RuntimeError, match="the power fails"):
            store.upgrade()
        assert store.revision() == revision
        with store.engine.begin() as connection:
            assert read_all(connection) == before
        store.upgrade()
        assert store.check() == []


@contextmanager
def failing_at_its_end(store: Store) -> Iterator[None]:
    """Fail where the newest revision is written down: every table has been changed by then."""

    def fail(connection: object, cursor: object, statement: str, parameters: Any, *_: Any) -> None:
        said = f"{statement} {parameters}"
        if "UPDATE alembic_version" in said and f"'{NEWEST_REVISION}'" in said:
            raise RuntimeError("the power fails")

    sa.event.listen(store.engine, "before_cursor_execute", fail)
    try:
        yield
    finally:
        sa.event.remove(store.engine, "before_cursor_execute", fail)


@pytest.mark.slow
@pytest.mark.parametrize("revision", EARLIER)
def test_a_run_goes_on_from_a_store_of_an_earlier_release(revision: str, tmp_path: Path) -> None:
    """What a run left is put into the tables of then, as far as they had room for it."""
    store_url(tmp_path / "then", empty=True)
    with world(tmp_path / "now") as made, world(tmp_path / "then") as older:
        run_topic(made.topic, made.settings, until=PUBLISHED_SEARCH)
        with at_revision(older.folder, revision) as store:
            copy_rows(made, store)
        made.simulator.as_of = older.simulator.as_of = LATER_WEEK
        run_topic(made.topic, made.settings, until=LATER_WEEK)
        run_topic(older.topic, older.settings, until=LATER_WEEK)
        expected, found = made.facts(), older.facts()
    for table in ("record", "record_version", "topic_record", "report", "alert", "watermark"):
        assert expected[table], table
        assert found[table] == expected[table], table


def copy_rows(made: World, into: Store) -> None:
    source = Store(made.settings.store_url)
    with source.engine.begin() as now, into.engine.begin() as then:
        for table in tables_of(then):
            columns = [Base.metadata.tables[table.name].c[column.name] for column in table.columns]
            order = Base.metadata.tables[table.name].primary_key
            rows = [
                dict(row) for row in now.execute(sa.select(*columns).order_by(*order)).mappings()
            ]
            if rows:
                then.execute(table.insert(), rows)
        advance_counters(then)
    source.close()
