"""What a search history says: each strategy beside its published counts, and its searches."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from surveillance.runs import LineCount


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """What every document of a topic says of itself; `program` is the program and its version."""

    topic: str
    title: str
    guidance: str
    body: str
    published_search: date
    program: str
    banner: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryLine:
    """One line of a strategy as published, and what the source counts for it now.

    `published_raw` is the count as it was printed, which may be damaged: `published` is then None.
    """

    number: int
    text: str
    published_raw: str | None
    published: int | None
    counted: int | None = None
    remarks: tuple[str, ...] = ()

    @property
    def difference(self) -> int | None:
        """How many more the source counts; None where one of the two is not known."""
        if self.published is None or self.counted is None:
            return None
        return self.counted - self.published


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchMade:
    """One search as it was sent and answered.

    `counted` is what the source (or who exported the file) announced, `received` what it named
    (or the file held), `kept` how many records were stored with this search, `new` how many of
    them the topic did not have.
    """

    run: int | None
    strategy: str
    source: str
    database: str
    searched_on: date
    since: date | None
    dates: tuple[str, ...]
    query: str
    counted: int
    received: int
    kept: int
    new: int
    covers: bool
    warnings: tuple[str, ...]
    translation: str
    seconds: float | None
    version: str
    line_counts: tuple[LineCount, ...] = ()

    @property
    def imported(self) -> bool:
        """Whether somebody exported a file and brought it."""
        return self.source == "import"

    @property
    def window(self) -> str:
        """The dates that the search covers."""
        return f"{self.since or 'the beginning'} to {self.searched_on}"


@dataclass(frozen=True, slots=True, kw_only=True)
class StrategyHistory:
    """A strategy of the topic with its version now, its lines, and its searches, newest first.

    `counted_on` is the day on which this version's lines were counted last, None if never.
    """

    name: str
    database: str
    dialect: str
    route: str
    version: str
    signed: tuple[str, ...]
    published_on: date
    published_count: int | None
    lines: tuple[HistoryLine, ...]
    counted_on: date | None
    searches: tuple[SearchMade, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherSearches:
    """The searches of a database for what is no strategy of the topic's folder now, newest first:
    a registry's query, a watch list, citations, a strategy that was removed."""

    database: str
    searches: tuple[SearchMade, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicHistory:
    """The whole search history of a topic; `last_run` is the newest run that finished."""

    about: About
    last_run: int | None
    as_of: date | None
    strategies: tuple[StrategyHistory, ...]
    others: tuple[OtherSearches, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class StageDone:
    """A finished stage of a run: what it reported, and how long it took."""

    name: str
    numbers: tuple[tuple[str, int], ...]
    seconds: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownItemCheck:
    """What a run found of one known item: the verdict, and by strategy the lines that find it."""

    key: str
    citation: str
    verdict: str
    lines: tuple[tuple[str, tuple[int, ...]], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RunHistory:
    """Everything that is kept of one run."""

    about: About
    run: int
    kind: str
    state: str
    clock: datetime
    since: date | None
    full: bool
    started_at: datetime
    finished_at: datetime | None
    program_then: str
    inputs: tuple[tuple[str, str], ...]
    rules: tuple[tuple[str, str], ...]
    stages: tuple[StageDone, ...]
    searches: tuple[SearchMade, ...]
    known_items: tuple[KnownItemCheck, ...]
