"""What a channel says of a message that it was given, and what follows from it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

from surveillance.alerts.message import Message, State


class Trouble(StrEnum):
    """How a failure goes on: it passes by itself, nobody is there any more, or never at all."""

    PASSING = "passing"
    DEAD = "dead"
    PERMANENT = "permanent"


@dataclass(frozen=True, slots=True)
class Taken:
    """The other side has the message; `remarks` say where, for people."""

    places: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class NotTaken:
    """The other side has it not, or nobody knows (`may_have_arrived`); `why` names no secret.

    `wait` is how many seconds the other side asks for.
    """

    why: str
    trouble: Trouble = Trouble.PASSING
    wait: float = 0.0
    may_have_arrived: bool = False
    bounce: str = ""


Outcome = Taken | NotTaken


class Channel(Protocol):
    """A way to somebody. It never raises for what the other side does."""

    def deliver(self, message: Message) -> Outcome:
        """Give the message to the other side, once."""


Channels = Mapping[str, Channel]

#: How long to wait after the first, second, … try that failed.
WAITS = tuple(timedelta(minutes=m) for m in (5, 15, 60, 240, 720, 1440, 1440))
#: So many tries have a message that nobody answers for; after as many waits as there are the rest.
TRIES_OF_THE_DEAD = 3
#: Nobody makes us wait longer than this.
LONGEST_WAIT = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Next:
    """What becomes of a message that was not taken: its state, and when it is tried again."""

    state: State
    at: datetime | None = None


def after(failure: NotTaken, attempts: int, now: datetime) -> Next:
    """What follows from a failure of the attempt of that number (from 1)."""
    most = {
        Trouble.PERMANENT: 1,
        Trouble.DEAD: TRIES_OF_THE_DEAD,
        Trouble.PASSING: len(WAITS) + 1,
    }[failure.trouble]
    if attempts >= most:
        return Next(State.GIVEN_UP)
    asked = timedelta(seconds=min(max(0.0, failure.wait), LONGEST_WAIT.total_seconds()))
    return Next(State.FAILED, now + max(WAITS[attempts - 1], asked))


class Nobody:
    """A channel that reaches nobody: for runs that are done again from what is stored."""

    def deliver(self, message: Message) -> Outcome:  # noqa: ARG002 - nobody looks at it
        return Taken()
