"""How much something matters to a guidance team; docs/signals.md has the rules."""

from __future__ import annotations

from enum import StrEnum


class Weight(StrEnum):
    """From what should be read today to what nobody needs to read."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"
    NOISE = "noise"

    @property
    def rank(self) -> int:
        """0 for the heaviest: a key to sort by, and what `heaviest` compares."""
        return _RANKS[self]


_RANKS = {weight: rank for rank, weight in enumerate(Weight)}
