"""Which registered trials a record reports or names, how that is known, and how sure it is.

A number is *named* in whatever a record says of itself, and by the registry where that lists the
record. Whether the record is then a report of the trial is another question: a review names many
trials, and a report may name its forerunner. docs/studies.md has the rules with their figures.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from surveillance.records import Record
from surveillance.records.trial_numbers import numbers_in, registry_of
from surveillance.studies.mentions import Mention, Stance, mentions
from surveillance.studies.one_trial import Trials

#: Goes up with every change of what is linked or how sure it is.
RULES_VERSION = "3"


class Place(StrEnum):
    """Where a link was found, the surest first."""

    LISTED = "list of registrations"
    TITLE = "title"
    ABSTRACT = "abstract"
    RESULT = "publications of results that the registration lists"
    DERIVED = "publications that the registry found by the number"
    LIKENESS = "likeness"


LISTED, TITLE, ABSTRACT = Place.LISTED, Place.TITLE, Place.ABSTRACT
_ORDER = list(Place)


class Certainty(StrEnum):
    """Whether a report is of a trial, as far as rules can tell."""

    CERTAIN = "certain"
    DOUBTFUL = "doubtful"


@dataclass(frozen=True, slots=True)
class Link:
    """A record and a registration: where it was found, the words around, how sure, and why."""

    number: str
    where: str
    words: str
    certainty: Certainty = Certainty.CERTAIN
    reasons: tuple[str, ...] = ()

    @property
    def certain(self) -> bool:
        """True where the record is a report of the trial without anybody having to look."""
        return self.certainty is Certainty.CERTAIN

    @property
    def by_number(self) -> bool:
        """True where a number says so, in the record or in the registry; else it is a likeness."""
        return self.where != Place.LIKENESS


@dataclass(frozen=True, slots=True)
class _Naming:
    """One number that a record names or that names it, and what is made of it there."""

    number: str
    where: Place
    words: str
    stance: Stance | None = None
    name: str = ""
    sentence: str = ""


def registration_numbers(record: Record) -> tuple[str, ...]:
    """Every registration number that the record names, as numbers are compared, sorted."""
    return tuple(sorted({naming.number for naming in _named(record)}))


def find_links(record: Record, trials: Trials) -> tuple[Link, ...]:
    """The links of a record to those registrations that it names or that name it, by number.

    A registration that is named in several places is linked once, where it is surest: in the list
    of registrations that the source itself gives (PubMed: DataBankList), the title, the abstract,
    the registration's own lists of publications.
    """
    reading = _Reading.of(record, trials)
    held = [naming for naming in reading.namings if trials.registrations(naming.number)]
    found: dict[str, Link] = {}
    for naming in sorted(held, key=lambda one: _ORDER.index(one.where)):
        for number in trials.registrations(naming.number):
            if number not in found:
                found[number] = reading.link(number, naming)
    return tuple(found[number] for number in sorted(found))


def _named(record: Record) -> Iterator[_Naming]:
    for printed in record.registrations:
        for mention in mentions(printed):
            yield _Naming(mention.number, Place.LISTED, mention.words)
    for where, text in _texts(record):
        for mention in mentions(text):
            yield _of_mention(where, mention, record.title)


def _of_mention(where: Place, mention: Mention, title: str) -> _Naming:
    """A study whose name is in the title is the report's, however the sentence speaks of it."""
    stance = mention.stance
    if stance is Stance.BACKGROUND and _stands_in(mention.name, title):
        stance = Stance.STUDY
    name, sentence = mention.name, mention.sentence
    return _Naming(mention.number, where, mention.words, stance, name, sentence)


def _stands_in(name: str, title: str) -> bool:
    return bool(name) and re.search(rf"(?<!\w){re.escape(name)}(?!\w)", title) is not None


def _texts(record: Record) -> Iterator[tuple[Place, str]]:
    yield from ((Place.TITLE, title) for title in (record.title, record.original_title))
    yield from ((Place.ABSTRACT, text) for text in (record.abstract or "", *record.other_abstracts))


def _naming(record: Record, trials: Trials) -> Iterator[_Naming]:
    """The registrations that list the record as a publication of theirs."""
    if not record.pmid:
        return
    for number, kind in trials.listing(record.pmid):
        where = Place.RESULT if kind == "RESULT" else Place.DERIVED
        yield _Naming(number, where, f"PMID {record.pmid}")


@dataclass(frozen=True, slots=True)
class _Reading:
    """A record with all numbers that it names or that name it."""

    record: Record
    trials: Trials
    namings: tuple[_Naming, ...]

    @classmethod
    def of(cls, record: Record, trials: Trials) -> _Reading:
        return cls(record, trials, (*_named(record), *_naming(record, trials)))

    def link(self, number: str, naming: _Naming) -> Link:
        """The link to a registration, by the naming that is surest."""
        key = self.trials.key(number)
        of_trial = [one for one in self.namings if self.trials.key(one.number) == key]
        doubts = (
            *_doubts(self.record, self.namings, self.trials),
            *_doubts_of_trial(of_trial),
            *self.trials.disagreements(number, self.record, results=naming.where is Place.RESULT),
        )
        link = Link(number, naming.where, naming.words)
        if doubts:
            reasons = tuple(dict.fromkeys(doubts))
            return replace(link, certainty=Certainty.DOUBTFUL, reasons=reasons)
        return replace(link, reasons=(_why_certain(of_trial),))


def _why_certain(namings: Sequence[_Naming]) -> str:
    said = _best_stance(namings)
    places = dict.fromkeys(naming.where for naming in namings)
    return f"the only trial named: {', '.join(places)}{f'; {said}' if said else ''}"


