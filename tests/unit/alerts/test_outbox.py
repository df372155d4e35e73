"""Everybody is told of everything that is for them, once, in their rhythm."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveillance.alerts.outbox import Raised, Share, Standing, VersionKey, beginning, share
from surveillance.signals.model import Kind, Signal, signal_key
from surveillance.studies.weight import Weight
from surveillance.topics import Recipient

MONDAY = date(2025, 1, 27)
FRIDAY = date(2025, 1, 31)


def raised(
    number: int, weight: Weight = Weight.HIGH, version: int = 1, headline: str = ""
) -> Raised:
    subject = f"pubmed {number}"
    signal = Signal(
        topic="nerve_operations",
        kind=Kind.FOUND_LATE,
        subject=subject,
        key=signal_key(Kind.FOUND_LATE, subject),
        weight=weight,
        headline=headline,
        sentence="",
        recommendations=(),
        words=(),
        evidence=(),
    )
    return Raised(number, version, signal)


def recipient(**values: Any) -> Recipient:
    return Recipient(**{"name": "team", **values})


def told(who: Recipient, signals: list[Raised], standing: Standing, day: date = FRIDAY) -> Share:
    return share(who, signals, {one.number for one in signals}, standing, day)


signals = st.lists(
    st.builds(raised, st.integers(1, 6), st.sampled_from(Weight), st.integers(1, 3)),
    max_size=8,
)
recipients = st.builds(
    recipient,
    weight=st.sampled_from(["high", "medium", "low"]),
    rhythm=st.sampled_from(["at once", "weekly", "monthly"]),
    quiet_weeks=st.booleans(),
)
keys = st.sets(
    st.builds(
        VersionKey, st.builds(lambda n: raised(n).signal.key, st.integers(1, 6)), st.integers(1, 3)
    )
)
days = st.none() | st.dates(date(2024, 11, 1), FRIDAY)


@given(signals, recipients, keys, days, st.booleans(), st.booleans())
def test_every_version_is_told_passed_over_or_waits_and_none_twice(
    found: list[Raised],
    who: Recipient,
    settled: set[VersionKey],
    last: date | None,
    joins: bool,
    left: bool,
) -> None:
    standing = Standing(settled=settled, last_told_on=last, joins=joins, left=left)
    part = told(who, found, standing)
    now = [one.key for one in (*part.told, *part.passed_over)]
    assert len(now) == len(set(now))
    assert not set(now) & settled
    rest = {one.key for one in found} - settled - set(now)
    assert not (part.is_due and rest), "a message goes out, and what is for it stays behind"
    assert all(one.signal.weight.rank <= Weight(who.weight).rank for one in part.told)
    assert not (left and (part.is_due or part.told))


@given(signals, recipients, days)
def test_saying_it_again_tells_nothing(
    found: list[Raised], who: Recipient, last: date | None
) -> None:
    first = told(who, found, Standing(last_told_on=last))
    settled = {one.key for one in (*first.told, *first.passed_over)}
    again = told(
        who, found, Standing(settled=settled, last_told_on=FRIDAY if first.is_due else last)
    )
    assert not again.told
    assert not again.is_due


def test_a_signal_that_is_worded_anew_is_not_told_again() -> None:
    settled = {raised(1, headline="First trial").key}
    assert (
        told(recipient(), [raised(1, headline="New trial")], Standing(settled=settled)).told == ()
    )


def test_a_further_version_is_told_to_whoever_knows_the_one_before() -> None:
    later = raised(1, version=2)
    assert told(recipient(), [later], Standing(settled={raised(1).key})).told == (later,)


def test_the_most_important_is_told_first() -> None:
    found = [raised(1, Weight.LOW), raised(2, Weight.HIGH), raised(3, Weight.MEDIUM)]
    weights = [one.signal.weight for one in told(recipient(), found, Standing()).told]
    assert weights == ["high", "medium", "low"]


@pytest.mark.parametrize(
    ("least", "heard"),
    [("low", ["high", "medium", "low"]), ("medium", ["high", "medium"]), ("high", ["high"])],
)
def test_the_least_weight_that_is_told_and_the_lighter_are_counted(
    least: str, heard: list[str]
) -> None:
    found = [raised(number, weight) for number, weight in enumerate(Weight)]
    part = told(recipient(weight=least), found, Standing())
    assert [one.signal.weight for one in part.told] == heard
    assert part.too_light == len(Weight) - len(heard)
    assert {one.signal.weight for one in part.passed_over} == set(Weight) - set(heard)


def test_whoever_joins_begins_with_what_this_run_raised() -> None:
    old, new = raised(1), raised(2)
    part = share(recipient(), [old, new], {2}, Standing(joins=True), FRIDAY)
    assert (part.told, part.passed_over) == ((new,), (old,))


def test_what_is_raised_while_nobody_wants_mail_is_not_told_later() -> None:
    away = told(recipient(), [raised(1)], Standing(left=True))
    assert (away.is_due, away.passed_over) == (False, (raised(1),))


@pytest.mark.parametrize(
    ("rhythm", "last", "news", "due"),
    [
        ("at once", None, True, True),
        ("at once", FRIDAY, True, True),
        ("at once", FRIDAY, False, False),  # of a quiet day one line, however often it is run
        ("at once", FRIDAY - timedelta(1), False, True),
        ("weekly", MONDAY - timedelta(1), True, True),
        ("weekly", MONDAY, True, False),
        ("weekly", MONDAY - timedelta(1), False, True),
        ("monthly", date(2024, 12, 31), True, True),
        ("monthly", date(2025, 1, 1), True, False),
        ("monthly", None, False, True),
        # A run for an earlier day, after a later one.
        ("at once", FRIDAY + timedelta(7), False, False),
        ("weekly", FRIDAY + timedelta(7), True, False),
    ],
)
def test_the_rhythm_says_when_a_message_is_due(
    rhythm: str, last: date | None, news: bool, due: bool
) -> None:
    found = [raised(1)] if news else []
    part = told(recipient(rhythm=rhythm), found, Standing(last_told_on=last))
    assert part.is_due is due
    assert bool(part.told) is (due and news)
    if news and not due:
        assert part.passed_over == ()


@pytest.mark.parametrize("rhythm", ["at once", "weekly", "monthly"])
def test_a_quiet_time_is_silent_for_whoever_wants_that(rhythm: str) -> None:
    assert not told(recipient(rhythm=rhythm, quiet_weeks=False), [], Standing()).is_due
    light = [raised(1, Weight.LOW)]
    silent = told(recipient(rhythm=rhythm, quiet_weeks=False, weight="high"), light, Standing())
    assert not silent.is_due


@given(st.dates(), st.sampled_from(["at once", "weekly", "monthly"]))
def test_a_time_begins_on_its_day_monday_or_first(day: date, rhythm: str) -> None:
    if day.toordinal() < 7:
        return
    first = beginning(rhythm, day)
    assert first <= day
    assert beginning(rhythm, first) == first
    wanted = {"at once": first == day, "weekly": first.weekday() == 0, "monthly": first.day == 1}
    assert wanted[rhythm]
