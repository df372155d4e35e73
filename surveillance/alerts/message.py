"""A message: what one recipient gets over one channel at one time, composed once and kept."""

from __future__ import annotations

import json
import zlib
from dataclasses import asdict, dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Self

#: Stands at the end of what may have arrived before.
REPEATED = (
    "This message may have reached you before: the connection or the program ended before it was "
    "known whether it had arrived. Nothing in it is new then."
)


class State(StrEnum):
    """What became of a message; the first three and *failed* are still on their way."""

    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    GIVEN_UP = "given up"
    WITHDRAWN = "withdrawn"
    BOUNCED = "bounced"


#: Not delivered yet, and meant to be.
ON_THEIR_WAY = (State.QUEUED, State.SENDING, State.FAILED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """What is sent: text and HTML of a file or a mail, or the JSON of a webhook (`payload`).

    `leave_page` and `leave_mail` are how somebody unsubscribes, where there is a way.
    """

    text: str = ""
    html: str = ""
    payload: str = ""
    leave_page: str = ""
    leave_mail: str = ""

    def packed(self) -> bytes:
        """The content in few bytes."""
        return zlib.compress(json.dumps(asdict(self)).encode())

    @classmethod
    def unpacked(cls, packed: bytes) -> Self:
        """The content that `packed` gave."""
        return cls(**json.loads(zlib.decompress(packed)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A message before it is queued. `name` says what it is; the outbox makes it unique."""

    topic: str
    recipient: str
    channel: str
    place: str
    name: str
    subject: str
    content: Content
    created_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """A message of the outbox, as its channel is given it.

    `identity` is the Message-ID of a mail and the idempotency key of a webhook: it stays the same
    however often the message is sent. `may_be_repeat`: an attempt before may have arrived.
    """

    number: int
    topic: str
    recipient: str
    channel: str
    place: str
    name: str
    identity: str
    subject: str
    content: Content
    composed_at: datetime
    attempts: int
    may_be_repeat: bool
