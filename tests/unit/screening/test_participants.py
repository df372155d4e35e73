from __future__ import annotations

import pytest

from surveillance.screening.language import read
from surveillance.screening.numerals import value_of
from surveillance.screening.participants import Count, count_people


def people_in(text: str) -> Count | None:
    return count_people([read("abstract", text)])


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("We treated 28 patients.", 28),
        ("Twenty-eight people (30 limbs) had the operation.", 28),
        ("Sixty four people were asked.", 64),
        ("A prospective study of 33 major limb amputees", 33),
        ("One hundred and two veterans replied.", 102),
        ("A hundred adults took part.", 100),
        ("1,419 participants were pooled.", 1419),
        ("The matched sample (n = 96) had surgery.", 96),
        ("The matched sample (N=1,165) had surgery.", 1165),
        ("Fifteen patients with it were compared with 13 patients without it.", 28),
        ("Patients had TMR (n = 15) or excision (n = 13).", 28),
        ("Twelve patients (8 men and 4 women) had TMR.", 12),
        ("Seven of the 12 patients improved.", 12),
        ("Ten men and eight women were followed.", 18),
        ("Nine patients and 20 controls were seen.", 29),
        ("Sixteen people were set against 55 others.", 71),
        ("14 consecutive upper-limb amputees were trained.", 14),
        ("We saw 12 people at first. In the end 40 patients had come.", 40),
        ("Of 40 patients, 12 patients had pain.", 40),
        ("In 2019 patients were asked. Then 30 patients came.", 30),
    ],
)
def test_people_are_counted(text: str, number: int) -> None:
    found = people_in(text)
    assert found is not None
    assert found.number == number


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Nobody is counted here.",
        "Type 2 diabetes patients often lose a toe.",
        "In 2019 patients were asked.",
        "The 15-year-old patients improved.",
        "30% of patients had pain.",
        "We pooled 12 studies of patients.",
        "Follow-up was 24 months for patients.",
        "Grade 3 patients did worse.",
        "Of the patients, 95% walked.",
        "From 3 centres patients were sent.",
    ],
)
def test_what_is_not_a_number_of_people_is_not_counted(text: str) -> None:
    assert people_in(text) is None


@pytest.mark.parametrize(
    ("text", "number"),
    [("We reviewed 74 lower limbs.", 19), ("100 below-knee amputations were compared.", 25)],
)
def test_limbs_count_as_people_only_as_far_as_they_must(text: str, number: int) -> None:
    found = people_in(text)
    assert found is not None
    assert (found.number, found.exact) == (number, False)


def test_a_comparison_with_an_unnamed_group_leaves_the_number_open() -> None:
    found = people_in("Sixteen people with early surgery were compared with 55 without.")
    assert found is not None
    assert not found.exact


def test_the_evidence_is_where_the_number_stands() -> None:
    text = "Background. We treated 28 patients in one year."
    found = people_in(text)
    assert found is not None
    (evidence,) = found.evidence
    assert text[evidence.start : evidence.end] == evidence.text == "28 patients"


@pytest.mark.parametrize(
    ("words", "number"),
    [("seven", 7), ("ninety-nine", 99), ("three hundred", 300), ("two hundred and ten", 210)],
)
def test_numbers_in_words_have_their_value(words: str, number: int) -> None:
    assert value_of(words) == number
