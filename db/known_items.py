"""What each run found of the known items ↔ rows."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.models import KnownItemCheckRow, RunRow
from surveillance.runs import Run

#: What a check says beside the verdicts of the strategies.
NOT_FOUND, DELETED = "not found", "deleted"


@dataclass(frozen=True, slots=True)
class KnownItemCheck:
    """What a run found of one known item: the best verdict, and by strategy the lines that match.

    `verdict` is "not found" where no record of PubMed was recognised as it, "deleted" where NLM
    took that record out.
    """

    key: str
    record_id: int | None
    verdict: str
    lines: dict[str, list[int]]


def save_checks(session: Session, run: Run, checks: Iterable[KnownItemCheck]) -> None:
    """Keep what a run found of the known items."""
    session.add_all(
        KnownItemCheckRow(
            run_id=run.id,
            key=check.key,
            record_id=check.record_id,
            verdict=check.verdict,
            lines=check.lines,
        )
        for check in checks
    )
    session.flush()


def losses(session: Session, topic: str, lost: str) -> dict[str, int]:
    """How often each known item was lost: its checks turned to the verdict `lost` from another."""
    rows = session.execute(
        select(KnownItemCheckRow.key, KnownItemCheckRow.verdict)
        .join(RunRow, RunRow.id == KnownItemCheckRow.run_id)
        .where(RunRow.topic == topic)
        .order_by(RunRow.clock, RunRow.id)
    )
    before: dict[str, str] = {}
    counted: dict[str, int] = {}
    for key, verdict in rows:
        if verdict == lost and before.get(key) != lost:
            counted[key] = counted.get(key, 0) + 1
        before[key] = verdict
    return counted
