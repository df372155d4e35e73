"""What the last run brought: the topics at a glance, and each topic's week."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response
from sqlalchemy.orm import Session

from db import signals as signal_rows
from db.screening import ABSTRACT
from db.signal_lines import SignalLine
from surveillance.pipeline.piles import Pile
from surveillance.pipeline.week import LastRun, last_run
from surveillance.topics import Topic
from surveillance.triage.gate import HouseHere, Reader
from surveillance.triage.house import House
from surveillance.triage.pages import is_fragment, page, rendered

router = APIRouter()
#: Signals that stand on a week's page; the others are a link.
_MOST_SIGNALS = 8


@router.get("/")
def first(request: Request, house: HouseHere, session: Reader) -> Response:
    """Every topic: when it was last searched, and what waits."""
    rows = []
    for topic in house.topics():
        with house.desks.queue(topic) as queue:
            left = queue.left_for(ABSTRACT, session.account.name)
            waits = (left, queue.size(ABSTRACT, Pile.CONFLICT), len(queue.doubtful))
        with house.store.snapshot() as stored:
            last = last_run(stored, topic.slug)
            rows.append((topic, last, *waits, len(_raised(stored, house, topic, last))))
    return page(request, "first.html", session, rows=rows)


@router.get("/topics/{slug}")
def week(request: Request, slug: str, house: HouseHere, session: Reader) -> Response:
    """A topic's week."""
    topic = house.topic(slug)
    with house.desks.queue(topic) as queue:
        numbers = {pile.name.lower(): queue.size(ABSTRACT, pile) for pile in Pile}
        left, pairs = queue.left_for(ABSTRACT, session.account.name), len(queue.doubtful)
    with house.store.snapshot() as stored:
        found = house.weeks.of(stored, topic)
        links = len(house.links.of(stored, topic).waiting)
        raised = [line.id for line in _raised(stored, house, topic, found.last)]
        shown = signal_rows.signals_numbered(stored, raised[:_MOST_SIGNALS])
    return page(
        request,
        "week.html",
        session,
        topic=topic,
        here="week",
        week=found,
        last=found.last,
        signals=[shown[number] for number in raised[:_MOST_SIGNALS]],
        raised=len(raised),
        piles=Pile,
        numbers=numbers,
        left=left,
        links=links,
        pairs=pairs,
    )


def _raised(session: Session, house: House, topic: Topic, last: LastRun) -> list[SignalLine]:
    """The signals that were raised on the day of the last run or later, the heaviest first."""
    return house.signals.of(session, topic.slug).raised_since(last.until) if last.until else []


@router.get("/topics/{slug}/figures")
def figures(request: Request, slug: str, house: HouseHere, session: Reader) -> Response:
    """The PRISMA flow, and how far screening is: a part of the week's page, or a page."""
    topic = house.topic(slug)
    found = house.desks.figures(topic, house.settings)
    if is_fragment(request):
        part = rendered(request, "figures.html", topic=topic, figures=found)
        return Response(part, media_type="text/html")
    return page(request, "figures-page.html", session, topic=topic, here="week", figures=found)


@router.get("/topics/{slug}/flow.svg")
def flow(slug: str, house: HouseHere, session: Reader) -> Response:  # noqa: ARG001 — the door
    """The PRISMA flow drawn."""
    found = house.desks.figures(house.topic(slug), house.settings)
    if found is None:
        return Response(status_code=503, headers={"Retry-After": "5"})
    return Response(found.svg, media_type="image/svg+xml")
