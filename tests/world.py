"""The demonstration's world for tests: a workspace, the simulator, and what the store holds."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy import LargeBinary, Table, select
from sqlalchemy.orm import Session

from db.models import Base
from db.session import Store
from surveillance.cli.topics import EXAMPLE, make_workspace
from surveillance.pipeline.demonstration import BANNER, PUBLISHED_SEARCH, SNAPSHOT
from surveillance.settings import Settings
from surveillance.simulator import Simulator
from surveillance.strategy_files import read_mesh_file
from surveillance.topics import Topic, read_topic

#: The log of attempts: it may grow, everything else must end the same.
ATTEMPTS = {"run", "stage", "search", "search_result"}
#: Moments of the machine's clock, and numbers that only order rows.
VOLATILE = {"sent_at", "run_id", "first_search_id"}


class World:
    """A workspace with the example topic, whose sources are the simulator."""

    def __init__(self, folder: Path, simulator: Simulator) -> None:
        self.folder = folder
        self.simulator = simulator
        self.settings = Settings(
            _env_file=None,
            workspace=folder,
            database_url=f"sqlite:///{folder / 'surveil.db'}",
            pubmed_url=simulator.pubmed_url,
            clinicaltrials_url=simulator.clinicaltrials_url,
            clinicaltrials_pause=0,
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
            "SURVEIL_CLINICALTRIALS_PAUSE": "0",
            "SURVEIL_CONTACT_EMAIL": "test@example.org",
            "SURVEIL_BANNER": BANNER,
        }

    def facts(self) -> dict[str, list[dict[str, Any]]]:
        """What must end the same however often a run was interrupted."""
        return {
            name: [{key: row[key] for key in row if key not in VOLATILE} for row in rows]
            for name, rows in contents(self.settings.store_url).items()
            if name not in ATTEMPTS
        }


def contents(store_url: str) -> dict[str, list[dict[str, Any]]]:
    """Every row of every table but the payloads' bytes, in JSON's own types."""
    store = Store(store_url)
    try:
        with store.transaction() as session:
            return {table.name: _rows(session, table) for table in Base.metadata.sorted_tables}
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
    topic = read_topic(folder / "search_strategies" / EXAMPLE)
    mesh = read_mesh_file(topic.mesh_file) if topic.mesh_file else None
    with Simulator.open(
        SNAPSHOT, as_of, mesh=mesh, rate_limit=False, phrase_index=False
    ) as simulator:
        yield World(folder, simulator)
