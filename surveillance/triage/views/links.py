"""Doubtful links: a report and a trial side by side, answered one after the other."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Depends, Form, Query, Request, Response
from sqlalchemy.orm import Session

from surveillance.errors import Busy, Changed, UnreadableInput
from surveillance.pipeline.link_queue import DoubtfulLink, LinkQueue
from surveillance.pipeline.trial_links import LastWord, Opinion, judge, last_word_by
from surveillance.signals.wording import said
from surveillance.studies.joined import Doubt
from surveillance.studies.registry_pages import page_of
from surveillance.studies.study import Verdict
from surveillance.topics import Topic
from surveillance.triage.gate import Comparer, Here, HouseHere, Reader, own_form
from surveillance.triage.house import House
from surveillance.triage.one_by_one import not_kept, turn
from surveillance.triage.pages import go, page

router = APIRouter(prefix="/topics/{slug}/links")

_ANSWERS = {"same": Verdict.SAME, "different": Verdict.DIFFERENT}
#: So many people of a side are named.
_MOST_PEOPLE = 8
LinkName = Annotated[str, Form(max_length=600)]


@dataclass(frozen=True, slots=True)
class Queue:
    """What waits, the link that is shown, the one after it, and what can be taken back."""

    waiting: Sequence[DoubtfulLink]
    shown: DoubtfulLink | None
    place: int
    following: str
    named: Sequence[DoubtfulLink]
    last: LastWord | None
    kept_apart: Sequence[Doubt]


@router.get("")
def links(
    request: Request,
    session: Reader,
    house: HouseHere,
    slug: str,
    link: Annotated[str, Query(max_length=600)] = "",
) -> Response:
    """One doubtful link: the one that is named, while it waits, else the first."""
    return _shown(request, house, session, house.topic(slug), link)


@router.post("", dependencies=[Depends(own_form)])
def answer(
    request: Request,
    session: Comparer,
    house: HouseHere,
    slug: str,
    *,
    link: LinkName = "",
    following: LinkName = "",
    verdict: Annotated[str, Form(max_length=20)] = "",
    reason: Annotated[str, Form(max_length=5_000)] = "",
) -> Response:
    """Take an answer and go on; a link that somebody answered meanwhile is left as it is."""
    topic = house.topic(slug)
    report, _, number = link.rpartition(" ")
    if verdict not in _ANSWERS or not report:
        return _shown(request, house, session, topic, link, fault="Choose an answer.", code=422)
    opinion = Opinion(_ANSWERS[verdict], session.account.name, reason)
    try:
        judge(house.store, topic, report, number, opinion, over_others=False)
    except (Busy, Changed, UnreadableInput) as fault:
        code = 422 if isinstance(fault, UnreadableInput) else 409
        return _shown(request, house, session, topic, link, fault=not_kept(fault), code=code)
    told = f"{number}: {'its report now.' if verdict == 'same' else 'not its report.'}"
    return _go(request, topic, following, told)


@router.post("/take-back", dependencies=[Depends(own_form)])
def take_back(
    request: Request, session: Comparer, house: HouseHere, slug: str, link: LinkName = ""
) -> Response:
    """Take back what one said last: the link waits again, and is shown."""
    topic = house.topic(slug)
    report, _, number = link.rpartition(" ")
    opinion = Opinion(None, session.account.name)
    try:
        judge(house.store, topic, report, number, opinion, over_others=False)
    except (Busy, Changed, UnreadableInput) as fault:
        return _shown(request, house, session, topic, "", fault=not_kept(fault), code=409)
    return _go(request, topic, link, "Your last answer is taken back.")


def _go(request: Request, topic: Topic, link: str, told: str) -> Response:
    to = f"link={quote(link)}&" if link else ""
    return go(request, f"/topics/{topic.slug}/links?{to}told={quote(told)}")


def _shown(
    request: Request,
    house: House,
    session: Here,
    topic: Topic,
    link: str,
    *,
    fault: str = "",
    code: int = 200,
) -> Response:
    with house.store.snapshot() as reading:
        queue = _queue(reading, topic, house.links.of(reading, topic), link, session.account.name)
    shown = queue.shown
    return page(
        request,
        "links/link.html",
        session,
        status=code,
        here="links",
        topic=topic,
        queue=queue,
        rows=list(_rows(shown)) if shown else (),
        registry=page_of(shown.registration.number) if shown else ("", ""),
        named=_named,
        fault=fault,
    )


def _queue(session: Session, topic: Topic, read: LinkQueue, link: str, by: str) -> Queue:
    waiting = read.waiting
    now = turn([_named(one) for one in waiting], link)
    return Queue(
        waiting=waiting,
        shown=waiting[now.place] if waiting else None,
        place=now.place,
        following=now.following,
        named=waiting[now.listed],
        last=last_word_by(session, topic, by),
        kept_apart=read.kept_apart,
    )


def _named(one: DoubtfulLink) -> str:
    """What a link is called in a form and an address."""
    return f"{one.name} {one.registration.number}"


def _rows(one: DoubtfulLink) -> Iterator[tuple[str, str, str]]:
    """What the report and the registration say of the same thing; nothing where neither does."""
    lead, trial = one.lead, one.registration
    dates = f"{trial.start or '?'} to {trial.primary_completion or trial.completion or '?'}"
    known = trial.start or trial.primary_completion or trial.completion
    size = "" if trial.enrolment is None else f"{trial.enrolment:,} participants"
    design = ", ".join(filter(None, map(said, (trial.study_type, trial.allocation))))
    rows = (
        ("title", lead.title, _several((trial.acronym, trial.title, trial.official_title))),
        ("people", _people(map(str, lead.authors)), _people(trial.investigators)),
        ("where", lead.journal, _several((trial.sponsor, ", ".join(trial.countries)))),
        ("when", str(lead.year or ""), dates if known else ""),
        ("condition, intervention", "; ".join(lead.keywords), _subject(one)),
        ("design, size", ", ".join(lead.publication_types), _several((design, size))),
    )
    return (row for row in rows if row[1] or row[2])


def _subject(one: DoubtfulLink) -> str:
    trial = one.registration
    return _several(("; ".join(trial.conditions), "; ".join(trial.interventions)))


def _several(texts: Sequence[str]) -> str:
    return " · ".join(dict.fromkeys(filter(None, texts)))


def _people(names: Iterator[str] | Sequence[str]) -> str:
    every = list(names)
    more = f" and {len(every) - _MOST_PEOPLE} more" if len(every) > _MOST_PEOPLE else ""
    return ", ".join(every[:_MOST_PEOPLE]) + more
