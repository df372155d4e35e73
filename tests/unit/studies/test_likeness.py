"""Links without a number: what makes a report like a trial, and what keeps them apart."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from surveillance.records import Author, Record
from surveillance.studies.likeness import Described, likeness
from surveillance.studies.linking import link_all
from surveillance.studies.links import Certainty, Place
from surveillance.studies.one_trial import Trial, Trials
from surveillance.studies.registrations import Reference, RegistryDate
from surveillance.studies.resemblance import Resemblance

TITLE = "A randomised phase 2 trial of capsaicin patches for phantom limb pain in adults"
TRIAL = Trial(
    number="NCT00000001",
    title="Capsaicin patches for phantom limb pain",
    official_title=TITLE,
    acronym="CAPLIMB",
    phases=("PHASE2",),
    conditions=("Phantom limb pain",),
    interventions=("Capsaicin patch", "Placebo patch"),
    investigators=("Ada B. Lovelace, MD",),
    start=RegistryDate("2015-03"),
    primary_completion=RegistryDate("2017-06"),
    enrolment=122,
)
REPORT = Record(
    source="pubmed",
    source_id="1",
    title=TITLE,
    abstract="The CAPLIMB trial compared capsaicin with placebo. 122 adults were randomised.",
    authors=(Author("Lovelace", "Ada", "A"), Author("Hopper", "G", "G")),
    year=2018,
)


def held_against(report: Record, *trials: Trial) -> dict[str, Certainty]:
    links = Resemblance(Trials(trials)).links(report)
    assert all(link.where is Place.LIKENESS and link.reasons for link in links)
    return {link.number: link.certainty for link in links}


def report(**changed: Any) -> Record:
    return replace(REPORT, **changed)


def trial(**changed: Any) -> Trial:
    return replace(TRIAL, **changed)


def test_everything_alike_is_certain() -> None:
    assert held_against(REPORT, TRIAL) == {TRIAL.number: Certainty.CERTAIN}


@pytest.mark.parametrize(
    "one",
    [
        report(title="Capsaicin patches ease phantom limb pain: a randomised trial"),
        report(authors=(), abstract="Capsaicin patches were compared with placebo in adults."),
        report(title=TITLE.replace("phase 2", "phase 3")),
        report(title=f"{TITLE} and adolescents"),
        report(year=2014),
    ],
    ids=["another title", "a title alone", "another phase", "children", "before the trial"],
)
def test_less_or_anything_against_it_is_doubtful(one: Record) -> None:
    assert held_against(one, TRIAL) == {TRIAL.number: Certainty.DOUBTFUL}


@pytest.mark.parametrize(
    "one",
    [
        report(title="Mirror therapy for stroke", abstract="Mirrors helped 122 adults."),
        report(title=f"Systematic review: {TITLE}: a systematic review"),
        report(abstract="Registered as NCT00000009."),
        report(registrations=("ISRCTN00000003",)),
        report(title="Comment on: capsaicin patches for phantom limb pain"),
    ],
    ids=["another subject", "a review", "it has a number", "it lists a number", "a comment"],
)
def test_what_cannot_be_the_report_of_a_trial_without_a_number_is_no_question(one: Record) -> None:
    assert held_against(one, TRIAL) == {}


@pytest.mark.parametrize(
    ("sister", "against"),
    [
        ({"phases": ("PHASE3",)}, "phase"),
        ({"official_title": "", "title": "Capsaicin patches for phantom limb pain in children"},
         "children"),
        ({"acronym": "CAPLIMB-2"}, "CAPLIMB"),
        ({"interventions": ("Ketamine infusion",)}, "interventions"),
        ({"conditions": ("Shingles",)}, "conditions"),
        ({"start": RegistryDate("2020-01"), "primary_completion": RegistryDate("2022")}, "began"),
    ],
    ids=str,
)  # fmt: skip
def test_a_sister_trial_is_contradicted(sister: dict[str, Any], against: str) -> None:
    one = likeness(Described(report(abstract=f"{REPORT.abstract} Phase 2.")), trial(**sister))
    assert against in " ".join(one.contradictions)
    assert not one.overwhelming


def test_two_trials_as_like_as_each_other_are_both_doubtful() -> None:
    twin = trial(number="NCT00000002")
    assert set(held_against(REPORT, TRIAL, twin).values()) == {Certainty.DOUBTFUL}


def test_two_registrations_of_one_trial_are_no_rivals() -> None:
    trials = Trials([TRIAL, trial(number="ISRCTN00000002")], [{TRIAL.number, "ISRCTN00000002"}])
    links = Resemblance(trials).links(REPORT)
    assert {link.certainty for link in links} == {Certainty.CERTAIN}


def test_only_trials_without_a_report_are_held_against_others_but_what_waits_stays() -> None:
    reported = trial(references=(Reference("9", "RESULT"),))
    records = {1: REPORT, 2: Record(source="pubmed", source_id="9", pmid="9", year=2018)}
    assert set(dict(link_all(records, Trials([reported])))) == {2}
    assert set(dict(link_all(records, Trials([reported]), {TRIAL.number}))) == {1, 2}


def test_a_report_is_put_before_a_person_with_few_trials() -> None:
    sisters = [trial(number=f"NCT{number:08d}", acronym="") for number in range(1, 31)]
    assert len(held_against(REPORT, *sisters)) == 3
