"""What people said of pairs, said again in a replay after the same run.

A run's decisions follow from what people had said before it: without their words the runs behind
them would come out differently.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.orm import Session

from db import pair_log
from db import records as record_rows
from db import reports as report_rows
from db.session import Store
from surveillance.dedup.decide import PairDecision
from surveillance.dedup.decision_log import PUBMED, RULE, Logged
from surveillance.dedup.similarity import FieldEvidence
from surveillance.pipeline.dedup_review import take_effect
from surveillance.runs import Run

#: What a record is called at its source.
_Name = tuple[str, str]


@dataclass(frozen=True, slots=True)
class _Word:
    """A person's row of the log: its place there, and the names of its two records."""

    row: Logged
    names: tuple[_Name, _Name]
    evidence: tuple[FieldEvidence, ...]


def repeat_words(kept: Store, scratch: Store, run: Run) -> None:
    """Say what people said between this run and the next in the store that is replayed.

    A run that left the log as it was can't be told from the one before it by the log alone.
    """
    topic = run.topic
    words = _words(kept, topic)
    while word := _next(scratch, topic, words):
        if (word.row.after_run or 0) > run.id:
            return
        with scratch.transaction() as session:
            if not _repeat(session, topic, word):
                return


def _words(kept: Store, topic: str) -> dict[int, _Word]:
    """People's rows by how many rows of the topic's log stand before them."""
    with kept.transaction() as session:
        log = pair_log.log_of(session, topic)
        peoples = {n: row for n, row in enumerate(log) if row.made_by not in (RULE, PUBMED)}
        numbers = sorted({number for row in peoples.values() for number in row.pair})
        names = {
            stored.id: (stored.record.source, stored.record.source_id)
            for stored in record_rows.records_of(session, topic, numbers)
        }
        return {
            place: _Word(
                row,
                (names[row.record_a], names[row.record_b]),
                pair_log.evidence_of(session, row.id),
            )
            for place, row in peoples.items()
        }


def _next(scratch: Store, topic: str, words: dict[int, _Word]) -> _Word | None:
    if not words:
        return None
    with scratch.transaction() as session:
        return words.get(len(pair_log.log_of(session, topic)))


def _repeat(session: Session, topic: str, word: _Word) -> bool:
    """False where it says nothing new here, or speaks of a record that is not here."""
    numbers = record_rows.known_numbers(session, word.names)
    if len(numbers) < 2:
        return False
    a, b = sorted(numbers.values())
    row = word.row
    said = report_rows.save_decisions(
        session,
        topic,
        [PairDecision(a, b, row.verdict, row.rule, row.score, word.evidence, by_person=True)],
        made_by=row.made_by,
        rule_version=row.rule_version,
        today=row.decided_on,
    )
    take_effect(session, topic, (a, b), row.decided_on)
    return bool(said)
