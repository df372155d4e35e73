"""What counts as a signal, how much it matters, and what it says."""

from __future__ import annotations

import json
import random
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveillance.records import Author, Correction, IndexedHeading, Record, RecordDates
from surveillance.signals.findings import (
    ChangedRegistration,
    DeletedReport,
    Finding,
    FoundReport,
    LostKnownItem,
    NewRegistration,
    ReportDecision,
    RetractedReport,
)
from surveillance.signals.model import Evidence, Kind, Shown, Signal, signal_key
from surveillance.signals.rules import answered_by, raise_signals
from surveillance.studies.changes import compare
from surveillance.studies.links import find_links
from surveillance.studies.one_trial import Trials
from surveillance.studies.registrations import Registration, RegistryDate
from tests.unit.signals.topics import PUBLISHED, TODAY, WATCHED, known_item, topic

INCLUDE = ReportDecision("include")


def report(number: int = 1, **fields: Any) -> Record:
    values: dict[str, Any] = {
        "title": "Pre-emptive nerve transfer",
        "abstract": "Forty people.",
        "journal": "J Limb",
        "year": 2024,
        "authors": (Author(last="Rivera", initials="A"),),
        "dates": RecordDates(created=date(2024, 11, 12)),
        **fields,
    }
    return Record(source="pubmed", source_id=str(number), pmid=str(number), **values)


def found(record: Record, design: str = "", **values: Any) -> FoundReport:
    return FoundReport(
        **{
            "name": f"{record.source} {record.source_id}",
            "record": record,
            "decision": INCLUDE,
            "design": design,
            "first_seen": TODAY,
            "covered_until": PUBLISHED,
            "links": find_links(record, Trials.numbered([WATCHED])),
            **values,
        }
    )


def registration(**values: Any) -> Registration:
    return Registration(
        **{
            "number": "NCT99000001",
            "title": "Pre-emptive surgery",
            "study_type": "INTERVENTIONAL",
            "allocation": "RANDOMIZED",
            "status": "RECRUITING",
            "first_posted": "2025-01-14",
            **values,
        }
    )


def changed(before: Registration, after: Registration) -> ChangedRegistration:
    return ChangedRegistration(before, after, compare(before, after))


def signals_of(*findings: Finding, **options: Any) -> tuple[Signal, ...]:
    return raise_signals(topic(), findings, **options)


def the_signal(*findings: Finding, **options: Any) -> Signal:
    (signal,) = signals_of(*findings, **options)
    return signal


# New registrations


@pytest.mark.parametrize(
    ("values", "weight"),
    [
        ({}, "high"),
        ({"allocation": "NON_RANDOMIZED"}, "medium"),
        ({"allocation": ""}, "medium"),
        ({"allocation": "", "study_type": "OBSERVATIONAL"}, "low"),
        ({"status": "WITHDRAWN"}, "low"),
        ({"status": "COMPLETED"}, "low"),
    ],
)
def test_a_new_registration_weighs_by_its_design(values: dict[str, Any], weight: str) -> None:
    signal = the_signal(NewRegistration(registration(**values), TODAY))
    assert (signal.kind, signal.weight) == (Kind.NEW_REGISTRATION, weight)


def test_a_new_registration_is_described_and_tied() -> None:
    signal = the_signal(
        NewRegistration(
            registration(
                enrolment=160,
                status="NOT_YET_RECRUITING",
                primary_completion=RegistryDate("2028-03"),
                countries=("Ireland", "United Kingdom"),
            ),
            TODAY,
        )
    )
    assert signal.headline == "Randomised trial registered on recommendation 1.4: NCT99000001"
    assert signal.sentence == (
        "“Pre-emptive surgery”: randomised, 160 participants, not yet recruiting, primary "
        "completion 2028-03, Ireland and United Kingdom. Registered on 2025-01-14."
    )
    assert (signal.recommendations, signal.words) == (("1.4", "1.6"), ("pre-emptive",))
    assert signal.evidence == (Evidence(Shown.REGISTRATION, "NCT99000001", "Pre-emptive surgery"),)


def test_a_registration_from_before_the_published_search_was_found_late() -> None:
    signal = the_signal(NewRegistration(registration(first_posted="2024-08-01"), TODAY))
    assert signal.kind is Kind.FOUND_LATE
    assert signal.headline.startswith("Randomised trial found late in the registry")
    assert "before the published search; seen on 2025-01-31" in signal.sentence


