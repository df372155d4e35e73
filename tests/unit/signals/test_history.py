"""Where a signal stands after what happened to it, and what a later version says."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveillance.signals.history import Happening, SignalEvent, Status, difference, status_of
from surveillance.signals.model import Evidence, Kind, Shown, Signal
from surveillance.studies.weight import Weight
from surveillance.triggers import Trigger

DAY = date(2025, 1, 31)
H = Happening

SIGNAL = Signal(
    topic="nerve_operations",
    kind=Kind.NEW_RANDOMISED_TRIAL,
    subject="pubmed 1",
    key="new_randomised_trial:1",
    weight=Weight.MEDIUM,
    headline="A trial",
    sentence="It was published.",
    recommendations=("1.4",),
    words=("prevent",),
    evidence=(Evidence(Shown.PUBMED, "1", "A trial"),),
    triggers=(Trigger.RANDOMISED_TRIAL,),
)


@pytest.mark.parametrize(
    ("events", "status"),
    [
        ([], Status.OPEN),
        ([H.RAISED], Status.OPEN),
        ([H.RAISED, H.SEEN], Status.SEEN),
        ([H.RAISED, H.SEEN, H.ACTED_ON], Status.ACTED_ON),
        ([H.RAISED, H.DISMISSED, H.SEEN], Status.DISMISSED),
        ([H.RAISED, H.DISMISSED, H.ACTED_ON], Status.ACTED_ON),
        ([H.RAISED, H.DISMISSED, H.UPDATED], Status.OPEN),
        ([H.RAISED, H.ACTED_ON, H.UPDATED, H.SEEN], Status.SEEN),
        ([H.RAISED, H.DISMISSED, H.REOPENED], Status.OPEN),
        ([H.RAISED, H.LAPSED], Status.LAPSED),
        ([H.RAISED, H.SEEN, H.LAPSED], Status.LAPSED),
        ([H.RAISED, H.LAPSED, H.SEEN], Status.LAPSED),
        ([H.RAISED, H.LAPSED, H.RAISED_AGAIN], Status.OPEN),
        ([H.RAISED, H.DISMISSED, H.LAPSED], Status.DISMISSED),
        ([H.RAISED, H.DISMISSED, H.LAPSED, H.RAISED_AGAIN], Status.DISMISSED),
        ([H.RAISED, H.LAPSED, H.DISMISSED, H.RAISED_AGAIN], Status.DISMISSED),
    ],
)
def test_where_a_signal_stands(events: list[Happening], status: Status) -> None:
    assert status_of(SignalEvent(what, DAY) for what in events) is status


@given(st.lists(st.sampled_from(Happening)))
def test_an_update_always_opens(events: list[Happening]) -> None:
    assert status_of(SignalEvent(what, DAY) for what in [*events, H.UPDATED]) is Status.OPEN


@pytest.mark.parametrize(
    ("after", "sentence"),
    [
        (SIGNAL, ""),
        (replace(SIGNAL, headline="Another wording", words=()), ""),
        (replace(SIGNAL, weight=Weight.HIGH), "It weighs high, before medium."),
        (
            replace(SIGNAL, triggers=(Trigger.RANDOMISED_TRIAL, Trigger.SAFETY_EVENT)),
            "It also meets: safety event.",
        ),
        (replace(SIGNAL, triggers=()), "It no longer meets: randomised trial."),
        (replace(SIGNAL, recommendations=("1.1", "1.4")), "It touches 1.1, 1.4."),
        (replace(SIGNAL, recommendations=()), "It touches no recommendation."),
        (replace(SIGNAL, design="protocol"), "The design is protocol."),
        (
            replace(SIGNAL, evidence=(*SIGNAL.evidence, Evidence(Shown.PUBMED, "2", "More"))),
            "It rests on 2.",
        ),
    ],
)
def test_a_later_version_says_what_is_different(after: Signal, sentence: str) -> None:
    assert difference(SIGNAL, after) == sentence
    assert (SIGNAL.substance != after.substance) == bool(sentence)


def test_a_record_that_was_revised_makes_no_version() -> None:
    revised = replace(SIGNAL, evidence=(Evidence(Shown.PUBMED, "1", "A trial", "2025-02-02"),))
    assert revised.substance == SIGNAL.substance


def test_a_signal_of_an_earlier_release_is_read() -> None:
    content = SIGNAL.to_json()
    for key in ("triggers", "outcomes", "comparators"):
        del content[key]
    for item in content["evidence"]:
        del item["version"]
    assert Signal.from_json(content) == replace(SIGNAL, triggers=())
