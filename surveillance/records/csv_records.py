"""Tables of records (CSV, tab-separated) → records, by the names of their columns.

Read by Python's csv module, which follows RFC 4180 and Excel. A row whose cells do not fit the
header is no record: which cell is missing cannot be told.
"""

from __future__ import annotations

import csv
import io
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from surveillance.errors import UnreadableInput
from surveillance.records.columns import Header, header_of, tag_of, tag_rank
from surveillance.records.payload import Captured, Payload
from surveillance.records.ris_fields import read_fields
from surveillance.records.text import (
    MAX_FIELD,
    NumberedLine,
    UnreadLine,
    UnreadLines,
    line_place,
    numbered_lines,
    on_one_line,
)

MEDIA_TYPE = "text/csv"

_SEVERAL = frozenset({"AU", "KW", "LA", "PT", "CN"})
#: “Okoye AB”, “van der Berg C”: PubMed divides such names by commas.
_SHORT_NAME = re.compile(r"^[^\W\d].*\s[A-Z]{1,4}(?: (?:Jr|Sr|2nd|3rd))?\.?$")


@dataclass(frozen=True, slots=True)
class _Row:
    """The cells of a row, and the lines that it stands on."""

    begins: NumberedLine
    ends: int
    cells: tuple[str, ...]


def read_csv(text: str, *, source: str) -> tuple[tuple[Captured, ...], tuple[UnreadLine, ...]]:
    """The records of a table with a header, and the rows that are none."""
    header = header_of(text)
    if header is None:
        raise UnreadableInput("no row names a title and another column.", place=line_place(1))
    unread = UnreadLines()
    rows = _rows(text, header.delimiter)
    _find_header(rows, header, unread)
    captured = []
    for row in rows:
        if fault := _misfit(row, header):
            unread.leave(row.begins, fault)
        elif item := _captured_row(row, header, source):
            captured.append(item)
        else:
            unread.leave(row.begins, "a row with neither title nor number")
    return tuple(captured), unread.in_order()


def read_csv_by_rows(
    text: str, *, source: str
) -> tuple[tuple[Captured, ...], tuple[UnreadLine, ...]]:
    """The records of Embase.com's table with one field a row, and the rows that are none."""
    unread = UnreadLines()
    captured = []
    for rows in _record_rows(_rows(text, ","), unread):
        named = [(row.cells[0], cell) for row in rows for cell in row.cells[1:]]
        content = _written([row.cells for row in rows])
        if item := _captured(named, source, content):
            captured.append(item)
        else:
            unread.leave(rows[0].begins, "a record with neither title nor number")
    return tuple(captured), unread.in_order()


def _rows(text: str, delimiter: str) -> Iterator[_Row]:
    """Every row that has a cell with something in it, with its place in the file."""
    csv.field_size_limit(MAX_FIELD)
    taken: list[NumberedLine] = []

    def lines() -> Iterator[str]:
        for line in numbered_lines(text):
            taken.append(line)
            yield f"{line.text}\n"

    reader = csv.reader(lines(), delimiter=delimiter)
    while True:
        taken.clear()
        try:
            cells = next(reader, None)
        except csv.Error as fault:
            raise UnreadableInput(
                f"the table cannot be read from here on: {fault}.",
                place=line_place(taken[0].number),
                hint="Look for a quotation mark without its partner.",
            ) from None
        if cells is None:
            return
        if any(cell.strip() for cell in cells):
            yield _Row(taken[0], taken[-1].number, tuple(cell.strip() for cell in cells))


def _find_header(rows: Iterator[_Row], header: Header, unread: UnreadLines) -> None:
    """Go past the header; “sep=;” before it is Excel's, other rows are named."""
    for row in rows:
        if row.cells == header.names:
            return
        if not row.begins.text.startswith("sep="):
            unread.leave(row.begins, "it stands before the header")


def _misfit(row: _Row, header: Header) -> str:
    """Why a row's cells are not those of the header; empty cells behind its end are let pass."""
    columns = len(header.names)
    if len(row.cells) >= columns and not any(row.cells[columns:]):
        return ""
    lines = "" if row.ends == row.begins.number else f", up to line {row.ends}"
    return f"a row of {len(row.cells)} cells where the header has {columns}{lines}"


def _captured_row(row: _Row, header: Header, source: str) -> Captured | None:
    named = list(zip(header.names, row.cells, strict=False))
    return _captured(named, source, _written([header.names, row.cells[: len(header.names)]]))


def _captured(named: list[tuple[str, str]], source: str, content: bytes) -> Captured | None:
    record = read_fields(_values(named), source, content.decode())
    return Captured(record, Payload(content, MEDIA_TYPE)) if record else None


def _values(named: list[tuple[str, str]]) -> dict[str, tuple[str, ...]]:
    """The cells under their tags, those of the tag's first column first."""
    known = [(name, cell) for name, cell in named if cell and tag_of(name)]
    values: dict[str, list[str]] = defaultdict(list)
    for name, cell in sorted(known, key=lambda column: tag_rank(column[0])):
        tag = tag_of(name)
        values[tag] += _divided(tag, cell) if tag in _SEVERAL else [on_one_line(cell)]
    if values["PM"] and not values["AN"] and not values["ID"]:
        values["AN"] = values["PM"]
    values["TY"] = ["JOUR"]
    return {tag: tuple(dict.fromkeys(texts)) for tag, texts in values.items() if texts}


def _divided(tag: str, cell: str) -> list[str]:
    parts = _names(cell) if tag == "AU" else re.split(r"[;|\n]", cell)
    return [text for part in parts if (text := on_one_line(part))]


def _names(cell: str) -> list[str]:
    """Names divided by semicolons, “and”, bars or lines, or PubMed's by commas."""
    for divider in (r"[;|\n]", r"\s+and\s+"):
        if len(parts := re.split(divider, cell)) > 1:
            return parts
    parts = [part.strip() for part in cell.removesuffix(".").split(",")]
    return parts if all(map(_SHORT_NAME.match, parts)) else [cell]


def _record_rows(rows: Iterable[_Row], unread: UnreadLines) -> Iterator[list[_Row]]:
    """The rows of each record: it begins with its title."""
    record: list[_Row] = []
    for row in rows:
        if row.cells[0].upper() == "TITLE":
            if record:
                yield record
            record = [row]
        elif record and len(row.cells) > 1:
            record.append(row)
        elif row.cells[0].upper() != "SEARCH QUERY":
            unread.leave(row.begins, "it belongs to no record")
    if record:
        yield record


def _written(rows: Iterable[Iterable[str]]) -> bytes:
    """Rows as a table of their own, which reads back to the same record."""
    table = io.StringIO()
    csv.writer(table, lineterminator="\n").writerows(rows)
    return table.getvalue().encode()
