"""Which registrations a number stands for, and which of them are one trial."""

from __future__ import annotations

from dataclasses import replace

import pytest

from surveillance.records import Record
from surveillance.studies.links import Certainty, Place, find_links
from surveillance.studies.one_trial import Trial, Trials
from surveillance.studies.registrations import Reference, RegistryDate

NCT, OTHER, ISRCTN = "NCT00000001", "NCT00000002", "ISRCTN00000003"
EUDRACT = "2019-000004-31"
ABSTRACT = "Capsaicin eased neuroma pain after amputation. " * 10


def record(**fields: object) -> Record:
    base = Record(source="pubmed", source_id="7", pmid="7", year=2020)
    return replace(base, **fields)  # type: ignore[arg-type]


def certainties(found: Record, trials: Trials) -> dict[str, Certainty]:
    return {link.number: link.certainty for link in find_links(found, trials)}


def test_a_report_may_name_a_trial_by_any_of_its_numbers() -> None:
    trials = Trials([Trial(number=NCT, others=(EUDRACT, "NCT00000009", "SPONSOR-1"))])
    for text in ("EudraCT 2019-000004-31", "NCT00000009", "EUCTR2019-000004-31-DE"):
        (link,) = find_links(record(abstract=f"Trial registration: {text}."), trials)
        assert (link.number, link.certainty) == (NCT, Certainty.CERTAIN)
    assert find_links(record(abstract="Registration: SPONSOR-1"), trials) == ()


def test_two_numbers_of_one_trial_are_one_trial() -> None:
    named = record(registrations=(NCT, ISRCTN))
    apart = Trials([Trial(number=NCT), Trial(number=ISRCTN)])
    assert set(certainties(named, apart).values()) == {Certainty.DOUBTFUL}
    grouped = Trials(apart.trials, [{NCT, ISRCTN}])
    told = Trials([Trial(number=NCT, others=(ISRCTN,)), Trial(number=ISRCTN)])
    for trials in (grouped, told):
        assert certainties(named, trials) == {NCT: Certainty.CERTAIN, ISRCTN: Certainty.CERTAIN}


def test_a_number_that_two_trials_claim_makes_neither_certain() -> None:
    trials = Trials([Trial(number=NCT, others=(EUDRACT,)), Trial(number=OTHER, others=(EUDRACT,))])
    found = certainties(record(abstract=f"Trial registration: {EUDRACT}."), trials)
    assert set(found) == {NCT, OTHER}
    assert trials.key(NCT) != trials.key(OTHER)


@pytest.mark.parametrize(
    ("kind", "expected"),
    [("RESULT", Place.RESULT), ("DERIVED", Place.DERIVED), ("BACKGROUND", None), ("", None)],
)
def test_the_registrys_own_references_link(kind: str, expected: Place | None) -> None:
    trials = Trials([Trial(number=NCT, references=(Reference("7", kind),))])
    links = find_links(record(abstract="Pain fell."), trials)
    assert [link.where for link in links] == ([expected] if expected else [])
    assert all(link.certain for link in links)


def test_two_registrations_that_list_one_report_are_both_doubtful() -> None:
    listing = (Reference("7", "RESULT"),)
    trials = Trials([Trial(number=one, references=listing) for one in (NCT, OTHER)])
    assert set(certainties(record(), trials).values()) == {Certainty.DOUBTFUL}


def test_a_reference_to_a_review_is_doubtful() -> None:
    trials = Trials([Trial(number=NCT, references=(Reference("7", "DERIVED"),))])
    reviewed = record(title="Capsaicin: a systematic review")
    assert certainties(reviewed, trials) == {NCT: Certainty.DOUBTFUL}


@pytest.mark.parametrize(
    ("year", "kind", "certainty"),
    [
        (2019, "RESULT", Certainty.DOUBTFUL),
        (2020, "RESULT", Certainty.CERTAIN),
        (2019, "DERIVED", Certainty.CERTAIN),
        (2017, "DERIVED", Certainty.DOUBTFUL),
    ],
)
def test_a_result_is_no_older_than_its_trial_and_a_protocol_little(
    year: int, kind: str, certainty: Certainty
) -> None:
    start = RegistryDate("2020-02", "ACTUAL")
    trials = Trials([Trial(number=NCT, start=start, references=(Reference("7", kind),))])
    assert certainties(record(year=year), trials) == {NCT: certainty}


def test_a_number_of_quite_another_subject_is_doubtful() -> None:
    named = record(title="Capsaicin", abstract=f"{ABSTRACT} Trial registration: {NCT}.")
    about = Trial(number=NCT, title="Influenza vaccine in pregnancy")
    assert certainties(named, Trials([about])) == {NCT: Certainty.DOUBTFUL}
    same = Trial(number=NCT, title="Capsaicin patch")
    assert certainties(named, Trials([same])) == {NCT: Certainty.CERTAIN}
    silent = Trial(number=NCT)
    assert certainties(named, Trials([silent])) == {NCT: Certainty.CERTAIN}
