"""Each kind of change in each size: its weight and what people are told (docs/signals.md)."""

from __future__ import annotations

import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveillance.studies.changes import Change, Event, compare
from surveillance.studies.dates import moved
from surveillance.studies.registrations import (
    Arm,
    Outcome,
    Reference,
    Registration,
    RegistryDate,
)

NCT = "NCT99000001"


def version(**values: Any) -> Registration:
    return Registration(number=NCT, **values)


def planned(text: str) -> RegistryDate:
    return RegistryDate(text, "ESTIMATED")


def the_change(before: dict[str, Any], after: dict[str, Any]) -> Change:
    (change,) = compare(version(**before), version(**after))
    return change


@pytest.mark.parametrize(
    ("before", "after", "weight"),
    [
        ("RECRUITING", "COMPLETED", "high"),
        ("RECRUITING", "TERMINATED", "high"),
        ("NOT_YET_RECRUITING", "WITHDRAWN", "high"),
        ("RECRUITING", "SUSPENDED", "high"),
        ("COMPLETED", "RECRUITING", "high"),
        ("TERMINATED", "ACTIVE_NOT_RECRUITING", "high"),
        ("NOT_YET_RECRUITING", "RECRUITING", "medium"),
        ("RECRUITING", "ACTIVE_NOT_RECRUITING", "medium"),
        ("ACTIVE_NOT_RECRUITING", "UNKNOWN", "medium"),
        ("RECRUITING", "A_STATUS_OF_TOMORROW", "medium"),
        ("RECRUITING", "ENROLLING_BY_INVITATION", "low"),
        ("ENROLLING_BY_INVITATION", "RECRUITING", "low"),
        ("", "RECRUITING", "low"),
        ("RECRUITING", "", "low"),
    ],
)
def test_a_status_weighs_by_what_it_means_for_results(before: str, after: str, weight: str) -> None:
    change = the_change({"status": before}, {"status": after})
    assert (change.field, change.weight) == ("status", weight)


@pytest.mark.parametrize(
    ("field", "months", "weight"),
    [
        ("primary_completion", 14, "high"),
        ("primary_completion", 6, "high"),
        ("primary_completion", 5, "medium"),
        ("primary_completion", 2, "medium"),
        ("primary_completion", 1, "low"),
        ("primary_completion", -6, "high"),
        ("primary_completion", -1, "low"),
        ("completion", 12, "high"),
        ("completion", 11, "medium"),
        ("completion", 6, "medium"),
        ("completion", 5, "low"),
        ("start", 24, "medium"),
        ("start", 6, "medium"),
        ("start", 5, "low"),
    ],
)
def test_a_date_weighs_by_how_far_it_moved(field: str, months: int, weight: str) -> None:
    year, month = divmod(2027 * 12 + 3 + months, 12)
    change = the_change({field: planned("2027-04")}, {field: planned(f"{year}-{month + 1:02}")})
    assert change.weight == weight
    assert f" by {abs(months)} month" in change.headline