@pytest.mark.parametrize("posted", ["2024-08-02", "2024-08-03", ""])
def test_a_registration_that_is_not_older_is_new(posted: str) -> None:
    kind = the_signal(NewRegistration(registration(first_posted=posted), TODAY)).kind
    assert kind is Kind.NEW_REGISTRATION


# Changed registrations


def test_a_changed_registration_speaks_of_its_heaviest_change() -> None:
    before = registration(number=WATCHED, enrolment=100, primary_completion=RegistryDate("2027-04"))
    after = replace(before, enrolment=90, primary_completion=RegistryDate("2028-06"))
    signal = the_signal(changed(before, after))
    assert signal.headline == f"{WATCHED}: primary completion moved by 14 months, and 1 more change"
    assert signal.sentence == (
        "Primary completion moved by 14 months, from 2027-04 to 2028-06. "
        "Size fell from 100 to 90 participants (by 10%)."
    )
    assert (signal.kind, signal.weight) == (Kind.REGISTRATION_CHANGED, "high")


def test_a_watched_trial_touches_what_the_topic_declares() -> None:
    before = registration(number=WATCHED)
    signal = the_signal(changed(before, replace(before, status="COMPLETED")))
    assert (signal.recommendations, signal.words) == (("1.1", "1.6"), ())


def test_another_trial_touches_what_its_words_say() -> None:
    before = registration()
    signal = the_signal(changed(before, replace(before, status="COMPLETED")))
    assert (signal.recommendations, signal.words) == (("1.4", "1.6"), ("pre-emptive",))


def test_noise_is_no_signal() -> None:
    before = registration()
    assert signals_of(changed(before, replace(before, last_update_posted="2025-01-01"))) == ()


def test_the_same_change_at_another_time_is_another_signal() -> None:
    before = registration(last_update_posted="2024-09-01")
    paused = replace(before, status="SUSPENDED", last_update_posted="2024-10-01")
    again = replace(before, last_update_posted="2024-11-01")
    later = replace(paused, last_update_posted="2024-12-01")
    versions = [changed(before, paused), changed(paused, again), changed(again, later)]
    assert len(signals_of(*versions, *versions)) == 3


# Reports


@pytest.mark.parametrize(
    ("decision", "weight", "said"),
    [
        (INCLUDE, "high", "Screening proposes to include it."),
        (ReportDecision("unsure", "bare"), "high", "Screening is unsure about it: bare."),
        (ReportDecision("exclude", "rats."), "medium", "Screening proposes to exclude it: rats."),
        (ReportDecision("exclude", by_person=True), "medium", "A person excluded it."),
        (ReportDecision("include", by_person=True), "high", "A person included it."),
        (ReportDecision("unsure", by_person=True), "high", "A person was unsure about it."),
        (None, "medium", "No strategy of the topic matches it."),
    ],
)
def test_a_report_of_a_watched_trial_is_signalled_whatever_was_decided(
    decision: ReportDecision | None, weight: str, said: str
) -> None:
    record = report(title="A plan", registrations=(WATCHED,), dates=RecordDates())
    signal = the_signal(found(record, "protocol", decision=decision))
    assert (signal.kind, signal.weight) == (Kind.REPORT_OF_WATCHED_TRIAL, weight)
    assert signal.headline == f"A report names the watched trial {WATCHED}"
    assert (
        signal.sentence == f"“A plan” (J Limb 2024) names it in its list of registrations. {said}"
    )
    assert signal.recommendations == ("1.1", "1.6")
    assert [item.identifier for item in signal.evidence] == ["1", WATCHED]


def test_a_report_that_names_two_watched_trials_is_two_signals() -> None:
    record = report(abstract=f"{WATCHED} and NCT00000001")
    links = find_links(record, Trials.numbered([WATCHED, "NCT00000001"]))
    assert {signal.subject for signal in signals_of(found(record, links=links))} == {
        WATCHED,
        "NCT00000001",
    }


def test_the_first_randomised_trial_on_a_recommendation_is_said_to_be_the_first() -> None:
    signal = the_signal(found(report(), "randomised trial"))
    assert (signal.kind, signal.weight) == (Kind.NEW_RANDOMISED_TRIAL, "high")
    assert signal.headline == ("First randomised trial on recommendation 1.4 since publication")
    assert signal.sentence == (
        "“Pre-emptive nerve transfer” (J Limb 2024). Screening proposes to include it."
    )


