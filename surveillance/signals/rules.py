"""What counts as a signal, how much it matters, and which of a report's it is (docs/signals.md).

Each rule takes what the pipeline found and gives the signals that follow, mostly one or none.
A report raises at most one kind of signal: the watched trial that it names comes first, then
that it was found late, then its design, then harm that it tells of.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from surveillance.screening.designs import Design
from surveillance.signals.findings import (
    ChangedRegistration,
    ChangedStrategy,
    CorrectedReport,
    DeletedReport,
    FailedRun,
    Finding,
    FoundReport,
    LostKnownItem,
    MissedRun,
    NewRegistration,
    OverdueResults,
    OverdueSource,
    RetractedReport,
)
from surveillance.signals.model import Kind, Signal
from surveillance.signals.registration_rules import (
    new_registration,
    registration_changed,
    results_overdue,
)
from surveillance.signals.report_rules import (
    evidence_corrected,
    found_late,
    known_item_not_found,
    known_item_retracted,
    new_randomised_trial,
    new_systematic_review,
    report_deleted,
    report_of_watched_trial,
    safety_event,
)
from surveillance.signals.search_rules import (
    run_failed,
    run_missed,
    source_overdue,
    strategy_changed,
)
from surveillance.studies.weight import Weight
from surveillance.topics import Topic

RULES_VERSION = "signals-4"


def raise_signals(
    topic: Topic, findings: Sequence[Finding], *, answered: Iterable[str] = ()
) -> tuple[Signal, ...]:
    """The signals that follow from `findings`, each key once, the most important first.

    `answered` are the recommendations on which a randomised trial was signalled before (see
    `answered_by`): only where there was none, a trial is the first. Findings are what is new
    since the published search; retractions may be of any age.
    """
    done = set(answered)
    signals: dict[str, Signal] = {}
    for finding in sorted(findings, key=_first_seen):
        for signal in _signals_of(topic, finding, done):
            signals.setdefault(signal.key, signal)
            done |= answered_by([signal])
    return tuple(sorted(signals.values(), key=lambda signal: signal.importance))


def answered_by(signals: Iterable[Signal]) -> frozenset[str]:
    """The recommendations on which `signals` report a randomised trial since publication.

    That may be the report of a watched trial, which weighs high unless screening excludes it.
    """
    since_publication = {Kind.NEW_RANDOMISED_TRIAL, Kind.REPORT_OF_WATCHED_TRIAL}
    return frozenset(
        recommendation
        for signal in signals
        if signal.kind in since_publication
        and signal.design == Design.RANDOMISED_TRIAL
        and signal.weight is Weight.HIGH
        for recommendation in signal.recommendations
    )


def _first_seen(finding: Finding) -> tuple[date, str]:
    if isinstance(finding, FoundReport):
        return finding.first_seen, finding.name
    return date.min, ""


def _signals_of(topic: Topic, finding: Finding, answered: set[str]) -> tuple[Signal, ...]:
    match finding:
        case NewRegistration():
            return new_registration(topic, finding)
        case ChangedRegistration():
            return registration_changed(topic, finding)
        case OverdueResults():
            return results_overdue(topic, finding)
        case FoundReport():
            return (
                report_of_watched_trial(topic, finding)
                or found_late(topic, finding)
                or new_randomised_trial(topic, finding, answered)
                or new_systematic_review(topic, finding)
                or safety_event(topic, finding)
            )
        case RetractedReport():
            return known_item_retracted(topic, finding)
        case LostKnownItem():
            return known_item_not_found(topic, finding)
        case DeletedReport():
            return report_deleted(topic, finding)
        case CorrectedReport():
            return evidence_corrected(topic, finding)
        case ChangedStrategy():
            return strategy_changed(topic, finding)
        case OverdueSource():
            return source_overdue(topic, finding)
        case FailedRun():
            return run_failed(topic, finding)
        case MissedRun():
            return run_missed(topic, finding)
