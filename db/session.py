"""The store opened, brought up to date, checked, locked and copied: SQLite or PostgreSQL."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from sqlalchemy import Connection, inspect, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from db.engines import READING, open_engine, store_url, unchecked_references
from db.faults import store_failed
from db.locks import StillHeld, file_lock, session_lock
from db.models import NEWEST_REVISION
from surveillance.errors import Place, StoreFailed, UnreadableInput


class _Held(threading.local):
    """The names that a thread holds: on the page one person's lock is no other person's."""

    def __init__(self) -> None:
        self.locks: list[StillHeld] = []


class Store:
    """A database that holds what was seen and decided; every change is one transaction."""

    def __init__(self, url: str) -> None:
        self._address = store_url(url)
        self.url = self._address.render_as_string(hide_password=False)
        self.engine = open_engine(self._address)
        self._held = _Held()

    @property
    def is_there(self) -> bool:
        """False for a SQLite file that nobody has made; asking does not make it."""
        file = self._file
        return file is None or file.exists()

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """A session that commits as a whole at the end, or not at all.

        Raises `StoreFailed` where the database fails, or where what `exclusive` holds was lost.
        """
        with self._failing_in_a_sentence():
            for still_held in self._held.locks:
                still_held()
            with Session(self.engine, expire_on_commit=False) as session, session.begin():
                yield session

    @contextmanager
    def snapshot(self) -> Iterator[Session]:
        """A session that only reads what was committed when it began, and waits for nobody.

        Raises `StoreFailed` where the database fails.
        """
        with self._failing_in_a_sentence():
            reading = self.engine.execution_options(**{READING: True})
            with Session(reading, expire_on_commit=False) as session, session.begin():
                yield session

    @contextmanager
    def exclusive(self, name: str, wait_seconds: float = 0) -> Iterator[None]:
        """Be the only holder of `name` on this store, across processes and machines.

        Raises `Busy`, which says who holds it, after `wait_seconds`. It ends with its process,
        also when that is killed.
        """
        file = self._file
        lock = (
            session_lock(self.engine, name, wait_seconds)
            if file is None
            else file_lock(file, name, wait_seconds)
        )
        with self._failing_in_a_sentence(), lock as still_held:
            self._held.locks.append(still_held)
            try:
                yield
            finally:
                self._held.locks.remove(still_held)

    def upgrade(self) -> None:
        """Bring the tables to the newest revision, wholly or not at all."""
        with (
            self._failing_in_a_sentence(),
            self.engine.connect() as connection,
            unchecked_references(connection),
            connection.begin(),
        ):
            if _revision(connection) == NEWEST_REVISION:
                return
            # Nearly every start ends above: Alembic is loaded for the others alone.
            from db.migrating import migrate  # noqa: PLC0415

            migrate(connection)
            if strays := _stray_references(connection):
                raise StoreFailed(f"the store was left as it was: {strays[0]}")

    def revision(self) -> str | None:
        """The revision that the tables are at, None for an empty database or none at all."""
        if not self.is_there:
            return None
        with self._connected() as connection:
            return _revision(connection)

    def check(self) -> list[str]:
        """What is wrong with the store, a sentence each; empty where all is well."""
        revision = self.revision()
        if revision != NEWEST_REVISION:
            return [
                f"the tables are at revision {revision or 'none'}, "
                f"the program needs {NEWEST_REVISION}: run `surveil db upgrade`."
            ]
        from db.migrating import structure_faults  # noqa: PLC0415 — as above

        with self._connected() as connection:
            return [*structure_faults(connection), *_integrity_faults(connection)]

    def backup(self, file: Path) -> None:
        """Copy a SQLite store while it is in use; written beside and renamed.

        Raises `UnreadableInput` where the store is not SQLite or not there, or `file` is.
        """
        source = self._file
        if source is None:
            raise UnreadableInput("only a SQLite store is copied this way; use pg_dump.")
        if not source.exists():
            raise UnreadableInput("there is no store yet.", place=Place(source))
        if file.exists():
            raise UnreadableInput("the file is there already.", place=Place(file))
        beside = file.with_name(f".{file.name}.part")
        with closing(sqlite3.connect(source)) as live, closing(sqlite3.connect(beside)) as copy:
            live.backup(copy)
        beside.replace(file)

    def close(self) -> None:
        """Give the connections back."""
        self.engine.dispose()

    @property
    def _file(self) -> Path | None:
        """The file of a SQLite store; None for PostgreSQL."""
        if self.engine.dialect.name != "sqlite":
            return None
        name = (self._address.database or "").removeprefix("file:").partition("?")[0]
        return Path(name)

    @contextmanager
    def _connected(self) -> Iterator[Connection]:
        with self._failing_in_a_sentence(), self.engine.begin() as connection:
            yield connection

    @contextmanager
    def _failing_in_a_sentence(self) -> Iterator[None]:
        try:
            yield
        except DBAPIError as fault:
            if failed := store_failed(fault, self._address.render_as_string(hide_password=True)):
                raise failed from None
            raise


def _revision(connection: Connection) -> str | None:
    """What Alembic notes in its own table."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    found: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
    return found


def _integrity_faults(connection: Connection) -> list[str]:
    """SQLite's own examination; PostgreSQL holds its keys itself and has pg_amcheck."""
    if connection.dialect.name != "sqlite":
        return []
    answers = connection.execute(text("PRAGMA integrity_check")).scalars().all()
    broken = [f"the database file is damaged: {answer}." for answer in answers if answer != "ok"]
    return broken + _stray_references(connection)


def _stray_references(connection: Connection) -> list[str]:
    if connection.dialect.name != "sqlite":
        return []
    strays = connection.execute(text("PRAGMA foreign_key_check")).all()
    return [f"a row of {row[0]} refers to nothing in {row[2]}." for row in strays]
