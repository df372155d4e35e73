"""Records in play made into reports, and known items recognised among them."""

from __future__ import annotations

from collections.abc import Collection, Set
from datetime import date

from sqlalchemy.orm import Session

from db import comparing, identities, pair_log
from db import records as record_rows
from db import reports as report_rows
from db import runs as run_rows
from surveillance.dedup.candidates import Entry
from surveillance.dedup.decide import RULES_VERSION, PairDecision, Verdict
from surveillance.dedup.known_items import as_record, recognise
from surveillance.pipeline.comparing import compare, records_like, save_compared
from surveillance.pipeline.in_play import numbers_in_play
from surveillance.pipeline.known_items import check_known_items
from surveillance.pipeline.walk import Walk
from surveillance.strategy.evaluate.verdict import Verdict as Match


def merge_duplicates(walk: Walk) -> run_rows.Numbers:
    """Decide on every pair that has a new record in it, cluster, and recognise known items.

    A record that has left play keeps its place, so that what people decided on its report stays.
    """
    topic = walk.topic.slug
    with walk.store.transaction() as session:
        in_play = numbers_in_play(session, walk.topic)
        before = comparing.reports_by_record(session, topic)
        held = in_play | before.keys()
        (loaded,) = (
            _compare(session, walk, some, new=held - before.keys())
            for some in walk.progress.follow([held], "Finding duplicates", 1)
        )
        _recognise(session, walk)
        check_known_items(session, walk)
        after = before | comparing.reports_by_record(session, topic, loaded)
        reports = len({after[number] for number in in_play})
        more = len(set(after.values())) - len(set(before.values()))
        numbers = {
            "records": len(in_play),
            "reports": reports,
            "duplicates": len(in_play) - reports,
            "new duplicates": max(0, len(in_play - before.keys()) - more),
            "doubtful": pair_log.doubtful_pairs(session, topic),
        }
        run_rows.finish_stage(session, walk.run, "deduplicate", numbers)
    return numbers


def _compare(session: Session, walk: Walk, held: Set[int], new: Collection[int]) -> Collection[int]:
    """Compare what is new or changed; the records that may have another report now."""
    _take_merges_over(session, walk, held)
    topic = walk.topic.slug
    compared = compare(session, topic, held)
    entered = _entered(session, walk, new)
    save_compared(session, topic, compared, entered, walk.today)
    return compared.loaded.keys()


def _entered(session: Session, walk: Walk, new: Collection[int]) -> dict[int, date]:
    """When each record came into play: when it was first seen, unless it was no match at first."""
    topic = walk.topic.slug
    refused = comparing.once_refused(session, topic, new, Match.NO_MATCH)
    records = record_rows.records_of(session, topic, sorted(new))
    return {s.id: walk.today if s.id in refused else s.first_seen_on for s in records}


def _take_merges_over(session: Session, walk: Walk, held: Set[int]) -> None:
    """Where PubMed merged a record into another, both are one report, whatever the rules say."""
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
        if held >= set(pair)
    ]
    report_rows.save_decisions(
        session,
        walk.topic.slug,
        decisions,
        made_by=report_rows.PUBMED,
        rule_version=RULES_VERSION,
        today=walk.today,
    )


def _recognise(session: Session, walk: Walk) -> None:
    items = walk.topic.known_items
    alike = records_like(session, walk.topic.slug, [as_record(item) for item in items])
    entries = [Entry(stored.id, stored.record) for stored in alike]
    for item, entry in recognise(items, entries):
        report_rows.save_known_item(session, walk.topic.slug, item.key, entry.id)