def test_the_next_one_on_it_is_not() -> None:
    first = found(report(1), "randomised trial", first_seen=date(2025, 1, 1))
    second = found(report(2), "randomised trial")
    headlines = {s.subject: s.headline for s in signals_of(second, first)}
    assert headlines == {
        "pubmed 1": "First randomised trial on recommendation 1.4 since publication",
        "pubmed 2": "New randomised trial on recommendation 1.4",
    }


def test_one_that_also_bears_on_another_recommendation_is_first_there() -> None:
    both = report(title="Pre-emptive surgery against chronic pain")
    signal = the_signal(found(both, "randomised trial"), answered={"1.4", "1.6"})
    assert signal.headline == "First randomised trial on recommendation 1.1 since publication"


def test_a_report_of_a_watched_randomised_trial_answers_its_recommendations() -> None:
    named = report(abstract=f"chronic pain, {WATCHED}")
    reported = signals_of(found(named, "randomised trial"))
    assert answered_by(reported) == {"1.1", "1.6"}
    excluded = signals_of(found(named, "randomised trial", decision=ReportDecision("exclude")))
    assert answered_by(excluded) == frozenset()


def test_a_new_systematic_review_is_a_signal() -> None:
    signal = the_signal(found(report(), "systematic review"))
    assert (signal.kind, signal.weight) == (Kind.NEW_SYSTEMATIC_REVIEW, "medium")
    assert signal.headline == "New systematic review on recommendation 1.4"


@pytest.mark.parametrize("design", ["cohort study", "narrative review", "", "Randomised trial?"])
def test_other_new_designs_are_counted_not_signalled(design: str) -> None:
    assert signals_of(found(report(), design)) == ()


@pytest.mark.parametrize("design", ["randomised trial", "systematic review", "cohort study"])
@pytest.mark.parametrize("decision", [ReportDecision("exclude"), None])
@pytest.mark.parametrize("created", [date(2024, 11, 12), date(2020, 1, 1)])
def test_what_is_excluded_or_unmatched_is_no_signal_by_its_design(
    design: str, decision: ReportDecision | None, created: date
) -> None:
    record = report(dates=RecordDates(created=created))
    assert signals_of(found(record, design, decision=decision)) == ()


# Found late


@pytest.mark.parametrize(
    ("created", "late"),
    [
        (date(2024, 7, 25), True),
        (date(2024, 7, 26), False),
        (date(2024, 8, 2), False),
        (date(2024, 8, 3), False),
    ],
)
def test_late_begins_where_the_windows_no_longer_overlap(created: date, late: bool) -> None:
    record = report(dates=RecordDates(created=created))
    signal = the_signal(found(record, "systematic review"))
    assert (signal.kind is Kind.FOUND_LATE) == late


@pytest.mark.parametrize(
    ("design", "weight"),
    [("randomised trial", "high"), ("systematic review", "medium"), ("cohort study", "medium")],
)
def test_a_report_found_late_weighs_by_its_design(design: str, weight: str) -> None:
    record = report(dates=RecordDates(created=date(2024, 6, 1)))
    signal = the_signal(found(record, design))
    assert (signal.kind, signal.weight) == (Kind.FOUND_LATE, weight)
    assert signal.headline == (
        f"Found late on recommendation 1.4: {design}, there since 2024-06-01"
    )


@pytest.mark.parametrize("design", ["", "not stated"])
def test_a_report_without_a_design_is_called_a_report(design: str) -> None:
    record = report(dates=RecordDates(created=date(2024, 6, 1)))
    assert "1.4: report, there since" in the_signal(found(record, design)).headline


def test_late_indexing_is_told_from_a_hole_in_the_search() -> None:
    dates = RecordDates(created=date(2024, 6, 1), indexed=date(2024, 9, 17))
    indexed = report(dates=dates, mesh=(IndexedHeading("Phantom Limb"),))
    missed = report(dates=replace(dates, indexed=date(2024, 6, 1)))
    assert "its MeSH headings came on 2024-09-17." in the_signal(found(indexed)).sentence
    assert "the search to 2024-08-02 should have found it." in the_signal(found(missed)).sentence


@pytest.mark.parametrize(("year", "late"), [(2022, True), (2023, True), (2024, False)])
def test_an_exported_record_is_late_by_the_end_of_its_year(year: int, late: bool) -> None:
    record = Record(source="embase", source_id="L1", title="Nerves", year=year)
    signals = signals_of(found(record))
    assert [signal.kind for signal in signals] == ([Kind.FOUND_LATE] if late else [])


