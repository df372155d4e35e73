"""Doubtful links between reports and trials: those that wait, a word on one, one taken back."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query

from surveillance.pipeline.link_queue import DoubtfulLink
from surveillance.pipeline.trial_links import Judged, Opinion, judge
from surveillance.studies.study import Verdict
from surveillance.triage.api.answers import (
    KeptApart,
    LinkAnswered,
    LinkPlace,
    Links,
    LinkSent,
    WaitingLink,
)
from surveillance.triage.api.door import Comparer, Limit, Reader, Skip
from surveillance.triage.gate import HouseHere

router = APIRouter(tags=["links"])


@router.get("/topics/{slug}/links")
def links(
    slug: str,
    house: HouseHere,
    caller: Reader,  # noqa: ARG001 — the door
    limit: Limit = 50,
    skip: Skip = 0,
) -> Links:
    """The reports that may be of a trial and wait for a person."""
    topic = house.topic(slug)
    with house.store.snapshot() as session:
        queue = house.links.of(session, topic)
    waiting = queue.waiting
    return Links(
        topic=slug,
        links=[_link(slug, one) for one in waiting[skip : skip + limit]],
        waiting=len(waiting),
        kept_apart=[KeptApart(list(one.numbers), one.listed) for one in queue.kept_apart],
        next=skip + limit if skip + limit < len(waiting) else None,
    )


@router.post("/topics/{slug}/links")
def answer_link(slug: str, sent: LinkSent, house: HouseHere, caller: Comparer) -> LinkAnswered:
    """Say whether a report is of a trial; a word of somebody else stays as it is."""
    topic = house.topic(slug)
    opinion = Opinion(Verdict(sent.verdict), caller.name, sent.reason)
    judged = judge(house.store, topic, sent.record, sent.registration, opinion, over_others=False)
    return _answered(slug, judged)


@router.delete("/topics/{slug}/links")
def take_back_word(
    slug: str,
    record: Annotated[str, Query(max_length=500)],
    registration: Annotated[str, Query(max_length=100)],
    house: HouseHere,
    caller: Comparer,
) -> LinkAnswered:
    """Take one's own word on a link back; it waits again where the rules cannot tell."""
    topic = house.topic(slug)
    opinion = Opinion(None, caller.name)
    judged = judge(house.store, topic, record, registration, opinion, over_others=False)
    return _answered(slug, judged)


def _link(slug: str, one: DoubtfulLink) -> WaitingLink:
    return WaitingLink(
        topic=slug,
        report=one.report,
        record=one.name,
        title=one.lead.title,
        year=one.lead.year,
        doi=one.lead.doi,
        pmid=one.lead.pmid,
        registration=one.registration.number,
        registration_title=one.registration.title,
        links=[LinkPlace(link.number, link.where, link.words) for link in one.links],
        reasons=list(one.reasons),
    )


def _answered(slug: str, judged: Judged) -> LinkAnswered:
    return LinkAnswered(
        topic=slug,
        record=judged.name,
        registration=judged.number,
        verdict=judged.verdict or "taken back",
        by=judged.by,
        new=judged.new,
    )
