"""Tables of records (CSV, tab-separated) → records, by the names of their columns.

Read by Python's csv module, which follows RFC 4180 and Excel. A row whose cells do not fit the
header is no record: which cell is missing cannot be told.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from surveillance.errors import UnreadableInput
from surveillance.records.columns import Columns, Header, header_of, tag_of, tag_rank
from surveillance.records.model import Record
from surveillance.records.payload import Captured, Payload
from surveillance.records.ris_fields import Values, read_fields
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

_NAMELESS = "a row with neither title nor number"
#: What is the same text in many records.
_SHARED = ("JF", "JA", "T2", "VL", "IS", "PY", "LA", "PT", "SN")
_SEVERAL = frozenset({"AU", "KW", "LA", "PT", "CN"})
_DIVIDER = re.compile(r"[;|\n]")
_AND = re.compile(r"\s+and\s+")
#: “Okoye AB”, “van der Berg C”: PubMed divides such names by commas.
_SHORT_NAME = re.compile(r"^[^\W\d].*\s[A-Z]{1,4}(?: (?:Jr|Sr|2nd|3rd))?\.?$")


@dataclass(frozen=True, slots=True)
class TableRecord:
    """A record of a table, and what the table itself calls it (`record_id`); often nothing."""

    record: Record
    name: str


@dataclass(frozen=True, slots=True)
class _Row:
    """The cells of a row, and the lines that it stands on."""

    begins: int
    ends: int
    text: str
    cells: tuple[str, ...]

    @property
    def first_line(self) -> NumberedLine:
        return NumberedLine(self.begins, self.text)


def read_csv(text: str, *, source: str) -> tuple[tuple[Captured, ...], tuple[UnreadLine, ...]]:
    """The records of a table with a header, and the rows that are none."""
    header = header_of(text)
    if header is None:
        raise UnreadableInput("no row names a title and another column.", place=line_place(1))
    columns = header.tagged
    unread = UnreadLines()
    captured = []
    for row in _fitting(_numbered(text), header, unread):
        values = _values(_tagged(row, columns))
        content = _written([header.names, row.cells[: len(header.names)]])
        if record := read_fields(values, source, content.decode()):
            captured.append(Captured(record, Payload(content, MEDIA_TYPE)))
        else:
            unread.leave(row.first_line, _NAMELESS)
    return tuple(captured), unread.in_order()


def table_records(
    lines: Iterable[str], header: Header, *, source: str, unread: UnreadLines
) -> Iterator[TableRecord]:
    """The records of a table, one by one without their bytes; the rows that are none to `unread`.

    For tables of any size: `lines` are those of the file, ends included. A row that its source
    gave no number is known by a hash of its cells.
    """
    columns = header.tagged
    known: dict[tuple[str, ...], tuple[str, ...]] = {}
    for row in _fitting(lines, header, unread):
        values = _values(_tagged(row, columns))
        _share(values, known)
        if record := read_fields(values, source, "\n".join(row.cells)):
            yield TableRecord(record, table_name(values))
        else:
            unread.leave(row.first_line, _NAMELESS)


def table_name(values: Values) -> str:
    """What a table calls a record: `record_id` (or `id`, `key`), else its number in its source."""
    return next((values[tag][0] for tag in ("ID", "AN") if tag in values), "")


def read_csv_by_rows(
    text: str, *, source: str
) -> tuple[tuple[Captured, ...], tuple[UnreadLine, ...]]:
    """The records of Embase.com's table with one field a row, and the rows that are none."""
    unread = UnreadLines()
    captured = []
    for rows in _record_rows(_rows(_numbered(text), ","), unread):
        named = [(row.cells[0], cell) for row in rows for cell in row.cells[1:]]
        content = _written([row.cells for row in rows])
        if record := read_fields(_values(_ranked(named)), source, content.decode()):
            captured.append(Captured(record, Payload(content, MEDIA_TYPE)))
        else:
            unread.leave(rows[0].first_line, "a record with neither title nor number")
    return tuple(captured), unread.in_order()


def _numbered(text: str) -> Iterator[str]:
    return (f"{line.text}\n" for line in numbered_lines(text))


