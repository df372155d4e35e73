"""A strategy that somebody pastes: lint and translation while one types, or by a button."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Request, Response

from surveillance.errors import SurveillanceError, UnreadableInput
from surveillance.records import Record
from surveillance.strategy.parse import DIALECTS
from surveillance.strategy.translate import Target
from surveillance.topics import Topic
from surveillance.triage.gate import HouseHere, Reader, own_form
from surveillance.triage.house import House
from surveillance.triage.looking import LONGEST, Asked
from surveillance.triage.pages import is_fragment, page
from surveillance.triage.strategy_sheet import sheet
from surveillance.triage.views.strategies import known_records, known_rows

router = APIRouter()
TARGETS = {
    Target.PUBMED: "PubMed",
    Target.CLINICALTRIALS: "ClinicalTrials.gov",
    Target.EUROPE_PMC: "Europe PMC",
}
#: Characters of a form's text beyond which it is not even counted.
_MOST_SENT = 1_000_000


@dataclass(frozen=True, slots=True)
class Pasted:
    """What the form holds; `beside` is the topic whose known items, MeSH and mapping count."""

    text: str = ""
    dialect: str = ""
    target: str = Target.PUBMED
    beside: str = ""


@router.get("/strategy")
def empty(request: Request, session: Reader) -> Response:
    """The form."""
    return page(request, "pasted.html", session, here="strategy", **_shown(Pasted()))


@router.post("/strategy", dependencies=[Depends(own_form)])
def looked_at(
    request: Request,
    house: HouseHere,
    session: Reader,
    text: Annotated[str, Form(max_length=_MOST_SENT)] = "",
    dialect: Annotated[str, Form(max_length=50)] = "",
    target: Annotated[str, Form(max_length=50)] = Target.PUBMED,
    topic: Annotated[str, Form(max_length=200)] = "",
) -> Response:
    """What is seen of the text: a whole page, or its part for a script that asks."""
    # Browsers send every line end of a form as CRLF.
    pasted = Pasted(text.replace("\r\n", "\n"), dialect, target, topic)
    status, shown = 200, _shown(pasted)
    try:
        shown |= _seen(house, pasted)
    except SurveillanceError as fault:
        # For a script, too, the sentence stands where the findings would.
        status, shown["fault"] = 200 if is_fragment(request) else 422, str(fault)
    template = "pasted-seen.html" if is_fragment(request) else "pasted.html"
    return page(request, template, session, here="strategy", status=status, **shown)


def _shown(pasted: Pasted) -> dict[str, Any]:
    return {
        "pasted": pasted,
        "dialects": DIALECTS,
        "targets": TARGETS,
        "longest": LONGEST,
        "sheet": None,
        "known": [],
        "fault": "",
    }


def _seen(house: House, pasted: Pasted) -> dict[str, Any]:
    if not pasted.text.strip():
        return {}
    if pasted.target not in list(Target) or pasted.dialect not in ("", *DIALECTS):
        raise UnreadableInput("choose a dialect and a target of those in the lists.")
    topic = house.topic(pasted.beside) if pasted.beside else None
    known: list[tuple[str, Record]] = []
    if topic is not None:
        with house.store.snapshot() as reading:
            known = known_records(reading, topic)
    looked = house.aside.look_at(_asked(house, pasted, topic, known))
    return {
        "sheet": sheet(looked, pasted.text),
        "looked": looked,
        "target": TARGETS[Target(pasted.target)],
        "known": known_rows(topic, looked, {key for key, _ in known}) if topic else [],
    }


def _asked(
    house: House, pasted: Pasted, topic: Topic | None, known: Sequence[tuple[str, Record]]
) -> Asked:
    stored = house.settings.mesh_file
    whole = stored if stored.is_file() else None
    part = topic.mesh_file if topic else None
    return Asked(
        text=pasted.text,
        dialect=pasted.dialect,
        target=pasted.target,
        mesh=part or whole,
        lint_mesh=whole or part,
        mapping=topic.mapping_file if topic else None,
        known=tuple(known),
    )
