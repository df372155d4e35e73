"""Death at any moment of writing: around each statement that writes, each commit, each new file.

A process that is killed leaves what was committed, and no more. Here either this attempt alone dies
(`Died` is no `Exception`, and its connections are closed as the system closes those of a process
that is gone) or the process does, by SIGKILL.
"""

from __future__ import annotations

import gc
import os
import signal
import sqlite3
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

import psycopg
from sqlalchemy import Engine, event
from sqlalchemy.orm import Session

_WRITES = ("INSERT", "UPDATE", "DELETE")


class Died(BaseException):
    """The attempt was killed."""


class Death:
    """Counts the moments of writing, and dies at the one of number `at` (0: never)."""

    def __init__(self) -> None:
        self.moments = 0
        self._at = 0
        self._struck = False
        self._die: Callable[[], None] = _stop
        self._connections: list[Any] = []
        event.listen(Engine, "connect", self._connected)
        event.listen(Engine, "before_cursor_execute", self._statement)
        event.listen(Engine, "after_cursor_execute", self._statement)
        event.listen(Engine, "commit", self._moment)
        event.listen(Session, "after_commit", self._moment)
        sys.addaudithook(self._file)

    @contextmanager
    def coming(self, at: int, *, of_process: bool = False) -> Iterator[None]:
        """Die at a moment inside the block."""
        self.moments, self._at, self._struck = 0, at, False
        self._connections.clear()
        self._die = _kill if of_process else _stop
        try:
            yield
        except BaseException as fault:
            if not self._struck:
                raise
            # What a cleanup met on the way out, nobody who is dead can meet.
            self._drop_connections()
            raise Died from fault
        finally:
            self._at = 0

    def moment(self) -> None:
        """A moment that is not of writing, told by whoever watches it."""
        self._moment()

    def _drop_connections(self) -> None:
        """Close what SQLAlchemy did not get to."""
        for connection in self._connections:
            with suppress(sqlite3.ProgrammingError, psycopg.Error):  # it is closed
                connection.rollback()
                connection.close()

    def _connected(self, connection: Any, _: object) -> None:
        self._connections.append(connection)

    def _statement(self, _c: object, _k: object, statement: str, *_: Any) -> None:
        if statement.lstrip().startswith(_WRITES):
            self._moment()

    def _moment(self, _: object = None) -> None:
        self.moments += 1
        if self.moments == self._at:
            self._at, self._struck = 0, True
            self._die()

    def _file(self, what: str, of: tuple[Any, ...]) -> None:
        """Before a digest takes its place under its name."""
        if what == "os.rename" and "alerts" in str(of[1]):
            self._moment()


def forgotten() -> None:
    """Let go of the cursors of whoever died: SQLite keeps a transaction as long as one is there."""
    gc.collect()


def _stop() -> None:
    raise Died


def _kill() -> None:
    os.kill(os.getpid(), signal.SIGKILL)
