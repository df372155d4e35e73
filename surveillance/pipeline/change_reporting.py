"""What changed of a topic since the last report, collected from its store."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from itertools import pairwise

from sqlalchemy.orm import Session

from db import records as record_rows
from db import reports as report_rows
from db import runs as run_rows
from db import signal_history as signal_history_rows
from db import signals as signal_rows
from db import strategies as strategy_rows
from db import studies as study_rows
from db.screening import ABSTRACT, FULL_TEXT
from db.signals import StoredSignal
from surveillance.dedup.merged import name_of, ranked
from surveillance.documents.changes import (
    ChangedStrategy,
    Changes,
    Decided,
    GuidanceDecided,
    NewReport,
    SignalMoved,
    SignedOff,
    Since,
    TrialChanged,
    TrialSeen,
    Unsearched,
    since_last_report,
)
from surveillance.documents.history import SearchMade, TopicHistory
from surveillance.pipeline.opening import opened
from surveillance.pipeline.priority import source_priority
from surveillance.pipeline.reporting import about_topic, history_of
from surveillance.pipeline.reports import Reported, reported
from surveillance.pipeline.reviewing import reviewing_of, standings_of
from surveillance.records import Record
from surveillance.screening.rules import Verdict
from surveillance.settings import Settings
from surveillance.signals.history import Happening
from surveillance.studies.changes import Change, compare
from surveillance.topics import Topic

_STAGES = (ABSTRACT, FULL_TEXT)


def topic_changes(topic: Topic, settings: Settings, given: date | None = None) -> Changes:
    """What changed since `given`, or since the last report where no day is given."""
    with opened(settings) as store, store.transaction() as session:
        log = signal_history_rows.decisions_of(session, topic.slug)
        decided_on = log[-1][1].decided_on if log else None
        since = since_last_report(topic.guidance.published_search, decided_on, given)
        history = history_of(session, topic, settings)
        everything = tuple(_searches(history))
        return Changes(
            about=about_topic(topic, settings),
            since=since,
            last_run=history.last_run,
            until=history.as_of,
            searches=tuple(one for one in everything if one.searched_on >= since.day),
            unsearched=tuple(_unsearched(topic, everything, since)),
            failures=tuple(_failures(session, topic)),
            strategies=tuple(_changed_strategies(session, topic, since)),
            sign_offs=tuple(_sign_offs(session, topic, since)),
            reports=tuple(_new_reports(session, topic, since)),
            decided=tuple(_decided(session, topic, since)),
            trials=tuple(_new_trials(session, topic, since)),
            trial_changes=tuple(_trial_changes(session, topic, since)),
            signals=tuple(_signals(session, topic, since)),
            decisions=tuple(
                GuidanceDecided(
                    number, one.decision, one.reason, one.made_by, one.decided_on, len(one.signals)
                )
                for number, one in log
            ),
        )


def _searches(history: TopicHistory) -> Iterator[SearchMade]:
    for strategy in history.strategies:
        yield from strategy.searches
    for other in history.others:
        yield from other.searches


def _unsearched(topic: Topic, searches: Iterable[SearchMade], since: Since) -> Iterator[Unsearched]:
    """The topic's databases that nobody searched in this time."""
    days: dict[str, list[date]] = {}
    for one in searches:
        days.setdefault(one.strategy, []).append(one.searched_on)
    for described in topic.strategies:
        last = max(days.get(described.name, ()), default=None)
        if last is None or last < since.day:
            yield Unsearched(described.database, last)


def _failures(session: Session, topic: Topic) -> Iterator[str]:
    """Why the last run was broken off, where it was and no run has finished since."""
    last = run_rows.last_attempt(session, topic.slug)
    if last is not None and last.finished_at is None and last.failure:
        yield f"The last run was broken off: {last.failure}"


def _changed_strategies(session: Session, topic: Topic, since: Since) -> Iterator[ChangedStrategy]:
    for one in strategy_rows.changes(session, topic.slug):
        if one.changed_on >= since.day:
            yield ChangedStrategy(
                one.strategy,
                one.changed_on,
                one.because,
                one.before,
                one.after,
                one.gained,
                one.lost,
            )


def _sign_offs(session: Session, topic: Topic, since: Since) -> Iterator[SignedOff]:
    approvals = strategy_rows.sign_offs(session, topic.slug)
    for described in topic.strategies:
        for one in approvals.get(described.name, ()):
            if one.signed_at.date() >= since.day:
                day = one.signed_at.date()
                yield SignedOff(described.name, one.version, one.signed_by, day, one.note)


