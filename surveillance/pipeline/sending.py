"""What waits in the outbox given to its channels: noted before, and again when it is known.

*Sending* is committed before anybody connects. A process that ends before the answer is noted
leaves it, and the next one sends the same message again, under its old Message-ID and marked.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy.orm import Session

from db import outbox as outbox_rows
from db import subscriptions
from db.session import Store
from surveillance.alerts.delivery import NotTaken, Outcome, Taken, Trouble, after
from surveillance.alerts.message import Content, Draft, Message, State
from surveillance.errors import Busy
from surveillance.pipeline.post import Post
from surveillance.pipeline.queueing import new_identity

#: Only one process sends at a time: held while messages go out.
OUTBOX = "the outbox"
#: Seconds that somebody who wants to send waits for another who does.
PATIENCE = 120.0

Clock = Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class Sent:
    """What came of sending: how many messages went out and where to, and why others did not."""

    messages: int = 0
    places: tuple[str, ...] = ()
    failures: tuple[str, ...] = ()


def machine_clock() -> datetime:
    """Now, by the machine: mail is sent in real time, whatever the day of a run."""
    return datetime.now(UTC)


def send_waiting(
    store: Store,
    post: Post,
    *,
    topic: str | None = None,
    patiently: bool = False,
    clock: Clock = machine_clock,
) -> Sent:
    """Send what waits, each message once: of one topic, or of all.

    `patiently` leaves alone what failed and is to be tried again only later; else everything is
    tried. Raises `Busy` where another process goes on sending for `PATIENCE` seconds.
    """
    messages = 0
    places: list[str] = []
    failures: list[str] = []
    with _alone(store):
        for number in _waiting(store, topic, clock if patiently else None):
            message = _taken(store, number)
            if message is None:
                continue
            outcome = _delivered(post, message)
            _note(store, post, message, outcome, clock())
            match outcome:
                case Taken(there):
                    messages += 1
                    places += there
                case NotTaken(why):
                    failures.append(f"{message.recipient}: {why}")
    return Sent(messages, tuple(places), tuple(failures))


@contextmanager
def _alone(store: Store) -> Iterator[None]:
    """Be the only one who sends; raises `Busy` in the outbox's own words."""
    with ExitStack() as stack:
        try:
            stack.enter_context(store.exclusive(OUTBOX, PATIENCE))
        except Busy:
            raise Busy(
                "another process is sending what waits.",
                hint="It sends this, too, or the next one does.",
            ) from None
        yield


def _waiting(store: Store, topic: str | None, clock: Clock | None) -> Iterator[int]:
    """The messages that wait, each once, those that are queued meanwhile too."""
    tried: set[int] = set()
    while True:
        with store.transaction() as session:
            waiting = outbox_rows.waiting(session, topic, clock() if clock else None)
        number = next((one for one in waiting if one not in tried), None)
        if number is None:
            return
        tried.add(number)
        yield number


def _taken(store: Store, number: int) -> Message | None:
    """The message, its state *sending*, unless nobody is to get it now."""
    with store.transaction() as session:
        place = outbox_rows.mail_address(session, number)
        if place and subscriptions.is_paused(session, place):
            return None
        return outbox_rows.take(session, number)


def _delivered(post: Post, message: Message) -> Outcome:
    try:
        return post.channels[message.channel].deliver(message)
    except Exception as fault:  # noqa: BLE001 - what is wrong with one keeps no other back
        return NotTaken(
            f"this should not have happened: {type(fault).__name__}", may_have_arrived=True
        )


def _note(store: Store, post: Post, message: Message, outcome: Outcome, now: datetime) -> None:
    with store.transaction() as session:
        if isinstance(outcome, Taken):
            outbox_rows.mark_sent(session, message.number, now)
            return
        follows = after(outcome, message.attempts, now)
        outbox_rows.mark(
            session,
            message.number,
            follows.state,
            why=outcome.why,
            at=follows.at,
            may_have_arrived=outcome.may_have_arrived,
        )
        if follows.state is State.GIVEN_UP:
            _given_up(session, post, message, outcome, now)


def _given_up(
    session: Session, post: Post, message: Message, outcome: NotTaken, now: datetime
) -> None:
    """Tell the administrators; an address that is refused counts as one whose mail came back."""
    said = (
        f"The message “{message.subject}” to {message.recipient} ({message.channel} "
        f"{message.place}) was given up after {message.attempts} "
        f"{'tries' if message.attempts > 1 else 'try'}: {outcome.why}.\n\n"
        f"It is kept. When the cause is mended: surveil alerts retry {message.number}\n"
    )
    tell_administrators(
        session, post, message, f"Not delivered to {message.recipient}", said, now=now
    )
    if outcome.trouble is Trouble.PERMANENT and outcome.bounce:
        came_back(session, post, message, outcome.bounce, now)


def came_back(session: Session, post: Post, message: Message, status: str, now: datetime) -> bool:
    """Note that a mail came back; whether its address gets nothing more until somebody says so."""
    was_paused = subscriptions.is_paused(session, message.place)
    subscriptions.note_bounce(session, message.number, message.place, status, now)
    is_paused = subscriptions.is_paused(session, message.place)
    if is_paused and not was_paused:
        said = (
            f"{subscriptions.MOST_BOUNCES} mails to {message.place} came back (last: {status}). "
            "Nothing is sent there any more; what is due waits.\n\n"
            f"When the address works again: surveil alerts resubscribe {message.place} --all\n"
        )
        tell_administrators(
            session, post, message, f"Mail to {message.place} stopped", said, now=now
        )
    return is_paused


def tell_administrators(
    session: Session, post: Post, about: Message, subject: str, text: str, *, now: datetime
) -> None:
    """Queue a mail to the administrators, unless it would be about one to them."""
    if not post.administrators or about.recipient == outbox_rows.ADMINISTRATORS:
        return
    draft = Draft(
        topic=about.topic,
        recipient=outbox_rows.ADMINISTRATORS,
        channel="email",
        place=post.administrators,
        name=outbox_rows.free_name(session, f"notice-{about.number}"),
        subject=subject,
        content=Content(text=text),
        created_on=now.date(),
    )
    outbox_rows.queue(session, draft, new_identity(post), ())
