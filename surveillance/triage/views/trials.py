"""A registered trial: its versions along time, and what changed between any two."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Path, Query, Request, Response

from surveillance.errors import UnreadableInput
from surveillance.pipeline.trial_versions import KeptTrial, kept_trial
from surveillance.signals.wording import said
from surveillance.studies.registry_pages import page_of
from surveillance.triage.gate import HouseHere, Reader
from surveillance.triage.house import House, NotHere
from surveillance.triage.pages import page
from surveillance.triage.timeline import drawn, told_of

router = APIRouter()
Number = Annotated[str, Path(max_length=100)]
Version = Annotated[int | None, Query(ge=1, le=1_000_000)]


@router.get("/trials/{number}")
def one_trial(
    request: Request,
    session: Reader,
    house: HouseHere,
    number: Number,
    *,
    before: Version = None,
    after: Version = None,
) -> Response:
    """What is kept of a trial; without a choice the newest version against the one before it."""
    today = datetime.now(UTC).date()
    try:
        with house.store.snapshot() as reading:
            trial = kept_trial(reading, number.strip().upper(), today)
    except UnreadableInput as fault:
        raise NotHere(fault.message) from None
    newest = len(trial.versions)
    chosen = (before or max(1, newest - 1), after or newest)
    difference, wrong = None, ""
    if newest > 1:
        try:
            difference = trial.difference(*chosen)
        except UnreadableInput as fault:
            wrong = f"{fault.message[:1].upper()}{fault.message[1:]}"
    told = told_of(trial)
    return page(
        request,
        "trials/one.html",
        session,
        status=422 if wrong else 200,
        here="signals",
        topic=_topic(house, trial),
        trial=trial,
        facts=list(_facts(trial)),
        registry=page_of(trial.newest.number),
        told_marks=told,
        drawing=drawn(trial, told, today),
        differences={one.after: one for one in trial.successive()},
        difference=difference,
        before=chosen[0],
        after=chosen[1],
        fault=wrong,
    )


def _topic(house: House, trial: KeptTrial) -> object:
    """The first topic that knows the trial and is still here: its rooms are one step away."""
    known = {one.topic for one in trial.topics}
    return next((topic for topic in house.topics() if topic.slug in known), None)


def _facts(trial: KeptTrial) -> Iterator[tuple[str, str]]:
    newest = trial.newest
    size = "" if newest.enrolment is None else f"{newest.enrolment:,} participants"
    yield "status", said(newest.status)
    yield "reason given", newest.why_stopped
    yield "design", _listed(map(said, (newest.study_type, newest.allocation, *newest.phases)))
    yield "size", _listed((size, said(newest.enrolment_type)))
    yield "primary outcomes", "; ".join(one.measure for one in newest.primary_outcomes)
    yield "arms", "; ".join(arm.label for arm in newest.arms)
    yield "countries", _listed(newest.countries)
    yield "sponsor", newest.sponsor
    yield "other numbers", _listed((*trial.former, *newest.secondary_ids))


def _listed(values: Iterator[str] | map[str] | tuple[str, ...]) -> str:
    return ", ".join(filter(None, values))
