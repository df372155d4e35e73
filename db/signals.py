"""Signals ↔ rows."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from db.records import batched
from db.signal_history import add_event, events_of, events_of_signals
from db.signal_tables import SignalRow
from surveillance.signals.history import (
    HAPPENED,
    Happening,
    SignalEvent,
    Status,
    difference,
    edition,
    has_lapsed,
    status_of,
)
from surveillance.signals.model import Kind, Signal


@dataclass(frozen=True, slots=True)
class StoredSignal:
    """A signal with the number, the day and the version that the store gave it."""

    id: int
    raised_on: date
    signal: Signal
    version: int = 1
    events: tuple[SignalEvent, ...] = ()

    @property
    def status(self) -> Status:
        """Where it stands."""
        return status_of(self.events)

    @property
    def edition(self) -> int:
        """How often something happened to it."""
        return edition(self.events)


_SIGNAL = (SignalRow.id, SignalRow.raised_on, SignalRow.content, SignalRow.version)


@dataclass(frozen=True, slots=True)
class Raising:
    """By what signals are raised: a run, or the watch beside the schedule.

    `run_id` is None for the watch. `retell`: what changed since is told again; not where the
    topic's own words or the rules changed, for then nothing happened. `whole`: these are all that
    can be raised, so that what is not among them holds no longer. `current` is False for a run
    for a day before what was seen already: it adds what is new and changes nothing else.
    """

    topic: str
    today: date
    run_id: int | None = None
    retell: bool = True
    whole: bool = True
    current: bool = True


@dataclass(frozen=True, slots=True)
class _Writing:
    """One raising under way; `change` is its number among those of the topic."""

    session: Session
    raising: Raising
    change: int


def save_signals(session: Session, raising: Raising, signals: Iterable[Signal]) -> dict[str, int]:
    """Keep signals by their keys, and note which hold no longer; how many were new or updated."""
    rows = {
        row.key: row
        for row in session.scalars(select(SignalRow).where(SignalRow.topic == raising.topic))
    }
    events = events_of(session, raising.topic)
    last = max((row.change for row in rows.values()), default=0)
    writing = _Writing(session, raising, last + 1)
    counts = {"new": 0, "updated": 0, "lapsed": 0}
    raised = {signal.key: signal for signal in signals}
    for key, signal in raised.items():
        row = rows.get(key)
        if row is None:
            counts["new"] += 1
            _raise(writing, signal)
        elif raising.current:
            counts["updated"] += _update(writing, row, signal, events.get(row.id, []))
    if raising.whole and raising.current:
        for key in sorted(rows.keys() - raised.keys()):
            counts["lapsed"] += _lapse(writing, rows[key], events)
    session.flush()
    return counts


def _lapse(writing: _Writing, row: SignalRow, events: Mapping[int, list[SignalEvent]]) -> bool:
    """Note that what a signal says holds no longer."""
    if Kind(row.content["kind"]) in HAPPENED or has_lapsed(events.get(row.id, [])):
        return False
    _note(writing, row, Happening.LAPSED)
    return True


def _raise(writing: _Writing, signal: Signal) -> None:
    row = SignalRow(
        topic=writing.raising.topic,
        key=signal.key,
        content=signal.to_json(),
        raised_on=writing.raising.today,
        run_id=writing.raising.run_id,
        version=1,
        change=writing.change,
    )
    writing.session.add(row)
    writing.session.flush()
    _note(writing, row, Happening.RAISED)


def _update(
    writing: _Writing, row: SignalRow, signal: Signal, events: Sequence[SignalEvent]
) -> bool:
    """Keep what is known now; whether that makes a further version, which is told again."""
    before = Signal.from_json(row.content)
    if has_lapsed(events):
        _note(writing, row, Happening.RAISED_AGAIN)
    if before == signal:
        return False
    row.content, row.change = signal.to_json(), writing.change
    if before.substance == signal.substance or not writing.raising.retell:
        return False
    row.version += 1
    row.run_id = writing.raising.run_id
    _note(writing, row, Happening.UPDATED, difference(before, signal))
    return True


def _note(writing: _Writing, row: SignalRow, what: Happening, reason: str = "") -> None:
    event = SignalEvent(what, writing.raising.today, row.version, "", reason)
    add_event(writing.session, row.id, event)


def signals_of(session: Session, topic: str, since: date | None = None) -> list[StoredSignal]:
    """The signals of a topic raised on or after `since`, in the order they were raised."""
    query = select(*_SIGNAL).where(SignalRow.topic == topic).order_by(SignalRow.id)
    if since is not None:
        query = query.where(SignalRow.raised_on >= since)
    events = events_of(session, topic)
    return [_stored(row, events.get(row.id, ())) for row in session.execute(query)]


def signals_numbered(session: Session, numbers: Collection[int]) -> dict[int, StoredSignal]:
    """These signals by number; those that are not there are left out."""
    events = events_of_signals(session, numbers)
    found: dict[int, StoredSignal] = {}
    for some in batched(sorted(numbers)):
        for row in session.execute(select(*_SIGNAL).where(SignalRow.id.in_(some))):
            found[row.id] = _stored(row, events.get(row.id, ()))
    return found


def numbers_of(session: Session, topic: str, signals: Iterable[Signal]) -> frozenset[int]:
    """The numbers that the store gave these signals."""
    keys = {signal.key for signal in signals}
    rows = session.execute(select(SignalRow.key, SignalRow.id).where(SignalRow.topic == topic))
    return frozenset(number for key, number in rows if key in keys)


def signal_by_id(session: Session, number: int) -> StoredSignal | None:
    """One signal by its number; None: there is none."""
    return signals_numbered(session, [number]).get(number)


def _stored(row: Row[Any], events: Sequence[SignalEvent]) -> StoredSignal:
    return StoredSignal(
        row.id, row.raised_on, Signal.from_json(row.content), row.version, tuple(events)
    )
