from __future__ import annotations

import pytest

from surveillance.dedup.normalise import (
    Pages,
    doi_form,
    fold,
    journal_words,
    leading_number,
    pages_form,
    surname,
    title_form,
)
from surveillance.records import Author


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        ("Müller’s naïve café", "MULLER S NAIVE CAFE"),
        ("TNF-α and β-blockers", "TNF alpha and beta blockers"),
        ("H₂O &amp; CO₂", "h2o co2"),
        ("Ørsted, Łódź", "Orsted Lodz"),
        ("𝓐 𝕓 Ⅷ", "a b viii"),
        ("<i>E. coli</i> in vitro", "E coli in vitro"),
        ("pain vs. no pain", "Pain versus no pain"),
        ("the arm and the leg", "arm & leg"),
    ],
)
def test_what_databases_print_differently_folds_alike(ours: str, theirs: str) -> None:
    assert fold(ours) == fold(theirs)


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [("hepatitis A", "hepatitis"), ("in vitro", "in vivo"), ("part 1", "part 2")],
)
def test_what_tells_two_works_apart_is_not_folded_away(ours: str, theirs: str) -> None:
    assert fold(ours) != fold(theirs)


@pytest.mark.parametrize(
    "title",
    [
        "[Pain after amputation].",
        "Pain after amputation. [German]",
        "Pain after amputation. [Review] [53 refs]",
        "RETRACTED: Pain after amputation",
        "[RETRACTED ARTICLE] Pain after amputation",
        "PAIN AFTER AMPUTATION",
    ],
)
def test_a_title_loses_brackets_notes_and_marks(title: str) -> None:
    assert title_form(title) == "pain after amputation"


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        ("221-8", "221-228"),
        ("221-8", "e221-e228"),
        ("pp. 221–228", "221-228"),
        ("S70-S85", "70s-85s"),
        ("0221-0228", "221-8"),
        ("221-221", "221"),
    ],
)
def test_page_forms_are_alike(ours: str, theirs: str) -> None:
    assert pages_form(ours) == pages_form(theirs)


@pytest.mark.parametrize(
    ("pages", "form"),
    [
        ("", None),
        ("Suppl-29", None),
        ("Nov-19", None),
        ("S281", Pages("s281")),
        ("281", Pages("281")),
        ("72e1-e10", Pages("72e1", "10")),
    ],
)
def test_pages_that_lost_their_beginning_are_no_evidence(pages: str, form: Pages | None) -> None:
    assert pages_form(pages) == form


@pytest.mark.parametrize(
    ("text", "doi"),
    [
        ("https://doi.org/10.5555/ABC.1", "10.5555/abc.1"),
        ("doi:10.5555/abc.1.", "10.5555/abc.1"),
        ("S0016508594002283 [pii]", ""),
        ("", ""),
    ],
)
def test_a_doi_is_bare_and_in_lower_case(text: str, doi: str) -> None:
    assert doi_form(text) == doi


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("24 Suppl 1", "24"),
        ("63 (SUPPL. 1)", "63"),
        ("1)", ""),
        ("", ""),
        ("Suppl", ""),
        ("007", "7"),
    ],
)
def test_a_volume_is_the_number_it_begins_with(text: str, number: str) -> None:
    assert leading_number(text) == number


def test_a_journal_is_its_words_without_place_or_conference() -> None:
    assert journal_words("Journal of Hand Surgery (Edinburgh)") == ("journal", "hand", "surgery")
    assert journal_words("Circulation. Conference: AHA 2013. Dallas") == ("circulation",)


def test_anonymous_is_nobody() -> None:
    assert surname(Author(last="Anonymous")) == ""
    assert surname(Author(collective="WHO Group")) == "who group"
    assert surname(Author(last="D'Arcy-Müller", initials="J")) == "d arcy muller"
