"""What changed since the last report: in searches, strategies, reports, trials, signals, decisions.

The last report is what the guidance team acted on last: its last decision on the guidance; before
there is one, the published search. What happened on the day of a decision is told again, because
nobody kept whether it came before or after it; what was there on the day of the published search is
part of the guidance.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from surveillance.documents.history import About, SearchMade
from surveillance.studies.weight import Weight


class Basis(StrEnum):
    """What a report of changes counts from."""

    GIVEN = "the day that was asked for"
    DECISION = "the last decision on the guidance"
    PUBLISHED = "the day after the published search, as no decision on the guidance is kept"


@dataclass(frozen=True, slots=True)
class Since:
    """The first day whose events are told, and why that day."""

    day: date
    basis: Basis


def since_last_report(published_search: date, decided_on: date | None, given: date | None) -> Since:
    """The day asked for, else of the last decision, else the day after the published search."""
    if given is not None:
        return Since(given, Basis.GIVEN)
    if decided_on is not None:
        return Since(decided_on, Basis.DECISION)
    return Since(published_search + timedelta(days=1), Basis.PUBLISHED)


@dataclass(frozen=True, slots=True)
class Unsearched:
    """A database that was not searched in that time, and when it was before; None: never."""

    database: str
    last: date | None


@dataclass(frozen=True, slots=True)
class ChangedStrategy:
    """A strategy that a run met in another version, why, and what it found anew and lost."""

    strategy: str
    changed_on: date
    because: tuple[str, ...]
    before: str
    after: str
    gained: tuple[str, ...]
    lost: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SignedOff:
    """A version of a strategy that somebody approved."""

    strategy: str
    version: str
    signed_by: str
    signed_on: date
    note: str


@dataclass(frozen=True, slots=True)
class NewReport:
    """A report that came in that time: how it is named, and where it stands now."""

    name: str
    title: str
    first_seen_on: date
    standing: str
    included: bool


@dataclass(frozen=True, slots=True)
class Decided:
    """What people decided of a report in that time, as it counts now."""

    name: str
    title: str
    stage: str
    verdict: str
    reason: str
    by: str
    on: date


@dataclass(frozen=True, slots=True)
class TrialSeen:
    """A registration that came in that time."""

    number: str
    title: str
    route: str
    first_seen_on: date


@dataclass(frozen=True, slots=True)
class TrialChanged:
    """One change of a registration, in a sentence."""

    number: str
    weight: Weight
    seen_on: date
    sentence: str


@dataclass(frozen=True, slots=True)
class SignalMoved:
    """A signal that was raised, or of which something happened, in that time."""

    id: int
    headline: str
    weight: Weight
    status: str
    recommendations: tuple[str, ...]
    raised_on: date
    happened: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class GuidanceDecided:
    """One decision on the guidance, with how many signals led to it."""

    number: int
    decision: str
    reason: str
    by: str
    on: date
    signals: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """All that changed of a topic in a time; `until` is the day of the last run, None: no run.

    `records` are how many records and registrations the searches brought to the topic first.
    `decisions` is the whole log; those of that time are the ones on or after its first day.
    """

    about: About
    since: Since
    last_run: int | None
    until: date | None
    searches: tuple[SearchMade, ...]
    unsearched: tuple[Unsearched, ...]
    failures: tuple[str, ...]
    strategies: tuple[ChangedStrategy, ...]
    sign_offs: tuple[SignedOff, ...]
    reports: tuple[NewReport, ...]
    decided: tuple[Decided, ...]
    trials: tuple[TrialSeen, ...]
    trial_changes: tuple[TrialChanged, ...]
    signals: tuple[SignalMoved, ...]
    decisions: tuple[GuidanceDecided, ...]

    @property
    def records(self) -> int:
        """How many records and registrations came to the topic by these searches."""
        return sum(one.new for one in self.searches)

    @property
    def included(self) -> int:
        """How many of the new reports people included."""
        return sum(one.included for one in self.reports)

    @property
    def decided_then(self) -> tuple[GuidanceDecided, ...]:
        """The decisions on the guidance of that time."""
        return tuple(one for one in self.decisions if one.on >= self.since.day)
