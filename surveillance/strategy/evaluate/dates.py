"""Ranges of dates on a record: `limit 5 to yr="2000 -Current"`, `2000:2010[dp]`.

What a code asks for stands in `limits.date_of`. A date that is given as a year or a month covers
all of its days. Of publication dates PubMed keeps what the journal printed; parts that it didn't
print are 1 on our records, so that `2020` is 1 January 2020 (as in `evaluate.pubmed`).
"""

from __future__ import annotations

from datetime import date

from surveillance.strategy.evaluate.verdict import Verdict
from surveillance.strategy.limits import date_of
from surveillance.strategy.nodes import DateRange
from surveillance.strategy.searchable import Searchable


def date_on(record: Searchable, code: str) -> date | None:
    """The date of a record that a code asks for; None: not known here, or not there."""
    name = date_of(code)
    dates = getattr(record, "dates", None)
    found = getattr(dates, name, None) if name else None
    return found if isinstance(found, date) else None


def within(wanted: DateRange, record: Searchable) -> Verdict:
    """Does the record's date lie in the range, both ends included? Without it: cannot tell."""
    found = date_on(record, wanted.code)
    if found is None:
        return Verdict.CANNOT_TELL
    day = found.isoformat()
    late_enough = wanted.first is None or day[: len(wanted.first)] >= wanted.first
    early_enough = wanted.last is None or day[: len(wanted.last)] <= wanted.last
    return Verdict.of(late_enough and early_enough)
