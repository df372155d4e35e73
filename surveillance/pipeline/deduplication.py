"""Records in play made into reports, and known items recognised among them."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy.orm import Session

from db import reports as report_rows
from db import runs as run_rows
from db.records import StoredRecord
from surveillance.dedup.candidates import Entry
from surveillance.dedup.decide import RULES_VERSION, PairDecision, Verdict
from surveillance.dedup.deduplicate import Deduplication, deduplicate
from surveillance.dedup.known_items import recognise
from surveillance.pipeline.in_play import records_in_play
from surveillance.pipeline.walk import Walk


def merge_duplicates(walk: Walk) -> run_rows.Numbers:
    """Decide on every pair that has a new record in it, cluster, and recognise known items."""
    with walk.store.transaction() as session:
        in_play = records_in_play(session, walk.topic)
        before = report_rows.merged_away(session, walk.topic.slug)
        (found,) = (
            _decide(session, walk, records)
            for records in walk.progress.follow([in_play], "Finding duplicates", 1)
        )
        report_rows.save_clusters(session, walk.topic.slug, found.clustering.clusters, walk.today)
        _recognise(session, walk, in_play)
        numbers = {
            "records": len(in_play),
            "reports": len(found.clustering.clusters),
            "duplicates": report_rows.merged_away(session, walk.topic.slug),
            "new duplicates": report_rows.merged_away(session, walk.topic.slug) - before,
            "doubtful": report_rows.doubtful_pairs(session, walk.topic.slug),
        }
        run_rows.finish_stage(session, walk.run, "deduplicate", numbers)
    return numbers


def _decide(session: Session, walk: Walk, in_play: list[StoredRecord]) -> Deduplication:
    topic = walk.topic.slug
    reported = report_rows.reported_records(session, topic)
    # A record that changed is compared again: a page or a DOI may have come.
    fresh = {s.id for s in in_play if s.id not in reported or s.version_seen_on >= walk.today}
    entries = [Entry(stored.id, stored.record) for stored in in_play]
    found = deduplicate(
        new=[entry for entry in entries if entry.id in fresh],
        known=[entry for entry in entries if entry.id not in fresh],
        earlier=report_rows.decisions_of(session, topic),
    )
    report_rows.save_decisions(
        session,
        topic,
        [*found.decisions, *_refused(found)],
        made_by=report_rows.RULE,
        rule_version=RULES_VERSION,
        today=walk.today,
    )
    return found


def _refused(found: Deduplication) -> list[PairDecision]:
    """Pairs alike enough to merge, which a third record forbids: they wait for a person."""
    alike = {(d.record_a, d.record_b): d for d in found.decisions}
    return [
        replace(
            alike[pair],
            verdict=Verdict.DOUBTFUL,
            rule=f"{alike[pair].rule}, but merging would join records that are different",
        )
        for pair in found.clustering.refused
        if pair in alike
    ]


def _recognise(session: Session, walk: Walk, in_play: list[StoredRecord]) -> None:
    entries = [Entry(stored.id, stored.record) for stored in in_play]
    for item, entry in recognise(walk.topic.known_items, entries):
        report_rows.save_known_item(session, walk.topic.slug, item.key, entry.id)
