"""Decisions in the words of screening tools; each row is a word as a tool or a person writes it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveillance.screening.decision_words import (
    DecisionWord,
    UnknownWord,
    read_notes,
    read_stage,
    read_word,
    reason_in_notes,
)
from surveillance.screening.rules import Verdict

IN, OUT, UNSURE = Verdict.INCLUDE, Verdict.EXCLUDE, Verdict.UNSURE


@pytest.mark.parametrize(
    ("text", "verdict", "stage", "reason"),
    [
        ("include", IN, "", ""),
        (" Included ", IN, "", ""),
        ("EXCLUDED", OUT, "", ""),
        ("Maybe", UNSURE, "", ""),
        ("irrelevant", OUT, "", ""),
        ("INCLUDE on title & abstract", IN, "abstract", ""),
        ("INCLUDE on title and abstract", IN, "abstract", ""),
        ("Include on abstract", IN, "abstract", ""),
        ("INCLUDE on full text", IN, "full text", ""),
        ("include: full report", IN, "full text", ""),
        ("EXCLUDE on full-text", OUT, "full text", ""),
        ("EXCLUDE on population", OUT, "", "population"),
        ("EXCLUDE on study design (not primary)", OUT, "", "study design (not primary)"),
        ("Exclude - wrong outcome", OUT, "", "wrong outcome"),
        ("EXCLUDE: not in English", OUT, "", "not in English"),
        ("excluded because of its design", OUT, "", "its design"),
        ("INCLUDE for second opinion", UNSURE, "", ""),
        ("INCLUDE based on marker", IN, "", ""),
    ],
)
def test_a_code_is_read(text: str, verdict: Verdict, stage: str, reason: str) -> None:
    assert read_word(text) == DecisionWord(verdict, stage, reason)


@pytest.mark.parametrize("text", ["", " ", "-", "Undecided", "unscreened", "n/a"])
def test_what_says_that_nobody_decided_is_no_decision(text: str) -> None:
    assert read_word(text) is None


@pytest.mark.parametrize("text", ["perhaps", "inclusion", "excludes", "include exclude", "1", "?"])
def test_any_other_word_is_named(text: str) -> None:
    with pytest.raises(UnknownWord, match=text.replace("?", r"\?")):
        read_word(text)


@pytest.mark.parametrize("text", ["title", "Abstract", "title/abstract", "T&A", "tiab"])
def test_the_first_stage_has_many_names(text: str) -> None:
    assert read_stage(text) == "abstract"


def test_rayyans_notes_name_its_people() -> None:
    notes = (
        'kept | RAYYAN-INCLUSION: {"Ann"=>"Included", "B \\"x\\" C"=>"Excluded", "D"=>"Maybe", '
        '"E"=>"Undecided"} | RAYYAN-LABELS: a | RAYYAN-EXCLUSION-REASONS: wrong design,animals | '
        'USER-NOTES: {"Ann"=>["RAYYAN"]}'
    )
    assert read_notes(notes) == (
        DecisionWord(IN, by="Ann"),
        DecisionWord(OUT, reason="wrong design; animals", by='B \\"x\\" C'),
        DecisionWord(UNSURE, by="D"),
    )
    with pytest.raises(UnknownWord):
        read_notes('RAYYAN-INCLUSION: {"Ann"=>"Enthusiastic"}')


def test_a_reason_in_notes_ends_at_its_sign() -> None:
    assert (
        reason_in_notes("Exclusion reason: Wrong population; Ann (…): p. 3") == "Wrong population"
    )
    assert reason_in_notes("nothing of the kind") == ""


@given(st.text())
def test_no_text_breaks_the_readers(text: str) -> None:
    for read in (read_word, read_stage, read_notes, reason_in_notes):
        try:
            read(text)
        except UnknownWord as word:
            assert str(word).split() == text.split()
