from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveillance.records import IndexedHeading, Record
from surveillance.screening.designs import Design, designs_of
from surveillance.screening.texts import read_texts

FILLER = (
    " The people who took part were seen at the clinic, and what they said of their pain was "
    "written down by a nurse who did not know how they had been treated."
)


def a_record(
    title: str = "Pain after loss of a leg",
    abstract: str = "",
    types: tuple[str, ...] = (),
    headings: tuple[str, ...] | None = None,
    **more: str,
) -> Record:
    return Record(
        source="pubmed",
        source_id="1",
        title=title,
        abstract=abstract + FILLER,
        publication_types=types,
        mesh=None if headings is None else tuple(IndexedHeading(name) for name in headings),
        **more,  # type: ignore[arg-type]
    )


def designs(*records: Record) -> list[Design]:
    return [found.design for found in designs_of(records, read_texts(records))]


@pytest.mark.parametrize(
    ("types", "design"),
    [
        (("Journal Article", "Randomized Controlled Trial"), Design.RANDOMISED_TRIAL),
        (("Review", "Systematic Review"), Design.SYSTEMATIC_REVIEW),
        (("Controlled Clinical Trial", "Comparative Study"), Design.CONTROLLED_TRIAL),
        (("Journal Article", "Review"), Design.NARRATIVE_REVIEW),
        (("Editorial", "Comment"), Design.EDITORIAL),
        (("Comment", "Letter"), Design.COMMENT),
        (("Case Reports", "Review"), Design.CASE_REPORT),
        (("Clinical Trial Protocol",), Design.PROTOCOL),
        (("Published Erratum",), Design.ERRATUM),
        (("Retraction of Publication",), Design.RETRACTION_NOTICE),
        (("Journal Article", "Observational Study"), Design.OBSERVATIONAL),
        (("Clinical Trial, Phase II",), Design.CLINICAL_TRIAL),
        (("Practice Guideline",), Design.GUIDELINE),
        (("Journal Article",), Design.NOT_STATED),
    ],
)
def test_the_publication_type_gives_the_design(types: tuple[str, ...], design: Design) -> None:
    assert designs(a_record(types=types)) == [design]


@pytest.mark.parametrize(
    ("types", "title", "found"),
    [
        (("Systematic Review", "Meta-Analysis"), "Pain", ["systematic review", "meta-analysis"]),
        (("Clinical Trial",), "Pain: a randomised trial", ["randomised trial"]),
        (("Clinical Trial",), "Pain: a non-randomised trial", ["controlled trial"]),
        (("Controlled Clinical Trial",), "Pain: a randomised trial",
         ["randomised trial", "controlled trial"]),
        (("Randomized Controlled Trial",), "Pain: study protocol for a trial",
         ["protocol", "randomised trial"]),
        (("Review",), "A review of randomised trials", ["narrative review"]),
        (("Comment",), "Pain: a systematic review", ["comment"]),
        (("Editorial",), "Randomised trials of pain", ["editorial"]),
    ],
)  # fmt: skip
def test_a_type_that_says_less_gives_way_to_the_title(
    types: tuple[str, ...], title: str, found: list[str]
) -> None:
    assert designs(a_record(title, types=types)) == found


