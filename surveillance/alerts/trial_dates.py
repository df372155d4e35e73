"""The dates of a topic's trials as a calendar (RFC 5545): all-day events, a trial's four dates."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from icalendar import Calendar, Event

from surveillance.alerts.wording import one_line, shortened
from surveillance.studies.registrations import Registration, RegistryDate
from surveillance.topics import Topic

#: What lies further back is in no calendar.
KEPT = timedelta(days=366)
#: Results are due a year after the primary completion (42 CFR 11.44).
MONTHS_TO_RESULTS = 12

_PRINTED = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?")
_PRODUCT = "-//surveil//trial dates//EN"
_ENDED = frozenset({"WITHDRAWN"})


@dataclass(frozen=True, slots=True)
class Trial:
    """A registration's newest content, how many versions there are, and when it was seen."""

    registration: Registration
    versions: int
    seen_on: date
    watched: bool


@dataclass(frozen=True, slots=True)
class _Day:
    """One date of a trial: the days that it may be, and how exactly it is known."""

    what: str
    name: str
    first: date
    after: date
    how: str


def calendar(topic: Topic, trials: Iterable[Trial], today: date, banner: str = "") -> bytes:
    """The calendar of a topic, from a year back on. The same trials give the same bytes."""
    made = Calendar()
    made.add("prodid", _PRODUCT)
    made.add("version", "2.0")
    title = f"Trial dates: {shortened(topic.title, 200)}"
    made.add("x-wr-calname", f"[{one_line(banner)}] {title}" if banner else title)
    for trial in trials:
        for day in _days(trial.registration):
            if day.after >= today - KEPT:
                made.add_component(_event(topic, trial, day))
    content: bytes = made.to_ical()
    return content


def _event(topic: Topic, trial: Trial, day: _Day) -> Event:
    """SEQUENCE grows with the trial's versions, so that a calendar takes over what moved."""
    registration = trial.registration
    event = Event()
    event.add("uid", f"{registration.number}-{day.name}@{topic.slug}.surveil.invalid")
    event.add("sequence", max(0, trial.versions - 1))
    event.add("dtstamp", datetime.combine(trial.seen_on, time(), UTC))
    event.add("dtstart", day.first)
    event.add("dtend", day.after)
    event.add("summary", f"{registration.number}: {day.what}{day.how}")
    event.add("description", "\n".join(_description(trial, day)))
    event.add("transp", "TRANSPARENT")
    if registration.status in _ENDED:
        event.add("status", "CANCELLED")
    if registration.number.startswith("NCT"):
        event.add("url", f"https://clinicaltrials.gov/study/{registration.number}")
    return event


def _description(trial: Trial, day: _Day) -> Iterator[str]:
    registration = trial.registration
    yield shortened(registration.title, 300)
    status = one_line(registration.status).replace("_", " ").lower()
    yield f"Status: {status or 'not given'}."
    yield "On the watch list." if trial.watched else "Found by the topic's searches."
    if (day.after - day.first).days > 1:
        yield f"The registry gives no day: it may be any from {day.first} on."


def _days(registration: Registration) -> Iterator[_Day]:
    for what, name, printed in (
        ("start", "start", registration.start),
        ("primary completion", "primary-completion", registration.primary_completion),
        ("completion", "completion", registration.completion),
    ):
        if printed and (span := _span(printed.text)):
            yield _Day(what, name, *span, _how(printed))
    ends = registration.primary_completion or registration.completion
    if ends and not registration.has_results and (due := _span(_later(ends.text))):
        yield _Day("results due", "results-due", *due, _how(RegistryDate(_later(ends.text))))


def _how(printed: RegistryDate) -> str:
    """Whether it is planned, and that only a month or a year is known."""
    said = []
    if printed.type.upper().startswith("EST"):
        said.append("planned")
    if len(printed.text) < len("2025-06-30"):
        said.append(f"some day in {printed.text}")
    return f" ({', '.join(said)})" if said else ""


def _span(printed: str) -> tuple[date, date] | None:
    """The days that a printed date may be, the last excluded; None where it is no date."""
    found = _PRINTED.fullmatch(printed)
    if not found:
        return None
    year, month, day = (int(part) if part else None for part in found.groups())
    try:
        first = date(year or 0, month or 1, day or 1)
        if day:
            return first, first + timedelta(days=1)
        return first, _months_later(first, 1 if month else 12)
    except (ValueError, OverflowError):
        return None


def _later(printed: str) -> str:
    """The printed date when results are due, as exact as it is; 29 February becomes the 28th."""
    year = printed[:4]
    if not year.isdigit():
        return ""
    later = f"{int(year) + MONTHS_TO_RESULTS // 12:04d}{printed[4:]}"
    return later.replace("-02-29", "-02-28")


def _months_later(first: date, months: int) -> date:
    ahead = first.month - 1 + months
    return date(first.year + ahead // 12, ahead % 12 + 1, 1)
