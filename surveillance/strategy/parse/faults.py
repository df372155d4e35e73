"""What stops a text from being read at all, and a list that collects what is found wrong in it."""

from __future__ import annotations

from surveillance.strategy.nodes import Span
from surveillance.strategy.strategy import Diagnostic, Severity

LARGEST_STRATEGY = 1_000_000
LONGEST_ENTRY = 50_000
DEEPEST_NESTING = 100
LONGEST_CHAIN = 100
# Everything that walks a tree recurses: this keeps it far from Python's own limit.
DEEPEST_TREE = 120


class StrategyUnreadable(ValueError):
    """A text that is not read as a strategy at all; the message says why in one sentence."""


class UnknownDialect(StrategyUnreadable):
    """A dialect that is not read."""


class StrategyTooLarge(StrategyUnreadable):
    """A text longer than any strategy."""


class TooDeep(Exception):
    """Parentheses or operators nested deeper than in any strategy; inside parsing only."""

    def __init__(self, start: int, end: int) -> None:
        self.start = start
        self.end = end
        super().__init__()


class Findings:
    """The diagnostics of one text, in the order found."""

    def __init__(self) -> None:
        self._found: list[Diagnostic] = []

    def error(self, code: str, span: Span, message: str, hint: str = "") -> None:
        """Something that changes what is found."""
        self._add(code, Severity.ERROR, span, message, hint)

    def warning(self, code: str, span: Span, message: str, hint: str = "") -> None:
        """Something that may change what is found."""
        self._add(code, Severity.WARNING, span, message, hint)

    def info(self, code: str, span: Span, message: str) -> None:
        """Something that changes nothing."""
        self._add(code, Severity.INFO, span, message, "")

    def _add(self, code: str, severity: Severity, span: Span, message: str, hint: str) -> None:
        # A diagnostic has one line: what goes over several ends, for display, behind its start.
        end = span.end_column if span.end_line == span.line else 0
        self._found.append(
            Diagnostic(
                code, severity, span.line, span.column, max(end, span.column + 1), message, hint
            )
        )

    def sorted(self) -> tuple[Diagnostic, ...]:
        """All of them, by line and column."""
        return tuple(sorted(self._found, key=lambda found: (found.line, found.column)))
