"""What became of a signal: raised, updated, seen, acted on, dismissed, and where it stands now."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from surveillance.signals.model import Kind, Signal


class Happening(StrEnum):
    """What can happen to a signal; the first four by a run, the others by a person."""

    RAISED = "raised"
    UPDATED = "updated"
    LAPSED = "lapsed"
    RAISED_AGAIN = "raised again"
    SEEN = "seen"
    ACTED_ON = "acted on"
    DISMISSED = "dismissed"
    REOPENED = "reopened"


class Status(StrEnum):
    """Where a signal stands; *lapsed*: what it says holds no longer, and nobody dealt with it."""

    OPEN = "open"
    SEEN = "seen"
    ACTED_ON = "acted on"
    DISMISSED = "dismissed"
    LAPSED = "lapsed"


@dataclass(frozen=True, slots=True)
class SignalEvent:
    """One thing that happened to a signal; `made_by` is empty where a run did it."""

    what: Happening
    happened_on: date
    version: int = 1
    made_by: str = ""
    reason: str = ""


#: Kinds that tell of something that happened: that stays true, so they never lapse, and a run need
#: not raise them again.
HAPPENED = frozenset({Kind.REGISTRATION_CHANGED, Kind.NEW_REGISTRATION, Kind.STRATEGY_CHANGED})

_OPENS = frozenset({Happening.RAISED, Happening.UPDATED, Happening.REOPENED})
#: What runs note: it follows from what they found, whatever people said meanwhile.
_BY_RUNS = frozenset(
    {Happening.RAISED, Happening.UPDATED, Happening.LAPSED, Happening.RAISED_AGAIN}
)
_SETTLED = {Happening.ACTED_ON: Status.ACTED_ON, Happening.DISMISSED: Status.DISMISSED}


def status_of(events: Iterable[SignalEvent]) -> Status:
    """Where a signal stands after `events`, oldest first."""
    return status_after(event.what for event in events)


def status_after(happenings: Iterable[Happening], status: Status = Status.OPEN) -> Status:
    """Where a signal stands after all this, oldest first; `status` is where it stood before.

    A person's word holds until what is known changes: an update or a reopening opens it again. A
    signal that lapsed is open again where it is raised again, unless somebody had dealt with it.
    """
    for what in happenings:
        if what in _OPENS:
            status = Status.OPEN
        elif what in _SETTLED:
            status = _SETTLED[what]
        elif what is Happening.LAPSED and status not in _SETTLED.values():
            status = Status.LAPSED
        elif what is Happening.RAISED_AGAIN and status is Status.LAPSED:
            status = Status.OPEN
        elif what is Happening.SEEN and status is Status.OPEN:
            status = Status.SEEN
    return status


def edition(events: Iterable[SignalEvent]) -> int:
    """How often something happened to a signal; that somebody saw it leaves it as it was.

    Whoever speaks of a signal speaks of one edition of it.
    """
    return sum(event.what is not Happening.SEEN for event in events)


def has_lapsed(events: Iterable[SignalEvent]) -> bool:
    """Whether the last run that looked found that what a signal says holds no longer."""
    noted = [event.what for event in events if event.what in _BY_RUNS]
    return bool(noted) and noted[-1] is Happening.LAPSED


def difference(before: Signal, after: Signal) -> str:
    """What is another in a later version of a signal, in a sentence; empty where nothing is."""
    told = []
    if before.weight is not after.weight:
        told.append(f"it weighs {after.weight}, before {before.weight}")
    if new := [trigger.said for trigger in after.triggers if trigger not in before.triggers]:
        told.append(f"it also meets: {', '.join(new)}")
    if gone := [trigger.said for trigger in before.triggers if trigger not in after.triggers]:
        told.append(f"it no longer meets: {', '.join(gone)}")
    if before.recommendations != after.recommendations:
        told.append(f"it touches {', '.join(after.recommendations) or 'no recommendation'}")
    if before.design != after.design:
        told.append(f"the design is {after.design or 'not stated'}")
    rests_on = {evidence.identifier for evidence in before.evidence}
    if more := [one.identifier for one in after.evidence if one.identifier not in rests_on]:
        told.append(f"it rests on {', '.join(more)}")
    sentence = "; ".join(told)
    return f"{sentence[:1].upper()}{sentence[1:]}." if sentence else ""


@dataclass(frozen=True, slots=True)
class GuidanceDecision:
    """What a guidance team decided of a topic, who, when and why; `signals` that led to it."""

    decision: str
    reason: str
    made_by: str
    decided_on: date
    signals: tuple[str, ...] = ()


#: What can be decided, in the words of guidance surveillance (NICE's manual, chapter 14).
DECISIONS = ("no update", "update", "refresh", "withdraw")
