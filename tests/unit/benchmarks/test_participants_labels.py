"""The labels that the number of people is held against, and the intervals that are printed."""

from __future__ import annotations

import csv
from itertools import combinations

import pytest

from benchmarks.halves import wilson
from benchmarks.participants import SAMPLES, Sample, labels_of

KINDS = {"total", "sum", "case", "pooled", "planned", "open", "none"}


@pytest.mark.parametrize("sample", SAMPLES.values(), ids=lambda sample: sample.name)
def test_the_labels_are_numbers_of_abstracts_and_no_text(sample: Sample) -> None:
    with sample.labels.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert len({row["pmid"] for row in rows}) == len(rows) == sample.size
    assert all(row.keys() == {"pmid", "number", "kind"} for row in rows)
    assert all(row["pmid"].isdigit() for row in rows)
    assert all(row["number"].isdigit() == (row["kind"] != "none") for row in rows)
    assert {row["kind"] for row in rows} <= KINDS


def test_no_abstract_is_in_two_samples() -> None:
    for one, other in combinations(SAMPLES.values(), 2):
        assert labels_of(one).keys().isdisjoint(labels_of(other))


@pytest.mark.parametrize(
    ("hits", "of", "interval"),
    [(0, 10, (0.0, 0.278)), (5, 10, (0.237, 0.763)), (95, 100, (0.888, 0.978))],
)
def test_an_interval_is_wilsons(hits: int, of: int, interval: tuple[float, float]) -> None:
    assert wilson(hits, of) == pytest.approx(interval, abs=0.001)
