"""Dates as Ovid writes them: `2012*.ed.`, `20120101:20121231.(ed).`, `yr="2000 -Current"`.

Fields of dates hold YYYYMMDD or YYYY; strategies search them by a beginning, with `*` or without
(`(2006 or 2007).ed.` is the commoner form in the corpus): both mean the year, month or day.
"""

from __future__ import annotations

import calendar
import re

from surveillance.strategy.nodes import ANY, DateRange, Node, Or, Wildcard, Word

DATE_CODES = frozenset(
    {"yr", "ed", "dt", "dc", "dd", "dp", "ep", "ez", "em", "up", "rd", "da", "mz"}
)
"""Codes of Ovid's date fields in MEDLINE and Embase (Ovid's database guides)."""

# `0000` and `9999` stand for an open end where a range needs two: no record is older or younger.
OPEN_FIRST, OPEN_LAST = "0000", "9999"
_VALUE = re.compile(r"(\d{4})-?(\d{2})?-?(\d{2})?")
_SPOKEN_RANGE = re.compile(
    r"(?P<first>\d{4,8})?\s{0,9}(?P<to>-)?\s{0,9}(?P<last>\d{4,8}|current)?", re.IGNORECASE
)


def day_of(text: str) -> str | None:
    """`201205` as `2012-05`; None: not the beginning of a date in the calendar."""
    found = _VALUE.fullmatch(text)
    if not found:
        return None
    year, month, day = found.groups()
    if year == OPEN_FIRST or (month and not 1 <= int(month) <= 12):
        return None
    if day and not 1 <= int(day) <= calendar.monthrange(int(year), int(month))[1]:
        return None
    return "-".join(part for part in (year, month, day) if part)


def range_of(code: str, text: str) -> DateRange | None:
    """`2000 -Current`, `19480101-20170630`, `-2005`, `2012` of a date field; None: no dates."""
    found = _SPOKEN_RANGE.fullmatch(text.strip())
    if not found:
        return None
    first, last = found["first"], found["last"]
    if not found["to"]:
        last = first
    elif last and last.lower() == "current":
        last = None
    ends = tuple(day_of(end) if end else None for end in (first, last))
    unread = (first and not ends[0]) or (last and not ends[1])
    if unread or ends == (None, None):
        return None
    return DateRange(code, *ends)


def dated(operand: Node, code: str) -> Node | None:
    """What a date field's suffix makes of its operand; None: there is no date in it."""
    if isinstance(operand, Word):
        found = _dated_word(operand, code)
        return found.at(operand.span) if found else None
    if not isinstance(operand, Or):
        return None
    dates = tuple(dated(part, code) for part in operand.operands)
    whole = tuple(found for found in dates if found is not None)
    return Or(whole, span=operand.span) if len(whole) == len(dates) else None


def _dated_word(word: Word, code: str) -> DateRange | None:
    match word.parts:
        case (str(first),) | (str(first), Wildcard(least=0, most=None)):
            day = day_of(first)
            return DateRange(code, day, day) if day else None
        case (str(first), gap, str(last)) if gap == ANY:
            return _between(code, first, last)
    return None


def _between(code: str, first: str, last: str) -> DateRange | None:
    """`20120101:20121231`."""
    begin = None if first == OPEN_FIRST else day_of(first)
    end = None if last == OPEN_LAST else day_of(last)
    unread = (begin is None and first != OPEN_FIRST) or (end is None and last != OPEN_LAST)
    return None if unread or begin == end is None else DateRange(code, begin, end)
