"""What people say of signals: seen, acted on, dismissed with a reason, reopened; and their log."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime

from sqlalchemy.orm import Session

from db import signal_history as history_rows
from db import signals as signal_rows
from db.session import Store
from db.signals import StoredSignal
from surveillance.errors import UnreadableInput
from surveillance.pipeline.dedup_review import reviewer
from surveillance.pipeline.versions import LONGEST_NOTE
from surveillance.signals.history import DECISIONS, GuidanceDecision, Happening, SignalEvent, Status

#: What a person can say of a signal, and whether it needs a reason.
SAID = {
    Happening.SEEN: False,
    Happening.ACTED_ON: True,
    Happening.DISMISSED: True,
    Happening.REOPENED: True,
}


def say(store: Store, number: int, what: Happening, *, by: str, reason: str = "") -> StoredSignal:
    """Keep a person's word on a signal; the signal with its history as it then is.

    The same word of the same person on the same version, said last, is kept once. Raises
    `UnreadableInput` where there is no such signal, or where a reason is needed and not given.
    """
    person, why = reviewer(by), _checked_reason(reason, needed=SAID[what])
    with store.transaction() as session:
        found = _numbered(session, number)
        event = SignalEvent(what, _today(), found.version, person, why)
        if not _repeats(found, event):
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
    signals: tuple[int, ...] = (),
) -> tuple[int, GuidanceDecision]:
    """Keep what was decided of a topic's guidance, with the signals that led to it.

    Where none is named, those count that were acted on since the last decision. Raises
    `UnreadableInput` for an unknown decision, a missing reason, or a signal of another topic.
    """
    if decision not in DECISIONS:
        raise UnreadableInput(
            f"“{decision}” is no decision; decide one of: {', '.join(DECISIONS)}."
        )
    person, why = reviewer(by), _checked_reason(reason, needed=True)
    with store.transaction() as session:
        held = {stored.id: stored for stored in signal_rows.signals_of(session, topic)}
        for number in signals:
            if number not in held:
                raise UnreadableInput(f"{topic} has no signal {number}.")
        led = [held[number] for number in signals] or _acted_on(session, topic, held.values())
        keys = tuple(stored.signal.key for stored in led)
        made = GuidanceDecision(decision, why, person, _today(), keys)
        return history_rows.save_decision(session, topic, made), made


def guidance_log(
    store: Store, topic: str
) -> list[tuple[int, GuidanceDecision, list[StoredSignal]]]:
    """Every decision on a topic's guidance, oldest first, with the signals that led to it."""
    with store.snapshot() as session:
        by_key = {one.signal.key: one for one in signal_rows.signals_of(session, topic)}
        return [
            (number, made, [by_key[key] for key in made.signals if key in by_key])
            for number, made in history_rows.decisions_of(session, topic)
        ]


def _acted_on(session: Session, topic: str, held: Iterable[StoredSignal]) -> list[StoredSignal]:
    """The signals that were acted on and that no decision names yet."""
    named = {key for _, made in history_rows.decisions_of(session, topic) for key in made.signals}
    return [
        stored
        for stored in held
        if stored.status is Status.ACTED_ON and stored.signal.key not in named
    ]


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