TITLES = {
    "Surgery for stump pain: a systematic review": ["systematic review"],
    "Systematic scoping review of stump pain": ["systematic review"],
    "Surgery for stump pain: systematic review and meta-analysis": [
        "systematic review", "meta-analysis",
    ],
    "Stump pain: meta-analysis of randomised controlled trials": [
        "systematic review", "meta-analysis",
    ],
    "Meta-analysis of gene expression in neuromas": ["meta-analysis"],
    "Surgery for stump pain: a randomised controlled trial": ["randomised trial"],
    "Surgery for stump pain: a randomized clinical trial": ["randomised trial"],
    "Randomised, double-blind, cross-over trial of ketamine": ["randomised trial"],
    "Ketamine for stump pain: a placebo-controlled study": ["randomised trial"],
    "Who gains: a secondary analysis of the Stump Pain trial": ["randomised trial"],
    "Randomised controlled trials in surgery: what is wrong": ["not stated"],
    "Diet and pain: a Mendelian randomisation study": ["not stated"],
    "Pain in a random sample of amputees": ["not stated"],
    "Surgery for stump pain: a non-randomised comparison": ["not stated"],
    "Surgery for stump pain: a nonrandomized trial": ["controlled trial"],
    "Quasi-experimental study of mirrors": ["controlled trial"],
    "Protocol for a systematic review of stump pain": ["protocol", "systematic review"],
    "Stump pain: statistical analysis plan of a randomised trial": [
        "protocol", "randomised trial",
    ],
    "Pain study (PAIN): rationale and design": ["protocol"],
    "Stump pain: a feasibility protocol": ["protocol"],
    "Effect of a rehabilitation protocol": ["not stated"],
    "A protocol-driven ward": ["not stated"],
    "Correction: Stump pain: a randomised trial": ["erratum"],
    "Erratum to: Stump pain": ["erratum"],
    "Correction of deformity of the stump": ["not stated"],
    "Retraction: Stump pain": ["retraction notice"],
    "Stump pain: a retrospective cohort": ["cohort study"],
    "Stump pain: a case series": ["case series"],
    "Stump pain: case report": ["case report"],
    "Stump pain: a cross-sectional survey": ["cross-sectional study"],
    "Stump pain: current concepts": ["narrative review"],
    "Stump pain: a narrative review": ["narrative review"],
    "Stump pain: consensus statement": ["guideline"],
    "Editorial: stump pain": ["editorial"],
}  # fmt: skip


@pytest.mark.parametrize(("title", "found"), TITLES.items())
def test_the_title_gives_the_design_where_no_type_does(title: str, found: list[str]) -> None:
    assert designs(a_record(title)) == found


ABSTRACTS = {
    "We searched four databases to May 2024.": ["systematic review"],
    "The review followed PRISMA.": ["systematic review"],
    "PubMed and Embase were searched.": ["systematic review"],
    "PubMed was searched.": ["not stated"],
    "We searched the wound for metal.": ["not stated"],
    "No systematic search was made.": ["not stated"],
    "A systematic review is needed.": ["not stated"],
    "A recent systematic review of surgery found little.": ["not stated"],
    "Eight trials were meta-analysed after a systematic literature search.": [
        "systematic review", "meta-analysis",
    ],
    "We searched Medline and Embase for randomised trials with a placebo.": ["systematic review"],
    "Twenty-eight people were randomised to surgery or exercise.": ["randomised trial"],
    "Volunteers were randomly divided into two groups.": ["randomised trial"],
    "Treatments were given in random order.": ["randomised trial"],
    "A prospective randomized study was done on 60 patients.": ["randomised trial"],
    "Ketamine was compared with placebo.": ["randomised trial"],
    "We analysed again the data of a randomised trial.": ["randomised trial"],
    "Patients were not randomised.": ["not stated"],
    "This was not a randomised trial.": ["not stated"],
    "Randomised trials are needed.": ["not stated"],
    "A randomised trial is warranted.": ["not stated"],
    "Patients should be randomly assigned in future.": ["not stated"],
    "Several randomised trials have shown that it helps.": ["not stated"],
    "This review tells of one randomised trial.": ["narrative review"],
    "Images were randomly divided into training and validation sets.": ["not stated"],
    "We used Mendelian randomisation.": ["not stated"],
    "Patients were randomly selected from the register.": ["not stated"],
    "A random forest was grown in a random sample.": ["not stated"],
    "120 people will be randomised.": ["protocol"],
    "Patients will be recruited, and pain will be measured.": ["protocol"],
    "The guideline will be compared with others.": ["not stated"],
    "This protocol describes how cells are stained.": ["not stated"],
    "This review tells the history of stump surgery.": ["narrative review"],
    "We retrospectively studied 40 patients.": ["cohort study"],
    "This is a review of 36 patients.": ["not stated"],
    "We report a case of stump pain.": ["case report"],
}  # fmt: skip


