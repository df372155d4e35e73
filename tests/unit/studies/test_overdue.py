"""When results are overdue: the rule of the law, and the trackers' known edge cases."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveillance.studies.dates import last_day
from surveillance.studies.overdue import Law, Overdue, overdue, results_due
from surveillance.studies.registrations import (
    Reference,
    Registration,
    RegistryDate,
    read_study,
)

#: A trial that US law asks for: it completed on 1 March 2023, so results were due a year later.
TRIAL = Registration(
    number="NCT99000001",
    status="COMPLETED",
    study_type="INTERVENTIONAL",
    phases=("PHASE3",),
    primary_purpose="TREATMENT",
    start=RegistryDate("2020-01-15", "ACTUAL"),
    primary_completion=RegistryDate("2023-03-01", "ACTUAL"),
    completion=RegistryDate("2023-09-01", "ACTUAL"),
    enrolment=100,
    enrolment_type="ACTUAL",
    fda_regulated_drug=True,
    fda_regulated_device=False,
)
DUE, LATER = date(2024, 3, 1), date(2025, 1, 31)


def changed(**values: Any) -> Registration:
    return replace(TRIAL, **values)


def completed(text: str, kind: str = "ACTUAL") -> RegistryDate:
    return RegistryDate(text, kind)


def the_overdue(registration: Registration, today: date = LATER) -> Overdue:
    found = overdue(registration, today)
    assert found is not None
    return found


def test_results_are_due_after_twelve_months_and_overdue_when_the_registry_has_had_its_time() -> (
    None
):
    assert overdue(TRIAL, DUE) is None
    assert overdue(TRIAL, DUE + timedelta(days=30)) is None
    found = the_overdue(TRIAL, DUE + timedelta(days=31))
    assert found == Overdue("NCT99000001", DUE, 31, Law.APPLICABLE, found.rule)
    assert found.rule == (
        "US law (42 CFR 11.44) asks for results 12 months after primary completion, 2023-03-01."
    )


@pytest.mark.parametrize(
    ("values", "law"),
    [
        ({}, Law.APPLICABLE),
        ({"fda_regulated_drug": False, "fda_regulated_device": True}, Law.APPLICABLE),
        ({"phases": ("NA",)}, Law.APPLICABLE),
        ({"phases": ("PHASE1", "PHASE2")}, Law.APPLICABLE),
        ({"start": RegistryDate("2017-01-18")}, Law.APPLICABLE),
        ({"start": RegistryDate("2017-01")}, Law.APPLICABLE),
        ({"start": RegistryDate("2017-01-17")}, Law.PROBABLE),
        ({"phases": ("PHASE1",)}, Law.NONE),
        ({"phases": ("EARLY_PHASE1",)}, Law.NONE),
        ({"phases": ()}, Law.NONE),
        ({"primary_purpose": "DEVICE_FEASIBILITY"}, Law.NONE),
        ({"study_type": "OBSERVATIONAL", "phases": ()}, Law.NONE),
        ({"fda_regulated_drug": False}, Law.NONE),
        ({"fda_regulated_drug": None, "fda_regulated_device": None}, Law.NONE),
        ({"start": None}, Law.NONE),
        ({"primary_completion": completed("2017-01-17")}, Law.NONE),
        ({"primary_completion": completed("2017-01")}, Law.APPLICABLE),
    ],
    ids=str,
)
def test_which_trials_the_law_asks_for(values: dict[str, Any], law: Law) -> None:
    found = the_overdue(changed(**values))
    assert found.law is law
    assert found.rule.startswith("No law") is (law is Law.NONE)


@pytest.mark.parametrize(
    ("values", "law"),
    [
        ({}, Law.PROBABLE),
        ({"countries": ("Canada", "Puerto Rico")}, Law.PROBABLE),
        ({"countries": ("Ireland",)}, Law.NONE),
        ({"countries": ()}, Law.NONE),
        ({"intervention_types": ("BEHAVIORAL", "PROCEDURE")}, Law.NONE),
        ({"fda_regulated_drug": False, "fda_regulated_device": False}, Law.NONE),
        ({"start": RegistryDate("2017-02-01")}, Law.NONE),
    ],
    ids=str,
)
def test_an_entry_from_before_the_registry_asked_is_judged_by_product_and_place(
    values: dict[str, Any], law: Law
) -> None:
    old = changed(
        start=RegistryDate("2015-05"),
        fda_regulated_drug=None,
        fda_regulated_device=None,
        intervention_types=("DRUG",),
        countries=("United States",),
    )
    assert the_overdue(replace(old, **values)).law is law


@pytest.mark.parametrize(
    "values",
    [
        {"has_results": True},
        {"under_review": True},
        {"results_first_submitted": "2024-02-28"},
        {"references": (Reference("7", "RESULT"),)},
        {"status": "WITHDRAWN"},
        {"enrolment": 0},
        {"study_type": "EXPANDED_ACCESS"},
        {"primary_completion": None, "completion": None},
        {"primary_completion": completed("soon")},
        {"primary_completion": completed("2023-02-30")},
        {"primary_completion": completed("9999-12-31")},
        {"primary_completion": completed("2026-01-01", "ESTIMATED")},
    ],
    ids=str,
)
def test_nothing_is_overdue(values: dict[str, Any]) -> None:
    assert overdue(changed(**values), LATER) is None


def test_a_linked_report_is_an_answer() -> None:
    assert overdue(TRIAL, LATER, reported=True) is None


@pytest.mark.parametrize(
    ("reference", "answers"),
    [
        (Reference("7", "RESULT", "A. Of nerves. J Pain. 2023 Mar;1:2."), True),
        (Reference("7", "RESULT", "A. Of nerves."), True),
        (Reference("7", "RESULT", "A. Of nerves. J Pain. 2022 Dec;1:2."), False),
        (Reference("7", "RESULT", "A. Nerves. 1999 to 2022. J Pain. 2024;1:2."), True),
        (Reference("7", "DERIVED", "A. Of nerves. J Pain. 2024 Jan 3. Epub 2023."), True),
        (Reference("7", "DERIVED", "A. A protocol. BMJ Open. 2021 Jan 3;1:2."), False),
        (Reference("7", "DERIVED", "A. Of nerves."), False),
        (Reference("7", "BACKGROUND", "A. Of nerves. J Pain. 2024;1:2."), False),
        (Reference("", "RESULT", "A. Of nerves. J Pain. 2024;1:2."), False),
    ],
    ids=str,
)
def test_a_listed_publication_is_an_answer_unless_it_is_older_than_the_completion(
    reference: Reference, answers: bool
) -> None:
    assert (overdue(changed(references=(reference,)), LATER) is None) is answers


def test_a_planned_size_of_nobody_is_not_nobody() -> None:
    assert overdue(changed(enrolment=0, enrolment_type="ESTIMATED"), LATER)


@pytest.mark.parametrize(
    ("printed", "due_on"),
    [
        ("2023-03-01", date(2024, 3, 1)),
        ("2023-03", date(2024, 3, 31)),
        ("2023-02", date(2024, 2, 28)),
        ("2022", date(2023, 12, 31)),
        ("2020-02-29", date(2021, 2, 28)),
        ("2020-02", date(2021, 2, 28)),
    ],
)
def test_a_date_without_its_day_means_the_last_one(printed: str, due_on: date) -> None:
    found = the_overdue(changed(primary_completion=completed(printed)))
    assert found.due_on == due_on
    assert ("the end of" in found.rule) is (len(printed) < 10)


def test_completion_counts_where_no_primary_completion_is_given() -> None:
    found = the_overdue(changed(primary_completion=None))
    assert found.due_on == date(2024, 9, 1)
    assert "after completion, 2023-09-01" in found.rule


@pytest.mark.parametrize("status", ["UNKNOWN", "RECRUITING", "ACTIVE_NOT_RECRUITING", "SUSPENDED"])
def test_an_estimate_that_passed_counts_and_is_said_to_be_one(status: str) -> None:
    estimated = changed(status=status, primary_completion=completed("2023-03-01", "ESTIMATED"))
    assert "an estimate which nobody has confirmed" in the_overdue(estimated).rule
    assert "estimate" not in the_overdue(changed(status=status)).rule


@pytest.mark.parametrize(
    ("certified", "due_on"),
    [
        ("2024-02-01", date(2026, 2, 1)),
        ("2023-06-01", date(2025, 6, 1)),
        ("2024-08-01", date(2026, 3, 1)),
        ("2021-01-01", date(2024, 3, 1)),
        ("2020-01-01", date(2024, 3, 1)),
        ("soon", date(2024, 3, 1)),
    ],
    ids=["in time", "early", "late", "no longer than the year", "expired before", "unreadable"],
)
def test_a_certified_delay_ends(certified: str, due_on: date) -> None:
    due = results_due(changed(delay_certified=certified))
    assert due is not None and due.on == due_on
    assert ("certified a delay" in due.rule) is (due_on > DUE)
    assert overdue(changed(delay_certified=certified), due_on) is None
    assert overdue(changed(delay_certified=certified), due_on + timedelta(days=31))


def test_a_trial_moves_in_and_out_as_its_newest_version_says() -> None:
    """Overdue; completion moved later; due again; certified; expired; under review; taken back."""
    moved = changed(primary_completion=completed("2024-06-30", "ESTIMATED"))
    certified = replace(moved, delay_certified="2025-08-01")
    history = [
        (TRIAL, date(2024, 6, 1), True),
        (moved, date(2024, 7, 1), False),
        (moved, date(2025, 8, 1), True),
        (certified, date(2025, 8, 2), False),
        (certified, date(2027, 8, 1), True),
        (replace(certified, under_review=True), date(2027, 8, 2), False),
        (certified, date(2027, 9, 1), True),
        (replace(certified, has_results=True), date(2027, 10, 1), False),
    ]
    for version, today, is_overdue in history:
        assert (overdue(version, today) is not None) is is_overdue, today


def test_a_trial_that_leaves_the_laws_scope_is_still_awaited_and_may_come_back() -> None:
    """Its phase was changed to 1 when it was overdue, as some have done, and changed back."""
    left = changed(phases=("PHASE1",))
    assert [the_overdue(one).law for one in (TRIAL, left, TRIAL)] == [
        Law.APPLICABLE,
        Law.NONE,
        Law.APPLICABLE,
    ]
    assert the_overdue(left).due_on == DUE


printed_dates = st.sampled_from(["", "2020", "2020-02", "2024-02-29", "2016-12-31", "9999-12", "x"])


@given(
    st.builds(
        changed,
        primary_completion=st.none() | st.builds(RegistryDate, printed_dates),
        completion=st.none() | st.builds(RegistryDate, printed_dates),
        start=st.none() | st.builds(RegistryDate, printed_dates),
        delay_certified=printed_dates,
        status=st.sampled_from(["", "COMPLETED", "WITHDRAWN"]),
        phases=st.sampled_from([(), ("PHASE1",), ("NA",)]),
    ),
    st.dates(),
)
def test_what_is_overdue_was_due_and_stays_so(registration: Registration, today: date) -> None:
    found = overdue(registration, today)
    if found is None:
        return
    assert found.days == (today - found.due_on).days > 30
    if today < date.max:
        assert overdue(registration, today + timedelta(days=1)) == replace(
            found, days=found.days + 1
        )


@pytest.mark.parametrize(
    ("printed", "day"),
    [
        ("2024", date(2024, 12, 31)),
        ("2024-02", date(2024, 2, 29)),
        ("2023-02", date(2023, 2, 28)),
        ("2024-02-03", date(2024, 2, 3)),
        ("2024-02-30", None),
        ("2024-13", None),
        ("0000-01", None),
        ("", None),
        ("May 2024", None),
    ],
)
def test_the_last_day_that_a_printed_date_can_mean(printed: str, day: date | None) -> None:
    assert last_day(printed) == day


@pytest.mark.shared
@pytest.mark.parametrize(
    ("file", "due_on", "law"),
    [
        ("NCT03418623", date(2021, 3, 13), Law.APPLICABLE),
        ("NCT04207047", date(2019, 10, 31), Law.APPLICABLE),
        ("NCT03475563", date(2020, 12, 30), Law.NONE),
        ("NCT03630471", None, Law.NONE),
        ("NCT00763412", None, Law.NONE),
        ("NCT00973089", None, Law.NONE),
        ("NCT06171568", None, Law.NONE),
    ],
)
def test_real_studies_at_the_time_of_the_captured_answers(
    file: str, due_on: date | None, law: Law, shared: Path
) -> None:
    content = (shared / f"data/clinicaltrials/studies/{file}.json").read_bytes()
    found = overdue(read_study(content), date(2024, 2, 1))
    assert (found and found.due_on) == due_on
    assert found is None or found.law is law
