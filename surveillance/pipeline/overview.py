"""What a run brought, in the numbers that people check: the closing table, and what is open."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from db import runs as run_rows
from surveillance.pipeline.composing import remarks_on_run
from surveillance.pipeline.known_items import KnownItemState, known_item_states, remarks
from surveillance.pipeline.outbox import remarks_on_outbox
from surveillance.pipeline.walk import Walk

#: The closing table: what each number of a stage is called, in the order of the walk. Identified
#: and verified are this run's; from "records in play" on the numbers are the topic's, and add up:
#: records less duplicates are reports, and each report is screened by people or by rule.
_CLOSING_TABLE = {
    ("search", "identified"): "identified on PubMed",
    ("search", "new"): "  new to the topic",
    ("search", "new, indexed"): "    late-indexed",
    ("search", "new, revised"): "    revised since",
    ("search", "new, caught up"): "    by no window",
    ("search", "followed"): "followed by PMID",
    ("search", "gone"): "  gone from PubMed",
    ("search", "merged"): "  merged by PubMed",
    ("registry", "registrations"): "trials by query",
    ("registry", "watched"): "watched trials",
    ("registry", "new"): "  new registrations",
    ("import", "registrations"): "registrations in the file",
    ("import", "new registrations"): "  new to the topic",
    ("europe pmc", "searched"): "beyond PubMed",
    ("europe pmc", "new"): "  new, beyond PubMed",
    ("europe pmc", "citing"): "citing known items",
    ("europe pmc", "new, citing"): "  new, citing",
    ("verify", "match"): "verified: match",
    ("verify", "cannot tell"): "verified: can't tell",
    ("verify", "no match"): "verified: no match",
    ("deduplicate", "records"): "records in play",
    ("deduplicate", "duplicates"): "  duplicates",
    ("deduplicate", "reports"): "reports",
    ("deduplicate", "doubtful"): "  doubtful pairs",
    ("screen", "include by people"): "people: include",
    ("screen", "exclude by people"): "people: exclude",
    ("screen", "unsure by people"): "people: unsure",
    ("screen", "include by rule"): "rule: include",
    ("screen", "exclude by rule"): "rule: exclude",
    ("screen", "drawn for a person"): "  drawn for a person",
    ("screen", "unsure by rule"): "rule: unsure",
    ("screen", "half decided"): "  read by one of two",
    ("screen", "in conflict"): "  in conflict",
    ("screen", "proposed"): "rule: new proposals",
    ("link", "new links"): "new trial links",
    ("link", "reports of trials"): "reports of trials",
    ("link", "doubtful links"): "  doubtful links",
    ("signal", "new"): "new signals",
    ("alert", "sent"): "alerts sent",
    ("alert", "not sent"): "  messages not sent",
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
        stages = run_rows.stage_numbers(session, walk.run.id)
        states = known_item_states(session, walk.topic)
        return Overview(
            topic=walk.topic.slug,
            title=walk.topic.title,
            run_id=walk.run.id,
            until=walk.today,
            stages=stages,
            rows=tuple(closing_rows(stages)),
            remarks=(
                *remarks_on_run(session, walk.topic, walk.run),
                *remarks_on_outbox(session, walk.topic, walk.run),
                *remarks(states),
            ),
            known_items=tuple(states),
            banner=walk.banner,
        )


def as_document(found: Overview) -> dict[str, Any]:
    """The overview for `--json`."""
    return {**asdict(found), "until": found.until.isoformat(), "rows": dict(found.rows)}


def closing_rows(stages: dict[str, run_rows.Numbers]) -> list[tuple[str, int]]:
    """A run's numbers in the order of the walk, each with what it is called."""
    return [
        (words, stages[stage][name])
        for (stage, name), words in _CLOSING_TABLE.items()
        if stage in stages and name in stages[stage]
    ]
