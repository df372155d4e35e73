"""Decisions on reports ↔ rows: two chains a report, the rules' and the people's."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.models import ReportRow, ScreeningDecisionRow
from surveillance.screening.rules import ScreeningProposal, Verdict

RULE = "rule"
ABSTRACT, FULL_TEXT = "abstract", "full text"


@dataclass(frozen=True, slots=True)
class StoredDecision:
    """A decision on a report as it stands; `made_by` is "rule" or who decided."""

    id: int
    verdict: Verdict
    criterion: str
    reason: str
    design: str
    made_by: str
    basis: tuple[str, str, str]

    @property
    def by_person(self) -> bool:
        """True where a person decided."""
        return self.made_by != RULE


@dataclass(frozen=True, slots=True)
class Standing:
    """What stands on one report: the rules' proposal and a person's decision, if any."""

    rule: StoredDecision | None = None
    person: StoredDecision | None = None

    @property
    def decision(self) -> StoredDecision | None:
        """The decision that counts: no rule overrides a person."""
        return self.person or self.rule


@dataclass(frozen=True, slots=True)
class Proposal:
    """A rule's proposal on its way into the store.

    `basis` is rule version, criteria hash and content hash; `supersedes` the proposal before.
    """

    proposal: ScreeningProposal
    basis: tuple[str, str, str]
    supersedes: StoredDecision | None


def save_proposal(session: Session, report_id: int, made: Proposal, *, today: date) -> None:
    """Keep a rule's proposal on a report."""
    proposal = made.proposal
    session.add(
        ScreeningDecisionRow(
            report_id=report_id,
            stage=ABSTRACT,
            verdict=proposal.verdict,
            criterion=proposal.criterion,
            reason=proposal.reason,
            design=proposal.design,
            evidence=[asdict(item) for item in proposal.evidence],
            checks=[asdict(item) for item in proposal.checks],
            made_by=RULE,
            rule_version=made.basis[0],
            criteria_hash=made.basis[1],
            content_hash=made.basis[2],
            decided_on=today,
            supersedes=made.supersedes.id if made.supersedes else None,
        )
    )
    session.flush()


def save_persons_decision(
    session: Session,
    report_id: int,
    verdict: Verdict,
    *,
    reason: str,
    made_by: str,
    today: date,
    supersedes: StoredDecision | None = None,
) -> None:
    """Keep what a person decided on a report, superseding that person's word before."""
    session.add(
        ScreeningDecisionRow(
            report_id=report_id,
            stage=ABSTRACT,
            verdict=verdict,
            criterion="",
            reason=reason,
            design="",
            evidence=[],
            checks=[],
            made_by=made_by,
            rule_version="",
            criteria_hash="",
            content_hash="",
            decided_on=today,
            supersedes=supersedes.id if supersedes else None,
        )
    )
    session.flush()


def standings(session: Session, topic: str, stage: str = ABSTRACT) -> dict[int, Standing]:
    """What stands on each report of a topic at one stage of screening.

    A person's decision on a report that was merged into another counts for that one, unless a
    person decided there too.
    """
    rows = session.execute(
        select(ReportRow.merged_into, ScreeningDecisionRow)
        .join(ScreeningDecisionRow, ScreeningDecisionRow.report_id == ReportRow.id)
        .where(ReportRow.topic == topic, ScreeningDecisionRow.stage == stage)
        .order_by(ReportRow.merged_into.is_(None), ScreeningDecisionRow.id)
    )
    found: dict[int, Standing] = {}
    for merged_into, row in rows:
        decision = _decision(row)
        if merged_into is not None and not decision.by_person:
            continue
        report_id = merged_into or row.report_id
        before = found.get(report_id, Standing())
        found[report_id] = (
            Standing(before.rule, decision)
            if decision.by_person
            else Standing(decision, before.person)
        )
    return found


def _decision(row: ScreeningDecisionRow) -> StoredDecision:
    return StoredDecision(
        id=row.id,
        verdict=Verdict(row.verdict),
        criterion=row.criterion,
        reason=row.reason,
        design=row.design,
        made_by=row.made_by,
        basis=(row.rule_version, row.criteria_hash, row.content_hash),
    )
