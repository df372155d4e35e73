"""Reports held against the topic's criteria: the rules propose, known items stay included."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from db import reports as report_rows
from db import runs as run_rows
from db import samples as sample_rows
from db import screening as screening_rows
from surveillance.pipeline.in_play import records_in_play
from surveillance.pipeline.reviewing import standings_of
from surveillance.pipeline.walk import Walk
from surveillance.pipeline.weekly_sample import draw_week
from surveillance.records import Record
from surveillance.records.json_lines import to_json
from surveillance.screening.criteria import Criteria, read_criteria
from surveillance.screening.reviewing import State
from surveillance.screening.rules import RULES_VERSION, Verdict, screen

#: What two readers have not settled yet, and what was drawn for a person, in a run's numbers.
UNSETTLED = {State.SECOND: "half decided", State.CONFLICT: "in conflict"}
DRAWN = "drawn for a person"


@dataclass(frozen=True, slots=True)
class _Yardstick:
    """The topic's criteria, and the hash of the file that they were read from."""

    criteria: Criteria
    criteria_hash: str

    def propose(
        self, texts: Sequence[Record], before: screening_rows.StoredDecision | None
    ) -> screening_rows.Proposal | None:
        """What the rules say, unless they said it before on the same basis."""
        basis = (RULES_VERSION, self.criteria_hash, _content_hash(texts))
        if before is not None and before.basis == basis:
            return None
        return screening_rows.Proposal(screen(texts, self.criteria), basis, before)


def screen_reports(walk: Walk) -> run_rows.Numbers:
    """Propose on each report whose content, criteria or rules changed since the last proposal."""
    yardstick = _Yardstick(
        read_criteria(walk.topic.criteria_file),
        hashlib.sha256(walk.topic.criteria_file.read_bytes()).hexdigest(),
    )
    with walk.store.transaction() as session:
        records = {stored.id: stored.record for stored in records_in_play(session, walk.topic)}
        given = _keep_known_items(session, walk)
        standings = standings_of(session, walk.topic)
        reports = report_rows.reports_of(session, walk.topic.slug)
        proposed = 0
        for report in walk.progress.follow(reports, "Screening", len(reports)):
            texts = [records[number] for number in report.record_ids if number in records]
            if texts:
                before = standings.get(report.id, screening_rows.Standing()).rule
                if proposal := yardstick.propose(texts, before):
                    screening_rows.save_proposal(session, report.id, proposal, today=walk.today)
                    proposed += 1
        in_play = [
            report.id for report in reports if not records.keys().isdisjoint(report.record_ids)
        ]
        draw_week(session, walk.topic, in_play, walk.today)
        numbers = {"proposed": proposed, "decided": given, **_numbers(session, walk, in_play)}
        run_rows.finish_stage(session, walk.run, "screen", numbers)
    return numbers


def _keep_known_items(session: Session, walk: Walk) -> int:
    """A known item carries a person's include from the guidance itself, given once; how many."""
    given = 0
    known = report_rows.known_items_of(session, walk.topic.slug)
    places = {item.key: item.table for item in walk.topic.known_items}
    standings = standings_of(session, walk.topic)
    for report in report_rows.reports_of(session, walk.topic.slug):
        keys = sorted({known[number] for number in report.record_ids if number in known})
        standing = standings.get(report.id, screening_rows.Standing())
        if keys and standing.person is None and keys[0] in places:
            screening_rows.save_persons_decision(
                session,
                report.id,
                Verdict.INCLUDE,
                reason=f"known item {keys[0]}: in the guidance's {places[keys[0]]}",
                made_by=walk.topic.guidance.body,
                today=walk.today,
            )
            given += 1
    return given


def _content_hash(texts: Sequence[Record]) -> str:
    content = json.dumps([to_json(record) for record in texts], sort_keys=True)
    return hashlib.sha256(content.encode()).hexdigest()


def _numbers(session: Session, walk: Walk, in_play: Sequence[int]) -> run_rows.Numbers:
    """What stands on the reports in play, each counted once: by people if they decided.

    How many of them two readers have not settled, and how many of those that only a rule excludes
    were drawn for a person, is told where there are any.
    """
    counts: Counter[str] = Counter()
    drawn = sample_rows.drawn_reports(session, walk.topic.slug)
    standings = standings_of(session, walk.topic)
    for report_id in in_play:
        standing = standings.get(report_id, screening_rows.Standing())
        if standing.decision is not None:
            by = "people" if standing.person else "rule"
            counts[f"{standing.decision.verdict} by {by}"] += 1
        if standing.state in UNSETTLED:
            counts[UNSETTLED[standing.state]] += 1
        if report_id in drawn and standing.person is None:
            counts[DRAWN] += 1
    names = [f"{verdict} by {by}" for by in ("rule", "people") for verdict in Verdict]
    told = [name for name in (*UNSETTLED.values(), DRAWN) if counts[name]]
    return {name: counts[name] for name in (*names, *told)}