def _rows(lines: Iterable[str], delimiter: str) -> Iterator[_Row]:
    """Every row that has a cell with something in it, with its place in the file."""
    csv.field_size_limit(MAX_FIELD)
    taken: list[str] = []

    def noted() -> Iterator[str]:
        for line in lines:
            taken.append(line)
            yield line

    reader = csv.reader(noted(), delimiter=delimiter)
    while True:
        begins = reader.line_num + 1
        taken.clear()
        try:
            cells = next(reader, None)
        except csv.Error as fault:
            raise UnreadableInput(
                f"the table cannot be read from here on: {fault}.",
                place=line_place(begins),
                hint="Look for a quotation mark without its partner.",
            ) from None
        if cells is None:
            return
        stripped = tuple(map(str.strip, cells))
        if any(stripped):
            yield _Row(begins, reader.line_num, taken[0].rstrip("\n"), stripped)


def _fitting(lines: Iterable[str], header: Header, unread: UnreadLines) -> Iterator[_Row]:
    """The rows below the header that have its columns; the others are named."""
    rows = _rows(lines, header.delimiter)
    _find_header(rows, header, unread)
    for row in rows:
        if fault := _misfit(row, header):
            unread.leave(row.first_line, fault)
        else:
            yield row


def _find_header(rows: Iterator[_Row], header: Header, unread: UnreadLines) -> None:
    """Go past the header; “sep=;” before it is Excel's, other rows are named."""
    for row in rows:
        if row.cells == header.names:
            return
        if not row.text.startswith("sep="):
            unread.leave(row.first_line, "it stands before the header")


def _misfit(row: _Row, header: Header) -> str:
    """Why a row's cells are not those of the header; empty cells behind its end are let pass."""
    columns = len(header.names)
    if len(row.cells) == columns or (len(row.cells) > columns and not any(row.cells[columns:])):
        return ""
    lines = "" if row.ends == row.begins else f", up to line {row.ends}"
    return f"a row of {len(row.cells)} cells where the header has {columns}{lines}"


def _tagged(row: _Row, columns: Columns) -> list[tuple[str, str]]:
    return [(tag, row.cells[place]) for tag, place in columns]


def _values(tagged: Iterable[tuple[str, str]]) -> dict[str, tuple[str, ...]]:
    """The cells under their tags, in the order that they come in, each text once."""
    values: dict[str, tuple[str, ...]] = {}
    for tag, cell in tagged:
        if not cell:
            continue
        texts = _divided(tag, cell) if tag in _SEVERAL else (_one_line(cell),)
        if tag in values:
            texts = tuple(dict.fromkeys(values[tag] + texts))
        if texts:
            values[tag] = texts
    if "PM" in values and "AN" not in values and "ID" not in values:
        values["AN"] = values["PM"]
    values["TY"] = ("JOUR",)
    return values


def _share(
    values: dict[str, tuple[str, ...]], known: dict[tuple[str, ...], tuple[str, ...]]
) -> None:
    """Let records share the texts that many have: a million journals take the room of some."""
    for tag in _SHARED:
        if texts := values.get(tag):
            values[tag] = known.setdefault(texts, texts)


def _one_line(cell: str) -> str:
    """`on_one_line` of a stripped cell: most are, and a look is cheaper than a search."""
    wrapped = "  " in cell or "\n" in cell or "\t" in cell or "\r" in cell
    return on_one_line(cell) if wrapped else cell


def _divided(tag: str, cell: str) -> tuple[str, ...]:
    parts = _names(cell) if tag == "AU" else _DIVIDER.split(cell)
    texts = [text for part in parts if (text := _one_line(part.strip()))]
    return tuple(dict.fromkeys(texts))


def _names(cell: str) -> list[str]:
    """Names divided by semicolons, “and”, bars or lines, or PubMed's by commas."""
    if len(parts := _DIVIDER.split(cell)) > 1:
        return parts
    if "and" in cell and len(parts := _AND.split(cell)) > 1:
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
            unread.leave(row.first_line, "it belongs to no record")
    if record:
        yield record


def _ranked(named: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """Named cells under their tags, those of the tag's first column first."""
    known = [(name, cell) for name, cell in named if cell and tag_of(name)]
    return [(tag_of(name), cell) for name, cell in sorted(known, key=lambda n: tag_rank(n[0]))]


def _written(rows: Iterable[Iterable[str]]) -> bytes:
    """Rows as a table of their own, which reads back to the same record."""
    table = io.StringIO()
    csv.writer(table, lineterminator="\n").writerows(rows)
    return table.getvalue().encode()
