"""The tables brought up to date, and held against what the program expects, by Alembic."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection

from db.models import Base

_MIGRATIONS = Path(__file__).parent / "migrations"


def migrate(connection: Connection) -> None:
    """Run every migration that this database has not seen."""
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def structure_faults(connection: Connection) -> list[str]:
    """How the tables differ from what the program expects, a sentence each."""
    differences = compare_metadata(MigrationContext.configure(connection), Base.metadata)
    return [f"the tables differ from what the program expects: {found}." for found in differences]