@pytest.mark.parametrize(
    ("before", "after", "sentence"),
    [
        (
            {"primary_completion": planned("2027-04")},
            {"primary_completion": planned("2028-06")},
            "Primary completion moved by 14 months, from 2027-04 to 2028-06.",
        ),
        (
            {"completion": planned("2027-04")},
            {"completion": planned("2027-03")},
            "Completion was brought forward by 1 month, from 2027-04 to 2027-03.",
        ),
        (
            {"completion": planned("2024-10")},
            {"completion": RegistryDate("2024-12-30", "ACTUAL")},
            "Completion moved by 2 months, from 2024-10 to 2024-12-30, reached.",
        ),
        (
            {"start": planned("2024-10")},
            {"start": RegistryDate("2024-10", "ACTUAL")},
            "Start was reached as planned: 2024-10.",
        ),
        (
            {"completion": planned("2024-12")},
            {"completion": RegistryDate("2024-12-20", "ACTUAL")},
            "Completion was reached as planned: 2024-12-20.",
        ),
        (
            {"primary_completion": planned("2027-04")},
            {},
            "Primary completion is no longer given; it was 2027-04.",
        ),
        ({}, {"start": planned("2027-04")}, "Start is now given: 2027-04."),
        (
            {"start": planned("April 2027")},
            {"start": planned("2027-05")},
            "Start changed, from April 2027 to 2027-05.",
        ),
        (
            {"status": "RECRUITING"},
            {"status": "TERMINATED", "why_stopped": "Slow accrual."},
            "Status is now terminated; it was recruiting. Reason given: Slow accrual.",
        ),
        (
            {"enrolment": 110},
            {"enrolment": 47},
            "Size fell from 110 to 47 participants (by 57%).",
        ),
        ({"enrolment": 0}, {"enrolment": 60}, "Size grew from 0 to 60 participants."),
        (
            {},
            {"has_results": True, "results_first_posted": "2025-01-20"},
            "Results were posted on 2025-01-20.",
        ),
        ({"has_results": True}, {}, "Posted results are no longer there."),
        (
            {"primary_outcomes": (Outcome("Pain at rest"),)},
            {"primary_outcomes": (Outcome("Pain at rest"), Outcome("Further surgery"))},
            "A primary outcome was added: Further surgery.",
        ),
        (
            {"primary_outcomes": (Outcome("Pain at rest"), Outcome("Further surgery"))},
            {"primary_outcomes": (Outcome("Further surgery"),)},
            "A primary outcome was dropped: Pain at rest.",
        ),
        (
            {"primary_outcomes": (Outcome("Phantom limb pain, worst"),)},
            {"primary_outcomes": (Outcome("Phantom limb pain, average"),)},
            "A primary outcome was reworded, from “Phantom limb pain, worst” "
            "to “Phantom limb pain, average”.",
        ),
        (
            {"primary_outcomes": (Outcome("Pain", "1 year"),)},
            {"primary_outcomes": (Outcome("Pain", "2 years"),)},
            "The time of a primary outcome changed, from “1 year” to “2 years”: Pain.",
        ),
        (
            {"allocation": "RANDOMIZED"},
            {"allocation": "NON_RANDOMIZED"},
            "Allocation is now non randomized; it was randomized.",
        ),
        (
            {},
            {"references": (Reference("7", "RESULT"),)},
            "The registration now lists a publication of the trial: PMID 7.",
        ),
        ({"title": "Old"}, {"title": "New"}, "Title changed, from “Old” to “New”."),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_change_is_told_in_one_sentence(
    before: dict[str, Any], after: dict[str, Any], sentence: str
) -> None:
    assert the_change(before, after).sentence == sentence


@pytest.mark.parametrize(
    ("before", "after", "weight"),
    [
        (110, 47, "high"),
        (100, 50, "high"),
        (100, 150, "high"),
        (100, 51, "medium"),
        (100, 80, "medium"),
        (100, 120, "medium"),
        (100, 81, "low"),
        (100, 101, "low"),
        (None, 100, "low"),
        (0, 60, "high"),
        (60, 0, "high"),
    ],
)
def test_a_size_weighs_by_its_share(before: int | None, after: int | None, weight: str) -> None:
    assert the_change({"enrolment": before}, {"enrolment": after}).weight == weight


@pytest.mark.parametrize(
    ("before", "after", "weight"),
    [
        ({}, {"has_results": True}, "high"),
        ({"has_results": True}, {}, "high"),
        ({}, {"primary_outcomes": (Outcome("Pain"),)}, "high"),
        ({"primary_outcomes": (Outcome("Pain"),)}, {}, "high"),
        (
            {"primary_outcomes": (Outcome("Phantom limb pain at one year"),)},
            {"primary_outcomes": (Outcome("Phantom limb pain at two years"),)},
            "medium",
        ),
        (
            {"primary_outcomes": (Outcome("Pain", "1 year"),)},
            {"primary_outcomes": (Outcome("Pain"),)},
            "medium",
        ),
        ({"allocation": "RANDOMIZED"}, {"allocation": "NA"}, "high"),
        ({}, {"references": (Reference("7", "RESULT"),)}, "high"),
        ({}, {"references": (Reference("7", "DERIVED"),)}, "medium"),
        ({"title": "Old"}, {"title": "New"}, "low"),
        ({"official_title": "Old"}, {"official_title": "New"}, "low"),
    ],
    ids=str,
)
def test_other_fields_weigh_as_written(
    before: dict[str, Any], after: dict[str, Any], weight: str
) -> None:
    assert the_change(before, after).weight == weight


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({"title": "Pain after Amputation"}, {"title": "Pain After  Amputation."}),
        (
            {"primary_outcomes": (Outcome("Pain: NRS"),)},
            {"primary_outcomes": (Outcome("pain NRS"),)},
        ),
        (
            {"primary_outcomes": (Outcome("Pain", "6 months"), Outcome("Pain", "1 year"))},
            {"primary_outcomes": (Outcome("Pain", "1 year"), Outcome("Pain", "6 months"))},
        ),
        ({"completion": planned("2027-04-30")}, {"completion": planned("2027-05-01")}),
        ({"completion": planned("2027-04")}, {"completion": planned("2027-04-17")}),
        ({"completion": planned("2027")}, {"completion": planned("2027-11")}),
        (
            {"enrolment": 60, "enrolment_type": "ESTIMATED"},
            {"enrolment": 60, "enrolment_type": "ACTUAL"},
        ),
        ({"last_update_posted": "2024-01-01"}, {"last_update_posted": "2025-01-01"}),
        ({"countries": ("Ireland",)}, {"countries": ()}),
        ({}, {"references": (Reference("7", "BACKGROUND"), Reference("", "RESULT"))}),
    ],
    ids=str,
)
def test_format_and_what_no_team_acts_on_is_noise(
    before: dict[str, Any], after: dict[str, Any]
) -> None:
    assert compare(version(**before), version(**after)) == ()


