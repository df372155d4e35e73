"""What waits for a person at a stage of screening, for one reader or for two who read apart."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from sqlalchemy.orm import Session

from db import records as record_rows
from db import reports as report_rows
from db import samples as sample_rows
from db import screening as screening_rows
from db.reports import StoredReport
from db.screening import ABSTRACT, Standing, StoredDecision
from db.session import Store
from surveillance.dedup.merged import name_of, ranked
from surveillance.pipeline.in_play import numbers_in_play
from surveillance.pipeline.piles import Pile, comes_to_full_text, pile_of
from surveillance.pipeline.priority import source_priority
from surveillance.pipeline.ranking import reading_order
from surveillance.pipeline.reviewing import reviewing_of, standings_of
from surveillance.records import Record
from surveillance.screening.agreement import Agreement, agreement
from surveillance.screening.reviewing import Reviewing, State, visible
from surveillance.topics import Topic

_WAIT = (Pile.WAITING, Pile.CONFLICT)


@dataclass(frozen=True, slots=True)
class Waiting:
    """A report that waits: the record that speaks for it, and what may be shown of its decisions.

    `words` are people's words that the reader may see. `drawn`: only a rule excludes it, and a
    sample chose it to be looked at. `place` is where it stands in the order of reading; None where
    people disagree or are unsure, and behind the abstract.
    """

    report: int
    lead: Record
    records: tuple[str, ...]
    proposal: StoredDecision | None
    state: State
    words: tuple[StoredDecision, ...]
    drawn: bool
    place: int | None = None


@dataclass(frozen=True, slots=True)
class _Stage:
    """What decides at one stage whether a report waits for `by` (for anybody where empty)."""

    reviewing: Reviewing
    standings: dict[int, Standing]
    passed: frozenset[int]
    drawn: frozenset[int]
    by: str
    everything: bool

    def waits(self, report: int) -> bool:
        """Whether a person should look at this report."""
        standing = self.standings.get(report, Standing())
        if report not in self.passed or (self.by and standing.word_of(self.by) is not None):
            return False
        pile = pile_of(standing, drawn=report in self.drawn)
        return pile in _WAIT or (self.everything and pile is Pile.PROPOSED)


def waiting(
    store: Store, topic: Topic, *, stage: str = ABSTRACT, by: str = "", everything: bool = False
) -> list[Waiting]:
    """The reports that wait at a stage; `everything`: what only a rule excludes, too.

    First those on which people spoke and that are not settled, by number; then, on the abstract,
    what probably matters first, else by number.
    """
    with store.snapshot() as session:
        in_play = numbers_in_play(session, topic)
        reports = [
            report
            for report in report_rows.reports_of(session, topic.slug)
            if not in_play.isdisjoint(report.record_ids)
        ]
        rules = _stage(session, topic, stage, by, reports, everything=everything)
        chosen = [report for report in reports if rules.waits(report.id)]
        found = _waiting(session, topic, chosen, rules)
        places = reading_order(session, topic) if stage == ABSTRACT and len(found) > 1 else {}
    placed = [replace(one, place=places.get(one.report)) for one in found]
    return sorted(placed, key=lambda one: (one.place or 0, one.report))


def readers_agreement(store: Store, topic: Topic, stage: str = ABSTRACT) -> Agreement:
    """How well the first two readers of each report agree, before they saw each other's word."""
    with store.snapshot() as session:
        pairs = screening_rows.first_words(session, topic.slug, stage, reviewing_of(topic))
    return agreement(pairs)


def _stage(
    session: Session,
    topic: Topic,
    stage: str,
    by: str,
    reports: Iterable[StoredReport],
    *,
    everything: bool,
) -> _Stage:
    return _Stage(
        reviewing=reviewing_of(topic),
        standings=standings_of(session, topic, stage),
        passed=_passed(session, topic, stage, reports),
        drawn=sample_rows.drawn_reports(session, topic.slug),
        by=by,
        everything=everything,
    )


def _passed(
    session: Session, topic: Topic, stage: str, reports: Iterable[StoredReport]
) -> frozenset[int]:
    """The reports that come to a stage."""
    numbers = frozenset(report.id for report in reports)
    if stage == ABSTRACT:
        return numbers
    reviewing = reviewing_of(topic)
    before = standings_of(session, topic)
    return frozenset(
        report
        for report, said in before.items()
        if report in numbers and comes_to_full_text(said, reviewing)
    )


def _waiting(
    session: Session, topic: Topic, reports: list[StoredReport], rules: _Stage
) -> list[Waiting]:
    numbers = sorted({number for report in reports for number in report.record_ids})
    stored = record_rows.records_of(session, topic.slug, numbers)
    records = {one.id: one.record for one in stored}
    priority = source_priority(topic)
    found = []
    for report in reports:
        held = [records[number] for number in report.record_ids]
        standing = rules.standings.get(report.id, Standing())
        found.append(
            Waiting(
                report=report.id,
                lead=ranked(held, priority)[0],
                records=tuple(map(name_of, held)),
                proposal=standing.rule,
                state=standing.state,
                words=visible(standing.words, standing.state, rules.by, rules.reviewing),
                drawn=report.id in rules.drawn,
            )
        )
    return found
