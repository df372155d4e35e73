"""The demonstration's world for tests: a workspace, the simulator, and what the store holds."""

from __future__ import annotations

import json
import shutil
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Protocol

from sqlalchemy import LargeBinary, Table, select
from sqlalchemy.orm import Session

from db.facts import Fact, facts
from db.models import Base, PayloadRow
from db.session import Store
from surveillance.cli.topics import EXAMPLE, make_workspace
from surveillance.pipeline.demonstration import BANNER, PUBLISHED_SEARCH, SNAPSHOT
from surveillance.settings import Settings
from surveillance.simulator import Simulator
from surveillance.strategy_files import read_mesh_file
from surveillance.topics import Topic, read_topic
from tests.postgres import Cluster

Rows = dict[str, list[dict[str, Any]]]


class Backend(Protocol):
    """A kind of database that a test's stores are kept in."""

    def store_url(self, folder: Path, *, empty: bool = False) -> str:
        """The address of the store that belongs to a folder; `empty`: tables are not promised."""

    def make_tables(self, folder: Path) -> None:
        """Have the tables in a folder's store, which was not used yet, without migrating."""

    def copy_store(self, folder: Path, into: Path) -> None:
        """Give a folder what the store of another one holds."""

    def forget(self, folder: Path) -> None:
        """The folder's test is over."""


class SQLite:
    """A file in the folder itself."""

    def store_url(self, folder: Path, *, empty: bool = False) -> str:
        return f"sqlite:///{folder / 'surveil.db'}"

    def make_tables(self, folder: Path) -> None:
        (folder / "surveil.db").write_bytes(_migrated())

    def copy_store(self, folder: Path, into: Path) -> None:
        shutil.copy(folder / "surveil.db", into)

    def forget(self, folder: Path) -> None:
        """Nothing: pytest removes old folders."""


class PostgreSQL:
    """A database of its own for each folder, in the tests' cluster."""

    def __init__(self, cluster: Cluster) -> None:
        self.cluster = cluster
        self._urls: dict[Path, str] = {}

    def store_url(self, folder: Path, *, empty: bool = False) -> str:
        if folder not in self._urls:
            self._urls[folder] = self.cluster.database(empty=empty)
        return self._urls[folder]

    def make_tables(self, folder: Path) -> None:
        """Nothing: a database comes with its tables."""

    def copy_store(self, folder: Path, into: Path) -> None:
        self._urls[into] = self.cluster.database(like=self._urls[folder])

    def forget(self, folder: Path) -> None:
        if url := self._urls.pop(folder, None):
            self.cluster.drop(url)


@cache
def _migrated() -> bytes:
    """A SQLite store that is up to date and holds nothing."""
    with TemporaryDirectory() as folder:
        store = Store(SQLite().store_url(Path(folder)))
        store.upgrade()
        store.close()
        return (Path(folder) / "surveil.db").read_bytes()


_backends: list[Backend] = [SQLite()]


@contextmanager
def on(backend: Backend) -> Iterator[None]:
    """Keep the stores of what follows in this database."""
    _backends.append(backend)
    try:
        yield
    finally:
        _backends.remove(backend)


def store_url(folder: Path, *, empty: bool = False) -> str:
    """The address of a folder's store in the database that the tests are at."""
    return _backends[-1].store_url(folder, empty=empty)


def make_tables(folder: Path) -> None:
    """Have the tables in a folder's store, which was not used yet, without migrating."""
    _backends[-1].make_tables(folder)


@contextmanager
def fresh_store(folder: Path) -> Iterator[Store]:
    """A store with its tables, closed and forgotten at the end."""
    store = Store(store_url(folder))
    try:
        make_tables(folder)
        yield store
    finally:
        store.close()
        _backends[-1].forget(folder)


class World:
    """A workspace with the example topic, whose sources are the simulator."""

    def __init__(self, folder: Path, simulator: Simulator) -> None:
        self.folder = folder
        self.simulator = simulator
        self.settings = Settings(
            _env_file=None,
            workspace=folder,
            database_url=store_url(folder),
            pubmed_url=simulator.pubmed_url,
            clinicaltrials_url=simulator.clinicaltrials_url,
            europepmc_url=simulator.europepmc_url,
            pubmed_pause=0,
            clinicaltrials_pause=0,
            europepmc_pause=0,
            contact_email="test@example.org",
            banner=BANNER,
        )

    @property
    def topic(self) -> Topic:
        """The example topic as this workspace has it."""
        return read_topic(self.folder / "search_strategies" / EXAMPLE)

    @property
    def environment(self) -> dict[str, str]:
        """The settings for a process of its own."""
        return {
            "SURVEIL_WORKSPACE": str(self.folder),
            "SURVEIL_DATABASE_URL": self.settings.database_url,
            "SURVEIL_PUBMED_URL": self.simulator.pubmed_url,
            "SURVEIL_CLINICALTRIALS_URL": self.simulator.clinicaltrials_url,
            "SURVEIL_EUROPEPMC_URL": self.simulator.europepmc_url,
            "SURVEIL_PUBMED_PAUSE": "0",
            "SURVEIL_CLINICALTRIALS_PAUSE": "0",
            "SURVEIL_EUROPEPMC_PAUSE": "0",
            "SURVEIL_PUBMED_FILES_PAUSE": "0",
            "SURVEIL_CONTACT_EMAIL": "test@example.org",
            "SURVEIL_BANNER": BANNER,
        }

    def facts(self) -> dict[str, list[Fact]]:
        """What must end the same however often a run was interrupted."""
        store = Store(self.settings.store_url)
        try:
            with store.transaction() as session:
                return facts(session)
        finally:
            store.close()


def contents(store_url: str) -> dict[str, list[dict[str, Any]]]:
    """Every row of every table but the payloads' bytes, in JSON's own types; {} without tables."""
    store = Store(store_url)
    try:
        if store.revision() is None:
            return {}
        with store.transaction() as session:
            return {table.name: _rows(session, table) for table in Base.metadata.sorted_tables}
    finally:
        store.close()


def payloads(store_url: str) -> list[bytes]:
    """What every payload says."""
    store = Store(store_url)
    try:
        with store.transaction() as session:
            return [zlib.decompress(row) for row in session.scalars(select(PayloadRow.content))]
    finally:
        store.close()


def _rows(session: Session, table: Table) -> list[dict[str, Any]]:
    columns = [c for c in table.columns if not isinstance(c.type, LargeBinary)]
    rows = session.execute(select(*columns).order_by(*table.primary_key)).mappings()
    return [json.loads(json.dumps(dict(row), default=str)) for row in rows]


@contextmanager
def world(folder: Path, as_of: date = PUBLISHED_SEARCH) -> Iterator[World]:
    """A fresh workspace, and the snapshot served as of a day."""
    make_workspace(folder)
    with _served(folder, as_of) as made:
        yield made


@contextmanager
def copy_of(original: World, folder: Path) -> Iterator[World]:
    """A fresh workspace whose store holds what another one's does; its sources are its own."""
    make_workspace(folder)
    _backends[-1].copy_store(original.folder, folder)
    with _served(folder, original.simulator.as_of) as made:
        yield made


@contextmanager
def _served(folder: Path, as_of: date) -> Iterator[World]:
    topic = read_topic(folder / "search_strategies" / EXAMPLE)
    mesh = read_mesh_file(topic.mesh_file) if topic.mesh_file else None
    with Simulator.open(
        SNAPSHOT, as_of, mesh=mesh, rate_limit=False, phrase_index=False
    ) as simulator:
        try:
            yield World(folder, simulator)
        finally:
            _backends[-1].forget(folder)