@pytest.mark.parametrize(
    ("before", "after", "months"),
    [
        ("2027-04", "2028-06", 14),
        ("2028-06", "2027-04", -14),
        ("2027-04", "2027-04", 0),
        ("2027-04-30", "2027-05-01", 0),
        ("2027-04-01", "2027-05-01", 1),
        ("2027-04-01", "2028-04-01", 12),
        ("2027-04-30", "2027-05", 1),
        ("2027", "2029-12", 24),
        ("2027-02-30", "2027-05-01", None),
        ("2027-13", "2027-05", None),
        ("soon", "2027-05", None),
        ("2027-04 ", "2027-05", None),
    ],
)
def test_months_between_two_printed_dates(before: str, after: str, months: int | None) -> None:
    assert moved(before, after) == months


def test_the_heaviest_change_comes_first() -> None:
    before = version(title="Old", enrolment=100, status="RECRUITING")
    after = version(title="New", enrolment=75, status="COMPLETED")
    assert [change.weight for change in compare(before, after)] == ["high", "medium", "low"]


def test_a_trial_is_followed_under_its_new_number() -> None:
    after = Registration(number="NCT99000002", aliases=(NCT,), status="COMPLETED")
    assert len(compare(version(status="RECRUITING"), after)) == 1


def test_two_trials_are_not_compared() -> None:
    with pytest.raises(ValueError, match="not versions of one trial"):
        compare(version(), Registration(number="NCT99000002"))


def test_a_thousand_outcomes_are_compared_without_wordings() -> None:
    many = tuple(Outcome(f"Outcome {number}") for number in range(1000))
    changes = compare(version(primary_outcomes=many), version(primary_outcomes=many[1:]))
    assert [change.headline for change in changes] == ["A primary outcome was dropped"]


@pytest.mark.parametrize(
    ("field", "one"),
    [
        ("primary_outcomes", Outcome),
        ("secondary_outcomes", Outcome),
        ("arms", Arm),
        ("references", lambda text: Reference(text, "RESULT")),
    ],
)
def test_a_list_without_end_is_compared_at_once_and_told_in_one_line(field: str, one: Any) -> None:
    """Fifty thousand entries of other words; a person reads a number, not a book."""
    before = tuple(one(f"{'abc'[n % 3] * 9} {n}") for n in range(50_000))
    after = tuple(one(f"{'xyz'[n % 3] * 9} {n + 60_000}") for n in range(50_000))
    began = time.process_time()
    changes = compare(version(**{field: before}), version(**{field: after}))
    assert time.process_time() - began < 10
    assert 1 <= len(changes) <= 2
    assert all(change.headline.startswith("50,000 ") for change in changes)
    assert all(len(change.sentence) < 500 for change in changes)


