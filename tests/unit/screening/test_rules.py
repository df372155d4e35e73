"""The example topic's criteria held against texts made for the purpose."""

from __future__ import annotations

import itertools
import time
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from surveillance.records import IndexedHeading, Record
from surveillance.screening.criteria import Criteria, read_criteria
from surveillance.screening.language import MAX_TEXT
from surveillance.screening.rules import Outcome, Verdict, screen

FILE = (
    Path(__file__).resolve().parents[3]
    / "search_strategies/targeted_muscle_reinnervation/criteria.toml"
)
FITS = (
    "Forty people with a leg amputation had targeted muscle reinnervation (TMR) and were followed "
    "for one year. Pain of the residual limb fell by three points, and it was as low as this at "
    "the end of the second year."
)


@lru_cache(maxsize=1)
def the_criteria() -> Criteria:
    return read_criteria(FILE)


def a_record(title: str = "Nerve surgery after loss of a leg", **fields: object) -> Record:
    given_fields = {"abstract": FITS, "source": "pubmed", "source_id": "1", **fields}
    return Record(title=title, **given_fields)  # type: ignore[arg-type]


def indexed(*names: str) -> tuple[IndexedHeading, ...]:
    return tuple(IndexedHeading(name) for name in names)


def test_a_study_that_fits_is_included_and_every_check_says_why() -> None:
    proposal = screen([a_record()], the_criteria())
    assert proposal.verdict is Verdict.INCLUDE
    assert proposal.design == "cohort study"
    assert {check.outcome for check in proposal.checks} == {Outcome.MET}
    assert len(proposal.checks) == len(the_criteria().criteria)


@pytest.mark.parametrize(
    ("record", "criterion"),
    [
        (a_record(abstract=FITS.replace("targeted muscle reinnervation", "total mixed ration")),
         "intervention: meaning of TMR"),
        (a_record(abstract=FITS.replace("targeted muscle reinnervation",
                                        "transmyocardial laser revascularisation")),
         "intervention: meaning of TMR"),
        (a_record(abstract=FITS.replace("targeted muscle reinnervation",
                                        "targeted memory reactivation")),
         "intervention: meaning of TMR"),
        (a_record("Stump pain in rats", abstract=FITS.replace("people", "animals")),
         "publication type: animal or laboratory work"),
        (a_record(mesh=indexed("Animals", "Rats")),
         "publication type: animal or laboratory work"),
        (a_record("A cadaveric study", abstract=FITS.replace("Forty people", "Specimens")),
         "publication type: animal or laboratory work"),
        (a_record(publication_types=("Journal Article", "Review")),
         "publication type: review, editorial or plan"),
        (a_record(publication_types=("Editorial",)),
         "publication type: review, editorial or plan"),
        (a_record(publication_types=("Comment",)),
         "publication type: review, editorial or plan"),
        (a_record("Stump pain: study protocol"),
         "publication type: review, editorial or plan"),
        (a_record(publication_types=("Congress",)), "publication type: conference material"),
        (a_record(abstract=FITS.replace("targeted muscle reinnervation (TMR)", "exercise")),
         "intervention"),
        (a_record("Nerve surgery", abstract=FITS.replace("leg amputation", "facial palsy")
                  .replace("residual limb", "face"), mesh=()),
         "population"),
        (a_record("A case series", abstract=FITS.replace("Forty", "Twelve")), "number of people"),
        (a_record("A case report", abstract=FITS.replace("Forty people", "One person")),
         "number of people"),
    ],
)  # fmt: skip
def test_the_first_criterion_that_is_not_met_is_the_reason(record: Record, criterion: str) -> None:
    proposal = screen([record], the_criteria())
    assert (proposal.verdict, proposal.criterion) == (Verdict.EXCLUDE, criterion)
    assert proposal.reason


@pytest.mark.parametrize(
    ("record", "reason"),
    [
        (a_record(abstract=None), "there is no abstract"),
        (a_record(abstract=None, publication_types=("Editorial",)), "there is no abstract"),
        (a_record(abstract=FITS.replace("targeted muscle reinnervation (TMR)", "TMR")
                  .replace("leg amputation", "limb loss").replace("residual limb", "stump")),
         "TMR is not spelt out"),
        (a_record("Nerve surgery", abstract=FITS.replace("leg amputation", "wound")
                  .replace("residual limb", "leg")), "no MeSH yet"),
        (a_record(abstract=FITS.replace("Forty people", "People")), "not stated"),
        (a_record("A cohort", abstract=FITS.replace("Forty people", "Nineteen limbs")),
         "whole number is not clear"),
        (a_record(publication_types=("Conference Abstract",),
                  abstract=FITS + " There were two adverse events."), "adverse events"),
    ],
)  # fmt: skip
def test_what_the_abstract_leaves_open_goes_to_a_person(record: Record, reason: str) -> None:
    proposal = screen([record], the_criteria())
    assert proposal.verdict is Verdict.UNSURE
    assert reason in proposal.reason


