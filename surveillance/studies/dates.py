"""How far a registry's date moved, where either date may lack its day or month."""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date

_PRINTED = re.compile(r"([0-9]{4})(?:-(0[1-9]|1[0-2])(?:-([0-9]{2}))?)?")
_DAYS_IN_MONTH = 365.25 / 12


def moved(before: str, after: str) -> int | None:
    """Whole months from one printed date to another, negative where it moved forward in time.

    Two full dates are apart by their days, to the nearest month, so that 30 April to 1 May is
    no month; else months are counted by the calendar, and years where only a year is printed.
    None where a date is not printed as the registry does (2028, 2028-06, 2028-06-30).
    """
    old, new = _PRINTED.fullmatch(before), _PRINTED.fullmatch(after)
    if old is None or new is None:
        return None
    if old[3] and new[3]:
        return _months_between_days(before, after)
    if old[2] and new[2]:
        return (int(new[1]) - int(old[1])) * 12 + int(new[2]) - int(old[2])
    return (int(new[1]) - int(old[1])) * 12


def _months_between_days(before: str, after: str) -> int | None:
    try:
        days = (date.fromisoformat(after) - date.fromisoformat(before)).days
    except ValueError:
        return None
    return round(days / _DAYS_IN_MONTH)


def first_day(printed: str) -> date | None:
    """The first day that a printed date can mean: 2028 is 1 January, 2028-06 is 1 June.

    None where it is not printed as the registry does, or is no day of the calendar.
    """
    found = _PRINTED.fullmatch(printed)
    if found is None:
        return None
    try:
        return date(int(found[1]), int(found[2] or 1), int(found[3] or 1))
    except ValueError:
        return None


def last_day(printed: str) -> date | None:
    """The last day that a printed date can mean: 2028 is 31 December, 2028-06 is 30 June.

    None where it is not printed as the registry does, or is no day of the calendar.
    """
    found = _PRINTED.fullmatch(printed)
    if found is None:
        return None
    year, month = int(found[1]), int(found[2] or 12)
    try:
        return date(year, month, int(found[3] or monthrange(year, month)[1]))
    except ValueError:
        return None