def test_a_text_without_end_is_compared_at_once_and_cut_in_a_sentence() -> None:
    before = version(title="pain " * 400_000, primary_outcomes=(Outcome("pain " * 400_000),))
    after = version(title="stump " * 400_000, primary_outcomes=(Outcome("stump " * 400_000),))
    began = time.process_time()
    changes = compare(before, after)
    assert time.process_time() - began < 10
    assert [change.weight for change in changes] == ["high", "high", "low"]
    assert all(len(change.sentence) < 1000 for change in changes)


outcomes = st.lists(
    st.builds(
        Outcome,
        st.sampled_from(["Pain", "Pain at rest", "Surgery", "Pain now"]),
        st.sampled_from(["", "1 year"]),
    ),
    max_size=4,
).map(tuple)
dates = st.none() | st.builds(
    RegistryDate,
    st.sampled_from(["2027", "2027-04", "2027-04-09", "x"]),
    st.sampled_from(["ACTUAL", "ESTIMATED"]),
)
versions = st.builds(
    version,
    status=st.sampled_from(["", "RECRUITING", "COMPLETED", "UNKNOWN"]),
    primary_completion=dates,
    start=dates,
    enrolment=st.none() | st.integers(0, 500),
    has_results=st.booleans(),
    primary_outcomes=outcomes,
    secondary_outcomes=outcomes,
    arms=st.lists(st.builds(Arm, st.sampled_from(["A", "B"]), st.sampled_from(["", "X"]))).map(
        tuple
    ),
    countries=st.lists(st.sampled_from(["Ireland", "Spain", "Turkey", "Türkiye"])).map(tuple),
)


@given(versions)
def test_a_version_is_unchanged_against_itself(registration: Registration) -> None:
    assert compare(registration, registration) == ()


@given(versions, versions)
def test_every_change_has_one_sentence_and_no_noise_is_left(
    before: Registration, after: Registration
) -> None:
    for change in compare(before, after):
        assert change.weight != "noise"
        assert change.sentence.endswith(".")
        assert change.sentence.startswith(change.headline)


@given(versions, versions)
def test_nothing_that_is_added_or_dropped_is_lost(
    before: Registration, after: Registration
) -> None:
    changes = compare(before, after)
    told = [change.headline for change in changes if change.field == "primary outcome"]
    gained = sum("was added" in line or "became primary" in line for line in told)
    lost = sum("was dropped" in line or "became secondary" in line for line in told)
    assert gained - lost == len(after.primary_outcomes) - len(before.primary_outcomes)


@given(versions, versions)
def test_outcomes_that_only_changed_places_are_a_switch_and_nothing_else(
    one: Registration, other: Registration
) -> None:
    before = version(
        primary_outcomes=one.primary_outcomes, secondary_outcomes=other.primary_outcomes
    )
    after = version(
        primary_outcomes=other.primary_outcomes, secondary_outcomes=one.primary_outcomes
    )
    changes = compare(before, after)
    assert not any("was added" in change.headline for change in changes)
    assert not any("was dropped" in change.headline for change in changes)
    switched = {change.headline for change in changes if change.field == "primary outcome"}
    assert switched <= {
        "A primary outcome became secondary",
        "A secondary outcome became primary",
        "A primary outcome was reworded",
        "The time of a primary outcome changed",
    }


@pytest.mark.parametrize(
    ("before", "after", "event"),
    [
        ({"status": "RECRUITING"}, {"status": "COMPLETED"}, Event.COMPLETED),
        ({"status": "RECRUITING"}, {"status": "SUSPENDED"}, Event.STOPPED),
        ({}, {"has_results": True}, Event.RESULTS_POSTED),
        ({"has_results": True}, {}, Event.OTHER),
        ({}, {"primary_outcomes": (Outcome("Pain"),)}, Event.OTHER),
    ],
    ids=str,
)
def test_what_a_change_means_does_not_hang_on_its_words(
    before: dict[str, Any], after: dict[str, Any], event: Event
) -> None:
    assert the_change(before, after).event is event
