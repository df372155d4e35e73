"""What the words around a trial's number make of it: made-up sentences, each with its reading.

*Certain* is a report of that trial; *doubtful* waits for a person.
"""

from __future__ import annotations

from typing import Any

import pytest

from surveillance.records import Correction, Record
from surveillance.studies.links import Certainty, find_links
from surveillance.studies.one_trial import Trials

A, B, ISRCTN, EUDRACT = "NCT00000001", "NCT00000002", "ISRCTN00000003", "2019-000004-31"
CERTAIN, DOUBTFUL = Certainty.CERTAIN, Certainty.DOUBTFUL


def read(held: tuple[str, ...] = (A,), **fields: Any) -> dict[str, Certainty]:
    record = Record(source="pubmed", source_id="1", **fields)
    return {link.number: link.certainty for link in find_links(record, Trials.numbered(held))}


OWN = [
    f"Pain fell by half. TRIAL REGISTRATION: {A}.",
    f"Pain fell by half. Trial registration number: ClinicalTrials.gov, {A}. Registered in 2018.",
    f"This trial is registered with ClinicalTrials.gov, {A}, and is ongoing.",
    f"The study was prospectively registered (ClinicalTrials.gov identifier: {A}).",
    f"The protocol was registered prior to recruitment of participants ({A}).",
    f"Pain fell by half ({A}). Clinical Trial Registration: {A}",
    f"METHODS: In this randomised trial ({A}), 120 people received either operation.",
    f"We conducted a single-centre, double-blind trial of nerve transfer ({A}).",
    f"METHODS: Patients were enrolled in a multicentre phase 2 trial of capsaicin ({A}).",
    f"This was a post hoc analysis of data from a phase 3 trial ({A}).",
    f"METHODS: In a secondary analysis of the ABLE trial ({A}) we compared sleep.",
    f"We report the five-year follow-up of the ABLE trial ({A}).",
    f"METHODS: Participants of the parent study ({A}) were interviewed.",
    f"METHODS: 674 participants from the ABLE cohort ({A}), who had given blood, were eligible.",
    f"The trial will recruit 200 people. Trial registration: {A}. Recruitment began in May.",
    f"Our ongoing trial ({A}) compares both operations; this is its protocol.",
    f"Pain fell by half. (Funded by a charity; ABLE ClinicalTrials.gov number, {A}.).",
    f"Relief was lasting. ({A}).",
]

NOT_OWN = [
    f"In a previous trial ({A}), nerve transfer eased pain. We asked people how they felt.",
    f"A recently published randomised trial ({A}) found no effect.",
    f"These results led to a phase 3 trial ({A}).",
    f"METHODS: People were treated as in the ABLE trial ({A}).",
    f"Results were similar to those of the BAKER trial ({A}).",
    f"Unlike the BAKER trial ({A}), we blinded assessors.",
    f"METHODS: We applied the eligibility criteria of the BAKER trial ({A}) to a registry.",
    f"A larger trial ({A}) is under way.",
    f"CONCLUSION: The BAKER trial ({A}) will tell whether this holds.",
    f"BACKGROUND: The BAKER study ({A}) showed less pain. METHODS: We scanned 20 hands.",
    f"An ongoing phase 3 study ({A}) examines this.",
    f"Capsaicin will be tested in a randomised trial ({A}).",
    f"Cells were obtained from volunteers in a phase 1 trial of a vaccine ({A}).",
    f"A comparison group received usual care ({A}).",
    f"Findings were confirmed in a separate cohort ({A}).",
    f"In a different trial (the BAKER trial, {A}) pain fell.",
    f"Mice received the drug that is now in a future trial ({A}).",
]


@pytest.mark.parametrize("abstract", OWN)
def test_the_reports_own_trial_is_certain(abstract: str) -> None:
    assert read(abstract=abstract) == {A: CERTAIN}


@pytest.mark.parametrize("abstract", NOT_OWN)
def test_another_trial_is_named_but_doubtful(abstract: str) -> None:
    assert read(abstract=abstract) == {A: DOUBTFUL}


