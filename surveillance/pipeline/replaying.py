"""Every run done again from what the store keeps: the same answers must give the same store."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from db import records as record_rows
from db import runs as run_rows
from db.facts import Fact, differences, facts
from db.session import Store
from surveillance.errors import UnreadableInput
from surveillance.pipeline.importing import requested
from surveillance.pipeline.opening import opened
from surveillance.pipeline.post import nobodys_post
from surveillance.pipeline.repeating import repeat_words
from surveillance.pipeline.repeating_decisions import repeat_decisions
from surveillance.pipeline.repeating_leaving import repeat_leaving
from surveillance.pipeline.repeating_links import repeat_links
from surveillance.pipeline.running import (
    AFTER_IMPORT,
    PROGRAM,
    STAGES,
    begin_walk,
    finish,
    rule_versions,
    run_stage,
)
from surveillance.pipeline.taking import read_file, take_file
from surveillance.pipeline.walk import Progress, Sources, Unwatched, Walk
from surveillance.runs import Run
from surveillance.settings import Settings
from surveillance.signals.model import Kind
from surveillance.sources.clinicaltrials import ClinicalTrials
from surveillance.sources.europe_pmc import EuropePmc
from surveillance.sources.exchanges import Exchange, Recorder, Replayed
from surveillance.sources.pubmed import PubMed
from surveillance.topics import Topic, read_topic

#: Nobody is asked: these addresses only end as those of the services do.
_NOBODY = "http://replay.invalid"
NOBODYS_ADDRESS = "nobody@example.invalid"
#: What people did beside the runs: signing off keeps the version that is signed, too.
PEOPLES = ("sign_off", "strategy_version", "guidance_decision")
#: Signals of the watch, which no run raises.
_OF_THE_WATCH = (Kind.RUN_FAILED, Kind.RUN_MISSED)


@dataclass(frozen=True, slots=True)
class Replay:
    """What came of replaying: how many runs, and what is different, a sentence each."""

    runs: int
    differences: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Kept:
    """A run with all that the store keeps of how it was computed."""

    run: Run
    kind: str
    ended: bool
    inputs: dict[str, bytes]
    exchanges: tuple[Exchange, ...]


def replay(settings: Settings, progress: Progress | None = None) -> Replay:
    """Do every run of the store again, in order, in an empty store beside it, and compare the two.

    Nobody is asked and nobody is told. Raises `UnreadableInput` where a run was computed by other
    rules than today's or from files that are not kept: its answer would be another by right.
    """
    watcher = progress or Unwatched()
    with opened(settings) as store:
        with store.transaction() as session:
            ours = facts(session, deliveries=False)
            runs = run_rows.every_run(session)
        for run, _, _ in runs:
            _check(store, run)
        with tempfile.TemporaryDirectory(prefix="surveil-replay-") as folder:
            followed = watcher.follow(runs, "Replaying", len(runs))
            theirs = _replayed(settings, Path(folder), store, followed)
    return Replay(len(runs), tuple(differences(_of_runs(ours), _of_runs(theirs))))


def _of_runs(found: dict[str, list[Fact]]) -> dict[str, list[Fact]]:
    """What runs made: not what people said of signals, nor what the watch raised."""
    kept = {name: rows for name, rows in found.items() if name not in PEOPLES}
    return kept | {
        "signal": [one for one in kept["signal"] if not _is_watchs(dict(one)["key"])],
        "alert": [one for one in kept["alert"] if not _is_watchs(dict(one)["signal_id"])],
        "signal_event": [
            one
            for one in kept["signal_event"]
            if not dict(one)["made_by"] and not _is_watchs(dict(one)["signal_id"])
        ],
    }


def _is_watchs(named: Hashable) -> bool:
    """Whether a signal, by its key or by what tells it from others, is the watch's."""
    key = named[-1] if isinstance(named, tuple) else named
    return str(key).startswith(tuple(f"{kind}:" for kind in _OF_THE_WATCH))


