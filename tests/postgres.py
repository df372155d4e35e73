"""A PostgreSQL cluster of the tests' own: a folder that comes and goes, on a Unix socket alone."""

from __future__ import annotations

import ctypes
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psycopg

from db.session import Store

#: The system's own user: PostgreSQL refuses to run as root.
OWNER = "postgres"
#: Nothing of it outlives the tests, so nothing waits for the disk.
SETTINGS = (
    "listen_addresses=",
    "fsync=off",
    "synchronous_commit=off",
    "full_page_writes=off",
    "autovacuum=off",
    "max_connections=60",
    "shared_buffers=64MB",
)
TEMPLATE = "migrated"
START_LIMIT = 60


def binaries() -> Path | None:
    """The newest PostgreSQL server that Debian's package or the path has; None without one."""
    found = shutil.which("initdb")
    if found:
        return Path(found).parent
    installed = Path("/usr/lib/postgresql").glob("*/bin/initdb")
    folders = sorted((file.parent for file in installed), key=lambda folder: folder.parent.name)
    return folders[-1] if folders else None


class Cluster:
    """A running server; databases in it are copies of one whose tables are up to date."""

    def __init__(self, folder: Path, server: subprocess.Popen[bytes]) -> None:
        self.folder = folder
        self.server = server
        self._made = 0

    def url(self, database: str) -> str:
        """The address of a database for `Store`."""
        return f"postgresql://surveil@/{database}?host={self.folder}"

    def database(self, *, empty: bool = False, like: str = "") -> str:
        """The address of a fresh database: with tables, empty, or with all that another holds."""
        self._made += 1
        name = f"test_{self._made}"
        template = _name(like) if like else "template0" if empty else TEMPLATE
        self.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
        return self.url(name)

    def drop(self, url: str) -> None:
        """Remove a database, whoever is still connected to it."""
        self.execute(f"DROP DATABASE IF EXISTS {_name(url)} WITH (FORCE)")

    def execute(self, statement: str, database: str = "postgres") -> list[tuple[object, ...]]:
        """Run a statement as the cluster's owner; the rows, if there are any."""
        with psycopg.connect(self.url(database), autocommit=True) as connection:
            cursor = connection.execute(statement.encode())
            return cursor.fetchall() if cursor.description else []


def _name(url: str) -> str:
    return url.partition("@/")[2].partition("?")[0]


@contextmanager
def running_cluster(programs: Path) -> Iterator[Cluster]:
    """A cluster with its template; stopped and removed at the end."""
    # A socket's path has at most 107 bytes, so it can't lie in pytest's folder.
    folder = Path(tempfile.mkdtemp(prefix="surveil-pg-", dir="/tmp"))
    user = OWNER if os.geteuid() == 0 else None
    if user:
        os.chown(folder, pwd.getpwnam(user).pw_uid, pwd.getpwnam(user).pw_gid)
    data = folder / "data"
    initdb = [str(programs / "initdb"), "-D", str(data), "-U", "surveil", "-A", "trust", "-N"]
    run = [*initdb, "-E", "UTF8", "--locale=C.UTF-8"]
    subprocess.run(run, user=user, cwd=folder, check=True, capture_output=True, timeout=120)
    options = [part for setting in SETTINGS for part in ("-c", setting)]
    with (folder / "server.log").open("wb") as log:
        server = subprocess.Popen(
            [str(programs / "postgres"), "-D", str(data), "-k", str(folder), *options],
            user=user,
            cwd=folder,
            stdout=log,
            stderr=log,
            # Ctrl-C is for the tests; the server is stopped when they are done.
            start_new_session=True,
            preexec_fn=_end_with_the_tests,  # noqa: PLW1509 - no other thread holds anything
        )
    try:
        cluster = Cluster(folder, server)
        _wait_until_it_answers(cluster)
        _make_template(cluster)
        yield cluster
    finally:
        _stop(server)
        shutil.rmtree(folder, ignore_errors=True)


def _end_with_the_tests() -> None:
    """On Linux the server stops when the tests are killed and cannot stop it."""
    if sys.platform == "linux":
        set_parent_death_signal = 1
        ctypes.CDLL(None).prctl(set_parent_death_signal, signal.SIGINT)


def _wait_until_it_answers(cluster: Cluster) -> None:
    deadline = time.monotonic() + START_LIMIT
    while time.monotonic() < deadline and cluster.server.poll() is None:
        with suppress(psycopg.OperationalError):
            cluster.execute("SELECT 1")
            return
        time.sleep(0.05)
    said = (cluster.folder / "server.log").read_text(errors="replace")
    raise RuntimeError(f"PostgreSQL did not start: {said[-2000:]}")


def _make_template(cluster: Cluster) -> None:
    cluster.execute(f"CREATE DATABASE {TEMPLATE} TEMPLATE template0")
    store = Store(cluster.url(TEMPLATE))
    store.upgrade()
    store.close()


def _stop(server: subprocess.Popen[bytes]) -> None:
    # SIGINT is its fast shutdown: sessions are ended, nothing is waited for.
    server.send_signal(signal.SIGINT)
    try:
        server.wait(timeout=30)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait()