def _new_reports(session: Session, topic: Topic, since: Since) -> Iterator[NewReport]:
    found = [
        one
        for one in reported(session, topic)
        if one.in_play and one.first_seen_on >= since.day and not one.known_item
    ]
    for one in sorted(found, key=lambda one: (one.first_seen_on, one.name)):
        person = one.standing.person
        included = person is not None and person.verdict is Verdict.INCLUDE
        yield NewReport(one.name, one.lead.title, one.first_seen_on, _standing(one), included)


def _standing(one: Reported) -> str:
    standing = one.standing
    if standing.person:
        return f"{standing.person.verdict} by people"
    if standing.rule is None:
        return "waits for a person"
    why = standing.rule.reason or standing.rule.criterion
    return f"waits; proposed by rule: {standing.rule.verdict}{f' ({why})' if why else ''}"


def _decided(session: Session, topic: Topic, since: Since) -> Iterator[Decided]:
    """The decisions of people that count now and were made in this time, oldest first."""
    guidance = reviewing_of(topic)
    found = [
        (person.decided_on, report, stage, person)
        for stage in _STAGES
        for report, standing in standings_of(session, topic, stage).items()
        if (person := standing.person) is not None
        and person.decided_on >= since.day
        and not guidance.is_guidance(person.made_by)
    ]
    leads = _leads(session, topic, {report for _, report, _, _ in found})
    for on, report, stage, person in sorted(found, key=lambda one: (one[0], one[1], one[2])):
        reason = person.reason or person.criterion
        lead = leads[report]
        yield Decided(
            name_of(lead), lead.title, stage, str(person.verdict), reason, person.made_by, on
        )


def _leads(session: Session, topic: Topic, wanted: set[int]) -> dict[int, Record]:
    """The record that speaks for each of these reports."""
    members: dict[int, list[int]] = {}
    for record_id, report in report_rows.report_places(session, topic.slug).items():
        if report in wanted:
            members.setdefault(report, []).append(record_id)
    ids = sorted(number for some in members.values() for number in some)
    stored = {one.id: one.record for one in record_rows.records_of(session, topic.slug, ids)}
    priority = source_priority(topic)
    return {
        report: ranked([stored[number] for number in some], priority)[0]
        for report, some in members.items()
    }


def _new_trials(session: Session, topic: Topic, since: Since) -> Iterator[TrialSeen]:
    for one in study_rows.registrations_of(session, topic.slug):
        if one.first_seen_on >= since.day:
            newest = one.newest
            yield TrialSeen(newest.number, newest.title, one.route, one.first_seen_on)


def _trial_changes(session: Session, topic: Topic, since: Since) -> Iterator[TrialChanged]:
    """Every change that a guidance team may read, the heaviest first."""
    found = [
        TrialChanged(one.newest.number, change.weight, seen_on, change.sentence)
        for one in study_rows.registrations_of(session, topic.slug)
        for seen_on, changes in _between(one, since)
        for change in changes
    ]
    yield from sorted(found, key=lambda one: (one.weight.rank, one.seen_on, one.number))


def _between(
    stored: study_rows.StoredRegistration, since: Since
) -> Iterator[tuple[date, tuple[Change, ...]]]:
    """What changed with each version that was seen in this time; nothing is read where none was."""
    if stored.kept[-1].seen_on >= since.day:
        for (_, before), (seen_on, after) in pairwise(stored.versions):
            if seen_on >= since.day:
                yield seen_on, compare(before, after)


def _signals(session: Session, topic: Topic, since: Since) -> Iterator[SignalMoved]:
    """Signals of which something happened in this time beside being looked at."""
    found = [(one, _happened(one, since)) for one in signal_rows.signals_of(session, topic.slug)]
    moved = [(one, events) for one, events in found if events]
    for one, events in sorted(moved, key=lambda pair: pair[0].signal.importance):
        yield SignalMoved(
            one.id,
            one.signal.headline,
            one.signal.weight,
            str(one.status),
            one.signal.recommendations,
            one.raised_on,
            events,
        )


def _happened(stored: StoredSignal, since: Since) -> tuple[str, ...]:
    return tuple(
        f"{event.what} on {event.happened_on}"
        + (f" by {event.made_by}" if event.made_by else "")
        + (f": {event.reason}" if event.reason else "")
        for event in stored.events
        if event.happened_on >= since.day and event.what is not Happening.SEEN
    )
