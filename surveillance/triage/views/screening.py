"""Reports screened one at a time: a key decides, and the next one is there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Query, Request, Response
from fastapi.responses import JSONResponse

from db.accounts import StoredSession
from db.screening import ABSTRACT, FULL_TEXT, Standing
from surveillance.accounts import Permission
from surveillance.pipeline.deciding import Opinion, Taken, decide, take_back
from surveillance.pipeline.finding import findings
from surveillance.pipeline.piles import Pile
from surveillance.pipeline.reading_queue import ReadingQueue
from surveillance.pipeline.report_cards import Card, cards
from surveillance.screening.rules import Verdict
from surveillance.topics import Topic
from surveillance.triage.gate import HouseHere, Reader, Screener, own_form
from surveillance.triage.house import House, NotHere
from surveillance.triage.pages import go, is_fragment, page, rendered, wants_page

router = APIRouter(prefix="/topics/{slug}")

#: Reports that a browser may ask for at once.
_MOST_CARDS = 60
#: The stages as addresses spell them.
STAGES = {"abstract": ABSTRACT, "full-text": FULL_TEXT}
#: The piles that people work through, as addresses spell them.
PILES = {
    "waiting": Pile.WAITING,
    "conflicts": Pile.CONFLICT,
    "unsure": Pile.UNSURE,
    "by-rule": Pile.PROPOSED,
}
Stage = Annotated[str, Query(pattern="^(abstract|full-text)$")]
PileName = Annotated[str, Query(pattern="^(waiting|conflicts|unsure|by-rule)$")]


@dataclass(frozen=True, slots=True)
class Shown:
    """What a card's template needs beside the card: its place, and why it stands there."""

    card: Card
    place: int | None
    unread: int
    lifted: tuple[tuple[str, float], ...]
    lowered: tuple[tuple[str, float], ...]


@router.get("/screen")
def screen(
    request: Request,
    slug: str,
    house: HouseHere,
    session: Reader,
    stage: Stage = "abstract",
    pile: PileName = "waiting",
    report: int | None = None,
) -> Response:
    """The next report of a pile, or the one that is asked for; works without a script, too."""
    topic = house.topic(slug)
    by = session.account.name
    at = STAGES[stage]
    house.desks.settle(topic)
    with house.desks.queue(topic) as queue:
        first = next(queue.waiting_for(at, by, pile=PILES[pile]), None)
        asked = first if report is None else report
        wanted = [asked] if asked is not None and asked in queue.lines else []
        standings = [queue.standing(at, one) for one in wanted]
        numbers = {name: queue.size(at, on) for name, on in PILES.items()}
        left, every = queue.left_for(at, by), sum(queue.numbers(at).values())
    shown = _shown(house, topic, wanted, standings, by)
    return page(
        request,
        "screen.html",
        session,
        topic=topic,
        here="screen",
        stage=stage,
        pile=pile,
        shown=shown[0] if shown else None,
        numbers=numbers | {"waiting": left},
        every=every,
        criteria=house.reasons(topic),
        may_screen=session.account.may(Permission.SCREEN),
    )


@router.get("/screen/cards")
def more_cards(
    request: Request,
    slug: str,
    house: HouseHere,
    session: Reader,
    stage: Stage = "abstract",
    pile: PileName = "waiting",
    behind: int | None = None,
    report: int | None = None,
    most: Annotated[int, Query(ge=1, le=_MOST_CARDS)] = 20,
) -> Response:
    """The next reports of a pile for the script, each as a finished piece of the page."""
    topic = house.topic(slug)
    by, at = session.account.name, STAGES[stage]
    with house.desks.queue(topic) as queue:
        wanted = _next(queue, at, by, PILES[pile], behind, most) if report is None else [report]
        wanted = [one for one in wanted if one in queue.lines]
        standings = [queue.standing(at, one) for one in wanted]
        left = queue.left_for(at, by)
    found = [
        {
            "report": one.card.report,
            "told": one.card.told,
            "html": rendered(request, "card.html", shown=one, stage=stage, topic=topic),
        }
        for one in _shown(house, topic, wanted, standings, by)
    ]
    return JSONResponse({"cards": found, "left": left})


