"""The generator of records: everything follows from a work's number, and its copies are copies."""

from __future__ import annotations

import csv
from collections import Counter
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest

from benchmarks.dedup_generated import (
    COLUMNS,
    COPIES,
    Parts,
    Publication,
    as_copied,
    as_printed,
    publication,
    write_records,
)
from surveillance.pipeline.dedup_files import gather

PARTS = Parts(
    titles=[
        ["Nerve", "transfers", "after", "amputation", "of", "an", "arm:", "a", "cohort"],
        ["Effects", "of", "β-blockers", "on", "people", "with", "a", "weak", "heart"],
        ["Prevention", "of", "phantom", "limb", "pain", "by", "early", "surgery"],
    ],
    words=["transfers", "amputation", "people", "Prevention", "surgery", "cohort"],
    last_names=["García", "Müller", "Okoye", "Li"],
    initials=["A", "BC", "D"],
    journals=[("Journal of hand surgery", "J Hand Surg", "0363-5023"), ("Pain", "Pain", "")],
)
ONE = Publication(
    title="Effects of β-blockers",
    authors=(("García", "AB"), ("Li", "C")),
    journal="Journal of hand surgery",
    abbreviation="J Hand Surg",
    issn="0363-5023",
    year=2010,
    volume=26,
    issue=3,
    first_page=221,
    last_page=228,
    doi="10.1000/x.1",
)


def test_a_number_gives_the_same_work_every_time() -> None:
    assert publication(PARTS, 41) == publication(PARTS, 41)
    assert publication(PARTS, 41) != publication(PARTS, 42)


@pytest.mark.parametrize(
    ("work", "differs"),
    [
        (100, {"title", "first_page", "last_page"}),
        (300, {"title", "issue", "first_page", "last_page"}),
        (500, {"title", "first_page", "last_page"}),
        (700, {"year", "volume", "prefix", "last_page"}),
        (900, {"title", "authors", "last_page"}),
    ],
)
def test_some_works_resemble_the_one_before(work: int, differs: set[str]) -> None:
    """A word may be replaced by itself, a single page shortened to itself: hence the subset."""
    before, near = publication(PARTS, work - 1), publication(PARTS, work)
    changed = {
        name for name in Publication.__slots__ if getattr(before, name) != getattr(near, name)
    }
    assert "doi" in changed
    assert changed <= differs | {"doi"}


@pytest.mark.parametrize(
    ("first", "last", "pages"),
    [(221, 228, "221-8"), (221, 221, "221"), (98, 103, "98-103"), (1299, 1301, "1299-301")],
)
def test_the_first_database_shortens_the_last_page(first: int, last: int, pages: str) -> None:
    printed = list(as_printed(replace(ONE, first_page=first, last_page=last)))
    assert printed[COLUMNS.index("pages")] == pages


def test_the_other_database_prints_in_its_own_way() -> None:
    copies = [dict(zip(COLUMNS, as_copied(ONE, Random(n)), strict=True)) for n in range(200)]
    assert {row["journal"] for row in copies} == {"J Hand Surg", "Journal of hand surgery"}
    assert {row["pages"] for row in copies} == {"221-228", "221", ""}
    assert {row["year"] for row in copies} == {2010, 2009}
    assert {row["doi"] for row in copies} == {"10.1000/x.1", "10.1000/X.1", ""}
    titles = {str(row["title"]) for row in copies}
    assert {"Effects of β-blockers", "Effects of beta-blockers", "EFFECTS OF Β-BLOCKERS"} <= titles
    assert {"García, A. B.; Li, C.", "Garcia, A. B.; Li, C.", ""} == {
        row["authors"] for row in copies
    }


def test_the_table_is_read_whole_and_a_fifth_are_copies(tmp_path: Path) -> None:
    table, truth = tmp_path / "records.csv", tmp_path / "works.txt"
    write_records(table, truth, PARTS, 200)
    works = truth.read_text().split()
    with table.open(newline="") as file:
        titles = [row["title"] for row in csv.DictReader(file)]
    entries = gather([table]).entries
    assert [entry.record.title for entry in entries] == titles
    assert len(works) == len(entries) == 200
    assert len(works) - len(Counter(works)) == 200 * COPIES
