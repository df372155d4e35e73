"""Doubtful pairs of records: those that wait, an answer, and one's own answer taken back."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query

from db import records as record_rows
from db import reports as report_rows
from surveillance.dedup.clusters import Pair
from surveillance.dedup.decide import Verdict
from surveillance.dedup.merged import name_of
from surveillance.dedup.side_by_side import side_by_side
from surveillance.pipeline.dedup_review import Question, answer, asked_of, take_back_last
from surveillance.triage.api.answers import (
    ComparedField,
    DoubtfulPair,
    PairAnswered,
    Pairs,
    PairSent,
)
from surveillance.triage.api.door import Comparer, Limit, Reader, Skip
from surveillance.triage.gate import HouseHere
from surveillance.triage.house import House, NotHere

router = APIRouter()
RecordName = Annotated[str, Query(max_length=500)]


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
    with house.desks.queue(topic) as queue:
        waiting = queue.doubtful
    with house.store.snapshot() as session:
        shown = asked_of(session, topic.slug, waiting[skip : skip + limit])
    return Pairs(
        topic=slug,
        pairs=[_pair(slug, question) for question in shown],
        waiting=len(waiting),
        next=skip + limit if skip + limit < len(waiting) else None,
    )


@router.post("/topics/{slug}/pairs")
def answer_pair(slug: str, sent: PairSent, house: HouseHere, caller: Comparer) -> PairAnswered:
    """Say whether the two records of a pair that waits are the same publication.

    “related”: they are different ones, of one study.
    """
    topic = house.topic(slug)
    pair = _named(house, topic.slug, sent.record_a, sent.record_b)
    related = sent.verdict == "related"
    verdict = Verdict.DIFFERENT if related else Verdict(sent.verdict)
    given = answer(house.store, topic.slug, pair, verdict, by=caller.name, related=related)
    return PairAnswered(
        topic=slug,
        record_a=sent.record_a,
        record_b=sent.record_b,
        verdict=sent.verdict,
        report=given.report,
        taken=given.taken,
    )


@router.delete("/topics/{slug}/pairs")
def take_back_answer(
    slug: str, record_a: RecordName, record_b: RecordName, house: HouseHere, caller: Comparer
) -> PairAnswered:
    """Take back the answer that one gave last, on this pair; it waits again."""
    topic = house.topic(slug)
    pair = _named(house, topic.slug, record_a, record_b)
    take_back_last(house.store, topic.slug, pair, by=caller.name)
    return PairAnswered(slug, record_a, record_b, "taken back", report=None, taken=True)


def _named(house: House, topic: str, *names: str) -> Pair:
    """The pair of these two records of a topic; raises `NotHere` where it is none."""
    # What no record is named like is not sent to a database that may not take it.
    parts = (name.partition(":") for name in names if name.isprintable())
    with house.store.snapshot() as session:
        known = record_rows.known_numbers(session, ((source, its) for source, _, its in parts))
        numbers = sorted(report_rows.report_places(session, topic, known.values()))
    if len(numbers) != len(names):
        raise NotHere(f"{topic} has not both of these records as two.")
    return numbers[0], numbers[1]


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
