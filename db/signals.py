"""Signals and the outbox ↔ rows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from db.models import AlertRow, SignalRow
from surveillance.alerts.outbox import Delivery, DeliveryKey
from surveillance.runs import Run
from surveillance.signals.model import Signal

QUEUED, SENT = "queued", "sent"


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


def delivered(session: Session, topic: str) -> frozenset[DeliveryKey]:
    """What is in the outbox already, sent or on its way."""
    rows = session.execute(
        select(SignalRow.key, AlertRow.recipient, AlertRow.channel)
        .join(SignalRow, SignalRow.id == AlertRow.signal_id)
        .where(SignalRow.topic == topic)
    )
    return frozenset(DeliveryKey(key, recipient, channel) for key, recipient, channel in rows)


def queue(
    session: Session, topic: str, deliveries: Sequence[Delivery], digest: str, today: date
) -> None:
    """Put deliveries into the outbox under the name of the digest that will carry them."""
    ids = dict(
        session.execute(select(SignalRow.key, SignalRow.id).where(SignalRow.topic == topic))
        .tuples()
        .all()
    )
    for delivery in deliveries:
        session.add(
            AlertRow(
                signal_id=ids[delivery.signal_key],
                recipient=delivery.recipient,
                channel=delivery.channel,
                digest=digest,
                state=QUEUED,
                queued_on=today,
                sent_at=None,
            )
        )
    session.flush()


def waiting(session: Session, topic: str) -> list[tuple[str, list[int], list[Signal]]]:
    """What waits in the outbox: each digest's name, its alerts' numbers, and its signals."""
    rows = session.execute(
        select(AlertRow, SignalRow)
        .join(SignalRow, SignalRow.id == AlertRow.signal_id)
        .where(SignalRow.topic == topic, AlertRow.state == QUEUED)
        .order_by(AlertRow.id)
    )
    numbers: dict[str, list[int]] = {}
    signals: dict[str, dict[int, Signal]] = {}
    for alert, signal in rows:
        numbers.setdefault(alert.digest, []).append(alert.id)
        signals.setdefault(alert.digest, {})[signal.id] = Signal.from_json(signal.content)
    return [(name, numbers[name], list(signals[name].values())) for name in numbers]


def sent_by(session: Session, topic: str, digest: str) -> int:
    """How many alerts a digest carried."""
    return (
        session.scalar(
            select(func.count())
            .select_from(AlertRow)
            .join(SignalRow, SignalRow.id == AlertRow.signal_id)
            .where(SignalRow.topic == topic, AlertRow.digest == digest, AlertRow.state == SENT)
        )
        or 0
    )


def mark_sent(session: Session, alerts: Iterable[int]) -> None:
    """Note that a channel has taken these alerts."""
    for number in alerts:
        row = session.get_one(AlertRow, number)
        row.state = SENT
        row.sent_at = datetime.now(UTC)
