"""Reports that wait, one report whole, a decision on it, and doubtful pairs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Literal

from fastapi import APIRouter, Query

from db import records as record_rows
from db import reports as report_rows
from db.screening import Standing
from surveillance.dedup import decide as dedup
from surveillance.dedup.merged import name_of, ranked
from surveillance.dedup.side_by_side import side_by_side
from surveillance.pipeline.deciding import Opinion, Taken, decide, take_back
from surveillance.pipeline.dedup_review import Question, answer, questions
from surveillance.pipeline.piles import Pile
from surveillance.pipeline.priority import source_priority
from surveillance.pipeline.report_cards import cards
from surveillance.pipeline.reviewing import reviewing_of
from surveillance.screening.reviewing import visible
from surveillance.screening.rules import Verdict
from surveillance.topics import Topic
from surveillance.triage.api.answers import (
    ComparedField,
    CriterionCheck,
    DecisionSent,
    DecisionTaken,
    DoubtfulPair,
    PairAnswered,
    Pairs,
    PairSent,
    Queue,
    Stage,
    WaitingReport,
    WholeReport,
    Word,
)
from surveillance.triage.api.door import MOST, Comparer, Limit, Number, Reader, Screener, Skip
from surveillance.triage.gate import HouseHere
from surveillance.triage.house import House, NotHere

router = APIRouter(tags=["reports"])
PileName = Literal["waiting", "in conflict", "unsure", "excluded by rule alone"]
Behind = Annotated[
    int | None, Query(ge=1, le=MOST, description="The report that the last page ended with.")
]


@router.get("/topics/{slug}/reports/waiting")
def waiting(
    slug: str,
    house: HouseHere,
    caller: Reader,
    stage: Stage = "abstract",
    pile: PileName = "waiting",
    behind: Behind = None,
    limit: Limit = 50,
) -> Queue:
    """The reports of a pile that wait for the caller, in the order of reading, page by page."""
    topic = house.topic(slug)
    with house.desks.queue(topic) as queue:
        if behind is not None and behind not in queue.lines:
            raise NotHere(f"{slug} has no report {behind} now.")
        found = list(
            zip(
                range(limit + 1),
                queue.waiting_for(stage, caller.name, pile=Pile(pile), behind=behind),
                strict=False,
            )
        )
        reports = [report for _, report in found][:limit]
        standings = [queue.standing(stage, one) for one in reports]
        drawn = {one for one in reports if one in queue.drawn}
        places = {one: queue.place(one) for one in reports}
        left = (
            queue.left_for(stage, caller.name)
            if pile == "waiting"
            else queue.size(stage, Pile(pile))
        )
    entries = _entries(house, topic, reports, standings, caller.name, drawn, places)
    return Queue(
        topic=slug,
        stage=stage,
        waiting=entries,
        left=left,
        next=reports[-1] if len(found) > limit else None,
    )


@router.get("/topics/{slug}/reports/{report}")
def one(
    slug: str, report: Number, house: HouseHere, caller: Reader, stage: Stage = "abstract"
) -> WholeReport:
    """One report: its text, what each criterion says, and what the caller may see of decisions."""
    topic = house.topic(slug)
    with house.desks.queue(topic) as queue:
        if report not in queue.lines:
            raise NotHere(f"{slug} has no report {report} now.")
        standing = queue.standing(stage, report)
        drawn = {report} & queue.drawn
        places = {report: queue.place(report)}
        pile = queue.pile_of(stage, report)
    (entry,) = _entries(house, topic, [report], [standing], caller.name, drawn, places)
    with house.store.snapshot() as session:
        (card,) = cards(session, topic, [report], [standing], caller.name)
    return WholeReport(
        topic=slug,
        stage=stage,
        report=entry,
        pile=pile,
        citation=card.citation,
        abstract="".join(piece.text for piece in card.abstract),
        trials=list(card.trials),
        retracted=card.retracted,
        checks=[
            CriterionCheck(check.criterion, check.outcome, check.reason, list(check.words))
            for check in card.checks
        ],
        told=card.told,
    )


@router.post("/topics/{slug}/reports/{report}/decision")
def decide_report(
    slug: str, report: Number, sent: DecisionSent, house: HouseHere, caller: Screener
) -> DecisionTaken:
    """Include or exclude a report, or say that one is unsure."""
    topic = _with_report(house, slug, report)
    opinion = Opinion(
        verdict=Verdict(sent.verdict), stage=sent.stage, reason=sent.reason, by=caller.name
    )
    return _taken(topic, decide(house.store, topic, f"report:{report}", opinion, told=sent.told))


@router.delete("/topics/{slug}/reports/{report}/decision")
def take_back_decision(
    slug: str, report: Number, house: HouseHere, caller: Screener, stage: Stage = "abstract"
) -> DecisionTaken:
    """Take one's own word on a report back."""
    topic = _with_report(house, slug, report)
    taken = take_back(house.store, topic, f"report:{report}", stage=stage, by=caller.name)
    return _taken(topic, taken)


