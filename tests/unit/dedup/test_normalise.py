from __future__ import annotations

import pytest

from surveillance.dedup.normalise import doi_form, fold, leading_number
from surveillance.dedup.people import names_of, surname
from surveillance.dedup.places import Pages, PrintedPlace, journal_words, pages_form, printed_place
from surveillance.dedup.titles import title_form
from surveillance.records import Author, Record


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
        "PAIN AFTER AMPUTATION. GERMAN",
        "Pain after amputation. [French]",
        "Pain after amputation (Review)",
        "Pain after amputation.[Erratum appears in Pain. 2009;9(9):22 Note: A [corrected to B]]",
        "Pain after amputation [see comment]",
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
        ("Nov-19", Pages("11", "19")),
        ("19-Nov", Pages("19", "11")),
        ("Cd003311", None),
        ("2010", None),
        ("S281", Pages("s281")),
        ("281", Pages("281")),
        ("72e1-e10", Pages("72e1", "10")),
    ],
)
def test_pages_that_lost_their_beginning_are_no_evidence(pages: str, form: Pages | None) -> None:
    assert pages_form(pages, 2010) == form


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


@pytest.mark.parametrize(
    "title",
    ["Pain (review of 20 cases) in children", "Pain in the German. Armed forces", "#1 cause"],
)
def test_what_only_looks_like_a_note_stays(title: str) -> None:
    assert title_form(title) == fold(title)


def test_a_title_that_a_spreadsheet_lost_is_none() -> None:
    assert title_form("#NAME?") == ""


def test_a_source_line_in_the_journals_place_is_taken_apart() -> None:
    line = "Genome Research.12 (3) ()(pp 357-366) 2002.Date of Publication: 2002."
    lost = Record(source="embase", source_id="1", journal=line)
    assert printed_place(lost) == PrintedPlace("Genome Research", "12", "3", "357-366")
    conference = "Pain (Suppl. 2). Conference: a meeting"
    placed = Record(source="embase", source_id="1", journal=conference, volume="5", pages="S1")
    assert printed_place(placed) == PrintedPlace(conference, "5", "", "S1")


def test_names_are_found_however_they_are_printed() -> None:
    printed = [
        (Author(last="Leslie", fore="Monica"), Author(last="Silva", fore="Paulo")),
        (Author(last="Leslie MonicaSilva Paulo"),),
        (Author(last="LESLIE", fore="MONICA"), Author(last="SILVA", fore="PAULO")),
        (Author(last="Léslie", fore="Monica M"), Author(last="Silva", fore="Paulo")),
    ]
    assert set(map(names_of, printed)) == {frozenset({"leslie", "monica", "silva", "paulo"})}
    assert names_of((Author(last="Wu", initials="CY"), Author(last="Li AB"))) == {"wu", "li"}


def test_anonymous_is_nobody() -> None:
    assert surname(Author(last="Anonymous")) == ""
    assert surname(Author(collective="WHO Group")) == "who group"
    assert surname(Author(last="D'Arcy-Müller", initials="J")) == "d arcy muller"