@router.post("/screen/{report}", dependencies=[Depends(own_form)])
def say(
    request: Request,
    slug: str,
    report: int,
    house: HouseHere,
    session: Screener,
    verdict: Annotated[str, Form(pattern="^(include|exclude|unsure)$")],
    stage: Annotated[str, Form(pattern="^(abstract|full-text)$")] = "abstract",
    pile: Annotated[str, Form(pattern="^(waiting|conflicts|unsure|by-rule)$")] = "waiting",
    reason: Annotated[str, Form(max_length=5_000)] = "",
    told: Annotated[int | None, Form(ge=0)] = None,
) -> Response:
    """Take a word on a report; a page is answered with the next one, a script with what came."""
    topic = house.topic(slug)
    opinion = Opinion(
        verdict=Verdict(verdict), stage=STAGES[stage], reason=reason, by=session.account.name
    )
    taken = decide(house.store, topic, f"report:{report}", opinion, told=told)
    if wants_page(request):
        where = f"/topics/{slug}/screen?stage={stage}&pile={pile}"
        return go(request, f"{where}&told=Report+{report}%3A+{verdict}")
    return JSONResponse(_document(taken))


@router.post("/screen/{report}/undo", dependencies=[Depends(own_form)])
def undo(
    request: Request,
    slug: str,
    report: int,
    house: HouseHere,
    session: Screener,
    stage: Annotated[str, Form(pattern="^(abstract|full-text)$")] = "abstract",
    verdict: Annotated[str, Form(pattern="^(|include|exclude|unsure)$")] = "",
    reason: Annotated[str, Form(max_length=5_000)] = "",
) -> Response:
    """Take one's last word back: what one said before stands again, or nothing."""
    topic = house.topic(slug)
    by = session.account.name
    if verdict:
        again = Opinion(verdict=Verdict(verdict), stage=STAGES[stage], reason=reason, by=by)
        taken = decide(house.store, topic, f"report:{report}", again)
    else:
        taken = take_back(house.store, topic, f"report:{report}", stage=STAGES[stage], by=by)
    if wants_page(request):
        return go(request, f"/topics/{slug}/screen?stage={stage}&report={report}&told=Taken+back")
    return JSONResponse(_document(taken))


@router.get("/reports/{report}/why")
def why(request: Request, slug: str, report: int, house: HouseHere, session: Reader) -> Response:
    """Which lines of the strategies found a report, on which words; a part of a page."""
    topic = house.topic(slug)
    with house.store.snapshot() as stored:
        found = findings(stored, topic, house.ready(topic), report)
    if not is_fragment(request):
        return page(request, "why-page.html", session, topic=topic, found=found, report=report)
    return Response(rendered(request, "why.html", found=found), media_type="text/html")


def show(house: House, topic: Topic, report: int, stage: str, session: StoredSession) -> Shown:
    """One report's card; raises `NotHere` where the topic has no such report."""
    with house.desks.queue(topic) as queue:
        if report not in queue.lines:
            raise NotHere(f"{topic.slug} has no report {report} now.")
        standing = queue.standing(stage, report)
    return _shown(house, topic, [report], [standing], session.account.name)[0]


def _next(
    queue: ReadingQueue, stage: str, by: str, pile: Pile, behind: int | None, most: int
) -> list[int]:
    found = []
    for report in queue.waiting_for(stage, by, pile=pile, behind=behind):
        found.append(report)
        if len(found) == most:
            break
    return found


def _shown(
    house: House, topic: Topic, reports: list[int], standings: list[Standing], by: str
) -> list[Shown]:
    if not reports:
        return []
    with house.store.snapshot() as session:
        made = cards(session, topic, reports, standings, by)
    placed, unread = house.desks.places(topic, [one.report for one in made])
    return [
        Shown(
            card=card,
            place=one.place,
            unread=unread,
            lifted=one.terms.lifted if one.terms else (),
            lowered=one.terms.lowered if one.terms else (),
        )
        for card, one in zip(made, placed, strict=True)
    ]


def _document(taken: Taken) -> dict[str, Any]:
    before = taken.before
    return {
        "report": taken.word.report_id,
        "verdict": taken.word.verdict or "taken back",
        "reason": taken.word.reason,
        "new": taken.new,
        "state": taken.state,
        "before": {
            "verdict": before.verdict if before else "",
            "reason": (before.criterion or before.reason) if before else "",
        },
    }
