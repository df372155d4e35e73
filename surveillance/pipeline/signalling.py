"""What changed since the published search, gathered from the store and raised as signals."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from sqlalchemy.orm import Session

from db import known_items as known_item_rows
from db import runs as run_rows
from db import signals as signal_rows
from db import studies as study_rows
from db.signals import StoredSignal
from surveillance.pipeline.opening import opened
from surveillance.pipeline.registries import refused_registrations, with_present_numbers
from surveillance.pipeline.reports import Reported, reported
from surveillance.pipeline.walk import Walk
from surveillance.runs import OVERLAP
from surveillance.screening.rules import Verdict
from surveillance.settings import Settings
from surveillance.signals.findings import (
    ChangedRegistration,
    DeletedReport,
    Finding,
    FoundReport,
    LostKnownItem,
    NewRegistration,
    ReportDecision,
    RetractedReport,
)
from surveillance.signals.rules import raise_signals
from surveillance.strategy.evaluate.verdict import Verdict as Match
from surveillance.studies.changes import compare
from surveillance.topics import Topic


def signal(walk: Walk) -> run_rows.Numbers:
    """Raise what the store shows and was not raised before; equal signals are one."""
    with walk.store.transaction() as session:
        topic = with_present_numbers(session, walk.topic)
        findings = [
            *_registrations(session, topic, _compared_since(session, walk)),
            *_reports(session, walk, topic),
        ]
        signals = raise_signals(topic, findings)
        numbers = {"new": signal_rows.save_signals(session, walk.run, signals)}
        run_rows.finish_stage(session, walk.run, "signal", numbers)
    return numbers


def raised(topic: Topic, settings: Settings, since: date | None = None) -> list[StoredSignal]:
    """The signals of a topic raised on or after `since`."""
    with opened(settings) as store, store.transaction() as session:
        return signal_rows.signals_of(session, topic.slug, since)


def _compared_since(session: Session, walk: Walk) -> date:
    """The day from which versions of registrations are compared; all where anything else changed.

    What an earlier run has compared by the same rules for the same topic would raise the same
    signals. A week of overlap, as windows have, takes in what other topics' runs kept meanwhile.
    """
    before = run_rows.last_finished(session, walk.topic.slug)
    if before is None or walk.run.full or not before.inputs.same_as(walk.run.inputs):
        return date.min
    return min(before.today, walk.today) - OVERLAP


def _registrations(session: Session, topic: Topic, since: date) -> Iterator[Finding]:
    published = topic.guidance.published_search.isoformat()
    held = study_rows.registrations_of(session, topic.slug)
    first_asked = min((stored.first_seen_on for stored in held), default=date.max)
    refused = refused_registrations(session, topic, held)
    for stored in held:
        if stored.number in refused:
            continue
        first = stored.first
        # What the first search found and was posted by then, the guidance could see.
        is_new = first.first_posted > published or stored.first_seen_on > first_asked
        if stored.route != study_rows.WATCHED and is_new:
            yield NewRegistration(first, stored.first_seen_on)
        for before, after in stored.successive(since):
            if changes := compare(before, after):
                yield ChangedRegistration(before, after, changes)


def _reports(session: Session, walk: Walk, topic: Topic) -> Iterator[Finding]:
    items = {item.key: item for item in topic.known_items}
    searched = ", ".join(s.name for s in topic.strategies if s.route == "pubmed")
    losses = known_item_rows.losses(session, topic.slug, Match.NO_MATCH)
    reports = list(reported(session, topic))
    for found in walk.progress.follow(reports, "Looking for signals", len(reports)):
        if found.is_new:
            yield _found(found)
        known = items.get(found.known_item)
        if found.retracted and (known is not None or _included(found)):
            yield RetractedReport(found.name, found.retracted, known)
        if found.deleted_on and (known is not None or _included(found)):
            yield DeletedReport(found.name, found.lead, found.deleted_on, known)
        if known is not None and found.dropped_out:
            yield LostKnownItem(known, searched, losses.get(known.key, 1))


def _included(found: Reported) -> bool:
    decision = found.standing.decision
    return decision is not None and decision.verdict is Verdict.INCLUDE


def _found(found: Reported) -> FoundReport:
    decision = found.standing.decision if found.in_play else None
    rule = found.standing.rule
    return FoundReport(
        name=found.name,
        record=found.lead,
        decision=ReportDecision(str(decision.verdict), decision.reason, decision.by_person)
        if decision
        else None,
        design=rule.design if rule else "",
        first_seen=found.first_seen_on,
        covered_until=found.covered_until,
        links=found.links,
    )
