"""Versions of strategies, who signed them off, and what an edit changed ↔ rows.

A version is the content hash of the strategy's text. What verdicts rest on is more than the text:
the hashes of a `StrategyStateRow` also cover dialect, result line, mapping, MeSH and the engine.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from db.models import (
    MatchRow,
    RecordRow,
    RecordVersionRow,
    SignOffRow,
    StrategyChangeRow,
    StrategyStateRow,
    StrategyVersionRow,
)
from surveillance.runs import Run
from surveillance.strategy.strategy import content_hash


@dataclass(frozen=True, slots=True)
class StrategyState:
    """What a strategy's verdicts rested on when it was last judged with.

    `version` is empty where it was judged with before versions were kept.
    """

    version: str
    hashes: tuple[str, str]
    result_line: int | None


@dataclass(frozen=True, slots=True)
class StrategyChange:
    """The difference that a changed strategy made, in records by their number at the source."""

    strategy: str
    before: str
    after: str
    because: tuple[str, ...]
    changed_on: date
    gained: tuple[str, ...]
    lost: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SignOff:
    """Somebody's approval of one version."""

    version: str
    signed_by: str
    signed_at: datetime
    note: str


def keep_version(session: Session, topic: str, strategy: str, text: str, *, used_on: date) -> str:
    """Keep a text once under its content hash, with the day it was first met; the hash."""
    version = content_hash(text)
    if session.get(StrategyVersionRow, (topic, strategy, version)) is None:
        session.add(
            StrategyVersionRow(
                topic=topic, strategy=strategy, version=version, text=text, first_used_on=used_on
            )
        )
    return version


def versions(session: Session, topic: str) -> list[StrategyVersionRow]:
    """Every version of every strategy of a topic, oldest first."""
    return list(
        session.scalars(
            select(StrategyVersionRow)
            .where(StrategyVersionRow.topic == topic)
            .order_by(StrategyVersionRow.strategy, StrategyVersionRow.first_used_on)
        )
    )


def text_of(session: Session, topic: str, strategy: str, version: str) -> str | None:
    """The text of a version, None where it is not kept."""
    row = session.get(StrategyVersionRow, (topic, strategy, version))
    return row.text if row else None


def sign(session: Session, topic: str, strategy: str, approval: SignOff) -> None:
    """Keep an approval; an earlier one of the same version stays beside it."""
    session.add(
        SignOffRow(
            topic=topic,
            strategy=strategy,
            version=approval.version,
            signed_by=approval.signed_by,
            signed_at=approval.signed_at,
            note=approval.note,
        )
    )


def sign_offs(session: Session, topic: str) -> dict[str, list[SignOff]]:
    """Every approval of a topic's strategies by the strategy's name, oldest first."""
    row = SignOffRow
    found: dict[str, list[SignOff]] = {}
    for strategy, *said in session.execute(
        select(row.strategy, row.version, row.signed_by, row.signed_at, row.note)
        .where(row.topic == topic)
        .order_by(row.id)
    ):
        found.setdefault(strategy, []).append(SignOff(*said))
    return found


def last_sign_off(session: Session, topic: str) -> int:
    """The number of the last approval of one of a topic's strategies; 0: there is none."""
    return session.scalar(select(func.max(SignOffRow.id)).where(SignOffRow.topic == topic)) or 0


def state(session: Session, topic: str, strategy: str) -> StrategyState | None:
    """What the strategy was last judged with; None where it never was."""
    row = session.get(StrategyStateRow, (topic, strategy))
    if row:
        return StrategyState(row.version, (row.strategy_hash, row.mesh_hash), row.result_line)
    last = session.scalars(
        select(MatchRow)
        .where(MatchRow.topic == topic, MatchRow.strategy == strategy)
        .order_by(MatchRow.id.desc())
        .limit(1)
    ).first()
    return StrategyState("", (last.strategy_hash, last.mesh_hash), None) if last else None


def keep_state(session: Session, topic: str, strategy: str, now: StrategyState) -> None:
    """Note what the strategy is judged with from now on."""
    row = session.get(StrategyStateRow, (topic, strategy))
    if row is None:
        row = StrategyStateRow(topic=topic, strategy=strategy)
        session.add(row)
    row.version, row.result_line = now.version, now.result_line
    row.strategy_hash, row.mesh_hash = now.hashes


def verdicts_under(
    session: Session, topic: str, strategy: str, hashes: tuple[str, str]
) -> dict[str, str]:
    """The newest verdict that these hashes gave each record, by its number at the source."""
    rows = session.execute(
        select(RecordRow.source_id, MatchRow.verdict)
        .join(RecordVersionRow, RecordVersionRow.record_id == RecordRow.id)
        .join(MatchRow, MatchRow.record_version_id == RecordVersionRow.id)
        .where(
            MatchRow.topic == topic,
            MatchRow.strategy == strategy,
            MatchRow.strategy_hash == hashes[0],
            MatchRow.mesh_hash == hashes[1],
        )
        .order_by(MatchRow.record_version_id)
    )
    return {source_id: verdict for source_id, verdict in rows}  # noqa: C416 — the last one counts


def keep_change(session: Session, topic: str, run: Run, change: StrategyChange) -> None:
    """Keep the difference that a change made."""
    session.add(
        StrategyChangeRow(
            topic=topic,
            strategy=change.strategy,
            run_id=run.id,
            version_before=change.before,
            version_after=change.after,
            because=list(change.because),
            changed_on=change.changed_on,
            gained=list(change.gained),
            lost=list(change.lost),
        )
    )


def changes(session: Session, topic: str, *, run: Run | None = None) -> tuple[StrategyChange, ...]:
    """The changes of a topic's strategies, oldest first; `run`: those that this run met."""
    query = select(StrategyChangeRow).where(StrategyChangeRow.topic == topic)
    if run:
        query = query.where(StrategyChangeRow.run_id == run.id)
    return tuple(map(_change, session.scalars(query.order_by(StrategyChangeRow.id))))


def _change(row: StrategyChangeRow) -> StrategyChange:
    return StrategyChange(
        row.strategy,
        row.version_before,
        row.version_after,
        tuple(row.because),
        row.changed_on,
        tuple(row.gained),
        tuple(row.lost),
    )
