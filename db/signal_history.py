"""What became of signals, and what was decided of the guidance ↔ rows."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from db.records import batched
from db.signal_tables import GuidanceDecisionRow, SignalEventRow, SignalRow
from surveillance.signals.history import (
    GuidanceDecision,
    Happening,
    SignalEvent,
)

#: Quicker than to ask the enumeration, which a list of thousands does thousands of times.
_HAPPENING = {one.value: one for one in Happening}
_EVENT = (
    SignalEventRow.signal_id,
    SignalEventRow.what,
    SignalEventRow.happened_on,
    SignalEventRow.version,
    SignalEventRow.made_by,
    SignalEventRow.reason,
)


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
    event = SignalEventRow
    return _by_signal(
        session,
        select(*_EVENT)
        .join(SignalRow, SignalRow.id == event.signal_id)
        .where(SignalRow.topic == topic)
        .order_by(event.id),
    )


def events_of_signals(session: Session, numbers: Collection[int]) -> dict[int, list[SignalEvent]]:
    """What happened to each of these signals, oldest first, by its number."""
    event, found = SignalEventRow, dict[int, list[SignalEvent]]()
    for some in batched(sorted(numbers)):
        here = select(*_EVENT).where(event.signal_id.in_(some)).order_by(event.id)
        found |= _by_signal(session, here)
    return found


def _by_signal(session: Session, events: Select[Any]) -> dict[int, list[SignalEvent]]:
    found: dict[int, list[SignalEvent]] = {}
    for number, what, *rest in session.execute(events):
        found.setdefault(number, []).append(SignalEvent(_HAPPENING[what], *rest))
    return found


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
