"""What changed since the published search, gathered from the store and raised as signals."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from functools import partial

from sqlalchemy.orm import Session

from db import known_items as known_item_rows
from db import runs as run_rows
from db import signals as signal_rows
from db import strategies as strategy_rows
from db import studies as study_rows
from db.signals import Raising, StoredSignal
from surveillance.pipeline.notices import new_notices
from surveillance.pipeline.opening import opened
from surveillance.pipeline.overdue_results import overdue_results, reported_in
from surveillance.pipeline.registries import refused_registrations, with_present_numbers
from surveillance.pipeline.reports import Reported, reported
from surveillance.pipeline.voices import first_asked, voices
from surveillance.pipeline.walk import Walk
from surveillance.runs import OVERLAP, Run
from surveillance.screening.rules import Verdict
from surveillance.settings import Settings
from surveillance.signals.findings import (
    ChangedRegistration,
    ChangedStrategy,
    CorrectedReport,
    DeletedReport,
    Finding,
    FoundReport,
    LostKnownItem,
    NewRegistration,
    OverdueSource,
    ReportDecision,
    RetractedReport,
)
from surveillance.signals.rules import raise_signals
from surveillance.strategy.evaluate.verdict import Verdict as Match
from surveillance.studies.changes import compare
from surveillance.studies.merged import filled
from surveillance.topics import Topic

DAYS_IN_WEEK = 7


def signal(walk: Walk) -> run_rows.Numbers:
    """Raise what the store shows and was not raised before; equal signals are one."""
    with walk.store.transaction() as session:
        topic = with_present_numbers(session, walk.topic)
        reports = list(reported(session, topic))
        findings = [
            *_registrations(session, walk, topic, reports),
            *_reports(session, walk, topic, reports),
            *_searches(session, topic, walk.today),
        ]
        raising = _raising(session, walk.run)
        numbers = signal_rows.save_signals(session, raising, raise_signals(topic, findings))
        run_rows.finish_stage(session, walk.run, "signal", numbers)
    return numbers


def _raising(session: Session, run: Run) -> Raising:
    before = run_rows.last_finished(session, run.topic)
    return Raising(
        run.topic,
        run.today,
        run.id,
        retell=before is None or _by_the_same_rules(before, run),
        current=before is None or before.clock <= run.clock,
    )


def _by_the_same_rules(before: Run, run: Run) -> bool:
    """Whether topic, criteria and rules are those of the run before: what differs now happened."""
    return all(
        dict(before.inputs.hashes).get(name) == dict(run.inputs.hashes).get(name)
        for name in ("topic.toml", "criteria.toml", "known_items.csv")
    ) and all(
        dict(before.inputs.rule_versions).get(name) == version
        for name, version in run.inputs.rule_versions
        if name in ("signals", "screening")
    )


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


def _registrations(
    session: Session, walk: Walk, topic: Topic, reports: Sequence[Reported]
) -> Iterator[Finding]:
    published = topic.guidance.published_search.isoformat()
    every = study_rows.registrations_of(session, topic.slug)
    refused = refused_registrations(session, topic, every)
    held = [stored for stored in every if stored.number not in refused]
    asked = first_asked(every)
    since = _compared_since(session, walk)
    telling = []
    for stored, voice in voices(topic, held):
        if voice.tells_changes:
            telling.append(stored)
        first = stored.first
        # What the first search found and was posted by then, the guidance could see.
        late = stored.first_seen_on > asked[first.registry]
        if voice.announced and (first.first_posted > published or late):
            yield NewRegistration(filled(first, voice.trial), stored.first_seen_on)
        for before, after in stored.successive(since) if voice.tells_changes else ():
            if changes := compare(before, after):
                yield ChangedRegistration(before, after, changes)
    answered = partial(reported_in, session, topic, every, reports)
    yield from overdue_results(topic, telling, walk.today, answered)


def _reports(
    session: Session, walk: Walk, topic: Topic, reports: Sequence[Reported]
) -> Iterator[Finding]:
    items = {item.key: item for item in topic.known_items}
    searched = ", ".join(s.name for s in topic.strategies if s.route == "pubmed")
    losses = known_item_rows.losses(session, topic.slug, Match.NO_MATCH)
    for found in walk.progress.follow(reports, "Looking for signals", len(reports)):
        if found.is_new:
            yield _found(found)
        known = items.get(found.known_item)
        if found.retracted and (known is not None or _included(found)):
            yield RetractedReport(found.name, found.retracted, known)
        if found.deleted_on and (known is not None or _included(found)):
            yield DeletedReport(found.name, found.lead, found.deleted_on, known)
        if known is not None or _included(found):
            for notice in new_notices(session, found.records, topic.guidance.published_search):
                yield CorrectedReport(found.name, found.lead, notice, known)
        if known is not None and found.dropped_out:
            yield LostKnownItem(known, searched, losses.get(known.key, 1))


def _searches(session: Session, topic: Topic, today: date) -> Iterator[Finding]:
    """What became of the searching: strategies that changed, sources that nobody exported."""
    for change in strategy_rows.changes(session, topic.slug):
        yield ChangedStrategy(
            change.strategy,
            change.after,
            change.because,
            change.changed_on,
            gained=len(change.gained),
            lost=len(change.lost),
        )
    searched = run_rows.last_searches(session, topic.slug)
    for strategy in topic.strategies:
        weeks = strategy.every_weeks
        last = searched.get((strategy.name, strategy.database), strategy.searched_on)
        if weeks and (today - last).days > weeks * DAYS_IN_WEEK:
            yield OverdueSource(strategy.database, last, weeks, today)


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
        safety_event=rule.safety_event if rule else "",
    )
