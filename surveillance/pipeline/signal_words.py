"""What people say of signals: seen, acted on, dismissed with a reason, reopened; and their log."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime

from sqlalchemy.orm import Session

from db import signal_history as history_rows
from db import signals as signal_rows
from db.session import Store
from db.signal_lines import SignalLine
from db.signals import StoredSignal
from surveillance.errors import Changed, UnreadableInput
from surveillance.pipeline.dedup_review import reviewer
from surveillance.pipeline.signal_lines import signal_lines
from surveillance.pipeline.versions import LONGEST_NOTE
from surveillance.signals.history import DECISIONS, GuidanceDecision, Happening, SignalEvent, Status

#: What a person can say of a signal, and whether it needs a reason.
SAID = {
    Happening.SEEN: False,
    Happening.ACTED_ON: True,
    Happening.DISMISSED: True,
    Happening.REOPENED: True,
}


@dataclass(frozen=True, slots=True)
class LoggedDecision:
    """A decision on a topic's guidance with its number, and the signals that led to it."""

    number: int
    made: GuidanceDecision
    led: tuple[StoredSignal, ...]


def say(
    store: Store,
    number: int,
    what: Happening,
    *,
    by: str,
    reason: str = "",
    edition: int | None = None,
) -> StoredSignal:
    """Keep a person's word on a signal; the signal with its history as it then is.

    The same word of the same person on the same version, said last, is kept once. `edition` is
    the one that the person saw. Raises `UnreadableInput` where there is no such signal, or where
    a reason is needed and not given; `Changed` where something happened to the signal since.
    """
    person, why = reviewer(by), _checked_reason(reason, needed=SAID[what])
    with store.transaction() as session:
        found = _numbered(session, number)
        event = SignalEvent(what, _today(), found.version, person, why)
        if not _repeats(found, event):
            if edition not in (None, found.edition):
                raise Changed("something happened to this signal since you opened it.")
            history_rows.add_event(session, number, event)
            session.flush()
        return _numbered(session, number)


def decide_guidance(
    store: Store,
    topic: str,
    decision: str,
    *,
    by: str,
    reason: str,
    signals: tuple[int, ...] | None = None,
    after: int | None = None,
) -> tuple[int, GuidanceDecision]:
    """Keep what was decided of a topic's guidance, with the signals that led to it.

    Where they are not given, those count that were acted on since the last decision. `after` is
    the number of the last decision that the person saw, 0 for none. Raises `UnreadableInput` for
    an unknown decision, a missing reason, or a signal of another topic; `Changed` where somebody
    decided since.
    """
    if decision not in DECISIONS:
        raise UnreadableInput(
            f"“{decision}” is no decision; decide one of: {', '.join(DECISIONS)}."
        )
    person, why = reviewer(by), _checked_reason(reason, needed=True)
    with store.transaction() as session:
        if after not in (None, _last_decision(session, topic)):
            raise Changed("somebody decided on this guidance since you opened the page.")
        held = signal_lines(session, topic)
        for number in signals or ():
            if number not in held:
                raise UnreadableInput(f"{topic} has no signal {number}.")
        if signals is None:
            signals = tuple(numbers_awaiting(guidance_log(session, topic, held), held))
        led = signal_rows.signals_numbered(session, signals)
        keys = tuple(led[number].signal.key for number in dict.fromkeys(signals))
        made = GuidanceDecision(decision, why, person, _today(), keys)
        return history_rows.save_decision(session, topic, made), made


def guidance_log(
    session: Session, topic: str, lines: Iterable[SignalLine] | None = None
) -> list[LoggedDecision]:
    """Every decision on a topic's guidance, oldest first, with the signals that led to it.

    `lines` are the topic's signals, where they are at hand.
    """
    decisions = history_rows.decisions_of(session, topic)
    named = {key for _, made in decisions for key in made.signals}
    if named and lines is None:
        lines = signal_lines(session, topic)
    led = {line.id for line in lines or () if line.key in named}
    stored = signal_rows.signals_numbered(session, led)
    by_key = {one.signal.key: one for one in stored.values()}
    return [
        LoggedDecision(number, made, tuple(by_key[key] for key in made.signals if key in by_key))
        for number, made in decisions
    ]


def awaiting_a_decision(session: Session, topic: str) -> list[StoredSignal]:
    """The signals that were acted on and that no decision names yet."""
    lines = signal_lines(session, topic)
    waiting = numbers_awaiting(guidance_log(session, topic, lines), lines)
    stored = signal_rows.signals_numbered(session, waiting)
    return [stored[number] for number in waiting]


def numbers_awaiting(log: Iterable[LoggedDecision], lines: Iterable[SignalLine]) -> list[int]:
    """Those of a topic's signals that were acted on and that no decision names yet."""
    named = {key for decision in log for key in decision.made.signals}
    return [line.id for line in lines if line.status is Status.ACTED_ON and line.key not in named]


def _last_decision(session: Session, topic: str) -> int:
    return max((number for number, _ in history_rows.decisions_of(session, topic)), default=0)


def _numbered(session: Session, number: int) -> StoredSignal:
    found = signal_rows.signal_by_id(session, number)
    if found is None:
        raise UnreadableInput(
            f"there is no signal {number}.", hint="`surveil signals` lists those there are."
        )
    return found


def _repeats(found: StoredSignal, event: SignalEvent) -> bool:
    if event.what is Happening.SEEN:
        return any(
            (one.what, one.made_by, one.version) == (event.what, event.made_by, event.version)
            for one in found.events
        )
    last = found.events[-1] if found.events else None
    return last is not None and (last.what, last.made_by, last.reason, last.version) == (
        event.what,
        event.made_by,
        event.reason,
        event.version,
    )


def _checked_reason(reason: str, *, needed: bool) -> str:
    why = " ".join(reason.split())
    if needed and not why:
        raise UnreadableInput(
            "a reason is needed, so that others can follow it.", hint='Give it with --reason "…".'
        )
    if len(why) > LONGEST_NOTE:
        raise UnreadableInput(f"a reason has at most {LONGEST_NOTE:,} characters.")
    return why


def _today() -> date:
    return datetime.now(UTC).date()
