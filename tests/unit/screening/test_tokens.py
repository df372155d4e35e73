"""A text's words are spaCy's, whether its pieces were met before or not."""

from __future__ import annotations

import spacy
from hypothesis import given
from hypothesis import strategies as st

from surveillance.screening.passages import in_any_case
from surveillance.screening.tokens import tokens

_BLANK = spacy.blank("en")
_PIECES = st.sampled_from(
    [
        "patients",
        "(n",
        "12).",
        "don't",
        "U.S.",
        "e.g.,",
        "Σίσυφος",
        "p<0.05;",
        "İzmir",
        "“a”",
        "5mg",
    ]
)
_BY_HEART = sorted(
    piece + sign
    for piece in _BLANK.tokenizer.rules
    if piece.strip(".").isalpha()
    for sign in (",", "")
)
_GAPS = st.sampled_from([" ", " ", " ", "  ", "\n", " \n ", "\u2009", "\t\t", " \u2009"])


@given(st.lists(st.tuples(_PIECES, _GAPS)), st.sampled_from(["", " ", "\n"]))
def test_the_words_are_those_that_spacy_finds_in_the_whole_text(
    pieces: list[tuple[str, str]], first: str
) -> None:
    text = first + "".join(piece + gap for piece, gap in pieces)
    found = tokens(text)
    expected = [(word.text.lower(), word.idx) for word in _BLANK.tokenizer(text)]
    assert list(zip(found.words, found.starts, strict=True)) == expected


@given(st.from_regex(r"[A-Za-z]{1,12}[.,]?", fullmatch=True) | st.sampled_from(_BY_HEART))
def test_letters_read_at_sight_are_the_words_that_spacy_finds(piece: str) -> None:
    expected = [(word.text.lower(), word.idx) for word in _BLANK.tokenizer(piece)]
    found = tokens(piece)
    assert list(zip(found.words, found.starts, strict=True)) == expected


def test_the_words_of_a_piece_do_not_depend_on_the_pieces_beside_it() -> None:
    alone, beside = tokens("p.A353V."), tokens("eroded p p.A353V. . Telomeres :")
    assert alone.words == ("p.", "a353v.")
    assert beside.words[2:4] == alone.words


def test_letters_are_plain_where_a_pattern_in_any_case_takes_them_so() -> None:
    assert in_any_case("QUESTİONNAıREſ: 3 \u212aG Σ") == "questionnaires: 3 kg σ"
