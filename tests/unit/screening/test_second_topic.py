"""Another field, a drug, by its own criteria: nothing in the rules is for one topic alone.

Every text is made up for the purpose. A row is a change to a report that fits, and what follows.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import pytest

from surveillance.records import IndexedHeading, Record
from surveillance.screening.criteria import Criteria, read_criteria
from surveillance.screening.rules import Outcome, Verdict, screen

FILE = Path(__file__).resolve().parents[3] / "docs/examples/anticoagulants_in_cancer.criteria.toml"
TITLE = "Apixaban or dalteparin for thrombosis in cancer: a randomised trial"
ABSTRACT = (
    "BACKGROUND: It is not known which drug is better. METHODS: We randomly assigned 300 patients "
    "with cancer and acute venous thromboembolism to apixaban or to dalteparin for six months. "
    "RESULTS: Major bleeding occurred in 11 of those who had apixaban and in 12 of the others. "
    "CONCLUSIONS: Apixaban was as good as dalteparin."
)


@cache
def the_criteria() -> Criteria:
    return read_criteria(FILE)


def a_record(change: tuple[str, str] | None = None, title: str = TITLE, **fields: Any) -> Record:
    abstract = ABSTRACT.replace(*change) if change else ABSTRACT
    assert change is None or abstract != ABSTRACT, "the change changes nothing"
    given = {"abstract": abstract, "year": 2020, "languages": ("eng",), **fields}
    return Record(source="pubmed", source_id="1", title=title, **given)


def test_a_trial_that_fits_is_included_and_every_criterion_says_on_which_words() -> None:
    proposal = screen([a_record()], the_criteria())
    assert proposal.verdict is Verdict.INCLUDE, proposal.reason
    words = {check.criterion: [e.text for e in check.evidence] for check in proposal.checks}
    assert words["population: cancer"] == ["cancer"]
    assert words["intervention"] == ["Apixaban"]
    assert words["comparator"] == ["dalteparin"]
    assert words["harm: bleeding"] == ["bleeding"]


NO_DRUG = ABSTRACT.replace("apixaban", "tinzaparin").replace("Apixaban", "Tinzaparin")
IN_BACKGROUND = NO_DRUG.replace("which drug", "if apixaban")
CAT = "CAT was treated with a drug in 300 patients with cancer, and it was as good as the other."

ROWS = [
    # what the report is like, verdict, the criterion that decides, words of the reason
    (a_record(languages=("jpn",)), "exclude", "language", "japanese"),
    (a_record(languages=()), "include", "", ""),
    (a_record(year=2001), "exclude", "year", "2001"),
    (a_record(year=None), "unsure", "year", "not stated"),
    (a_record(publication_types=("Retracted Publication",)), "exclude", "retracted", "Retracted"),
    (a_record(publication_types=("Editorial",)), "exclude", "design", "editorial"),
    (a_record(("Major bleeding", "Fatal bleeding"), publication_types=("Editorial",)),
     "unsure", "design", "Fatal bleeding"),
    (a_record(title="Thrombosis after fractures: a randomised trial of apixaban",
              abstract=ABSTRACT.replace("cancer", "fractures"), mesh=()),
     "exclude", "population: cancer", "no cancer"),
    (a_record(title="Thrombosis after fractures: a randomised trial of apixaban",
              abstract=ABSTRACT.replace("cancer", "fractures")),
     "unsure", "population: cancer", "no MeSH yet"),
    (a_record(title="Thrombosis after fractures: a randomised trial of apixaban",
              abstract=ABSTRACT.replace("cancer", "fractures"),
              mesh=(IndexedHeading("Neoplasms"),)), "include", "", ""),
    (a_record(title="Drugs in cancer: a randomised trial", abstract=NO_DRUG, mesh=()),
     "exclude", "intervention", "no direct oral anticoagulant"),
    (a_record(title="Drugs in cancer: a randomised trial", abstract=IN_BACKGROUND, mesh=()),
     "unsure", "intervention", "only in the abstract's background"),
    (a_record(title="Drugs in cancer: a randomised trial", mesh=(),
              abstract=NO_DRUG.replace("tinzaparin", "non-vitamin K antagonist oral anticoagulants",
                                       1)), "include", "", ""),
    (a_record(title="Drugs in cancer: a randomised trial", mesh=(),
              abstract=NO_DRUG.replace("tinzaparin", "a factor Xa inhibitor", 1)),
     "include", "", ""),
    (a_record(("with cancer", "with cancer and atrial fibrillation")),
     "unsure", "other question: atrial fibrillation", "atrial fibrillation"),
    (a_record(("with cancer", "with cancer without atrial fibrillation")), "include", "", ""),
    (a_record(title="Apixaban for thrombosis in cancer: a randomised trial",
              abstract=ABSTRACT.replace("dalteparin", "exercise")),
     "unsure", "comparator", "no heparin"),
    (a_record(("Major bleeding occurred in 11", "No bleeding was seen in 11")), "include", "", ""),
    (a_record(("Major bleeding occurred", "Bleeding was not recorded")),
     "unsure", "harm: bleeding", "not measured"),
    (a_record(("Major bleeding", "A new thrombus")), "unsure", "harm: bleeding", "no MeSH yet"),
    (a_record(("300 patients", "30 patients")), "exclude", "size: trials", "30"),
    (a_record(abstract=None), "unsure", "abstract", "no abstract"),
    (a_record(abstract="Nous avons comparé deux médicaments chez trois cents malades atteints de "
                       "cancer pendant six mois."), "unsure", "abstract", "not in English"),
    (a_record(title="CAT: a randomised trial", abstract=CAT + " Superoxide fell, and oxidative "
              "stress with it."), "exclude", "meaning of CAT", "Superoxide"),
    (a_record(title="CAT: a randomised trial", abstract=CAT + " The COPD assessment test (CAT) was "
              "filled in."), "exclude", "meaning of CAT", "COPD assessment test"),
    (a_record(title="CAT: a randomised trial", abstract=CAT), "unsure", "meaning of CAT",
     "not spelt out"),
    (a_record(title="CAT: a randomised trial", abstract=CAT + " The anticoagulant was apixaban "
              "and heparin was the other; bleeding was rare."), "unsure",
     "population: thrombosis", "no MeSH yet"),
]  # fmt: skip


@pytest.mark.parametrize(("record", "verdict", "criterion", "words"), ROWS)
def test_each_change_has_its_verdict_and_its_reason(
    record: Record, verdict: str, criterion: str, words: str
) -> None:
    proposal = screen([record], the_criteria())
    said = f"{proposal.criterion}: {proposal.reason}"
    assert (str(proposal.verdict), proposal.criterion) == (verdict, criterion), said
    assert words in proposal.reason, said


def test_a_small_cohort_has_a_limit_of_its_own() -> None:
    text = ABSTRACT.replace(
        "We randomly assigned 300 patients", "We followed a cohort of 150 patients"
    )
    record = a_record(title="Apixaban in cancer: a cohort study", abstract=text)
    proposal = screen([record], the_criteria())
    outcomes = {check.criterion: check.outcome for check in proposal.checks}
    assert outcomes["size: trials"] is Outcome.MET
    assert outcomes["size: observational studies"] is Outcome.NOT_MET
    assert proposal.criterion == "size: observational studies"
