"""What a strategy holds its own result to: a table of strategies and what is told of each."""

from __future__ import annotations

import pytest

from surveillance.documents.days import day_of, rhythm_of
from surveillance.documents.restrictions import restrictions
from surveillance.strategy.parse import read_strategy
from tests.small_world import FIRST


def told(text: str, dialect: str = "ovid-medline", result: int | None = None) -> list[object]:
    found = restrictions(read_strategy(text, dialect), result)
    return [(one.line, one.left_out[0] if one.left_out else None) for one in found]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1 pain.tw.\n2 Animals/ not Humans/\n3 1 not 2", [(3, 2)]),
        # Each NOT on the way down, the result's own first.
        ("1 a.tw.\n2 b.tw.\n3 1 not 2\n4 c.tw.\n5 3 not 4", [(5, 4), (3, 2)]),
        # What is left out says it itself, so no other line is named.
        ("1 pain.tw.\n2 1 not rat.tw.", [(2, None)]),
        ("1 pain.tw.\n2 limit 1 to english language", [(2, None)]),
        ('1 pain.tw.\n2 limit 1 to yr="2010 - 2020"', [(2, None)]),
        ("1 pain.tw.\n2 english.la.\n3 1 and 2", [(2, None)]),
        # A limit in one alternative narrows that alternative, not the result.
        ("1 pain.tw.\n2 limit 1 to english language\n3 ache.tw.\n4 2 or 3", []),
        # What a line that is left out leaves out itself is none of the result's.
        ("1 a.tw.\n2 b.tw. not c.tw.\n3 1 and 2 and d.tw.", [(2, None)]),
        ("1 pain.tw.\n2 ache.tw.\n3 or/1-2", []),
    ],
)
def test_what_holds_the_whole_result_is_told(text: str, expected: list[object]) -> None:
    assert told(text) == expected


def test_another_result_line_has_its_own_restrictions() -> None:
    text = "1 pain.tw.\n2 rat.tw.\n3 1 not 2\n4 1 or 2"
    assert told(text) == []
    assert told(text, result=3) == [(3, 2)]


def test_days_and_rhythms_are_printed_as_people_print_them() -> None:
    assert day_of(FIRST) == "2 August 2024"
    assert rhythm_of("0 6 * * 1", "Europe/London") == "every Monday at 06:00 (Europe/London)"
    assert rhythm_of("30 23 * * 0", "UTC") == "every Sunday at 23:30 (UTC)"
    assert rhythm_of("0 6 1 * *", "UTC") == "by the schedule “0 6 1 * *” (UTC)"