def test_letters_that_nobody_spells_out_are_read_by_the_words_around_them() -> None:
    ours = FITS.replace("targeted muscle reinnervation (TMR)", "TMR")
    assert screen([a_record(abstract=ours)], the_criteria()).verdict is Verdict.INCLUDE
    feed = "TMR was fed to the cows for forty days, and the milk of those with more silage in it"
    proposal = screen([a_record(abstract=f"{feed} was the same.")], the_criteria())
    assert (proposal.verdict, proposal.criterion) == (
        Verdict.EXCLUDE,
        "intervention: meaning of TMR",
    )
    assert [item.text for item in proposal.evidence] == ["cows", "TMR"]


def test_a_systematic_review_is_kept_whatever_its_number_of_people() -> None:
    text = "We searched four databases. " + FITS.replace("Forty", "Twelve")
    proposal = screen([a_record(abstract=text, publication_types=("Review",))], the_criteria())
    assert (proposal.verdict, proposal.design) == (Verdict.INCLUDE, "systematic review")


def test_a_randomised_trial_may_be_small() -> None:
    text = FITS.replace("Forty", "Twelve")
    record = a_record(abstract=text, publication_types=("Randomized Controlled Trial",))
    assert screen([record], the_criteria()).verdict is Verdict.INCLUDE


def test_the_record_with_an_abstract_leads_and_the_types_of_all_count() -> None:
    bare = a_record(source="embase", abstract=None, publication_types=("Editorial",))
    full = a_record()
    proposals = {screen(order, the_criteria()) for order in itertools.permutations([bare, full])}
    (proposal,) = proposals
    assert proposal.criterion == "publication type: review, editorial or plan"
    assert proposal.evidence[0].text == "Editorial"


def test_headings_that_come_later_can_settle_the_population() -> None:
    text = FITS.replace("leg amputation", "wound").replace("residual limb", "leg")
    record = a_record("Nerve surgery", abstract=text)
    later = replace(record, mesh=indexed("Humans", "Amputees"))
    assert screen([record], the_criteria()).verdict is Verdict.UNSURE
    assert screen([later], the_criteria()).verdict is Verdict.INCLUDE


def test_the_evidence_is_where_its_words_stand() -> None:
    record = a_record()
    for check in screen([record], the_criteria()).checks:
        for evidence in check.evidence:
            text = record.title if evidence.part == "title" else record.abstract or ""
            assert text[evidence.start : evidence.end] == evidence.text


def test_a_report_without_records_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one record"):
        screen([], the_criteria())


@pytest.mark.parametrize(
    "text",
    [
        "\x00\x01",
        "&lt;b&gt;" * 40,
        "(" * 5000,
        "ａ" * 500,
        "😀" * 300,
        "\u202e" + FITS,
        "n = " * 900,
    ],
)
def test_a_strange_text_is_judged_without_a_crash(text: str) -> None:
    proposal = screen([a_record(title=text[:400], abstract=text)], the_criteria())
    assert proposal.verdict in Verdict


def test_a_text_of_a_megabyte_is_unsure_and_quick() -> None:
    started = time.process_time()
    proposal = screen([a_record(abstract="forty people and a stump " * 40_000)], the_criteria())
    assert proposal.verdict is Verdict.UNSURE
    assert time.process_time() - started < 5


