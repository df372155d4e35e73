"""Merges of real records: which are named, and what is hidden of a record."""

from __future__ import annotations

from benchmarks.dedup_real import Merge, merges, same_works, without_numbers
from benchmarks.dedup_scores import Answer, Link
from surveillance.records import Correction, Record


def test_every_merge_of_two_pmids_is_named_unless_it_is_one_version_of_another() -> None:
    pmids = {1: "11", 2: "12", 3: "13", 4: "11", 5: "15", 6: "16"}
    answer = Answer(
        [[1, 2, 3], [5, 6]], [Link(1, 2, "same title"), Link(2, 3), Link(5, 6, "all")], [], 0, 0
    )
    listed = {frozenset(("15", "16")): "two editions"}
    assert list(merges(pmids, answer, listed)) == [
        Merge("11", "12", "same title", ""),
        Merge("11", "13", "by way of another record", ""),
        Merge("15", "16", "all", "two editions"),
    ]
    assert not list(merges(pmids, Answer([[1, 4]], [Link(1, 4)], [], 0, 0), {}))


def test_no_number_is_left_to_a_record() -> None:
    record = Record(
        source="pubmed",
        source_id="33000001",
        title="A title",
        pmid="33000001",
        pmcid="PMC7000001",
        doi="10.1000/x",
        registrations=("NCT01234567",),
        corrections=(Correction("CommentIn", "33000002"),),
    )
    hidden = without_numbers(record, 7)
    assert hidden == Record(source="file", source_id="7", title="A title")


def test_the_list_by_hand_is_of_pairs_with_a_reason() -> None:
    listed = same_works()
    assert listed
    assert all(len(pair) == 2 and all(map(str.isdecimal, pair)) for pair in listed)
    assert all(listed.values())
