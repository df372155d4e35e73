"""Numbers that contradict each other, or only look like people of the study."""

from __future__ import annotations

import pytest

from surveillance.screening.language import read
from surveillance.screening.participants import Count, count_people


def people_in(text: str, title: str = "") -> Count | None:
    return count_people([read("title", title), read("abstract", text)])


@pytest.mark.parametrize(
    ("text", "number"),
    [
        # Chosen from others.
        ("Of 90 patients with gout, 41 (56%; mean age 60 years) met the inclusion criteria.", 41),
        ("We recruited 300 adults among 9,100 residents of the valley.", 300),
        ("Sixty patients, out of 240 patients who were suitable, were interviewed.", 60),
        ("A total of 812 patients underwent repair. After exclusion of those without a scan, "
         "640 cases were analysed.", 640),
        # Groups that add up.
        ("Of 40 patients with a stent, 4 fell, whereas of 52 patients without, 9 did.", 92),
        ("We studied 25 miners who were exposed to lead and 31 teachers who were not.", 56),
        ("Six patients, four relatives and two nurses were interviewed.", 12),
        ("Blood of 17 ALS subjects was collected. For control subjects, we collected blood from "
         "8 patients with sprains.", 25),
        ("We included 70 survivors aged 20 to 40 years at follow-up.", 70),
        ("Seventeen 18-month-olds and 15 24-month-olds took part.", 32),
        ("We compared 22 violin players to 19 runners.", 41),
        # Parts of a whole that is told.
        ("180 pupils attended, 90 pupils in the app group, 50 in the book group and 40 in the "
         "last group.", 180),
        ("The trial included 500 participants, 470 in the efficacy cohort.", 500),
        ("Data of 400 patients were analysed. A total of 100 patients (25.0%) relapsed.", 400),
        ("Twelve patients were treated at home. A rash was seen in five patients.", 12),
        ("The trial comprised 70 subjects. Seventy patients were allocated to group A or B.", 70),
        ("We followed 30 patients and their wives (N = 60).", 60),
        ("Nine trials (five small ones, four large ones), in all with 2,300 patients, were pooled.",
         2300),
        ("We examined 48 knees from 31 patients.", 31),
        # Years, labels and observers.
        ("Blood was taken from 1,950 participants.", 1950),
        ("Two radiologists independently read the scans. Scans of 66 patients were read.", 66),
        ("The first one included 20 patients and 22 controls.", 42),
    ],
)  # fmt: skip
def test_who_took_part_is_told_from_who_did_not(text: str, number: int) -> None:
    count = people_in(text)
    assert count is not None
    assert count.number == number


@pytest.mark.parametrize(
    "text",
    [
        "During the coronavirus 2 (SARS-CoV-2) outbreak, patients stayed at home.",
        "Patients positive for Ole e 3 patients' sera were many.",
        "A total of 900 papers were found, and 12 were eligible for inclusion.",
        "Twenty centres were asked, of which 12 responded.",
        "The search was done by two reviewers, and two nurses independently extracted the data.",
    ],
)
def test_labels_studies_and_observers_are_nobody(text: str) -> None:
    assert people_in(text) is None


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("We describe a mother and her newborn with short fingers.", 2),
        ("The patient was a 40-year-old man. He recovered.", 1),
        ("We describe and review a unique case of rickets. We found 6 cases in the literature. "
         "Our patient was cured.", 1),
    ],
)  # fmt: skip
def test_one_of_whom_a_text_tells_is_one(text: str, number: int) -> None:
    count = people_in(text)
    assert count is not None
    assert count.number == number


@pytest.mark.parametrize(
    ("text", "number"),
    [
        # Observed in fewer than were told of first.
        ("Ten patients were given the drug. Relief was seen in all six "
         "patients.", 10),
        ("Nurses were invited; 106 responded.", 106),
        ("Groups were controls (n = 25, 50.0%) and patients (n = 25, 50.0%).", 50),
        ("Overall, 40 (8.0%) of the listed 500 said that they were ill; adults did so often.", 500),
        ("We surveyed close to 2000 participants.", 2000),
    ],
)  # fmt: skip
def test_what_is_not_certain_is_at_least_so_many(text: str, number: int) -> None:
    count = people_in(text)
    assert count is not None
    assert (count.number, count.exact) == (number, False)
