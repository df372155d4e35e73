"""What a run brought, in the numbers that people check: the closing table, and what is open."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from db import runs as run_rows
from surveillance.pipeline.known_items import KnownItemState, known_item_states, remarks
from surveillance.pipeline.walk import Walk

#: The closing table: what each number of a stage is called, in the order of the walk.
_CLOSING_TABLE = {
    ("search", "identified"): "identified on PubMed by the search",
    ("search", "new"): "  of them new to the topic",
    ("search", "followed"): "followed by number (known items, reports in play)",
    ("registry", "registrations"): "registrations found on ClinicalTrials.gov",
    ("registry", "watched"): "watched trials fetched",
    ("registry", "new"): "  registrations new to the topic",
    ("verify", "match"): "verified: match",
    ("verify", "cannot tell"): "verified: cannot tell yet",
    ("verify", "no match"): "verified: no match",
    ("deduplicate", "records"): "records in play, all sources",
    ("deduplicate", "duplicates"): "  duplicates of another record",
    ("deduplicate", "reports"): "reports",
    ("deduplicate", "doubtful"): "  doubtful pairs waiting for a person",
    ("screen", "include by rule"): "screened by rule: include proposed",
    ("screen", "exclude by rule"): "screened by rule: exclude proposed",
    ("screen", "unsure by rule"): "screened by rule: unsure",
    ("screen", "include by people"): "screened by people: include",
    ("screen", "exclude by people"): "screened by people: exclude",
    ("screen", "unsure by people"): "screened by people: unsure",
    ("link", "new links"): "links from reports to registrations, new",
    ("signal", "new"): "signals, new",
    ("alert", "sent"): "alerts sent",
}


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
    known_items: tuple[KnownItemState, ...]
    banner: str


def overview(walk: Walk) -> Overview:
    """What the store and the run's stages say, once the run is done."""
    with walk.store.transaction() as session:
        stages = run_rows.stage_numbers(session, walk.run)
        states = known_item_states(session, walk.topic)
        return Overview(
            topic=walk.topic.slug,
            title=walk.topic.title,
            run_id=walk.run.id,
            until=walk.today,
            stages=stages,
            rows=tuple(_rows(stages)),
            remarks=(*_warnings(session, walk), *remarks(states)),
            known_items=tuple(states),
            banner=walk.banner,
        )


def as_document(found: Overview) -> dict[str, Any]:
    """The overview for `--json`."""
    return {**asdict(found), "until": found.until.isoformat(), "rows": dict(found.rows)}


def _rows(stages: dict[str, run_rows.Numbers]) -> list[tuple[str, int]]:
    return [
        (words, stages[stage][name])
        for (stage, name), words in _CLOSING_TABLE.items()
        if stage in stages and name in stages[stage]
    ]


def _warnings(session: Session, walk: Walk) -> list[str]:
    return [
        f"{search.database}: {warning}"
        for search in run_rows.searches_of(session, walk.run)
        for warning in search.warnings
    ]