def test_a_record_without_dates_is_not_late() -> None:
    record = Record(source="embase", source_id="L1", title="Nerves", doi="10.5555/1")
    signal = the_signal(found(record, "systematic review"))
    assert signal.kind is Kind.NEW_SYSTEMATIC_REVIEW
    assert signal.evidence == (Evidence(Shown.DOI, "10.5555/1", "Nerves"),)


# Known items


@pytest.mark.parametrize(
    ("table", "headline"),
    [
        ("table 2", "A study in your evidence table was retracted: Smith 2020"),
        ("appendix B", "A study in appendix B of your overview was retracted: Smith 2020"),
    ],
)
def test_a_retracted_known_item_is_named_as_the_guidance_names_it(
    table: str, headline: str
) -> None:
    notice = Correction("RetractionIn", "9")
    record = report(title="Nerve operations.", corrections=(notice,))
    signal = the_signal(RetractedReport("pubmed 1", record, known_item(table=table)))
    assert (signal.kind, signal.weight) == (Kind.KNOWN_ITEM_RETRACTED, "high")
    assert signal.headline == headline
    assert "“Nerve operations” (J Limb) is marked as retracted (notice: PMID 9)." in signal.sentence
    assert signal.recommendations == ("1.1", "1.4")


def test_a_retracted_included_report_is_a_signal_too() -> None:
    signal = the_signal(RetractedReport("pubmed 1", report()))
    assert signal.headline == "An included report was retracted: Rivera 2024"
    assert signal.recommendations == ("1.4", "1.6")


def test_a_known_item_that_is_no_longer_found_is_a_signal() -> None:
    signal = the_signal(LostKnownItem(known_item(), "medline"))
    assert (signal.kind, signal.weight) == (Kind.KNOWN_ITEM_NOT_FOUND, "medium")
    assert signal.headline == "A study in your evidence table is no longer found: Smith 2020"
    assert "“medline” should find “Nerve operations” and does not" in signal.sentence


# Keys and order


def everything() -> list[Finding]:
    before = registration(number=WATCHED)
    return [
        NewRegistration(registration(), TODAY),
        NewRegistration(registration(number="NCT99000002", first_posted="2020-01-01"), TODAY),
        changed(before, replace(before, status="COMPLETED")),
        found(report(1, abstract=f"names {WATCHED}")),
        found(report(2), "randomised trial"),
        found(report(3), "systematic review"),
        found(report(4, dates=RecordDates(created=date(2020, 1, 1)))),
        RetractedReport("pubmed 5", report(5)),
        RetractedReport("pubmed 6", report(6), known_item()),
        LostKnownItem(known_item(), "medline"),
        DeletedReport("pubmed 7", report(7), TODAY),
    ]


def test_every_kind_can_be_raised() -> None:
    assert {signal.kind for signal in signals_of(*everything())} == set(Kind)


@given(st.randoms(use_true_random=False))
def test_order_and_repetition_of_findings_change_nothing(shuffle: random.Random) -> None:
    findings = everything() * 2
    shuffle.shuffle(findings)
    assert signals_of(*findings) == signals_of(*everything())


def test_the_most_important_come_first() -> None:
    signals = signals_of(*everything())
    assert [signal.weight.rank for signal in signals] == sorted(s.weight.rank for s in signals)
    assert signals[0].kind is Kind.KNOWN_ITEM_RETRACTED


def test_a_key_does_not_hang_on_words() -> None:
    """The title, the design or a decision may change; what happened is the same."""
    once = the_signal(found(report(title="A"), "randomised trial"))
    unsure = found(report(title="B"), "randomised trial", decision=ReportDecision("unsure"))
    again = the_signal(unsure, answered={"1.6"})
    assert once.key == again.key
    assert once.headline != again.headline
    assert once.sentence != again.sentence


def test_keys_are_the_same_in_every_process() -> None:
    assert signal_key(Kind.FOUND_LATE, "pubmed 1", "x") == "found_late:07dad94971f3f713e484539a"


@given(
    st.lists(st.text(max_size=5), min_size=1, max_size=3),
    st.lists(st.text(max_size=5), min_size=1, max_size=3),
)
def test_different_things_have_different_keys(one: list[str], other: list[str]) -> None:
    same = signal_key(Kind.FOUND_LATE, *one) == signal_key(Kind.FOUND_LATE, *other)
    assert same == (one == other)


def test_a_signal_survives_the_store() -> None:
    for signal in signals_of(*everything()):
        assert Signal.from_json(json.loads(json.dumps(signal.to_json()))) == signal
