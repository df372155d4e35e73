"""Patterns of criteria.toml: which are refused, and that the others end soon on any text."""

from __future__ import annotations

import time

import pytest

from surveillance.screening.language import Stance, mentions, read
from surveillance.screening.patterns import MAX_PIECE, UnsafePattern, compiled, occurrences

SOUND = [
    r"amput\w*.{0,60}neuroma",
    r"\d+ (?:major )?(?:limb )?patients",
    r"(?:\w+ ){0,4}patients",
    r"(?: \w+){0,4} patients",
    r"n ?= ?\d+",
    r"\bfactor[- ]xa\b",
    r"(?:direct|novel|new) (?:oral )?anti-?coagulants?",
    r".*cancer",
    r"[^,]*, cancer[^,]*,",
    r"\d+(?:\.\d+)? ?mg\b",
    r"\w+ib\b",
    r"(?:apixaban|rivaroxaban)\s+(?:vs\.?|versus)\s+\w+",
]
MADE_TO_BE_SLOW = [
    "amput" * 10_000,
    "w" * 50_000,
    ("w" * 59 + " ") * 830,
    "1 " * 25_000,
    ", " * 25_000,
    "cancer," * 7_000,
    ("amput" * 11 + " ") * 890,
    "factor " * 7_000,
]


@pytest.mark.parametrize("pattern", SOUND)
def test_a_sound_pattern_ends_soon_on_texts_made_to_be_slow(pattern: str) -> None:
    compiled(pattern)
    for text in MADE_TO_BE_SLOW:
        begun = time.process_time()
        sum(1 for _ in occurrences(pattern, text))
        assert time.process_time() - begun < 5, text[:20]


@pytest.mark.parametrize(
    ("pattern", "reason"),
    [
        ("(a+)+b", "more than|times"),
        ("(a|a)*b", "times"),
        (r"(\w+\s?)+x", "times"),
        ("(x+x+)+y", "times"),
        ("(?:ab){0,99}c", "times"),
        (".*.*x", "too many ways"),
        (r"[\w ]+[\w,]+z", "too many ways"),
        ("(?:a{0,50}){0,10}b", "too many ways"),
        (r"(?:\w+\s?){0,10}x", "too many ways"),
        (r"(?:a \w+){0,4}b", "too many ways"),
        ("(?:(?:(?:a|b)?){0,9}){0,9}c", "too many ways"),
        ("s+ſ+s+ſ+s+ſ+x", "too many ways"),
        ("(?=a)ab", "rare construct"),
        ("(?<!a)bc", "rare construct"),
        (r"(a)\1", "rare construct"),
        ("(?>ab)c", "rare construct"),
        ("((((((((((ab))))))))))", "deeply"),
        ("(" * 149 + "ab" + ")" * 149, "deeply"),
        ("(ab", "no regular expression"),
        ("a{99999999999999999999}", "no regular expression|deeply"),
        ("ab" * 151, "longer than"),
        ("", "almost any text"),
        ("x*", "almost any text"),
        (".", "almost any text"),
        (r"\w+", "almost any text"),
        (r"\d", "almost any text"),
        ("[a-z]+ [a-z]+", "almost any text"),
        ("neuroma|", "almost any text"),
    ],
)
def test_a_pattern_that_could_run_away_or_says_nothing_is_refused(
    pattern: str, reason: str
) -> None:
    with pytest.raises(UnsafePattern, match=reason):
        compiled(pattern)


def test_a_pattern_is_found_in_any_case_and_to_the_character() -> None:
    (found,) = mentions([read("abstract", "We gave Factor-XA inhibitors.")], (), (r"factor-xa\b",))
    assert found.evidence.text == "Factor-XA"
    assert found.stance is Stance.ASSERTED


def test_a_pattern_is_denied_as_words_are_and_ends_with_its_sentence() -> None:
    passage = read("abstract", "No factor xa drug was used. Apixaban was not. Neuroma")
    (denied,) = mentions([passage], (), (r"factor xa \w+",))
    assert denied.stance is Stance.DENIED
    assert not list(mentions([passage], (), (r"used\W+apixaban",)))


def test_a_long_sentence_is_looked_through_piece_by_piece() -> None:
    text = "pain and " * 200 + "a neuroma"
    assert len(text) > MAX_PIECE
    assert [text[start:end] for start, end in occurrences("a neurom[ae]", text)] == ["a neuroma"]
