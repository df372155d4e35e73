"""A topic's strategies: lines with counts, lint, query, known items, versions, sign-off."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Request, Response
from sqlalchemy.orm import Session

from db import records as record_rows
from db import reports as report_rows
from db import strategies as strategy_rows
from surveillance.accounts import Permission
from surveillance.errors import UnreadableInput
from surveillance.pipeline.known_items import SEARCHED_DATABASE
from surveillance.pipeline.strategies_now import counted_lines, last_searches, strategies_now
from surveillance.pipeline.versions import LONGEST_NOTE, SHORT, VersionState, version_states
from surveillance.pipeline.versions import sign_off as approve
from surveillance.records import Record
from surveillance.strategy.comparison import compared
from surveillance.strategy.evaluate.verdict import Verdict
from surveillance.strategy.strategy import content_hash
from surveillance.strategy.translate import Target
from surveillance.toml_files import read_text
from surveillance.topics import Topic, TopicStrategy
from surveillance.triage.gate import HouseHere, Reader, Signer, own_form
from surveillance.triage.house import House, NotHere
from surveillance.triage.looking import Asked, Looked
from surveillance.triage.pages import go, page, words_in_path
from surveillance.triage.strategy_sheet import sheet

router = APIRouter()
#: Where people look for a strategy's route in words.
_ROUTES = {"pubmed": "PubMed, asked by this program", "file": "a file that somebody exports"}
#: Searches that the page lists; the search history has all.
_SEARCHES = 12
#: What a known item's verdict is called for a person.
_VERDICTS = {
    Verdict.MATCH: "found",
    Verdict.CANNOT_TELL: "cannot tell",
    Verdict.NO_MATCH: "missed",
}


@router.get("/topics/{slug}/strategies")
def strategies(request: Request, house: HouseHere, session: Reader, slug: str) -> Response:
    """Every strategy of a topic, with its version, its sign-off and its counts."""
    topic = house.topic(slug)
    with house.store.snapshot() as reading:
        found = strategies_now(reading, topic)
    return page(
        request, "strategies.html", session, topic=topic, here="strategies", rows=found, short=SHORT
    )


@router.get("/topics/{slug}/strategies/{name:path}")
def strategy(
    request: Request,
    house: HouseHere,
    session: Reader,
    slug: str,
    name: str,
    before: str = "",
    after: str = "",
) -> Response:
    """One strategy; with `before` and `after`, two of its versions side by side."""
    topic = house.topic(slug)
    described = _named(topic, name)
    if before or after:
        found = _compared(house, topic, described, before, after)
        return page(
            request, "strategy-compared.html", session, topic=topic, here="strategies", **found
        )
    return _sheet_page(request, house, session, topic, described)


@router.post("/topics/{slug}/strategies/{name:path}", dependencies=[Depends(own_form)])
def sign_off(
    request: Request,
    house: HouseHere,
    session: Signer,
    slug: str,
    name: str,
    version: Annotated[str, Form(min_length=1, max_length=100)],
    note: Annotated[str, Form(max_length=LONGEST_NOTE)] = "",
) -> Response:
    """Approve the version of a strategy that the person has read."""
    topic = house.topic(slug)
    described = _named(topic, name)
    try:
        signed = approve(
            house.store, topic, described.name, by=session.account.name, note=note, read=version
        )
    except UnreadableInput as fault:
        return _sheet_page(
            request, house, session, topic, described, status=409, fault=fault.message, note=note
        )
    told = words_in_path(f"Version {signed.version[:SHORT]} is signed off by {signed.signed_by}.")
    return go(request, f"/topics/{slug}/strategies/{words_in_path(name)}?told={told}")


def _sheet_page(
    request: Request,
    house: House,
    session: Signer,
    topic: Topic,
    described: TopicStrategy,
    *,
    status: int = 200,
    fault: str = "",
    note: str = "",
) -> Response:
    text = read_text(topic.strategy_file(described))
    with house.store.snapshot() as reading:
        known = known_records(reading, topic)
    looked = house.aside.look_at(asked_for(house, topic, described, text, known))
    with house.store.snapshot() as reading:
        found = {one.described.name: one for one in strategies_now(reading, topic)}
        counted = counted_lines(reading, topic, described, looked.strategy)
        states = [one for one in version_states(reading, topic) if one.strategy == described.name]
        searches = last_searches(reading, topic.slug, described.name, _SEARCHES)
    return page(
        request,
        "strategy.html",
        session,
        status=status,
        topic=topic,
        here="strategies",
        described=described,
        route=_ROUTES[described.route],
        now=found[described.name],
        searches=searches,
        counted_on=counted.counted_on,
        sheet=sheet(looked, text, counted.lines),
        looked=looked,
        target="PubMed",
        known=known_rows(topic, looked, {key for key, _ in known}),
        states=states,
        version=content_hash(text),
        short=SHORT,
        may_sign=session.account.may(Permission.SIGN),
        fault=fault,
        note=note,
        longest_note=LONGEST_NOTE,
    )


def asked_for(
    house: House,
    topic: Topic,
    described: TopicStrategy,
    text: str,
    known: Sequence[tuple[str, Record]],
) -> Asked:
    """What the page wants to see of a strategy of the topic."""
    whole = house.settings.mesh_file
    return Asked(
        text=text,
        dialect=described.dialect,
        target=Target.PUBMED,
        result_line=described.result_line,
        mesh=topic.mesh_file,
        lint_mesh=whole if whole.is_file() else topic.mesh_file,
        mapping=topic.mapping_file,
        known=tuple(known),
    )


def known_records(session: Session, topic: Topic) -> list[tuple[str, Record]]:
    """The record of each known item that the topic holds: PubMed's, where there is one."""
    numbers = report_rows.known_items_of(session, topic.slug)
    stored = record_rows.records_of(session, topic.slug, sorted(numbers))
    by_key: dict[str, Record] = {}
    for one in sorted(stored, key=lambda one: (one.record.source != "pubmed", one.id)):
        by_key.setdefault(numbers[one.id], one.record)
    return [(item.key, by_key[item.key]) for item in topic.known_items if item.key in by_key]


