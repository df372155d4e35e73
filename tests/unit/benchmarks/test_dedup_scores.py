"""The definitions that deduplications are scored by, among them those of ../shared's peers.csv."""

from __future__ import annotations

import csv
import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.dedup_scores import Answer, Link, Score, score, wrong_links
from benchmarks.dedup_sets import read_set
from benchmarks.halves import half_of


def answer(clusters: list[list[int]], review: list[tuple[int, int]] | None = None) -> Answer:
    links = [Link(members[0], other) for members in clusters for other in members[1:]]
    return Answer(clusters, links, review or [], seconds=0.0, peak_bytes=0)


# Three records of work p, two of q, one of r.
WORKS = {1: "p", 2: "p", 3: "p", 4: "q", 5: "q", 6: "r"}

TABLE = {
    "nothing merged": (answer([]), Score(6, 3, 0, 0, 0, 0, 0, 0)),
    "all right": (answer([[1, 2, 3], [4, 5]]), Score(6, 3, 3, 0, 0, 0, 0, 3)),
    "half found, the rest to review": (
        answer([[1, 2]], [(2, 3), (4, 5), (5, 6)]),
        Score(6, 3, 1, 0, 0, 0, 3, 3),
    ),
    "two questions between two clusters are one": (
        answer([[1, 2], [4, 5]], [(1, 4), (2, 5)]),
        Score(6, 3, 2, 0, 0, 0, 1, 2),
    ),
    "a doubt within a cluster asks nothing": (
        answer([[1, 2, 3]], [(1, 3)]),
        Score(6, 3, 2, 0, 0, 0, 0, 2),
    ),
    "a work that no cluster keeps is lost": (answer([[5, 6]]), Score(6, 3, 0, 1, 1, 1, 0, 0)),
    "misplaced, but another record of the work is kept": (
        answer([[1, 4]]),
        Score(6, 3, 0, 0, 1, 1, 0, 0),
    ),
    "the order in which a cluster names its records is none": (
        answer([[6, 5]]),
        Score(6, 3, 0, 1, 1, 1, 0, 0),
    ),
    "found beside a stranger": (answer([[1, 2, 6]]), Score(6, 3, 1, 1, 1, 1, 0, 1)),
}


@pytest.mark.parametrize("name", TABLE)
def test_the_figures_are_as_defined(name: str) -> None:
    given_answer, expected = TABLE[name]
    assert score(WORKS, given_answer) == expected


def test_shares_are_of_duplicates_and_of_works() -> None:
    of = score(WORKS, answer([[1, 2], [5, 6]], [(2, 3)]))
    assert of.duplicates == 3
    assert of.sensitivity == pytest.approx(1 / 3)
    assert of.sensitivity_after_review == pytest.approx(2 / 3)
    assert of.specificity == pytest.approx(2 / 3)


def test_links_between_two_works_are_the_errors() -> None:
    links = [Link(1, 2), Link(3, 4, "titles alike")]
    found = wrong_links(WORKS, Answer([[1, 2], [3, 4]], links, [], 0.0, 0))
    assert list(found) == [Link(3, 4, "titles alike")]


@given(st.data())
def test_the_halves_add_up_to_the_whole(data: st.DataObject) -> None:
    records = range(1, data.draw(st.integers(1, 12)) + 1)
    works = {record: f"work {data.draw(st.integers(1, 6))}" for record in records}
    groups: dict[int, list[int]] = defaultdict(list)
    for record in records:
        groups[data.draw(st.integers(1, 6))].append(record)
    pairs = st.tuples(st.sampled_from(records), st.sampled_from(records))
    given_answer = answer(list(groups.values()), data.draw(st.lists(pairs)))
    whole = score(works, given_answer)
    halves = [score(works, given_answer, lambda w, h=half: half_of(w) == h) for half in "AB"]  # type: ignore[misc]
    for field in Score.__slots__:
        assert sum(getattr(half, field) for half in halves) == getattr(whole, field)
    assert whole.wrongly_removed <= whole.misplaced
    assert whole.found <= whole.found_after_review <= whole.duplicates


@pytest.mark.shared
def test_a_peer_is_scored_as_it_was_in_shared(shared: Path) -> None:
    """ASReview merges equal titles with equal abstracts: easily done again, with its errors."""
    with (shared / "data/dedup/peers.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    peer = next(r for r in rows if (r["dataset"], r["peer"]) == ("haematology", "asreview"))
    labelled = read_set("haematology", shared=shared / "data/dedup")
    texts = (f"{row['title']} {row['abstract']}" for row in labelled.rows)
    of = score(labelled.works(), answer(list(equal_texts(texts))))
    assert of.found == float(peer["rec_TP"])
    assert of.misplaced == float(peer["rec_FP"])
    assert of.wrongly_removed == float(peer["false_merges_works_lost"])
    assert of.impure_clusters == float(peer["impure_clusters"])
    assert of.specificity == pytest.approx(float(peer["rec_spec"]), abs=1e-5)


def equal_texts(texts: Iterator[str]) -> Iterator[list[int]]:
    groups: dict[str, list[int]] = defaultdict(list)
    for number, text in enumerate(texts, start=1):
        groups[re.sub(r"[^A-Za-z0-9]", "", text).lower()].append(number)
    return iter(groups.values())
