"""Merges by rules and people, undone in reverse order: every row of the reports is as it was."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import combinations, count
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, event, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from db import pair_log
from db import records as record_rows
from db import reports as report_rows
from db import screening as screening_rows
from db.models import PairDecisionRow, ReportRecordRow, ReportRow
from db.session import Store
from surveillance.dedup.candidates import Entry
from surveillance.dedup.clusters import Pair, cluster, standing, undecided_within
from surveillance.dedup.decide import PairDecision, Verdict, decide_pair
from surveillance.dedup.decision_log import Logged
from surveillance.dedup.similarity import FieldEvidence
from surveillance.dedup.waiting import waiting
from surveillance.errors import Busy, UnreadableInput
from surveillance.pipeline.dedup_review import Question, answer, questions, take_back, undo
from surveillance.records import Author, Captured, Payload, Record
from surveillance.screening.rules import Verdict as Decision
from tests.world import fresh_store

DAY = date(2025, 1, 1)
EVIDENCE = (FieldEvidence("title", "Pain", "Pain.", 0.9871), FieldEvidence("doi", "", "", None))
TITLES = (
    "Targeted muscle reinnervation for pain of the residual limb after amputation",
    "Targeted muscle reinnervation for pain of the residual limbs after amputations",
    "Regenerative interfaces of peripheral nerves in people with neuroma",
)
_topics = count(1)


@dataclass(frozen=True)
class ByRule:
    """A run's decisions: same where it says so, else an open or a settled question."""

    said: tuple[tuple[int, int, Verdict, float], ...]


@dataclass(frozen=True)
class ByPerson:
    """Somebody says *same* of one of the pairs that wait."""

    which: int


RECORDS = st.lists(
    st.tuples(
        st.sampled_from(TITLES), st.sampled_from(["", "", "", "1", "2"]), st.sampled_from(["", "7"])
    ),
    min_size=2,
    max_size=7,
)
NUMBER = st.integers(0, 6)
SCORE = st.sampled_from([0.5, 0.8, 0.9, 0.95])
SAID = st.tuples(NUMBER, NUMBER, st.sampled_from([Verdict.SAME, Verdict.SAME, *Verdict]), SCORE)
STEPS = st.lists(
    st.builds(ByRule, st.lists(SAID, min_size=1, max_size=6).map(tuple))
    | st.builds(ByPerson, st.integers(0, 5)),
    min_size=1,
    max_size=6,
)
ANSWERS = st.sampled_from([Verdict.SAME, Verdict.DIFFERENT])


