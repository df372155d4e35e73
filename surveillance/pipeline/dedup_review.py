"""People's word on pairs of records: the queue, an answer taken, a merge undone.

Everything takes effect at once: the decision and the reports that it makes are one transaction,
under the topic's lock, so that it never falls into a run.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime

from sqlalchemy.orm import Session

from db import pair_log
from db import records as record_rows
from db import reports as report_rows
from db.session import Store
from surveillance.dedup.candidates import Entry
from surveillance.dedup.clusters import Pair, cluster, standing, undecided_within
from surveillance.dedup.decide import RULES_VERSION, PairDecision, Verdict, decide_pair
from surveillance.dedup.decision_log import PUBMED, RULE, Logged, among, connected, freed
from surveillance.dedup.merged import MergedField, merged_fields, name_of
from surveillance.dedup.undoing import Parts, undoing
from surveillance.errors import Changed, UnreadableInput
from surveillance.pipeline.versions import LONGEST_NAME
from surveillance.records import Record

#: Seconds for another's word on the same topic, or for PostgreSQL to end the session of our last.
WAIT = 2.0
#: What a row of a person says; the field evidence and the score are those of the decision before.
COMPARED, TAKEN_BACK = "compared by a person", "taken back: it waits again"
RELATED = f"{COMPARED}: other reports of the same study"


@dataclass(frozen=True, slots=True)
class Question:
    """A pair that waits: the decision on it as it stands, and the two records."""

    decision: Logged
    a: Record
    b: Record
    report_a: int
    report_b: int


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer as it was taken: the pair, the last row before it, and what became of it.

    `report` holds both records, None where they are apart. `taken` is False where the pair no
    longer waited: somebody else was faster.
    """

    pair: Pair
    after_row: int
    report: int | None
    taken: bool


@dataclass(frozen=True, slots=True)
class MergedReport:
    """A report of several records, and for each field the record that it comes from."""

    number: int
    records: tuple[str, ...]
    fields: tuple[MergedField, ...]


@dataclass(frozen=True, slots=True)
class Undone:
    """A merge that was undone: the reports and their records now, and who had joined them."""

    topic: str
    report: int
    parts: Mapping[int, tuple[str, ...]]
    merged_by: str
    merged_on: str
    new_decisions: int


def reviewer(name: str) -> str:
    """The name to sign with; raises `UnreadableInput` where it says nobody."""
    stripped = name.strip()
    nobody = not stripped or stripped.casefold() in (RULE, PUBMED) or not stripped.isprintable()
    if nobody or len(stripped) > LONGEST_NAME:
        raise UnreadableInput(
            "a decision needs the name of who gives it, in a few words.",
            hint='Give it with --by "A. Reviewer".',
        )
    return stripped


def questions(store: Store, topic: str) -> list[Question]:
    """The topic's queue: one question for two reports that may be one, most valuable first."""
    with store.snapshot() as session:
        return asked_of(session, topic, pair_log.waiting_pairs(session, topic))


def asked_of(session: Session, topic: str, waiting: Sequence[Logged]) -> list[Question]:
    """Pairs that wait, each with its two records and their reports."""
    numbers = {number for decision in waiting for number in decision.pair}
    records = _records(session, topic, numbers)
    places = report_rows.report_places(session, topic, numbers)
    return [
        Question(
            decision,
            records[decision.record_a],
            records[decision.record_b],
            places[decision.record_a],
            places[decision.record_b],
        )
        for decision in waiting
    ]


def answer(
    store: Store, topic: str, pair: Pair, verdict: Verdict, *, by: str, related: bool = False
) -> Answer:
    """Take a person's *same* or *different* on a pair that waits.

    `related`: they are different, but reports of one study. Raises `Busy` where a run of the
    topic is under way.
    """
    name = reviewer(by)
    with _changing(store, topic) as session:
        last = pair_log.last_row(session, topic)
        reports = report_rows.report_places(session, topic, pair).values()
        waiting = pair_log.waiting_pairs(session, topic, set(reports))
        if all(one.pair != pair for one in waiting):
            return Answer(pair, last, _together(session, topic, pair), taken=False)
        log = pair_log.log_around(session, topic, pair)
        _say(session, topic, log, {pair: verdict}, RELATED if related else COMPARED, by=name)
        take_effect(session, topic, pair, _today())
        return Answer(pair, last, _together(session, topic, pair), taken=True)


