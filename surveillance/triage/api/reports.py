"""Reports that wait, one report whole, and a decision on it."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice
from typing import Annotated, Literal

from fastapi import APIRouter, Query

from db import records as record_rows
from db import reports as report_rows
from db.screening import Standing
from surveillance.dedup.merged import name_of, ranked
from surveillance.pipeline.deciding import Opinion, Taken, decide, take_back
from surveillance.pipeline.piles import Pile
from surveillance.pipeline.priority import source_priority
from surveillance.pipeline.reading_queue import ReadingQueue
from surveillance.pipeline.report_cards import cards
from surveillance.pipeline.reviewing import reviewing_of
from surveillance.screening.reviewing import visible
from surveillance.screening.rules import Verdict
from surveillance.topics import Topic
from surveillance.triage.api.answers import (
    CriterionCheck,
    DecisionSent,
    DecisionTaken,
    Queue,
    Stage,
    WaitingReport,
    WholeReport,
    Word,
)
from surveillance.triage.api.door import Limit, Number, Reader, Screener
from surveillance.triage.gate import HouseHere
from surveillance.triage.house import House, NotHere

router = APIRouter(tags=["reports"])
PileName = Literal["waiting", "in conflict", "unsure", "excluded by rule alone"]
Behind = Annotated[
    str | None,
    Query(pattern=r"^[0-9]{1,9}(\.[0-9a-f]{8})?$", description="What the last page's `next` said."),
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
    """The reports of a pile that wait for the caller, in the order of reading, page by page.

    A list that was begun goes on in the order that it began with, also where the order has been
    learnt anew since.
    """
    topic = house.topic(slug)
    with house.desks.queue(topic) as queue:
        last, order = _begun(queue, behind)
        left_over = queue.waiting_for(stage, caller.name, pile=Pile(pile), behind=last, order=order)
        found = list(islice(left_over, limit + 1))
        reports = found[:limit]
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
        next=f"{reports[-1]}.{order}" if len(found) > limit else None,
    )


def _begun(queue: ReadingQueue, behind: str | None) -> tuple[int | None, str]:
    """The report that a page ended with, and the order that its list is in."""
    if behind is None:
        return None, queue.order
    report, _, order = behind.partition(".")
    if not order and int(report) not in queue.lines:
        raise NotHere(f"there is no report {report} now.")
    return int(report), order or queue.order


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
