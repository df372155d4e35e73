"""What the pipeline found since the published search: the values from which signals are raised."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from surveillance.records import Correction, Record
from surveillance.studies.changes import Change
from surveillance.studies.links import Link
from surveillance.studies.overdue import Overdue
from surveillance.studies.registrations import Registration
from surveillance.topics import KnownItem


@dataclass(frozen=True, slots=True)
class NewRegistration:
    """A registration that the topic's query found and had not found before."""

    registration: Registration
    first_seen: date


@dataclass(frozen=True, slots=True)
class ChangedRegistration:
    """Two versions of a registration, one after the other, and what changed between them."""

    before: Registration
    after: Registration
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class OverdueResults:
    """A trial whose results are due and are neither posted nor reported."""

    registration: Registration
    overdue: Overdue


@dataclass(frozen=True, slots=True)
class ReportDecision:
    """The screening decision that counts on a report: include, exclude or unsure, by whom."""

    verdict: str
    reason: str = ""
    by_person: bool = False

    @property
    def excluded(self) -> bool:
        """True where a rule proposes to exclude, or a person did."""
        return self.verdict == "exclude"


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundReport:
    """A report that came into play, or a record that names a watched trial.

    `name` stays the same as records join the report: source and identifier of its first record.
    `decision` is None for a record that no strategy matches. `design` is screening's word for it
    ("randomised trial", "systematic review", …). `links` are those to watched trials.
    `covered_until` is the day up to which the strategy had been covered before this report was
    first seen: the published search, then the last run. `safety_event` is harm that it tells of,
    in its own words.
    """

    name: str
    record: Record
    decision: ReportDecision | None
    design: str
    first_seen: date
    covered_until: date
    links: tuple[Link, ...] = ()
    safety_event: str = ""


@dataclass(frozen=True, slots=True)
class RetractedReport:
    """A report that was retracted: a known item, or one that screening included."""

    name: str
    record: Record
    known_item: KnownItem | None = None


@dataclass(frozen=True, slots=True)
class LostKnownItem:
    """A known item in whose database the strategy no longer finds it.

    `times` counts its losses: one that was found again and is lost anew is a new event.
    """

    known_item: KnownItem
    strategy: str
    times: int = 1


@dataclass(frozen=True, slots=True)
class DeletedReport:
    """A report whose record NLM took out of PubMed: a known item, or one that is included."""

    name: str
    record: Record
    deleted_on: date
    known_item: KnownItem | None = None


@dataclass(frozen=True, slots=True)
class CorrectedReport:
    """A known item or included report on which a notice was published: concern, or an erratum."""

    name: str
    record: Record
    notice: Correction
    known_item: KnownItem | None = None


@dataclass(frozen=True, slots=True)
class ChangedStrategy:
    """A strategy that is judged with something else than before: why, and what that changed."""

    strategy: str
    version: str
    because: tuple[str, ...]
    changed_on: date
    gained: int
    lost: int


@dataclass(frozen=True, slots=True)
class OverdueSource:
    """A database that somebody agreed to export every so many weeks, and did not."""

    database: str
    searched_on: date
    every_weeks: int
    today: date


@dataclass(frozen=True, slots=True)
class FailedRun:
    """A run for the day `until` that began and did not end; `why` in a sentence, if known."""

    until: date
    why: str = ""


@dataclass(frozen=True, slots=True)
class MissedRun:
    """A run that the schedule asked for on a day and that nobody began."""

    due_on: date


Finding = (
    NewRegistration
    | ChangedRegistration
    | OverdueResults
    | FoundReport
    | RetractedReport
    | LostKnownItem
    | DeletedReport
    | CorrectedReport
    | ChangedStrategy
    | OverdueSource
    | FailedRun
    | MissedRun
)
