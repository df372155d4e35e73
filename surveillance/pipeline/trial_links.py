"""People's word on links between reports and trials: the queue, a word taken, a word taken back.

Everything takes effect at once: a word is one transaction under the topic's lock, so that it never
falls into a run.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy.orm import Session

from db import links as link_rows
from db import records as record_rows
from db import reports as report_rows
from db import studies as study_rows
from db.links import LinkWord
from db.records import StoredRecord
from db.session import Store
from surveillance.dedup.merged import ranked
from surveillance.errors import UnreadableInput
from surveillance.pipeline.dedup_review import reviewer
from surveillance.pipeline.priority import source_priority
from surveillance.pipeline.report_names import named_report
from surveillance.pipeline.studies import studies_in, trials_of
from surveillance.pipeline.versions import LONGEST_NOTE
from surveillance.records import Record
from surveillance.records.trial_numbers import compared
from surveillance.studies.links import Link
from surveillance.studies.registrations import Registration
from surveillance.studies.study import Study, Tie, Verdict, Word
from surveillance.topics import Topic

#: Seconds for another's word on the same topic.
WAIT = 2.0


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


@dataclass(frozen=True, slots=True)
class Opinion:
    """What somebody says of a report and a registration; no verdict takes the last word back."""

    verdict: Verdict | None
    by: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Judged:
    """A word as it was taken: the report by name, the registration, and whether it is new."""

    name: str
    number: str
    verdict: Verdict | None
    by: str
    new: bool


def doubtful_links(store: Store, topic: Topic) -> list[DoubtfulLink]:
    """The topic's queue: what a number says first, then what is only alike."""
    with store.transaction() as session:
        members = _members(session, topic.slug)
        held = study_rows.registrations_of(session, topic.slug)
        trials = trials_of(session, held)
        stored = {one.id: one for one in record_rows.records_of(session, topic.slug)}
        found = studies_in(session, topic.slug, trials, stored.values())
        registrations = {one.number: one.newest for one in held}
        sides = _Sides(topic, stored, members, registrations)
        return sorted((sides.of(tie, study) for study, tie in _waiting(found)), key=_order)


def judge(store: Store, topic: Topic, named: str, number: str, opinion: Opinion) -> Judged:
    """Take a person's word on a report and a registration, or take the last one back.

    Raises `UnreadableInput` where there is no such report or registration, or nothing to take
    back, and `Busy` while a run is under way.
    """
    person, why = reviewer(opinion.by), _reason(opinion.reason)
    with _changing(store, topic) as session:
        registration = _registration(session, topic, number)
        records = _records_named(session, topic, named)
        held = _words(session, topic, records, registration)
        if opinion.verdict is None and not held:
            raise UnreadableInput(f"nobody has said anything on {named} and {registration}.")
        last = max(held.values(), key=lambda word: word.turn, default=None)
        new = last is None or (last.verdict, last.reason) != (opinion.verdict, why)
        if new:
            for record in held or [_linked(session, topic, records, registration)]:
                word = LinkWord(record, registration, opinion.verdict, why, person)
                link_rows.save_word(session, topic.slug, word, today=datetime.now(UTC).date())
        name = _name(session, topic, records[0])
    return Judged(name, registration, opinion.verdict, person, new)


def _words(
    session: Session, topic: Topic, records: tuple[int, ...], registration: str
) -> dict[int, Word]:
    """The words that stand on a report's records and this registration, by record."""
    said = link_rows.words_of(session, topic.slug)
    return {
        record: word
        for record in records
        for word in said.get(record, ())
        if word.number == registration
    }


def _waiting(found: Iterable[Study]) -> Iterator[tuple[Study, Tie]]:
    return ((study, tie) for study in found for tie in study.waiting)


@dataclass(frozen=True, slots=True)
class _Sides:
    """What stands on either side of a link, for a person to compare."""

    topic: Topic
    stored: dict[int, StoredRecord]
    members: dict[str, tuple[int | None, tuple[int, ...]]]
    registrations: dict[str, Registration]

    def of(self, tie: Tie, study: Study) -> DoubtfulLink:
        """Both sides of one link."""
        report, records = self.members[tie.report]
        number = tie.links[0].number if tie.links else study.numbers[0]
        lead = ranked([self.stored[one].record for one in records], source_priority(self.topic))[0]
        registration = self.registrations.get(number, Registration(number=number))
        return DoubtfulLink(report, tie.report, lead, registration, tie.links, tie.reasons)


def _order(one: DoubtfulLink) -> tuple[bool, str, str]:
    by_number = any(link.by_number for link in one.links)
    return not by_number, one.name, one.registration.number


def _members(session: Session, topic: str) -> dict[str, tuple[int | None, tuple[int, ...]]]:
    """Every report by the name of its first record; a record outside the reports by its own."""
    stored = record_rows.records_of(session, topic)
    names = {one.id: f"{one.record.source}:{one.record.source_id}" for one in stored}
    alone: dict[str, tuple[int | None, tuple[int, ...]]] = {
        name: (None, (number,)) for number, name in names.items()
    }
    reports = report_rows.reports_of(session, topic)
    return alone | {names[one.record_ids[0]]: (one.id, one.record_ids) for one in reports}


def _records_named(session: Session, topic: Topic, named: str) -> tuple[int, ...]:
    """The records of a report, or the one record outside the reports that is called so."""
    alone = _outside(session, topic, named.strip())
    if alone is not None:
        return (alone,)
    report = named_report(session, topic, named)
    reports = report_rows.reports_of(session, topic.slug)
    return next(one.record_ids for one in reports if one.id == report)


def _outside(session: Session, topic: Topic, named: str) -> int | None:
    source, colon, number = named.partition(":")
    if not colon:
        return None
    known = record_rows.known_numbers(session, [("pubmed" if source == "pmid" else source, number)])
    inside = report_rows.report_places(session, topic.slug)
    mine = record_rows.records_of(session, topic.slug, sorted(known.values()))
    return next((one.id for one in mine if one.id not in inside), None)


def _registration(session: Session, topic: Topic, number: str) -> str:
    """The registration of the topic that is meant."""
    trials = trials_of(session, study_rows.registrations_of(session, topic.slug))
    found = trials.registrations(compared(number))
    shown = number if number.isprintable() and len(number) <= 60 else "?"
    if not found:
        raise UnreadableInput(
            f"{topic.slug} holds no registration “{shown}”.",
            hint="A trial on the topic's watch list is fetched by the next run.",
        )
    if len(found) > 1:
        raise UnreadableInput(f"“{shown}” is given by {' and '.join(found)}; name one of them.")
    return found[0]


def _linked(session: Session, topic: Topic, records: tuple[int, ...], number: str) -> int:
    """The record of a report that a word is kept with: one that is linked to the registration."""
    links = link_rows.links_of(session, topic.slug)
    holding = (one for one in records if any(link.number == number for link in links.get(one, ())))
    return next(holding, records[0])


def _name(session: Session, topic: Topic, number: int) -> str:
    (stored,) = record_rows.records_of(session, topic.slug, [number])
    return f"{stored.record.source}:{stored.record.source_id}"


def _reason(given: str) -> str:
    words = " ".join(given.split())
    if not words.isprintable() or len(words) > LONGEST_NOTE:
        raise UnreadableInput(f"a reason is text of up to {LONGEST_NOTE:,} characters on one line.")
    return words


@contextmanager
def _changing(store: Store, topic: Topic) -> Iterator[Session]:
    with store.exclusive(topic.slug, WAIT), store.transaction() as session:
        yield session
