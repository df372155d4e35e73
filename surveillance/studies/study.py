"""The study: a trial's registrations with its reports, by certain links and by people's word."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from surveillance.studies.links import Link
from surveillance.studies.one_trial import Trials


class Verdict(StrEnum):
    """What a person says of a report and a registration."""

    SAME = "same"
    DIFFERENT = "different"


class Belonging(StrEnum):
    """Whether a report belongs to a trial, and who says so."""

    CERTAIN = "certain"
    DOUBTFUL = "doubtful"
    BY_PERSON = "by a person"
    NOT = "not, by a person"

    @property
    def belongs(self) -> bool:
        """True where the report is one of the trial's."""
        return self in (Belonging.CERTAIN, Belonging.BY_PERSON)


@dataclass(frozen=True, slots=True)
class Word:
    """A person's word on a report and a registration; of two, that with the higher `turn` holds."""

    number: str
    verdict: Verdict
    turn: int
    by: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Linked:
    """A report, by name, with the links of its records and what people say of it."""

    report: str
    links: tuple[Link, ...] = ()
    words: tuple[Word, ...] = ()


@dataclass(frozen=True, slots=True)
class Tie:
    """A report and a trial: whether the one belongs to the other, by which links and whose word.

    `reasons` are those of the links, and what a report's other trials add.
    """

    report: str
    trial: str
    belonging: Belonging
    links: tuple[Link, ...] = ()
    word: Word | None = None
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Study:
    """One trial: the numbers of its registrations, its reports, and those that wait for a person.

    `key` is the number that stands for all.
    """

    key: str
    numbers: tuple[str, ...]
    ties: tuple[Tie, ...] = field(default=())

    @property
    def reports(self) -> tuple[str, ...]:
        """The reports that belong to it."""
        return tuple(tie.report for tie in self.ties if tie.belonging.belongs)

    @property
    def waiting(self) -> tuple[Tie, ...]:
        """The reports that may belong to it."""
        return tuple(tie for tie in self.ties if tie.belonging is Belonging.DOUBTFUL)


def studies(trials: Trials, linked: Iterable[Linked]) -> tuple[Study, ...]:
    """The studies of all trials, by key, each with its reports in order of their names."""
    numbers: dict[str, list[str]] = {}
    for trial in trials.trials:
        numbers.setdefault(trials.key(trial.number), []).append(trial.number)
    of_trial: dict[str, list[Tie]] = {}
    for one in sorted(linked, key=lambda linked: linked.report):
        for tie in ties(trials, one):
            of_trial.setdefault(tie.trial, []).append(tie)
    return tuple(
        Study(key, tuple(numbers[key]), tuple(of_trial.get(key, ()))) for key in sorted(numbers)
    )


def ties(trials: Trials, linked: Linked) -> tuple[Tie, ...]:
    """A report's ties to trials, by key.

    It belongs to one trial, unless people say more: where its records are certainly of two trials,
    or a person says that it is of another, what rules call certain is doubtful.
    """
    words = _last_words(trials, linked.words)
    links: dict[str, list[Link]] = {}
    for link in linked.links:
        links.setdefault(trials.key(link.number), []).append(link)
    of_others = [key for key, word in words.items() if word.verdict is Verdict.SAME]
    certain = [key for key, found in links.items() if any(link.certain for link in found)]
    silent = [key for key in certain if key not in words]
    only = len(silent) == 1 and not of_others
    return tuple(
        _tie(linked.report, key, links.get(key, []), words.get(key), only=only)
        for key in sorted({*links, *words})
    )


def _tie(report: str, key: str, links: list[Link], word: Word | None, *, only: bool) -> Tie:
    held = tuple(sorted(links, key=lambda link: (not link.certain, link.number)))
    reasons = tuple(dict.fromkeys(reason for link in held for reason in link.reasons))
    if word is not None:
        said = Belonging.BY_PERSON if word.verdict is Verdict.SAME else Belonging.NOT
        return Tie(report, key, said, held, word, reasons)
    if not any(link.certain for link in held):
        return Tie(report, key, Belonging.DOUBTFUL, held, None, reasons)
    if only:
        return Tie(report, key, Belonging.CERTAIN, held, None, reasons)
    return Tie(report, key, Belonging.DOUBTFUL, held, None, (*reasons, "it is of another trial"))


def _last_words(trials: Trials, words: Iterable[Word]) -> Mapping[str, Word]:
    """The word that holds for each trial, whichever of its registrations it was said of."""
    in_turn = sorted(words, key=lambda word: word.turn)
    return {trials.key(word.number): word for word in in_turn}
