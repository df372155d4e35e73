"""Windows follow the last success, overlap it, and a watermark never jumps over a gap."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveillance.pipeline.asking import covers_on
from surveillance.pipeline.searching import next_window
from surveillance.runs import OVERLAP, Watermark, Window

MARK = Watermark("medline", "pubmed", date(2024, 8, 2))
TODAY = date(2025, 1, 31)
DAYS = st.dates(date(2000, 1, 1), date(2030, 12, 31))


@pytest.mark.parametrize(
    ("watermark", "since", "expected"),
    [
        (None, None, Window(None, TODAY)),
        (MARK, None, Window(date(2024, 7, 26), TODAY)),
        (MARK, date(2025, 1, 1), Window(date(2025, 1, 1), TODAY)),
        (None, date(2025, 1, 1), Window(date(2025, 1, 1), TODAY)),
    ],
    ids=["the first", "after a success", "as told", "as told, the first"],
)
def test_the_next_window(watermark: Watermark | None, since: date | None, expected: Window) -> None:
    assert next_window(watermark, since, TODAY) == expected


@pytest.mark.parametrize(
    ("watermark", "since", "covers"),
    [
        (None, None, True),
        (None, date(2025, 1, 1), False),
        (MARK, date(2024, 8, 2), True),
        (MARK, date(2024, 7, 1), True),
        (MARK, date(2024, 8, 3), False),
    ],
    ids=["from the beginning", "from nowhere", "edge to edge", "overlapping", "with a gap"],
)
def test_the_watermark_moves_only_where_no_gap_is_left(
    watermark: Watermark | None, since: date | None, covers: bool
) -> None:
    assert covers_on(watermark, Window(since, TODAY)) is covers


@given(covered=DAYS, until=DAYS)
def test_windows_that_follow_each_other_leave_no_day_out(covered: date, until: date) -> None:
    window = Watermark("s", "pubmed", covered).next_window(until)
    assert window.since is not None
    assert window.since <= min(covered, until)
    assert window.until == until
    assert covers_on(Watermark("s", "pubmed", covered), window)


@given(covered=DAYS)
def test_a_week_later_the_windows_overlap(covered: date) -> None:
    window = Watermark("s", "pubmed", covered).next_window(covered + timedelta(weeks=1))
    assert window.since == covered - OVERLAP


def test_a_window_does_not_end_before_it_begins() -> None:
    with pytest.raises(ValueError, match="cannot end"):
        Window(TODAY, date(2024, 8, 2))
