"""Whether a program may leave reports out by itself: off until the evidence is there.

Each include that a person makes is a trial of what the program would have done with the report:
had it left it out, that is a miss. Only a row of includes without a miss is evidence enough, so
looking again after every include costs nothing: there is one event that could wrongly allow it.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, floor, log

from surveillance.screening.exact_bounds import at_least

#: What must be shown before anything is left out by itself: 299 includes without a miss.
RECALL, CONFIDENCE = 0.99, 0.95


@dataclass(frozen=True, slots=True)
class AutoExclusion:
    """Whether it is allowed, why, and the recall that the includes so far show at least."""

    allowed: bool
    reason: str
    recall_shown: float
    includes_to_go: int


def includes_needed(recall: float = RECALL, confidence: float = CONFIDENCE) -> int:
    """So many includes without a miss show this recall with this confidence.

    If the recall were lower, a row so long would have less than the chance 1 - confidence.
    """
    return ceil(log(1 - confidence) / log(recall))


def auto_exclusion(
    includes: int, missed: int, recall: float = RECALL, confidence: float = CONFIDENCE
) -> AutoExclusion:
    """Whether reports may be left out unread, after so many includes made by people.

    `includes` counts those on which the same rules and the same threshold were tried before a
    person decided, `missed` those of them that would have been left out. Who changes rules or
    threshold begins at nought, and a miss is never grown out of.
    """
    needed = includes_needed(recall, confidence)
    shown = at_least(includes - missed, includes, confidence)
    allowed = not missed and includes >= needed
    to_go = 0 if allowed else needed if missed else needed - includes
    reason = _reason(includes, missed, to_go)
    sure = (
        f"{reason} With {confidence:.0%} confidence that shows a recall of at least "
        f"{_floored(shown)}; {recall:.0%} is asked for, which {needed:,} includes without a miss "
        "show."
    )
    return AutoExclusion(allowed, sure, shown, to_go)


def _reason(includes: int, missed: int, to_go: int) -> str:
    if missed:
        return (
            f"Nothing is left out unread: {missed:,} of {includes:,} includes would have been "
            "missed. It takes other rules or another threshold, tried anew from nought."
        )
    if to_go:
        return (
            f"Nothing is left out unread: {includes:,} includes were tried without a miss, and "
            f"{to_go:,} more are needed."
        )
    return f"Reports may be left out unread: none of {includes:,} includes would have been missed."


def _floored(share: float) -> str:
    """In percent; what falls short of a bound must not be rounded up to it."""
    return f"{floor(10_000 * share) / 100:.2f}%"
