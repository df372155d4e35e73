"""The weekly sample: once a week, each excluded report in one pile, the same in every store."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from db import samples as sample_rows
from db import screening as screening_rows
from db.screening import Proposal
from surveillance.dedup.decide import Verdict as Same
from surveillance.pipeline.weekly_sample import draw_week, left_unread
from surveillance.screening.rules import ScreeningProposal, Verdict
from tests.decision_desk import RECORDS, Desk, desk

MONDAY, WEDNESDAY, NEXT = date(2025, 2, 3), date(2025, 2, 5), date(2025, 2, 10)


@pytest.fixture
def table(tmp_path: Path) -> Iterator[Desk]:
    with desk(tmp_path) as made:
        yield made


def excludes(table: Desk, *reports: int) -> None:
    """A rule's newest proposal on these reports."""
    proposal = ScreeningProposal(Verdict.EXCLUDE, "population", "no stump", "cohort", (), ())
    with table.store.transaction() as session:
        standing = screening_rows.standings(session, table.topic.slug)
        for report in reports:
            made = Proposal(proposal, ("rules", "other criteria", ""), standing[report].rule)
            screening_rows.save_proposal(session, report, made, today=MONDAY)


def draws(table: Desk, day: date, size: int) -> int:
    file = table.topic.folder / "topic.toml"
    text = file.read_text(encoding="utf-8").split("[screening]")[0]
    file.write_text(f"{text}[screening]\nweekly_sample = {size}\n", encoding="utf-8")
    with table.store.transaction() as session:
        return draw_week(session, table.topic, sorted(set(table.reports())), day)


def weeks(table: Desk) -> list[sample_rows.Week]:
    with table.store.transaction() as session:
        return sample_rows.weeks_of(session, table.topic.slug)


def test_each_excluded_report_is_in_the_pile_of_one_week(table: Desk) -> None:
    reports = table.reports()
    assert draws(table, MONDAY, 1) == 1
    excludes(table, reports[3], reports[4])
    assert draws(table, WEDNESDAY, 1) == 0
    table.decided(str(reports[4]), "unsure", "--by", "Ann")
    assert draws(table, NEXT, 9) == 1
    first, second = weeks(table)
    assert (first.drawn_on, first.pile) == (MONDAY, frozenset(reports[5:7]))
    assert len(first.drawn) == 1 and first.drawn <= first.pile
    assert (second.drawn_on, second.pile) == (NEXT, frozenset([reports[3]]))
    assert second.drawn == second.pile
    assert draws(table, date(2025, 2, 17), 9) == 0


def test_nothing_is_drawn_where_the_topic_asks_for_nothing(table: Desk) -> None:
    assert draws(table, MONDAY, 0) == 0
    assert weeks(table) == []
    assert left_unread(table.store, table.topic) is None
    assert table.decided("--list")["sample"] is None


def test_who_is_drawn_does_not_hang_on_the_numbers_of_a_store(tmp_path: Path) -> None:
    drawn = []
    for name, records in (("one", RECORDS), ("other", [*RECORDS[:2], *reversed(RECORDS[2:])])):
        folder = tmp_path / name
        folder.mkdir()
        with desk(folder, records) as made:
            places = dict(zip(made.reports(), records, strict=True))
            excludes(made, *(one for one in sorted(set(made.reports())) if one in places))
            assert draws(made, MONDAY, 3) == 3
            (week,) = weeks(made)
            drawn.append({places[number].source_id for number in week.drawn})
    assert drawn[0] == drawn[1]


def test_what_was_drawn_follows_its_report_when_that_is_merged(table: Desk) -> None:
    reports = table.reports()
    assert draws(table, MONDAY, 9) == 2
    table.says(5, 6, Same.SAME)
    (week,) = weeks(table)
    assert week.drawn == week.pile == {reports[5]}
    table.says(5, 6, Same.DIFFERENT)
    assert weeks(table)[0].drawn == set(reports[5:7])


def test_the_statement_counts_what_people_have_looked_at(table: Desk) -> None:
    reports = table.reports()
    draws(table, MONDAY, 9)
    before = left_unread(table.store, table.topic)
    assert before is not None and before.pile == 2 and before.estimate is None
    for report in reports[5:7]:
        table.decided(str(report), "exclude", "--reason", "population", "--by", "Ann")
    after = left_unread(table.store, table.topic)
    assert after is not None and (after.pile, after.high) == (0, 0)