@dataclass(frozen=True)
class Small:
    """A topic of one example, and the numbers of its records."""

    store: Store
    topic: str
    records: tuple[int, ...]

    def rows(self) -> tuple[list[Any], list[Any]]:
        """The tables `report` and `report_record`, row for row."""
        report, place = ReportRow.__table__, ReportRecordRow.__table__
        with self.store.transaction() as session:
            reports = select(report).where(report.c.topic == self.topic).order_by(report.c.id)
            places = select(place).where(place.c.topic == self.topic).order_by(place.c.record_id)
            return list(session.execute(reports)), list(session.execute(places))

    def log(self) -> list[Any]:
        row = PairDecisionRow.__table__
        with self.store.transaction() as session:
            mine = select(row).where(row.c.topic == self.topic)
            return list(session.execute(mine.order_by(row.c.id)))

    def places(self) -> dict[int, int]:
        with self.store.transaction() as session:
            return report_rows.report_places(session, self.topic)

    def decide(self, decisions: Sequence[PairDecision], day: date) -> None:
        """What the stage does: keep what was decided, compare what that links, make reports."""
        with self.store.transaction() as session:
            self._keep(session, decisions, day)
            log = pair_log.log_of(session, self.topic)
            found = {s.id: s.record for s in record_rows.records_of(session, self.topic)}
            within = undecided_within(log)
            linked = [decide_pair(Entry(a, found[a]), Entry(b, found[b])) for a, b in within]
            self._keep(session, linked, day)
            log = pair_log.log_of(session, self.topic)
            entered = dict.fromkeys(self.records, DAY)
            clusters = cluster(self.records, log).clusters
            report_rows.save_clusters(session, self.topic, clusters, entered)

    def _keep(self, session: Session, decisions: Sequence[PairDecision], day: date) -> None:
        report_rows.save_decisions(
            session,
            self.topic,
            decisions,
            made_by=report_rows.RULE,
            rule_version=f"rules of {day}",
            today=day,
        )

    def by_rule(self, step: ByRule, day: date) -> list[PairDecision]:
        """A later rule may call the same what was open; what it calls different was not one."""
        with self.store.transaction() as session:
            known = standing(pair_log.log_of(session, self.topic))
        places = self.places()
        made: dict[Pair, PairDecision] = {}
        for x, y, verdict, score in step.said:
            a, b = sorted(
                (self.records[x % len(self.records)], self.records[y % len(self.records)])
            )
            open_ = (a, b) not in known and places[a] != places[b]
            if a != b and (verdict is Verdict.SAME or open_):
                made[a, b] = PairDecision(a, b, verdict, "a rule", score, EVIDENCE)
        self.decide(list(made.values()), day)
        return list(made.values())

    def by_person(self, step: ByPerson) -> None:
        queue = questions(self.store, self.topic)
        assert [one.decision for one in queue] == self.waiting()
        if queue:
            pair = queue[step.which % len(queue)].decision.pair
            answer(self.store, self.topic, pair, Verdict.SAME, by="A. Reviewer")

    def waiting(self) -> list[Logged]:
        """What waits by the whole log, of which the store reads a part."""
        with self.store.snapshot() as session:
            log = pair_log.log_of(session, self.topic)
            return waiting(log, report_rows.report_places(session, self.topic))

    def undo_all_that_joined(self, before: dict[int, int]) -> int:
        """Undo every report that holds records of several earlier ones; how many."""
        undone = 0
        while joined := self._joined(before):
            undo(self.store, str(joined[0]), by="B. Reviewer")
            undone += 1
            assert undone <= len(self.records), "an undo did not split"
        return undone

    def _joined(self, before: dict[int, int]) -> list[int]:
        came: dict[int, set[int]] = {}
        for number, report in self.places().items():
            came.setdefault(report, set()).add(before[number])
        return [report for report, earlier in came.items() if len(earlier) > 1]