def _check(store: Store, run: Run) -> None:
    with store.transaction() as session:
        by_files = run_rows.took_files(session, run)
        known = run_rows.has_inputs(session, run)
    if not known:
        raise UnreadableInput(
            f"run {run.id} of {run.today} was made before the topic's files were kept with a run.",
            hint="A store with such runs cannot be replayed.",
        )
    if by_files:
        raise UnreadableInput(
            f"run {run.id} took its records from NLM's files, which are too large to be kept.",
            hint="A store with such runs cannot be replayed.",
        )
    today = dict(rule_versions())
    rules = [(name, version) for name, version in run.inputs.rule_versions if name != PROGRAM]
    changed = [name for name, version in rules if today.get(name) != version]
    if changed:
        raise UnreadableInput(
            f"run {run.id} of {run.today} was computed by other rules than today's "
            f"({', '.join(changed)}).",
            hint="Replay it with the release that it was made with.",
        )


def _replayed(
    settings: Settings,
    folder: Path,
    store: Store,
    runs: Iterable[tuple[Run, str, bool]],
) -> dict[str, list[Fact]]:
    beside = settings.model_copy(
        update={"workspace": folder, "database_url": f"sqlite:///{folder / 'replayed.db'}"}
    )
    with opened(beside) as scratch:
        repeat_leaving(store, scratch)
        for run, kind, ended in runs:
            kept = _kept(store, run, kind, ended=ended)
            _replay_run(beside, scratch, kept, _payloads_of(store))
            repeat_words(store, scratch, kept.run)
            repeat_decisions(store, scratch, kept.run)
            repeat_links(store, scratch, kept.run)
        with scratch.transaction() as session:
            return facts(session, deliveries=False)


def _kept(store: Store, run: Run, kind: str, *, ended: bool) -> _Kept:
    with store.transaction() as session:
        inputs = {
            name: record_rows.load_payload(session, sha256).content
            for name, sha256 in run.inputs.hashes
        }
        exchanges = tuple(run_rows.exchanges_of(session, run.id))
    return _Kept(run, kind, ended, inputs, exchanges)


def _payloads_of(store: Store) -> Callable[[str], bytes]:
    def content(sha256: str) -> bytes:
        with store.transaction() as session:
            return record_rows.load_payload(session, sha256).content

    return content


def _replay_run(
    settings: Settings, scratch: Store, kept: _Kept, payload_of: Callable[[str], bytes]
) -> None:
    """The stages that the run had finished, on the topic's files as they were then."""
    topic = _topic_as_it_was(settings, kept)
    imported = kept.kind.startswith(run_rows.IMPORT)
    walk = begin_walk(
        topic,
        settings,
        scratch,
        clock=kept.run.clock,
        since=kept.run.since,
        full=kept.run.full,
        kind=kept.kind,
        sources=lambda recorder: _sources(kept.exchanges, payload_of, recorder),
        post=nobodys_post(settings.alerts_folder),
    )
    if imported:
        for exchange in kept.exchanges:
            request = requested(exchange, settings.workspace, kept.run.today)
            take_file(walk, read_file(topic, request))
    _finish_as_far(walk, AFTER_IMPORT if imported else tuple(STAGES), kept)


def _finish_as_far(walk: Walk, stages: Sequence[str], kept: _Kept) -> None:
    for name in stages:
        if name in kept.run.finished_stages:
            run_stage(walk, name)
    if kept.ended:
        finish(walk)


def _topic_as_it_was(settings: Settings, kept: _Kept) -> Topic:
    folder = settings.topics_folder / kept.run.topic
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for name, content in kept.inputs.items():
        (folder / name).write_bytes(content)
    return read_topic(folder)


def _sources(
    exchanges: Sequence[Exchange], payload_of: Callable[[str], bytes], recorder: Recorder
) -> Sources:
    def recorded(name: str) -> Replayed:
        answers = (
            (exchange.question, exchange.answer(payload_of))
            for exchange in exchanges
            if exchange.source == name
        )
        return Replayed(name, answers)

    return Sources(
        pubmed=PubMed(
            f"{_NOBODY}/entrez/eutils/",
            email=NOBODYS_ADDRESS,
            recorder=recorder,
            client=recorded("PubMed"),
        ),
        trials=ClinicalTrials(
            f"{_NOBODY}/api/v2/", recorder=recorder, client=recorded("ClinicalTrials.gov")
        ),
        europe_pmc=EuropePmc(
            f"{_NOBODY}/europepmc/webservices/rest/",
            recorder=recorder,
            client=recorded("Europe PMC"),
        ),
    )