@pytest.mark.parametrize(("abstract", "found"), ABSTRACTS.items())
def test_the_abstract_gives_the_design_where_it_is_the_studys_own(
    abstract: str, found: list[str]
) -> None:
    names = designs(a_record(abstract=abstract))
    assert names == found


def test_a_case_report_that_searched_the_literature_is_a_case_report_first() -> None:
    record = a_record("Stump pain: case report", "PubMed and Embase were searched.")
    assert designs(record) == [Design.CASE_REPORT, Design.SYSTEMATIC_REVIEW]


def test_people_who_were_randomised_outrank_a_cohort_in_the_title() -> None:
    record = a_record("Stump pain: prospective study", "Forty patients were randomised.")
    assert designs(record) == [Design.RANDOMISED_TRIAL]


@pytest.mark.parametrize(
    ("title", "abstract", "headings", "animal"),
    [
        ("Stump pain in rats", "", None, True),
        ("Nerve surgery in a rabbit model", "", None, True),
        ("Feed of dairy cows", "", None, True),
        ("Stump pain", "Sprague-Dawley rats lost a hindlimb.", None, True),
        ("Stump pain", "", ("Animals", "Rats"), True),
        ("Stump pain", "", ("Animals", "Humans"), False),
        ("Stump pain in rats and in patients", "", None, False),
        ("Stump pain", "Unlike rats, people describe it.", None, False),
        ("Stump pain: no animal study", "", None, False),
        ("Stump pain", "A rat model came first. We then treated 30 patients.", None, False),
        ("Stump pain", "No animal studies were included.", None, False),
        ("Stump pain in rats", "", ("Humans",), False),
    ],
)
def test_animal_work_is_told_from_a_human_study_that_mentions_animals(
    title: str, abstract: str, headings: tuple[str, ...] | None, animal: bool
) -> None:
    found = designs(a_record(title, abstract, headings=headings))
    assert (Design.ANIMAL_STUDY in found) is animal


@pytest.mark.parametrize(
    ("title", "abstract", "headings", "laboratory"),
    [
        ("Motor branches of the thigh: a cadaveric study", "", None, True),
        ("Nerve growth in vitro", "", None, True),
        ("Motor branches", "We dissected 22 fresh cadaver thighs.", ("Cadaver", "Humans"), True),
        ("Motor branches", "We dissected 22 fresh cadaver thighs.", None, False),
        ("From cadaver to clinic", "We treated 30 patients.", None, False),
    ],
)
def test_laboratory_work_counts_no_people(
    title: str, abstract: str, headings: tuple[str, ...] | None, laboratory: bool
) -> None:
    found = designs(a_record(title, abstract, headings=headings))
    assert (Design.LABORATORY_STUDY in found) is laboratory


@pytest.mark.parametrize(
    ("record", "conference"),
    [
        (a_record(types=("Conference Abstract",)), True),
        (a_record(types=("Journal Article", "Congress")), True),
        (a_record(journal="Pain. Conference: 12th Meeting. Leeds"), True),
        (a_record(doi="10.5555/pain.abstract2019"), True),
        (a_record(doi="10.1136/heart-2019-bcs.12"), True),
        (a_record(doi="10.1136/heart-2019-123456"), False),
        (a_record(doi="10.1093/rheumatology/keu104.001"), True),
        (a_record(doi="10.1093/rheumatology/keu104"), False),
        (a_record(doi="10.1158/1538-7445.AM2018-897"), True),
        (a_record(doi="10.1200/JCO.2019.37.15_suppl.7006"), True),
        (a_record(doi="10.1093/ndt/17.suppl_11.28"), False),
        (a_record("Abstract P3-12: stump pain"), True),
        (a_record("Abstract reasoning: 12 tests"), False),
        (a_record(issue="Suppl 1", pages="S281-S282"), True),
        (a_record(issue="Suppl 1", pages="S281-2"), True),
        (a_record(issue="Suppl 1", pages="S281-S292"), False),
        (a_record(issue="3", pages="281-282"), False),
        (a_record(types=("Journal Article",)), False),
    ],
)
def test_conference_material_shows_in_type_place_and_pages(
    record: Record, conference: bool
) -> None:
    assert (Design.CONFERENCE_ABSTRACT in designs(record)) is conference


