from __future__ import annotations

from dataclasses import replace

import pytest

from surveillance.dedup.candidates import Entry, keys, keys_of
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
        {"authors": ARTICLE.authors, "volume": "9", "pages": "101"},
        {"year": 2023, "volume": "9", "pages": "101"},
    ],
)
def test_any_one_key_makes_a_candidate(shared: dict[str, object]) -> None:
    assert keys(replace(ALONE, **shared)) & keys(ARTICLE)  # type: ignore[arg-type]


def test_a_record_of_nothing_has_no_key() -> None:
    assert keys(ALONE) == frozenset()


def test_the_keys_of_an_entry_are_those_of_its_record() -> None:
    assert keys_of(Entry(1, ARTICLE).form) == keys(ARTICLE)


@pytest.mark.parametrize("title", ["Editorial", "Letter to the editor", "Abstracts of the meeting"])
def test_a_title_that_thousands_have_is_no_key_without_author_or_place(title: str) -> None:
    one = replace(ALONE, title=title, year=1999)
    assert keys(one).isdisjoint(keys(replace(one, year=2001)))
    for beside in (
        {"authors": ARTICLE.authors},
        {"volume": "9", "pages": "3"},
        {"journal": "Pain", "volume": "9"},
    ):
        placed = replace(one, **beside)
        assert keys(placed) & keys(replace(placed, abstract="Another text."))
