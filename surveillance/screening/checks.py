"""One criterion held against a report: met, not met, or nobody can tell from what is there."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

from surveillance.records.languages import language_of
from surveillance.records.model import Record
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
from surveillance.screening.designs import Design, FoundDesign, heading_evidence
from surveillance.screening.language import Evidence, Mention, Stance, find, mentions
from surveillance.screening.meanings import Meaning, meaning_of
from surveillance.screening.participants import Count
from surveillance.screening.sections import only_background
from surveillance.screening.texts import Texts


class Outcome(StrEnum):
    """What one criterion says of a report."""

    MET = "met"
    NOT_MET = "not met"
    CANNOT_TELL = "cannot tell"


@dataclass(frozen=True, slots=True)
class CriterionCheck:
    """One criterion held against a report."""

    criterion: str
    outcome: Outcome
    reason: str
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True)
class Report:
    """A report as it is read; `headings` is None where no source has indexed it yet."""

    records: tuple[Record, ...]
    texts: Texts
    designs: tuple[FoundDesign, ...]
    headings: frozenset[str] | None


#: What harm that a report tells of stands under, beside the criteria.
SAFETY_EVENT = "safety event"

_ONLY_IN = {
    Stance.DENIED: "only in the negative",
    Stance.WISHED: "only as something wished for",
    Stance.UNMEASURED: "only as something that was not measured",
}
#: Designs that say little: what a report of theirs may turn out to be in the full text.
_OBSERVED = frozenset(
    {Design.COHORT_STUDY, Design.CASE_SERIES, Design.CROSS_SECTIONAL, Design.OBSERVATIONAL}
)
_TRIALS = frozenset({Design.RANDOMISED_TRIAL, Design.CONTROLLED_TRIAL, Design.CLINICAL_TRIAL})
_MAY_BE: dict[Design, frozenset[Design]] = {
    Design.NOT_STATED: frozenset(Design),
    Design.LETTER: frozenset(Design),
    Design.CONFERENCE_ABSTRACT: frozenset(Design),
    Design.OBSERVATIONAL: _OBSERVED | {Design.CASE_REPORT},
    Design.CASE_SERIES: _OBSERVED,
    Design.CROSS_SECTIONAL: _OBSERVED,
    Design.CLINICAL_TRIAL: _TRIALS,
    Design.CONTROLLED_TRIAL: _TRIALS,
    # "Prospective" and "were followed" are said of trials, too.
    Design.COHORT_STUDY: _OBSERVED | _TRIALS,
}
#: Whose other designs are those of the study that is planned, or of animals.
_BY_ITSELF = frozenset({Design.PROTOCOL, Design.ANIMAL_STUDY, Design.LABORATORY_STUDY})


def safety_event(words: tuple[str, ...], report: Report) -> CriterionCheck | None:
    """Harm that the report tells of as its own finding, the first mention; None: none is told.

    It decides nothing on the report: a guidance team wants to hear of it.
    """
    found = find(report.texts.passages, words)
    if not found or only_background(found, report.texts.passages):
        return None
    return CriterionCheck(SAFETY_EVENT, Outcome.MET, f"“{found[0].text}”", found[:1])


def check(criterion: Criterion, report: Report) -> CriterionCheck:
    """What the criterion says of the report; an exception in its text sends it to a person."""
    found = _check(criterion, report)
    if found.outcome is not Outcome.NOT_MET:
        return found
    exception = find(report.texts.passages, criterion.unless)
    if not exception:
        return found
    return replace(
        found,
        outcome=Outcome.CANNOT_TELL,
        reason=f"{found.reason}, but it mentions “{exception[0].text}”",
        evidence=(*found.evidence, exception[0]),
    )


def _check(criterion: Criterion, report: Report) -> CriterionCheck:
    match criterion:
        case Abbreviation():
            return _check_abbreviation(criterion, report)
        case Designs():
            return _check_designs(criterion, report)
        case PublicationTypes():
            return _check_types(criterion, report)
        case Concept():
            return _check_concept(criterion, report)
        case Exclusion():
            return _check_exclusion(criterion, report)
        case Languages():
            return _check_languages(criterion, report)
        case Years():
            return _check_years(criterion, report)
        case Participants():
            return _check_participants(criterion, report)


def _check_abbreviation(criterion: Abbreviation, report: Report) -> CriterionCheck:
    short = criterion.abbreviation
    found = meaning_of(criterion, report.texts.passages)
    match found.meaning:
        case Meaning.MEANT | Meaning.UNUSED:
            outcome, reason = Outcome.MET, f"{short} has no other meaning here"
            if found.by_context:
                reason = f"{short} is not spelt out, but “{found.evidence[-1].text}” speaks for it"
        case Meaning.OTHERWISE:
            outcome = Outcome.NOT_MET
            reason = f"{criterion.reason}: “{found.evidence[0].text}”"
        case Meaning.UNDEFINED:
            outcome, reason = Outcome.CANNOT_TELL, f"{short} is not spelt out"
    return CriterionCheck(criterion.name, outcome, reason, found.evidence)


def _check_designs(criterion: Designs, report: Report) -> CriterionCheck:
    for found in report.designs:
        if found.design in criterion.exclude:
            reason = f"{criterion.reason}: {found.design}"
            return CriterionCheck(criterion.name, Outcome.NOT_MET, reason, found.evidence)
    main = report.designs[0]
    if criterion.only:
        return _check_only(criterion, main, report.designs)
    return CriterionCheck(criterion.name, Outcome.MET, f"{main.design}", main.evidence)


def _check_only(
    criterion: Designs, main: FoundDesign, designs: tuple[FoundDesign, ...]
) -> CriterionCheck:
    for found in designs[:1] if main.design in _BY_ITSELF else designs:
        if found.design in criterion.only:
            return CriterionCheck(criterion.name, Outcome.MET, f"{found.design}", found.evidence)
    if _MAY_BE.get(main.design, frozenset()).intersection(criterion.only):
        reason = f"the design may be one of those wanted: {main.design}"
        return CriterionCheck(criterion.name, Outcome.CANNOT_TELL, reason, main.evidence)
    reason = f"{criterion.reason}: {main.design}"
    return CriterionCheck(criterion.name, Outcome.NOT_MET, reason, main.evidence)


def _check_types(criterion: PublicationTypes, report: Report) -> CriterionCheck:
    given = [kind for record in report.records for kind in record.publication_types]
    listed = {kind.casefold() for kind in (*criterion.exclude, *criterion.only)}
    found = next((kind for kind in given if kind.casefold() in listed), "")
    if criterion.only and not given:
        reason = "no publication type is given"
        return CriterionCheck(criterion.name, Outcome.CANNOT_TELL, reason)
    if bool(found) is bool(criterion.only):
        reason = found or "no publication type that is left out"
        return CriterionCheck(
            criterion.name, Outcome.MET, reason, _fields("publication type", found)
        )
    kinds = (found,) if found else tuple(dict.fromkeys(given))
    reason = f"{criterion.reason}: {', '.join(kinds)}"
    evidence = _fields("publication type", *kinds)
    return CriterionCheck(criterion.name, Outcome.NOT_MET, reason, evidence)


def _check_concept(criterion: Concept, report: Report) -> CriterionCheck:
    passages = report.texts.passages
    found = list(mentions(passages, criterion.words, criterion.patterns))
    asserted = _meant(found, Stance.ASSERTED)
    # What is told of others in the background counts for a plain concept, not for the study's own.
    background = criterion.kind != "concept" and only_background(asserted, passages)
    if asserted and not background:
        reason = f"“{asserted[0].text}”"
        return CriterionCheck(criterion.name, Outcome.MET, reason, asserted[:1])
    if heading := _heading(criterion, report):
        reason = f"MeSH {heading.text}"
        return CriterionCheck(criterion.name, Outcome.MET, reason, (heading,))
    if background:
        reason = f"“{asserted[0].text}” stands only in the abstract's background"
        return CriterionCheck(criterion.name, Outcome.CANNOT_TELL, reason, asserted[:1])
    return _check_unasserted(criterion, report, found)


def _check_unasserted(criterion: Concept, report: Report, found: list[Mention]) -> CriterionCheck:
    denied = _meant(found, Stance.DENIED)
    if denied and criterion.denied == "met":
        reason = f"“{denied[0].text}” is reported as absent"
        return CriterionCheck(criterion.name, Outcome.MET, reason, denied[:1])
    if found:
        first = found[0]
        reason = f"“{first.evidence.text}” stands here {_ONLY_IN[first.stance]}"
        return CriterionCheck(criterion.name, Outcome.CANNOT_TELL, reason, (first.evidence,))
    if criterion.headings and report.headings is None:
        reason = f"{criterion.reason}, but the report has no MeSH yet"
        return CriterionCheck(criterion.name, Outcome.CANNOT_TELL, reason)
    outcome = Outcome.NOT_MET if criterion.absent == "exclude" else Outcome.CANNOT_TELL
    return CriterionCheck(criterion.name, outcome, criterion.reason)


def _check_exclusion(criterion: Exclusion, report: Report) -> CriterionCheck:
    passages = report.texts.passages
    found = _meant(list(mentions(passages, criterion.words, criterion.patterns)), Stance.ASSERTED)
    if found and only_background(found, passages):
        reason = f"“{found[0].text}” stands only in the abstract's background"
        return CriterionCheck(criterion.name, Outcome.MET, reason, found[:1])
    if not found:
        heading = _heading(criterion, report)
        if heading is None:
            return CriterionCheck(criterion.name, Outcome.MET, "nothing of it is mentioned")
        found = (heading,)
    outcome = Outcome.NOT_MET if criterion.found == "exclude" else Outcome.CANNOT_TELL
    reason = f"{criterion.reason}: “{found[0].text}”"
    return CriterionCheck(criterion.name, outcome, reason, found[:1])


def _check_languages(criterion: Languages, report: Report) -> CriterionCheck:
    given = [name for record in report.records for name in record.languages if language_of(name)]
    wanted = {language_of(name) for name in criterion.only}
    if not given:
        outcome = Outcome.MET if criterion.absent == "met" else Outcome.CANNOT_TELL
        return CriterionCheck(criterion.name, outcome, "the language is not stated")
    for name in given:
        if language_of(name) in wanted:
            evidence = _fields("language", name)
            return CriterionCheck(criterion.name, Outcome.MET, language_of(name), evidence)
    reason = f"{criterion.reason}: {language_of(given[0])}"
    evidence = _fields("language", given[0])
    return CriterionCheck(criterion.name, Outcome.NOT_MET, reason, evidence)


def _check_years(criterion: Years, report: Report) -> CriterionCheck:
    years = sorted({record.year for record in report.records if record.year is not None})
    if not years:
        reason = "the year of publication is not stated"
        return CriterionCheck(criterion.name, Outcome.CANNOT_TELL, reason)
    fitting = [year for year in years if (criterion.first or 0) <= year <= (criterion.last or year)]
    year = str((fitting or years)[0])
    outcome = Outcome.MET if fitting else Outcome.NOT_MET
    reason = year if fitting else f"{criterion.reason}: {year}"
    return CriterionCheck(criterion.name, outcome, reason, _fields("year", year))


def _check_participants(criterion: Participants, report: Report) -> CriterionCheck:
    found = report.designs[0]
    count = report.texts.people
    if found.design not in {*criterion.designs, Design.NOT_STATED}:
        reason = f"no limit for this design ({found.design})"
        return CriterionCheck(criterion.name, Outcome.MET, reason)
    if count is None:
        return _check_uncounted(criterion, found)
    if count.number >= criterion.least:
        reason = f"{'' if count.exact else 'at least '}{count.number:,} people"
        return CriterionCheck(criterion.name, Outcome.MET, reason, count.evidence)
    open_reason = _why_open(count, found.design)
    outcome = Outcome.CANNOT_TELL if open_reason else Outcome.NOT_MET
    reason = open_reason or f"{criterion.reason}: {count.number}"
    return CriterionCheck(criterion.name, outcome, reason, count.evidence)


def _check_uncounted(criterion: Participants, found: FoundDesign) -> CriterionCheck:
    if found.design is Design.CASE_REPORT and criterion.least > 1:
        reason = f"{criterion.reason}: a case report is of one person"
        return CriterionCheck(criterion.name, Outcome.NOT_MET, reason, found.evidence)
    reason = "the number of people is not stated"
    return CriterionCheck(criterion.name, Outcome.CANNOT_TELL, reason)


def _why_open(count: Count, design: Design) -> str:
    """Why a small number does not settle it, in words; empty where it does."""
    if not count.exact:
        return f"at least {count.number} people, and the whole number is not clear"
    if design is Design.NOT_STATED:
        return f"{count.number} people, and the design is not stated"
    return ""


def _meant(found: list[Mention], stance: Stance) -> tuple[Evidence, ...]:
    return tuple(mention.evidence for mention in found if mention.stance is stance)


def _heading(criterion: Concept | Exclusion, report: Report) -> Evidence | None:
    """The first of the criterion's headings that the report has."""
    given = {name.casefold(): name for name in sorted(report.headings or ())}
    listed = (given[name.casefold()] for name in criterion.headings if name.casefold() in given)
    return next(map(heading_evidence, listed), None)


def _fields(part: str, *values: str) -> tuple[Evidence, ...]:
    """Whole fields of the record as evidence; none where they are empty."""
    return tuple(Evidence(part, 0, len(value), value) for value in values if value)
