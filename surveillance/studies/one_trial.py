"""What linking needs to know of registered trials, and which registrations are one trial."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from surveillance.records import Record
from surveillance.records.trial_numbers import compared, is_number, registry_of
from surveillance.studies.registrations import Reference, Registration, RegistryDate
from surveillance.studies.subject_words import telling_stems

#: Publications that a registry ties to a trial: named by the sponsor, or found by NLM.
_OF_THE_TRIAL = frozenset({"RESULT", "DERIVED"})
#: A report may come out before its trial begins (its protocol), but not by more years than this.
_YEARS_BEFORE = 2
#: Characters of an abstract from which it may be expected to speak of the trial's subject.
_TELLING = 400


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """A registered trial as far as linking looks at it.

    `others` are its numbers beside `number`: former ones, and those of other registries.
    """

    number: str
    others: tuple[str, ...] = ()
    title: str = ""
    official_title: str = ""
    acronym: str = ""
    phases: tuple[str, ...] = ()
    conditions: tuple[str, ...] = ()
    interventions: tuple[str, ...] = ()
    investigators: tuple[str, ...] = ()
    start: RegistryDate | None = None
    primary_completion: RegistryDate | None = None
    enrolment: int | None = None
    references: tuple[Reference, ...] = ()

    @property
    def texts(self) -> tuple[str, ...]:
        """What it says of its subject in words."""
        titles = (self.title, self.official_title, self.acronym)
        return tuple(filter(None, (*titles, *self.conditions, *self.interventions)))


def trial_of(registration: Registration) -> Trial:
    """What linking looks at in a registration.

    A second number of its own registry among those that others gave it is that of a parent or an
    extension, so it is not the trial's.
    """
    own = registry_of(compared(registration.number))
    given = (
        other
        for other in registration.secondary_ids
        if is_number(other) and registry_of(compared(other)) != own
    )
    return Trial(
        number=registration.number,
        others=(*registration.aliases, *given),
        title=registration.title,
        official_title=registration.official_title,
        acronym=registration.acronym,
        phases=registration.phases,
        conditions=registration.conditions,
        interventions=registration.interventions,
        investigators=registration.investigators,
        start=registration.start,
        primary_completion=registration.primary_completion,
        enrolment=registration.enrolment,
        references=registration.references,
    )


def year_of(day: RegistryDate | None) -> int | None:
    """The year of a registry's date, whose day and month may be missing."""
    return int(day.text[:4]) if day and re.match(r"[0-9]{4}", day.text) else None


@dataclass(slots=True)
class Trials:
    """Trials by number, and which numbers are one trial.

    `groups` are registrations of one trial that their registries tell as such: each a set of
    numbers. A number of another registry that a single trial gives as its own is one with it.
    """

    trials: Iterable[Trial]
    groups: Iterable[Iterable[str]] = ()
    _held: dict[str, list[Trial]] = field(init=False, default_factory=dict)
    _own: dict[str, Trial] = field(init=False, default_factory=dict)
    _one: dict[str, str] = field(init=False, default_factory=dict)
    _keys: frozenset[str] = field(init=False, default=frozenset())
    _listing: dict[str, list[tuple[str, str]]] = field(init=False, default_factory=dict)
    _stems: dict[str, frozenset[str]] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        self.trials = tuple(sorted(self.trials, key=lambda trial: trial.number))
        for trial in self.trials:
            self._take(trial)
        for group in self.groups:
            numbers = sorted(map(compared, group))
            for number in numbers[1:]:
                self._join(numbers[0], number)
        for number, holders in self._held.items():
            claiming = [one for one in holders if compared(one.number) != number]
            if len(claiming) == 1:
                self._join(compared(claiming[0].number), number)
        self._keys = frozenset(map(self.key, self._own))

    @classmethod
    def numbered(cls, numbers: Iterable[str]) -> Trials:
        """Trials of which nothing is known but their numbers."""
        return cls([Trial(number=number) for number in numbers])

    def only(self, wanted: Callable[[str], bool]) -> Trials:
        """Those trials whose number is wanted; what is one trial stays so."""
        left = Trials([trial for trial in self.trials if wanted(trial.number)])
        left._one = self._one
        left._keys = frozenset(map(left.key, left._own))
        return left

    def registrations(self, number: str) -> tuple[str, ...]:
        """The registrations that a number, as it is compared, stands for, as they are held."""
        own = self._own.get(number)
        holders = [own] if own else self._held.get(number, [])
        return tuple(trial.number for trial in holders)

    def key(self, number: str) -> str:
        """One number for all that are the same trial."""
        key = compared(number)
        while key in self._one:
            key = self._one[key]
        return key

    def holds(self, key: str) -> bool:
        """Whether any registration of the trial with this key is held."""
        return key in self._keys

    def listing(self, pmid: str) -> tuple[tuple[str, str], ...]:
        """The registrations that list a publication as one of theirs, and as which kind."""
        return tuple(self._listing.get(pmid, ()))

    def named(self, number: str) -> Trial | None:
        """The trial that is held under this very number."""
        return self._own.get(compared(number))

    def disagreements(
        self, number: str, record: Record, *, results: bool = False
    ) -> tuple[str, ...]:
        """Why a record can hardly be of the trial, though one of them names the other.

        `results`: it is said to report results, which no protocol does.
        """
        trial = self._own.get(compared(number))
        if trial is None:
            return ()
        start = year_of(trial.start)
        found = []
        years = 0 if results else _YEARS_BEFORE
        if record.year and start and record.year < start - years:
            found.append(f"it is of {record.year}, and the trial began in {start}")
        if len(record.abstract or "") >= _TELLING and self._shares_nothing(trial, record):
            found.append("nothing that the registration says is found in it but the number")
        return tuple(found)

    def _shares_nothing(self, trial: Trial, record: Record) -> bool:
        if trial.number not in self._stems:
            self._stems[trial.number] = telling_stems(trial.texts)
        stems = self._stems[trial.number]
        return bool(stems) and not stems & telling_stems((record.title, record.abstract or ""))

    def _take(self, trial: Trial) -> None:
        own = compared(trial.number)
        self._own[own] = trial
        for other in dict.fromkeys((trial.number, *_names(trial))):
            self._held.setdefault(compared(other), []).append(trial)
        for reference in trial.references:
            if reference.pmid and reference.type in _OF_THE_TRIAL:
                self._listing.setdefault(reference.pmid, []).append((own, reference.type))

    def _join(self, one: str, other: str) -> None:
        first, second = sorted((self.key(one), self.key(other)))
        if first != second:
            self._one[second] = first


def _names(trial: Trial) -> Iterable[str]:
    """Its numbers beside its own: a second one of its own registry is former, so it is meant."""
    return (other for other in trial.others if is_number(other))
