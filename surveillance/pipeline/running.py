"""A run: the stages in their order, each finished once, resumable between any two."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import replace
from datetime import UTC, date, datetime, time
from functools import partial
from importlib.metadata import version
from time import monotonic

from db import runs as run_rows
from db.runs import Numbers
from db.session import Store
from surveillance.dedup.decide import RULES_VERSION as DEDUP_RULES
from surveillance.errors import SourceFailed
from surveillance.pipeline.alerting import alert
from surveillance.pipeline.deciding import take_carried
from surveillance.pipeline.deduplication import merge_duplicates
from surveillance.pipeline.forward import ask_europe_pmc
from surveillance.pipeline.importing import Brought, Imported, ImportRequest
from surveillance.pipeline.opening import open_sources, opened
from surveillance.pipeline.overview import Overview, overview
from surveillance.pipeline.post import Post, open_post
from surveillance.pipeline.registries import ask_registry
from surveillance.pipeline.screening import screen_reports
from surveillance.pipeline.searching import search_pubmed
from surveillance.pipeline.signalling import signal
from surveillance.pipeline.strategies import EVALUATION_VERSION, ready_strategies
from surveillance.pipeline.studies import link_studies
from surveillance.pipeline.taking import read_file, take_file
from surveillance.pipeline.verification import verify
from surveillance.pipeline.walk import Exchanges, Progress, Sources, Unwatched, Walk
from surveillance.runs import RunInputs, check_has_come
from surveillance.screening.criteria import read_criteria
from surveillance.screening.rules import RULES_VERSION as SCREENING_RULES
from surveillance.settings import Settings
from surveillance.signals.rules import RULES_VERSION as SIGNAL_RULES
from surveillance.sources.exchanges import Recorder
from surveillance.studies.links import RULES_VERSION as LINK_RULES
from surveillance.topics import Topic

Stage = Callable[[Walk], Numbers]

#: What the program's own version stands under, beside those of the rules.
PROGRAM, DISTRIBUTION = "program", "guidance-surveillance"

#: The walk, left to right. Each stage works on what the store holds and ends in one transaction.
STAGES: dict[str, Stage] = {
    "search": search_pubmed,
    "registry": ask_registry,
    "europe pmc": ask_europe_pmc,
    "verify": verify,
    "deduplicate": merge_duplicates,
    "screen": screen_reports,
    "link": link_studies,
    "signal": signal,
    "alert": alert,
}
#: Characters of a file's hash that tell one import from another.
SHORT = 12
#: What an import needs: everything behind the sources, and nobody is told before the next run.
AFTER_IMPORT = ("verify", "deduplicate", "screen", "link")


def begin_walk(
    topic: Topic,
    settings: Settings,
    store: Store,
    *,
    clock: datetime,
    since: date | None = None,
    full: bool = False,
    kind: str = run_rows.SURVEILLANCE,
    progress: Progress | None = None,
    sources: Callable[[Recorder], Sources] | None = None,
    post: Post | None = None,
) -> Walk:
    """The unfinished run of this topic, clock and inputs taken up again, or a new one.

    `sources` opens others than the settings name, `post` sends by others. The topic's files are
    kept by their hashes, so that the run can be replayed. Raises `UnreadableInput`, before anything
    is stored, where strategy or criteria are not sound.
    """
    check_has_come(clock.date())
    ready_strategies(topic)
    read_criteria(topic.criteria_file)
    inputs = RunInputs(topic.slug, topic.hashes(), rule_versions())
    with store.transaction() as session:
        run_rows.keep_inputs(session, topic.inputs().values())
        run = run_rows.begin(session, inputs, kind, clock, since, full=full)
    exchanges = Exchanges()
    open_them = sources or partial(open_sources, settings)
    return Walk(
        topic=topic,
        run=run,
        store=store,
        sources=open_them(exchanges.note),
        exchanges=exchanges,
        alerts_folder=settings.alerts_folder,
        banner=settings.banner,
        post=post or open_post(settings),
        progress=progress or Unwatched(),
    )


def run_stage(walk: Walk, name: str, stage: Stage | None = None) -> Numbers:
    """One stage, unless the run has finished it; what it reported.

    `stage` does it in another way than usual, to the same end.
    """
    if name in walk.run.finished_stages:
        with walk.store.transaction() as session:
            return run_rows.stage_numbers(session, walk.run.id)[name]
    walk.exchanges.taken()
    began = monotonic()
    try:
        numbers = (stage or STAGES[name])(walk)
    except SourceFailed as fault:
        with walk.store.transaction() as session:
            run_rows.note_failure(session, walk.run, str(fault))
        raise
    with walk.store.transaction() as session:
        run_rows.took(session, walk.run, name, monotonic() - began)
    return numbers


def complete(walk: Walk, done: Collection[str] = ()) -> Overview:
    """Every stage that the run has not finished yet; what the run brought.

    `done` are stages that were finished since the walk began.
    """
    for name in STAGES:
        if name not in done:
            run_stage(walk, name)
    finish(walk)
    return overview(walk)


def finish(walk: Walk) -> None:
    """Note that the run is done."""
    with walk.store.transaction() as session:
        run_rows.finish(session, walk.run)


def run_topic(
    topic: Topic,
    settings: Settings,
    *,
    until: date,
    since: date | None = None,
    full: bool = False,
    progress: Progress | None = None,
) -> Overview:
    """One surveillance run of a topic up to the end of the day `until`; what it brought.

    `since` overrides where the windows begin; `full` asks for everything from the beginning.
    """
    with opened(settings) as store, store.exclusive(topic.slug):
        walk = begin_walk(
            topic,
            settings,
            store,
            clock=clock_for(until),
            since=since,
            full=full,
            progress=progress,
        )
        return complete(walk)


def import_file(
    topic: Topic,
    request: ImportRequest,
    settings: Settings,
    *,
    progress: Progress | None = None,
) -> tuple[Imported, Overview]:
    """A database's own export taken into a topic and brought as far as the links to trials."""
    brought = read_file(topic, request)
    with opened(settings) as store, store.exclusive(topic.slug):
        walk = begin_walk(
            topic,
            settings,
            store,
            clock=clock_for(request.searched_on),
            kind=f"{run_rows.IMPORT} {request.database} {brought.sha256[:SHORT]}",
            progress=progress,
        )
        imported = take_file(walk, brought)
        for name in AFTER_IMPORT:
            run_stage(walk, name)
        finish(walk)
        if isinstance(brought, Brought) and (carried := brought.carried):
            taken = take_carried(store, topic, carried)
            imported = replace(imported, remarks=(*imported.remarks, *taken))
        return imported, overview(walk)


def clock_for(day: date) -> datetime:
    """The clock of a run for a day: its end, so that the same day is the same run."""
    return datetime.combine(day, time.max, tzinfo=UTC).replace(microsecond=0)


def rule_versions() -> tuple[tuple[str, str], ...]:
    """The versions of the program and of the rules that decide, kept with every run."""
    versions = {
        PROGRAM: version(DISTRIBUTION),
        "evaluation": EVALUATION_VERSION,
        "dedup": DEDUP_RULES,
        "screening": SCREENING_RULES,
        "links": LINK_RULES,
        "signals": SIGNAL_RULES,
    }
    return tuple(sorted(versions.items()))
