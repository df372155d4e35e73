"""PubMed strategies: one search or many lines, each parsed."""

from __future__ import annotations

from collections.abc import Mapping

from surveillance.strategy.parse.faults import Findings
from surveillance.strategy.parse.pubmed_expression import parse_entry
from surveillance.strategy.parse.pubmed_lines import Entry, labels, read_entries
from surveillance.strategy.strategy import Line


def read_lines(text: str, findings: Findings) -> tuple[Line, ...]:
    """The lines of a PubMed strategy, or its one search as line 1; faults go to `findings`."""
    entries = read_entries(text, findings)
    numbers = labels(entries)
    return tuple(_line(entry, numbers, findings) for entry in entries)


def _line(entry: Entry, numbers: Mapping[str, int], findings: Findings) -> Line:
    tree = parse_entry(entry.source, entry.number, numbers, findings)
    return Line(entry.number, entry.source.text, entry.span, tree, entry.count_raw, entry.count)
