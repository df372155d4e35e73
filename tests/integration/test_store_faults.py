"""A store that fails: one sentence, nothing half-written, and the next run goes on."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from db import records as record_rows
from db import runs as run_rows
from db.facts import Fact
from db.session import Store
from surveillance.cli import main
from surveillance.errors import StoreFailed, UnreadableInput
from surveillance.pipeline.running import STAGES, run_topic
from surveillance.pipeline.walk import Walk
from surveillance.records import Captured, Payload, Record
from tests.world import Backend, PostgreSQL, World, contents, fresh_store, world

UNTIL = date(2024, 8, 2)
TOPIC = "targeted_muscle_reinnervation"
NOT_DONE = 3


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with fresh_store(tmp_path) as opened:
        yield opened


@pytest.fixture
def surveil(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., tuple[int, str]]:
    """The command as a user calls it: its exit code and what it said."""

    def call(*arguments: str) -> tuple[int, str]:
        monkeypatch.setattr(sys, "argv", ["surveil", *arguments])
        try:
            main()
        except SystemExit as end:
            said = capsys.readouterr()
            return int(end.code or 0), said.out + said.err
        return 0, "".join(capsys.readouterr())

    return call


def save(store: Store, count: int, size: int = 1_000) -> None:
    """Save records whose payloads do not compress."""
    items = [
        Captured(
            Record(source="pubmed", source_id=str(number), title=f"{number}"),
            Payload(number.to_bytes(4, "big") + noise(size), "text/plain"),
        )
        for number in range(count)
    ]
    with store.transaction() as session:
        record_rows.save_captured(
            session, items, topic="topic", route="created", seen_on=date(2025, 1, 1)
        )


def noise(size: int) -> bytes:
    return os.urandom(size)


def on_connecting(store: Store, statement: str) -> None:
    """Have every further connection of this store say something first."""

    def say(connection: Any, _: object) -> None:
        connection.execute(statement)
        connection.commit()

    store.close()
    event.listen(store.engine, "connect", say)


@pytest.mark.sqlite
def test_a_full_disk_is_said_and_leaves_nothing_half_written(store: Store) -> None:
    """SQLite's own limit on a file's pages fails as a full disk does (SQLITE_FULL)."""
    save(store, 10)
    before = contents(store.url)
    limited = Store(store.url)
    on_connecting(limited, "PRAGMA max_page_count = 150")
    with pytest.raises(StoreFailed, match=r"surveil\.db: the store failed: there is no room left"):
        save(limited, 500)
    limited.close()
    assert contents(store.url) == before
    assert store.check() == []
    save(store, 500)
    assert len(contents(store.url)["record"]) == 500


@contextmanager
def small_disk(folder: Path, megabytes: int) -> Iterator[Path]:
    """A file system with little room."""
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m,mode=0777", "tmpfs", str(folder)]
    if subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("only root may mount a small disk to fill")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


@pytest.mark.sqlite
def test_a_run_on_a_disk_that_fills_up_goes_on_when_there_is_room(
    tmp_path: Path, surveil: Callable[..., tuple[int, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    with small_disk(tmp_path / "disk", 2) as disk, world(disk / "workspace") as made:
        for name, value in made.environment.items():
            monkeypatch.setenv(name, value)
        ballast = disk / "ballast"
        fill_up(ballast, leave=150_000)
        code, said = surveil("run", TOPIC, "--until", UNTIL.isoformat())
        assert (code, "no room left" in said) == (NOT_DONE, True), said
        ballast.unlink()
        subprocess.run(["mount", "-o", "remount,size=64m", str(disk)], check=True)
        run_topic(made.topic, made.settings, until=UNTIL)
        found = made.facts()
    with world(tmp_path / "healthy") as healthy:
        run_topic(healthy.topic, healthy.settings, until=UNTIL)
        assert found == healthy.facts()


def fill_up(file: Path, leave: int) -> None:
    file.write_bytes(bytes(shutil.disk_usage(file.parent).free - leave))


@pytest.mark.postgresql
def test_a_servers_full_disk_is_said_too(backend: Backend) -> None:
    assert isinstance(backend, PostgreSQL)
    cluster = backend.cluster
    with small_disk(cluster.folder / "small", 24) as disk:
        shutil.chown(disk, *owner(cluster.folder))
        cluster.execute(f"CREATE TABLESPACE small LOCATION '{disk}'")
        cluster.execute("CREATE DATABASE filled TEMPLATE migrated TABLESPACE small")
        filled = Store(cluster.url("filled"))
        save(filled, 10)
        before = contents(filled.url)
        with pytest.raises(StoreFailed, match="no room left"):
            save(filled, 20_000)
        assert contents(filled.url) == before
        filled.close()
        cluster.drop(cluster.url("filled"))
        cluster.execute("DROP TABLESPACE small")


def owner(folder: Path) -> tuple[int, int]:
    found = folder.stat()
    return found.st_uid, found.st_gid


def test_a_store_that_is_busy_for_too_long_is_said(store: Store) -> None:
    waiting = Store(store.url)
    patience = {"sqlite": "PRAGMA busy_timeout = 200", "postgresql": "SET lock_timeout = '200ms'"}
    on_connecting(waiting, patience[store.engine.dialect.name])
    with store.transaction() as session:
        session.execute(text("SELECT 1"))
        with pytest.raises(StoreFailed, match="another process kept it busy"):
            save(waiting, 1)
    save(waiting, 1)
    waiting.close()


@pytest.mark.sqlite
def test_a_store_that_may_only_be_read_is_said(store: Store, tmp_path: Path) -> None:
    save(store, 3)
    before = contents(store.url)
    readable = Store(f"sqlite:///file:{tmp_path / 'surveil.db'}?mode=ro&uri=true")
    with pytest.raises(StoreFailed, match="may be read, but not written"):
        save(readable, 5)
    readable.close()
    assert contents(store.url) == before


@pytest.mark.postgresql
def test_a_database_that_may_only_be_read_is_said(store: Store) -> None:
    readable = "SET default_transaction_read_only = on"
    on_connecting(store, readable)
    with pytest.raises(StoreFailed, match="may be read, but not written"):
        save(store, 5)


@pytest.mark.sqlite
def test_a_damaged_file_is_said(store: Store, tmp_path: Path) -> None:
    save(store, 300)
    store.close()
    file = tmp_path / "surveil.db"
    content = bytearray(file.read_bytes())
    content[100:] = b"\xff" * (len(content) - 100)
    file.write_bytes(content)
    with pytest.raises(StoreFailed, match="no database, or damaged"):
        save(store, 5)


@pytest.mark.postgresql
def test_text_that_postgresql_does_not_keep_is_said(store: Store) -> None:
    record = Record(source="pubmed", source_id="1\x002", title="\x00")
    with pytest.raises(StoreFailed, match="NUL character"), store.transaction() as session:
        record_rows.save_captured(
            session,
            [Captured(record, Payload(b"\x00", "text/plain"))],
            topic="topic",
            route="created",
            seen_on=date(2025, 1, 1),
        )
    assert contents(store.url)["record"] == []


def test_our_own_mistakes_are_not_called_the_stores(store: Store) -> None:
    twice = text("INSERT INTO watermark VALUES ('a', 'b', 'c', '2025-01-01', 'd', 'e')")
    with pytest.raises(IntegrityError), store.transaction() as session:
        session.execute(twice)
        session.execute(twice)


def terminate(world_or_url: str, backend: PostgreSQL) -> None:
    """End every session of a database, as a server does that is restarted."""
    database = world_or_url.partition("@/")[2].partition("?")[0]
    backend.cluster.execute(
        f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{database}'"
    )


@pytest.mark.postgresql
def test_a_connection_lost_in_a_transaction_is_said(store: Store, backend: Backend) -> None:
    assert isinstance(backend, PostgreSQL)
    save(store, 3)
    with (
        pytest.raises(StoreFailed, match="its server is not there, or went away"),
        store.transaction() as session,
    ):
        run_rows.move_watermark(session, "topic", "medline", "pubmed", UNTIL, version=("a", "m"))
        session.flush()
        terminate(store.url, backend)
        session.execute(text("SELECT 1"))
    assert contents(store.url)["watermark"] == []
    save(store, 4)


@pytest.fixture
def healthy(tmp_path: Path) -> dict[str, list[Fact]]:
    with world(tmp_path / "healthy") as made:
        run_topic(made.topic, made.settings, until=UNTIL)
        return made.facts()


@pytest.mark.slow
@pytest.mark.postgresql
@pytest.mark.parametrize("moment", ["before_commit", "after_flush"])
def test_a_run_that_lost_its_server_goes_on_the_next_time(
    moment: str, tmp_path: Path, healthy: dict[str, list[Fact]], backend: Backend
) -> None:
    assert isinstance(backend, PostgreSQL)
    cut: PostgreSQL = backend
    with world(tmp_path / "workspace") as made:
        for place in (2, 4, 6):
            left = place

            def lose(*_: object) -> None:
                nonlocal left
                left -= 1
                if left == 0:
                    terminate(made.settings.store_url, cut)

            event.listen(Session, moment, lose)
            with pytest.raises(StoreFailed, match="server is not there"):
                run_topic(made.topic, made.settings, until=UNTIL)
            event.remove(Session, moment, lose)
        run_topic(made.topic, made.settings, until=UNTIL)
        assert made.facts() == healthy


@pytest.mark.slow
@pytest.mark.postgresql
def test_a_connection_cut_while_nobody_used_it_takes_the_lock_along(
    tmp_path: Path,
    healthy: dict[str, list[Fact]],
    backend: Backend,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A firewall forgets what was silent for an hour: somebody else may have begun meanwhile."""
    assert isinstance(backend, PostgreSQL)
    cut: PostgreSQL = backend
    with world(tmp_path / "workspace") as made:
        stage = STAGES["screen"]

        def cut_off(walk: Walk) -> dict[str, int]:
            terminate(made.settings.store_url, cut)
            return stage(walk)

        monkeypatch.setitem(STAGES, "screen", cut_off)
        with pytest.raises(StoreFailed, match="Run again"):
            run_topic(made.topic, made.settings, until=UNTIL)
        monkeypatch.undo()
        run_topic(made.topic, made.settings, until=UNTIL)
        assert made.facts() == healthy