@pytest.fixture(scope="module")
def store(backend: object, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    with fresh_store(tmp_path_factory.mktemp("undo")) as opened:
        yield opened


def small(store: Store, contents: Sequence[tuple[str, str, str]]) -> Small:
    """A topic whose records are each a report of their own, with a decision on the second."""
    topic = f"topic-{next(_topics)}"
    with store.transaction() as session:
        captured = [
            Captured(
                Record(
                    source="embase",
                    source_id=f"{topic}-{number}",
                    title=title,
                    pmid=pmid,
                    doi=doi and f"10.5555/{doi}",
                    authors=(Author("Dumanian", initials="GA"),),
                    year=2020,
                    journal="Annals of Surgery",
                ),
                Payload(f"{topic}-{number}".encode(), "text/plain"),
            )
            for number, (title, pmid, doi) in enumerate(contents)
        ]
        saved = record_rows.save_captured(
            session, captured, topic=topic, route="import", seen_on=DAY
        )
    made = Small(store, topic, saved.ids)
    made.decide((), DAY)
    with store.transaction() as session:
        screening_rows.save_persons_decision(
            session,
            made.places()[saved.ids[1]],
            Decision.INCLUDE,
            reason="seen",
            made_by="A. Reviewer",
            today=DAY,
        )
    return made


def some(examples: int) -> settings:
    return settings(
        max_examples=examples,
        deadline=None,
        suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    )


@given(contents=RECORDS, steps=STEPS)
@some(40)
def test_merges_undone_in_reverse_leave_the_tables_as_they_were(
    store: Store, contents: list[tuple[str, str, str]], steps: list[ByRule | ByPerson]
) -> None:
    world = small(store, contents)
    history: list[tuple[Any, dict[int, int], Any]] = []
    rules: list[PairDecision] = []
    for number, step in enumerate(steps, 1):
        history.append((world.rows(), world.places(), standings(world)))
        if isinstance(step, ByRule):
            rules += world.by_rule(step, DAY + timedelta(days=number))
        else:
            world.by_person(step)
        if not only_merged(history[-1][1], world.places()):
            event("a record changed sides")
            return
    log, undone = world.log(), 0
    for rows, places, screened in reversed(history):
        undone += world.undo_all_that_joined(places)
        assert world.rows() == rows
        assert standings(world) == screened
    event(f"undone: {min(undone, 3)}")
    after = world.log()
    assert after[: len(log)] == log
    assert {(row.made_by, row.verdict == Verdict.SAME) for row in after[len(log) :]} <= {
        ("B. Reviewer", False)
    }
    no_later_rule_merges_again(world, rules)


def only_merged(before: dict[int, int], after: dict[int, int]) -> bool:
    """Whether a step split no report: an answer can take a record out of one into another."""
    return all(
        after[a] == after[b] for a, b in combinations(sorted(before), 2) if before[a] == before[b]
    )


def standings(world: Small) -> dict[int, screening_rows.Standing]:
    with world.store.transaction() as session:
        return screening_rows.standings(session, world.topic)


def no_later_rule_merges_again(world: Small, rules: list[PairDecision]) -> None:
    rows = world.rows()
    again = {(one.record_a, one.record_b): one for one in rules}
    world.decide(list(again.values()), DAY + timedelta(days=99))
    assert world.rows() == rows


@given(contents=RECORDS, steps=STEPS, which=st.integers(0, 5), verdict=ANSWERS)
@some(25)
def test_an_answer_taken_back_leaves_tables_and_queue_as_they_were(
    store: Store,
    contents: list[tuple[str, str, str]],
    steps: list[ByRule | ByPerson],
    which: int,
    verdict: Verdict,
) -> None:
    world = small(store, contents)
    a, b = world.records[:2]
    world.decide([PairDecision(a, b, Verdict.DOUBTFUL, "a rule", 0.7, EVIDENCE)], DAY)
    for number, step in enumerate(steps, 1):
        if isinstance(step, ByRule):
            world.by_rule(step, DAY + timedelta(days=number))
    queue = questions(store, world.topic)
    assume(queue)
    rows, log = world.rows(), world.log()
    given_ = answer(
        store, world.topic, queue[which % len(queue)].decision.pair, verdict, by="A. Reviewer"
    )
    assert given_.taken
    event(f"merged: {given_.report is not None}")
    take_back(store, world.topic, given_, by="A. Reviewer")
    assert world.rows() == rows
    assert world.log()[: len(log)] == log
    # What the answer brought together, and was compared for that, may wait as well.
    assert asked(questions(store, world.topic)) >= asked(queue)


def asked(queue: list[Question]) -> set[frozenset[int]]:
    """The reports that are asked about."""
    return {frozenset((one.report_a, one.report_b)) for one in queue}


def test_every_pair_between_the_parts_is_different_by_the_person(store: Store) -> None:
    """A rule had merged three records in one run: they fall apart, and three rows say so."""
    world = small(store, [(TITLES[0], "", "")] * 3)
    same = [
        PairDecision(a, b, Verdict.SAME, "a rule", 0.9, EVIDENCE)
        for a, b in combinations(world.records, 2)
    ]
    world.decide(same, DAY)
    undone = undo(store, str(world.places()[world.records[2]]), by=" B. Reviewer ")
    assert sorted(len(records) for records in undone.parts.values()) == [1, 1, 1]
    assert (undone.merged_by, undone.new_decisions) == (report_rows.RULE, 3)
    rows = world.log()[3:]
    assert [(row.verdict, row.made_by) for row in rows] == [("different", "B. Reviewer")] * 3
    assert all(row.score == 0.9 and len(row.evidence) == 2 for row in rows)
    assert rows[0].rule == "undo of the merge of 2025-01-01 by rule"


def test_what_an_answer_took_out_of_a_report_goes_back(store: Store) -> None:
    """The rules join a and b, and call a and c different; a person says that b is c."""
    world = small(store, [(TITLES[0], "1", ""), (TITLES[0], "", ""), (TITLES[0], "2", "")])
    a, b, c = world.records
    world.decide([PairDecision(a, b, Verdict.SAME, "a rule", 0.9, EVIDENCE)], DAY)
    world.decide([PairDecision(b, c, Verdict.DOUBTFUL, "a rule", 0.8, EVIDENCE)], DAY)
    before = world.rows()
    answer(store, world.topic, (b, c), Verdict.SAME, by="A. Reviewer")
    places = world.places()
    assert (places[b] == places[c], places[a] == places[b]) == (True, False)
    assert asked(questions(store, world.topic)) == {frozenset((places[a], places[b]))}
    undo(store, str(places[b]), by="B. Reviewer")
    assert world.rows() == before


def test_an_answer_that_comes_too_late_is_not_taken(store: Store) -> None:
    world = small(store, [(TITLES[0], "", ""), (TITLES[1], "", "")])
    a, b = world.records
    world.decide([PairDecision(a, b, Verdict.DOUBTFUL, "a rule", 0.8, EVIDENCE)], DAY)
    assert answer(store, world.topic, (a, b), Verdict.SAME, by="A. Reviewer").taken
    log = world.log()
    late = answer(store, world.topic, (a, b), Verdict.DIFFERENT, by="B. Reviewer")
    assert (late.taken, late.report) == (False, world.places()[a])
    assert world.log() == log


def test_one_question_for_two_reports_and_none_where_a_person_said_different(store: Store) -> None:
    world = small(store, [(TITLES[0], "", "")] * 4)
    a, b, c, d = world.records
    said = [
        (a, b, Verdict.SAME, 0.9),
        (a, c, Verdict.DOUBTFUL, 0.7),
        (b, c, Verdict.DOUBTFUL, 0.8),
        (c, d, Verdict.DOUBTFUL, 0.9),
    ]
    world.decide([PairDecision(*one[:3], "a rule", one[3], EVIDENCE) for one in said], DAY)
    assert [one.decision.pair for one in questions(store, world.topic)] == [(c, d), (b, c)]
    answer(store, world.topic, (b, c), Verdict.DIFFERENT, by="A. Reviewer")
    assert [one.decision.pair for one in questions(store, world.topic)] == [(c, d)]


@pytest.mark.parametrize("name", ["", "  ", "rule", "PubMed", "a\x1b[2J", "x" * 201])
def test_nobody_signs_as_nobody_or_as_a_rule(store: Store, name: str) -> None:
    with pytest.raises(UnreadableInput, match="needs the name of who gives it"):
        undo(store, "1", by=name)


@pytest.mark.parametrize(
    "named", ["", "0", "-1", "9" * 30, "²", "pubmed:1", ":", "x\x00y", "a:\x00", "a:\udc80"]
)
def test_an_unknown_report_is_answered_with_a_way_to_them(store: Store, named: str) -> None:
    with pytest.raises(UnreadableInput, match=r"no report .* lists the merged ones"):
        undo(store, named, by="A. Reviewer")


def test_a_report_of_one_record_has_no_merge_to_undo(store: Store) -> None:
    world = small(store, [(TITLES[0], "", ""), (TITLES[1], "", "")])
    with pytest.raises(UnreadableInput, match="is one record"):
        undo(store, f"embase:{world.topic}-0", by="A. Reviewer")


def test_nobody_decides_beside_a_run(store: Store) -> None:
    world = small(store, [(TITLES[0], "", ""), (TITLES[1], "", "")])
    a, b = world.records
    world.decide([PairDecision(a, b, Verdict.DOUBTFUL, "a rule", 0.8, EVIDENCE)], DAY)
    before = world.rows(), world.log()
    with store.exclusive(world.topic), pytest.raises(Busy):
        answer(store, world.topic, (a, b), Verdict.SAME, by="A. Reviewer")
    assert (world.rows(), world.log()) == before
