"""A trial's registration drawn along time: a row for each version, reports and results below.

Colours are left to the page's sheet, so that the drawing is read in the light and in the dark;
every mark has a form of its own, and the tables beneath say all of it in words.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

from surveillance.alerts.wording import shortened
from surveillance.pipeline.trial_versions import Difference, KeptTrial
from surveillance.studies.dates import first_day, last_day
from surveillance.studies.registrations import Registration, RegistryDate

WIDTH = 960
#: Where time begins and ends; left of it stand the versions' names, right of it what changed.
LEFT, RIGHT = 150, 690
TOP, ROW, LANE = 34, 38, 26
#: More versions than these are in the table alone: the first, and the newest.
MOST_ROWS = 15
_LONGEST_CHANGE = 38
#: Years between two labels, the fewest that leave at most so many.
_STEPS, _MOST_LABELS = (1, 2, 5, 10, 20, 50, 100, 500, 1000), 11
_MARGIN = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class Told:
    """Something that happened or is due on a day; `only_year`: no more of the day is known."""

    day: date
    kind: str
    words: str
    only_year: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """A version: where its bar begins and ends, its primary completion, the day it is of."""

    number: int
    y: int
    seen_on: date
    bar: tuple[float, float] | None
    primary: float | None
    updated: float
    weight: str
    changed: str


@dataclass(frozen=True, slots=True)
class Mark:
    """A mark in a lane below the versions; `label` stands beside it."""

    x: float
    y: int
    kind: str
    label: str


@dataclass(frozen=True, slots=True)
class Drawing:
    """All that the drawing's template puts on the sheet."""

    height: int
    rows: tuple[Row, ...]
    left_out: int
    moved: tuple[tuple[float, int, float, int], ...]
    marks: tuple[Mark, ...]
    ticks: tuple[tuple[float, str], ...]
    today: float
    axis: int


def told_of(trial: KeptTrial) -> list[Told]:
    """The reports that name a trial and the days of its results, in the order of time."""
    told = [*_reports(trial), *_results(trial)]
    return sorted(told, key=lambda one: (one.day, one.kind, one.words))


def drawn(trial: KeptTrial, told: Sequence[Told], today: date) -> Drawing:
    """The drawing of a trial on a day."""
    shown = _shown(len(trial.versions))
    scale = _scale([*_days(trial), *(one.day for one in told), today])
    changes = {one.after: one for one in trial.successive()}
    rows = tuple(
        _row(number, TOP + ROW * place, trial.versions[number - 1], changes.get(number), scale)
        for place, number in enumerate(shown)
    )
    below = TOP + ROW * len(rows) + 6
    marks = tuple(_marks(told, below, scale))
    axis = max((mark.y for mark in marks), default=below) + LANE
    return Drawing(
        height=axis + 62,
        rows=rows,
        left_out=len(trial.versions) - len(shown),
        moved=tuple(_moved(rows)),
        marks=marks,
        ticks=tuple(scale.ticks()),
        today=scale.x(today),
        axis=axis,
    )


@dataclass(frozen=True, slots=True)
class _Scale:
    first: date
    last: date

    def x(self, day: date) -> float:
        share = (day - self.first).days / max((self.last - self.first).days, 1)
        return round(LEFT + (RIGHT - LEFT) * min(max(share, 0.0), 1.0), 1)

    def ticks(self) -> Iterator[tuple[float, str]]:
        years = range(self.first.year + 1, self.last.year + 1)
        step = next((one for one in _STEPS if len(years) // one <= _MOST_LABELS), _STEPS[-1])
        for year in years:
            if year % step == 0:
                yield self.x(date(year, 1, 1)), str(year)


def _scale(days: Sequence[date]) -> _Scale:
    first, last = min(days), max(days)
    first = first - _MARGIN if first - date.min > _MARGIN else first
    last = last + _MARGIN if date.max - last > _MARGIN else last
    return _Scale(first, last)


def _shown(versions: int) -> list[int]:
    if versions <= MOST_ROWS:
        return list(range(1, versions + 1))
    return [1, *range(versions - MOST_ROWS + 2, versions + 1)]


def _days(trial: KeptTrial) -> Iterator[date]:
    for seen_on, version in trial.versions:
        yield _updated(seen_on, version)
        for printed in (version.start, version.primary_completion, version.completion):
            yield from filter(None, [_day(printed)])


def _day(printed: RegistryDate | None) -> date | None:
    return last_day(printed.text) if printed else None


def _updated(seen_on: date, version: Registration) -> date:
    """The day that the registry gives the version, else the day we saw it."""
    return first_day(version.last_update_posted) or seen_on


def _row(
    number: int,
    y: int,
    version: tuple[date, Registration],
    difference: Difference | None,
    scale: _Scale,
) -> Row:
    seen_on, registration = version
    start = first_day(registration.start.text) if registration.start else None
    primary = _day(registration.primary_completion)
    end = _day(registration.completion) or primary
    changes = difference.changes if difference else ()
    fields = ", ".join(dict.fromkeys(change.field for change in changes))
    return Row(
        number,
        y,
        seen_on,
        bar=(scale.x(start), scale.x(end)) if start and end and start <= end else None,
        primary=scale.x(primary) if primary else None,
        updated=scale.x(_updated(seen_on, registration)),
        weight=str(changes[0].weight) if changes else ("noise" if difference else ""),
        changed=shortened(fields, _LONGEST_CHANGE) or ("noise" if difference else "first seen"),
    )


def _moved(rows: Sequence[Row]) -> Iterator[tuple[float, int, float, int]]:
    """From each row's primary completion to that of the next, where both have one."""
    for before, after in pairwise(rows):
        if before.primary is not None and after.primary is not None:
            yield before.primary, before.y, after.primary, after.y


def _marks(told: Sequence[Told], top: int, scale: _Scale) -> Iterator[Mark]:
    """Each mark in the first lane where it covers no other one's label."""
    ends: list[float] = []
    for number, one in enumerate(told, 1):
        x = scale.x(one.day)
        lane = next((n for n, end in enumerate(ends) if end < x), len(ends))
        ends[lane : lane + 1] = [x + 44]
        yield Mark(x, top + LANE * (lane + 1), one.kind, str(number))


def _reports(trial: KeptTrial) -> Iterator[Told]:
    """The records whose day is known, at least to the year."""
    for named in trial.named_by:
        record = named.record
        words = f"{record.title or 'untitled'} ({record.source}:{record.source_id})"
        dates = record.dates
        if day := dates.created or dates.entered or dates.published:
            yield Told(day, "report", words)
        elif record.year and date.min.year <= record.year <= date.max.year:
            yield Told(date(record.year, 7, 1), "report", words, only_year=True)


def _results(trial: KeptTrial) -> Iterator[Told]:
    posted = first_day(trial.newest.results_first_posted)
    if trial.newest.has_results and posted:
        yield Told(posted, "posted", "Results are posted in the registry.")
    if trial.overdue:
        days = f"Results were due; overdue for {trial.overdue.days:,} days."
        yield Told(trial.overdue.due_on, "overdue", f"{days} {trial.overdue.rule}")
    elif trial.due:
        yield Told(trial.due.on, "due", f"Results are due. {trial.due.rule}")
