"""Ovid's strategies, MEDLINE's and Embase's: their entries, each parsed."""

from __future__ import annotations

from surveillance.strategy.parse.faults import Findings
from surveillance.strategy.parse.lines import Entry, read_entries
from surveillance.strategy.parse.ovid import parse_entry
from surveillance.strategy.strategy import Line


def read_medline(text: str, findings: Findings) -> tuple[Line, ...]:
    """The lines of a strategy for Ovid MEDLINE; faults go to `findings`."""
    return _read(text, "ovid-medline", findings)


def read_embase(text: str, findings: Findings) -> tuple[Line, ...]:
    """The lines of a strategy for Ovid Embase; faults go to `findings`."""
    return _read(text, "ovid-embase", findings)


def _read(text: str, dialect: str, findings: Findings) -> tuple[Line, ...]:
    entries = read_entries(text, dialect, findings)
    numbers = frozenset(entry.number for entry in entries)
    return tuple(_line(entry, numbers, findings) for entry in entries)


def _line(entry: Entry, numbers: frozenset[int], findings: Findings) -> Line:
    tree = parse_entry(entry.source, entry.number, numbers, findings)
    return Line(entry.number, entry.source.text, entry.span, tree, entry.count_raw, entry.count)
