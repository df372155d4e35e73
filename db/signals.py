"""Signals ↔ rows."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.models import SignalRow
from surveillance.runs import Run
from surveillance.signals.model import Signal


@dataclass(frozen=True, slots=True)
class StoredSignal:
    """A signal with the number and the day that the store gave it."""

    id: int
    raised_on: date
    signal: Signal


def save_signals(session: Session, run: Run, signals: Iterable[Signal]) -> int:
    """Keep the signals whose key is new to the topic; how many those were."""
    known = set(session.scalars(select(SignalRow.key).where(SignalRow.topic == run.topic)))
    added = 0
    for signal in signals:
        if signal.key in known:
            continue
        session.add(
            SignalRow(
                topic=run.topic,
                key=signal.key,
                content=signal.to_json(),
                raised_on=run.today,
                run_id=run.id,
            )
        )
        known.add(signal.key)
        added += 1
    session.flush()
    return added


def signals_of(session: Session, topic: str, since: date | None = None) -> list[StoredSignal]:
    """The signals of a topic raised on or after `since`, in the order they were raised."""
    query = select(SignalRow).where(SignalRow.topic == topic).order_by(SignalRow.id)
    if since is not None:
        query = query.where(SignalRow.raised_on >= since)
    return [
        StoredSignal(row.id, row.raised_on, Signal.from_json(row.content))
        for row in session.scalars(query)
    ]


def signals_of_run(session: Session, run: Run) -> list[StoredSignal]:
    """The signals that one run raised."""
    query = select(SignalRow).where(SignalRow.run_id == run.id).order_by(SignalRow.id)
    return [
        StoredSignal(row.id, row.raised_on, Signal.from_json(row.content))
        for row in session.scalars(query)
    ]
