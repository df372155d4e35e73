"""Signals, what people say of them, and decisions on the guidance."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Query

from db import signals as signal_rows
from db.signals import StoredSignal
from surveillance.accounts import Account
from surveillance.pipeline.signal_words import LoggedDecision, decide_guidance, guidance_log, say
from surveillance.signals.history import Happening
from surveillance.triage.api.answers import (
    GuidanceEntry,
    GuidanceLog,
    GuidanceSent,
    Happened,
    LedSignal,
    OneSignal,
    ReasonSent,
    SignalEvidence,
    Signals,
)
from surveillance.triage.api.door import MOST, Judge, Limit, Number, Reader, Skip
from surveillance.triage.gate import HouseHere
from surveillance.triage.house import House, NotHere

router = APIRouter(tags=["signals"])
StatusName = Literal["open", "seen", "acted on", "dismissed", "lapsed"]


@router.get("/topics/{slug}/signals")
def signals(
    slug: str,
    house: HouseHere,
    caller: Reader,  # noqa: ARG001 — the door
    status: StatusName | None = None,
    after: Annotated[int, Query(ge=0, le=MOST, description="The last page's last signal.")] = 0,
    limit: Limit = 50,
) -> Signals:
    """A topic's signals in the order they were raised, page by page."""
    topic = house.topic(slug)
    with house.store.snapshot() as session:
        found = [
            one.id
            for one in house.signals.of(session, topic.slug)
            if one.id > after and status in (None, one.status)
        ]
        stored = signal_rows.signals_numbered(session, found[:limit])
    return Signals(
        signals=[_signal(stored[number]) for number in found[:limit]],
        next=found[limit - 1] if len(found) > limit else None,
    )


@router.get("/signals/{number}")
def one(number: Number, house: HouseHere, caller: Reader) -> OneSignal:  # noqa: ARG001
    """One signal with its history; reading it here does not note it as seen."""
    return _signal(_numbered(house, number))


@router.post("/signals/{number}/act")
def act(number: Number, sent: ReasonSent, house: HouseHere, caller: Judge) -> OneSignal:
    """Note that a signal was acted on, and how."""
    return _said(house, number, Happening.ACTED_ON, sent, caller)


@router.post("/signals/{number}/dismiss")
def dismiss(number: Number, sent: ReasonSent, house: HouseHere, caller: Judge) -> OneSignal:
    """Dismiss a signal: it needs nothing. What is learnt later opens it again."""
    return _said(house, number, Happening.DISMISSED, sent, caller)


@router.post("/signals/{number}/reopen")
def reopen(number: Number, sent: ReasonSent, house: HouseHere, caller: Judge) -> OneSignal:
    """Open a signal again that was dismissed or acted on."""
    return _said(house, number, Happening.REOPENED, sent, caller)


@router.get("/topics/{slug}/guidance")
def log(
    slug: str,
    house: HouseHere,
    caller: Reader,  # noqa: ARG001 — the door
    limit: Limit = 50,
    skip: Skip = 0,
) -> GuidanceLog:
    """The decisions on a topic's guidance, oldest first."""
    topic = house.topic(slug)
    found = _log(house, topic.slug)
    return GuidanceLog(
        topic=slug,
        decisions=[_entry(one) for one in found[skip : skip + limit]],
        next=skip + limit if skip + limit < len(found) else None,
    )


@router.post("/topics/{slug}/guidance")
def decide(slug: str, sent: GuidanceSent, house: HouseHere, caller: Judge) -> GuidanceEntry:
    """Keep a decision on the guidance, with the signals that led to it."""
    topic = house.topic(slug)
    number, _ = decide_guidance(
        house.store,
        topic.slug,
        sent.decision,
        by=caller.name,
        reason=sent.reason,
        signals=None if sent.signals is None else tuple(sent.signals),
    )
    return next(_entry(one) for one in _log(house, topic.slug) if one.number == number)


def _log(house: House, slug: str) -> list[LoggedDecision]:
    with house.store.snapshot() as session:
        return guidance_log(session, slug)


def _numbered(house: House, number: int) -> StoredSignal:
    with house.store.snapshot() as session:
        found = signal_rows.signal_by_id(session, number)
    if found is None:
        raise NotHere(f"there is no signal {number}.")
    return found


def _said(
    house: House, number: int, what: Happening, sent: ReasonSent, caller: Account
) -> OneSignal:
    _numbered(house, number)
    return _signal(say(house.store, number, what, by=caller.name, reason=sent.reason))


def _signal(stored: StoredSignal) -> OneSignal:
    signal = stored.signal
    return OneSignal(
        id=stored.id,
        raised_on=stored.raised_on.isoformat(),
        version=stored.version,
        status=stored.status,
        topic=signal.topic,
        kind=signal.kind,
        subject=signal.subject,
        key=signal.key,
        weight=signal.weight,
        headline=signal.headline,
        sentence=signal.sentence,
        recommendations=list(signal.recommendations),
        words=list(signal.words),
        evidence=[
            SignalEvidence(each.kind, each.identifier, each.words, each.version)
            for each in signal.evidence
        ],
        design=signal.design,
        triggers=list(signal.triggers),
        outcomes=list(signal.outcomes),
        comparators=list(signal.comparators),
        history=[
            Happened(
                what=event.what,
                on=event.happened_on.isoformat(),
                version=event.version,
                by=event.made_by,
                reason=event.reason,
            )
            for event in stored.events
        ],
    )


def _entry(one: LoggedDecision) -> GuidanceEntry:
    return GuidanceEntry(
        id=one.number,
        decision=one.made.decision,
        reason=one.made.reason,
        by=one.made.made_by,
        decided_on=one.made.decided_on.isoformat(),
        signals=[LedSignal(each.id, each.signal.headline) for each in one.led],
    )
