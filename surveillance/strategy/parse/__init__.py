"""Text → tree: published strategies read as they stand, faults reported and repaired."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from surveillance.strategy.nodes import Span
from surveillance.strategy.parse import cochrane, inahta, ovid_lines, pubmed
from surveillance.strategy.parse.detect import detect
from surveillance.strategy.parse.faults import (
    LARGEST_STRATEGY,
    Findings,
    StrategyTooLarge,
    StrategyUnreadable,
    UnknownDialect,
)
from surveillance.strategy.parse.tables import without_markup
from surveillance.strategy.strategy import Line, Strategy

__all__ = [
    "DIALECTS",
    "StrategyTooLarge",
    "StrategyUnreadable",
    "UnknownDialect",
    "read_strategy",
]

_READERS: Mapping[str, Callable[[str, Findings], tuple[Line, ...]]] = {
    "ovid-medline": ovid_lines.read_medline,
    "ovid-embase": ovid_lines.read_embase,
    "cochrane": cochrane.read_lines,
    "inahta": inahta.read_lines,
    "pubmed": pubmed.read_lines,
}

DIALECTS = tuple(_READERS)
"""The dialects that are read."""


def read_strategy(text: str, dialect: str | None = None) -> Strategy:
    """The strategy in a text as published: numbered or not, wrapped, with counts and footers.

    `dialect` None: detected. Faults are repaired where the text leaves one reading, and all are
    reported in `diagnostics` with line and column; a text without a readable line gives a strategy
    without lines and the error `no-lines`. Raises `UnknownDialect` and `StrategyTooLarge` (over
    1,000,000 characters), both `StrategyUnreadable`; nothing else, whatever the text.
    """
    if dialect is not None and dialect not in _READERS:
        known = ", ".join(DIALECTS)
        raise UnknownDialect(f"The dialect “{dialect}” is not one of those read: {known}.")
    if len(text) > LARGEST_STRATEGY:
        raise StrategyTooLarge(
            f"The text has {len(text):,} characters; a strategy has at most {LARGEST_STRATEGY:,}."
        )
    text = without_markup(text)
    chosen = dialect or detect(text)
    findings = Findings()
    lines = _READERS[chosen](text, findings)
    if not lines:
        findings.error(
            "no-lines",
            Span(1, 1, 1, 1),
            "No line of a search strategy was found in the text.",
            "A strategy has one search per line, numbered or not.",
        )
    return Strategy(chosen, lines, findings.sorted())
