"""What format a text of records is in, told by the lines that a record of it begins with."""

from __future__ import annotations

import re

from surveillance.records.columns import header_of, is_field_per_row

#: Where the first record must begin: exports open with a few lines of their own.
_HEAD = 65_536

#: The first line of a record. Where several stand in a file the earliest counts, and the
#: reader names the lines of the others.
_BEGINNINGS = {
    "ris": re.compile(r"^[\s\ufeff]{0,3}TY {1,2}-", re.MULTILINE),
    "medline": re.compile(r"^PMID ?- ?(?:\d|$)", re.MULTILINE),
    "ovid-tagged": re.compile(
        r"^(?:<\s?\d+\s?\.?\s?>\s*\n(?!TY)[A-Z][A-Z0-9] {1,2}-|UI {1,2}- \S|VN {1,2}- Ovid)",
        re.MULTILINE,
    ),
    "ovid-labelled": re.compile(
        r"^<\s?\d+\s?\.?\s?>\s*\n(?!\w\w {1,2}-)[A-Z][^\n]{0,60}\n[ \t]+\S", re.MULTILINE
    ),
}

#: How EPPI-Reviewer's JSON report begins: its codes, then its references.
_EPPI = re.compile(r'\s*\{\s*"(?:CodeSets|References)"\s*:')


def format_of(text: str) -> str:
    """The name of the format: ris, medline, ovid-tagged, ovid-labelled, eppi-json, json-lines,
    csv, csv-by-rows; or nothing where it is none of them."""
    head = text[:_HEAD].replace("\r\n", "\n").replace("\r", "\n")
    if head.lstrip().startswith("{"):
        return "eppi-json" if _EPPI.match(head) else "json-lines"
    found = {name: pattern.search(head) for name, pattern in _BEGINNINGS.items()}
    begins = {name: match.start() for name, match in found.items() if match}
    if begins:
        return min(begins, key=lambda name: begins[name])
    if is_field_per_row(head):
        return "csv-by-rows"
    return "csv" if header_of(head) else ""
