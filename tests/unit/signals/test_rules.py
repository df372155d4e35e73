"""What counts as a signal, how much it matters, and what it says."""

from __future__ import annotations

import json
import random
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveillance.records import Author, Correction, IndexedHeading, Record, RecordDates
from surveillance.signals.findings import (
    ChangedRegistration,
    ChangedStrategy,
    CorrectedReport,
    DeletedReport,
    FailedRun,
    Finding,
    FoundReport,
    LostKnownItem,
    MissedRun,
    NewRegistration,
    OverdueResults,
    OverdueSource,
    ReportDecision,
    RetractedReport,
)
from surveillance.signals.model import Evidence, Kind, Shown, Signal, signal_key
from surveillance.signals.rules import answered_by, raise_signals
from surveillance.studies.changes import compare
from surveillance.studies.links import find_links
from surveillance.studies.one_trial import Trials
from surveillance.studies.overdue import overdue
from surveillance.studies.registrations import Outcome, Reference, Registration, RegistryDate
from surveillance.topics import Named
from surveillance.triggers import Trigger
from tests.unit.signals.topics import PUBLISHED, TODAY, WATCHED, known_item, topic

INCLUDE = ReportDecision("include")
ERRATUM = Correction("ErratumIn", "77", "J Limb. 2024 Dec;1(2):3")
CONCERN = Correction("ExpressionOfConcernIn", "78", "J Limb. 2025 Jan;1(3):4")


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


@pytest.mark.parametrize(
    ("notice", "weight", "trigger", "headline", "words"),
    [
        (ERRATUM, "medium", Trigger.ERRATUM, "was corrected", "an erratum was published (PMID 77"),
        (
            CONCERN,
            "high",
            Trigger.EXPRESSION_OF_CONCERN,
            "has an expression of concern",
            "an expression of concern was published (PMID 78: J Limb. 2025 Jan;1(3):4)",
        ),
        (
            Correction("CorrectedandRepublishedIn", "", "J Limb. 2025"),
            "medium",
            Trigger.ERRATUM,
            "was corrected",
            "a corrected version was published (J Limb. 2025)",
        ),
    ],
)
def test_a_notice_on_the_evidence_says_which(
    notice: Correction, weight: str, trigger: Trigger, headline: str, words: str
) -> None:
    signal = the_signal(CorrectedReport("pubmed 1", report(), notice, known_item()))
    assert signal.headline == f"A study in your evidence table {headline}: Smith 2020"
    assert signal.triggers == (trigger,)
    assert words in signal.sentence
    assert signal.recommendations == ("1.1", "1.4")
    assert signal.weight == weight


def test_two_notices_on_one_study_are_two_signals() -> None:
    findings = [CorrectedReport("pubmed 1", report(), one) for one in (ERRATUM, CONCERN)]
    assert len(signals_of(*findings)) == 2


# Harm


def test_harm_in_a_report_of_another_design_is_a_signal() -> None:
    signal = the_signal(found(report(), "cohort study", safety_event="insensate stump"))
    assert (signal.kind, signal.weight) == (Kind.SAFETY_EVENT, "medium")
    assert signal.headline == "A new report tells of harm: “insensate stump”"


def test_harm_in_a_trial_is_said_there_and_no_second_signal() -> None:
    signal = the_signal(found(report(), "randomised trial", safety_event="insensate stump"))
    assert signal.kind is Kind.NEW_RANDOMISED_TRIAL
    assert signal.triggers == (Trigger.FIRST_RANDOMISED_TRIAL, Trigger.SAFETY_EVENT)
    assert signal.sentence.endswith("It tells of harm: “insensate stump”.")


@pytest.mark.parametrize("decision", [ReportDecision("exclude"), None])
def test_harm_in_what_is_excluded_is_no_signal(decision: ReportDecision | None) -> None:
    harmful = found(report(), "cohort study", safety_event="sepsis", decision=decision)
    assert signals_of(harmful) == ()


# The searching itself


@pytest.mark.parametrize(
    ("weeks_ago", "weight"), [(14, "low"), (25, "low"), (26, "medium"), (60, "medium")]
)
def test_an_overdue_source_weighs_more_after_twice_its_rhythm(weeks_ago: int, weight: str) -> None:
    last = TODAY - timedelta(weeks=weeks_ago)
    signal = the_signal(OverdueSource("Embase", last, 13, TODAY))
    assert signal.weight == weight
    assert signal.headline == f"Embase is overdue: last searched {weeks_ago} weeks ago"
    assert "surveil import FILE --topic nerve_operations --database" in signal.sentence


def test_an_overdue_source_is_one_signal_until_it_is_searched_again() -> None:
    weeks = [OverdueSource("Embase", PUBLISHED, 13, TODAY + timedelta(weeks=n)) for n in (0, 1)]
    again = OverdueSource("Embase", TODAY, 13, TODAY + timedelta(weeks=20))
    assert len({the_signal(one).key for one in weeks}) == 1
    assert the_signal(again).key != the_signal(weeks[0]).key


@pytest.mark.parametrize(
    ("gained", "lost", "weight", "words"),
    [
        (2, 1, "medium", "finds 2 records that it did not find before, and no longer 1 record."),
        (0, 0, "low", "What it finds of the known records is the same."),
    ],
)
def test_a_changed_strategy_says_what_that_changed(
    gained: int, lost: int, weight: str, words: str
) -> None:
    change = ChangedStrategy("medline", "v2", ("its text", "the MeSH tree"), TODAY, gained, lost)
    signal = the_signal(change)
    assert signal.headline == "The strategy “medline” changed: its text and the MeSH tree"
    assert signal.weight == weight
    assert words in signal.sentence


