from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from surveillance.dedup.at_sight import worth_comparing
from surveillance.dedup.candidates import Entry
from surveillance.dedup.decide import Verdict, decide_pair
from surveillance.records import Author, Record

ARTICLE = Record(
    source="file",
    source_id="1",
    title="Nerve transfer after loss of a leg: what forty people told us of their pain",
    authors=(Author(last="Kettering", initials="A"),),
    journal="Demonstration Journal of Limb Surgery",
    year=2023,
    volume="9",
    issue="2",
    pages="101-108",
)
STRANGER = replace(
    ARTICLE,
    title="Nerve transfer after loss of a leg: costs of a programme in three hospitals of one city",
    authors=(Author(last="Ormond", initials="B"),),
    year=2019,
    volume="31",
    issue="7",
    pages="1404-9",
)


def is_kept(a: Record, b: Record) -> bool:
    return len(worth_comparing([Entry(1, a), Entry(2, b)], np.array([[0, 1]]))) == 1


def test_a_stranger_with_the_same_beginning_needs_no_decision() -> None:
    assert not is_kept(ARTICLE, STRANGER)


@pytest.mark.parametrize(
    "copied",
    [
        {"title": "Nerve transfer after loss of a leg"},
        {"title": ARTICLE.title.upper(), "year": None, "volume": "", "issue": "", "pages": ""},
        {"title": "Eine ganz andere Überschrift", "original_title": ARTICLE.title},
        {"title": "", "volume": "9"},
        {"pages": "S101-8"},
        {"pages": "1-8"},
        {"year": 2024},
    ],
)
def test_a_copy_is_compared_whatever_it_lacks(copied: dict[str, object]) -> None:
    assert is_kept(ARTICLE, replace(ARTICLE, **copied))  # type: ignore[arg-type]


def test_one_pmid_is_compared_however_unlike_the_rest_is() -> None:
    one, other = replace(ARTICLE, pmid="90000001"), replace(STRANGER, pmid="90000001")
    assert is_kept(one, other)
    assert decide_pair(Entry(1, one), Entry(2, other)).verdict is not Verdict.DIFFERENT


def test_of_no_pairs_none_is_worth_comparing() -> None:
    assert worth_comparing([], np.zeros((0, 2), np.int64)).shape == (0, 2)


def test_pairs_stay_in_their_order() -> None:
    records = [ARTICLE, STRANGER, replace(ARTICLE, source_id="3"), replace(STRANGER, source_id="4")]
    pairs = np.array([[0, 1], [0, 2], [0, 3], [1, 2], [1, 3], [2, 3]])
    entries = [Entry(number, record) for number, record in enumerate(records)]
    assert worth_comparing(entries, pairs).tolist() == [[0, 2], [1, 3]]
