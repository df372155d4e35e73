"""Registries' tables (CSV, semicolons, tabs) → rows of named cells."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from surveillance.errors import UnreadableInput
from surveillance.records.text import MAX_FIELD, UnreadLine, line_place, numbered_lines

_DELIMITERS = ",;\t|"
_SHOWN = 80


class Row(NamedTuple):
    """The cells of a row by the names of their columns, and the line that it begins on."""

    line: int
    cells: dict[str, str]


def column_key(name: str) -> str:
    """A column's name as it is compared: “Public title”, `public_title` and `Public_Title`."""
    return re.sub(r"[^a-z0-9]", "", name.casefold())


def read_table(
    text: str, *, without_header: Sequence[str] = ()
) -> tuple[tuple[Row, ...], tuple[UnreadLine, ...]]:
    """The rows below the header, and those whose cells do not fit it.

    `without_header` are the columns of a table that is written without their names: it is taken
    for one where its first row has as many cells and none of these names.
    """
    rows = _cells(text)
    first = next(rows, None)
    if first is None:
        raise UnreadableInput("the table has no row.", hint="Export it again.")
    names: Sequence[str] = [cell.strip() for cell in first[1]]
    known = {column_key(name) for name in without_header}
    found, unread = [], []
    if len(names) == len(without_header) and not known & {column_key(name) for name in names}:
        found.append(Row(first[0], dict(zip(without_header, names, strict=True))))
        names = without_header
    for line, cells in rows:
        if len(cells) < len(names) or any(cell.strip() for cell in cells[len(names) :]):
            reason = f"a row of {len(cells)} cells where the header has {len(names)}"
            unread.append(UnreadLine(line, ", ".join(cells)[:_SHOWN], reason))
        else:
            found.append(Row(line, _named(names, cells)))
    return tuple(found), tuple(unread)


def _named(names: Sequence[str], cells: Sequence[str]) -> dict[str, str]:
    """Of two columns of one name the first that says something."""
    named: dict[str, str] = {}
    for name, cell in zip(names, cells, strict=False):
        if name:
            named[name] = named.get(name) or cell.strip()
    return named


def _cells(text: str) -> Iterator[tuple[int, list[str]]]:
    lines = (f"{line.text}\n" for line in numbered_lines(text))
    head = text.lstrip("\ufeff").partition("\n")[0]
    csv.field_size_limit(MAX_FIELD)
    reader = csv.reader(lines, delimiter=max(_DELIMITERS, key=head.count))
    begins = 1
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield begins, cells
            begins = reader.line_num + 1
    except csv.Error as fault:
        raise UnreadableInput(
            f"the table cannot be read from here on: {fault}.",
            place=line_place(begins),
            hint="Look for a quotation mark without its partner.",
        ) from None
