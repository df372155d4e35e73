"""How much a report without a number is like a registered trial, and in what they differ."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz import fuzz

from surveillance.dedup.normalise import fold
from surveillance.records import Author, Record
from surveillance.studies.one_trial import Trial, year_of
from surveillance.studies.subject_words import telling_stems

#: Points from which a pair may wait for a person, and from which it is overwhelming.
DOUBTFUL, OVERWHELMING = 6, 12
#: Titles as alike as this (rapidfuzz token_sort_ratio, 0 to 100) are one title.
_ONE_TITLE, _LIKE_TITLE, _RELATED_TITLE = 92, 75, 60
#: Years after a trial's end in which its reports usually come out.
_SOON, _LATE = 5, 12

_PROTOCOL = re.compile(r"\bprotocol\b|\brationale\b|\bdesign of\b", re.IGNORECASE)
_NO_TREATMENT = re.compile(
    r"\b(?:placebo|sham|control|usual care|standard(?: of)? care|no (?:intervention|treatment)"
    r"|wait(?:ing)?[ -]?list|observation|questionnaire|best supportive care)\b",
    re.IGNORECASE,
)
_PHASE = re.compile(
    r"\bphase[\s-]*(iv|iii|ii|i|[1-4])(?:[ab])?(?:\s?/\s?(iv|iii|ii|i|[1-4]))?", re.I
)
_TOKEN = re.compile(r"\w+(?:-\w+)*")
#: "ABLE-2", "ABLE II": the number that tells a trial from its sisters.
_NUMBERED = re.compile(r"[\s-]*(?:\d+|\b[IVX]+)$")
_ROMAN = {"i": "1", "ii": "2", "iii": "3", "iv": "4"}
_CHILDREN = re.compile(
    r"\b(?:p(?:a)?ediatric|child(?:ren|hood)?|infants?|neonat\w+|newborns?|preterm|toddlers?"
    r"|adolescen\w+|teenagers?|school|kindergarten|youth|boys|girls)\b",
    re.IGNORECASE,
)
_SIZE = re.compile(
    r"\b(\d{1,3}(?:[, ]\d{3})+|\d{2,6})\b(?=(?:\s[\w-]+){0,4}?\s(?:patients?|participants?|subjects"
    r"|women|men|children|adults|infants|people|persons|individuals|volunteers|students|were random"
    r"|adolescents|veterans|pairs|dyads|eyes|mothers|families|couples|residents|households))"
    r"|\b[nN]\s?=\s?(\d[\d,]{1,6})",
)


@dataclass(frozen=True, slots=True)
class Likeness:
    """A trial that a report resembles: points, what agrees, and what speaks against it."""

    number: str
    points: int
    agreements: tuple[str, ...]
    contradictions: tuple[str, ...] = ()
    identifying: int = 0
    title: float = 0

    @property
    def one_title(self) -> bool:
        """Whether report and registration have nearly the same title."""
        return self.title >= _ONE_TITLE

    @property
    def telling(self) -> bool:
        """Worth a person's look: enough agrees, and not the subject alone, which sisters share."""
        particular = self.identifying > 0 or self.title >= _LIKE_TITLE
        return self.points >= DOUBTFUL and particular

    @property
    def overwhelming(self) -> bool:
        """One title, and two things more that hardly another trial shares; nothing against it."""
        enough = self.points >= OVERWHELMING and self.identifying > 1
        return enough and self.one_title and not self.contradictions


@dataclass(frozen=True, slots=True)
class _Found:
    """One field's say."""

    points: int
    agrees: str = ""
    contradicts: str = ""
    identifies: bool = False


class Described:
    """A report's words, made comparable once for all trials that it is held against."""

    def __init__(self, record: Record) -> None:
        self.record = record
        self.title = fold(record.title)
        self.stems = telling_stems((record.title, record.abstract or ""))
        self.printed = f"{record.title} {record.abstract or ''}"
        self.tokens = frozenset(_TOKEN.findall(self.printed))
        self.names = _names(self.tokens)
        self.phases = _phases_in(self.printed)
        self.sizes = frozenset(_sizes_in(record.abstract or ""))
        self.authors = frozenset(map(_author, record.authors))
        self.children = bool(_CHILDREN.search(record.title))
        self.protocol = bool(_PROTOCOL.search(record.title))


def _names(tokens: Iterable[str]) -> dict[str, str]:
    """Tokens that may be a trial's name, by what is left of them without a number at the end."""
    capitals = sorted(token for token in tokens if sum(map(str.isupper, token)) > 2)
    return {_NUMBERED.sub("", token): token for token in capitals}


def likeness(report: Described, trial: Trial) -> Likeness:
    """How like a report and a trial are."""
    found = list(_fields(report, trial))
    return Likeness(
        number=trial.number,
        points=sum(one.points for one in found),
        agreements=tuple(one.agrees for one in found if one.agrees),
        contradictions=tuple(one.contradicts for one in found if one.contradicts),
        identifying=sum(one.identifies for one in found),
        title=_title_alike(report, trial),
    )


def _fields(report: Described, trial: Trial) -> Iterator[_Found]:
    yield _title(report, trial)
    yield _acronym(report, trial)
    yield _interventions(report, trial)
    yield _conditions(report, trial)
    yield _investigators(report, trial)
    yield _size(report, trial)
    yield _dates(report, trial)
    yield _phase(report, trial)
    yield _population(report, trial)


@lru_cache(maxsize=32_768)
def _folded(title: str) -> str:
    return fold(title)


