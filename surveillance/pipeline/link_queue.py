"""The doubtful links of a topic: reports and trials that wait for a person's word."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy.orm import Session

from db import links as link_rows
from db import records as record_rows
from db import report_lines
from db import studies as study_rows
from surveillance.dedup.merged import name_of, ranked
from surveillance.pipeline.priority import source_priority
from surveillance.pipeline.studies import grouped, trials_of
from surveillance.records import Record
from surveillance.studies.joined import Doubt, join
from surveillance.studies.links import Link
from surveillance.studies.one_trial import Trials
from surveillance.studies.registrations import Registration
from surveillance.studies.study import Belonging, Linked, Tie, Word, ties
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


@dataclass(frozen=True, slots=True)
class LinkQueue:
    """What waits for a person's word, numbers first; and registrations that may be one trial.

    Those stay apart, since only one of them, or neither, names the other: only their registries
    can mend that.
    """

    waiting: tuple[DoubtfulLink, ...]
    kept_apart: tuple[Doubt, ...]


@dataclass(frozen=True, slots=True)
class _Linked:
    """A report, or a record outside the reports, by its records, with what people say of them."""

    report: int | None
    members: tuple[int, ...]
    words: tuple[Word, ...]


@dataclass(frozen=True, slots=True)
class _Held:
    """What a run leaves: the trials, their registrations, and the links by record."""

    topic: Topic
    runs: int
    trials: Trials
    registrations: Mapping[str, Registration]
    links: Mapping[int, Sequence[Link]]
    kept_apart: tuple[Doubt, ...]
    #: What was found doubtful of each report, as it was linked and spoken of.
    doubtful: dict[_Linked, tuple[DoubtfulLink, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Groups:
    """Which of the records with a link or a word are in a report together, after this answer."""

    pairs: int
    numbers: frozenset[int]
    groups: tuple[tuple[int | None, tuple[int, ...]], ...]


@dataclass(frozen=True, slots=True)
class _Kept:
    """The queue as it was read last, and what it rests on."""

    held: _Held
    groups: _Groups
    word: int
    queue: LinkQueue


class KeptLinks:
    """Every topic's doubtful links as they were read last. Requests come in several threads.

    A run and an import read them anew, as an edit of the topic does; an answer on a pair or a word
    on a link those of the reports that it touches.
    """

    def __init__(self) -> None:
        self._kept: dict[str, _Kept] = {}
        self._locks: dict[str, threading.Lock] = {}

    def of(self, session: Session, topic: Topic) -> LinkQueue:
        """The queue of a topic as this session sees it."""
        position = report_lines.log_position(session, topic.slug)
        word = link_rows.last_word(session, topic.slug)
        lock = self._locks.setdefault(topic.slug, threading.Lock())
        with lock:  # who comes meanwhile waits, and finds it read
            kept = self._kept.get(topic.slug)
            held = kept.held if kept else None
            if held is None or held.topic is not topic or held.runs != position.runs:
                held, kept = _held(session, topic, position.runs), None
            if kept is None or (kept.groups.pairs, kept.word) != (position.pairs, word):
                groups = kept.groups if kept else None
                kept = self._kept[topic.slug] = _read(session, held, position.pairs, word, groups)
        return kept.queue


def link_queue(session: Session, topic: Topic) -> LinkQueue:
    """The queue of a topic as the store has it."""
    return KeptLinks().of(session, topic)


def _held(session: Session, topic: Topic, runs: int) -> _Held:
    stored = study_rows.registrations_of(session, topic.slug)
    return _Held(
        topic,
        runs,
        trials_of(session, stored),
        {one.number: one.newest for one in stored},
        link_rows.links_of(session, topic.slug),
        join(one.newest for one in stored).doubts,
    )


def _read(session: Session, held: _Held, pairs: int, word: int, groups: _Groups | None) -> _Kept:
    """The queue of now; `groups` are those of before, which hold while nobody answers on pairs."""
    words = link_rows.words_of(session, held.topic.slug)
    numbers = frozenset(held.links.keys() | words.keys())
    if groups is None or (groups.pairs, groups.numbers) != (pairs, numbers):
        reports, alone = grouped(session, held.topic.slug, numbers)
        single = ((None, (number,)) for number in alone)
        groups = _Groups(pairs, numbers, (*reports.items(), *single))
    linked = [
        _Linked(report, members, tuple(word for one in members for word in words.get(one, ())))
        for report, members in groups.groups
    ]
    waiting = {one: _waiting(held, one) for one in linked if one not in held.doubtful}
    held.doubtful.update(_doubtful(session, held, waiting))
    queue = sorted((link for one in linked for link in held.doubtful[one]), key=_order)
    return _Kept(held, groups, word, LinkQueue(tuple(queue), held.kept_apart))


def _waiting(held: _Held, linked: _Linked) -> list[Tie]:
    """The ties of a report that only a person can settle."""
    links = tuple(link for one in linked.members for link in held.links.get(one, ()))
    found = ties(held.trials, Linked(str(linked.members[0]), links, linked.words))
    known = (tie for tie in found if held.trials.holds(tie.trial))
    return [tie for tie in known if tie.belonging is Belonging.DOUBTFUL]


def _doubtful(
    session: Session, held: _Held, waiting: Mapping[_Linked, Sequence[Tie]]
) -> dict[_Linked, tuple[DoubtfulLink, ...]]:
    """Both sides of each link, for a person to compare."""
    numbers = [number for one, found in waiting.items() if found for number in one.members]
    stored = record_rows.records_of(session, held.topic.slug, numbers)
    records = {one.id: one.record for one in stored}
    priority = source_priority(held.topic)
    return {
        one: tuple(_sides(held, one, [records[n] for n in one.members], priority, found))
        if found
        else ()
        for one, found in waiting.items()
    }


def _sides(
    held: _Held,
    linked: _Linked,
    records: Sequence[Record],
    priority: Sequence[str],
    found: Sequence[Tie],
) -> Iterator[DoubtfulLink]:
    name, lead = name_of(records[0]), ranked(records, priority)[0]
    for tie in found:
        number = tie.links[0].number
        registration = held.registrations.get(number, Registration(number=number))
        yield DoubtfulLink(linked.report, name, lead, registration, tie.links, tie.reasons)


def _order(one: DoubtfulLink) -> tuple[bool, str, str]:
    by_number = any(link.by_number for link in one.links)
    return not by_number, one.name, one.registration.number
