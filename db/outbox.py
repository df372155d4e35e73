"""The outbox ↔ rows: what was settled for whom, and the messages on their way."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from db.outbox_tables import AlertRow, MessageRow, SubscriptionRow
from db.signal_tables import SignalEventRow, SignalRow
from surveillance.alerts.feed import Item
from surveillance.alerts.message import ON_THEIR_WAY, Content, Draft, Message, State
from surveillance.alerts.outbox import Raised, VersionKey
from surveillance.runs import Run
from surveillance.signals.model import Signal

#: What an alert says of a signal that was not told: too light, raised before the recipient came,
#: or while no mail was wanted.
PASSED_OVER = "passed over"
#: Stands for the administrators among the recipients; no topic may be called by its place.
ADMINISTRATORS = "the administrators"


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the outbox, for people."""

    number: int
    topic: str
    recipient: str
    channel: str
    place: str
    subject: str
    identity: str
    created_on: date
    state: str
    attempts: int
    next_try_at: datetime | None
    last_error: str
    possible_repeat: bool
    sent_at: datetime | None


def raised_of(session: Session, topic: str) -> list[Raised]:
    """Every signal of a topic with its number and version, in the order they were raised."""
    rows = select(SignalRow).where(SignalRow.topic == topic).order_by(SignalRow.id)
    return [_raised(row) for row in session.scalars(rows)]


def raised_by(session: Session, run: Run) -> list[Raised]:
    """The signals that one run raised."""
    rows = select(SignalRow).where(SignalRow.run_id == run.id).order_by(SignalRow.id)
    return [_raised(row) for row in session.scalars(rows)]


def items_of(session: Session, topic: str) -> list[Item]:
    """Every signal of a topic with the days of its first and of its newest version."""
    rows = session.scalars(select(SignalRow).where(SignalRow.topic == topic).order_by(SignalRow.id))
    happened = (
        select(
            SignalEventRow.signal_id, SignalEventRow.version, func.min(SignalEventRow.happened_on)
        )
        .join(SignalRow, SignalRow.id == SignalEventRow.signal_id)
        .where(SignalRow.topic == topic)
        .group_by(SignalEventRow.signal_id, SignalEventRow.version)
    )
    days = {(number, version): day for number, version, day in session.execute(happened)}
    return [
        Item(
            Signal.from_json(row.content),
            row.version,
            row.raised_on,
            days.get((row.id, row.version), row.raised_on),
        )
        for row in rows
    ]


def _raised(row: SignalRow) -> Raised:
    return Raised(row.id, row.version, Signal.from_json(row.content))


def settled(session: Session, topic: str, recipient: str, channel: str) -> frozenset[VersionKey]:
    """What needs no more thought for a recipient: told, queued or passed over."""
    rows = session.execute(
        select(SignalRow.key, AlertRow.version)
        .join(SignalRow, SignalRow.id == AlertRow.signal_id)
        .where(
            SignalRow.topic == topic, AlertRow.recipient == recipient, AlertRow.channel == channel
        )
    )
    return frozenset(VersionKey(key, version) for key, version in rows)


def last_told_on(session: Session, topic: str, recipient: str, channel: str) -> date | None:
    """The day of the last message to a recipient, whatever became of it."""
    return session.scalar(
        select(func.max(MessageRow.created_on)).where(
            MessageRow.topic == topic,
            MessageRow.recipient == recipient,
            MessageRow.channel == channel,
        )
    )


def names_told(session: Session, topic: str, recipient: str, channel: str) -> list[str]:
    """What the messages to a recipient over a channel are called, the last one first."""
    rows = (
        select(MessageRow.digest)
        .where(
            MessageRow.topic == topic,
            MessageRow.recipient == recipient,
            MessageRow.channel == channel,
        )
        .order_by(MessageRow.id.desc())
    )
    return list(session.scalars(rows))


def subscribers(session: Session, topic: str) -> frozenset[tuple[str, str]]:
    """Who was known to a topic before, over which channel."""
    rows = select(SubscriptionRow).where(SubscriptionRow.topic == topic)
    return frozenset((row.recipient, row.channel) for row in session.scalars(rows))


