"""Two versions of a strategy line by line: nothing lost, what differs marked."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveillance.strategy.comparison import Change, compared

LINES = st.lists(st.text("ab 1.\t*", max_size=6), max_size=6)


@given(LINES, LINES)
def test_both_texts_stand_there_whole_and_in_order(old: list[str], new: list[str]) -> None:
    rows = compared("\n".join(old), "\n".join(new))
    before = [row for row in rows if row.line_before is not None]
    after = [row for row in rows if row.line_after is not None]
    assert ["".join(p.text for p in row.before) for row in before] == ("\n".join(old)).split("\n")
    assert ["".join(p.text for p in row.after) for row in after] == ("\n".join(new)).split("\n")
    assert [row.line_before for row in before] == list(range(1, len(before) + 1))
    assert [row.line_after for row in after] == list(range(1, len(after) + 1))


@pytest.mark.parametrize(
    ("before", "after", "changes"),
    [
        ("a\nb", "a\nb", [Change.SAME, Change.SAME]),
        ("a\r\nb", "a\nb", [Change.SAME, Change.SAME]),
        ("a", "a\nb", [Change.SAME, Change.ADDED]),
        ("a\nb", "b", [Change.REMOVED, Change.SAME]),
        ("a\nx y\nb", "a\nx z\nb", [Change.SAME, Change.CHANGED, Change.SAME]),
    ],
)
def test_what_became_of_each_line(before: str, after: str, changes: list[Change]) -> None:
    assert [row.change for row in compared(before, after)] == changes


def test_only_the_words_that_differ_are_marked() -> None:
    (row,) = compared("1 stump* adj3 pain*", "1 stump* adj4 pain*")
    assert [piece.text for piece in row.before if piece.differs] == ["adj3"]
    assert [piece.text for piece in row.after if piece.differs] == ["adj4"]