def test_a_server_that_is_not_there_is_said_without_the_password(
    tmp_path: Path, surveil: Callable[..., tuple[int, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    url = "postgresql://me:s3cr3t@127.0.0.1:9/surveil?connect_timeout=2"
    monkeypatch.setenv("SURVEIL_DATABASE_URL", url)
    monkeypatch.setenv("SURVEIL_WORKSPACE", str(tmp_path))
    code, said = surveil("db", "check")
    assert code == NOT_DONE
    assert "its server is not there" in said
    assert "s3cr3t" not in said
    assert "Traceback" not in said


@pytest.mark.parametrize("address", ["mysql://x/y", "s3cr3t", "sqlite://", "sqlite:///:memory:"])
def test_an_address_of_neither_database_is_refused(address: str) -> None:
    with pytest.raises(UnreadableInput, match=r"Write sqlite:///file or postgresql://") as refused:
        Store(address)
    assert "s3cr3t" not in str(refused.value)


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    with world(tmp_path / "workspace") as made:
        for name, value in made.environment.items():
            monkeypatch.setenv(name, value)
        yield made


def test_the_commands_on_the_store(
    workspace: World, surveil: Callable[..., tuple[int, str]], backend: Backend
) -> None:
    assert surveil("db", "upgrade")[0] == 0
    assert surveil("db", "check") == (0, "The store is sound.\n")
    code, said = surveil("doctor")
    assert (code, "sound" in said) == (0, True), said
    code, said = surveil("db", "backup", str(workspace.folder / "copy.db"))
    if isinstance(backend, PostgreSQL):
        assert (code, "use pg_dump" in said) == (2, True)
    else:
        assert code == 0


@pytest.mark.sqlite
def test_looking_for_a_store_does_not_make_one(
    tmp_path: Path, surveil: Callable[..., tuple[int, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "empty"
    monkeypatch.setenv("SURVEIL_WORKSPACE", str(folder))
    monkeypatch.setenv("SURVEIL_DATABASE_URL", "")
    code, said = surveil("db", "check")
    assert (code, "surveil db upgrade" in " ".join(said.split())) == (1, True)
    assert surveil("db", "backup", str(tmp_path / "copy.db"))[0] == 2
    assert "not made yet" in " ".join(surveil("doctor")[1].split())
    assert not folder.exists()
    assert list(tmp_path.iterdir()) == []
