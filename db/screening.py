"""Decisions on reports ↔ rows: a chain a report for the rules, and one for each person.

Rows are never edited: a later word of the same person on the same report supersedes the one
before, and a word that is taken back is superseded by a row that says so.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from db.models import ReportRow, RunRow, ScreeningDecisionRow
from db.records import batched
from db.runs import FINISHED
from surveillance.screening.agreement import Pair
from surveillance.screening.reviewing import Reviewing, Settled, State, settle
from surveillance.screening.rules import ScreeningProposal, Verdict

RULE = "rule"
ABSTRACT, FULL_TEXT = "abstract", "full text"
#: What a row says by which a person takes a word back.
TAKEN_BACK = "taken back"

_ONE_READER = Reviewing()
#: What a later word supersedes: report, stage and person.
_Chain = tuple[int, str, str]


@dataclass(frozen=True, slots=True)
class StoredDecision:
    """A decision on a report as it stands; `made_by` is "rule" or who decided.

    `report_id` is the report that it was made on, which may be part of another now.
    `safety_event` is harm that a rule read in it, in the report's words.
    """

    id: int
    report_id: int
    verdict: Verdict
    criterion: str
    reason: str
    design: str
    made_by: str
    decided_on: date
    basis: tuple[str, str, str]
    safety_event: str = ""

    @property
    def by_person(self) -> bool:
        """True where a person decided."""
        return self.made_by != RULE


@dataclass(frozen=True, slots=True)
class Standing:
    """What stands on one report: the rules' proposal and what people decided, if they did.

    `words` are what different people say, in the order in which they said it, and `state` how far
    they are: with two readers `person` is None until both are in and agree, or a third settled it.
    """

    rule: StoredDecision | None = None
    person: StoredDecision | None = None
    state: State = State.WAITS
    words: tuple[StoredDecision, ...] = ()

    @property
    def decision(self) -> StoredDecision | None:
        """The decision that counts: no rule overrides a person."""
        return self.person or self.rule

    def word_of(self, person: str) -> StoredDecision | None:
        """What this person says."""
        return next((word for word in self.words if word.made_by == person), None)


@dataclass(frozen=True, slots=True)
class Proposal:
    """A rule's proposal on its way into the store.

    `basis` is rule version, criteria hash and content hash; `supersedes` the proposal before.
    """

    proposal: ScreeningProposal
    basis: tuple[str, str, str]
    supersedes: StoredDecision | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonsWord:
    """What a person says of a report on its way into the store; no verdict takes a word back."""

    report_id: int
    stage: str
    verdict: Verdict | None
    criterion: str = ""
    reason: str = ""
    made_by: str


@dataclass(frozen=True, slots=True)
class SaidWord:
    """A person's word as the store has it, with the last finished run before it, where known."""

    word: PersonsWord
    said_on: date
    after_run: int | None


class _Row(NamedTuple):
    """What is read of a decision: not its evidence, which is many times as long."""

    merged_into: int | None
    id: int
    report_id: int
    verdict: str
    criterion: str
    reason: str
    design: str
    made_by: str
    decided_on: date
    rule_version: str
    criteria_hash: str
    content_hash: str
    safety_event: str

    @property
    def now_in(self) -> int:
        """The report that the decision counts for."""
        return self.merged_into or self.report_id


@dataclass(slots=True)
class _People:
    """The words on one report while its rows are read, and who spoke first on which row."""

    words: dict[str, StoredDecision] = field(default_factory=dict)
    first_rows: dict[str, int] = field(default_factory=dict)

    def say(self, word: StoredDecision) -> None:
        self.words.pop(word.made_by, None)
        self.words[word.made_by] = word

    def settled(self, reviewing: Reviewing) -> Settled[StoredDecision]:
        joined = sorted(self.first_rows, key=lambda person: self.first_rows[person])
        return settle(tuple(self.words.values()), joined, reviewing)


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
            safety_event=proposal.safety_event,
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
    stage: str = ABSTRACT,
    criterion: str = "",
) -> None:
    """Keep what a person decided on a report, superseding that person's word before."""
    word = PersonsWord(
        report_id=report_id,
        stage=stage,
        verdict=verdict,
        criterion=criterion,
        reason=reason,
        made_by=made_by,
    )
    save_words(session, [word], today=today)


