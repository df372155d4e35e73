"""The files of NLM's that were applied to a topic ↔ rows."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.models import AppliedFileRow, SearchRow
from surveillance.runs import Run


@dataclass(frozen=True, slots=True)
class AppliedFile:
    """A file as it was applied, and the run that did."""

    name: str
    md5: str
    run_id: int


def applied_files(session: Session, topic: str) -> dict[str, AppliedFile]:
    """What was applied to a topic, by the files' names."""
    rows = session.scalars(select(AppliedFileRow).where(AppliedFileRow.topic == topic))
    return {row.name: AppliedFile(row.name, row.md5, row.run_id) for row in rows}


def save_applied(session: Session, topic: str, run: Run, files: Iterable[tuple[str, str]]) -> None:
    """Note that files (name, MD5) were applied by a run; of one name the last counts."""
    for name, md5 in files:
        session.merge(
            AppliedFileRow(topic=topic, name=name, md5=md5, run_id=run.id, applied_on=run.today)
        )
    session.flush()


def searched_by(session: Session, run_id: int, source: str) -> set[tuple[str, str, str | None]]:
    """The strategies that a run searched a source with: name, hash of the text, of the MeSH."""
    rows = session.execute(
        select(SearchRow.strategy, SearchRow.strategy_hash, SearchRow.mesh_hash).where(
            SearchRow.run_id == run_id, SearchRow.source == source
        )
    )
    return {(name, text, mesh) for name, text, mesh in rows}
