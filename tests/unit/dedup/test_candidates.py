from __future__ import annotations

from dataclasses import replace

import pytest

from surveillance.dedup.candidates import NEIGHBOURS, Entry, candidate_pairs
from surveillance.records import Author, Record

ARTICLE = Record(
    source="pubmed",
    source_id="1",
    title="Nerve transfer after loss of a leg: what forty people told us of their pain",
    authors=(Author(last="Kettering"),),
    year=2023,
    volume="9",
    pages="101-108",
    doi="10.5555/x.1",
    pmid="90000001",
)
ALONE = Record(source="file", source_id="2")


def numbers(new: list[Entry], known: list[Entry]) -> list[tuple[int, int]]:
    return [(a.id, b.id) for a, b in candidate_pairs(new, known)]


@pytest.mark.parametrize(
    "shared",
    [
        {"doi": "https://doi.org/10.5555/X.1"},
        {"pmid": "90000001"},
        {"title": "Nerve transfer after loss of a leg"},
        {"title": "Quite another beginning: what forty people told us of their pain"},
        {"title": "What forty people told of transfer, nerve and their pain after loss"},
        {"original_title": ARTICLE.title},
        {"authors": ARTICLE.authors, "year": 2023, "pages": "101-8"},
        {"authors": ARTICLE.authors, "year": 2023, "volume": "9"},
        {"year": 2023, "volume": "9", "pages": "101"},
    ],
)
def test_any_one_key_makes_a_candidate(shared: dict[str, object]) -> None:
    assert numbers([Entry(2, replace(ALONE, **shared))], [Entry(1, ARTICLE)]) == [(1, 2)]  # type: ignore[arg-type]


def test_without_a_shared_key_nothing_is_compared() -> None:
    assert numbers([Entry(2, ALONE)], [Entry(1, ARTICLE)]) == []
    assert numbers([Entry(1, ALONE), Entry(2, ALONE)], []) == []


def test_known_records_are_not_compared_with_each_other() -> None:
    known = [Entry(1, ARTICLE), Entry(2, ARTICLE)]
    assert numbers([Entry(3, ARTICLE)], known) == [(1, 3), (2, 3)]


def test_a_changed_record_counts_as_new() -> None:
    assert numbers([Entry(1, ARTICLE)], [Entry(1, ALONE), Entry(2, ARTICLE)]) == [(1, 2)]


def test_thousands_under_one_key_stay_affordable() -> None:
    crowd = [
        Entry(
            number, Record(source="f", source_id=str(number), title="Editorial", year=1900 + number)
        )
        for number in range(1, 501)
    ]
    pairs = candidate_pairs(crowd, [])
    assert 0 < len(pairs) <= len(crowd) * NEIGHBOURS


def test_in_a_crowd_the_nearest_still_meet() -> None:
    crowd = [
        Entry(n, Record(source="f", source_id=str(n), title="Editorial", year=1900 + n % 100))
        for n in range(1, 2001)
    ]
    twin = Entry(3000, replace(crowd[49].record, volume="7", authors=(Author(last="Zu"),)))
    partner = Entry(3001, replace(twin.record, source_id="x"))
    assert (3000, 3001) in numbers([twin, partner], crowd)
