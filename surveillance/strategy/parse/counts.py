"""Result counts as they are printed beside a line."""

from __future__ import annotations

import re

from surveillance.strategy.nodes import Span
from surveillance.strategy.parse.faults import Findings

_READABLE = re.compile(r"\d{1,3}(?:,\d{3})+|\d+")


def count_value(
    count_raw: str | None, place: Span | None, number: int, findings: Findings
) -> int | None:
    """`2,815` is 2815; `2,30` is no number, and is told (ovid-semantics 1)."""
    if count_raw is None:
        return None
    if _READABLE.fullmatch(count_raw):
        return int(count_raw.replace(",", ""))
    if count_raw and place:
        findings.warning(
            "count-unreadable",
            place,
            f"The printed count “{count_raw}” of line {number} is not a number.",
            "It is kept as printed and compared with nothing.",
        )
    return None
