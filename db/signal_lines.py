"""What a list shows of a topic's signals, and how far they are, without loading what they say."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from db.signal_tables import SignalEventRow, SignalRow
from surveillance.signals.history import Happening, Status
from surveillance.signals.model import Kind, importance
from surveillance.studies.weight import Weight


@dataclass(frozen=True, slots=True)
class SignalLine:
    """What a list narrows and orders a signal by; `importance` is the signal's own."""

    id: int
    key: str
    kind: Kind
    weight: Weight
    recommendations: tuple[str, ...]
    raised_on: date
    status: Status = Status.OPEN
    importance: tuple[int, int, str] = field(init=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "importance", importance(self.weight, self.kind, self.key))


@dataclass(frozen=True, slots=True)
class SignalPosition:
    """How far signals are: the last change to a topic's, the last that happened to any."""

    change: int = -1
    event: int = 0


def signal_position(session: Session, topic: str) -> SignalPosition:
    """How far a topic's signals are now."""
    change = select(func.max(SignalRow.change)).where(SignalRow.topic == topic)
    event = select(func.max(SignalEventRow.id))
    last = session.scalar(change)
    return SignalPosition(-1 if last is None else last, session.scalar(event) or 0)


def lines_since(session: Session, topic: str, since: SignalPosition) -> Iterator[SignalLine]:
    """The signals that were written after that; where they stand is not looked at."""
    content = SignalRow.content
    rows = session.execute(
        select(
            SignalRow.id,
            SignalRow.key,
            content["kind"].as_string(),
            content["weight"].as_string(),
            content["recommendations"],
            SignalRow.raised_on,
        )
        .where(SignalRow.topic == topic, SignalRow.change > since.change)
        .order_by(SignalRow.id)
    )
    for number, key, kind, weight, touched, raised_on in rows:
        yield SignalLine(number, key, Kind(kind), Weight(weight), tuple(touched), raised_on)


def happened_since(
    session: Session, topic: str, since: SignalPosition
) -> dict[int, list[Happening]]:
    """What happened to each signal of a topic after that, oldest first, by the signal's number."""
    found: dict[int, list[Happening]] = {}
    event = SignalEventRow
    for number, what in session.execute(
        select(event.signal_id, event.what)
        .join(SignalRow, SignalRow.id == event.signal_id)
        .where(SignalRow.topic == topic, event.id > since.event)
        .order_by(event.id)
    ):
        found.setdefault(number, []).append(Happening(what))
    return found
