"""Signals on the searching itself: silence must not look like coverage."""

from __future__ import annotations

from surveillance.signals.findings import ChangedStrategy, FailedRun, MissedRun, OverdueSource
from surveillance.signals.making import About, Reason, made
from surveillance.signals.model import Evidence, Kind, Shown, Signal
from surveillance.signals.wording import counted
from surveillance.studies.weight import Weight
from surveillance.topics import Topic
from surveillance.triggers import Trigger


def strategy_changed(topic: Topic, finding: ChangedStrategy) -> tuple[Signal, ...]:
    """A strategy, its MeSH or its reading changed: medium where that gained or lost records."""
    moved = finding.gained + finding.lost
    why = " and ".join(finding.because)
    effect = (
        f"It finds {counted(finding.gained, 'record')} that it did not find before, and no "
        f"longer {counted(finding.lost, 'record')}."
        if moved
        else "What it finds of the known records is the same."
    )
    return made(
        topic,
        Kind.STRATEGY_CHANGED,
        finding.strategy,
        finding.version,
        finding.changed_on.isoformat(),
        *finding.because,
        reasons=[Reason(Trigger.STRATEGY_CHANGED, Weight.MEDIUM if moved else Weight.LOW)],
        headline=f"The strategy “{finding.strategy}” changed: {why}",
        sentence=f"{effect} `surveil topics versions {topic.slug}` names them.",
        about=_of(finding.strategy, f"since {finding.changed_on}"),
    )


def source_overdue(topic: Topic, finding: OverdueSource) -> tuple[Signal, ...]:
    """A database was not exported in its rhythm: low; medium after twice as long."""
    weeks = (finding.today - finding.searched_on).days // 7
    late = weeks >= 2 * finding.every_weeks
    rhythm = "every week" if finding.every_weeks == 1 else f"every {finding.every_weeks} weeks"
    return made(
        topic,
        Kind.SOURCE_OVERDUE,
        finding.database,
        finding.searched_on.isoformat(),
        reasons=[Reason(Trigger.SOURCE_OVERDUE, Weight.MEDIUM if late else Weight.LOW)],
        headline=f"{finding.database} is overdue: last searched {counted(weeks, 'week')} ago",
        sentence=f"It was last searched on {finding.searched_on} and should be {rhythm}. "
        f"Export it and run `surveil import FILE --topic {topic.slug} --database "
        f'"{finding.database}"`.',
        about=_of(finding.database, f"last searched on {finding.searched_on}"),
    )


def run_failed(topic: Topic, finding: FailedRun) -> tuple[Signal, ...]:
    """A run began and did not end: high, for the week was not searched."""
    why = finding.why or "It was broken off"
    return made(
        topic,
        Kind.RUN_FAILED,
        topic.slug,
        finding.until.isoformat(),
        reasons=[Reason(Trigger.RUN_FAILED, Weight.HIGH)],
        headline=f"The run for {finding.until} failed",
        sentence=f"{why.rstrip('.')}. What was finished is kept; `surveil run {topic.slug}` "
        "goes on from there, and `surveil doctor --live` says what does not work.",
        about=_of(topic.slug, f"the run for {finding.until}"),
    )


def run_missed(topic: Topic, finding: MissedRun) -> tuple[Signal, ...]:
    """A run that the schedule asked for did not happen: high."""
    return made(
        topic,
        Kind.RUN_MISSED,
        topic.slug,
        finding.due_on.isoformat(),
        reasons=[Reason(Trigger.RUN_MISSED, Weight.HIGH)],
        headline=f"The run of {finding.due_on} did not happen",
        sentence="Nothing was searched, so silence does not mean that nothing changed. "
        "Is `surveil schedule` running? "
        f"`surveil run {topic.slug}` searches from where the last run ended.",
        about=_of(topic.slug, f"the run of {finding.due_on}"),
    )


def _of(name: str, words: str) -> About:
    return About(evidence=(Evidence(Shown.SEARCH, name, words),))
