"""Europe PMC asked for what PubMed lacks, and for who cites the known items."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from db import identities
from db import records as record_rows
from db import runs as run_rows
from db.records import Saved
from surveillance.errors import UnreadableInput
from surveillance.pipeline import searching
from surveillance.pipeline.asking import covers_on, hold_against_last_time
from surveillance.pipeline.in_play import CITATION, CITATIONS, EUROPE_PMC, known_item_pmids
from surveillance.pipeline.strategies import ReadyStrategy, ready_strategies
from surveillance.pipeline.walk import Walk
from surveillance.records import Captured
from surveillance.records.europe_pmc import SOURCE, lacking_in_pubmed
from surveillance.runs import Search, Watermark, Window
from surveillance.sources.europe_pmc import EuropePmcAnswer, beyond_pubmed
from surveillance.strategy.translate import Target, Translation, translate
from surveillance.topics import Topic

DATABASE = "Europe PMC"
#: The part of Europe PMC that a known item stands in.
PUBMED_PART = "MED"


@dataclass(frozen=True, slots=True)
class _Plan:
    """What is asked for one strategy; `held` are the records of Europe PMC that the topic has,
    `last_total` what the strategy counted there last."""

    ready: ReadyStrategy
    mark: Watermark | None
    window: Window
    held: frozenset[str]
    last_total: int | None

    @property
    def covers(self) -> bool:
        """Whether the watermark may move."""
        return covers_on(self.mark, self.window)


@dataclass(frozen=True, slots=True)
class _Found:
    """One search of Europe PMC with what is kept of it; `held` are PMIDs that the topic has."""

    search: Search
    route: str
    captured: tuple[Captured, ...]
    held: tuple[str, ...] = ()
    plan: _Plan | None = None


def ask_europe_pmc(walk: Walk) -> run_rows.Numbers:
    """Ask what the topic wants of Europe PMC, then keep everything in one transaction.

    Raises `SourceFailed` before anything is kept where an answer is not whole.
    """
    found = [*_searched(walk), *_citing(walk)]
    with walk.store.transaction() as session:
        numbers = _save(session, walk, found)
        run_rows.save_exchanges(session, walk.run, walk.exchanges.taken())
        run_rows.finish_stage(session, walk.run, "europe pmc", numbers)
    return numbers


def asked_strategies(topic: Topic) -> list[ReadyStrategy]:
    """The strategies of the topic that Europe PMC is asked with."""
    wanted = topic.europe_pmc.strategies
    return [ready for ready in ready_strategies(topic) if ready.name in wanted] if wanted else []


def europe_pmc_queries(ready: ReadyStrategy) -> tuple[str, ...]:
    """A strategy as Europe PMC is asked with it, without what PubMed holds.

    Raises `UnreadableInput` where it has no query there.
    """
    made: Translation = translate(
        ready.strategy, Target.EUROPE_PMC, line=ready.result_line, mesh=ready.mesh
    )
    parts = tuple(filter(None, made.parts))
    if not parts:
        raise UnreadableInput(
            f"the strategy {ready.name} gives no query for Europe PMC.",
            hint="Take it out of [europe_pmc] in topic.toml.",
        )
    return tuple(map(beyond_pubmed, parts))


def _searched(walk: Walk) -> list[_Found]:
    with walk.store.transaction() as session:
        plans = [_plan(session, walk, ready) for ready in asked_strategies(walk.topic)]
    followed = walk.progress.follow(plans, "Asking Europe PMC", len(plans))
    return [found for plan in followed for found in _search(walk, plan)]


def _plan(session: Session, walk: Walk, ready: ReadyStrategy) -> _Plan:
    topic = walk.topic.slug
    mark = searching.standing_watermark(session, topic, ready, SOURCE)
    return _Plan(
        ready=ready,
        mark=mark,
        window=searching.next_window(None if walk.run.full else mark, walk.run.since, walk.today),
        held=frozenset(identities.source_ids(session, topic, SOURCE)),
        last_total=run_rows.last_total(
            session, topic, ready.name, SOURCE, strategy_hash=ready.hashes[0], until=walk.today
        ),
    )


def _search(walk: Walk, plan: _Plan) -> list[_Found]:
    """What the window brings; everything, where the count says that a window missed something."""
    europe_pmc, name = walk.sources.europe_pmc, plan.ready.name
    queries = europe_pmc_queries(plan.ready)
    began = time.monotonic()
    answer = united([europe_pmc.search(query, plan.window) for query in queries])
    found = [_of_search(plan, answer, plan.window, began)]
    if plan.window.since is None:
        hold_against_last_time(DATABASE, name, plan.last_total, answer.count)
        return found
    everything = Window(None, plan.window.until)
    total = sum(europe_pmc.count(query, everything) for query in queries)
    hold_against_last_time(DATABASE, name, plan.last_total, total)
    new = {item.record.source_id for item in answer.captured} - plan.held
    if total == (plan.last_total or 0) + len(new):
        sent = "\n".join(queries)
        return [*found, _of_search(plan, EuropePmcAnswer((), total, sent), everything, None)]
    whole = united([europe_pmc.search(query, everything) for query in queries])
    return [*found, _of_search(plan, whole, everything, began)]


def _of_search(plan: _Plan, answer: EuropePmcAnswer, window: Window, began: float | None) -> _Found:
    seconds = None if began is None else time.monotonic() - began
    kept = tuple(item for item in answer.captured if lacking_in_pubmed(item.record))
    search = _as_search(plan.ready.name, answer, window, seconds)
    return _Found(search, EUROPE_PMC, kept, plan=plan)


def _citing(walk: Walk) -> list[_Found]:
    """Who cites each known item; what PubMed holds of it is fetched there, in its own words."""
    if not walk.topic.europe_pmc.citations:
        return []
    with walk.store.transaction() as session:
        cited = sorted(known_item_pmids(session, walk.topic).items())
    answers = []
    for key, pmid in walk.progress.follow(cited, "Asking who cites", len(cited)):
        began = time.monotonic()
        answer = walk.sources.europe_pmc.citations(PUBMED_PART, pmid)
        seconds = time.monotonic() - began
        answers.append((_as_search(f"{CITATIONS}{key}", answer, None, seconds), answer))
    held, fetched = _on_pubmed(walk, [answer for _, answer in answers])
    return [_cited_by(search, answer, held, fetched) for search, answer in answers]


def _on_pubmed(
    walk: Walk, answers: Sequence[EuropePmcAnswer]
) -> tuple[frozenset[str], dict[str, Captured]]:
    """Of the citing reports on PubMed: those that the topic has, and the others, fetched."""
    named = {item.record.pmid for answer in answers for item in answer.captured} - {""}
    with walk.store.transaction() as session:
        held = identities.source_ids(session, walk.topic.slug, searching.SOURCE)
    wanted = sorted(named - held, key=searching.by_number)
    fetched = walk.sources.pubmed.fetch(wanted)
    arrived = {item.record.source_id: item for item in fetched.captured}
    now = dict(fetched.merged)
    found = {pmid: arrived.get(now.get(pmid, pmid)) for pmid in wanted}
    return frozenset(named & held), {pmid: item for pmid, item in found.items() if item}


def _cited_by(
    search: Search, answer: EuropePmcAnswer, held: frozenset[str], fetched: dict[str, Captured]
) -> _Found:
    """A record that PubMed has not delivered stays in Europe PMC's words."""
    pmids = [item.record.pmid for item in answer.captured]
    kept = [
        fetched.get(item.record.pmid, item)
        for item in answer.captured
        if item.record.pmid not in held
    ]
    return _Found(search, CITATION, tuple(kept), held=tuple(held.intersection(pmids)))


