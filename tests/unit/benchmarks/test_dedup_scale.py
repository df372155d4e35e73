"""The cost of many records: its drawing, its table, and their place in the docs."""

from __future__ import annotations

import re

import pytest
from lxml import etree

from benchmarks.dedup_scale import DOCS, HEADERS, Run, cells, plot
from benchmarks.dedup_scores import Score
from benchmarks.docs_page import PAGE, PICTURES

SCORE = Score(
    records=100,
    works=80,
    found=19,
    wrongly_removed=1,
    misplaced=0,
    impure_clusters=0,
    review_pairs=1_234,
    found_after_review=20,
)
RUNS = [Run(count, count / 5_000, count / 10_000, 200_000_000, SCORE) for count in (100, 1_000)]


def texts(svg: str) -> set[str]:
    return {str(text.text) for text in etree.fromstring(svg.encode()).iter("{*}text")}


def test_the_drawing_shows_seconds_over_records() -> None:
    svg = plot(RUNS)
    assert {"records", "seconds of the processor", "100", "1,000", "matching alone"} <= texts(svg)
    values = re.findall(r"<title>([^<]+, [^<]+)</title></circle>", svg)
    assert values == [
        *(f"reading, normalising and matching, {run.records}: {run.total:g}" for run in RUNS),
        *(f"matching alone, {run.records}: {run.matching:g}" for run in RUNS),
    ]
    total, _, even = re.findall(r'polyline points="([^"]+)"', svg)
    assert total == even


def test_a_size_is_a_row_of_the_table() -> None:
    row = dict(zip(HEADERS, cells(RUNS[1]), strict=True))
    assert row["records"] == "1,000"
    assert (row["matching"], row["total"], row["µs a record"]) == ("0.1", "0.3", "300")
    assert (row["peak MB"], row["found"], row["pairs to review"]) == ("200", "0.9500", "1,234")


def test_the_docs_show_drawing_and_table_of_the_same_sizes() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert f"](pictures/{DOCS}.svg)" in page
    written = page.partition(f"<!-- {DOCS} -->\n")[2].partition(f"<!-- /{DOCS} -->")[0]
    header, _, *rows = [
        [cell.strip() for cell in line.split("|")[1:-1]] for line in written.splitlines()
    ]
    assert header == list(HEADERS)
    svg = (PICTURES / f"{DOCS}.svg").read_text(encoding="utf-8")
    for row in rows:
        total = re.search(
            rf"normalising and matching, {int(row[0].replace(',', ''))}: ([\d.]+)<", svg
        )
        assert total
        assert float(total[1]) == pytest.approx(float(row[3]), abs=0.051)
    assert rows
