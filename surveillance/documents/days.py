"""Days and rhythms as people print them in an appendix."""

from __future__ import annotations

import re
from datetime import date

_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
)  # fmt: skip
_WEEKDAYS = ("Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
#: A cron line that names one minute of one weekday.
_WEEKLY = re.compile(r"(\d{1,2}) (\d{1,2}) \* \* ([0-7])")


def day_of(day: date) -> str:
    """“2 August 2024”, which nobody reads as the eighth of February."""
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


def rhythm_of(cron: str, timezone: str) -> str:
    """“every Monday at 06:00 (Europe/London)”; a line that says more stands as it is."""
    found = _WEEKLY.fullmatch(cron)
    if found is None:
        return f"by the schedule “{cron}” ({timezone})"
    minute, hour, weekday = map(int, found.groups())
    return f"every {_WEEKDAYS[weekday]} at {hour:02}:{minute:02} ({timezone})"
