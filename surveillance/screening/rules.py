"""A report held against the criteria: include, exclude or unsure, why, and on which words.

An exclusion is a proposal: it stands until a person confirms or samples it. What cannot be
determined from the abstract goes to a person, as the full paper was fetched for the overview.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from surveillance.records.model import Record
from surveillance.screening.checks import (
    SAFETY_EVENT,
    CriterionCheck,
    Outcome,
    Report,
    check,
    safety_event,
)
from surveillance.screening.criterion import Criteria
from surveillance.screening.designs import Design, designs_of
from surveillance.screening.language import Evidence
from surveillance.screening.texts import read_texts

__all__ = [
    "RULES_VERSION", "CriterionCheck", "Evidence", "Outcome", "ScreeningProposal", "Verdict",
    "screen",
]  # fmt: skip

#: Stored with every proposal; raised whenever a rule or a word of the rules changes.
RULES_VERSION = "screening-5"


class Verdict(StrEnum):
    """What is proposed, or decided, on a report."""

    INCLUDE = "include"
    EXCLUDE = "exclude"
    UNSURE = "unsure"


@dataclass(frozen=True, slots=True)
class ScreeningProposal:
    """What the rules propose on a report.

    `criterion`, `reason` and `evidence` are those of the check that decided: the first that is
    not met, else the first that cannot tell; for an inclusion the reason says that all are met.
    `design` is the report's main design in the words of `Design`. `evidence` counts characters
    in the part of the record that it names. A safety event that is told of stands last in
    `checks`, under `checks.SAFETY_EVENT`.
    """

    verdict: Verdict
    criterion: str
    reason: str
    design: str
    evidence: tuple[Evidence, ...]
    checks: tuple[CriterionCheck, ...]

    @property
    def safety_event(self) -> str:
        """The words in which the report tells of harm; empty where it does not."""
        told = (one.evidence[0].text for one in self.checks if one.criterion == SAFETY_EVENT)
        return next(told, "")


def screen(records: Sequence[Record], criteria: Criteria) -> ScreeningProposal:
    """The proposal on the report that `records` are; there must be at least one.

    Title and abstract come from the record with the longest usable abstract; publication types,
    MeSH and keywords of all count. Without a usable abstract the report is unsure, never
    excluded. The same records in any order give the same proposal.
    """
    if not records:
        raise ValueError("a report has at least one record")
    texts = read_texts(records)
    report = Report(tuple(records), texts, designs_of(records, texts), _headings(records))
    checks = tuple(check(criterion, report) for criterion in criteria.criteria)
    design = report.designs[0].design
    if texts.fault:
        return ScreeningProposal(Verdict.UNSURE, "abstract", texts.fault, design, (), checks)
    proposal = _proposal(checks, design)
    harm = safety_event(criteria.safety_events, report)
    return replace(proposal, checks=(*checks, harm)) if harm else proposal


def _proposal(checks: tuple[CriterionCheck, ...], design: Design) -> ScreeningProposal:
    for outcome, verdict in (
        (Outcome.NOT_MET, Verdict.EXCLUDE),
        (Outcome.CANNOT_TELL, Verdict.UNSURE),
    ):
        for one in checks:
            if one.outcome is outcome:
                return ScreeningProposal(
                    verdict, one.criterion, one.reason, design, one.evidence, checks
                )
    reason = "all criteria are met"
    return ScreeningProposal(Verdict.INCLUDE, "", reason, design, checks[0].evidence, checks)


def _headings(records: Sequence[Record]) -> frozenset[str] | None:
    """The headings of all records; None: cannot tell, no source has indexed the report yet."""
    indexed = [headings for record in records if (headings := record.headings()) is not None]
    return frozenset(h.name for headings in indexed for h in headings) if indexed else None
