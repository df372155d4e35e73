"""Numbers that stand for other lines: `29 not 30`, `or/1-9` (ovid-semantics 1)."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence

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
_RANGES = re.compile(r"(\d+)(?:\s*-\s*(\d+))?")


class LinesBefore:
    """The lines that line `number` may refer to: those of the strategy that stand before it."""

    def __init__(self, number: int, numbers: Collection[int], findings: Findings) -> None:
        self.number = number
        self._numbers = numbers
        self._findings = findings

    def line(self, number: int, span: Span) -> Node:
        """A reference to a line; `Missing` and an error where the source lacks it."""
        if self._is_there(number):
            return LineReference(number, span=span)
        self._report((number,), span)
        return Missing(f"line {number}", span=span)

    def combined(self, text: str, span: Span) -> Node:
        """`or/1-9`. A range in which lines lack is spelt out, those that lack as `Missing`."""
        operator = Operator.OR if "or" in text.lower() else Operator.AND
        ranges = ranges_in(text)
        if ranges is None:
            return self._unreadable(text.strip(), span)
        found = LineRange(operator, ranges, span=span)
        lacking = tuple(n for n in found.numbers if not self._is_there(n))
        if not lacking:
            return found
        self._report(lacking, span)
        lines = tuple(self._reference(number, span) for number in found.numbers)
        if len(lines) == 1:
            return lines[0]
        return Or(lines, span=span) if operator is Operator.OR else And(lines, span=span)

    def _is_there(self, number: int) -> bool:
        return 1 <= number < self.number and number in self._numbers

    def _reference(self, number: int, span: Span) -> Node:
        if self._is_there(number):
            return LineReference(number, span=span)
        return Missing(f"line {number}", span=span)

    def _report(self, lacking: Sequence[int], span: Span) -> None:
        lines = ", ".join(_stretches(lacking))
        one = len(lacking) == 1
        self._findings.error(
            "missing-line",
            span,
            f"Line {self.number} refers to {'line' if one else 'lines'} {lines}, which "
            f"{'does' if one else 'do'} not stand before it.",
            "Correct the number or supply the line.",
        )

    def _unreadable(self, text: str, span: Span) -> Missing:
        self._findings.error(
            "line-range",
            span,
            f"“{text}” is not a range of lines.",
            "A range runs upwards, such as or/1-9.",
        )
        return Missing(text, span=span)


def ranges_in(text: str) -> tuple[tuple[int, int], ...] | None:
    """`1-3,7` as ranges with their ends; None: it runs downwards, or over too many numbers."""
    ranges = tuple((int(first), int(last or first)) for first, last in _RANGES.findall(text))
    upward = bool(ranges) and all(1 <= first <= last for first, last in ranges)
    if not upward or sum(last - first for first, last in ranges) > WIDEST_RANGE:
        return None
    return ranges


def _stretches(numbers: Sequence[int]) -> Iterator[str]:
    """Ascending numbers as a reader would list them: 18 to 77."""
    first = last = numbers[0]
    for number in (*numbers[1:], None):
        if number is not None and number in (last, last + 1):
            last = number
            continue
        yield str(first) if first == last else f"{first} to {last}"
        first = last = number or 0
