"""One pace for all who ask a service from this machine: NCBI counts requests per IP address.

Each topic's run may be a process of its own. They agree through a file that holds when the last
request went out. A process keeps the file locked until its own request may go, so that requests
really leave one interval apart, however late the system wakes somebody who waited.

The moment is one of the system's monotonic clock, which all processes share and nobody sets. One
that lies in the future is from before a restart, or damage, and does not count.
"""

from __future__ import annotations

import getpass
import logging
import os
import stat
import tempfile
import threading
import time
from pathlib import Path
from urllib.parse import quote, urlsplit

from filelock import FileLock, Timeout

from surveillance.errors import SourceFailed

log = logging.getLogger(__name__)

#: Seconds that somebody waits for the turns of all others.
PATIENCE = 600.0
#: Seconds between two tries to get the file.
_POLL = 0.01
_LONGEST = 64


class MachinePace:
    """Lets a request begin at most every `interval` seconds, for all processes of this user."""

    def __init__(self, file: Path, interval: float) -> None:
        self._file = file
        self._interval = interval
        # Threads of one process queue here, in turn and without asking the file over and over.
        self._lock = threading.Lock()

    def wait(self) -> None:
        """Return when the next request may begin; raises `SourceFailed` where nobody lets go."""
        turn = FileLock(self._file, timeout=PATIENCE, poll_interval=_POLL, fallback_to_soft=False)
        try:
            with self._lock, turn:
                time.sleep(self._seconds_left(time.monotonic()))
                self._file.write_text(f"{time.monotonic():.6f}\n", encoding="ascii")
        except Timeout:
            raise SourceFailed(
                f"another process has kept every request waiting for {PATIENCE:.0f} s.",
                hint=f"Does one hang? It holds {self._file}.",
            ) from None

    def _seconds_left(self, now: float) -> float:
        try:
            with self._file.open("rb") as stream:
                last = float(stream.read(_LONGEST))
        except (OSError, ValueError):
            return 0.0
        return max(0.0, last + self._interval - now) if last <= now else 0.0


def pace_file(service: str) -> Path | None:
    """The file on which all processes of this user agree about a service, by its host and port.

    None where no such file can be kept; each process then has a pace of its own.
    """
    parts = urlsplit(service)
    name = quote(f"{parts.hostname}:{parts.port or parts.scheme}", safe=":")
    folder = Path(tempfile.gettempdir()) / f"surveil-{_user()}"
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        if _is_ours(folder):
            return folder / f"{name}.pace"
    except OSError:
        pass
    log.warning("%s cannot be used: other processes do not know how fast we ask", folder)
    return None


def _user() -> str:
    return str(os.getuid()) if hasattr(os, "getuid") else getpass.getuser()


def _is_ours(folder: Path) -> bool:
    """The system's temporary folder is everybody's: a stranger may have put something there."""
    found = folder.lstat()
    owned = not hasattr(os, "getuid") or found.st_uid == os.getuid()
    return owned and stat.S_ISDIR(found.st_mode) and os.access(folder, os.W_OK)
