"""A digest composed from what the store holds: what was searched, found, counted, and waits."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date

from sqlalchemy.orm import Session

from db import pair_log
from db import runs as run_rows
from surveillance.alerts.coverage import Coverage
from surveillance.alerts.digest import DigestContent, Waiting, WeekInNumbers
from surveillance.pipeline import forward, registries
from surveillance.pipeline.importing_registries import REGISTRIES
from surveillance.pipeline.reports import reported
from surveillance.pipeline.strategies import remarks_on_mapping
from surveillance.pipeline.versions import remarks_on_versions
from surveillance.runs import Run
from surveillance.topics import Topic

#: Where the stages count what is new to a topic.
_NEW = (
    ("search", "new"),
    ("registry", "new"),
    ("europe pmc", "new"),
    ("europe pmc", "new, citing"),
)


def content_of(session: Session, topic: Topic, run: Run, banner: str) -> DigestContent:
    """All that the digests of a run have in common; whom they are for adds the signals."""
    stages = run_rows.stage_numbers(session, run.id)
    return DigestContent(
        topic=topic,
        today=run.today,
        coverage=coverage_of(session, topic),
        signals=(),
        numbers=numbers_of(session, [run.id]),
        waiting=replace(
            _waiting(session, topic),
            doubtful_links=stages.get("link", {}).get("doubtful links", 0),
        ),
        remarks=remarks_on_run(session, topic, run),
        banner=banner or None,
    )


def content_between_runs(session: Session, topic: Topic, today: date, banner: str) -> DigestContent:
    """What is told where no run is: no week's numbers, for nothing was searched."""
    return DigestContent(
        topic=topic,
        today=today,
        coverage=coverage_of(session, topic),
        signals=(),
        numbers=None,
        waiting=_waiting(session, topic),
        banner=banner or None,
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
        stages = run_rows.stage_numbers(session, left.id)
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


def coverage_of(session: Session, topic: Topic) -> tuple[Coverage, ...]:
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


def numbers_of(session: Session, runs: Sequence[int]) -> WeekInNumbers:
    """What these runs did together."""
    stages = [run_rows.stage_numbers(session, run) for run in runs]

    def of(stage: str, name: str) -> int:
        return sum(one.get(stage, {}).get(name, 0) for one in stages)

    return WeekInNumbers(
        runs=len(runs),
        new=of("search", "new"),
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
        doubtful_pairs=pair_log.doubtful_pairs(session, topic.slug),
        proposals=sum(one.standing.rule is not None for one in undecided),
    )
