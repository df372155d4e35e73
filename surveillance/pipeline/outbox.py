"""What people do with the outbox: look at it, try again, leave, come back, bring what bounced."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy.orm import Session

from db import outbox as outbox_rows
from db import runs as run_rows
from db import subscriptions
from db.models import NEWEST_REVISION
from db.outbox import Entry
from db.session import Store
from surveillance.alerts.bounces import read_notification
from surveillance.alerts.message import State
from surveillance.alerts.unsubscribing import Leaving
from surveillance.errors import UnreadableInput
from surveillance.pipeline.opening import opened
from surveillance.pipeline.post import open_post, unreachable
from surveillance.pipeline.sending import came_back
from surveillance.runs import Run
from surveillance.settings import Settings
from surveillance.signals.wording import counted
from surveillance.topics import Topic

#: So many messages that were not delivered stand in a run's overview; the outbox lists all.
_MOST = 5


@dataclass(frozen=True, slots=True)
class Returned:
    """A mail that came back: which, from where, why, and whether nothing more is sent there."""

    message: int
    address: str
    status: str
    paused: bool


def outbox(settings: Settings, topic: str | None = None) -> list[Entry]:
    """Every message with its state, newest first."""
    with opened(settings) as store, store.transaction() as session:
        return outbox_rows.entries(session, topic)


def as_document(entry: Entry) -> dict[str, Any]:
    """A line of the outbox for `--json`."""
    moments = ("created_on", "next_try_at", "sent_at")
    told = asdict(entry)
    return told | {name: told[name] and told[name].isoformat() for name in moments}


def retry(settings: Settings, number: int) -> Entry:
    """Let a message wait again that was given up; raises `UnreadableInput` where it cannot."""
    with opened(settings) as store, store.transaction() as session:
        was = outbox_rows.retry(session, number)
    if was is None:
        raise UnreadableInput(f"the outbox has no message {number}.", hint="`surveil alerts list`")
    if was.state in {State.SENT, State.SENDING}:
        raise UnreadableInput(
            f"message {number} is {was.state}; it would reach {was.recipient} twice."
        )
    return was


def unsubscribe(settings: Settings, address: str, topic: str) -> int:
    """No more mail to an address on a topic (empty: all); how many that waited are withdrawn."""
    with opened(settings) as store:
        return leave(store, Leaving(address, topic))


def leave(store: Store, leaving: Leaving) -> int:
    """The same in a store that is open: for the page."""
    with store.transaction() as session:
        now = datetime.now(UTC)
        return subscriptions.unsubscribe(session, leaving.address, leaving.topic, now)


def resubscribe(settings: Settings, address: str, topic: str) -> bool:
    """Mail to an address again; false where it had never stopped."""
    with opened(settings) as store, store.transaction() as session:
        return subscriptions.resubscribe(session, address, topic)


def bounced(settings: Settings, content: bytes) -> tuple[Returned, ...]:
    """Note the mails that a delivery status notification says did not arrive.

    Empty where it only says that something is late. Raises `UnreadableInput` where it is no such
    notification, or about none of our mails.
    """
    notification = read_notification(content)
    post, now = open_post(settings), datetime.now(UTC)
    with opened(settings) as store, store.transaction() as session:
        message = outbox_rows.message_named(session, notification.identities)
        if message is None:
            raise UnreadableInput(
                "the notification names no mail that was sent from here.",
                hint="It must quote the mail's Message-ID.",
            )
        returned = []
        for bounce in notification.bounces[:1]:
            outbox_rows.mark(
                session,
                message.number,
                State.BOUNCED,
                why=f"it came back from {bounce.address or message.place} ({bounce.status})",
            )
            paused = came_back(session, post, message, bounce.status, now)
            returned.append(Returned(message.number, message.place, bounce.status, paused))
        return tuple(returned)


def remarks_on_outbox(session: Session, topic: Topic, run: Run) -> Iterator[str]:
    """What a run's overview says of messages that did not arrive, and of files not written."""
    troubled = outbox_rows.in_trouble(session, topic.slug)
    for one in troubled[:_MOST]:
        yield f"Not delivered to {one.recipient} ({one.state}): {one.last_error}."
    if len(troubled) > _MOST:
        more = counted(len(troubled) - _MOST, "more message")
        yield f"{more} not delivered: `surveil alerts list {topic.slug}`."
    if run_rows.stage_numbers(session, run.id).get("alert", {}).get("not written"):
        yield "Feed and calendar could not be written; the next run writes them again."


def examined(topics: list[Topic], settings: Settings) -> tuple[str, list[str]]:
    """Whether alerts can leave and have left: in a few words, and what is wrong."""
    faults = [fault for topic in topics for fault in unreachable(topic, settings)]
    troubled, paused = _held_back(settings)
    given_up = [one for one in troubled if one.state in {State.GIVEN_UP, State.BOUNCED}]
    if given_up:
        faults.append(f"{counted(len(given_up), 'message')} not delivered: `surveil alerts list`.")
    if paused:
        faults.append(f"no mail to {', '.join(paused)}: too much came back.")
    recipients = sum(len(topic.recipients) for topic in topics)
    return f"{counted(recipients, 'recipient')}, nothing given up", faults


def _held_back(settings: Settings) -> tuple[list[Entry], list[str]]:
    """Messages in trouble and addresses that get nothing; a store is not made by looking at it."""
    store = Store(settings.store_url)
    try:
        if store.revision() != NEWEST_REVISION:
            return [], []
        with store.transaction() as session:
            return outbox_rows.in_trouble(session), subscriptions.paused(session)
    finally:
        store.close()