@router.get("/topics/{slug}/pairs")
def pairs(
    slug: str,
    house: HouseHere,
    caller: Reader,  # noqa: ARG001 — the door
    limit: Limit = 50,
    skip: Skip = 0,
) -> Pairs:
    """The pairs of records that wait for a person, most valuable first."""
    topic = house.topic(slug)
    found = questions(house.store, topic.slug)
    shown = found[skip : skip + limit]
    return Pairs(
        topic=slug,
        pairs=[_pair(slug, question) for question in shown],
        waiting=len(found),
        next=skip + limit if skip + limit < len(found) else None,
    )


@router.post("/topics/{slug}/pairs")
def answer_pair(slug: str, sent: PairSent, house: HouseHere, caller: Comparer) -> PairAnswered:
    """Say whether the two records of a pair that waits are the same publication."""
    topic = house.topic(slug)
    names = {sent.record_a, sent.record_b}
    asked = (
        question
        for question in questions(house.store, topic.slug)
        if {name_of(question.a), name_of(question.b)} == names
    )
    question = next(asked, None)
    if question is None:
        raise NotHere("no pair of these two records waits.")
    given = answer(
        house.store,
        topic.slug,
        question.decision.pair,
        dedup.Verdict(sent.verdict),
        by=caller.name,
    )
    return PairAnswered(
        topic=slug,
        record_a=sent.record_a,
        record_b=sent.record_b,
        verdict=sent.verdict,
        report=given.report,
        taken=given.taken,
    )


def _with_report(house: House, slug: str, report: int) -> Topic:
    topic = house.topic(slug)
    with house.desks.queue(topic) as queue:
        if report not in queue.lines:
            raise NotHere(f"{slug} has no report {report} now.")
    return topic


def _entries(
    house: House,
    topic: Topic,
    reports: Sequence[int],
    standings: Sequence[Standing],
    by: str,
    drawn: set[int],
    places: dict[int, int | None],
) -> list[WaitingReport]:
    with house.store.snapshot() as session:
        members = report_rows.records_in(session, reports)
        numbers = sorted({number for held in members.values() for number in held})
        stored = record_rows.records_of(session, topic.slug, numbers)
    records = {each.id: each.record for each in stored}
    priority, reviewing = source_priority(topic), reviewing_of(topic)
    entries = []
    for report, standing in zip(reports, standings, strict=True):
        held = [records[number] for number in members.get(report, ()) if number in records]
        lead, rule = ranked(held, priority)[0], standing.rule
        words = visible(standing.words, standing.state, by, reviewing)
        entries.append(
            WaitingReport(
                report=report,
                place=places[report],
                records=[name_of(record) for record in held],
                title=lead.title,
                year=lead.year,
                doi=lead.doi,
                pmid=lead.pmid,
                proposal=rule.verdict if rule else None,
                criterion=rule.criterion if rule else "",
                reason=rule.reason if rule else "",
                drawn=report in drawn,
                state=standing.state,
                words=[Word(word.made_by, word.verdict, word.reason) for word in words],
            )
        )
    return entries


def _taken(topic: Topic, taken: Taken) -> DecisionTaken:
    word = taken.word
    return DecisionTaken(
        topic=topic.slug,
        report=word.report_id,
        stage=word.stage,
        verdict=word.verdict or "taken back",
        criterion=word.criterion,
        reason=word.reason,
        by=word.made_by,
        new=taken.new,
        state=taken.state,
    )


def _pair(slug: str, question: Question) -> DoubtfulPair:
    decision = question.decision
    return DoubtfulPair(
        topic=slug,
        record_a=name_of(question.a),
        record_b=name_of(question.b),
        report_a=question.report_a,
        report_b=question.report_b,
        score=decision.score,
        reasons=decision.rule,
        rule_version=decision.rule_version,
        fields=[
            ComparedField(row.field, row.relation, row.agreement, row.a, row.b)
            for row in side_by_side(question.a, question.b)
        ],
    )
