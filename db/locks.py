"""One holder of a name at a time, across processes and machines; let go when its process ends.

PostgreSQL: a session's advisory lock on a connection of its own, which the server drops with the
session. SQLite: a lock of the operating system on a file beside the store. Both end with their
holder, also when it is killed.
"""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote

from filelock import FileLock, Timeout
from sqlalchemy import Connection, Engine, text

from db.engines import lock_key
from surveillance.errors import Busy

#: Seconds between two tries of somebody who waits.
_PAUSE = 0.2
#: Bytes of a lock file that are read: who holds it stands on one line.
_LONGEST = 200

#: Raises the database's error where the lock is no longer held.
StillHeld = Callable[[], None]

_NAME_SESSION = text("SELECT set_config('application_name', :name, false)")
_TRY = text("SELECT pg_try_advisory_lock(:key)")
_HOLDER_OF = text("""
SELECT application_name, to_char(backend_start AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI')
FROM pg_locks JOIN pg_stat_activity USING (pid)
WHERE locktype = 'advisory' AND granted AND objsubid = 1
  AND pg_locks.database = (SELECT oid FROM pg_database WHERE datname = current_database())
  AND (CAST(classid AS bigint) << 32) | CAST(objid AS bigint) = :key
""")


@contextmanager
def file_lock(store_file: Path, name: str, wait_seconds: float) -> Iterator[StillHeld]:
    """Hold `name` beside a SQLite store; raises `Busy` where somebody else does."""
    file = store_file.with_name(f"{store_file.name}.{quote(name, safe='')}.lock")
    lock = FileLock(file, timeout=wait_seconds, fallback_to_soft=False)
    try:
        lock.acquire()
    except Timeout:
        raise _busy(name, _written(file)) from None
    try:
        file.write_text(f"{_whoami()} since {datetime.now(UTC):%Y-%m-%d %H:%M} UTC\n", "utf-8")
        yield lambda: None
    finally:
        lock.release()


@contextmanager
def session_lock(engine: Engine, name: str, wait_seconds: float) -> Iterator[StillHeld]:
    """Hold `name` in a PostgreSQL database; raises `Busy` where somebody else does."""
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as session:
        # Out of the pool: the lock belongs to this session and ends with it.
        session.detach()
        _take(session, name, time.monotonic() + wait_seconds)
        yield lambda: session.execute(text("SELECT 1")).close()


def _take(session: Connection, name: str, deadline: float) -> None:
    session.execute(_NAME_SESSION, {"name": _whoami()})
    key = {"key": lock_key(name)}
    while not session.execute(_TRY, key).scalar():
        if time.monotonic() >= deadline:
            holder = session.execute(_HOLDER_OF, key).first()
            raise _busy(name, f"{holder[0]} since {holder[1]} UTC" if holder else "")
        time.sleep(_PAUSE)


def _whoami() -> str:
    # PostgreSQL keeps 63 bytes of a session's name.
    return f"process {os.getpid()} on {socket.gethostname()}"[:63]


def _written(file: Path) -> str:
    try:
        with file.open(encoding="utf-8", errors="replace") as stream:
            return stream.read(_LONGEST).strip()
    except OSError:
        return ""


def _busy(name: str, holder: str) -> Busy:
    who = f" ({holder})" if holder else ""
    return Busy(
        f"another run of {name} is under way{who}.",
        hint="Nothing was begun; run again when it is done.",
    )
