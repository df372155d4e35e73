"""Texts in the cells of a table that a spreadsheet opens: shown, never run as formulas.

A cell that begins with =, +, - or @ is a formula to Excel and LibreOffice, and one that begins with
an apostrophe is shown as it stands (OWASP, “CSV Injection”). Signed numbers are let be.
"""

from __future__ import annotations

import re

# What makes a spreadsheet run a cell; behind apostrophes, too, so that each text has one form.
_RUNS = re.compile(r"'*[=+\-@\uff1d\uff0b\uff0d\uff20\t\r]")
_NUMBER = re.compile(r"[+-]?\d[\d.,]*")


def harmless(text: str) -> str:
    """`text` with an apostrophe before it where a spreadsheet would run it as a formula."""
    return f"'{text}" if _RUNS.match(text) and not _NUMBER.fullmatch(text) else text


def as_it_was(cell: str) -> str:
    """The text that `harmless` made this cell of."""
    return cell[1:] if cell.startswith("'") and harmless(cell[1:]) == cell else cell
