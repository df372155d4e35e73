from __future__ import annotations

import pytest

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
        (("Systematic Review", "Meta-Analysis"), Design.SYSTEMATIC_REVIEW),
        (("Review", "Systematic Review"), Design.SYSTEMATIC_REVIEW),
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
    ("title", "design"),
    [
        ("Surgery for stump pain: a systematic review", Design.SYSTEMATIC_REVIEW),
        ("Surgery for stump pain: systematic review and meta-analysis", Design.SYSTEMATIC_REVIEW),
        ("Surgery for stump pain: a randomised controlled trial", Design.RANDOMISED_TRIAL),
        ("Surgery for stump pain: a randomized clinical trial", Design.RANDOMISED_TRIAL),
        ("Protocol for a systematic review of stump pain", Design.PROTOCOL),
        ("Stump pain: statistical analysis plan of a randomised trial", Design.PROTOCOL),
        ("Surgery for stump pain: a non-randomised comparison", Design.NOT_STATED),
        ("Stump pain: a retrospective cohort", Design.COHORT_STUDY),
        ("Stump pain: a case series", Design.CASE_SERIES),
        ("Stump pain: case report", Design.CASE_REPORT),
        ("Stump pain: a cross-sectional survey", Design.CROSS_SECTIONAL),
        ("Stump pain: current concepts", Design.NARRATIVE_REVIEW),
        ("Stump pain: a narrative review", Design.NARRATIVE_REVIEW),
        ("Editorial: stump pain", Design.EDITORIAL),
    ],
)
def test_the_title_gives_the_design_where_no_type_does(title: str, design: Design) -> None:
    assert designs(a_record(title)) == [design]


@pytest.mark.parametrize(
    ("abstract", "design"),
    [
        ("We searched four databases to May 2024.", Design.SYSTEMATIC_REVIEW),
        ("The review followed PRISMA.", Design.SYSTEMATIC_REVIEW),
        ("No systematic search was made.", Design.NOT_STATED),
        ("A systematic review is needed.", Design.NOT_STATED),
        ("Twenty-eight people were randomised to surgery or exercise.", Design.RANDOMISED_TRIAL),
        ("Patients were not randomised.", Design.NOT_STATED),
        ("Randomised trials are needed.", Design.NOT_STATED),
        ("Patients should be randomly assigned in future.", Design.NOT_STATED),
        ("120 people will be randomised.", Design.PROTOCOL),
        ("This review tells the history of stump surgery.", Design.NARRATIVE_REVIEW),
        ("We retrospectively studied 40 patients.", Design.COHORT_STUDY),
        ("We report a case of stump pain.", Design.CASE_REPORT),
    ],
)
def test_the_abstract_gives_the_design_where_it_is_the_studys_own(
    abstract: str, design: Design
) -> None:
    assert designs(a_record(abstract=abstract)) == [design]


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
    assert designs(record) == [Design.ANIMAL_STUDY, Design.RANDOMISED_TRIAL]


def test_a_review_by_type_that_searched_systematically_is_a_systematic_review() -> None:
    record = a_record("Stump pain: a systematic review", types=("Review",))
    assert designs(record) == [Design.SYSTEMATIC_REVIEW]


def test_the_publication_types_of_all_records_count() -> None:
    bare, typed = a_record(types=("Article",)), a_record(types=("Randomized Controlled Trial",))
    assert designs(bare, typed) == designs(typed, bare) == [Design.RANDOMISED_TRIAL]


def test_headings_give_a_design_that_nothing_else_gives() -> None:
    assert designs(a_record(headings=("Humans", "Retrospective Studies"))) == [Design.COHORT_STUDY]