def _title_alike(report: Described, trial: Trial) -> float:
    titles = [_folded(title) for title in (trial.title, trial.official_title) if title]
    return max((fuzz.token_sort_ratio(report.title, title) for title in titles), default=0)


def _title(report: Described, trial: Trial) -> _Found:
    alike = _title_alike(report, trial)
    if alike >= _ONE_TITLE:
        return _Found(5, "nearly the same title")
    if alike >= _LIKE_TITLE:
        return _Found(4, "much the same title")
    telling = telling_stems((trial.title, trial.official_title))
    share = len(telling & report.stems) / len(telling) if telling else 0
    if alike >= _RELATED_TITLE or share >= 0.8:
        return _Found(3, "most words of the registration's title")
    return _Found(1, "some words of the registration's title") if share >= 0.6 else _Found(0)


def _acronym(report: Described, trial: Trial) -> _Found:
    """An acronym as the registry spells it; one that differs in its number is a sister's."""
    acronym = trial.acronym.strip()
    if len(acronym) < 3 or acronym.islower():
        return _Found(0)
    if acronym in report.tokens or (" " in acronym and acronym in report.printed):
        return _Found(3, f"the acronym {acronym}", identifies=True)
    sister = report.names.get(_NUMBERED.sub("", acronym))
    if sister:
        return _Found(-3, contradicts=f"it is called {sister}, the trial {acronym}")
    return _Found(0)


def _interventions(report: Described, trial: Trial) -> _Found:
    given = [one for one in trial.interventions if not _NO_TREATMENT.search(one)]
    wanted = [stems for one in given if (stems := telling_stems((one,)))]
    if not wanted:
        return _Found(0)
    there = sum(bool(stems & report.stems) for stems in wanted)
    if not there:
        return _Found(-3, contradicts="none of the interventions is named")
    whole = there == len(wanted)
    return _Found(2 if whole else 1, "all interventions" if whole else "an intervention")


def _conditions(report: Described, trial: Trial) -> _Found:
    wanted = [stems for one in trial.conditions if (stems := telling_stems((one,)))]
    if not wanted:
        return _Found(0)
    if any(stems <= report.stems for stems in wanted):
        return _Found(1, "a condition")
    if any(stems & report.stems for stems in wanted):
        return _Found(0)
    return _Found(-3, contradicts="none of the conditions is named")


def _investigators(report: Described, trial: Trial) -> _Found:
    """Investigators among the authors, by last name and the first letter of the first name."""
    people = {key for name in trial.investigators if (key := _person(name))}
    shared = people & report.authors
    if shared:
        names = ", ".join(sorted(last for last, _ in shared))
        return _Found(min(2 + len(shared), 4), f"investigator {names}", identifies=True)
    return _Found(0)


def _author(author: Author) -> tuple[str, str]:
    return fold(author.last), fold(author.fore or author.initials)[:1]


@lru_cache(maxsize=32_768)
def _person(name: str) -> tuple[str, str] | None:
    """Last name and first letter of "Ada B Lovelace, MD, PhD"."""
    words = fold(re.sub(r"(?i)^(?:prof(?:essor)?|dr)\.? ", "", name.partition(",")[0])).split()
    return (words[-1], words[0][:1]) if len(words) > 1 else None


def _size(report: Described, trial: Trial) -> _Found:
    if trial.enrolment and trial.enrolment > 9 and trial.enrolment in report.sizes:
        return _Found(2, f"{trial.enrolment:,} participants", identifies=trial.enrolment > 30)
    return _Found(0)


def _sizes_in(abstract: str) -> Iterator[int]:
    for match in _SIZE.finditer(abstract):
        digits = re.sub(r"\D", "", match[1] or match[2])
        yield int(digits)


def _dates(report: Described, trial: Trial) -> _Found:
    year, start = report.record.year, year_of(trial.start)
    end = year_of(trial.primary_completion) or start
    if year is None or start is None or end is None:
        return _Found(0)
    if year < start and not report.protocol:
        return _Found(-4, contradicts=f"it is of {year}, and the trial began in {start}")
    if year < start - 2 or year > end + _LATE:
        return _Found(-2, contradicts=f"it is of {year}, and the trial ran from {start} to {end}")
    if end <= year <= end + _SOON:
        return _Found(1, f"it is of {year}, and the trial ended in {end}")
    return _Found(0)


def _phase(report: Described, trial: Trial) -> _Found:
    registered = {phase[-1] for phase in trial.phases if phase[-1:].isdigit()}
    registered = registered or _phases_in(f"{trial.title} {trial.official_title}")
    if not registered or not report.phases:
        return _Found(0)
    if registered & report.phases:
        return _Found(1, "the phase")
    there, here = ("/".join(sorted(one)) for one in (registered, report.phases))
    return _Found(-3, contradicts=f"it is of phase {here}, the trial of phase {there}")


def _phases_in(text: str) -> set[str]:
    numerals = (one for match in _PHASE.finditer(text) for one in match.groups() if one)
    return {_ROMAN.get(one.lower(), one) for one in numerals}


def _population(report: Described, trial: Trial) -> _Found:
    registered = bool(_CHILDREN.search(f"{trial.title} {trial.official_title}"))
    if registered == report.children:
        return _Found(0)
    who = ("children", "adults") if registered else ("adults", "children")
    return _Found(-3, contradicts=f"the trial's title speaks of {who[0]}, the report's of {who[1]}")
