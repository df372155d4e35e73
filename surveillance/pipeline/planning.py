"""What a run would ask, without asking."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from db import studies as study_rows
from db.session import Store
from surveillance.pipeline import forward, registries, searching
from surveillance.pipeline.in_play import followed_pmids, known_item_pmids
from surveillance.pipeline.strategies import ready_strategies
from surveillance.records.europe_pmc import SOURCE
from surveillance.runs import Window, check_has_come
from surveillance.settings import Settings
from surveillance.topics import Topic


@dataclass(frozen=True, slots=True)
class Question:
    """One question to a source: which strategy, over which dates, in which words."""

    source: str
    strategy: str
    window: Window | None
    query: str


@dataclass(frozen=True, slots=True)
class Span:
    """What a run is told of its dates: until when, since when if that is named, or everything."""

    until: date
    since: date | None = None
    full: bool = False


def plan(topic: Topic, settings: Settings, span: Span) -> list[Question]:
    """The questions of a run of this topic; reads the store where there is one, writes nothing.

    Raises `UnreadableInput` where the run itself would be refused: an unsound strategy, a day that
    has not come.
    """
    check_has_come(span.until)
    store = Store(settings.store_url)
    try:
        if not settings.workspace.is_dir() or store.revision() is None:
            return list(_plan(topic, None, span))
        with store.transaction() as session:
            return list(_plan(topic, session, span))
    finally:
        store.close()


def _plan(topic: Topic, session: Session | None, span: Span) -> Iterator[Question]:
    yield from _pubmed(topic, session, span)
    for asked in registries.questions(topic):
        joined = ", " if asked.route == study_rows.WATCHED else "\n"
        yield Question(registries.DATABASE, asked.strategy, None, joined.join(asked.queries))
    yield from _europe_pmc(topic, session, span)


def _pubmed(topic: Topic, session: Session | None, span: Span) -> Iterator[Question]:
    for ready in ready_strategies(topic):
        mark = None
        if session and not span.full:
            mark = searching.standing_watermark(session, topic.slug, ready)
        window = searching.next_window(mark, span.since, span.until)
        for part in ready.translation.parts:
            yield Question("PubMed", ready.name, window, part)
        if window.since is not None:
            everything = Window(None, span.until)
            yield Question("PubMed", f"{ready.name}, all of it", everything, "the same query")
    followed = followed_pmids(session, topic) if session else set(_named(topic, None))
    if followed:
        numbers = ", ".join(sorted(followed, key=searching.by_number))
        yield Question("PubMed", "known items and reports in play, by PMID", None, numbers)


def _named(topic: Topic, session: Session | None) -> list[str]:
    """The PMIDs of the known items, as far as they are known."""
    if session is None:
        return [item.pmid for item in topic.known_items if item.pmid]
    return sorted(known_item_pmids(session, topic).values(), key=searching.by_number)


def _europe_pmc(topic: Topic, session: Session | None, span: Span) -> Iterator[Question]:
    for ready in forward.asked_strategies(topic):
        mark = None
        if session and not span.full:
            mark = searching.standing_watermark(session, topic.slug, ready, SOURCE)
        window = searching.next_window(mark, span.since, span.until)
        for query in forward.europe_pmc_queries(ready):
            yield Question(forward.DATABASE, ready.name, window, query)
    cited = _named(topic, session) if topic.europe_pmc.citations else []
    if cited:
        numbers = ", ".join(cited)
        yield Question(forward.DATABASE, "who cites the known items", None, numbers)
