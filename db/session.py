"""The store opened, brought up to date, checked and copied. SQLite runs in WAL mode."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, create_engine, event, make_url, text
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session

from db.models import Base
from surveillance.errors import Place, UnreadableInput

#: Every transaction may write, so it asks for the right at its beginning: one that turned from
#: reader to writer after another process committed would fail at once, without waiting.
BEGIN = "BEGIN IMMEDIATE"

_MIGRATIONS = Path(__file__).parent / "migrations"


class Store:
    """A database that holds what was seen and decided; every change is one transaction."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.engine = _engine(url)

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """A session that commits as a whole at the end, or not at all."""
        with Session(self.engine, expire_on_commit=False) as session, session.begin():
            yield session

    def upgrade(self) -> None:
        """Bring the tables to the newest revision; nothing happens where they are."""
        with self._connected() as connection:
            command.upgrade(_config(connection), "head")

    def revision(self) -> str | None:
        """The revision that the tables are at, None for an empty database."""
        with self._connected() as connection:
            return MigrationContext.configure(connection).get_current_revision()

    def check(self) -> list[str]:
        """What is wrong with the store, a sentence each; empty where all is well."""
        with self._connected() as connection:
            revision = MigrationContext.configure(connection).get_current_revision()
            if revision != newest_revision():
                return [
                    f"the tables are at revision {revision or 'none'}, "
                    f"the program needs {newest_revision()}: run `surveil db upgrade`."
                ]
            return [*_structure_faults(connection), *_integrity_faults(connection)]

    def backup(self, file: Path) -> None:
        """Copy a SQLite store while it is in use; written beside and renamed.

        Raises `UnreadableInput` where the store is not SQLite or `file` is there already.
        """
        source = make_url(self.url).database
        if not self.url.startswith("sqlite") or not source:
            raise UnreadableInput("only a SQLite store is copied this way; use pg_dump.")
        if file.exists():
            raise UnreadableInput("the file is there already.", place=Place(file))
        beside = file.with_name(f".{file.name}.part")
        with closing(sqlite3.connect(source)) as live, closing(sqlite3.connect(beside)) as copy:
            live.backup(copy)
        beside.replace(file)

    def close(self) -> None:
        """Give the connections back."""
        self.engine.dispose()

    @contextmanager
    def _connected(self) -> Iterator[Any]:
        try:
            with self.engine.begin() as connection:
                yield connection
        except DatabaseError as fault:
            reason = str(fault.orig).splitlines()[0]
            raise UnreadableInput(
                f"the store cannot be opened: {reason}.",
                place=Place(make_url(self.url).render_as_string(hide_password=True)),
                hint="Is it a database of this program, and may you write there?",
            ) from None


def newest_revision() -> str | None:
    """The revision that this program needs."""
    return ScriptDirectory(str(_MIGRATIONS)).get_current_head()


def _config(connection: Any) -> Config:
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS))
    config.attributes["connection"] = connection
    return config


def _engine(url: str) -> Engine:
    engine = create_engine(url)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", lambda connection: connection.exec_driver_sql(BEGIN))
    return engine


def _prepare_sqlite(connection: sqlite3.Connection, _: object) -> None:
    # The driver's own transaction handling commits before DDL, which would leave a migration
    # half done; with isolation_level None it is SQLAlchemy that says BEGIN (its documentation,
    # "Serializable isolation / Savepoints / Transactional DDL").
    connection.isolation_level = None
    for pragma in ("journal_mode=WAL", "foreign_keys=ON", "busy_timeout=60000", "synchronous=FULL"):
        connection.execute(f"PRAGMA {pragma}")


def _structure_faults(connection: Any) -> list[str]:
    differences = compare_metadata(MigrationContext.configure(connection), Base.metadata)
    return [f"the tables differ from what the program expects: {found}." for found in differences]


def _integrity_faults(connection: Any) -> list[str]:
    if connection.dialect.name != "sqlite":
        return []
    answers = connection.execute(text("PRAGMA integrity_check")).scalars().all()
    broken = [f"the database file is damaged: {answer}." for answer in answers if answer != "ok"]
    strays = connection.execute(text("PRAGMA foreign_key_check")).all()
    return broken + [f"a row of {row[0]} refers to nothing in {row[2]}." for row in strays]
