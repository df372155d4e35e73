"""The loss report: what a translated query does not say exactly."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Direction(StrEnum):
    """What the query finds, beside what the strategy means."""

    EQUAL = "equal"
    SUPERSET = "superset"
    SUBSET = "subset"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Loss:
    """One node that is said differently; line and column are those of the strategy's file.

    `source` is the node in the strategy's syntax, `target` what is sent for it (empty: nothing),
    `step` the relaxation in words. `direction` is that of the node's own bound: `subset` for a node
    that was narrowed because it stands under NOT, where narrower keeps the whole query wide.
    `verified_locally`: the exact evaluation can decide the node on what comes back.
    """

    line: int
    column: int
    source: str
    target: str
    step: str
    direction: Direction
    verified_locally: bool
