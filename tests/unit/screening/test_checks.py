"""Each kind of criterion held against texts that are made for it."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import TypeAdapter

from surveillance.records import IndexedHeading, Record
from surveillance.records.languages import language_of
from surveillance.screening.criterion import Criteria
from surveillance.screening.rules import CriterionCheck, Outcome, Verdict, screen

FILLER = (
    "The people who took part were seen at the clinic, and what they said of it was written down "
    "by a nurse who did not know how they had been treated."
)
MET, NOT_MET, CANNOT_TELL = Outcome.MET, Outcome.NOT_MET, Outcome.CANNOT_TELL


def checked(kind: str, record: Record, **keys: object) -> CriterionCheck:
    block = {"kind": kind, "name": "it", "reason": "it is not so", **keys}
    criteria = TypeAdapter(Criteria).validate_python({"source": "x", "criteria": [block]})
    (check,) = screen([record], criteria).checks
    return check


def a_record(text: str = "", **fields: Any) -> Record:
    given = {"title": "A study", "abstract": f"{text} {FILLER}", **fields}
    return Record(source="file", source_id="1", **given)


@pytest.mark.parametrize(
    ("text", "denied", "outcome", "words"),
    [
        ("A neuroma was seen.", "unsure", MET, "neuroma"),
        ("No neuroma was observed.", "unsure", CANNOT_TELL, "negative"),
        ("No neuroma was observed.", "met", MET, "reported as absent"),
        ("None had a neuroma.", "met", MET, "reported as absent"),
        ("Neuromas were not assessed.", "met", CANNOT_TELL, "not measured"),
        ("There were no data on neuromas.", "met", CANNOT_TELL, "not measured"),
        ("Further neuroma work is awaited.", "met", CANNOT_TELL, "wished for"),
        ("There was no difference in neuromas.", "unsure", MET, "neuroma"),
        ("It treats not only neuromas.", "unsure", MET, "neuroma"),
        ("Nothing was seen.", "met", CANNOT_TELL, "it is not so"),
    ],
)
def test_a_harm_that_was_looked_for_and_not_found_is_reported(
    text: str, denied: str, outcome: Outcome, words: str
) -> None:
    check = checked("outcome", a_record(text), words=["neuroma*"], denied=denied)
    assert check.outcome is outcome
    assert words in check.reason


@pytest.mark.parametrize(("absent", "outcome"), [("unsure", CANNOT_TELL), ("exclude", NOT_MET)])
def test_what_absence_means_is_the_files_to_say(absent: str, outcome: Outcome) -> None:
    check = checked("population", a_record(), words=["amput*"], absent=absent)
    assert (check.outcome, check.evidence) == (outcome, ())
    assert check.reason == "it is not so"


@pytest.mark.parametrize("kind", ["population", "intervention", "comparator", "outcome"])
def test_a_mention_in_the_background_alone_is_not_the_studys_own(kind: str) -> None:
    record = a_record("BACKGROUND: Amputation hurts. METHODS: We looked at hands.")
    assert checked(kind, record, words=["amput*"]).outcome is CANNOT_TELL
    assert checked("concept", record, words=["amput*"]).outcome is MET
    methods = a_record("BACKGROUND: Pain. METHODS: People with an amputation came.")
    assert checked(kind, methods, words=["amput*"]).outcome is MET


def test_a_heading_outweighs_the_background() -> None:
    text = "BACKGROUND: Amputation hurts. METHODS: We looked."
    record = a_record(text, mesh=(IndexedHeading("Amputees"),))
    check = checked("population", record, words=["amput*"], headings=["amputees"])
    assert (check.outcome, check.reason) == (MET, "MeSH Amputees")


@pytest.mark.parametrize(
    ("text", "found", "outcome"),
    [
        ("Atrial fibrillation was treated.", "unsure", CANNOT_TELL),
        ("Atrial fibrillation was treated.", "exclude", NOT_MET),
        ("People without atrial fibrillation came.", "exclude", MET),
        ("Atrial fibrillation was excluded.", "exclude", MET),
        ("BACKGROUND: Atrial fibrillation is common. METHODS: We looked.", "exclude", MET),
        ("Nothing.", "exclude", MET),
    ],
)
def test_what_a_report_must_not_be_about(text: str, found: str, outcome: Outcome) -> None:
    words = ["atrial fibrillation"]
    assert checked("exclusion", a_record(text), words=words, found=found).outcome is outcome


@pytest.mark.parametrize(
    ("languages", "absent", "outcome"),
    [
        (("eng",), "unsure", MET),
        (("English",), "unsure", MET),
        (("ger", "eng"), "unsure", MET),
        (("ger",), "unsure", NOT_MET),
        ((), "unsure", CANNOT_TELL),
        ((), "met", MET),
        (("und",), "unsure", CANNOT_TELL),
        (("Elvish",), "unsure", CANNOT_TELL),
    ],
)
def test_languages(languages: tuple[str, ...], absent: str, outcome: Outcome) -> None:
    check = checked("languages", a_record(languages=languages), only=["English"], absent=absent)
    assert check.outcome is outcome


@pytest.mark.parametrize(
    ("name", "language"),
    [
        ("eng", "english"), ("EN", "english"), ("en-GB", "english"), ("pt_BR", "portuguese"),
        ("French", "french"), ("fre", "french"), ("fra", "french"), ("chi", "chinese"),
        ("mul", ""), ("", ""), ("x" * 1000, ""),
    ],
)  # fmt: skip
def test_a_language_has_one_name(name: str, language: str) -> None:
    assert language_of(name) == language


@pytest.mark.parametrize(
    ("year", "keys", "outcome"),
    [
        (2010, {"first": 2008}, MET),
        (2008, {"first": 2008}, MET),
        (2007, {"first": 2008}, NOT_MET),
        (2007, {"last": 2007}, MET),
        (2008, {"last": 2007}, NOT_MET),
        (2007, {"first": 2005, "last": 2009}, MET),
        (None, {"first": 2008}, CANNOT_TELL),
    ],
)
def test_years(year: int | None, keys: dict[str, int], outcome: Outcome) -> None:
    assert checked("years", a_record(year=year), **keys).outcome is outcome


@pytest.mark.parametrize(
    ("types", "keys", "outcome"),
    [
        (("Journal Article", "Letter"), {"exclude": ["letter"]}, NOT_MET),
        (("Journal Article",), {"exclude": ["letter"]}, MET),
        ((), {"exclude": ["letter"]}, MET),
        (("Journal Article",), {"only": ["Letter"]}, NOT_MET),
        (("Journal Article", "Letter"), {"only": ["Letter"]}, MET),
        ((), {"only": ["Letter"]}, CANNOT_TELL),
    ],
)
def test_publication_types(
    types: tuple[str, ...], keys: dict[str, list[str]], outcome: Outcome
) -> None:
    check = checked("publication types", a_record(publication_types=types), **keys)
    assert check.outcome is outcome
    assert bool(check.evidence) is (outcome is NOT_MET or ("only" in keys and outcome is MET))


@pytest.mark.parametrize(
    ("types", "outcome"),
    [
        (("Randomized Controlled Trial",), MET),
        (("Editorial",), NOT_MET),
        (("Case Reports",), NOT_MET),
        (("Clinical Trial",), CANNOT_TELL),
        (("Letter",), CANNOT_TELL),
        ((), CANNOT_TELL),
    ],
)
def test_the_only_designs_that_count(types: tuple[str, ...], outcome: Outcome) -> None:
    record = a_record(publication_types=types)
    assert checked("designs", record, only=["randomised trial"]).outcome is outcome


@pytest.mark.parametrize(
    ("title", "outcome"),
    [
        ("Exercise: a randomised trial", MET),
        ("Exercise in rats: a randomised trial", NOT_MET),
        ("Study protocol for a randomised trial", NOT_MET),
        ("Exercise: a retrospective cohort", CANNOT_TELL),
        ("Exercise: a systematic review", NOT_MET),
    ],
)
def test_the_plan_of_a_trial_and_a_trial_in_rats_are_none_of_people(
    title: str, outcome: Outcome
) -> None:
    check = checked("designs", a_record(title=title), only=["randomised trial"])
    assert check.outcome is outcome, check.reason


@pytest.mark.parametrize(
    ("kind", "keys"),
    [
        ("designs", {"exclude": ["editorial"]}),
        ("publication types", {"exclude": ["Editorial"]}),
        ("years", {"first": 2020}),
        ("languages", {"only": ["English"]}),
        ("concept", {"words": ["amput*"], "absent": "exclude"}),
        ("exclusion", {"words": ["study"], "found": "exclude"}),
    ],
)
def test_an_exception_sends_to_a_person_whatever_the_criterion(
    kind: str, keys: dict[str, object]
) -> None:
    fields: dict[str, Any] = {
        "publication_types": ("Editorial",), "year": 2000, "languages": ("ger",),
    }  # fmt: skip
    plain, harm = a_record(**fields), a_record("Two people died.", **fields)
    no_harm = a_record("No one died; nobody, not one, ever died.", **fields)
    assert checked(kind, plain, unless=["died"], **keys).outcome is NOT_MET
    check = checked(kind, harm, unless=["died"], **keys)
    assert check.outcome is CANNOT_TELL
    assert check.evidence[-1].text == "died"
    assert "but it mentions “died”" in check.reason
    assert checked(kind, no_harm, unless=["died"], **keys).outcome in {NOT_MET, CANNOT_TELL}


def test_the_sentence_stands_beside_the_words_as_they_are_printed() -> None:
    record = a_record("Care came first. The <i>amputated</i> limb &amp; the stump hurt.")
    (evidence,) = checked("population", record, words=["amputated limb"]).evidence
    assert evidence.text == "amputated</i> limb"
    assert evidence.sentence == "The <i>amputated</i> limb &amp; the stump hurt."
    assert (record.abstract or "")[evidence.start : evidence.end] == evidence.text


def test_the_first_criterion_that_is_not_met_is_the_reason() -> None:
    blocks = [
        {"kind": "years", "name": "year", "reason": "old", "first": 2020},
        {"kind": "languages", "name": "language", "reason": "foreign", "only": ["English"]},
    ]
    for order, first in ((blocks, "year"), (blocks[::-1], "language")):
        criteria = TypeAdapter(Criteria).validate_python({"source": "x", "criteria": order})
        proposal = screen([a_record(year=2000, languages=("ger",))], criteria)
        assert (proposal.verdict, proposal.criterion) == (Verdict.EXCLUDE, first)
        assert [check.outcome for check in proposal.checks] == [NOT_MET, NOT_MET]
