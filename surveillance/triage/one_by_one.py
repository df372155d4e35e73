"""A queue that is answered one by one: which is asked about, what follows, and what is named."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from surveillance.errors import SurveillanceError

#: So many of what waits are named in a list.
NAMED = 30
#: So many of these come before the one that is asked about.
_BEFORE = 2


@dataclass(frozen=True, slots=True)
class Turn:
    """The place of what is asked about, the name of what follows, and those that are listed."""

    place: int
    following: str
    listed: slice


def turn(names: Sequence[str], wanted: str) -> Turn:
    """Whose turn it is: the one that is wanted, while it waits, else the first."""
    place = names.index(wanted) if wanted in names else 0
    following = names[(place + 1) % len(names)] if len(names) > 1 else ""
    first = max(0, min(place - _BEFORE, len(names) - NAMED))
    return Turn(place, following, slice(first, first + NAMED))


def not_kept(fault: SurveillanceError) -> str:
    """What somebody reads whose answer was not taken."""
    return f"Nothing was kept: {fault.message}"
