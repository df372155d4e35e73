"""What was signalled told to those who should know, through the outbox, once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path

from sqlalchemy.orm import Session

from db import reports as report_rows
from db import runs as run_rows
from db import signals as signal_rows
from db.session import Store
from surveillance.alerts.coverage import Coverage
from surveillance.alerts.digest import Digest, DigestContent, Waiting, WeekInNumbers, compose
from surveillance.alerts.files import deliver
from surveillance.alerts.outbox import due
from surveillance.errors import UnreadableInput
from surveillance.pipeline import forward, registries
from surveillance.pipeline.importing_registries import REGISTRIES
from surveillance.pipeline.opening import opened
from surveillance.pipeline.reports import reported
from surveillance.pipeline.strategies import remarks_on_mapping
from surveillance.pipeline.versions import remarks_on_versions
from surveillance.pipeline.walk import Walk
from surveillance.runs import Run
from surveillance.settings import Settings
from surveillance.signals.model import Signal
from surveillance.topics import Topic

#: Where the stages count what is new to a topic.
_NEW = (
    ("search", "new"),
    ("registry", "new"),
    ("europe pmc", "new"),
    ("europe pmc", "new, citing"),
)


def alert(walk: Walk) -> run_rows.Numbers:
    """Put what nobody was told yet into the outbox, then send what waits there."""
    with walk.store.transaction() as session:
        _queue(session, walk.topic, walk.run)
    for _ in walk.progress.follow(["the outbox"], "Sending alerts", 1):
        _send(walk.store, walk.topic, walk.run, walk.alerts_folder, walk.banner)
    with walk.store.transaction() as session:
        numbers = {"sent": signal_rows.sent_by(session, walk.topic.slug, _name(walk.run))}
        run_rows.finish_stage(session, walk.run, "alert", numbers)
    return numbers


def send_digest(topic: Topic, settings: Settings) -> list[Path]:
    """Queue what the last run's signals leave to be told, and send all that waits; the files."""
    with opened(settings) as store:
        with store.transaction() as session:
            run = _last_run(session, topic)
            _queue(session, topic, run)
        return _send(store, topic, run, settings.alerts_folder, settings.banner)


def preview_digest(topic: Topic, settings: Settings) -> str:
    """The text of the last run's digest, whether it was sent or not."""
    with opened(settings) as store, store.transaction() as session:
        run = _last_run(session, topic)
        signals = [stored.signal for stored in signal_rows.signals_of_run(session, run)]
        return _compose(session, topic, run, signals, settings.banner).text


def _last_run(session: Session, topic: Topic) -> Run:
    run = run_rows.last_finished(session, topic.slug)
    if run is None:
        raise UnreadableInput(
            f"no run of {topic.slug} has finished yet.", hint=f"Try `surveil run {topic.slug}`."
        )
    return run


def _name(run: Run) -> str:
    """What a run's digest is called: the same for the same run, so that sending again replaces."""
    return f"{run.topic}-{run.today}-run-{run.id}"


def _queue(session: Session, topic: Topic, run: Run) -> None:
    """Queue what nobody was told; a recipient who joins begins with what this run raised."""
    told = signal_rows.delivered(session, topic.slug)
    everything = signal_rows.signals_of(session, topic.slug)
    this_run = signal_rows.signals_of_run(session, run)
    for recipient in topic.recipients:
        joins = bool(told) and not any(key.recipient == recipient.name for key in told)
        signals = [stored.signal for stored in (this_run if joins else everything)]
        deliveries = due(signals, [recipient], told)
        signal_rows.queue(session, topic.slug, deliveries, _name(run), run.today)


def _send(store: Store, topic: Topic, run: Run, folder: Path, banner: str) -> list[Path]:
    """Write each waiting digest, then note it as sent.

    Killed in between, the next start writes the same files again under the same names: the
    outbox was committed before, so nobody is told twice of anything.
    """
    files: list[Path] = []
    with store.transaction() as session:
        waiting = {
            name: (alerts, _compose(session, topic, run, signals, banner))
            for name, alerts, signals in signal_rows.waiting(session, topic.slug)
        }
    for name, (alerts, digest) in waiting.items():
        files += deliver(digest, folder, name)
        with store.transaction() as session:
            signal_rows.mark_sent(session, alerts)
    return files


