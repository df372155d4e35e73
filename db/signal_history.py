"""What became of signals, and what was decided of the guidance ↔ rows."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.models import GuidanceDecisionRow, SignalEventRow, SignalRow
from surveillance.signals.history import GuidanceDecision, Happening, SignalEvent


def add_event(session: Session, signal_id: int, event: SignalEvent) -> None:
    """Keep one thing that happened to a signal."""
    session.add(
        SignalEventRow(
            signal_id=signal_id,
            version=event.version,
            what=event.what,
            made_by=event.made_by,
            reason=event.reason,
            happened_on=event.happened_on,
        )
    )


def events_of(session: Session, topic: str) -> dict[int, list[SignalEvent]]:
    """What happened to each signal of a topic, oldest first, by the signal's number."""
    rows = session.scalars(
        select(SignalEventRow)
        .join(SignalRow, SignalRow.id == SignalEventRow.signal_id)
        .where(SignalRow.topic == topic)
        .order_by(SignalEventRow.id)
    )
    found: dict[int, list[SignalEvent]] = {}
    for row in rows:
        found.setdefault(row.signal_id, []).append(_event(row))
    return found


def events_of_signal(session: Session, signal_id: int) -> list[SignalEvent]:
    """What happened to one signal, oldest first."""
    rows = session.scalars(
        select(SignalEventRow)
        .where(SignalEventRow.signal_id == signal_id)
        .order_by(SignalEventRow.id)
    )
    return [_event(row) for row in rows]


def _event(row: SignalEventRow) -> SignalEvent:
    return SignalEvent(Happening(row.what), row.happened_on, row.version, row.made_by, row.reason)


def save_decision(session: Session, topic: str, decision: GuidanceDecision) -> int:
    """Keep what was decided of a topic's guidance; its number."""
    row = GuidanceDecisionRow(
        topic=topic,
        decision=decision.decision,
        reason=decision.reason,
        made_by=decision.made_by,
        decided_on=decision.decided_on,
        signals=list(decision.signals),
    )
    session.add(row)
    session.flush()
    return row.id


def decisions_of(session: Session, topic: str) -> list[tuple[int, GuidanceDecision]]:
    """Every decision on a topic's guidance with its number, oldest first."""
    rows: Iterable[GuidanceDecisionRow] = session.scalars(
        select(GuidanceDecisionRow)
        .where(GuidanceDecisionRow.topic == topic)
        .order_by(GuidanceDecisionRow.id)
    )
    return [
        (
            row.id,
            GuidanceDecision(
                row.decision, row.reason, row.made_by, row.decided_on, tuple(row.signals)
            ),
        )
        for row in rows
    ]