def save_words(session: Session, words: Iterable[PersonsWord], *, today: date) -> None:
    """Keep what people say, each word superseding that person's last on the report and stage."""
    said = list(words)
    reports = {word.report_id for word in said}
    last, runs = _last_rows(session, reports), _last_runs(session, reports)
    new: dict[_Chain, ScreeningDecisionRow] = {}
    for word in said:
        chain = (word.report_id, word.stage, word.made_by)
        if chain in new:
            session.flush()
            last[chain] = new[chain].id
        new[chain] = _row(word, last.get(chain), today)
        new[chain].run_id = runs.get(word.report_id)
        session.add(new[chain])
    session.flush()


def _last_rows(session: Session, reports: Collection[int]) -> dict[_Chain, int]:
    """The last row of each person on each of these reports, at each stage."""
    row = ScreeningDecisionRow
    found: dict[_Chain, int] = {}
    for some in batched(sorted(reports)):
        rows = session.execute(
            select(row.report_id, row.stage, row.made_by, func.max(row.id))
            .where(row.report_id.in_(some), row.made_by != RULE)
            .group_by(row.report_id, row.stage, row.made_by)
        )
        found.update(((report, stage, who), last) for report, stage, who, last in rows)
    return found


def _last_runs(session: Session, reports: Collection[int]) -> dict[int, int]:
    """The last finished run of the topic that each of these reports belongs to."""
    found: dict[int, int] = {}
    for some in batched(sorted(reports)):
        rows = session.execute(
            select(ReportRow.id, func.max(RunRow.id))
            .join(RunRow, RunRow.topic == ReportRow.topic)
            .where(ReportRow.id.in_(some), RunRow.state == FINISHED)
            .group_by(ReportRow.id)
        )
        found.update((report, run) for report, run in rows)
    return found


def _row(word: PersonsWord, supersedes: int | None, today: date) -> ScreeningDecisionRow:
    return ScreeningDecisionRow(
        report_id=word.report_id,
        stage=word.stage,
        verdict=word.verdict or TAKEN_BACK,
        criterion=word.criterion,
        reason=word.reason,
        design="",
        evidence=[],
        checks=[],
        safety_event="",
        made_by=word.made_by,
        rule_version="",
        criteria_hash="",
        content_hash="",
        decided_on=today,
        supersedes=supersedes,
    )


def standings(
    session: Session,
    topic: str,
    stage: str = ABSTRACT,
    reviewing: Reviewing = _ONE_READER,
    reports: Collection[int] | None = None,
) -> dict[int, Standing]:
    """What stands on each report of a topic (or on these few) at one stage of screening.

    What a person said of a report that was merged into another counts for that one, unless the
    same person spoke there too; what a rule proposed on it does not.
    """
    rules: dict[int, StoredDecision] = {}
    chains: dict[tuple[int, str], tuple[int, StoredDecision | None]] = {}
    people: dict[int, _People] = {}
    for row in _rows_of(session, topic, stage, reports):
        if row.made_by != RULE:
            first_rows = people.setdefault(row.now_in, _People()).first_rows
            first_rows[row.made_by] = min(first_rows.get(row.made_by, row.id), row.id)
            chains.pop(chain := (row.report_id, row.made_by), None)
            chains[chain] = row.now_in, _word(row)
        elif row.merged_into is None:
            rules[row.report_id] = _decision(row)
    for report_id, word in chains.values():
        if word is not None:
            people[report_id].say(word)
    return {
        number: _standing(rules.get(number), people.get(number, _People()), reviewing)
        for number in sorted(rules.keys() | people.keys())
    }


def checks_on(session: Session, reports: Collection[int]) -> dict[int, list[dict[str, Any]]]:
    """How the rules' newest proposal on each of these reports held each criterion against it."""
    row = ScreeningDecisionRow
    said = session.execute(
        select(row.report_id, row.id, row.made_by)
        .where(row.report_id.in_(reports))
        .order_by(row.id)
    )
    newest = {report: number for report, number, made_by in said if made_by == RULE}
    rows = session.execute(select(row.report_id, row.checks).where(row.id.in_(newest.values())))
    return {report: checks for report, checks in rows}  # noqa: C416 — rows, not pairs


def words_on(session: Session, topic: str, stage: str, person: str) -> dict[int, tuple[int, ...]]:
    """The reports that hold a standing word of a person, by the report that they are part of."""
    found: dict[int, dict[int, bool]] = {}
    for row in _rows_of(session, topic, stage):
        if row.made_by == person:
            found.setdefault(row.now_in, {})[row.report_id] = row.verdict != TAKEN_BACK
    return {
        report: tuple(number for number, stands in held.items() if stands)
        for report, held in found.items()
        if any(held.values())
    }


