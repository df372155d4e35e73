"""Criteria that each read well and cannot be meant so: found before any report is held to them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

from surveillance.records.languages import language_of
from surveillance.screening.criterion import (
    Abbreviation,
    Concept,
    Criterion,
    Designs,
    Exclusion,
    Languages,
    Participants,
    PublicationTypes,
    Years,
)
from surveillance.screening.designs import Design
from surveillance.screening.patterns import UnsafePattern, compiled

#: So many letters at least begin a root: "a*" would be nearly every text.
_SHORTEST_ROOT = 3
_WORD_LISTS = ("words", "unless", "means", "otherwise", "context", "context_otherwise")


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with criterion number `entry` (from 0), under which key, at which value."""

    entry: int
    key: str
    message: str
    hint: str = ""
    value: str = ""


def first_fault(criteria: Sequence[Criterion], safety_events: Sequence[str] = ()) -> Fault | None:
    """The first thing that cannot be meant so; None where the criteria are sound."""
    harm = _unsound_words(0, "safety_events", safety_events)
    alone = (fault for n, one in enumerate(criteria) for fault in _faults_of(n, one))
    together = (fault for check in _TOGETHER for fault in check(criteria))
    return next(chain(harm, alone, together), None)


def _faults_of(entry: int, criterion: Criterion) -> Iterator[Fault]:
    for key in ("name", "reason"):
        if not getattr(criterion, key).strip():
            yield Fault(entry, key, f"“{key}” has no words.")
    yield from _word_faults(entry, criterion)
    match criterion:
        case Abbreviation():
            yield from _abbreviation_faults(entry, criterion)
        case Concept() | Exclusion():
            yield from _concept_faults(entry, criterion)
        case Designs() | PublicationTypes():
            yield from _choice_faults(entry, criterion)
        case Languages():
            yield from _language_faults(entry, criterion)
        case Years():
            yield from _year_faults(entry, criterion)


def _word_faults(entry: int, criterion: Criterion) -> Iterator[Fault]:
    for key in _WORD_LISTS:
        yield from _unsound_words(entry, key, getattr(criterion, key, ()))


def _unsound_words(entry: int, key: str, words: Sequence[str]) -> Iterator[Fault]:
    for word in words:
        if not any(map(str.isalnum, word)):
            yield Fault(entry, key, f"“{word}” has no letters.", value=word)
        elif any(_too_short(piece) for piece in word.split()):
            hint = f"Give at least {_SHORTEST_ROOT} letters before “*”, at the end of a word."
            yield Fault(entry, key, f"“{word}” would match too much.", hint, word)


def _too_short(piece: str) -> bool:
    root = piece.rstrip("*")
    return "*" in root or (root != piece and sum(map(str.isalnum, root)) < _SHORTEST_ROOT)


def _abbreviation_faults(entry: int, criterion: Abbreviation) -> Iterator[Fault]:
    if not (criterion.abbreviation.isalnum() and 2 <= len(criterion.abbreviation) <= 12):
        message = f"“{criterion.abbreviation}” is no abbreviation of 2 to 12 letters or digits."
        yield Fault(entry, "abbreviation", message)
    for wanted, other in (("means", "otherwise"), ("context", "context_otherwise")):
        both = {word.casefold() for word in getattr(criterion, wanted)}
        for word in getattr(criterion, other):
            if word.casefold() in both:
                message = f"“{word}” stands under “{wanted}” as well."
                yield Fault(entry, other, message, "Take it out of one.", word)


def _concept_faults(entry: int, criterion: Concept | Exclusion) -> Iterator[Fault]:
    if not (criterion.words or criterion.patterns or criterion.headings):
        message = f"“{criterion.name}” says nothing to look for."
        yield Fault(entry, "kind", message, "Give it words, patterns or headings.")
    for pattern in criterion.patterns:
        try:
            compiled(pattern)
        except UnsafePattern as fault:
            message = f"the pattern “{pattern[:60]}” is refused: {fault}."
            yield Fault(entry, "patterns", message, value=pattern)


def _choice_faults(entry: int, criterion: Designs | PublicationTypes) -> Iterator[Fault]:
    if bool(criterion.exclude) == bool(criterion.only):
        message = f"“{criterion.name}” needs either “exclude” or “only”."
        yield Fault(entry, "only" if criterion.only else "kind", message)


def _language_faults(entry: int, criterion: Languages) -> Iterator[Fault]:
    for name in criterion.only:
        if not language_of(name):
            message = f"“{name}” is no language that is known here."
            hint = "Write its English name, or MEDLINE's three letters."
            yield Fault(entry, "only", message, hint, name)


def _year_faults(entry: int, criterion: Years) -> Iterator[Fault]:
    if criterion.first is None and criterion.last is None:
        yield Fault(entry, "kind", f"“{criterion.name}” needs “first” or “last”.")
    elif criterion.first and criterion.last and criterion.first > criterion.last:
        message = f"the last year, {criterion.last}, is before the first, {criterion.first}."
        yield Fault(entry, "last", message)


def _repeated_names(criteria: Sequence[Criterion]) -> Iterator[Fault]:
    met: set[str] = set()
    for entry, criterion in enumerate(criteria):
        if (name := criterion.name.casefold()) in met:
            message = f"two criteria are called “{criterion.name}”."
            yield Fault(entry, "name", message, "Reasons name them, so give each its own.")
        met.add(name)


def _limits_without_effect(criteria: Sequence[Criterion]) -> Iterator[Fault]:
    """A design that is limited twice, or limited and not let in at all."""
    limited: dict[Design, str] = {}
    for entry, criterion in enumerate(criteria):
        for design in criterion.designs if isinstance(criterion, Participants) else ():
            by = limited.get(design) or _left_out_by(design, criteria)
            if by:
                message = f"“{design}” cannot have a limit here: “{by}” decides on it already."
                yield Fault(entry, "designs", message, "Take it out of one.", design)
            limited[design] = criterion.name


def _left_out_by(design: Design, criteria: Sequence[Criterion]) -> str:
    """The criterion that leaves every report of a design out; where it has exceptions, none."""
    for criterion in criteria:
        if not isinstance(criterion, Designs) or criterion.unless:
            continue
        if design in criterion.exclude or (criterion.only and design not in criterion.only):
            return criterion.name
    return ""


def _nothing_left(criteria: Sequence[Criterion]) -> Iterator[Fault]:
    """A design or a publication type that one criterion asks for and another leaves out."""
    for entry, criterion in enumerate(criteria):
        if isinstance(criterion, Designs | PublicationTypes):
            for other in criteria:
                # Of the same kind: a design and a publication type are different words.
                if type(other) is type(criterion) and (
                    both := {*criterion.exclude} & {*other.only}
                ):
                    value = min(both)
                    message = f"“{value}” is left out here and asked for by “{other.name}”."
                    yield Fault(entry, "exclude", message, "Take it out of one.", value)


_TOGETHER: tuple[Callable[[Sequence[Criterion]], Iterator[Fault]], ...] = (
    _repeated_names,
    _limits_without_effect,
    _nothing_left,
)
