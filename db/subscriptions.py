"""Who wants no mail, and whose mail comes back ↔ rows."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from db.outbox import mark
from db.outbox_tables import BounceRow, MessageRow, UnsubscriptionRow
from surveillance.alerts.message import State

#: So many mails that came back stop all mail to an address, until somebody says it works again.
MOST_BOUNCES = 3
#: Stands for every topic.
ALL_TOPICS = ""


def unsubscribe(session: Session, address: str, topic: str, now: datetime) -> int:
    """No more mail to an address on a topic (empty: on any); how many that waited are withdrawn."""
    address = _same(address)
    if session.get(UnsubscriptionRow, (address, topic)) is None:
        session.add(UnsubscriptionRow(address=address, topic=topic, unsubscribed_at=now))
    query = select(MessageRow).where(
        func.lower(MessageRow.place) == address,
        MessageRow.channel == "email",
        MessageRow.state.in_((State.QUEUED, State.FAILED)),
    )
    if topic != ALL_TOPICS:
        query = query.where(MessageRow.topic == topic)
    withdrawn = list(session.scalars(query))
    for row in withdrawn:
        mark(session, row.id, State.WITHDRAWN, why="the recipient wants no more mail")
    session.flush()
    return len(withdrawn)


def resubscribe(session: Session, address: str, topic: str) -> bool:
    """Mail is wanted again (empty: on every topic) and bounces are forgiven; was it stopped?"""
    address = _same(address)
    query = select(UnsubscriptionRow).where(UnsubscriptionRow.address == address)
    if topic != ALL_TOPICS:
        query = query.where(UnsubscriptionRow.topic == topic)
    rows: list[UnsubscriptionRow] = list(session.scalars(query))
    for row in rows:
        session.delete(row)
    bounces = list(session.scalars(_held_against(address)))
    for bounce in bounces:
        bounce.forgiven = True
    session.flush()
    return bool(rows or bounces)


def everybody_who_left(session: Session) -> list[tuple[str, str, datetime]]:
    """Each address with the topic (empty: all) and the moment."""
    rows = session.scalars(select(UnsubscriptionRow).order_by(UnsubscriptionRow.unsubscribed_at))
    return [(row.address, row.topic, row.unsubscribed_at) for row in rows]


def has_left(session: Session, address: str, topic: str) -> bool:
    """Whether an address wants no mail on a topic."""
    return bool(address) and any(
        session.get(UnsubscriptionRow, (_same(address), one)) is not None
        for one in (topic, ALL_TOPICS)
    )


def note_bounce(session: Session, number: int, address: str, status: str, now: datetime) -> None:
    """Note once that a message came back."""
    if session.get(BounceRow, number) is None:
        session.add(
            BounceRow(message_id=number, address=_same(address), status=status, reported_at=now)
        )
        session.flush()


def is_paused(session: Session, address: str) -> bool:
    """Whether so much came back from an address that nothing is sent there."""
    return len(list(session.scalars(_held_against(_same(address))))) >= MOST_BOUNCES


def paused(session: Session) -> list[str]:
    """The addresses to which nothing is sent, since too much came back."""
    held = select(BounceRow.address).where(BounceRow.forgiven.is_(False))
    many = held.group_by(BounceRow.address).having(func.count() >= MOST_BOUNCES)
    return sorted(session.scalars(many))


def _held_against(address: str) -> Select[tuple[BounceRow]]:
    return select(BounceRow).where(BounceRow.address == address, BounceRow.forgiven.is_(False))


def _same(address: str) -> str:
    """Addresses are compared without regard to capitals: nobody uses two that differ in them."""
    return address.strip().lower()
