"""A text cut where notes stand: nothing of it is lost, each note ends somewhere."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from surveillance.triage.stretches import Mark, found_in, stretches

MARKS = st.lists(
    st.builds(Mark, st.integers(-3, 12), st.integers(-3, 12), st.integers(1, 9)), max_size=5
)


@given(st.text("ab ", max_size=10), MARKS)
def test_the_pieces_are_the_text_and_each_note_ends_once(text: str, marks: list[Mark]) -> None:
    found = stretches(text, marks)
    assert "".join(piece.text for piece in found) == text
    ends = sorted(number for piece in found for number in piece.ends)
    assert ends == (sorted(mark.number for mark in marks) if text else [])


@given(st.text("ab", max_size=12), st.lists(st.text("ab", max_size=3), max_size=5))
def test_no_two_notes_stand_on_the_same_words(text: str, wanted: list[str]) -> None:
    marks = found_in(text, list(enumerate(wanted, 1)))
    for mark in marks:
        assert text[mark.start : mark.end] == wanted[mark.number - 1]
    assert all(a.end <= b.start for a, b in pairwise(marks))


def test_a_short_word_stands_beside_a_longer_one_that_holds_it() -> None:
    text = '"a b"[tiab:~0] OR c[tiab]'
    marks = found_in(text, [(1, "[tiab]"), (2, '"a b"[tiab:~0]')])
    assert [(mark.number, mark.start) for mark in marks] == [(2, 0), (1, 19)]
