"""How abstracts say how many people took part: a table of phrasings, and what no text may do."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveillance.screening.language import MAX_TEXT, read
from surveillance.screening.numerals import numbers_in, value_of
from surveillance.screening.participants import Count, count_people


def people_in(text: str, title: str = "") -> Count | None:
    return count_people([read("title", title), read("abstract", text)])


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("Of 120 people screened, 84 were randomised.", 84),
        (
            "Of 120 patients who were screened, 84 patients were randomised to exercise (n = "
            "42) or rest (n = 42).",
            84,
        ),
        ("We screened 120 patients. Eighty-four were randomised.", 84),
        ("We screened 120 patients and enrolled 84 patients.", 84),
        ("A total of 450 patients were screened for eligibility, of whom 300 were enrolled.", 300),
        ("Out of 450 eligible patients, 300 (66.7%) participated.", 300),
        ("From 450 patients in the database, 300 patients met the inclusion criteria.", 300),
        (
            "The registry holds data of 9,000 patients. The study included 1,200 patients "
            "with diabetes.",
            1200,
        ),
        ("Of 500 nurses invited, 310 responded (62%).", 310),
        ("Questionnaires were sent to 500 nurses; 310 nurses responded.", 310),
        ("310 of the 500 invited nurses completed the survey.", 310),
        ("A survey was emailed to 500 surgeons, and 120 surgeons completed it.", 120),
        ("12 of 40 patients had pain.", 40),
        ("Twelve of 40 (30%) patients had pain.", 40),
        ("30 patients and 30 controls were examined.", 60),
        ("Sixty patients were randomly assigned to A (n = 30) or B (n = 30).", 60),
        ("Patients were randomised to A (n = 31) or placebo (n = 30).", 61),
        ("We enrolled 45 patients with stroke and 45 age-matched healthy volunteers.", 90),
        ("The mean age of the 45 patients was 62 years.", 45),
        ("Patients aged 18 to 65 years (n = 88) were included.", 88),
        ("In total, 1 234 patients were included.", 1234),
        ("In total, 1.234 patients were included.", 1234),
        ("Data of 2.3 million adults were analysed.", 2300000),
        ("We analysed 17 trials (n = 3,450).", 3450),
        ("We included 12 studies with 2,340 participants.", 2340),
        (
            "Twelve studies with 2,340 participants were included. Six studies (1,100 "
            "participants) compared A with B.",
            2340,
        ),
        ("A 34-year-old woman presented with pain. We report this case.", 1),
        ("We report a case of neuroma in a 12-year-old boy.", 1),
        ("We present two patients with neuroma.", 2),
        ("Study 1 (N = 120) and Study 2 (N = 250) tested this.", 370),
        ("In Study 1 we asked students (n = 120). In Study 2 we asked workers (n = 250).", 370),
        ("The training cohort had 200 patients and the validation cohort had 100 patients.", 300),
        (
            "A cohort of 300 patients was divided into a training set (n = 200) and a "
            "validation set (n = 100).",
            300,
        ),
        ("100 patients were enrolled; 92 completed the study.", 100),
        ("Of 100 randomised patients, 92 completed follow-up and were analysed.", 100),
        ("Eighty eyes of 45 patients were included.", 45),
        ("Forty hips in 32 patients were replaced.", 32),
        ("Forty-two mother-infant pairs were recruited.", 84),
        ("120 couples took part.", 240),
        ("We will recruit 180 patients.", 180),
        ("Between 2010 and 2018, 240 patients underwent TMR.", 240),
        ("The prevalence was 12 per 100,000 people. We followed 340 adults.", 340),
        ("HIV affects 38 million people worldwide. We interviewed 25 nurses.", 25),
        (
            "Twenty-five patients (15 men, 10 women; mean age 54 years) were studied. 12 "
            "patients (48%) had pain.",
            25,
        ),
        ("Group A comprised 20 patients and group B 22 patients.", 42),
        ("20 patients in group A and 22 in group B were compared.", 42),
        ("There were 25 patients in the TMR group and 30 in the control group.", 55),
        ("Thirty patients received A, 28 received B, and 29 received placebo.", 87),
        (
            "One hundred fifty patients with gout, 76 patients with osteoarthritis, and 75 "
            "healthy controls were included.",
            301,
        ),
        ("The study group included 40 patients, while the control group included 38 patients.", 78),
        (
            "Seventeen patients were enrolled. Results were compared with those of 9 healthy "
            "controls.",
            26,
        ),
        ("All 41 patients completed the trial.", 41),
        (
            "We reviewed the records of 310 patients; 24 patients were excluded, leaving 286 "
            "patients for analysis.",
            286,
        ),
        ("Of 310 patients, 24 were excluded.", 310),
        ("After excluding 24 patients, 286 patients were analysed.", 286),
        ("23 individuals participated in 4 focus groups and 12 individuals in interviews.", 35),
        ("More than 500 patients were treated.", 500),
        ("In-depth interviews with 16 leaders were held.", 16),
        ("Ten patients (8 female; 2 male) were recruited from three centres and interviewed.", 10),
        ("The study was conducted in 14 clinics in 10 cities with 1,760 patients.", 1760),
        ("We report on 22,843 patients treated between 1992 and 2017.", 22843),
        (
            "Using a database of 150 patients who underwent transplantation, we stained sections.",
            150,
        ),
        ("A stratified sampling method was used to recruit 683 students aged 8-15 years.", 683),
        ("This analysis of 6339 patients treated in 13 centers shows it.", 6339),
        ("During the study period 161 patients sustained an injury.", 161),
        (
            "18 patients (age 49.6 years, 47% female) were included, comprising 10 patients "
            "managed with A and 8 patients managed with B.",
            18,
        ),
        ("Data were collected for 24 patients. A total of 46 procedures were performed.", 24),
        ("We randomised 100 patients into two groups of 50 each.", 100),
        ("Patients were randomized into two groups of 45 patients each.", 90),
        (
            "A retrospective review of 69 consecutive patients was performed. In 56 "
            "patients, PET was done.",
            69,
        ),
        ("Seven asymptomatic carriers of the mutation and six non-carriers were recruited.", 13),
        (
            "13 preterm infants in the experimental group and 18 preterm infants in the "
            "control group completed the intervention.",
            31,
        ),
        (
            "Plasma of 60 patients was collected before surgery. Variants were detected in "
            "38 patients.",
            60,
        ),
        (
            "The cohort included 62,180 individuals of whom 1.6% (1019) had delirium. In the "
            "training cohort (43,527 individuals) it was less.",
            62180,
        ),
        ("Twenty-five patients completed surveys. Seventy-two percent (n = 18) needed help.", 25),
        (
            "We reviewed 884 431 patient records to identify 100 patients with occlusion, "
            "6559 with stroke, and 1000 matched controls.",
            7659,
        ),
        ("40 (40%) of 100 patients had it.", 100),
        ("In 40 patients with heart disease, glucose was monitored.", 40),
        ("Out of 183, 100 patients who discontinued were included in the study.", 100),
        ("88 cirrhotic patients and 34 healthy control subjects were included.", 122),
        ("There were 60 participants: 30 men and 30 women.", 60),
        ("Participants were 30 nurses, 20 physicians and 10 pharmacists.", 60),
        ("Sixty participants (30 nurses, 20 physicians and 10 pharmacists) took part.", 60),
        ("514 patients with coarctation at two centers were enrolled.", 514),
        ("Of 62,977 patients, 906 (1%) had AKD with AKI.", 62977),
        (
            "A total of 1033 patients were included. Based on 415 cases for whom data were "
            "available, it holds.",
            1033,
        ),
        (
            "Between January 2012 and December 2017, we identified 192 patients who "
            "underwent bronchoscopy. Of 192 procedures, 51 changed it.",
            192,
        ),
        ("PD patients (n = 30), their partners (n = 30) and controls (n = 25) were scanned.", 85),
        ("The data of 212 institutional and 1615 NCDB patients were analysed.", 1827),
        ("We used data from 770 men and women aged 61 to 74 years.", 770),
        ("Thirty couples were interviewed.", 60),
        ("N = 231 adults (115 women) completed both waves.", 231),
        ("Two hundred nurses and 1500 patients in 12 hospitals took part.", 1700),
        ("We included 47 RCTs (n = 12,345 participants).", 12345),
        ("Of the 1,200 women approached, 950 consented and 900 completed the study.", 950),
        (
            "We recruited 50 patients and 50 matched healthy volunteers; 5 patients dropped out.",
            100,
        ),
        (
            "Three hundred and thirty-one people completed T0; 306 completed T1 (92.4%) and "
            "285 completed T2.",
            331,
        ),
        # Parts are those numbers that follow a whole and add up to it.
        ("We saw 107 women, 73 women had A as opposed to 34 women who had B.", 107),
        ("For 100 patients who came, 53 underwent A and 47 partial B.", 100),
        ("Fifty people (30 men, 20 women) were asked; 27 people knew, 23 did not.", 50),
        ("We asked 30 nurses, 20 physicians and 10 pharmacists.", 60),
        # Brackets within brackets say nothing of the numbers around them.
        ("We saw 18 healthy people (mean age: 33 years (range: 19-74)), 44 patients.", 62),
        # Days, years and names are no people.
        ("Between Nov 27, 2017, and April 25, 2019, 121 participants were enrolled.", 121),
        ("Two brothers aged 2 and 4 who had taken it recovered.", 2),
        # Words before the noun.
        ("It was done in 68 consecutively enrolled patients.", 68),
        ("We used data of 1782 U.S. children.", 1782),
        ("We pooled 12 studies with 3,890 community-dwellers.", 3890),
        ("In all, 456 faculty radiologists (171 women) answered.", 456),
        ("115 (60 with device A and 55 with device B) patients were included.", 115),
        ("Consecutive patients (475) were analysed.", 475),
        # Abbreviations count as what the text says they are.
        ("Health care workers (HCWs) were at risk. We tested 210 HCWs.", 210),
        ("People with multiple sclerosis (pwMS) cope. We asked 80 pwMS.", 80),
        # As many in each of several groups.
        ("Each of the matched groups included 11,947 participants.", 23894),
        ("Mice aside, people were put into three groups (n = 20).", 60),
        ("There were two groups. We had 30 patients in each group.", 60),
        ("The 30 patients of clinic A (12 patients) and clinic B (18 patients) came.", 30),
        ("In clinic A (120 patients) and clinic B (80 patients) it was rare.", 200),
        # Matched people, where a ratio or "equal numbers" says how many.
        ("They were matched 1:1. A total of 57 patients were matched to controls.", 114),
        ("We identified 208 patients who were matched to equal numbers.", 416),
        # One more person, or one for each.
        ("Cells came from two patients with it and a related control.", 3),
        ("We saw seven pupils with it and one parent for each pupil.", 14),
        ("119 people who had recovered completed it and 91 friends also completed it.", 210),
        # Others in other sentences.
        ("Samples were taken from 16 patients. Control samples were from 14 patients.", 30),
        ("We included 98 patients. They were compared to a control group (n = 400).", 498),
        ("We studied 400 patients. It was externally validated in 180 patients.", 580),
        (
            "We enrolled 90 patients. A data set of 300 patients was used for external validation.",
            390,
        ),
        ("In group A, 11 studies were included (n = 286). In group B, 2 were (n = 69).", 355),
        (
            "In 21 patients in the severe group it rose, not in 53 patients in the mild group.",
            74,
        ),
        # Who was only asked, sent something, or looked through.
        ("Of the 615 members who were sent the link, 233 responded.", 233),
        ("From 169 patients, 70 consecutive patients were identified who had it.", 70),
        ("We reviewed 45 patients to identify those with it. Nine patients met the criteria.", 9),
        ("Of 240 patients screened, 61 (38 men and 23 women) met inclusion criteria.", 61),
        ("We sent it to 1357 physicians and received 913 (67%) responses.", 913),
        ("In total, 790 subjects were included. 456 subjects were finally analysed.", 790),
        ("A total of 84 were enrolled.", 84),
        ("Of 40 patients, 31 were eligible for analysis.", 40),
        # What is in each group is a part of those before; a verb's people are no more than these.
        ("Surveys were completed by 232 people, with 58 people in each study group.", 232),
        ("Of 246 randomized patients, 192 with data of a year were included.", 246),
        ("We tested 46 men without it and of 39 healthy men the same.", 85),
        ("The 459 patients included had it. A total of 180 patients remained on it.", 459),
        # Nobody says how many, but parts of them are counted.
        ("It was found in 33/38 patients.", 38),
        ("We stopped after enrolling 185/420 children.", 185),
        ("Women said no (40 [28.2%] vs 102 [71.8%]).", 142),
        ("Sixteen pairs of individuals played together.", 32),
        ("We present the case of pain. Our patient recovered.", 1),
        ("Simulations rest on nine patient records.", 9),
    ],
)
def test_who_took_part_is_counted(text: str, number: int) -> None:
    found = people_in(text)
    assert found is not None
    assert found.number == number


@pytest.mark.parametrize(
    "text",
    [
        "Forty eyes were operated on.",
        "We tested 30 samples of patients.",
        "Two reviewers screened the records.",
        "HIV affects 38 million people worldwide.",
        "One in nine men has it.",
        "Adults took 500 mg daily.",
        "Twelve rats (n = 12) were used.",
        "Samples (n = 45) were frozen.",
        "A total of 100,000 patients were simulated.",
        " 1,200 patient-years were followed.",
        "Fifteen trials were included.",
        "A patient-centred approach is needed.",
        "The 3 patient groups did not differ.",
        "In patients aged 65 years, 20 mg was safe.",
        "The family comprises 14 members, and they bind to 21 gene members.",
        "Five patients who died early were not included.",
        "People who died at once were excluded (n = 1009).",
        "More than 108 million people acquired it.",
        "Of the 330 million people living in the US, some are old.",
        "The 2010 Healthy Kids Act changed it.",
        "We searched for articles. A total of 84 were included.",
        "It affected 12 of 40 (30%) samples and 5/20 samples.",
        "Sixteen pairs of eyes were tested.",
        "A program (n = 1) was tried.",
        "Recordings were parted into a training set (n = 281) and a test set (n = 132).",
        "Isolates differed (16/23 vs 43/88) from those of patients.",
    ],
)
def test_what_did_not_take_part_is_not_counted(text: str) -> None:
    assert people_in(text) is None


@pytest.mark.parametrize(
    ("title", "number"),
    [
        ("Necrosis in a kidney transplant recipient", 1),
        ("Neuroma of the stump: a case report", 1),
        ("Care in a patient population", None),
        ("Pain after amputation in 46 veterans", 46),
    ],
)
def test_a_title_counts_too(title: str, number: int | None) -> None:
    found = people_in("Nobody is counted here.", title)
    assert (found.number if found else None) == number


@pytest.mark.parametrize(
    "text",
    [
        "More than 500 patients were treated.",
        "We asked about 40 nurses.",
        "We enrolled 38 adolescents and their caregivers.",
        "Pain was less in 11 patients (22%).",
        "Sixteen people with early surgery were compared with 55 without.",
        "We enrolled 12 men. The 40 patients of the registry were like them.",
        "A total of 57 patients were matched to controls.",
        "It was found in 33/38 patients.",
        "Questionnaires went to all: 310 questionnaires were returned.",
    ],
)
def test_a_number_that_may_be_larger_is_no_exact_one(text: str) -> None:
    found = people_in(text)
    assert found is not None
    assert not found.exact


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("1,234 and 1 234 and 1.234", [1234, 1234, 1234]),
        ("12\u202f345 or 12\u00a0345", [12345, 12345]),
        ("7 million, 1.2 million", [7_000_000, 1_200_000]),
        ("two dozen, Eight-hundred and seventy-five", [24, 875]),
        ("one thousand two hundred and five", [1205]),
        ("between twenty and thirty", [20, 30]),
        ("0.05, 12%, 12.5 %, 3.5 kg, COVID-19, 4th, 4R-tau, someone, often", []),
        ("1" * 40, []),
    ],
)
def test_numbers_are_read_as_they_are_printed(text: str, values: list[int]) -> None:
    assert [value_of(found[0]) for found in numbers_in(text)] == values


@given(st.integers(min_value=2, max_value=9_999_999))
def test_every_number_of_patients_is_found(number: int) -> None:
    for printed in (str(number), f"{number:,}"):
        found = people_in(f"A total of {printed} patients were enrolled.")
        assert found is not None
        assert (found.number, found.exact) == (number, True)


@given(st.text(alphabet="0123456789 ,.;()=n%of patientswere", max_size=300))
def test_evidence_is_where_it_says(text: str) -> None:
    passage = read("abstract", text)
    found = count_people([passage])
    for evidence in found.evidence if found else ():
        assert passage.text[evidence.start : evidence.end] == evidence.text


@pytest.mark.parametrize(
    "pattern",
    ["1", "1,111", "1 patients and ", "of 12 patients ", "(n = 12) ", "12 (", "12, ", "a ",
     "one hundred and ", "we report a case of a ", "a 12-year-old ", "12 big red "],
)  # fmt: skip
def test_a_hostile_text_takes_no_longer_than_others(pattern: str) -> None:
    passage = read("abstract", pattern * (1_000_000 // len(pattern)))
    assert len(passage.text) == MAX_TEXT
    begun = time.process_time()
    count_people([passage])
    assert time.process_time() - begun < 5