def test_a_randomised_trial_in_rats_is_an_animal_study_first() -> None:
    record = a_record("A trial in rats", types=("Randomized Controlled Trial",))
    found = [Design.ANIMAL_STUDY, Design.RANDOMISED_TRIAL, Design.RODENT_STUDY]
    assert designs(record) == found


def test_a_review_by_type_that_searched_systematically_is_a_systematic_review() -> None:
    record = a_record("Stump pain: a systematic review", types=("Review",))
    assert designs(record) == [Design.SYSTEMATIC_REVIEW]


def test_the_publication_types_of_all_records_count() -> None:
    bare, typed = a_record(types=("Article",)), a_record(types=("Randomized Controlled Trial",))
    assert designs(bare, typed) == designs(typed, bare) == [Design.RANDOMISED_TRIAL]


def test_headings_give_a_design_that_nothing_else_gives() -> None:
    assert designs(a_record(headings=("Humans", "Retrospective Studies"))) == [Design.COHORT_STUDY]


@pytest.mark.parametrize(
    ("title", "abstract", "rodents"),
    [
        ("Stump pain in rats", "", True),
        ("Nerve repair", "Wistar rats were used.", True),
        ("Nerve repair", "Pain was measured in knockout mice.", True),
        ("Nerve repair", "Immobility in the forced swim test was less.", True),
        ("Nerve repair", "It is poorly absorbed in rats.", False),
        ("Nerve repair", "It is poorly absorbed in rats. Mice were used here.", True),
        ("A bacterial protein", "It saved mice in vivo.", False),
        ("Nerve repair", "Rabbits were used.", False),
        ("Nerve repair in sheep", "It is known from rats.", False),
        ("Stump pain in patients and in mice", "", True),
        ("Stump pain in patients", "Murine monoclonal antibodies were given.", False),
        ("Stump pain", "A goat anti-mouse antibody was used.", False),
        ("Stump pain", "A mouse fibroblast cell line was grown.", False),
        ("Stump pain", "They moved a computer mouse.", False),
        ("Stump pain", "Studies in mice have shown that it helps.", False),
        ("Stump pain: a systematic review", "Studies of rats were read.", False),
    ],
)
def test_rodents_are_told_from_their_antibodies_cells_and_namesakes(
    title: str, abstract: str, rodents: bool
) -> None:
    assert (Design.RODENT_STUDY in designs(a_record(title, abstract))) is rodents


def quotes_the_text(title: str, abstract: str) -> bool:
    record = a_record(title, abstract)
    parts = {"title": record.title, "abstract": record.abstract or ""}
    shown = [
        evidence
        for found in designs_of([record], read_texts([record]))
        for evidence in found.evidence
    ]
    return all(parts[it.part][it.start : it.end] == it.text != "" for it in shown)


@given(st.text(max_size=300), st.text(max_size=600))
def test_any_text_has_a_design_whose_evidence_quotes_it(title: str, abstract: str) -> None:
    assert quotes_the_text(title, abstract)


WORDS = (
    "randomised", "trial", "systematic", "review", "protocol", "rats", "patients", "will", "be",
    "not", "İ", "of", "mice", "placebo", "searched", "PubMed", "Embase", "meta-analysis", ".", "a",
)  # fmt: skip


@given(st.lists(st.sampled_from(WORDS), max_size=40).map(" ".join))
def test_the_words_of_designs_in_any_order_are_quoted_where_they_stand(text: str) -> None:
    assert quotes_the_text(text, text)
