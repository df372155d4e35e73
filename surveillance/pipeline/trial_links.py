"""People's word on links between reports and trials: the queue, a word taken, a word taken back.

Everything takes effect at once: a word is one transaction under the topic's lock, so that it never
falls into a run.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy.orm import Session

from db import links as link_rows
from db import records as record_rows
from db import reports as report_rows
from db import studies as study_rows
from db.links import LinkWord
from db.session import Store
from surveillance.errors import Changed, UnreadableInput
from surveillance.pipeline.dedup_review import reviewer
from surveillance.pipeline.report_names import named_report
from surveillance.pipeline.studies import trials_of
from surveillance.pipeline.versions import LONGEST_NOTE
from surveillance.records.trial_numbers import compared
from surveillance.studies.study import Verdict, Word
from surveillance.topics import Topic

#: Seconds for another's word on the same topic.
WAIT = 2.0


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


@dataclass(frozen=True, slots=True)
class LastWord:
    """What somebody said last of a topic's links, while it stands: the record by name."""

    name: str
    number: str
    verdict: Verdict


def last_word_by(session: Session, topic: Topic, by: str) -> LastWord | None:
    """What a person said last, if nobody, and the person neither, has said otherwise since."""
    word = link_rows.last_said_by(session, topic.slug, by)
    if word is None or word.verdict is None:
        return None
    standing = link_rows.words_of(session, topic.slug, [word.record_id]).get(word.record_id, ())
    if not any((one.number, one.by) == (word.number, by) for one in standing):
        return None
    return LastWord(_name(session, topic, word.record_id), word.number, word.verdict)


def judge(
    store: Store,
    topic: Topic,
    named: str,
    number: str,
    opinion: Opinion,
    *,
    over_others: bool = True,
) -> Judged:
    """Take a person's word on a report and a registration, or take the last one back.

    `over_others`: it replaces what somebody else said, which its author has seen. Raises `Changed`
    where it may not and would, `UnreadableInput` where there is no such report or registration,
    or nothing to take back, and `Busy` while a run is under way.
    """
    person, why = reviewer(opinion.by), _reason(opinion.reason)
    with _changing(store, topic) as session:
        registration = _registration(session, topic, number)
        records = _records_named(session, topic, named)
        held = _words(session, topic, records, registration)
        if opinion.verdict is None and not held:
            raise UnreadableInput(f"nobody has said anything on {named} and {registration}.")
        others = sorted({word.by for word in held.values()} - {person})
        if others and not over_others:
            raise Changed(f"{others[0]} has spoken on that link, and that stands.")
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
    said = link_rows.words_of(session, topic.slug, records)
    return {
        record: word
        for record in records
        for word in said.get(record, ())
        if word.number == registration
    }


def _records_named(session: Session, topic: Topic, named: str) -> tuple[int, ...]:
    """The records of a report, or the one record outside the reports that is called so."""
    alone = _outside(session, topic, named.strip())
    if alone is not None:
        return (alone,)
    report = named_report(session, topic, named)
    return report_rows.records_in(session, [report])[report]


def _outside(session: Session, topic: Topic, named: str) -> int | None:
    source, colon, number = named.partition(":")
    if not colon or not named.isprintable():  # which no database need take
        return None
    known = record_rows.known_numbers(session, [("pubmed" if source == "pmid" else source, number)])
    inside = report_rows.report_places(session, topic.slug, known.values())
    mine = record_rows.records_of(session, topic.slug, sorted(known.values()))
    return next((one.id for one in mine if one.id not in inside), None)


def _registration(session: Session, topic: Topic, number: str) -> str:
    """The registration of the topic that is meant."""
    plain = number.isprintable() and ":" not in number  # as the copies of ICTRP are kept
    if plain and study_rows.has_registration(session, topic.slug, number):
        return study_rows.present_numbers(session).get(number, number)
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
    links = link_rows.links_of(session, topic.slug, records)
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
