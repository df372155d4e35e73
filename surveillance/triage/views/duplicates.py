"""The doubtful pairs: side by side, answered one after the other; merges that can be undone."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Depends, Form, Query, Request, Response
from sqlalchemy.orm import Session

from db import reports as report_rows
from surveillance.dedup.clusters import Pair
from surveillance.dedup.decide import Verdict
from surveillance.dedup.decision_log import Logged
from surveillance.dedup.merged import name_of
from surveillance.dedup.side_by_side import Agreement, side_by_side
from surveillance.errors import Busy, Changed, UnreadableInput
from surveillance.pipeline import dedup_review
from surveillance.pipeline.dedup_review import Answer, Question
from surveillance.pipeline.priority import source_priority
from surveillance.topics import Topic
from surveillance.triage.gate import Comparer, Here, HouseHere, Reader, own_form
from surveillance.triage.house import House, RowNumber
from surveillance.triage.one_by_one import not_kept, turn
from surveillance.triage.pages import go, page

router = APIRouter(prefix="/topics/{slug}/duplicates")

#: How a field's two values agree: a sign, and what it says.
_MARKS = {
    Agreement.SAME: ("=", "the same"),
    Agreement.ALIKE: ("≈", "alike, but printed otherwise"),
    Agreement.DIFFERENT: ("≠", "different"),
    Agreement.MISSING: ("·", "on one side only"),
}
#: Merged reports on a page.
_ON_A_PAGE = 25
#: The answers by their names in the form: the verdict, and whether they are reports of one study.
_ANSWERS = {
    "same": (Verdict.SAME, False),
    "different": (Verdict.DIFFERENT, False),
    "related": (Verdict.DIFFERENT, True),
}
_PAIR = re.compile(r"([0-9]{1,18})-([0-9]{1,18})")
PairName = Annotated[str, Form(max_length=40)]


@dataclass(frozen=True, slots=True)
class Queue:
    """What waits, the pair that is shown, the one after it, and what can be taken back."""

    waiting: Sequence[Logged]
    shown: Question | None
    place: int
    following: str
    named: Sequence[Question]
    last: Answer | None
    last_named: tuple[str, str] | None


@router.get("")
def duplicates(
    request: Request,
    session: Reader,
    house: HouseHere,
    slug: str,
    pair: Annotated[str, Query(max_length=40)] = "",
) -> Response:
    """One doubtful pair: the one that is named, while it waits, else the likeliest."""
    return _shown(request, house, session, house.topic(slug), pair)


@router.post("", dependencies=[Depends(own_form)])
def answer(
    request: Request,
    session: Comparer,
    house: HouseHere,
    slug: str,
    *,
    pair: PairName = "",
    following: PairName = "",
    verdict: Annotated[str, Form(max_length=20)] = "",
) -> Response:
    """Take an answer and go on; a pair that somebody answered meanwhile is left as it is."""
    topic = house.topic(slug)
    asked = _pair(pair)
    try:
        if asked is None or verdict not in _ANSWERS:
            return _shown(request, house, session, topic, pair, fault="Choose an answer.", code=422)
        said, related = _ANSWERS[verdict]
        given = dedup_review.answer(
            house.store, topic.slug, asked, said, by=session.account.name, related=related
        )
    except Busy as fault:
        return _shown(request, house, session, topic, pair, fault=not_kept(fault), code=409)
    told = quote(_became(given, verdict))
    return go(request, f"/topics/{topic.slug}/duplicates?{_to(following)}told={told}")


@router.post("/take-back", dependencies=[Depends(own_form)])
def take_back(
    request: Request, session: Comparer, house: HouseHere, slug: str, pair: PairName = ""
) -> Response:
    """Put the pair that one answered last back into the queue, and show it."""
    topic = house.topic(slug)
    asked = _pair(pair)
    try:
        dedup_review.take_back_last(
            house.store, topic.slug, asked or (0, 0), by=session.account.name
        )
    except (Busy, Changed) as fault:
        return _shown(request, house, session, topic, "", fault=not_kept(fault), code=409)
    told = quote("Your last answer is taken back.")
    return go(request, f"/topics/{topic.slug}/duplicates?{_to(pair)}told={told}")


@router.get("/merged")
def merged(
    request: Request,
    session: Reader,
    house: HouseHere,
    slug: str,
    number: Annotated[int, Query(alias="page", ge=1, le=1_000_000)] = 1,
) -> Response:
    """The reports of several records, the latest first, each with its fields' sources."""
    return _merged(request, house, session, house.topic(slug), number)


