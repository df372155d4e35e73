"""Strategies taken from pages in Markdown: tables with bars (`| 1 | exp Pain/ | 71 |`), escapes.

Each mark becomes a space or changes places with one, so that line and column stay what they are;
before a count in the last cell stands a tab, as in tables copied from a word processor.
"""

from __future__ import annotations

import re

FEWEST_ROWS = 2
_ROW = re.compile(r"[ \t]*\|.*\|[ \t]*")
_RULER = re.compile(r"[ \t]*\|(?:[ \t]*:?-+:?[ \t]*\|)+[ \t]*")
_COUNT = re.compile(r"\|(?=[ \t]*\d[\d,]*[ \t]*\|[ \t]*\r?\Z)")
_ESCAPED_BEGINNING = re.compile(r"\\(?=[#\[<])")
_ESCAPED_END = re.compile(r"\\([*_\]>])")


def without_markup(text: str) -> str:
    """The text, each row of a table as the line that it says; other lines as they are."""
    text = _ESCAPED_END.sub(r"\1 ", _ESCAPED_BEGINNING.sub(" ", text))
    lines = text.split("\n")
    rows = [at for at, line in enumerate(lines) if _is_row(line)]
    if len(rows) < FEWEST_ROWS:
        return text
    for at in rows:
        lines[at] = _line(lines[at])
    return "\n".join(lines)


def _is_row(line: str) -> bool:
    return line.count("|") > FEWEST_ROWS and _ROW.fullmatch(line.rstrip("\r")) is not None


def _line(row: str) -> str:
    if _RULER.fullmatch(row.rstrip("\r")):
        return ""
    return _COUNT.sub("\t", row, count=1).replace("|", " ")
