"""Ovid's source line (“Journal. 12(3):221-8, 2024 Jan.”) → journal, volume, issue, pages, year."""

from __future__ import annotations

import re
from collections.abc import Mapping

#: No journal, volume and date need more; what follows is the conference and its place.
_LONGEST = 1_000

# MEDLINE: “12(3):221-8, 2024 Jan”; Embase: “12 (3) (pp 221-228), 2024”, “… (no pagination), …”.
_NUMBERS = re.compile(
    r"\b(?P<VL>\d+[A-Za-z]?)\s*(?:\((?!no pag|pp?[ .])(?P<IS>[^()]*)\))?"
    r"\s*(?::\s?(?P<SP>[^,;:]+)|\(pp?\.?\s?(?P<pp>[^()]*)\)|\(no pagination\))?"
    r"(?:,\s*|\.\s*|\s)(?:[A-Z][a-z]+ (?:\d{1,2},? )?)?(?P<PY>(?:1[89]|20)\d\d)\b"
)
_BEFORE_NUMBERS = re.compile(r"\.?\s*(?:Vol\.?\s*)?$")


def read_source(printed: str) -> Mapping[str, str]:
    """The parts that the line names, by their RIS tags; what it doesn't say is left out."""
    line = printed[:_LONGEST].strip()
    numbers = _NUMBERS.search(line)
    if numbers is None:
        journal = line.split(". ")[0]
    else:
        journal = _BEFORE_NUMBERS.sub("", line[: numbers.start()]).split(". Conference")[0]
    parts = {"JF": journal.strip().rstrip(".")}
    if numbers:
        found = numbers.groupdict(default="")
        found["SP"] = found["SP"] or found.pop("pp")
        parts |= {tag: found[tag].strip() for tag in ("VL", "IS", "SP", "PY")}
    return {tag: text for tag, text in parts.items() if text}
