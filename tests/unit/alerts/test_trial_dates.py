"""The calendar as a calendar program reads it (RFC 5545)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar

from surveillance.alerts.trial_dates import Trial, calendar
from surveillance.alerts.wording import shortened
from surveillance.studies.registrations import Registration, RegistryDate
from tests.unit.alerts.test_digest import HOSTILE
from tests.unit.signals.topics import TODAY, topic


def trial(
    *, versions: int = 1, seen_on: date = TODAY, watched: bool = True, **values: Any
) -> Trial:
    given: dict[str, Any] = {
        "number": "NCT05009394",
        "title": "Surgical treatments",
        "status": "RECRUITING",
        "start": RegistryDate("2024-06-30", "ACTUAL"),
        "primary_completion": RegistryDate("2028-06", "ESTIMATED"),
        "completion": RegistryDate("2029", "ESTIMATED"),
    }
    return Trial(Registration(**(given | values)), versions, seen_on, watched)


def events(*trials: Trial, banner: str = "") -> dict[str, Any]:
    """The events by their names; every rule of RFC 5545 that a reader may insist on holds."""
    raw = calendar(topic(), trials, TODAY, banner)
    assert raw.replace(b"\r\n", b"").count(b"\n") == 0
    assert max(map(len, raw.split(b"\r\n"))) <= 75
    read = Calendar.from_ical(raw)
    assert read["version"] == "2.0"
    assert read["prodid"]
    found = {}
    for event in read.walk("VEVENT"):
        assert {"UID", "DTSTAMP", "DTSTART", "SEQUENCE", "SUMMARY"} <= event.keys()
        assert event.decoded("dtstart") < event.decoded("dtend")
        assert not event.errors
        found[str(event["uid"]).partition("@")[0]] = event
    assert len(found) == len(read.walk("VEVENT")), "a UID stands here twice"
    return found


def when(event: Any) -> tuple[str, str]:
    return str(event.decoded("dtstart")), str(event.decoded("dtend"))


def test_a_trial_has_its_start_completions_and_the_day_results_are_due() -> None:
    found = events(trial())
    assert {name: when(event) for name, event in found.items()} == {
        "NCT05009394-start": ("2024-06-30", "2024-07-01"),
        "NCT05009394-primary-completion": ("2028-06-01", "2028-07-01"),
        "NCT05009394-completion": ("2029-01-01", "2030-01-01"),
        "NCT05009394-results-due": ("2029-06-30", "2029-07-01"),
    }


def test_a_date_that_is_only_a_month_or_planned_says_so() -> None:
    found = events(trial())
    said = {name.partition("-")[2]: str(event["summary"]) for name, event in found.items()}
    assert said["start"] == "NCT05009394: start"
    assert said["primary-completion"].endswith("(planned, some day in 2028-06)")
    assert said["completion"].endswith("(planned, some day in 2029)")
    assert said["results-due"] == "NCT05009394: results due"
    assert "gives no day" in str(found["NCT05009394-completion"]["description"])


@pytest.mark.parametrize(
    ("printed", "due"),
    [("2024-02-29", "2025-02-28"), ("2024-12-31", "2025-12-31"), ("2024-07", "2025-07-31")],
)
def test_results_are_due_a_year_after_the_primary_completion(printed: str, due: str) -> None:
    found = events(trial(primary_completion=RegistryDate(printed)))
    assert when(found["NCT05009394-results-due"])[0] == due


def test_no_results_are_due_where_they_are_posted() -> None:
    assert "NCT05009394-results-due" not in events(trial(has_results=True))


def test_uids_stay_and_sequences_grow_with_the_versions() -> None:
    before = events(trial())
    moved = trial(versions=3, primary_completion=RegistryDate("2030-01", "ESTIMATED"))
    after = events(moved)
    assert before.keys() == after.keys()
    assert [int(event["sequence"]) for event in before.values()] == [0] * 4
    assert [int(event["sequence"]) for event in after.values()] == [2] * 4


def test_a_withdrawn_trial_is_called_off() -> None:
    assert {str(e["status"]) for e in events(trial(status="WITHDRAWN")).values()} == {"CANCELLED"}


def test_what_is_long_past_and_what_is_no_date_is_left_out() -> None:
    old = events(trial(start=RegistryDate("2019-01-01"), completion=RegistryDate("soon")))
    assert set(old) == {"NCT05009394-primary-completion", "NCT05009394-results-due"}
    assert events(trial(start=None, primary_completion=None, completion=None)) == {}
    assert "NCT05009394-start" not in events(trial(start=RegistryDate("2025-13-01")))


def test_it_says_whether_the_trial_is_watched_and_where_it_is_registered() -> None:
    (event, *_) = events(trial(watched=False)).values()
    assert "Found by the topic's searches." in str(event["description"])
    assert str(event["url"]) == "https://clinicaltrials.gov/study/NCT05009394"
    (other, *_) = events(trial(number="ISRCTN12345678")).values()
    assert str(other["url"]) == "https://www.isrctn.com/ISRCTN12345678"


@pytest.mark.parametrize("title", HOSTILE, ids=lambda title: ascii(title[:20]))
def test_a_title_adds_no_event_and_no_property(title: str) -> None:
    hostile = events(trial(title=f"{title}\r\nEND:VEVENT\r\nBEGIN:VEVENT"), banner=title)
    assert {name: set(event) for name, event in hostile.items()} == {
        name: set(event) for name, event in events(trial()).items()
    }


@given(st.text(max_size=100), st.dates(TODAY - timedelta(300), date(2100, 1, 1)))
def test_any_title_and_day_make_a_calendar(title: str, day: date) -> None:
    event = events(trial(title=title, start=RegistryDate(str(day))))["NCT05009394-start"]
    assert str(event["description"]).partition("\n")[0] == shortened(title, 300)


def test_the_same_trials_give_the_same_bytes() -> None:
    trials = [trial(), trial(number="NCT00000001")]
    assert calendar(topic(), trials, TODAY) == calendar(topic(), trials, TODAY)
