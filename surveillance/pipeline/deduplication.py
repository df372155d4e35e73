"""Records in play made into reports, and known items recognised among them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from sqlalchemy.orm import Session

from db import identities
from db import records as record_rows
from db import reports as report_rows
from db import runs as run_rows
from db.records import StoredRecord
from surveillance.dedup.candidates import Entry
from surveillance.dedup.decide import RULES_VERSION, PairDecision, Verdict
from surveillance.dedup.deduplicate import Deduplication, deduplicate
from surveillance.dedup.known_items import recognise
from surveillance.pipeline.in_play import records_in_play
from surveillance.pipeline.known_items import check_known_items
from surveillance.pipeline.walk import Walk
from surveillance.strategy.evaluate.verdict import Verdict as Match


def merge_duplicates(walk: Walk) -> run_rows.Numbers:
    """Decide on every pair that has a new record in it, cluster, and recognise known items.

    A record that has left play keeps its place, so that what people decided on its report stays.
    """
    topic = walk.topic.slug
    with walk.store.transaction() as session:
        in_play = {stored.id for stored in records_in_play(session, walk.topic)}
        compared = report_rows.compared_versions(session, topic)
        reported = compared.keys()
        before = len(report_rows.reports_of(session, topic))
        held = [s for s in record_rows.records_of(session, topic) if s.id in in_play | reported]
        (found,) = (
            _decide(session, walk, records, compared)
            for records in walk.progress.follow([held], "Finding duplicates", 1)
        )
        entered = _entered(session, walk, held)
        report_rows.save_clusters(session, topic, found.clustering.clusters, entered)
        report_rows.mark_compared(session, topic, {s.id: s.sequence for s in held})
        _recognise(session, walk, held)
        check_known_items(session, walk)
        reports = [c for c in found.clustering.clusters if not in_play.isdisjoint(c)]
        fresh = len(in_play - reported)
        numbers = {
            "records": len(in_play),
            "reports": len(reports),
            "duplicates": len(in_play) - len(reports),
            "new duplicates": max(0, fresh - (len(found.clustering.clusters) - before)),
            "doubtful": report_rows.doubtful_pairs(session, topic),
        }
        run_rows.finish_stage(session, walk.run, "deduplicate", numbers)
    return numbers


def _entered(session: Session, walk: Walk, held: list[StoredRecord]) -> dict[int, date]:
    """When each record came into play: when it was first seen, unless it was no match at first."""
    refused = {
        record_id
        for record_id, rows in record_rows.verdicts(session, walk.topic.slug).items()
        if any(row.verdict == Match.NO_MATCH for row in rows)
    }
    return {s.id: walk.today if s.id in refused else s.first_seen_on for s in held}


def _decide(
    session: Session, walk: Walk, held: list[StoredRecord], compared: Mapping[int, int]
) -> Deduplication:
    topic = walk.topic.slug
    _take_merges_over(session, walk, held)
    # A record that changed is compared again: a page or a DOI may have come.
    fresh = {s.id for s in held if compared.get(s.id, 0) < s.sequence}
    entries = [Entry(stored.id, stored.record) for stored in held]
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


def _take_merges_over(session: Session, walk: Walk, held: list[StoredRecord]) -> None:
    """Where PubMed merged a record into another, both are one report, whatever the rules say."""
    here = {stored.id for stored in held}
    decisions = [
        PairDecision(
            record_a=min(pair),
            record_b=max(pair),
            verdict=Verdict.SAME,
            rule="PubMed answers one number with the record of the other",
            score=1.0,
            evidence=(),
            by_person=True,
        )
        for pair in identities.merged_pairs(session, walk.topic.slug)
        if here.issuperset(pair)
    ]
    report_rows.save_decisions(
        session,
        walk.topic.slug,
        decisions,
        made_by=report_rows.PUBMED,
        rule_version=RULES_VERSION,
        today=walk.today,
    )


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


def _recognise(session: Session, walk: Walk, held: list[StoredRecord]) -> None:
    entries = [Entry(stored.id, stored.record) for stored in held]
    for item, entry in recognise(walk.topic.known_items, entries):
        report_rows.save_known_item(session, walk.topic.slug, item.key, entry.id)
