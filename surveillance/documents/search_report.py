"""What a search report rests on: the search history, the flow, and what people said of both.

Nothing here is counted twice: each number stands in the history, in the flow or in one of the
values below, and the page shows it from there.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from surveillance.documents.flow import Counted, PrismaFlow
from surveillance.documents.history import SearchMade, StrategyHistory, TopicHistory
from surveillance.documents.restrictions import Restriction
from surveillance.topics import SearchMethods

#: Sources that are registries, as a search names its source.
REGISTRY = "clinicaltrials"
EUROPE_PMC, PUBMED, IMPORTED = "europepmc", "pubmed", "import"
#: In the order in which they are told.
_SOURCES = (PUBMED, REGISTRY, EUROPE_PMC, IMPORTED)
#: What the searches for who cites each known item are called together.
CITATIONS = "citations of known items"


@dataclass(frozen=True, slots=True, kw_only=True)
class DatabaseSearched:
    """A database of the published search: what the topic says of it, and its history.

    `shares` names the databases whose results came out of the very same strategy.
    """

    history: StrategyHistory
    platform: str
    segment: str
    note: str
    shares: tuple[str, ...]
    restrictions: tuple[Restriction, ...]
    every_weeks: int | None

    @property
    def name(self) -> str:
        """The database as people call it."""
        return self.history.database


@dataclass(frozen=True, slots=True, kw_only=True)
class Registries:
    """How registries are asked: a query, strategies translated, numbers watched, exports."""

    query: str
    strategies: tuple[str, ...]
    watched: tuple[str, ...]
    exports: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Deduplication:
    """How duplicates were decided on: pairs by rule and by people, and what still waits.

    `by_people` counts pairs on which a person's word stands; `doubtful` those that wait for one.
    """

    rules: str
    same_by_rule: int
    by_people: int
    doubtful: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Living:
    """How the review is kept up: its schedule, its runs so far, who is told.

    `recipients` are how many are told over each channel in each rhythm. `decision` is the last
    decision on the guidance, empty where there is none.
    """

    cron: str
    timezone: str
    runs: int
    first_run: date | None
    last_run: date | None
    recipients: tuple[Counted, ...]
    decision: str
    decided_on: date | None
    strategies_changed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchReport:
    """All that the search report of a topic says.

    `known_items` are those expected on PubMed, and `known_items_found` those that the strategies
    find there. `criteria` are the names of the inclusion criteria and the reasons they give.
    """

    history: TopicHistory
    flow: PrismaFlow
    methods: SearchMethods
    databases: tuple[DatabaseSearched, ...]
    registries: Registries
    citations: bool
    deduplication: Deduplication
    living: Living
    reviewers: int
    known_items: int
    known_items_found: int
    criteria_source: str
    criteria: tuple[tuple[str, str], ...]

    @property
    def searches(self) -> tuple[SearchMade, ...]:
        """Every search that the history shows."""
        of_strategies = [one for strategy in self.history.strategies for one in strategy.searches]
        others = [one for other in self.history.others for one in other.searches]
        return (*of_strategies, *others)

    @property
    def identified(self) -> int:
        """Every record that was identified, by searches and by other methods."""
        return self.flow.by_search.identified + self.flow.by_other_methods.identified

    def groups(self) -> Iterator[tuple[DatabaseSearched, ...]]:
        """The databases, those of one strategy together."""
        told: set[str] = set()
        for one in self.databases:
            if one.history.name not in told:
                same = tuple(
                    other for other in self.databases if other is one or other.name in one.shares
                )
                told.update(other.history.name for other in same)
                yield same


@dataclass(frozen=True, slots=True)
class SearchedSeries:
    """All searches for one thing at one source: how many, when, and what they brought."""

    what: str
    source: str
    searches: tuple[SearchMade, ...]

    @property
    def first(self) -> date:
        """The day of the first search."""
        return min(one.searched_on for one in self.searches)

    @property
    def last(self) -> SearchMade:
        """The newest search; of several on one day in one run the one that counted most."""
        return max(self.searches, key=lambda one: (one.searched_on, one.run or 0, one.counted))

    @property
    def new(self) -> int:
        """How many records or registrations came to the topic first by these searches."""
        return sum(one.new for one in self.searches)


def series_of(report: SearchReport) -> tuple[SearchedSeries, ...]:
    """Every search of the history in its series; together they hold each search once.

    A strategy of the topic is called by its database, as in the table of the main search.
    """
    databases = {one.name: one.database for one in report.history.strategies}
    found: dict[tuple[str, str], list[SearchMade]] = {}
    for one in report.searches:
        name = CITATIONS if one.strategy.startswith("citations of ") else one.strategy
        found.setdefault((databases.get(name, name), one.source), []).append(one)
    made = [SearchedSeries(*key, tuple(some)) for key, some in found.items()]
    places = {name: place for place, name in enumerate([*databases.values(), *found])}
    return tuple(
        sorted(made, key=lambda one: (places.get(one.what, len(places)), rank(one.source)))
    )


def rank(source: str) -> int:
    """Where a source stands among the others: PubMed first, exports last."""
    return _SOURCES.index(source) if source in _SOURCES else len(_SOURCES)
