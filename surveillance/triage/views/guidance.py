"""What was decided of a topic's guidance, and a form to decide."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from heapq import nsmallest
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Query, Request, Response
from pydantic import Field

from db import signals as signal_rows
from db.signal_lines import SignalLine
from surveillance.accounts import Permission
from surveillance.errors import Changed, UnreadableInput
from surveillance.pipeline.signal_words import decide_guidance, guidance_log, numbers_awaiting
from surveillance.pipeline.versions import LONGEST_NOTE
from surveillance.signals.history import DECISIONS, Status
from surveillance.topics import Topic
from surveillance.triage.gate import Here, HouseHere, Judge, Reader, own_form
from surveillance.triage.house import House
from surveillance.triage.pages import go, page

router = APIRouter()
#: Signals that a decision may rest on: nobody dealt with them, or somebody acted.
_OFFERED = frozenset({Status.OPEN, Status.SEEN, Status.ACTED_ON})
#: So many of them the form lists; any other is ticked from its own page.
_MOST = 100
_Number = Annotated[int, Field(ge=1, lt=10**18)]


@router.get("/topics/{slug}/guidance")
def guidance(
    request: Request,
    session: Reader,
    house: HouseHere,
    slug: str,
    signal: Annotated[list[_Number], Query(max_length=_MOST)] = [],  # noqa: B006 — as below
) -> Response:
    """The decision log, and the form.

    Ticked are the signals that are named and those that were acted on since the last decision.
    """
    return _shown(request, house, session, house.topic(slug), ticked=set(signal), fresh=True)


@router.post("/topics/{slug}/guidance", dependencies=[Depends(own_form)])
def decide(
    request: Request,
    session: Judge,
    house: HouseHere,
    slug: str,
    *,
    after: Annotated[int, Form()],
    decision: Annotated[str, Form(max_length=100)] = "",
    reason: Annotated[str, Form(max_length=20_000)] = "",
    signal: Annotated[list[int], Form()] = [],  # noqa: B006 — FastAPI copies it for each request
) -> Response:
    """Keep a decision; nothing is kept where somebody decided since the page was loaded."""
    topic = house.topic(slug)
    try:
        decide_guidance(
            house.store,
            topic.slug,
            decision,
            by=session.account.name,
            reason=reason,
            signals=tuple(signal),
            after=after,
        )
    except (UnreadableInput, Changed) as fault:
        return _shown(
            request,
            house,
            session,
            topic,
            ticked=set(signal),
            decision=decision,
            reason=reason,
            fault=fault,
        )
    return go(request, f"/topics/{topic.slug}/guidance?told=The+decision+is+kept.")


def _shown(
    request: Request,
    house: House,
    session: Here,
    topic: Topic,
    *,
    ticked: set[int],
    fresh: bool = False,
    decision: str = "",
    reason: str = "",
    fault: UnreadableInput | Changed | None = None,
) -> Response:
    with house.store.snapshot() as reading:
        every = house.signals.of(reading, topic.slug)
        log = guidance_log(reading, topic.slug, every)
        if fresh:
            ticked = ticked.union(numbers_awaiting(log, every))
        offered = _offered(every, ticked) if session.account.may(Permission.JUDGE) else _Offered()
        stored = signal_rows.signals_numbered(reading, offered.shown)
    return page(
        request,
        "signals/guidance.html",
        session,
        status=200 if fault is None else 409 if isinstance(fault, Changed) else 422,
        here="signals",
        topic=topic,
        log=log,
        decisions=DECISIONS,
        told_decision=decision,
        reason=reason,
        offered=[stored[number] for number in offered.shown],
        left=offered.left,
        ticked=ticked,
        longest=LONGEST_NOTE,
        fault=_sentence(fault),
    )


@dataclass(frozen=True, slots=True)
class _Offered:
    """The signals that the form lists, by number, and how many others could be ticked."""

    shown: tuple[int, ...] = ()
    left: int = 0


def _offered(every: Iterable[SignalLine], ticked: Collection[int]) -> _Offered:
    """What a decision may rest on: the ticked ones, then the heaviest."""
    first = sorted((one for one in every if one.id in ticked), key=lambda one: one.importance)
    others = [one for one in every if one.status in _OFFERED and one.id not in ticked]
    heaviest = nsmallest(max(_MOST - len(first), 0), others, key=lambda one: one.importance)
    shown = tuple(one.id for one in (*first, *heaviest))
    return _Offered(shown, len(first) + len(others) - len(shown))


def _sentence(fault: UnreadableInput | Changed | None) -> str:
    if isinstance(fault, Changed):
        return (
            f"Nothing was kept: {fault.message} Their decision is in the table above; what you "
            "wrote is still here."
        )
    return f"Nothing was kept: {fault.message}" if fault else ""
