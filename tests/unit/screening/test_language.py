from __future__ import annotations

import pytest

from surveillance.screening.language import MAX_TEXT, find, find_any, read, unusable

ENGLISH = (
    "The people who took part were seen at the clinic, and what they said of their pain was "
    "written down by a nurse who did not know how they had been treated."
)


@pytest.mark.parametrize(
    ("text", "phrase"),
    [
        ("Below-knee amputation", "below knee amput*"),
        ("below knee amputees", "below-knee amput*"),
        ("BELOW–KNEE AMPUTATIONS", "below knee amput*"),
        ("the stump", "stump"),
    ],
)
def test_a_phrase_is_found_in_any_case_with_or_without_hyphens(text: str, phrase: str) -> None:
    assert find([read("title", text)], (phrase,))


@pytest.mark.parametrize(
    ("text", "phrase"), [("stumps", "stump"), ("knee amputation", "below knee amput*"), ("", "a*")]
)
def test_a_word_without_a_star_is_found_whole(text: str, phrase: str) -> None:
    assert not find([read("title", text)], (phrase,))


@pytest.mark.parametrize(
    "text",
    [
        "No animal studies were included.",
        "It was done without animal studies.",
        "Animal studies were excluded.",
        "Animal studies were not included.",
        "Animal studies are needed.",
        "Further animal studies may help.",
        "Unlike animal studies, this one asked people.",
    ],
)
def test_a_phrase_that_is_denied_or_wished_for_is_not_meant(text: str) -> None:
    passage = read("abstract", text)
    assert not find([passage], ("animal studies",))
    assert find_any([passage], ("animal studies",))


@pytest.mark.parametrize(
    "text",
    [
        "These animal studies were short.",
        "Pain was not less, but animal studies were done.",
        "There was no harm. Animal studies followed.",
        "Animal studies were done. People were excluded.",
    ],
)
def test_a_denial_does_not_reach_beyond_its_clause(text: str) -> None:
    assert find([read("abstract", text)], ("animal studies",))


def test_markup_is_blanked_and_positions_hold() -> None:
    text = "<p>Pain &amp; <i>loss</i> of a limb</p>"
    (found,) = find([read("abstract", text)], ("loss",))
    assert text[found.start : found.end] == "loss"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "there is no abstract"),
        ("  \n", "there is no abstract"),
        ("No abstract available.", "fewer than"),
        ("Wir haben die Schmerzen von vierzig Patienten nach einer Amputation des Beines "
         "untersucht und mit einer Gruppe ohne Eingriff verglichen.", "not in English"),
        ("四肢の切断後の疼痛に対する手術の効果を検討した。" * 20, "not in English"),
        ("боль после ампутации конечности " * 10, "not in English"),
        ("word " * MAX_TEXT, "longer than"),
    ],
)  # fmt: skip
def test_a_text_that_is_no_english_abstract_is_unusable(text: str, reason: str) -> None:
    assert reason in unusable(text)


def test_an_english_abstract_is_usable() -> None:
    assert unusable(ENGLISH) == ""


def test_of_a_sentence_without_end_the_part_around_the_words_is_kept() -> None:
    text = "and then " * 300 + "the stump hurt " + "and then " * 300
    (found,) = find([read("abstract", text)], ("stump",))
    assert "the stump hurt" in found.sentence
    assert found.sentence in text
    assert len(found.sentence) < 1100
