"""A topic's unread reports in order: what people decided teaches, the criteria begin.

Nothing of the order is kept: it is worked out from the store whenever somebody asks, so that a
week's new reports and the latest decision always count.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from sqlalchemy.orm import Session

from db import reports as report_rows
from db.reports import StoredReport
from db.screening import Standing
from db.session import Store
from surveillance.pipeline.in_play import records_in_play
from surveillance.pipeline.reviewing import standings_of
from surveillance.records import Record
from surveillance.screening.criteria import Abbreviation, Concept, Criteria, read_criteria
from surveillance.screening.rank import Ranked, Terms, rank
from surveillance.screening.rank_words import RankText
from surveillance.screening.rules import Verdict
from surveillance.topics import Topic, read_topic

#: What a decision teaches. *Unsure* teaches nothing, nor does a rule's proposal.
_LABELS = {Verdict.INCLUDE: True, Verdict.EXCLUDE: False}


@dataclass(frozen=True, slots=True)
class PlacedReport:
    """An unread report in its place: its score and the words that gave it."""

    report: int
    title: str
    first_seen_on: date
    score: float
    terms: Terms


@dataclass(frozen=True, slots=True)
class Ranking:
    """The first of a topic's unread reports, how many there are, and what was learnt from.

    `cold`: too little was excluded to learn from, so the unread stand in for what is excluded and
    the criteria's words count as included.
    """

    reports: tuple[PlacedReport, ...]
    unread: int
    included: int
    excluded: int
    cold: bool


@dataclass(frozen=True, slots=True)
class Places:
    """The place of each unread report, from 1, and for the first of them why."""

    places: dict[int, int]
    terms: dict[int, Terms]


@dataclass(frozen=True, slots=True)
class _Readable:
    """A report with its text; `included` is None while nobody decided."""

    report: StoredReport
    text: RankText
    included: bool | None


def ranking(session: Session, topic: Topic, *, limit: int | None = None) -> Ranking:
    """The unread reports of a topic, at most `limit`, what probably matters first."""
    readable = list(_readable(session, topic))
    ranked = _ranked(topic, readable)
    labels = [one.included for one in readable]
    return Ranking(
        reports=tuple(_placed(readable, ranked, limit)),
        unread=len(ranked.order),
        included=labels.count(True),
        excluded=labels.count(False),
        cold=ranked.cold,
    )


def reading_order(session: Session, topic: Topic) -> dict[int, int]:
    """The place of each unread report of a topic, from 1, by the report's number."""
    readable = list(_readable(session, topic))
    order = _ranked(topic, readable).order
    return {readable[one].report.id: place for place, one in enumerate(order, start=1)}


def places_of(store_url: str, folder: Path, explained: int) -> Places:
    """The order of a topic's unread reports, in a process of its own: learning takes its time.

    The first `explained` come with the words that put them there.
    """
    store = Store(store_url)
    try:
        with store.snapshot() as session:
            topic = read_topic(folder)
            readable = list(_readable(session, topic))
    finally:
        store.close()
    ranked = _ranked(topic, readable)
    order = [readable[place].report.id for place in ranked.order]
    told = {
        report: ranked.terms(place)
        for report, place in list(zip(order, ranked.order, strict=True))[:explained]
    }
    return Places({report: place for place, report in enumerate(order, start=1)}, told)


def _ranked(topic: Topic, readable: Sequence[_Readable]) -> Ranked:
    wanted = criteria_text(read_criteria(topic.criteria_file))
    return rank([one.text for one in readable], [one.included for one in readable], wanted)


def criteria_text(criteria: Criteria) -> RankText:
    """What the criteria want, in their own words: an included report before there is one."""
    words: list[str] = []
    for criterion in criteria.criteria:
        match criterion:
            case Abbreviation():
                words += criterion.means
            case Concept():
                words += [*criterion.words, *criterion.headings]
            case _:
                pass
    return RankText(title="", abstract=". ".join(word.rstrip("*") for word in words))


def _readable(session: Session, topic: Topic) -> Iterator[_Readable]:
    """The reports in play, but those on which a person is unsure."""
    records = {stored.id: stored.record for stored in records_in_play(session, topic)}
    standings = standings_of(session, topic)
    for report in report_rows.reports_of(session, topic.slug):
        held = [records[number] for number in report.record_ids if number in records]
        person = standings.get(report.id, Standing()).person
        if held and (person is None or person.verdict in _LABELS):
            yield _Readable(report, _text(held), _LABELS[person.verdict] if person else None)


def _text(records: Sequence[Record]) -> RankText:
    """Title and abstract of the record that says most."""
    fullest = max(records, key=lambda record: (len(record.abstract or ""), len(record.title)))
    return RankText(fullest.title, fullest.abstract or "")


def _placed(
    readable: Sequence[_Readable], ranked: Ranked, limit: int | None
) -> Iterator[PlacedReport]:
    for place, score in list(zip(ranked.order, ranked.scores, strict=True))[:limit]:
        one = readable[place]
        yield PlacedReport(
            report=one.report.id,
            title=one.text.title,
            first_seen_on=one.report.first_seen_on,
            score=score,
            terms=ranked.terms(place),
        )
