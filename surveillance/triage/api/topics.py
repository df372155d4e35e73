"""Topics, their weeks, and their strategies."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query

from surveillance.errors import UnreadableInput
from surveillance.pipeline.strategies_now import strategies_now
from surveillance.toml_files import read_text
from surveillance.triage.api.answers import (
    Found,
    Lint,
    Strategies,
    StrategyEntry,
    StrategySent,
    TopicEntry,
    Topics,
    WeekNumbers,
)
from surveillance.triage.api.door import Reader
from surveillance.triage.gate import HouseHere
from surveillance.triage.house import House, NotHere
from surveillance.triage.looking import Asked, Looked
from surveillance.triage.views.strategies import asked_for, known_records

router = APIRouter(tags=["topics"])


@router.get("/topics")
def topics(house: HouseHere, caller: Reader) -> Topics:  # noqa: ARG001 — the door
    """List the topics."""
    return Topics(
        [
            TopicEntry(
                topic=one.slug,
                title=one.title,
                guidance=one.guidance.title,
                body=one.guidance.body,
                url=one.guidance.url,
                published_search=one.guidance.published_search.isoformat(),
                reviewers=one.screening.reviewers,
            )
            for one in house.topics()
        ]
    )


@router.get("/topics/{slug}/week")
def week(slug: str, house: HouseHere, caller: Reader) -> WeekNumbers:  # noqa: ARG001 — the door
    """The numbers of a topic's last finished run, and what a person should read of it."""
    topic = house.topic(slug)
    with house.store.snapshot() as session:
        found = house.weeks.of(session, topic)
    return WeekNumbers(
        topic=topic.slug,
        title=topic.title,
        run_id=found.last.run.id if found.last.run else None,
        until=found.last.until.isoformat() if found.last.until else None,
        rows={words.strip(): number for words, number in found.rows},
        remarks=list(found.remarks),
        failed=(found.last.failed.failure or "it did not end") if found.last.failed else None,
    )


@router.get("/topics/{slug}/strategies")
def strategies(slug: str, house: HouseHere, caller: Reader) -> Strategies:  # noqa: ARG001
    """A topic's strategies with versions, sign-offs and counts."""
    topic = house.topic(slug)
    with house.store.snapshot() as session:
        found = strategies_now(session, topic)
    entries = [
        StrategyEntry(
            name=one.described.name,
            database=one.described.database,
            dialect=one.described.dialect,
            route=one.described.route,
            version=one.version,
            signed=list(one.signed),
            published_on=one.described.searched_on.isoformat(),
            published_count=one.described.published_count,
            last_count=one.searched.counted,
            last_searched=one.searched.last.isoformat() if one.searched.last else None,
        )
        for one in found
    ]
    return Strategies(topic.slug, entries)


@router.get("/topics/{slug}/lint")
def lint_one(
    slug: str,
    house: HouseHere,
    caller: Reader,  # noqa: ARG001 — the door
    strategy: Annotated[str, Query(max_length=500, description="The strategy's name.")],
) -> Lint:
    """The lint of a topic's strategy, with the topic's MeSH, mapping and known items."""
    topic = house.topic(slug)
    try:
        described = topic.strategy(strategy)
    except UnreadableInput as fault:
        raise NotHere(fault.message) from None
    text = read_text(topic.strategy_file(described))
    with house.store.snapshot() as session:
        known = known_records(session, topic)
    return _lint(house.aside.look_at(asked_for(house, topic, described, text, known)))


@router.post("/lint")
def lint_text(sent: StrategySent, house: HouseHere, caller: Reader) -> Lint:  # noqa: ARG001
    """The lint of any strategy; nothing of it is kept."""
    return _lint(house.aside.look_at(_pasted(house, sent)))


def _pasted(house: House, sent: StrategySent) -> Asked:
    stored = house.settings.mesh_file
    mesh = stored if stored.is_file() else None
    return Asked(text=sent.text, dialect=sent.dialect, mesh=mesh, lint_mesh=mesh)


def _lint(looked: Looked) -> Lint:
    return Lint(
        dialect=looked.strategy.dialect,
        lines=len(looked.strategy.lines),
        diagnostics=[
            Found(
                code=one.code,
                severity=one.severity,
                line=one.line,
                column=one.column,
                end_column=one.end_column,
                message=one.message,
                hint=one.hint,
            )
            for one in looked.findings
        ],
        more=looked.more_findings,
        query=looked.translation.query,
    )
