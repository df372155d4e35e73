"""Cells that a spreadsheet shows and does not run, and what they were before."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveillance.records.cells import as_it_was, harmless

RUN = ("=", "+", "-", "@", "＝", "＋", "－", "＠", "\t", "\r")


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        ("=1+1", "'=1+1"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("-omics in surgery", "'-omics in surgery"),
        ("＝HYPERLINK()", "'＝HYPERLINK()"),
        # What looks made harmless already is told apart from what was.
        ("'=1+1", "''=1+1"),
        ("-12.5", "-12.5"),
        ("+3", "+3"),
        ("'Tis pain", "'Tis pain"),
        ("pain = harm", "pain = harm"),
        ("", ""),
    ],
)
def test_a_cell_is_shown_and_comes_back(text: str, cell: str) -> None:
    assert harmless(text) == cell
    assert as_it_was(cell) == text


@given(st.text() | st.text(alphabet="'=+-@＝0 a", max_size=6))
def test_no_text_runs_and_every_text_comes_back(text: str) -> None:
    cell = harmless(text)
    assert as_it_was(cell) == text
    assert not cell.startswith(RUN) or cell.lstrip("+-").replace(",", "").replace(".", "").isdigit()