def log_length(session: Session, topic: str) -> int:
    """How many decisions on reports of a topic were ever kept, by rules and by people."""
    rows = (
        select(func.count())
        .select_from(ScreeningDecisionRow)
        .join(ReportRow, ReportRow.id == ScreeningDecisionRow.report_id)
        .where(ReportRow.topic == topic)
    )
    return session.scalar(rows) or 0


def words_of(session: Session, topic: str) -> dict[int, SaidWord]:
    """What people said, by how many rows of the topic's log stand before it."""
    rows = session.scalars(
        select(ScreeningDecisionRow)
        .join(ReportRow, ReportRow.id == ScreeningDecisionRow.report_id)
        .where(ReportRow.topic == topic)
        .order_by(ScreeningDecisionRow.id)
    )
    return {
        place: SaidWord(_said(row), row.decided_on, row.run_id)
        for place, row in enumerate(rows)
        if row.made_by != RULE
    }


def _said(row: ScreeningDecisionRow) -> PersonsWord:
    return PersonsWord(
        report_id=row.report_id,
        stage=row.stage,
        verdict=None if row.verdict == TAKEN_BACK else Verdict(row.verdict),
        criterion=row.criterion,
        reason=row.reason,
        made_by=row.made_by,
    )


def people_of(session: Session, topic: str) -> list[str]:
    """Everybody who ever spoke on a report of a topic, in alphabetical order."""
    made_by = ScreeningDecisionRow.made_by
    # Two ranges of an index, and the report of each row: what the rules said, which is most of the
    # log, is not gone through.
    of = select(ReportRow.topic).where(ReportRow.id == ScreeningDecisionRow.report_id)
    rows = select(made_by).where(or_(made_by < RULE, made_by > RULE), of.scalar_subquery() == topic)
    return sorted(session.scalars(rows.distinct()))


def first_words(session: Session, topic: str, stage: str, reviewing: Reviewing) -> list[Pair]:
    """The first words of the first two readers of each report that two have read.

    That is what they said before either could see the other's: agreement is measured on it.
    """
    found: dict[int, dict[str, Verdict]] = {}
    for row in sorted(_rows_of(session, topic, stage), key=lambda row: row.id):
        by_reader = row.made_by != RULE and not reviewing.is_guidance(row.made_by)
        if by_reader and row.verdict != TAKEN_BACK:
            words = found.setdefault(row.now_in, {})
            words.setdefault(row.made_by, Verdict(row.verdict))
    said = {report: tuple(words.values()) for report, words in found.items()}
    return [Pair(report, *words[:2]) for report, words in said.items() if len(words) > 1]


def _rows_of(
    session: Session, topic: str, stage: str, reports: Collection[int] | None = None
) -> Iterator[_Row]:
    """Decisions with what their report was merged into; those on merged reports come first."""
    decided = ScreeningDecisionRow
    columns = [getattr(decided, name) for name in _Row._fields[1:]]
    query = (
        select(ReportRow.merged_into, *columns)
        .join(decided, decided.report_id == ReportRow.id)
        .where(decided.stage == stage)
        .order_by(ReportRow.merged_into.is_(None), decided.id)
    )
    if reports is None:
        query = query.where(ReportRow.topic == topic)
    else:
        query = query.where(or_(ReportRow.id.in_(reports), ReportRow.merged_into.in_(reports)))
    return (_Row(*row) for row in session.execute(query))


def _standing(rule: StoredDecision | None, people: _People, reviewing: Reviewing) -> Standing:
    settled = people.settled(reviewing)
    return Standing(rule, settled.decision, settled.state, tuple(people.words.values()))


def _word(row: _Row) -> StoredDecision | None:
    return None if row.verdict == TAKEN_BACK else _decision(row)


def _decision(row: _Row) -> StoredDecision:
    return StoredDecision(
        id=row.id,
        report_id=row.report_id,
        verdict=Verdict(row.verdict),
        criterion=row.criterion,
        reason=row.reason,
        design=row.design,
        made_by=row.made_by,
        decided_on=row.decided_on,
        basis=(row.rule_version, row.criteria_hash, row.content_hash),
        safety_event=row.safety_event,
    )