@router.post("/merged/{report}", dependencies=[Depends(own_form)])
def undo(
    request: Request,
    session: Comparer,
    house: HouseHere,
    slug: str,
    report: RowNumber,
    *,
    record: Annotated[list[str], Form()] = [],  # noqa: B006 — FastAPI copies it for each request
) -> Response:
    """Split a report into those that its last merge joined; they stay apart."""
    topic = house.topic(slug)
    try:
        undone = dedup_review.undo(
            house.store,
            _named_here(house, topic, report),
            by=session.account.name,
            records=tuple(record),
        )
    except (Busy, Changed, UnreadableInput) as fault:
        return _merged(request, house, session, topic, 1, fault=not_kept(fault))
    parts = ", ".join(map(str, undone.parts))
    told = quote(f"Report {report} is apart again and stays so: reports {parts}.")
    return go(request, f"/topics/{topic.slug}/duplicates/merged?told={told}")


def _shown(
    request: Request,
    house: House,
    session: Here,
    topic: Topic,
    pair: str,
    *,
    fault: str = "",
    code: int = 200,
) -> Response:
    with house.desks.queue(topic) as known:
        waiting = known.doubtful
    with house.store.snapshot() as reading:
        queue = _queue(reading, topic.slug, waiting, _pair(pair), session.account.name)
    shown = queue.shown
    return page(
        request,
        "duplicates/pair.html",
        session,
        status=code,
        here="duplicates",
        topic=topic,
        queue=queue,
        rows=side_by_side(shown.a, shown.b) if shown else (),
        marks=_MARKS,
        name_of=name_of,
        named=_named,
        fault=fault,
    )


def _queue(
    session: Session, topic: str, waiting: Sequence[Logged], pair: Pair | None, by: str
) -> Queue:
    now = turn([_named(one.pair) for one in waiting], _named(pair) if pair else "")
    questions = dedup_review.asked_of(session, topic, waiting[now.listed])
    last = dedup_review.last_answer(session, topic, by)
    records = dedup_review.records_named(session, topic, last.pair) if last else None
    return Queue(
        waiting=waiting,
        shown=questions[now.place - now.listed.start] if questions else None,
        place=now.place,
        following=now.following,
        named=questions,
        last=last,
        last_named=records,
    )


def _merged(
    request: Request,
    house: House,
    session: Here,
    topic: Topic,
    number: int,
    *,
    fault: str = "",
) -> Response:
    with house.store.snapshot() as reading:
        numbers = report_rows.merged_numbers(reading, topic.slug)[::-1]
        last = max(1, math.ceil(len(numbers) / _ON_A_PAGE))
        number = min(number, last)
        first = (number - 1) * _ON_A_PAGE
        reports = dedup_review.merged_of(
            reading, topic.slug, numbers[first : first + _ON_A_PAGE], source_priority(topic)
        )
    return page(
        request,
        "duplicates/merged.html",
        session,
        status=409 if fault else 200,
        here="duplicates",
        topic=topic,
        reports=reports,
        total=len(numbers),
        number_of_page=number,
        last_page=last,
        fault=fault,
    )


def _named_here(house: House, topic: Topic, report: int) -> str:
    """The name of a report of this topic; raises `UnreadableInput` where it has none."""
    with house.store.snapshot() as reading:
        found = report_rows.report_numbered(reading, report)
    if found is None or found[0] != topic.slug:
        raise UnreadableInput(f"there is no report {report} here.")
    return str(report)


def _pair(named: str) -> Pair | None:
    found = _PAIR.fullmatch(named)
    return (int(found[1]), int(found[2])) if found else None


def _to(named: str) -> str:
    """The part of an address that names a pair; empty where the name is none."""
    return f"pair={named}&" if _PAIR.fullmatch(named) else ""


def _named(pair: Pair) -> str:
    return f"{pair[0]}-{pair[1]}"


def _became(given: Answer, verdict: str) -> str:
    if not given.taken:
        return "Somebody else has decided on that pair meanwhile; that stands. This is the next."
    if verdict == "related":
        return "Kept apart, as reports of one study."
    if verdict == "different":
        return "Kept apart."
    if given.report is None:
        return "Kept; but somebody called records that this would join different: not merged."
    return f"Merged: report {given.report}."
