"""Means over sets, with what chance alone would make of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

#: So often the sets are drawn anew, by this seed.
DRAWS, SEED = 10_000, 1


@dataclass(frozen=True, slots=True)
class Mean:
    """A mean over sets, and the range that 95 % of the means of sets drawn anew fall into."""

    value: float
    low: float
    high: float

    def __str__(self) -> str:
        return f"{self.value:.3f} ({self.low:.3f}–{self.high:.3f})"


def mean_of(values: Sequence[float]) -> Mean:
    """The mean of one value a set with its bootstrap interval."""
    of = np.array(values, dtype=float)
    drawn = np.random.default_rng(SEED).integers(0, len(of), (DRAWS, len(of)))
    low, high = np.quantile(of[drawn].mean(axis=1), (0.025, 0.975))
    return Mean(float(of.mean()), float(low), float(high))
