"""Looking for words in reports finds what going through all of them finds."""

from __future__ import annotations

from collections.abc import Mapping

from hypothesis import given
from hypothesis import strategies as st

from surveillance.pipeline import report_words
from surveillance.pipeline.report_words import ReportWords

LETTERS = st.text("abß1.", min_size=1, max_size=5)
TEXTS = st.dictionaries(st.integers(1, 9), st.lists(LETTERS, max_size=4).map(" ".join), max_size=9)
ASKED = st.lists(st.text("aAbßS1.", max_size=3), max_size=3).map(" ".join)


def gone_through(texts: Mapping[int, str], looked_for: str) -> set[int]:
    parts = looked_for.casefold().split()
    return {report for report, text in texts.items() if all(part in text for part in parts)}


def check(words: ReportWords, texts: Mapping[int, str], looked_for: str) -> None:
    found = words.holding(looked_for)
    if looked_for.strip():
        assert found is not None
        assert set(found) == gone_through(texts, looked_for)
    else:
        assert found is None


@given(texts=TEXTS, looked_for=ASKED)
def test_words_and_parts_of_words_are_found(texts: dict[int, str], looked_for: str) -> None:
    check(ReportWords(texts), texts, looked_for)


@given(texts=TEXTS, later=TEXTS, gone=st.sets(st.integers(1, 9)), looked_for=ASKED)
def test_what_was_renewed_is_as_read_anew(
    texts: dict[int, str], later: dict[int, str], gone: set[int], looked_for: str
) -> None:
    words = ReportWords(texts)
    words.renew(gone | later.keys(), later)
    now = {report: text for report, text in texts.items() if report not in gone} | later
    check(words, now, looked_for)


def test_a_part_of_very_many_words_is_found_as_well() -> None:
    many = report_words.MANY_WORDS
    texts = {number: f"l{number} pain {number % 7}" for number in range(2 * many)}
    words = ReportWords(texts)
    for looked_for in ("l", "l 3", "l1", "pain", f"l{many}", "l1 6 pain"):
        check(words, texts, looked_for)