def last_answer(session: Session, topic: str, by: str) -> Answer | None:
    """What somebody answered last and can take back; None: nothing, or others spoke since."""
    found = pair_log.last_word(session, topic, by, (COMPARED, RELATED))
    if found is None:
        return None
    row, pair = found
    return Answer(pair, row - 1, _together(session, topic, pair), taken=True)


def records_named(session: Session, topic: str, pair: Pair) -> tuple[str, str]:
    """What people call the two records of a pair."""
    records = _records(session, topic, pair)
    return name_of(records[pair[0]]), name_of(records[pair[1]])


def take_back_last(store: Store, topic: str, pair: Pair, *, by: str) -> None:
    """Put the pair that somebody answered last back into the queue, as they see it on a page.

    Raises `Changed` where that is another pair by now, or where somebody else has spoken since of
    records that hang together with it: their word would be taken back as well.
    """
    name = reviewer(by)
    with _changing(store, topic) as session:
        given = last_answer(session, topic, name)
        if given is None or given.pair != pair:
            raise Changed("that is not your last answer any more.")
        log = pair_log.log_around(session, topic, pair)
        since = among(connected(pair, freed(log)), log)
        others = {one.made_by for one in since if one.id > given.after_row} - {RULE, PUBMED, name}
        if others:
            raise Changed(f"{min(others)} has decided since on records that hang together with it.")
        _put_back(session, topic, given, by=name)


def take_back(store: Store, topic: str, given: Answer, *, by: str) -> None:
    """Put an answer's pair back into the queue; the reports are then as they were before it.

    What was decided in the wake of the answer, and joins records, waits again, too.
    """
    name = reviewer(by)
    with _changing(store, topic) as session:
        _put_back(session, topic, given, by=name)


def _put_back(session: Session, topic: str, given: Answer, *, by: str) -> None:
    log = freed(pair_log.log_around(session, topic, given.pair))
    records = connected(given.pair, log)
    since = {one.pair for one in among(records, log) if one.id > given.after_row}
    joined = {p for p in since if standing(log)[p].verdict is Verdict.SAME}
    verdicts = dict.fromkeys(sorted({given.pair, *joined}), Verdict.DOUBTFUL)
    _say(session, topic, log, verdicts, TAKEN_BACK, by=by)
    _cluster_again(session, topic, records)


def undo(store: Store, named: str, *, by: str, records: tuple[str, ...] | None = None) -> Undone:
    """Split a merged report into the reports that its last merge joined, for good.

    `named` is the report's number, or one of its records as `source:number`; `records` are those
    that the person saw in it. Raises `UnreadableInput` where there is no such report or nothing
    to undo, `Changed` where it holds other records by now.
    """
    name = reviewer(by)
    with store.transaction() as session:
        topic, _ = _report_named(session, named)
    with _changing(store, topic) as session:
        _, report = _report_named(session, named)
        members = report_rows.records_in(session, [report]).get(report, ())
        if records is not None and set(records) != set(_names(session, topic, members)):
            raise Changed(f"report {report} holds other records by now.")
        log = freed(pair_log.log_around(session, topic, members))
        found = undoing(members, log) if len(members) > 1 else None
        if found is None:
            raise UnreadableInput(f"report {report} is one record; there is no merge to undo.")
        why = f"undo of the merge of {found.merge.decided_on} by {found.merge.made_by}"
        added = _say(session, topic, log, found.verdicts, why, by=name)
        _cluster_again(session, topic, connected(members, log))
        parts = _reports_with(session, topic, found.parts)
        merge = found.merge
    return Undone(topic, report, parts, merge.made_by, str(merge.decided_on), added)


def merged_reports(store: Store, topic: str, priority: tuple[str, ...]) -> list[MergedReport]:
    """The reports of a topic that hold several records."""
    with store.snapshot() as session:
        numbers = report_rows.merged_numbers(session, topic)
        return merged_of(session, topic, numbers, priority)


def merged_of(
    session: Session, topic: str, numbers: Sequence[int], priority: tuple[str, ...]
) -> list[MergedReport]:
    """These merged reports."""
    members = report_rows.records_in(session, numbers)
    records = _records(session, topic, {n for held in members.values() for n in held})
    return [
        MergedReport(
            number,
            tuple(name_of(records[one]) for one in members[number]),
            merged_fields([records[one] for one in members[number]], priority),
        )
        for number in numbers
    ]


