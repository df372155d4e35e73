"""What a run would ask, without asking."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from db.session import Store
from surveillance.pipeline import registries, searching
from surveillance.pipeline.strategies import ReadyStrategy, ready_strategies
from surveillance.runs import Watermark, Window
from surveillance.settings import Settings
from surveillance.topics import Topic


@dataclass(frozen=True, slots=True)
class Question:
    """One question to a source: which strategy, over which dates, in which words."""

    source: str
    strategy: str
    window: Window | None
    query: str


def plan(
    topic: Topic, settings: Settings, *, since: date | None, until: date
) -> Iterator[Question]:
    """The questions of a run of this topic; reads the store where there is one, writes nothing."""
    for ready in ready_strategies(topic):
        watermark = _watermark(settings, topic.slug, ready)
        window = searching.next_window(watermark, since, until)
        for part in ready.translation.parts:
            yield Question("PubMed", ready.name, window, part)
    yield Question(registries.DATABASE, registries.BY_QUERY, None, topic.trials.query)
    numbers = ", ".join(trial.nct for trial in topic.watched_trials)
    yield Question(registries.DATABASE, registries.BY_WATCH_LIST, None, numbers)


def _watermark(settings: Settings, topic: str, ready: ReadyStrategy) -> Watermark | None:
    store = Store(settings.store_url)
    try:
        if not settings.workspace.is_dir() or store.revision() is None:
            return None
        with store.transaction() as session:
            return searching.standing_watermark(session, topic, ready)
    finally:
        store.close()