@pytest.mark.parametrize(
    "fields",
    [
        {"title": "Nerve transfer for pain: a systematic review"},
        {"title": "Nerve transfer for pain: a meta-analysis of trials"},
        {"title": "A review of nerve transfer"},
        {"title": "Nerve transfer", "publication_types": ("Systematic Review",)},
        {"title": "Nerve transfer", "publication_types": ("Review",)},
        {"title": "Pooled analysis of nerve transfer in two populations"},
        {"title": "Comment on: nerve transfer for pain"},
        {"title": "Nerve transfer for pain: authors' reply"},
        {"title": "Nerve transfer", "publication_types": ("Editorial",)},
        {"title": "Nerve transfer", "corrections": (Correction("CommentOn", "2"),)},
        {"title": "Nerve transfer", "abstract": "PROSPERO registration: CRD42020123456."},
    ],
    ids=lambda fields: next(reversed(fields.values())),
)
def test_reviews_and_comments_name_trials_and_report_none(fields: dict[str, Any]) -> None:
    assert read(registrations=(A,), **fields) == {A: DOUBTFUL}


def test_a_trial_that_a_database_calls_a_review_stays_a_trial() -> None:
    fields: dict[str, Any] = {
        "title": "Capsaicin for pain: a randomised controlled trial",
        "registrations": (A,),
    }
    assert read(publication_types=("Review",), **fields) == {A: CERTAIN}


def test_a_letter_with_its_own_registration_is_a_report() -> None:
    abstract = f"Structured summary of a protocol. TRIAL REGISTRATION: {A}."
    assert read(abstract=abstract, publication_types=("Letter",)) == {A: CERTAIN}


@pytest.mark.parametrize(
    ("abstract", "expected"),
    [
        (f"TRIAL REGISTRATION: {A} and {B}.", {A: DOUBTFUL, B: DOUBTFUL}),
        (
            f"ClinicalTrials.gov identifiers: {A} (ABLE) and {B} (BAKER).",
            {A: DOUBTFUL, B: DOUBTFUL},
        ),
        (
            f"METHODS: Those who had completed the ABLE trial ({A}) could enter the extension "
            f"study ({B}).",
            {A: DOUBTFUL, B: DOUBTFUL},
        ),
        (
            f"In an earlier trial ({B}) pain fell. Now we report sleep. Trial registration: {A}.",
            {A: CERTAIN, B: DOUBTFUL},
        ),
        (
            f"Trial registration: {A}. A larger trial is planned ({B}).",
            {A: CERTAIN, B: DOUBTFUL},
        ),
    ],
)
def test_of_several_trials_none_is_certain_unless_the_others_are_background(
    abstract: str, expected: dict[str, Certainty]
) -> None:
    assert read((A, B), abstract=abstract) == expected


@pytest.mark.parametrize(
    ("abstract", "certain"),
    [
        (f"This trial is registered with ISRCTN, 00000003, and ClinicalTrials.gov, {A}.", True),
        (f"This study is registered with EudraCT ({EUDRACT}) and {A}.", True),
        (f"Trial registration: {A}; {ISRCTN}.", True),
        (f"These trials are registered: {A}; {ISRCTN}.", False),
        (f"Clinical Trial Registration: [{A}] (ABLE); {ISRCTN} (BAKER).", False),
        (f"Both studies are registered ({A} and {ISRCTN}).", False),
    ],
)
def test_one_study_in_two_registries_is_one_trial(abstract: str, certain: bool) -> None:
    assert (read(abstract=abstract)[A] is CERTAIN) is certain


def test_a_number_that_nobody_watches_casts_doubt_all_the_same() -> None:
    assert read((A,), abstract=f"Trial registrations: {A}, {B}.") == {A: DOUBTFUL}


def test_a_listed_number_is_certain_without_a_word_in_the_text() -> None:
    assert read(abstract="Pain fell by half.", registrations=(A,)) == {A: CERTAIN}
    both = read((A, B), abstract="Pain fell by half.", registrations=(A, B))
    assert set(both.values()) == {DOUBTFUL}


def test_a_study_whose_name_is_in_the_title_is_the_reports() -> None:
    abstract = f"BACKGROUND: The ABLE-2 trial ({A}) compared two operations."
    assert read(abstract=abstract, title="Sleep in ABLE-2") == {A: CERTAIN}
    assert read(abstract=abstract, title="Sleep after surgery") == {A: DOUBTFUL}