def subscribe(session: Session, topic: str, recipient: str, channel: str, today: date) -> None:
    """Note that a recipient is known from now on."""
    if session.get(SubscriptionRow, (topic, recipient, channel)) is None:
        session.add(
            SubscriptionRow(topic=topic, recipient=recipient, channel=channel, joined_on=today)
        )
        session.flush()


def free_name(session: Session, wish: str) -> str:
    """A name for a message that no other has: the wish, or the wish with a number."""
    like = select(MessageRow.digest).where(MessageRow.digest.startswith(wish, autoescape=True))
    taken = set(session.scalars(like))
    number = 1
    name = wish
    while name in taken:
        number += 1
        name = f"{wish}-{number}"
    return name


def queue(session: Session, draft: Draft, identity: str, told: Sequence[Raised]) -> int:
    """Keep a message with the alerts that it carries; its number.

    `draft.name` must be free, `identity` unique.
    """
    row = MessageRow(
        topic=draft.topic,
        recipient=draft.recipient,
        channel=draft.channel,
        place=draft.place,
        digest=draft.name,
        identity=identity,
        subject=draft.subject,
        content=draft.content.packed(),
        created_on=draft.created_on,
        composed_at=datetime.now(UTC).replace(microsecond=0),
        state=State.QUEUED,
        attempts=0,
        next_try_at=None,
        last_error="",
        sent_at=None,
    )
    session.add(row)
    session.flush()
    _settle(session, draft, told, str(State.QUEUED))
    return row.id


def pass_over(session: Session, draft: Draft, signals: Iterable[Raised]) -> None:
    """Note signals that a recipient is not told of, for good."""
    _settle(session, draft, signals, PASSED_OVER)


def _settle(session: Session, draft: Draft, signals: Iterable[Raised], state: str) -> None:
    for one in signals:
        session.add(
            AlertRow(
                signal_id=one.number,
                version=one.version,
                recipient=draft.recipient,
                channel=draft.channel,
                digest=draft.name,
                state=state,
                queued_on=draft.created_on,
                sent_at=None,
            )
        )
    session.flush()


def waiting(session: Session, topic: str | None, due_at: datetime | None) -> list[int]:
    """The messages that are on their way, oldest first.

    `topic`: of that topic and to the administrators; `due_at`: without those that are to be
    tried again only later.
    """
    query = (
        select(MessageRow.id, MessageRow.next_try_at)
        .where(MessageRow.state.in_(ON_THEIR_WAY))
        .order_by(MessageRow.id)
    )
    if topic is not None:
        mine = (MessageRow.topic == topic) | (MessageRow.recipient == ADMINISTRATORS)
        query = query.where(mine)
    return [
        number
        for number, next_try_at in session.execute(query)
        if due_at is None or next_try_at is None or next_try_at <= due_at
    ]


def mail_address(session: Session, number: int) -> str:
    """The address that a message goes to; empty where it is no mail."""
    row = session.get_one(MessageRow, number)
    return row.place if row.channel == "email" else ""


def take(session: Session, number: int) -> Message | None:
    """A message that is about to be sent, its state *sending*; None where it no longer waits.

    One that is found *sending* was left by a process that ended: it may have arrived.
    """
    row = session.get_one(MessageRow, number)
    if row.state not in ON_THEIR_WAY:
        return None
    row.possible_repeat = row.possible_repeat or row.state == State.SENDING
    row.state = State.SENDING
    row.attempts += 1
    row.next_try_at = None
    return _message(row)


def _message(row: MessageRow) -> Message:
    return Message(
        number=row.id,
        topic=row.topic,
        recipient=row.recipient,
        channel=row.channel,
        place=row.place,
        name=row.digest,
        identity=row.identity,
        subject=row.subject,
        content=Content.unpacked(row.content),
        composed_at=row.composed_at,
        attempts=row.attempts,
        may_be_repeat=row.possible_repeat,
    )


