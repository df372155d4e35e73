"""What a run brought, in the numbers that people check: the closing table, and what is open."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from db import reports as report_rows
from db import runs as run_rows
from db import screening as screening_rows
from surveillance.pipeline.in_play import newest_verdicts, records_in_play
from surveillance.pipeline.walk import Walk
from surveillance.strategy.evaluate.verdict import Verdict


@dataclass(frozen=True, slots=True)
class Overview:
    """A run in numbers: `rows` are what and how many; `remarks` a person should read."""

    topic: str
    title: str
    run_id: int
    until: date
    stages: dict[str, dict[str, int]]
    rows: tuple[tuple[str, int], ...]
    remarks: tuple[str, ...]
    banner: str


@dataclass(frozen=True, slots=True)
class KnownItemState:
    """A known item: whether PubMed holds it and the strategy finds it, and what the rules say."""

    key: str
    expected: bool
    found: bool
    lost: bool
    rule_verdict: str
    rule_reason: str


def overview(walk: Walk) -> Overview:
    """What the store and the run's stages say, once the run is done."""
    with walk.store.transaction() as session:
        stages = run_rows.stage_numbers(session, walk.run)
        return Overview(
            topic=walk.topic.slug,
            title=walk.topic.title,
            run_id=walk.run.id,
            until=walk.today,
            stages=stages,
            rows=tuple(_rows(stages)),
            remarks=tuple(_remarks(session, walk)),
            banner=walk.banner,
        )


def as_document(found: Overview) -> dict[str, Any]:
    """The overview for `--json`."""
    return {**asdict(found), "until": found.until.isoformat(), "rows": dict(found.rows)}


def known_item_states(session: Session, walk: Walk) -> list[KnownItemState]:
    """Each known item of the topic as it stands now."""
    topic = walk.topic.slug
    recognised: dict[str, list[int]] = {}
    for record_id, key in report_rows.known_items_of(session, topic).items():
        recognised.setdefault(key, []).append(record_id)
    verdicts = newest_verdicts(session, topic)
    in_play = {stored.id for stored in records_in_play(session, topic)}
    standings = screening_rows.standings(session, topic)
    report_of = {
        record_id: report.id
        for report in report_rows.reports_of(session, topic)
        for record_id in report.record_ids
    }
    states = []
    for item in walk.topic.known_items:
        records = recognised.get(item.key, [])
        searched = [verdicts[number] for number in records if number in verdicts]
        found = any(verdict is not Verdict.NO_MATCH for verdict in searched)
        rule = next(
            (
                standings[report_of[number]].rule
                for number in records
                if number in in_play and report_of.get(number) in standings
            ),
            None,
        )
        states.append(
            KnownItemState(
                key=item.key,
                expected="medline" in item.expected_in,
                found=found,
                lost=bool(searched) and not found,
                rule_verdict=rule.verdict if rule else "",
                rule_reason=rule.reason if rule else "",
            )
        )
    return states


def _rows(stages: dict[str, run_rows.Numbers]) -> list[tuple[str, int]]:
    rows = []
    for stage, numbers in stages.items():
        rows += [(f"{stage}: {name}", number) for name, number in numbers.items()]
    return rows


def _remarks(session: Session, walk: Walk) -> list[str]:
    remarks = [
        f"{search.database}: {warning}"
        for search in run_rows.searches_of(session, walk.run)
        for warning in search.warnings
    ]
    return remarks + _known_item_remarks(known_item_states(session, walk))


def _known_item_remarks(states: list[KnownItemState]) -> list[str]:
    expected = [state for state in states if state.expected]
    found = [state for state in expected if state.found]
    remarks = []
    if expected:
        remarks.append(
            f"known items expected in MEDLINE: {len(found)} of {len(expected)} found on PubMed"
        )
    remarks += [f"known item not found: {state.key}" for state in expected if not state.found]
    remarks += [
        f"known item {state.key}: the rules say {state.rule_verdict} ({state.rule_reason}); "
        "the guidance included it, and that counts"
        for state in states
        if state.rule_verdict not in ("", "include")
    ]
    return remarks
