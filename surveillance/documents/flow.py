"""The numbers of the PRISMA 2020 flow diagram for updated reviews, so that they add up.

Words and structure: Page MJ, McKenzie JE, Bossuyt PM, et al. The PRISMA 2020 statement, BMJ
2021;372:n71, template “updated reviews, databases, registers and other sources” (version 2).
docs/documents.md says what each box counts here and where it departs from the template.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from surveillance.documents.history import About


@dataclass(frozen=True, slots=True)
class Counted:
    """So many of something."""

    words: str
    number: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Removed:
    """What left before anybody screened it.

    `no_match`: the exact strategy does not say these records; `unjudged`: it was not held against
    them yet; `excluded_by_rule`: reports that a rule excludes and no person has confirmed;
    `elsewhere` (other methods alone): records of reports that databases brought, too.
    """

    duplicates: int = 0
    no_match: int = 0
    unjudged: int = 0
    excluded_by_rule: int = 0
    elsewhere: int = 0
    other_reasons: tuple[Counted, ...] = ()

    @property
    def total(self) -> int:
        """All that was removed."""
        by_tool = self.no_match + self.unjudged + self.excluded_by_rule
        others = sum(reason.number for reason in self.other_reasons)
        return self.duplicates + by_tool + self.elsewhere + others


@dataclass(frozen=True, slots=True, kw_only=True)
class Screened:
    """Reports on title and abstract: what people decided, and what waits for them.

    `previous` is how many of the included are the guidance's own, found again.
    """

    excluded: int = 0
    included: int = 0
    unsure: int = 0
    waiting: int = 0
    previous: int = 0

    @property
    def total(self) -> int:
        """All that were screened or wait for it."""
        return self.excluded + self.included + self.unsure + self.waiting


@dataclass(frozen=True, slots=True, kw_only=True)
class FullTexts:
    """What people decided on full texts; `included` leaves the guidance's own reports out."""

    excluded: tuple[Counted, ...] = ()
    unsure: int = 0
    included: int = 0
    previous: int = 0

    @property
    def total(self) -> int:
        """All that were assessed."""
        decided = self.unsure + self.included + self.previous
        return decided + sum(reason.number for reason in self.excluded)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stream:
    """One way into the review, from what was identified to what was assessed.

    `drawn` of the removed that a rule excludes wait for a person as part of a weekly sample.
    `full_texts` is None where nobody recorded a decision on a full text.
    """

    databases: tuple[Counted, ...] = ()
    registers: tuple[Counted, ...] = ()
    others: tuple[Counted, ...] = ()
    removed: Removed = field(default_factory=Removed)
    drawn: int = 0
    screened: Screened = field(default_factory=Screened)
    full_texts: FullTexts | None = None

    def __post_init__(self) -> None:
        if self.identified != self.removed.total + self.screened.total:
            raise ValueError(
                f"{self.identified} identified, but {self.removed.total} removed and "
                f"{self.screened.total} screened"
            )

    @property
    def identified(self) -> int:
        """All that were identified."""
        return sum(one.number for one in (*self.databases, *self.registers, *self.others))


@dataclass(frozen=True, slots=True, kw_only=True)
class PrismaFlow:
    """A topic's flow up to a run. `previous` are the reports that the guidance used, by table."""

    about: About
    last_run: int | None
    as_of: date | None
    previous: tuple[Counted, ...]
    by_search: Stream
    by_other_methods: Stream

    @property
    def previous_reports(self) -> int:
        """The reports that the guidance used."""
        return sum(one.number for one in self.previous)

    @property
    def new_reports(self) -> int | None:
        """Reports that people included on their full text; None where no such decision is kept."""
        assessed = (self.by_search.full_texts, self.by_other_methods.full_texts)
        told = [one.included for one in assessed if one is not None]
        return sum(told) if told else None

    @property
    def total_reports(self) -> int | None:
        """Those of the guidance and the new ones; None where the new ones are not known."""
        new = self.new_reports
        return None if new is None else self.previous_reports + new