def message_named(session: Session, identities: Sequence[str]) -> Message | None:
    """The message that has one of these Message-IDs."""
    query = select(MessageRow).where(MessageRow.identity.in_(identities))
    row = session.scalars(query).first()
    return _message(row) if row else None


def mark_sent(session: Session, number: int, now: datetime) -> None:
    """The other side has taken a message, and with it its alerts."""
    row = session.get_one(MessageRow, number)
    row.state, row.sent_at, row.next_try_at, row.last_error = State.SENT, now, None, ""
    for alert in _alerts(session, row):
        alert.state, alert.sent_at = State.SENT, now


def mark(
    session: Session,
    number: int,
    state: State,
    *,
    why: str = "",
    at: datetime | None = None,
    may_have_arrived: bool = False,
) -> None:
    """Note that a message was not taken: what becomes of it, why, and when it is tried again."""
    row = session.get_one(MessageRow, number)
    row.state, row.next_try_at, row.last_error = state, at, why
    row.possible_repeat = row.possible_repeat or may_have_arrived
    waits = state in ON_THEIR_WAY
    for alert in _alerts(session, row):
        alert.state = State.QUEUED if waits else state


def _alerts(session: Session, row: MessageRow) -> list[AlertRow]:
    carried = select(AlertRow).where(
        AlertRow.digest == row.digest,
        AlertRow.recipient == row.recipient,
        AlertRow.channel == row.channel,
        AlertRow.state != PASSED_OVER,
    )
    return list(session.scalars(carried))


def retry(session: Session, number: int) -> Entry | None:
    """Let a message that was given up, withdrawn or bounced wait again; None if there is none."""
    row = session.get(MessageRow, number)
    if row is None:
        return None
    was = _entry(row)
    if row.state not in {State.SENT, State.SENDING}:
        row.attempts = 0
        mark(session, number, State.QUEUED)
    return was


def entries(session: Session, topic: str | None = None) -> list[Entry]:
    """The outbox, newest first; of one topic or all."""
    query = select(MessageRow).order_by(MessageRow.id.desc())
    if topic is not None:
        query = query.where(MessageRow.topic == topic)
    return [_entry(row) for row in session.scalars(query)]


def _entry(row: MessageRow) -> Entry:
    return Entry(
        number=row.id,
        topic=row.topic,
        recipient=row.recipient,
        channel=row.channel,
        place=row.place,
        subject=row.subject,
        identity=row.identity,
        created_on=row.created_on,
        state=str(row.state),
        attempts=row.attempts,
        next_try_at=row.next_try_at,
        last_error=row.last_error,
        possible_repeat=row.possible_repeat,
        sent_at=row.sent_at,
    )


def in_trouble(session: Session, topic: str | None = None) -> list[Entry]:
    """Messages not delivered, where the recipient got no later one: what somebody should mend."""
    newest: dict[tuple[str, str, str], int] = {}
    found = entries(session, topic)
    for one in found:
        if one.state == State.SENT:
            key = (one.topic, one.recipient, one.channel)
            newest[key] = max(newest.get(key, 0), one.number)
    bad = {State.FAILED, State.GIVEN_UP, State.BOUNCED}
    return [
        one
        for one in found
        if one.state in bad and newest.get((one.topic, one.recipient, one.channel), 0) < one.number
    ]


def sent_by(session: Session, topic: str, names: Sequence[str]) -> int:
    """How many alerts the messages of these names carried."""
    return (
        session.scalar(
            select(func.count())
            .select_from(AlertRow)
            .join(SignalRow, SignalRow.id == AlertRow.signal_id)
            .where(
                SignalRow.topic == topic,
                AlertRow.digest.in_(names),
                AlertRow.state == State.SENT,
            )
        )
        or 0
    )


def names_of(session: Session, wish: str) -> list[str]:
    """The messages that a run has queued, by the beginning of their names."""
    like = select(MessageRow.digest).where(MessageRow.digest.startswith(wish, autoescape=True))
    return [name for name in session.scalars(like) if name == wish or name.startswith(f"{wish}-")]
