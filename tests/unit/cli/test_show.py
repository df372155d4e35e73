"""Tables: every column is readable, on a narrow terminal too."""

from __future__ import annotations

from io import StringIO

import pytest
from rich.console import Console

from surveillance.cli import show

HEADERS = ("line", "strategy", "verdict", "on which words")
ROWS = [
    (1, "targeted muscle reinnervation.tw.", "no match", ""),
    (31, "(" + "nerve* or " * 20 + "pain).tw.", "cannot tell", "abstract: " + "a «nerve» " * 20),
]


def printed(width: int) -> str:
    written = StringIO()
    Console(file=written, width=width).print(show.table("A title", HEADERS, ROWS))
    return written.getvalue()


@pytest.mark.parametrize("width", [80, 100, 200])
def test_no_column_disappears(width: int) -> None:
    text = printed(width)
    for header in ("line", "verdict"):
        assert header in text
    for cell in ("31", "cannot tell", "«nerve»", "targeted muscle"):
        assert cell in text
    assert max(map(len, text.splitlines())) <= width


def test_numbers_stand_under_each_other_with_thousands_apart() -> None:
    written = StringIO()
    table = show.table("Counts", ("what", "how many"), [("a", 7), ("b", 20_783)])
    Console(file=written, width=80).print(table)
    seven, many = (line for line in written.getvalue().splitlines() if "7" in line)
    assert "20,783" in many
    assert seven.index("7") == many.index("3")


def test_a_column_that_says_nothing_is_no_column_of_numbers() -> None:
    table = show.table("Versions", ("strategy", "signed off by"), [("medline", None)])
    assert [column.justify for column in table.columns] == ["left", "left"]


def test_what_looks_like_markup_is_shown() -> None:
    written = StringIO()
    Console(file=written, width=80).print(show.table("", ("tag",), [("pain[tiab]",)]))
    assert "pain[tiab]" in written.getvalue()
