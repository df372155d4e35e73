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
from surveillance.pipeline.asking import covers_on
from surveillance.pipeline.in_play import CITATION, EUROPE_PMC, known_item_pmids
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
class _Found:
    """One search of Europe PMC with what is kept of it; `held` are PMIDs that the topic has."""

    search: Search
    route: str
    captured: tuple[Captured, ...]
    held: tuple[str, ...] = ()
    ready: ReadyStrategy | None = None
    covers: bool = True


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
    strategies = asked_strategies(walk.topic)
    with walk.store.transaction() as session:
        marks = [
            searching.standing_watermark(session, walk.topic.slug, ready, SOURCE)
            for ready in strategies
        ]
    plans = list(zip(strategies, marks, strict=True))
    followed = walk.progress.follow(plans, "Asking Europe PMC", len(plans))
    return [_search(walk, ready, mark) for ready, mark in followed]


def _search(walk: Walk, ready: ReadyStrategy, mark: Watermark | None) -> _Found:
    began = time.monotonic()
    window = searching.next_window(None if walk.run.full else mark, walk.run.since, walk.today)
    queries = europe_pmc_queries(ready)
    answer = united([walk.sources.europe_pmc.search(query, window) for query in queries])
    kept = tuple(item for item in answer.captured if lacking_in_pubmed(item.record))
    covers = covers_on(mark, window)
    search = _as_search(ready.name, answer, window, time.monotonic() - began)
    return _Found(search, EUROPE_PMC, kept, ready=ready, covers=covers)


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
        answers.append((_as_search(f"citations of {key}", answer, None, seconds), answer))
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


def _as_search(name: str, answer: EuropePmcAnswer, window: Window | None, seconds: float) -> Search:
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
    topic = walk.topic.slug
    numbers = {"searched": 0, "new": 0, "citing": 0, "new, citing": 0}
    for one in found:
        hashes = one.ready.hashes if one.ready else ("", None)
        search_id = run_rows.save_search(
            session,
            one.search,
            topic=topic,
            run=walk.run,
            searched_on=walk.today,
            strategy_hash=hashes[0],
            mesh_hash=hashes[1],
            covers=one.covers,
        )
        saved = record_rows.save_captured(
            session, one.captured, topic=topic, route=one.route, seen_on=walk.today
        )
        numbered = identities.numbers_of(session, searching.SOURCE, one.held)
        brought = Saved(tuple(dict.fromkeys((*saved.ids, *numbered))), saved.new)
        record_rows.save_results(session, topic, search_id, brought)
        if one.ready and one.covers:
            run_rows.move_watermark(session, topic, one.ready.name, SOURCE, walk.today)
        kind = "citing" if one.route == CITATION else "searched"
        numbers[kind] += len(brought.ids)
        numbers["new, citing" if kind == "citing" else "new"] += len(saved.new)
    return numbers
