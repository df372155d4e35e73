"""The queue worked from the command line: answers piped in, merges undone by name."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from rich.color import ColorSystem
from typer.testing import CliRunner, Result

from db import pair_log
from db import records as record_rows
from db import reports as report_rows
from db.session import Store
from surveillance.cli import app
from surveillance.cli.topics import EXAMPLE, make_workspace
from surveillance.dedup.clusters import cluster
from surveillance.dedup.decide import PairDecision, Verdict
from surveillance.dedup.similarity import FieldEvidence
from surveillance.errors import UnreadableInput
from surveillance.records import Captured, Payload, Record
from tests.world import contents, fresh_store, store_url

DAY = date(2025, 1, 31)
TITLE = "Nerve transfer for pain of the stump"
HOSTILE = "Nerve \x1b[2Jtransfer [red]for[/red] neuroma"


@dataclass(frozen=True)
class Desk:
    """A workspace whose example topic has five records: one pair merged by rule, three waiting."""

    folder: Path
    store: Store
    records: tuple[int, ...]

    def surveil(self, *arguments: str, answers: str = "") -> Result:
        return CliRunner().invoke(app, arguments, input=answers, env=self._environment)

    @property
    def _environment(self) -> dict[str, str]:
        return {
            "SURVEIL_WORKSPACE": str(self.folder),
            "SURVEIL_DATABASE_URL": store_url(self.folder),
            "COLUMNS": "120",
        }

    def review(self, answers: str) -> str:
        done = self.surveil("dedup-review", EXAMPLE, "--by", "A. Reviewer", answers=answers)
        assert done.exit_code == 0, done.output
        return done.output

    def rows(self, table: str) -> list[dict[str, Any]]:
        return contents(store_url(self.folder))[table]

    def by_people(self) -> list[tuple[int, int, str]]:
        return [
            (row["record_a"], row["record_b"], row["verdict"])
            for row in self.rows("pair_decision")
            if row["made_by"] == "A. Reviewer"
        ]


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    make_workspace(tmp_path)
    with fresh_store(tmp_path) as store:
        yield Desk(tmp_path, store, fill(store))


def fill(store: Store) -> tuple[int, ...]:
    titles = [TITLE, TITLE, "Nerve transfer for neuroma", HOSTILE, "Nerve transfers, another"]
    records = [
        Record(
            source="pubmed" if number == 2 else "embase",
            source_id=str(900 + number),
            title=title,
            abstract="x" * 2_000 if number in (1, 4) else None,
            pages=f"{number}-9" if number else "",
        )
        for number, title in enumerate(titles)
    ]
    with store.transaction() as session:
        saved = record_rows.save_captured(
            session,
            [Captured(one, Payload(one.source_id.encode(), "text/plain")) for one in records],
            topic=EXAMPLE,
            route="import",
            seen_on=DAY,
        )
        a, b, c, d, e = saved.ids
        said = [
            (a, b, Verdict.SAME, 0.99, "same title, pages agree"),
            (a, c, Verdict.DOUBTFUL, 0.61, "alike, but pages differ"),
            (d, e, Verdict.DOUBTFUL, 0.83, "alike, but pages differ"),
            (c, e, Verdict.DOUBTFUL, 0.42, "alike, but authors missing"),
        ]
        evidence = (FieldEvidence("title", "One", "Two", 0.9),)
        report_rows.save_decisions(
            session,
            EXAMPLE,
            [PairDecision(x, y, v, why, score, evidence) for x, y, v, score, why in said],
            made_by=report_rows.RULE,
            rule_version="dedup-test",
            today=DAY,
        )
        log = pair_log.log_of(session, EXAMPLE)
        entered = dict.fromkeys(saved.ids, DAY)
        report_rows.save_clusters(session, EXAMPLE, cluster(saved.ids, log).clusters, entered)
    return saved.ids


def test_related_reports_are_kept_apart_and_that_is_kept_with_the_answer(desk: Desk) -> None:
    assert "Kept apart." in desk.review("r\nq\n")
    (row,) = [one for one in desk.rows("pair_decision") if one["made_by"] == "A. Reviewer"]
    assert row["verdict"] == "different"
    assert row["rule"] == "compared by a person: other reports of the same study"


def test_the_queue_is_printed_the_likeliest_first(desk: Desk) -> None:
    queue = json.loads(desk.surveil("dedup-review", EXAMPLE, "--json").stdout)
    assert [(one["record_a"], one["record_b"], one["score"]) for one in queue] == [
        ("embase:903", "embase:904", 0.83),
        ("embase:900", "pubmed:902", 0.61),
        ("pubmed:902", "embase:904", 0.42),
    ]
    assert queue[0]["reasons"] == "alike, but pages differ"
    assert queue[0]["rule_version"] == "dedup-test"
    fields = {row["field"]: row for row in queue[0]["fields"]}
    assert fields["title"]["relation"] == "different"
    assert fields["abstract"]["relation"] == "one side"
    agreements = {one["field"]: one["agreement"] for one in queue[0]["fields"]}
    assert agreements == {"title": "different", "pages": "different", "abstract": "missing"}
    listed = desk.surveil("dedup-review", "--list").stdout
    assert listed.index("0.830") < listed.index("0.610") < listed.index("0.420")
    assert not desk.by_people()


def test_both_records_stand_side_by_side_and_need_no_colour(desk: Desk) -> None:
    shown = desk.review("q\n")
    assert "embase:903" in shown and "embase:904" in shown
    title = next(line for line in shown.splitlines() if "│ title" in line)
    assert "≠" in title
    assert "«transfers, another»" in title
    assert "\x1b" not in shown
    assert "[red]for[/red]" in shown
    assert "x" * 500 not in shown
    assert "Score 0.830: alike, but pages differ." in shown
    assert "0 answers are kept; 3 pairs wait." in shown


ALIKE = (
    Record(source="embase", source_id="950", title="TGF-β of the stump", pages="348-58", year=2020),
    Record(source="embase", source_id="951", title="TGF-beta of the Stump", pages="348-358"),
)


def wait_for_a_person(store: Store, a: Record, b: Record) -> None:
    """Two records more, and a pair of them that comes first in the queue."""
    with store.transaction() as session:
        captured = [Captured(one, Payload(one.source_id.encode(), "text/plain")) for one in (a, b)]
        saved = record_rows.save_captured(
            session, captured, topic=EXAMPLE, route="import", seen_on=DAY
        )
        one, other = saved.ids
        asked = PairDecision(one, other, Verdict.DOUBTFUL, "alike, but authors missing", 0.96)
        report_rows.save_decisions(
            session,
            EXAMPLE,
            [asked],
            made_by=report_rows.RULE,
            rule_version="dedup-test",
            today=DAY,
        )
        alone = [(number,) for number in saved.ids]
        report_rows.save_clusters(session, EXAMPLE, alone, dict.fromkeys(saved.ids, DAY))


@pytest.mark.parametrize("coloured", [False, True])
def test_what_is_alike_but_printed_otherwise_has_a_mark_of_its_own(
    desk: Desk, coloured: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    wait_for_a_person(desk.store, *ALIKE)
    if coloured:
        monkeypatch.setattr("surveillance.cli.show.out.no_color", False)
        monkeypatch.setattr("surveillance.cli.show.out._force_terminal", True)
        monkeypatch.setattr("surveillance.cli.show.out._color_system", ColorSystem.STANDARD)
    shown = desk.review("q\n")
    assert ("\x1b[36m≈" in shown) == coloured
    plain = re.sub(r"\x1b\[[\d;]*m", "", shown)
    marks = {line.split("│")[2].strip(): line for line in plain.splitlines() if "│" in line}
    assert [name for name, line in marks.items() if "≈" in line] == ["title", "pages"]
    assert "│ TGF-β of the stump" in marks["title"] and "│ 348-358 " in marks["pages"]
    assert "≈ alike, but printed otherwise" in plain
    assert "«" not in marks["title"] + marks["pages"]


def test_the_document_says_what_is_alike_and_keeps_what_it_said_before(desk: Desk) -> None:
    wait_for_a_person(desk.store, *ALIKE)
    first = json.loads(desk.surveil("dedup-review", EXAMPLE, "--json").stdout)[0]
    assert [tuple(one.values()) for one in first["fields"]] == [
        ("title", "different", "alike", "TGF-β of the stump", "TGF-beta of the Stump"),
        ("year", "one side", "missing", "2020", ""),
        ("pages", "different", "alike", "348-58", "348-358"),
    ]


def test_answers_piped_in_take_effect_at_once(desk: Desk) -> None:
    a, _, c, d, e = desk.records
    said = desk.review("same\nd\nwhat?\nk\n")
    assert "Merged: report " in said and "Kept apart." in said
    assert "no further pair waits; 1 skipped" in said
    assert desk.by_people() == [(d, e, "same"), (a, c, "different")]
    places = {row["record_id"]: row["report_id"] for row in desk.rows("report_record")}
    assert places[d] == places[e]
    assert len({places[a], places[c], places[e]}) == 3
    row = next(row for row in desk.rows("pair_decision") if row["made_by"] == "A. Reviewer")
    assert row["evidence"] and row["rule_version"] and row["decided_on"] >= "2026"
    assert row["score"] == 0.83


def test_the_last_answer_can_be_taken_back_and_given_otherwise(desk: Desk) -> None:
    *_, d, e = desk.records
    before = desk.rows("report"), desk.rows("report_record")
    said = desk.review("u\ns\nu\nd\nq\n")
    assert "There is no answer to take back." in said
    assert [one[2] for one in desk.by_people()] == ["same", "doubtful", "different"]
    assert {one[:2] for one in desk.by_people()} == {(d, e)}
    assert (desk.rows("report"), desk.rows("report_record")) == before


def test_the_input_may_end_in_the_middle(desk: Desk) -> None:
    assert "1 answers are kept; 2 pairs wait." in desk.review("d\n")
    assert "no further pair waits; 2 skipped" in desk.review("k\nk\n")
    desk.review("d\nd\n")
    assert "no pair waits" in desk.review("")


def test_nobody_decides_without_a_name(desk: Desk) -> None:
    done = desk.surveil("dedup-review", EXAMPLE, answers="s\n")
    assert isinstance(done.exception, UnreadableInput)
    assert '--by "A. Reviewer"' in str(done.exception)
    undone = desk.surveil("dedup-undo", "embase:900", answers="")
    assert isinstance(undone.exception, UnreadableInput)
    assert not desk.by_people()


def test_while_a_run_is_under_way_the_pair_is_asked_about_again(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("surveillance.pipeline.dedup_review.WAIT", 0.0)
    with desk.store.exclusive(EXAMPLE):
        said = desk.review("s\nq\n")
    assert "is under way" in said
    assert "0 answers are kept; 3 pairs wait." in said
    assert not desk.by_people()


def test_a_merged_report_shows_where_each_value_comes_from(desk: Desk) -> None:
    (report,) = json.loads(desk.surveil("dedup-review", EXAMPLE, "--merged", "--json").stdout)
    assert report["records"] == ["embase:900", "embase:901"]
    came = {one["field"]: one["record"] for one in report["fields"]}
    assert came == {"title": "embase:900", "pages": "embase:901", "abstract": "embase:901"}
    assert "embase:900, embase:901" in desk.surveil("dedup-review", "--merged").stdout


@pytest.mark.parametrize("by_number", [True, False], ids=["by number", "by record"])
def test_a_merge_is_undone_by_the_reports_name(desk: Desk, by_number: bool) -> None:
    a, b, *_ = desk.records
    places = {row["record_id"]: row["report_id"] for row in desk.rows("report_record")}
    named = str(places[b]) if by_number else "embase:901"
    done = desk.surveil("dedup-undo", named, "--by", "A. Reviewer", "--json")
    told = json.loads(done.stdout)
    assert [one["records"] for one in told["reports"]] == [["embase:900"], ["embase:901"]]
    assert told["merged"] == {"by": "rule", "on": "2025-01-31"}
    assert desk.by_people() == [(a, b, "different")]
    again = desk.surveil("dedup-undo", named, "--by", "A. Reviewer")
    assert "no merge to undo" in str(again.exception)


def test_an_undone_merge_is_said_in_words(desk: Desk) -> None:
    said = desk.surveil("dedup-undo", "embase:900", "--by", "A. Reviewer").stdout
    assert "merged by rule on 2025-01-31, is apart again" in " ".join(said.split())
    assert ": embase:900\n" in said and ": embase:901\n" in said
