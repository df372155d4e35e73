"""Runs, searches, windows and watermarks; the clock comes in as a value."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

from surveillance.errors import UnreadableInput

# Windows overlap so that a record created while we asked is asked for again (source-facts).
OVERLAP = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Window:
    """The dates that a search covers, both included; `since` None means from the beginning."""

    since: date | None
    until: date

    def __post_init__(self) -> None:
        if self.since is not None and self.since > self.until:
            raise ValueError(f"a window cannot end ({self.until}) before it begins ({self.since})")

    def __str__(self) -> str:
        return f"{self.since or 'the beginning'} to {self.until}"


def check_has_come(day: date) -> None:
    """Raise `UnreadableInput` for a day in the future (UTC)."""
    if day > datetime.now(UTC).date():
        raise UnreadableInput(
            f"{day} has not come yet; what is searched now says nothing of that day."
        )


@dataclass(frozen=True, slots=True)
class Watermark:
    """How far a strategy on a source has been covered with success."""

    strategy: str
    source: str
    covered_until: date

    def next_window(self, until: date) -> Window:
        """The window that follows, overlapping what is covered by `OVERLAP`."""
        return Window(min(self.covered_until - OVERLAP, until), until)


@dataclass(frozen=True, slots=True)
class LineCount:
    """What a source counts for one line of a strategy, asked alone; None: it can't be asked."""

    line: int
    query: str
    count: int | None
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Search:
    """One strategy against one source inside a run, as it was sent and as it was answered.

    `dates` are those of a record's dates that the window asked; `seconds` is how long the source
    took; `line_counts` are there where each line was asked, too.
    """

    strategy: str
    source: str
    database: str
    window: Window | None
    query: str
    count: int
    received: int
    warnings: tuple[str, ...] = ()
    translation: str = ""
    dates: tuple[str, ...] = ()
    seconds: float | None = None
    line_counts: tuple[LineCount, ...] = ()


@dataclass(frozen=True, slots=True)
class FirstSearch:
    """The search by which a record came: its strategy, and the days that strategy was searched.

    `covered_before` is the last of those days before the record came; None: it came with the
    first search of all.
    """

    strategy: str
    days: tuple[date, ...]
    covered_before: date | None


@dataclass(frozen=True, slots=True)
class RunInputs:
    """What a run was computed from: content hashes by file, and the versions of the rules."""

    topic: str
    hashes: tuple[tuple[str, str], ...]
    rule_versions: tuple[tuple[str, str], ...]

    def same_as(self, other: RunInputs) -> bool:
        """Whether two runs were computed by the same rules from the same files."""
        return (self.topic, dict(self.hashes), dict(self.rule_versions)) == (
            other.topic,
            dict(other.hashes),
            dict(other.rule_versions),
        )


@dataclass(frozen=True, slots=True)
class Run:
    """One execution of a topic at the clock it was given.

    `full`: everything is asked for from the beginning, whatever the watermarks say.
    """

    id: int
    topic: str
    clock: datetime
    inputs: RunInputs
    since: date | None = None
    full: bool = False
    finished_stages: tuple[str, ...] = field(default=())

    @property
    def today(self) -> date:
        """The day that the run's windows end on."""
        return self.clock.date()