def _compose(
    session: Session, topic: Topic, run: Run, signals: Sequence[Signal], banner: str
) -> Digest:
    return compose(
        DigestContent(
            topic=topic,
            today=run.today,
            coverage=_coverage(session, topic),
            signals=tuple(signals),
            numbers=_numbers(run_rows.stage_numbers(session, run)),
            waiting=_waiting(session, topic),
            remarks=remarks_on_run(session, topic, run),
            banner=banner or None,
        )
    )


def remarks_on_run(session: Session, topic: Topic, run: Run) -> tuple[str, ...]:
    """The sentences that a run's overview and its digest share."""
    return (
        *_remarks_on_unfinished(session, run),
        *_warnings_of(session, run),
        *remarks_on_mapping(topic),
        *remarks_on_versions(session, topic, run),
    )


def _remarks_on_unfinished(session: Session, run: Run) -> Iterator[str]:
    """What runs brought whose place this one took: its own numbers count that as known."""
    for left in run_rows.left_unfinished(session, run):
        stages = run_rows.stage_numbers(session, left)
        new = sum(stages.get(stage, {}).get(number, 0) for stage, number in _NEW)
        if new:
            yield (
                f"Run {left.id} for {left.today} was left unfinished. What it brought "
                f"({new} new) is kept and gone through here, but not counted as new."
            )


def _warnings_of(session: Session, run: Run) -> tuple[str, ...]:
    """What the sources remarked in a run, each remark once; what they said last time is counted.

    A limit that never changes would bury what is new: `surveil report history` shows them all.
    """
    said = _warnings(session, run.id)
    before = run_rows.finished_before(session, run)
    known = set(_warnings(session, before)) if before else set()
    new = [warning for warning in said if warning not in known]
    old = len(said) - len(new)
    same = f"{old} remark{'s' * (old > 1)} of the sources as in the run before"
    return (*new, *([f"{same} (`surveil report history {run.topic}`)."] if old else []))


def _warnings(session: Session, run_id: int) -> list[str]:
    said = (
        f"{search.database}: {warning}"
        for search in run_rows.searches_of(session, run_id)
        for warning in search.warnings
    )
    return list(dict.fromkeys(said))


def _coverage(session: Session, topic: Topic) -> tuple[Coverage, ...]:
    """What was searched when, by database; an export counts from the day it was searched."""
    searched = run_rows.last_searches(session, topic.slug)
    rows = [
        Coverage(
            strategy.database if strategy.route == "file" else f"PubMed, for {strategy.database}",
            searched.get((strategy.name, strategy.database)),
            exported=strategy.route == "file",
        )
        for strategy in topic.strategies
    ]
    asked = (registries.BY_QUERY, *topic.trials.strategies)
    rows.append(Coverage(registries.DATABASE, _last(searched, asked, registries.DATABASE)))
    rows += [
        Coverage(registry, searched.get((registry, registry)), exported=True)
        for registry in REGISTRIES
        if registry in topic.trials.registries or (registry, registry) in searched
    ]
    if topic.europe_pmc.strategies:
        last = _last(searched, topic.europe_pmc.strategies, forward.DATABASE)
        rows.append(Coverage(f"{forward.DATABASE}, what PubMed lacks", last))
    return tuple(rows)


def _last(
    searched: Mapping[tuple[str, str], date], strategies: Iterable[str], database: str
) -> date | None:
    """When the last of these strategies was searched there; None: one never was."""
    days = [day for name in strategies if (day := searched.get((name, database)))]
    return max(days, default=None)


def _numbers(stages: dict[str, run_rows.Numbers]) -> WeekInNumbers:
    def of(stage: str, name: str) -> int:
        return stages.get(stage, {}).get(name, 0)

    return WeekInNumbers(
        identified=of("search", "identified"),
        duplicates=of("deduplicate", "new duplicates"),
        matched=of("verify", "match"),
        cannot_tell=of("verify", "cannot tell"),
        not_matched=of("verify", "no match"),
        screened_by_rule=of("screen", "proposed"),
        screened_by_people=of("screen", "decided"),
    )


def _waiting(session: Session, topic: Topic) -> Waiting:
    undecided = [
        one for one in reported(session, topic) if one.in_play and one.standing.person is None
    ]
    return Waiting(
        doubtful_pairs=report_rows.doubtful_pairs(session, topic.slug),
        proposals=sum(one.standing.rule is not None for one in undecided),
    )