def test_a_failed_run_says_why_where_it_is_known() -> None:
    known = the_signal(FailedRun(TODAY, "PubMed did not answer."))
    assert known.sentence.startswith("PubMed did not answer. What was finished is kept")
    assert the_signal(FailedRun(TODAY)).sentence.startswith("It was broken off.")


def test_each_missed_run_is_a_signal_of_its_own() -> None:
    missed = signals_of(MissedRun(TODAY), MissedRun(TODAY), MissedRun(TODAY + timedelta(weeks=1)))
    assert [signal.headline for signal in missed].count("The run of 2025-01-31 did not happen") == 1
    assert len(missed) == 2


# What the topic heeds


def heeding(finding: Finding, **triggers: str) -> tuple[Signal, ...]:
    weighed = {Trigger(name): heed for name, heed in triggers.items()}
    return raise_signals(replace(topic(), triggers=weighed), [finding])  # type: ignore[arg-type]


def test_a_topic_weighs_a_trigger_in_its_own_way() -> None:
    (signal,) = heeding(found(report(), "systematic review"), systematic_review="high")
    assert signal.weight == "high"


def test_what_nobody_wants_to_know_is_no_signal() -> None:
    assert heeding(found(report(), "systematic review"), systematic_review="none") == ()


def test_of_several_triggers_the_heaviest_that_is_heeded_counts() -> None:
    before = registration(number=WATCHED)
    ended = changed(before, replace(before, status="COMPLETED", title="Pre-emptive operations"))
    (signal,) = heeding(ended, trial_completed="none")
    assert (signal.weight, signal.triggers) == ("low", (Trigger.TRIAL_CHANGED,))
    (signal,) = heeding(ended, trial_changed="none")
    assert (signal.weight, signal.triggers) == ("high", (Trigger.TRIAL_COMPLETED,))
    assert heeding(ended, trial_completed="none", trial_changed="none") == ()


@pytest.mark.parametrize(
    ("change", "trigger"),
    [
        ({"status": "COMPLETED"}, Trigger.TRIAL_COMPLETED),
        ({"status": "TERMINATED"}, Trigger.TRIAL_STOPPED),
        ({"status": "WITHDRAWN"}, Trigger.TRIAL_STOPPED),
        ({"status": "SUSPENDED"}, Trigger.TRIAL_STOPPED),
        ({"has_results": True}, Trigger.RESULTS_POSTED),
        ({"references": (Reference("7", "RESULT"),)}, Trigger.TRIAL_REPORTED),
        ({"primary_outcomes": (Outcome("Deaths"),)}, Trigger.PRIMARY_OUTCOME_SWITCHED),
        ({"status": "ACTIVE_NOT_RECRUITING"}, Trigger.TRIAL_CHANGED),
        ({"enrolment": 10}, Trigger.TRIAL_CHANGED),
    ],
)
def test_the_change_of_a_registration_is_an_event(change: dict[str, Any], trigger: Trigger) -> None:
    before = registration(number=WATCHED, primary_outcomes=(Outcome("Pain"),), enrolment=100)
    assert the_signal(changed(before, replace(before, **change))).triggers == (trigger,)


def test_new_evidence_names_the_outcomes_and_comparators_of_the_guidance() -> None:
    guided = replace(
        topic(),
        outcomes=(Named("phantom pain", ("phantom limb pain",)), Named("death", ("mortality",))),
        comparators=(Named("burying", ("muscle burying",)),),
    )
    record = report(abstract="Phantom limb pain after TMR or muscle-burying.")
    (signal,) = raise_signals(guided, [found(record, "randomised trial")])
    assert (signal.outcomes, signal.comparators) == (("phantom pain",), ("burying",))


def test_evidence_carries_the_day_of_the_content_that_was_read() -> None:
    revised = report(dates=RecordDates(created=date(2024, 11, 12), revised=date(2025, 1, 20)))
    assert the_signal(found(revised, "systematic review")).evidence[0].version == "2025-01-20"
    posted = NewRegistration(registration(last_update_posted="2025-01-15"), TODAY)
    assert the_signal(posted).evidence[0].version == "2025-01-15"


# Keys and order


def overdue_results(number: str) -> OverdueResults:
    ended = registration(number=number, primary_completion=RegistryDate("2022-05-01", "ACTUAL"))
    late = overdue(ended, TODAY)
    assert late is not None
    return OverdueResults(ended, late)


@pytest.mark.parametrize(("number", "weight"), [(WATCHED, "high"), ("NCT99000001", "low")])
def test_overdue_results_weigh_by_the_watch_list(number: str, weight: str) -> None:
    signal = the_signal(overdue_results(number))
    assert (signal.kind, signal.weight) == (Kind.RESULTS_OVERDUE, weight)
    assert signal.headline == f"{number}: results are overdue since 2023-05-01"
    assert "12 months after primary completion, 2022-05-01." in signal.sentence
    assert signal.recommendations == (("1.1", "1.6") if number == WATCHED else ("1.4", "1.6"))


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
        overdue_results(WATCHED),
        CorrectedReport("pubmed 8", report(8), ERRATUM),
        found(report(9), "cohort study", safety_event="insensate stump"),
        ChangedStrategy("medline", "v2", ("its text",), TODAY, gained=1, lost=0),
        OverdueSource("Embase", PUBLISHED, 13, TODAY),
        FailedRun(TODAY),
        MissedRun(TODAY),
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
    assert [signal.kind for signal in signals[:3]] == [
        Kind.RUN_MISSED,
        Kind.RUN_FAILED,
        Kind.KNOWN_ITEM_RETRACTED,
    ]


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
