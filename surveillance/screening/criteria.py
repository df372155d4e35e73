"""A topic's criteria, read from criteria.toml: docs/criteria.md explains every key.

The order in the file is the order of the checks: the first criterion that a report fails is the
reason that is given.
"""

from __future__ import annotations

from pathlib import Path

from surveillance.errors import Place, UnreadableInput
from surveillance.screening.criterion import (
    Abbreviation,
    Concept,
    Criteria,
    Criterion,
    Designs,
    Exclusion,
    Languages,
    Participants,
    PublicationTypes,
    Years,
)
from surveillance.screening.soundness import Fault, first_fault
from surveillance.toml_files import locate, read_text, read_toml

__all__ = [
    "Abbreviation", "Concept", "Criteria", "Criterion", "Designs", "Exclusion", "Languages",
    "Participants", "PublicationTypes", "Years", "read_criteria",
]  # fmt: skip


def read_criteria(path: Path) -> Criteria:
    """The criteria in `path`; raises `UnreadableInput` with file, line and column."""
    criteria = read_toml(path, Criteria)
    if fault := first_fault(criteria.criteria, criteria.safety_events):
        line, column = _place(read_text(path), fault)
        raise UnreadableInput(fault.message, place=Place(path, line, column), hint=fault.hint)
    return criteria


def _place(text: str, fault: Fault) -> tuple[int, int]:
    """Line and column of the value at fault, else of its key, else of its criterion."""
    keys = [fault.key] if fault.key == "safety_events" else ["criteria", fault.key]
    line, column = locate(text, keys, fault.entry)
    lines = text.splitlines()
    for number in range(line - 1, len(lines) if fault.value else 0):
        if number >= line and lines[number].lstrip().startswith("["):
            break
        for quoted in _as_written(fault.value):
            if (found := lines[number].find(quoted)) >= 0:
                return number + 1, found + 1
    return line, column


def _as_written(value: str) -> tuple[str, str]:
    """A string as TOML has it: in quotes with escapes, or in apostrophes as it is."""
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"', f"'{value}'"