def known_rows(topic: Topic, looked: Looked, held: set[str]) -> list[dict[str, Any]]:
    """Each known item with what this strategy makes of it."""
    found = {one.key: one for one in looked.known}
    rows = []
    for item in topic.known_items:
        one = found.get(item.key)
        rows.append(
            {
                "item": item,
                "expected": SEARCHED_DATABASE in item.expected_in,
                "held": item.key in held,
                "verdict": _VERDICTS[Verdict(one.verdict)] if one else "",
                "lines": one.lines if one else (),
            }
        )
    return rows


def _named(topic: Topic, name: str) -> TopicStrategy:
    try:
        return topic.strategy(name)
    except UnreadableInput as fault:
        raise NotHere(fault.message) from None


def _compared(
    house: House, topic: Topic, described: TopicStrategy, before: str, after: str
) -> dict[str, Any]:
    with house.store.snapshot() as reading:
        states = [one for one in version_states(reading, topic) if one.strategy == described.name]
        texts = {
            version: _text_of(reading, topic, described, _state(states, version))
            for version in (before, after)
        }
        changes = [
            one
            for one in strategy_rows.changes(reading, topic.slug)
            if (one.strategy, one.before, one.after) == (described.name, before, after)
        ]
    rows = compared(texts[before], texts[after])
    return {
        "described": described,
        "states": states,
        "before": before,
        "after": after,
        "rows": rows,
        "changes": changes,
        "short": SHORT,
    }


def _state(states: Sequence[VersionState], version: str) -> VersionState:
    found = next((one for one in states if one.version == version), None)
    if found is None:
        raise NotHere(f"there is no version {version[:SHORT] or '–'} of this strategy.")
    return found


def _text_of(session: Session, topic: Topic, described: TopicStrategy, state: VersionState) -> str:
    """The text of a version: as it is kept, else as it lies in the topic's folder."""
    kept = strategy_rows.text_of(session, topic.slug, described.name, state.version)
    return read_text(topic.strategy_file(described)) if kept is None else kept
