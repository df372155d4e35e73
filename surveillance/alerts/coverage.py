"""What was searched when, and how long ago that is: silence must not look like coverage."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

_DAYS_IN_WEEK = 7


@dataclass(frozen=True, slots=True)
class Coverage:
    """A source and the day up to which it has been searched; None where it never was.

    `exported` is true where somebody has to export the database and import the file.
    """

    source: str
    searched_on: date | None
    exported: bool = False

    def age(self, today: date) -> str:
        """How long ago that is, in whole weeks; in days below one week."""
        if self.searched_on is None:
            return "not searched yet"
        days = (today - self.searched_on).days
        if days <= 0:
            return "today"
        if days < _DAYS_IN_WEEK:
            return f"{days} day{'s' * (days > 1)} ago"
        weeks = days // _DAYS_IN_WEEK
        return f"{weeks} week{'s' * (weeks > 1)} ago"

    def said(self, today: date) -> str:
        """“2024-08-02, 26 weeks ago”."""
        if self.searched_on is None:
            return self.age(today)
        return f"{self.searched_on}, {self.age(today)}"