@pytest.mark.parametrize(
    "piece",
    [
        "(", "1", "a", "1 ", "\n", "(TMR ", "TMR (", "BACKGROUND: ", "no ", "1 of the ", "a-",
        "twelve ", "10 to ", "A. ", "n = ", "amputation ", "patients and patients ", "TMR TMR TMR,",
    ],
)  # fmt: skip
def test_a_text_made_to_be_slow_is_judged_in_seconds(piece: str) -> None:
    text = (piece * (30_000 // len(piece)) + " the of in" * 2000)[:MAX_TEXT]
    started = time.process_time()
    screen([a_record(title=piece * 50, abstract=text)], the_criteria())
    assert time.process_time() - started < 20


def _undefined(text: str) -> Record:
    return a_record("TMR", abstract=f"TMR was used in all of them, and it was good. {text}")


@pytest.mark.parametrize(
    ("record", "verdict"),
    [
        (_undefined("Forty people with a neuroma after amputation were followed."), "include"),
        (
            _undefined("Targeted muscle reinnervation was for 40 amputees in pain."),
            "include",
        ),
        (_undefined("The cows had silage, and their milk was the same."), "exclude"),
        (_undefined("A total mixed ration was given to them."), "exclude"),
        (_undefined("The sounds of the words were played in sleep, for the memory."), "exclude"),
        (_undefined("Targeted memory reactivation was done at night."), "exclude"),
        (
            _undefined("The laser was for those with angina who had no operation."),
            "exclude",
        ),
        (_undefined("It was transmyocardial revascularisation by surgeons."), "exclude"),
        (_undefined("The tumour mutation rate (TMR) was high in most of them."), "exclude"),
        (
            _undefined("Immunotherapy was for those with many tumour mutations."),
            "exclude",
        ),
        (_undefined("The laser was for amputees with angina."), "unsure"),
        (_undefined("It was the same in the end as at the beginning."), "unsure"),
    ],
)
def test_the_five_meanings_of_tmr(record: Record, verdict: str) -> None:
    proposal = screen([record], the_criteria())
    assert str(proposal.verdict) == verdict, proposal.reason
    if verdict != "include":
        assert proposal.criterion == "intervention: meaning of TMR"


@settings(max_examples=40, deadline=None)
@given(
    title=st.text(max_size=120),
    types=st.lists(
        st.sampled_from(["Editorial", "Review", "Congress", "Case Reports", "Comment", "Article"]),
        max_size=3,
    ),
    headings=st.none() | st.lists(st.sampled_from(["Animals", "Humans", "Rats"]), max_size=2),
    abstract=st.none() | st.text(max_size=30) | st.just("No abstract available"),
)
def test_without_an_abstract_nothing_is_ever_excluded(
    title: str, types: list[str], headings: list[str] | None, abstract: str | None
) -> None:
    record = a_record(
        title=title,
        abstract=abstract,
        publication_types=tuple(types),
        mesh=None if headings is None else indexed(*headings),
    )
    assert screen([record], the_criteria()).verdict is Verdict.UNSURE


@settings(max_examples=25, deadline=None)
@given(words=st.lists(st.sampled_from([*FITS.split(), "rats", "no", "not", "ration"]), max_size=60))
def test_the_same_report_always_gets_the_same_proposal(words: list[str]) -> None:
    records = [a_record(abstract=" ".join(words)), a_record(source_id="2", abstract=FITS[:90])]
    assert screen(records, the_criteria()) == screen(records[::-1], the_criteria())


# Harm that the guidance team wants to hear of


@pytest.mark.parametrize(
    ("sentence", "told"),
    [
        ("One person had an insensate stump.", "insensate stump"),
        ("Two people had Insensate  residual limbs.", "Insensate  residual limbs"),
        ("Worsening of pain was seen in three.", "Worsening of pain"),
        ("No worsening of pain was seen.", ""),
        ("There was no muscle wasting in either group.", ""),
        ("Studies of muscle wasting are needed.", ""),
        ("Muscle wasting was not assessed.", ""),
        ("Infections were seen in three.", ""),
    ],
)
def test_harm_is_told_where_it_is_meant(sentence: str, told: str) -> None:
    proposal = screen([a_record(abstract=f"{FITS} {sentence}")], the_criteria())
    assert proposal.safety_event == told
    assert proposal.verdict is Verdict.INCLUDE


def test_harm_of_others_in_the_background_is_not_the_reports_own() -> None:
    abstract = f"BACKGROUND: Muscle wasting was seen by others. METHODS: {FITS}"
    assert screen([a_record(abstract=abstract)], the_criteria()).safety_event == ""


def test_harm_decides_nothing() -> None:
    """A cohort of ten is too small, whatever harm it tells of."""
    small = FITS.replace("Forty", "Ten") + " Two had an insensate stump."
    proposal = screen([a_record(abstract=small)], the_criteria())
    assert (proposal.verdict, proposal.safety_event) == (Verdict.EXCLUDE, "insensate stump")
    assert proposal.checks[-1].criterion == "safety event"


def test_without_words_for_harm_nothing_is_told() -> None:
    criteria = replace(the_criteria(), safety_events=())
    harmful = a_record(abstract=f"{FITS} One person had an insensate stump.")
    assert screen([harmful], criteria).safety_event == ""
