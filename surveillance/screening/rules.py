"""A report held against the criteria: include, exclude or unsure, why, and on which words.

An exclusion is a proposal: it stands until a person confirms or samples it. What cannot be
determined from the abstract goes to a person, as the full paper was fetched for the overview.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from surveillance.records.model import Record
from surveillance.screening.criteria import (
    Abbreviation,
    Concept,
    Criteria,
    Criterion,
    Designs,
    Participants,
)
from surveillance.screening.designs import Design, FoundDesign, designs_of, heading_evidence
from surveillance.screening.language import Evidence, find, find_any
from surveillance.screening.meanings import Meaning, meaning_of
from surveillance.screening.participants import Count
from surveillance.screening.texts import Texts, read_texts

#: Stored with every proposal; raised whenever a rule or a word of the rules changes.
RULES_VERSION = "screening-1"


class Verdict(StrEnum):
    """What is proposed, or decided, on a report."""

    INCLUDE = "include"
    EXCLUDE = "exclude"
    UNSURE = "unsure"


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
class ScreeningProposal:
    """What the rules propose on a report.

    `criterion`, `reason` and `evidence` are those of the check that decided: the first that is
    not met, else the first that cannot tell; for an inclusion the reason says that all are met.
    `design` is the report's main design in the words of `Design`. `evidence` counts characters
    in the part of the record that it names.
    """

    verdict: Verdict
    criterion: str
    reason: str
    design: str
    evidence: tuple[Evidence, ...]
    checks: tuple[CriterionCheck, ...]


@dataclass(frozen=True, slots=True)
class _Report:
    """A report as it is read; `headings` is None where no source has indexed it yet."""

    texts: Texts
    designs: tuple[FoundDesign, ...]
    headings: frozenset[str] | None


def screen(records: Sequence[Record], criteria: Criteria) -> ScreeningProposal:
    """The proposal on the report that `records` are; there must be at least one.

    Title and abstract come from the record with the longest usable abstract; publication types,
    MeSH and keywords of all count. Without a usable abstract the report is unsure, never
    excluded. The same records in any order give the same proposal.
    """
    if not records:
        raise ValueError("a report has at least one record")
    texts = read_texts(records)
    report = _Report(texts, designs_of(records, texts), _headings(records))
    checks = tuple(_check(criterion, report) for criterion in criteria.criteria)
    design = report.designs[0].design
    if texts.fault:
        return ScreeningProposal(Verdict.UNSURE, "abstract", texts.fault, design, (), checks)
    return _proposal(checks, design)


def _proposal(checks: tuple[CriterionCheck, ...], design: Design) -> ScreeningProposal:
    for outcome, verdict in (
        (Outcome.NOT_MET, Verdict.EXCLUDE),
        (Outcome.CANNOT_TELL, Verdict.UNSURE),
    ):
        for check in checks:
            if check.outcome is outcome:
                return ScreeningProposal(
                    verdict, check.criterion, check.reason, design, check.evidence, checks
                )
    reason = "all criteria are met"
    return ScreeningProposal(Verdict.INCLUDE, "", reason, design, checks[0].evidence, checks)


def _headings(records: Sequence[Record]) -> frozenset[str] | None:
    """The headings of all records; None: cannot tell, no source has indexed the report yet."""
    indexed = [headings for record in records if (headings := record.headings()) is not None]
    return frozenset(h.name for headings in indexed for h in headings) if indexed else None


def _check(criterion: Criterion, report: _Report) -> CriterionCheck:
    match criterion:
        case Abbreviation():
            return _check_abbreviation(criterion, report)
        case Designs():
            return _check_designs(criterion, report)
        case Concept():
            return _check_concept(criterion, report)
        case Participants():
            return _check_participants(criterion, report)


def _check_abbreviation(criterion: Abbreviation, report: _Report) -> CriterionCheck:
    short = criterion.abbreviation
    found = meaning_of(criterion, report.texts.passages)
    match found.meaning:
        case Meaning.MEANT | Meaning.UNUSED:
            outcome, reason = Outcome.MET, f"{short} has no other meaning here"
        case Meaning.OTHERWISE:
            outcome = Outcome.NOT_MET
            reason = f"{criterion.reason}: “{found.evidence[0].text}”"
        case Meaning.UNDEFINED:
            outcome, reason = Outcome.CANNOT_TELL, f"{short} is not spelt out"
    return CriterionCheck(criterion.name, outcome, reason, found.evidence)


def _check_designs(criterion: Designs, report: _Report) -> CriterionCheck:
    for found in report.designs:
        if found.design in criterion.exclude:
            reason = f"{criterion.reason}: {found.design}"
            exception = find(report.texts.passages, criterion.unless)
            if exception:
                reason = f"{reason}, but it mentions “{exception[0].text}”"
                evidence = (*found.evidence, exception[0])
                return CriterionCheck(criterion.name, Outcome.CANNOT_TELL, reason, evidence)
            return CriterionCheck(criterion.name, Outcome.NOT_MET, reason, found.evidence)
    main = report.designs[0]
    return CriterionCheck(criterion.name, Outcome.MET, f"{main.design}", main.evidence)


def _check_concept(criterion: Concept, report: _Report) -> CriterionCheck:
    if words := find(report.texts.passages, criterion.words):
        return CriterionCheck(criterion.name, Outcome.MET, f"“{words[0].text}”", words[:1])
    for heading in criterion.headings:
        if heading in (report.headings or ()):
            evidence = (heading_evidence(heading),)
            return CriterionCheck(criterion.name, Outcome.MET, f"MeSH {heading}", evidence)
    if negated := find_any(report.texts.passages, criterion.words):
        reason = f"“{negated[0].text}” stands here only in the negative"
        return CriterionCheck(criterion.name, Outcome.CANNOT_TELL, reason, negated[:1])
    if criterion.headings and report.headings is None:
        reason = f"{criterion.reason}, but the report has no MeSH yet"
        return CriterionCheck(criterion.name, Outcome.CANNOT_TELL, reason)
    outcome = Outcome.NOT_MET if criterion.absent == "exclude" else Outcome.CANNOT_TELL
    return CriterionCheck(criterion.name, outcome, criterion.reason)


def _check_participants(criterion: Participants, report: _Report) -> CriterionCheck:
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
    if found.design is Design.CASE_REPORT:
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
