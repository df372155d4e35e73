"""All reports of a topic by pile, searched, and one of them whole with what was said of it."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from db import reports as report_rows
from db.accounts import StoredSession
from db.screening import ABSTRACT
from surveillance.accounts import Permission
from surveillance.errors import UnreadableInput
from surveillance.pipeline.piles import Pile
from surveillance.pipeline.reading_queue import Line, ReadingQueue
from surveillance.screening.reviewing import State, visible
from surveillance.triage.gate import HouseHere, Reader
from surveillance.triage.house import RowNumber
from surveillance.triage.pages import go, page
from surveillance.triage.views.screening import STAGES, Stage, show

router = APIRouter(prefix="/topics/{slug}")

#: Reports on one page.
PAGE = 50
_NAMES = {pile.name.lower(): pile for pile in Pile}


@router.get("/reports")
def listed(
    request: Request,
    slug: str,
    house: HouseHere,
    session: Reader,
    stage: Stage = "abstract",
    pile: Annotated[str, Query(max_length=20)] = "",
    find: Annotated[str, Query(max_length=200)] = "",
    start: Annotated[int, Query(ge=0, le=10_000_000)] = 0,
) -> Response:
    """The reports of a pile (or all), those with these words in title, citation or numbers."""
    topic = house.topic(slug)
    if pile and pile not in _NAMES:
        raise UnreadableInput(f"there is no pile “{pile}”.")
    piles = [_NAMES[pile]] if pile else list(Pile)
    with house.desks.queue(topic) as queue:
        numbers = {name: queue.size(STAGES[stage], where) for name, where in _NAMES.items()}
        found = [report for one in piles for report in queue.on(STAGES[stage], one)]
        holding = queue.words.holding(find)
        if holding is not None:
            found = [report for report in found if report in holding]
        shown = found[start : start + PAGE]
        rows = [_row(queue, STAGES[stage], one, session) for one in shown]
    return page(
        request,
        "reports.html",
        session,
        topic=topic,
        here="reports",
        stage=stage,
        pile=pile,
        piles=_NAMES,
        numbers=numbers,
        find=find,
        start=start,
        size=PAGE,
        total=len(found),
        rows=rows,
    )


@router.get("/reports/{report}")
def one_report(
    request: Request,
    slug: str,
    report: RowNumber,
    house: HouseHere,
    session: Reader,
    stage: Stage = "abstract",
) -> Response:
    """One report whole: what was said of it, when, and what can be said now."""
    topic = house.topic(slug)
    with house.store.snapshot() as reading:
        found = report_rows.report_numbered(reading, report)
    if found and found[0] == topic.slug and found[1] != report:
        # A mail or a bookmark may be older than a merge.
        return go(request, f"/topics/{topic.slug}/reports/{found[1]}")
    shown = show(house, topic, report, STAGES[stage], session)
    return page(
        request,
        "report.html",
        session,
        topic=topic,
        here="reports",
        stage=stage,
        shown=shown,
        mine=shown.card.standing.word_of(session.account.name),
        criteria=house.reasons(topic),
        may_screen=session.account.may(Permission.SCREEN),
    )


def _row(
    queue: ReadingQueue, stage: str, report: int, session: StoredSession
) -> tuple[Line, Pile | None, str, str]:
    """A line, its pile, what the rules propose, and what the reader may know of people's words."""
    standing = queue.standing(stage, report)
    seen = visible(standing.words, standing.state, session.account.name, queue.reviewing)
    people = "; ".join(f"{word.made_by}: {word.verdict}" for word in seen)
    if standing.state is State.SECOND and not seen:
        people = State.SECOND.value
    proposed = standing.rule.verdict if standing.rule and stage == ABSTRACT else ""
    return queue.lines[report], queue.pile_of(stage, report), proposed, people
