"""The doubtful links of a topic: reports and trials that wait for a person's word."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.orm import Session

from db import links as link_rows
from db import records as record_rows
from db import report_lines
from db import studies as study_rows
from surveillance.dedup.merged import ranked
from surveillance.pipeline.priority import source_priority
from surveillance.pipeline.studies import grouped, studies_in, trials_of
from surveillance.records import Record
from surveillance.studies.links import Link
from surveillance.studies.registrations import Registration
from surveillance.studies.study import Study, Tie
from surveillance.topics import Topic


@dataclass(frozen=True, slots=True)
class DoubtfulLink:
    """A report and a trial that wait for a person: both sides, and what speaks for and against.

    `report` is None for a record that no strategy matches; `name` then says which it is.
    """

    report: int | None
    name: str
    lead: Record
    registration: Registration
    links: tuple[Link, ...]
    reasons: tuple[str, ...]


class KeptLinks:
    """Every topic's doubtful links as they were read last. Requests come in several threads.

    Runs, imports, answers on pairs and words on links make them others, and an edit of the topic.
    """

    def __init__(self) -> None:
        self._kept: dict[str, tuple[Topic, object, tuple[DoubtfulLink, ...]]] = {}

    def of(self, session: Session, topic: Topic) -> tuple[DoubtfulLink, ...]:
        """The doubtful links of a topic as this session sees them."""
        position = report_lines.log_position(session, topic.slug)
        word = link_rows.last_word(session, topic.slug)
        rests_on = position.runs, position.pairs, word
        kept = self._kept.get(topic.slug)
        if kept is None or kept[0] is not topic or kept[1] != rests_on:
            kept = topic, rests_on, tuple(doubtful_links(session, topic))
            self._kept[topic.slug] = kept
        return kept[2]


def doubtful_links(session: Session, topic: Topic) -> list[DoubtfulLink]:
    """The topic's queue: what a number says first, then what is only alike."""
    slug = topic.slug
    linked = link_rows.links_of(session, slug).keys() | link_rows.words_of(session, slug).keys()
    reports, alone = grouped(session, slug, linked)
    numbers = [*(number for members in reports.values() for number in members), *alone]
    stored = {one.id: one for one in record_rows.records_of(session, slug, numbers)}
    held = study_rows.registrations_of(session, slug)
    found = studies_in(session, slug, trials_of(session, held), stored.values())
    names = {one.id: f"{one.record.source}:{one.record.source_id}" for one in stored.values()}
    sides = _Sides(
        topic,
        {number: one.record for number, one in stored.items()},
        {names[number]: (None, (number,)) for number in alone}
        | {names[members[0]]: (report, members) for report, members in reports.items()},
        {one.number: one.newest for one in held},
    )
    waiting = (sides.of(tie, study) for study in found for tie in study.waiting)
    return sorted(waiting, key=_order)


@dataclass(frozen=True, slots=True)
class _Sides:
    """What stands on either side of a link, for a person to compare."""

    topic: Topic
    records: dict[int, Record]
    members: dict[str, tuple[int | None, tuple[int, ...]]]
    registrations: dict[str, Registration]

    def of(self, tie: Tie, study: Study) -> DoubtfulLink:
        """Both sides of one link."""
        report, members = self.members[tie.report]
        number = tie.links[0].number if tie.links else study.numbers[0]
        lead = ranked([self.records[one] for one in members], source_priority(self.topic))[0]
        registration = self.registrations.get(number, Registration(number=number))
        return DoubtfulLink(report, tie.report, lead, registration, tie.links, tie.reasons)


def _order(one: DoubtfulLink) -> tuple[bool, str, str]:
    by_number = any(link.by_number for link in one.links)
    return not by_number, one.name, one.registration.number