def united(answers: Sequence[EuropePmcAnswer]) -> EuropePmcAnswer:
    """The union of several searches, each record once; what was sent stands one on a line."""
    if len(answers) == 1:
        return answers[0]
    captured = {item.record.source_id: item for answer in answers for item in answer.captured}
    warnings = dict.fromkeys(warning for answer in answers for warning in answer.warnings)
    sent = "\n".join(answer.query_sent for answer in answers)
    return EuropePmcAnswer(tuple(captured.values()), len(captured), sent, tuple(warnings))


def _as_search(
    name: str, answer: EuropePmcAnswer, window: Window | None, seconds: float | None
) -> Search:
    return Search(
        strategy=name,
        source=SOURCE,
        database=DATABASE,
        window=window,
        query=answer.query_sent,
        count=answer.count,
        received=len(answer.captured),
        warnings=answer.warnings,
        seconds=seconds,
    )


def _save(session: Session, walk: Walk, found: list[_Found]) -> run_rows.Numbers:
    numbers = {"searched": 0, "new": 0, "citing": 0, "new, citing": 0}
    for one in found:
        brought = _save_one(session, walk, one)
        citing = one.route == CITATION
        numbers["citing" if citing else "searched"] += len(brought.ids)
        numbers["new, citing" if citing else "new"] += len(brought.new)
    return numbers


def _save_one(session: Session, walk: Walk, one: _Found) -> Saved:
    topic, plan = walk.topic.slug, one.plan
    search_id = run_rows.save_search(
        session,
        one.search,
        topic=topic,
        run=walk.run,
        searched_on=walk.today,
        strategy_hash=plan.ready.hashes[0] if plan else "",
        mesh_hash=plan.ready.hashes[1] if plan else None,
        covers=plan.covers if plan else True,
    )
    saved = record_rows.save_captured(
        session, one.captured, topic=topic, route=one.route, seen_on=walk.today
    )
    held = record_rows.known_numbers(session, [(searching.SOURCE, pmid) for pmid in one.held])
    brought = Saved(tuple(dict.fromkeys((*saved.ids, *held.values()))), saved.new)
    record_rows.save_results(session, topic, search_id, brought)
    if plan and plan.covers:
        run_rows.move_watermark(
            session, topic, plan.ready.name, SOURCE, walk.today, version=plan.ready.hashes
        )
    return brought
