from __future__ import annotations

from dataclasses import replace

import pytest

from surveillance.dedup.blocks import CROWD, Blocks, content_name, form_number, key_number
from surveillance.dedup.candidates import Entry, keys
from surveillance.records import Author, Record

ARTICLE = Record(
    source="embase",
    source_id="1",
    title="Nerve transfer after loss of a leg: what forty people told us of their pain",
    authors=(Author(last="Kettering"),),
    journal="Demonstration Journal of Limb Surgery",
    year=2023,
    volume="9",
    pages="101-108",
)
EDITORIAL = Record(source="embase", source_id="1", title="Editorial")


def entries(record: Record, count: int) -> list[Entry]:
    return [
        Entry(number, replace(record, source_id=f"E{number}")) for number in range(1, count + 1)
    ]


def pairs(blocks: Blocks, fresh: set[int]) -> list[tuple[int, int]]:
    numbers = [entry.id for entry in blocks.entries]
    return [(numbers[a], numbers[b]) for a, b in blocks.pairs(fresh).tolist()]


def test_twins_are_compared_with_the_lowest_of_them_alone() -> None:
    other = Entry(9, replace(ARTICLE, source_id="E9", pages=""))
    blocks = Blocks([*entries(ARTICLE, 4), other])
    assert pairs(blocks, {1, 2, 3, 4, 9}) == [(1, 2), (1, 3), (1, 4), (1, 9)]
    assert pairs(blocks, {4}) == [(1, 4)]
    assert [number for number in (1, 2, 9) if blocks.stands_for_itself(number)] == [1, 9]
    assert blocks.meet(3, 9)


def test_equal_records_that_are_not_certainly_one_stand_for_themselves() -> None:
    blocks = Blocks(entries(EDITORIAL, 3))
    assert all(blocks.stands_for_itself(number) for number in (1, 2, 3))


def test_a_record_that_a_person_spoke_of_stands_for_itself() -> None:
    blocks = Blocks(entries(ARTICLE, 3), named={2})
    assert pairs(blocks, {1, 2, 3}) == [(1, 2), (1, 3)]
    assert blocks.stands_for_itself(2)


def test_ten_thousand_equal_rows_cost_one_comparison_each() -> None:
    rows = entries(ARTICLE, 10_000)
    assert len(Blocks(rows).pairs({entry.id for entry in rows})) == 9_999


@pytest.mark.parametrize(("works", "expected"), [(CROWD, CROWD * (CROWD - 1) // 2), (CROWD + 1, 0)])
def test_a_key_that_a_crowd_shares_brings_nobody_together(works: int, expected: int) -> None:
    crowd = [
        Entry(number, Record(source="f", source_id=str(number), doi="10.5555/a", year=number))
        for number in range(1, works + 1)
    ]
    assert {keys(entry.record) for entry in crowd} == {frozenset({"doi:10.5555/a"})}
    assert len(Blocks(crowd).pairs({entry.id for entry in crowd})) == expected


def test_of_a_part_of_all_it_is_told_which_keys_a_crowd_shares() -> None:
    some = [Entry(1, ARTICLE), Entry(2, replace(ARTICLE, pages=""))]
    shared = keys(some[0].record) & keys(some[1].record)
    told = {key_number(key) for key in shared}
    assert pairs(Blocks(some, crowded=told), {1, 2}) == []
    assert not Blocks(some, crowded=told).meet(1, 2)
    assert pairs(Blocks(some, crowded=sorted(told)[1:]), {1, 2}) == [(1, 2)]


def test_a_keys_number_is_that_of_every_machine_and_fits_into_a_column() -> None:
    assert key_number("doi:10.5555/x.1") == key_number("doi:10.5555/" + "x.1")
    assert key_number("a") == int.from_bytes(bytes.fromhex("40f89e395b66422f"), "big", signed=True)
    assert all(-(2**63) <= key_number(str(number)) < 2**63 for number in range(1_000))


def test_a_form_is_what_twins_share() -> None:
    again = replace(ARTICLE, source_id="2")
    assert form_number(ARTICLE, named=False) == form_number(again, named=False)
    assert form_number(ARTICLE, named=True) != form_number(again, named=True)
    assert form_number(ARTICLE, named=False) != form_number(replace(again, volume=""), named=False)
    other = replace(EDITORIAL, source_id="2")
    assert form_number(EDITORIAL, named=False) != form_number(other, named=False)


def test_a_name_by_content_does_not_depend_on_the_number() -> None:
    assert content_name(Entry(1, ARTICLE)) == content_name(Entry(2, ARTICLE))
    assert content_name(Entry(1, ARTICLE)) != content_name(Entry(1, EDITORIAL))