def _best_stance(namings: Iterable[_Naming]) -> Stance | None:
    stances = {naming.stance for naming in namings}
    return next((stance for stance in Stance if stance in stances), None)


def _doubts_of_trial(namings: Sequence[_Naming]) -> Iterator[str]:
    """What speaks against this trial alone being the report's."""
    said = _best_stance(namings)
    if said in (Stance.SAMPLES, Stance.BACKGROUND):
        yield said
    listed = any(naming.where is not Place.ABSTRACT for naming in namings)
    if said is Stance.BARE and not listed:
        yield said


def _doubts(record: Record, namings: Sequence[_Naming], trials: Trials) -> tuple[str, ...]:
    """What speaks against any trial being the report's."""
    kind = kind_of_many(record)
    groups = _own_trials(namings, trials)
    several = f"it names {len(groups)} trials: {', '.join(sorted(groups))}"
    return tuple(filter(None, (kind, several if len(groups) > 1 else "")))


def _own_trials(namings: Sequence[_Naming], trials: Trials) -> set[str]:
    """The trials that the report may be of, each by one of its numbers: no mere background."""
    by_trial: dict[str, list[_Naming]] = {}
    for naming in namings:
        by_trial.setdefault(trials.key(naming.number), []).append(naming)
    own = {key for key, said in by_trial.items() if _best_stance(said) is not Stance.BACKGROUND}
    return own - _other_registrations(own, namings, trials)


# "This trial is registered with ISRCTN, 12345678, and ClinicalTrials.gov, NCT00000001."
_MANY = re.compile(
    r"\b(?:trials|studies|both|two|three|respectively|each|cohorts|registrations|identifiers)\b",
    re.IGNORECASE,
)
_LABEL = re.compile(r"[\s\])]*[(\[](?!registered|retrospective|prospective)(?=[A-Za-z])", re.I)


def _other_registrations(own: set[str], namings: Sequence[_Naming], trials: Trials) -> set[str]:
    """Trials that are one with another: a single statement gives one study several numbers."""
    one: set[str] = set()
    statements: dict[str, list[str]] = {}
    for naming in namings:
        if naming.stance is Stance.REGISTERED and trials.key(naming.number) in own:
            statements.setdefault(naming.sentence, []).append(naming.number)
    for sentence, numbers in statements.items():
        keys = sorted({trials.key(number) for number in numbers})
        # Two that are held are told apart by their registries.
        held = [key for key in keys if trials.holds(key)]
        if len(held) < 2 and _of_one_study(sentence, numbers):
            one.update(set(keys) - {(held or keys)[0]})
    return one


def _of_one_study(sentence: str, numbers: list[str]) -> bool:
    different = len({registry_of(number) for number in numbers}) == len(set(numbers))
    return different and not _MANY.search(sentence) and not _labelled(sentence)


def _labelled(sentence: str) -> bool:
    """Whether a number is followed by a name in brackets, as trials are told apart."""
    found = list(numbers_in(sentence))
    labels = (_LABEL.match(sentence, one.end) for one in found)
    starts = {one.start for one in found}
    return any(label and label.end() not in starts for label in labels)


_REVIEWS = frozenset({"review", "systematic review", "meta-analysis", "scoping review"})
_COMMENTS = frozenset({"comment", "editorial", "news"})
_TRIALS = ("randomized controlled trial", "clinical trial", "controlled clinical trial")
_TRIAL_TITLE = re.compile(
    r"\brandomi[sz]ed\b|\btrial\b|\bstudy protocol\b|\bprotocol (?:for|of)\b", re.IGNORECASE
)
_REVIEW_TITLE = re.compile(
    r"\b(?:systematic|scoping|narrative|literature|umbrella|rapid|integrative) review\b"
    r"|\bmeta-?\s?analys|\breview of\b|: a review\b|\boverview of\b",
    re.IGNORECASE,
)
_POOLED_TITLE = re.compile(
    r"\b(?:pooled|combined|integrated|aggregate[d]?) (?:\w+ ){0,3}(?:analys[ei]s|data|results)\b"
    r"|\bindividual (?:patient|participant) data\b",
    re.IGNORECASE,
)
_COMMENT_TITLE = re.compile(
    r"^(?:comment|commentary|editorial|response|reply|letter|re|in reply)\b(?: (?:on|to)\b|:)"
    r"|\bauthors?['’]?s?['’]? (?:reply|response)\b|: (?:commentary|editorial|reply)\b",
    re.IGNORECASE,
)
_PROSPERO = re.compile(r"\bprospero\b|\bCRD4\d{8,}", re.IGNORECASE)


def kind_of_many(record: Record) -> str:
    """Why a record is no report of one trial, whatever it names; empty where it may be one.

    Databases call reports of trials reviews by mistake: the title decides where it is plain.
    """
    types = {kind.casefold() for kind in record.publication_types}
    if _REVIEW_TITLE.search(record.title) or types & (_REVIEWS - {"review"}):
        return "it is a review"
    if "review" in types and not (_TRIAL_TITLE.search(record.title) or types & set(_TRIALS)):
        return "it is a review"
    if _PROSPERO.search(record.abstract or ""):
        return "it is registered as a review"
    if _POOLED_TITLE.search(record.title):
        return "it pools several studies"
    commented = any(one.kind.casefold() == "commenton" for one in record.corrections)
    if commented or types & _COMMENTS or _COMMENT_TITLE.search(record.title):
        return "it is a comment on another publication"
    return ""
