"""Half A, which rules are tuned on, and half B, which stays unseen; intervals of shares."""

from __future__ import annotations

from hashlib import blake2b

from scipy.stats import binomtest


def half_of(name: str) -> str:
    """A or B, by the hash of a name: of a work, a set, a record."""
    return "A" if blake2b(name.encode(), digest_size=8).digest()[0] % 2 == 0 else "B"


def wilson(hits: int, of: int) -> tuple[float, float]:
    """The interval that holds a share with 95 % confidence (Wilson 1927)."""
    found = binomtest(hits, of).proportion_ci(0.95, method="wilson")
    return float(found.low), float(found.high)