def take_effect(session: Session, topic: str, pair: Pair, today: date) -> None:
    """Make the reports of all that hangs together with a pair anew, after a word on it.

    Records that the word brings together without having been compared are compared now.
    """
    log = freed(pair_log.log_around(session, topic, pair))
    records = connected(pair, log)
    open_ = undecided_within(among(records, log))
    found = _records(session, topic, {number for one in open_ for number in one})
    report_rows.save_decisions(
        session,
        topic,
        [decide_pair(Entry(a, found[a]), Entry(b, found[b])) for a, b in open_],
        made_by=RULE,
        rule_version=RULES_VERSION,
        today=today,
    )
    _cluster_again(session, topic, records)


@contextmanager
def _changing(store: Store, topic: str) -> Iterator[Session]:
    with store.exclusive(topic, WAIT), store.transaction() as session:
        yield session


def _records(session: Session, topic: str, numbers: Collection[int]) -> dict[int, Record]:
    found = record_rows.records_of(session, topic, sorted(numbers))
    return {stored.id: stored.record for stored in found}


def _names(session: Session, topic: str, numbers: Collection[int]) -> list[str]:
    return [name_of(record) for record in _records(session, topic, numbers).values()]


def _say(
    session: Session,
    topic: str,
    log: list[Logged],
    verdicts: Mapping[Pair, Verdict],
    why: str,
    *,
    by: str,
) -> int:
    """Keep a person's word on pairs, with the evidence of what stood there; how many rows."""
    before = standing(log)
    return report_rows.save_decisions(
        session,
        topic,
        [
            _word(session, pair, verdict, why, before.get(pair))
            for pair, verdict in verdicts.items()
        ],
        made_by=by,
        rule_version=RULES_VERSION,
        today=_today(),
    )


def _word(
    session: Session, pair: Pair, verdict: Verdict, why: str, before: Logged | None
) -> PairDecision:
    return PairDecision(
        record_a=pair[0],
        record_b=pair[1],
        verdict=verdict,
        rule=why,
        score=before.score if before else 0.0,
        evidence=pair_log.evidence_of(session, before.id) if before else (),
        by_person=True,
    )


def _cluster_again(session: Session, topic: str, records: Collection[int]) -> None:
    log = among(records, freed(pair_log.log_around(session, topic, records)))
    report_rows.save_clusters(session, topic, cluster(records, log).clusters, {})


def _today() -> date:
    return datetime.now(UTC).date()


def _together(session: Session, topic: str, pair: Pair) -> int | None:
    places = report_rows.report_places(session, topic, pair)
    report = places.get(pair[0])
    return report if report == places.get(pair[1]) else None


def _report_named(session: Session, named: str) -> tuple[str, int]:
    """Topic and number of a report that people name by number or by one of its records."""
    # What no report is named like is not sent to a database that may not take it.
    source, colon, source_id = (named.strip() if named.isprintable() else "").partition(":")
    if not colon:
        found = report_rows.report_numbered(session, int(source)) if _is_number(source) else None
        reports = [found] if found else []
    else:
        reports = report_rows.reports_naming(session, source, source_id)
    if len(reports) == 1:
        return reports[0]
    if reports:
        numbers = ", ".join(f"{report} ({topic})" for topic, report in reports)
        raise UnreadableInput(f"several reports hold “{named}”: {numbers}.", hint="Name a number.")
    raise UnreadableInput(
        f"there is no report “{named}”.",
        hint="`surveil dedup-review TOPIC --merged` lists the merged ones.",
    )


def _is_number(text: str) -> bool:
    """A row's number: neither database takes one of more than 18 digits."""
    return text.isascii() and text.isdecimal() and len(text) <= 18


def _reports_with(session: Session, topic: str, parts: Parts) -> dict[int, tuple[str, ...]]:
    """The reports that hold these records now, each with all its records."""
    parted = [number for part in parts for number in part]
    reports = set(report_rows.report_places(session, topic, parted).values())
    held = report_rows.records_in(session, reports)
    members = {number: report for report, numbers in held.items() for number in numbers}
    found: dict[int, tuple[str, ...]] = {}
    for number, record in sorted(_records(session, topic, members).items()):
        found[members[number]] = (*found.get(members[number], ()), name_of(record))
    return found
