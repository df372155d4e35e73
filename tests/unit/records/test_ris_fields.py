"""What is read the short way is read as the long way reads it."""

from __future__ import annotations

from itertools import chain

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from surveillance.records import Author
from surveillance.records.registration_numbers import registration_numbers
from surveillance.records.ris_fields import FieldReader, read_author, read_fields

PARTS = st.sampled_from(
    [
        *("Okoye", "van", "de", "Berg", "St.", "O", "É", "İ", "X.", "Study", "Jr"),
        *("A", "AB", "ABCD", "ABCDE", "A.", "A.B.", "A-B", "Ada", "a"),
    ]
)
BETWEEN = st.sampled_from([" ", " ", ", ", ",", "  ", ",,", ". ", "\u00a0", ""])
PRINTED = st.lists(st.tuples(PARTS, BETWEEN), min_size=1, max_size=5).map(
    lambda pairs: "".join(chain.from_iterable(pairs))
)


@given(PRINTED)
@example("van der Berg CD")
@example("van B C")
@example("van B. C")
@example("Okoye, A. B.")
@example("Okoye, A.B.C.D.")
def test_a_name_is_read_the_same_whatever_blanks_stand_around_it(printed: str) -> None:
    # Blanks keep a name from the patterns of the common shapes.
    assert read_author(printed) == read_author(f" {printed} ")


@pytest.mark.parametrize(
    ("printed", "author"),
    [
        ("van der Berg CD", Author("van der Berg", initials="CD")),
        ("van B C", Author("van", initials="BC")),
        ("van B. C", Author("van", initials="BC")),
        ("García López, M.A. J", Author("García López", initials="MAJ")),
        ("Okoye, A-B", Author("Okoye", initials="A-B")),
        ("Okoye ABCDE", Author(collective="Okoye ABCDE")),
    ],
)
def test_where_the_last_name_ends(printed: str, author: Author) -> None:
    assert read_author(printed) == author


TEXTS = st.sampled_from(
    [
        *("A stump", "2024", "1999/07/26", "221", "8", "10.5555/a", "10.1002/central/CN-1"),
        *("NCT00000001", "PMID 123", "PMC1234", "12345678", "MEDLINE", "1234-567X (Print)"),
        *("Okoye AB", "Okoye, Ada", "", "JOUR", "CHAP"),
    ]
)
TAGS = st.sampled_from(
    [
        *("TI", "T1", "TT", "AB", "N2", "AU", "A1", "A2", "A4", "JF", "T2", "JA", "SN", "VL", "IS"),
        *("PY", "Y1", "DA", "SP", "EP", "AN", "ID", "DO", "M3", "UR", "PM", "DB", "C2", "C3", "LA"),
        *("PT", "KW", "CN", "U2", "UT", "TY", "OP"),
    ]
)
VALUES = st.dictionaries(TAGS, st.lists(TEXTS, max_size=3).map(tuple), max_size=12)


@given(VALUES)
def test_a_reader_of_the_tags_that_are_there_reads_what_a_reader_of_all_does(
    values: dict[str, tuple[str, ...]],
) -> None:
    assert FieldReader(values.keys()).read(values, "file", "x") == read_fields(values, "file", "x")


NUMBERS = st.sampled_from(
    [
        *("NCT00000001", "jprn-abcde", "JPRN-", "RBR-abcdef", "RBR-", "Smith-Jones", "abc def"),
        *("EUCTR2012-001234-12", "-GB", "ISRCTN", "12345678", "NTR1234", " ", "-"),
    ]
)


@given(st.lists(st.lists(NUMBERS, max_size=3).map("".join), max_size=4))
def test_numbers_of_several_texts_are_those_of_each(texts: list[str]) -> None:
    apart = [registration_numbers([text]) for text in texts]
    assert registration_numbers(texts) == tuple(dict.fromkeys(chain.from_iterable(apart)))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("JPRN-abcde", ("JPRN-abcde",)),
        ("see rbr-abcdef", ("rbr-abcdef",)),
        ("Smith-Jones A", ()),
        ("UMIN000001234 and NCT00000001", ("UMIN000001234", "NCT00000001")),
    ],
)
def test_a_number_need_not_hold_a_digit(text: str, found: tuple[str, ...]) -> None:
    assert registration_numbers(["Okoye A", text]) == found
