"""A report's text in pieces: what each criterion rests on, and how it is cited."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveillance.pipeline.report_cards import Piece, citation, marked
from surveillance.records import Author, Record

TEXT = "Pain after amputation in 20 people"


def test_spans_may_overlap_and_touch() -> None:
    spans = [(0, 4, 1, "Pain"), (5, 21, 2, "after amputation"), (11, 21, 3, "amputation")]
    assert marked(TEXT, spans) == (
        Piece("Pain", (1,)),
        Piece(" "),
        Piece("after ", (2,)),
        Piece("amputation", (2, 3)),
        Piece(" in 20 people"),
    )


def test_a_span_that_fits_no_longer_is_left_out() -> None:
    assert marked(TEXT, [(0, 4, 1, "Gain"), (900, 904, 2, "Pain")]) == (Piece(TEXT),)


@given(
    text=st.text(max_size=40),
    places=st.lists(st.tuples(st.integers(0, 45), st.integers(0, 45), st.integers(1, 9))),
)
def test_no_letter_is_lost_or_doubled(text: str, places: list[tuple[int, int, int]]) -> None:
    spans = [(a, b, number, text[a:b]) for a, b, number in places if a < b <= len(text)]
    pieces = marked(text, spans)
    assert "".join(piece.text for piece in pieces) == text
    told = {number for piece in pieces for number in piece.checks}
    assert told == {number for *_, number, _ in spans}


@pytest.mark.parametrize(
    ("record", "printed"),
    [
        (
            Record(
                source="s", source_id="1", authors=(Author("Marsh", initials="E"),),
                journal="Stumps", year=2024, volume="3", issue="2", pages="1-9",
            ),
            "Marsh E. Stumps 2024; 3(2):1-9",
        ),
        (Record(source="s", source_id="1", journal="Stumps"), "Stumps"),
        (Record(source="s", source_id="1"), ""),
        (
            Record(source="s", source_id="1", authors=(Author("A"),) * 7, year=2024),
            "A, A, A, A, A, A, et al. 2024",
        ),
    ],
)  # fmt: skip
def test_a_report_is_cited_as_a_reference_is_printed(record: Record, printed: str) -> None:
    assert citation(record) == printed
