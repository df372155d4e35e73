"""Text → tree: published strategies read as they stand, faults reported and repaired."""

from __future__ import annotations

from surveillance.strategy.nodes import Span
from surveillance.strategy.parse.faults import (
    LARGEST_STRATEGY,
    Findings,
    StrategyTooLarge,
    StrategyUnreadable,
    UnknownDialect,
)
from surveillance.strategy.parse.lines import Entry, read_entries
from surveillance.strategy.parse.ovid import parse_entry
from surveillance.strategy.strategy import Line, Strategy

__all__ = [
    "DIALECTS",
    "StrategyTooLarge",
    "StrategyUnreadable",
    "UnknownDialect",
    "read_strategy",
]

DIALECTS = ("ovid-medline", "ovid-embase")
"""The dialects read so far; both have Ovid's syntax."""


def read_strategy(text: str, dialect: str = "ovid-medline") -> Strategy:
    """The strategy in a text as published: numbered or not, wrapped, with counts and footers.

    Faults are repaired where the text leaves one reading, and all are reported in `diagnostics`
    with line and column; a text without a readable line gives a strategy without lines and the
    error `no-lines`. Raises `UnknownDialect` and `StrategyTooLarge` (over 1,000,000 characters),
    both `StrategyUnreadable`; nothing else, whatever the text.
    """
    if dialect not in DIALECTS:
        raise UnknownDialect(
            f"The dialect “{dialect}” is not read yet; {' and '.join(DIALECTS)} are."
        )
    if len(text) > LARGEST_STRATEGY:
        raise StrategyTooLarge(
            f"The text has {len(text):,} characters; a strategy has at most {LARGEST_STRATEGY:,}."
        )
    findings = Findings()
    entries = read_entries(text, findings)
    if not entries:
        findings.error(
            "no-lines",
            Span(1, 1, 1, 1),
            "No line of a search strategy was found in the text.",
            "A strategy has one search per line, numbered or not.",
        )
    numbers = frozenset(entry.number for entry in entries)
    lines = tuple(_line(entry, numbers, findings) for entry in entries)
    return Strategy(dialect, lines, findings.sorted())


def _line(entry: Entry, numbers: frozenset[int], findings: Findings) -> Line:
    tree = parse_entry(entry.source, entry.number, numbers, findings)
    return Line(entry.number, entry.source.text, entry.span, tree, entry.count_raw, entry.count)
