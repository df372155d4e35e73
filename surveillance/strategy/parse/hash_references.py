"""References to lines as `#4`, `#1-#5` and `{or #1-#9}` (ovid-semantics 8, Cochrane's help)."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass

from surveillance.strategy.nodes import (
    And,
    LineRange,
    LineReference,
    Missing,
    Node,
    Operator,
    Or,
    Span,
)
from surveillance.strategy.parse.faults import Findings

WIDEST_RANGE = 1_000
LONGEST_NUMBER = 5


@dataclass(frozen=True, slots=True)
class Lines:
    """The lines that line `number` may refer to: those of `numbers` that stand before it."""

    number: int
    numbers: Collection[int]
    findings: Findings

    def one(self, number: int, span: Span) -> Node:
        """A reference; where there is no such line before, an error and `Missing`."""
        if self._has(number):
            return LineReference(number, span=span)
        self.findings.error(
            "missing-line",
            span,
            f"Line {self.number} refers to line {number}, which does not stand before it.",
            "Correct the number or supply the line.",
        )
        return Missing(f"line {number}", span=span)

    def several(self, text: str, span: Span) -> Node:
        """`{or #1-#9}`, `{and #1,#3}`; `#1-#5` by itself is read as OR, with a warning."""
        ranges = tuple((int(first), int(last or first)) for first, last in _RANGE.findall(text))
        upward = ranges and all(1 <= first <= last for first, last in ranges)
        if not upward or sum(last - first for first, last in ranges) > WIDEST_RANGE:
            return self._unreadable(text, span)
        found = LineRange(self._operator(text, span), ranges, span=span)
        if all(map(self._has, found.numbers)):
            return found
        return self._spelt_out(found, span)

    def _has(self, number: int) -> bool:
        return 1 <= number < self.number and number in self.numbers

    def _operator(self, text: str, span: Span) -> Operator:
        named = re.search(r"and|or", text, re.IGNORECASE)
        if named:
            return Operator(named[0].lower())
        self.findings.warning(
            "range-without-operator",
            span,
            f"“{text.strip()}” does not say how its lines are combined; it is read as OR.",
            "Write {OR #1-#5} or {AND #1-#5}.",
        )
        return Operator.OR

    def _spelt_out(self, found: LineRange, span: Span) -> Node:
        """A range in which lines lack: each line by itself, those that lack as `Missing`."""
        lines = tuple(self.one(number, span) for number in found.numbers)
        if len(lines) == 1:
            return lines[0]
        return Or(lines, span=span) if found.operator is Operator.OR else And(lines, span=span)

    def _unreadable(self, text: str, span: Span) -> Missing:
        self.findings.error(
            "line-range",
            span,
            f"“{text.strip()[:60]}” is not a range of lines.",
            "A range runs upwards, such as {OR #1-#9}.",
        )
        return Missing(text.strip(), span=span)


_RANGE = re.compile(r"(\d{1,5})(?:\s?-\s?#?\s?(\d{1,5}))?")
