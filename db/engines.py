"""A database's engine: SQLite in WAL mode, or PostgreSQL; on both one writer at a time.

Every transaction but a `READING` one may write, and what it writes rests on what it read before:
the next sequence of a version, whether a record is new to the topic. So each asks for the store at
its beginning and waits its turn, on both databases alike. A run asks its sources between
transactions, so that runs of several topics still go side by side.

SQLite: BEGIN IMMEDIATE. One that turned from reader to writer after another process committed
would fail at once, without waiting.

PostgreSQL: an advisory lock that the transaction holds to its end, at READ COMMITTED. With its
SERIALIZABLE, two such transactions would run at once and one of them would fail at its end, with
an hour's work; at REPEATABLE READ the snapshot would be taken before the wait for the lock and
miss what the other one wrote (PostgreSQL's documentation, 13.2 and 13.4). After the wait every
statement sees all that was committed, and nobody who comes through here can add to it.

A `READING` transaction waits for nobody: it sees what was committed when it began, on SQLite from
the WAL, on PostgreSQL at REPEATABLE READ, and cannot write.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError

from surveillance.errors import UnreadableInput

#: Seconds that a transaction waits for its turn.
PATIENCE = 60

#: The execution option of a connection whose transactions only read.
READING = "surveil_reading"

_SQLITE_PRAGMAS = (
    f"busy_timeout={PATIENCE * 1000}",
    "journal_mode=WAL",
    "foreign_keys=ON",
    "synchronous=FULL",
)
#: Moments come back in UTC; a client that vanished with its machine gives its locks back in two
#: minutes.
_POSTGRESQL_SETTINGS = (
    "SET TIME ZONE 'UTC'",
    f"SET lock_timeout = '{PATIENCE}s'",
    "SET tcp_keepalives_idle = 60",
    "SET tcp_keepalives_interval = 15",
    "SET tcp_keepalives_count = 4",
)


def store_url(address: str) -> URL:
    """The address of a store; raises `UnreadableInput` where it names neither database."""
    try:
        url = make_url(address)
    except ArgumentError:
        # The text is not quoted: it may hold a password.
        raise UnreadableInput("the store's address cannot be read.", hint=_FORMS) from None
    if url.drivername in {"postgresql", "postgres"}:
        return url.set(drivername="postgresql+psycopg")
    if url.drivername not in {"sqlite", "sqlite+pysqlite", "postgresql+psycopg"}:
        raise UnreadableInput(f"a store is not kept in “{url.drivername}”.", hint=_FORMS)
    if url.get_backend_name() == "sqlite" and url.database in {None, "", ":memory:"}:
        raise UnreadableInput("a store in memory would forget everything.", hint=_FORMS)
    return url


_FORMS = "Write sqlite:///file or postgresql://user@host/database."


def open_engine(url: URL) -> Engine:
    """The engine of a store; it connects when it is first used."""
    if url.get_backend_name() == "sqlite":
        engine = create_engine(url)
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_immediately)
    else:
        # A connection may have been cut while a source was asked for an hour: try it first.
        engine = create_engine(url, pool_pre_ping=True, isolation_level="READ COMMITTED")
        event.listen(engine, "connect", _prepare_postgresql)
        event.listen(engine, "begin", _take_turn)
    return engine


@contextmanager
def unchecked_references(connection: Connection) -> Iterator[None]:
    """Have SQLite not look at references while a migration replaces a table that others refer to.

    It can only be said outside a transaction; the migration looks at all of them at its end
    (SQLite's documentation, "Making Other Kinds Of Table Schema Changes").
    """
    if connection.dialect.name != "sqlite":
        yield
        return
    sqlite: Any = connection.connection.driver_connection
    sqlite.execute("PRAGMA foreign_keys=OFF")
    try:
        yield
    finally:
        sqlite.execute("PRAGMA foreign_keys=ON")


def lock_key(name: str) -> int:
    """A number of 64 bits for an advisory lock, the same for a name on every machine."""
    digest = hashlib.blake2b(f"surveil {name}".encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True)


_TURN = lock_key("one transaction at a time")


def _prepare_sqlite(connection: sqlite3.Connection, _: object) -> None:
    # The driver's own transaction handling commits before DDL, which would leave a migration
    # half done; with isolation_level None it is SQLAlchemy that says BEGIN (its documentation,
    # "Serializable isolation / Savepoints / Transactional DDL").
    connection.isolation_level = None
    for pragma in _SQLITE_PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")


def _begin_immediately(connection: Connection) -> None:
    reading = bool(connection.get_execution_options().get(READING))
    # The connection may have been somebody else's before: it is told in either case.
    connection.exec_driver_sql(f"PRAGMA query_only={int(reading)}")
    connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")


def _prepare_postgresql(connection: Any, _: object) -> None:
    with connection.cursor() as cursor:
        for setting in _POSTGRESQL_SETTINGS:
            cursor.execute(setting)
    connection.commit()


def _take_turn(connection: Connection) -> None:
    # A session that holds a name (db.locks) has no transactions, and nobody waits for it.
    if connection.get_execution_options().get("isolation_level") == "AUTOCOMMIT":
        return
    if connection.get_execution_options().get(READING):
        connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        return
    connection.exec_driver_sql("SELECT pg_advisory_xact_lock(%s)", (_TURN,))
