"""Strategies looked at in a process of their own, which is ended when it takes too long.

A text can be written so that reading it takes minutes (999 lines, each all lines before it). A
thread cannot be stopped, so what strangers paste is read beside the server, with a limit of time
and of memory. The process is kept for the next text: nobody waits for Python to start.
"""

from __future__ import annotations

import contextlib
import sys
import threading
from collections import OrderedDict
from collections.abc import Callable
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess

from surveillance.errors import Busy, SurveillanceError, UnreadableInput
from surveillance.triage.looking import Asked, Looked, look_at
from surveillance.triage.processes import beside

if sys.platform != "win32":
    import resource

#: Seconds for one text, and for another's text before it. The longest published strategy takes 1.
SECONDS = 10.0
#: Bytes of memory; NLM's whole MeSH takes some 300 million.
MOST_MEMORY = 3 * 1024**3
#: What was looked at and is kept: a topic's strategies change rarely.
_KEPT = 64
#: Seconds for Python to start on a machine that has much to do.
_STARTING = 60.0
_Key = tuple[Asked, tuple[tuple[int, int], ...]]


class Aside:
    """The one process that looks at strategies, and what it saw last."""

    def __init__(
        self, *, seconds: float = SECONDS, look: Callable[[Asked], Looked] = look_at
    ) -> None:
        self._seconds = seconds
        self._look = look
        self._turn = threading.Lock()
        self._child: tuple[BaseProcess, Connection] | None = None
        self._kept: OrderedDict[_Key, Looked] = OrderedDict()

    def look_at(self, asked: Asked) -> Looked:
        """As `looking.look_at`; raises `UnreadableInput` also where it takes too long, and `Busy`
        where others' strategies take all the time."""
        if not self._turn.acquire(timeout=self._seconds * 1.5):
            raise Busy("another strategy is being read.", hint="Try again in a few seconds.")
        try:
            return self._looked_at(asked)
        finally:
            self._turn.release()

    def close(self) -> None:
        """End the process, if there is one."""
        if self._child is not None:
            process, connection = self._child
            self._child = None
            connection.close()
            process.kill()
            process.join()

    def _looked_at(self, asked: Asked) -> Looked:
        key = asked, _stamps(asked)
        if key in self._kept:
            self._kept.move_to_end(key)
            return self._kept[key]
        answer = self._answer(asked)
        if isinstance(answer, SurveillanceError):
            raise answer
        self._kept[key] = answer
        if len(self._kept) > _KEPT:
            self._kept.popitem(last=False)
        return answer

    def _answer(self, asked: Asked) -> Looked | SurveillanceError:
        connection = self._connection()
        try:
            connection.send(asked)
            if connection.poll(self._seconds):
                answer: Looked | SurveillanceError = connection.recv()
                return answer
        except (EOFError, OSError):
            self.close()
            return UnreadableInput("this could not be read: reading it broke off.")
        self.close()
        return UnreadableInput(
            f"reading this took longer than {self._seconds:.0f} seconds, and was given up.",
            hint="`surveil strategy lint` takes its time.",
        )

    def _connection(self) -> Connection:
        if self._child is not None and self._child[0].is_alive():
            return self._child[1]
        self.close()
        context = beside()
        ours, theirs = context.Pipe()
        process = context.Process(target=_serve, args=(theirs, self._look), daemon=True)
        process.start()
        theirs.close()
        self._child = process, ours
        if not ours.poll(_STARTING):
            self.close()
            raise Busy("the reader of strategies does not start.", hint="Try again.")
        ours.recv()
        return ours


def _stamps(asked: Asked) -> tuple[tuple[int, int], ...]:
    """Of each file that counts, what tells it from another version of it."""
    files = [file for file in (asked.mesh, asked.lint_mesh, asked.mapping) if file]
    stats = [file.stat() for file in files if file.is_file()]
    return tuple((stat.st_mtime_ns, stat.st_size) for stat in stats)


def _serve(connection: Connection, look: Callable[[Asked], Looked]) -> None:
    """Look at what is sent until nobody sends any more."""
    if sys.platform != "win32":
        resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    connection.send("ready")
    with contextlib.suppress(EOFError, OSError):
        while True:
            asked = connection.recv()
            connection.send(_answered(look, asked))


def _answered(look: Callable[[Asked], Looked], asked: Asked) -> Looked | SurveillanceError:
    try:
        return look(asked)
    except SurveillanceError as fault:
        return fault
    except (RecursionError, MemoryError):
        return UnreadableInput("this is nested too deeply, or takes too much memory.")
