"""A trial drawn along time: everything is on the sheet, in order, and nothing covers another."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from surveillance.pipeline.trial_versions import KeptTrial, NamedBy
from surveillance.records import Record, RecordDates
from surveillance.studies.links import Certainty, Link, Place
from surveillance.studies.overdue import overdue, results_due
from surveillance.studies.registrations import Registration, RegistryDate
from surveillance.triage.timeline import LEFT, MOST_ROWS, RIGHT, drawn, told_of

TODAY = date(2025, 1, 31)
PRINTED = st.one_of(
    st.none(),
    st.dates(date(1990, 1, 1), date(2060, 12, 31)).map(str),
    st.sampled_from(["2024", "2026-06", "2026-13", "soon", "9999-12-31", "0001"]),
)
VERSIONS = st.lists(st.tuples(PRINTED, PRINTED, PRINTED), min_size=1, max_size=40)
RECORDS = st.lists(
    st.one_of(st.none(), st.integers(-1, 3000), st.dates(date(1990, 1, 1), date(2030, 1, 1))),
    max_size=12,
)


def printed(text: str | None) -> RegistryDate | None:
    return RegistryDate(text, "ESTIMATED") if text else None


def trial(
    versions: list[tuple[str | None, str | None, str | None]],
    records: list[int | date | None] | None = None,
) -> KeptTrial:
    contents = [
        Registration(
            number="NCT90000001",
            start=printed(start),
            primary_completion=printed(primary),
            completion=printed(completion),
        )
        for start, primary, completion in versions
    ]
    named = tuple(
        NamedBy(
            "small",
            Record(
                source="pubmed",
                source_id=str(number),
                title=f"Report {number}",
                year=day if isinstance(day, int) else None,
                dates=RecordDates(created=day) if isinstance(day, date) else RecordDates(),
            ),
            Link("NCT90000001", Place.ABSTRACT, "NCT90000001", Certainty.CERTAIN, ()),
        )
        for number, day in enumerate(records or ())
    )
    return KeptTrial(
        "NCT90000001",
        (),
        (),
        tuple((TODAY + timedelta(days=n), one) for n, one in enumerate(contents)),
        named,
        results_due(contents[-1]),
        overdue(contents[-1], TODAY),
    )


@given(versions=VERSIONS, records=RECORDS)
def test_whatever_the_registry_prints_all_is_on_the_sheet(
    versions: list[tuple[str | None, str | None, str | None]], records: list[int | date | None]
) -> None:
    kept = trial(versions, records)
    told = told_of(kept)
    drawing = drawn(kept, told, TODAY)
    across = [drawing.today, *(x for x, _ in drawing.ticks), *(mark.x for mark in drawing.marks)]
    for row in drawing.rows:
        across += [row.updated, *(row.bar or ())]
        assert row.bar is None or row.bar[0] <= row.bar[1]
    assert all(LEFT <= x <= RIGHT for x in across)
    assert all(mark.y < drawing.axis < drawing.height for mark in drawing.marks)
    assert len(drawing.marks) == len(told)
    assert len(drawing.ticks) <= 24
    assert [one.day for one in told] == sorted(one.day for one in told)


@given(versions=VERSIONS)
def test_the_first_and_the_newest_versions_are_drawn_and_the_others_counted(
    versions: list[tuple[str | None, str | None, str | None]],
) -> None:
    kept = trial(versions)
    drawing = drawn(kept, told_of(kept), TODAY)
    numbers = [row.number for row in drawing.rows]
    assert numbers[0] == 1
    assert numbers[-1] == len(versions)
    assert len(numbers) + drawing.left_out == len(versions)
    assert len(numbers) <= MOST_ROWS


@given(days=st.lists(st.dates(date(2020, 1, 1), date(2024, 1, 1)), max_size=30))
def test_marks_of_one_lane_stand_apart(days: list[date]) -> None:
    kept = trial([("2019", "2024", "2025")], list(days))
    lanes: dict[int, list[float]] = {}
    for mark in drawn(kept, told_of(kept), TODAY).marks:
        lanes.setdefault(mark.y, []).append(mark.x)
    for places in lanes.values():
        ordered = sorted(places)
        assert all(later - earlier > 40 for earlier, later in pairwise(ordered))


def test_a_later_date_stands_further_right_and_its_move_is_drawn() -> None:
    kept = trial([("2023-01", "2026-01", "2026-06"), ("2023-01", "2027-06", "2027-12")])
    drawing = drawn(kept, told_of(kept), TODAY)
    first, second = drawing.rows
    assert first.primary is not None
    assert second.primary is not None
    assert first.primary < second.primary
    assert drawing.moved == ((first.primary, first.y, second.primary, second.y),)
    assert (second.weight, second.changed) == ("high", "primary completion, completion")


def test_only_the_year_is_claimed_where_no_more_is_known() -> None:
    kept = trial([(None, None, None)], [2021, date(2022, 3, 4), None])
    assert [(one.day.year, one.only_year) for one in told_of(kept)] == [(2021, True), (2022, False)]


def test_results_that_are_late_are_marked_as_late() -> None:
    kinds = [one.kind for one in told_of(trial([("2020", "2022-01-31", "2022-02")]))]
    assert kinds == ["overdue"]
    assert [one.kind for one in told_of(trial([("2020", "2025-01-31", None)]))] == ["due"]
