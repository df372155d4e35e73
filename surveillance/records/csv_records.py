"""Tables of records (CSV, tab-separated) → records, by the names of their columns.

Read by Python's csv module, which follows RFC 4180 and Excel. A row whose cells do not fit the
header is no record: which cell is missing cannot be told.
"""

from __future__ import annotations

import csv
import io
import itertools
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache
from typing import NamedTuple

from surveillance.errors import UnreadableInput
from surveillance.records.carried import taken_back
from surveillance.records.cells import as_it_was
from surveillance.records.columns import (
    HEADER_WITHIN,
    Header,
    header_among,
    header_of,
    tag_of,
    tag_rank,
)
from surveillance.records.model import Record
from surveillance.records.payload import Captured, Payload
from surveillance.records.ris_fields import FieldReader, Values, read_fields
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
_SHARED = frozenset({"JF", "JA", "T2", "VL", "IS", "PY", "LA", "PT", "SN"})
_SEVERAL = frozenset({"KW", "LA", "PT", "CN"})
_DIVIDER = re.compile(r"[;|\n]")
_AND = re.compile(r"\s+and\s+")
#: “Okoye AB”, “van der Berg C”: PubMed divides such names by commas.
_SHORT_NAME = re.compile(r"^[^\W\d].*\s[A-Z]{1,4}(?: (?:Jr|Sr|2nd|3rd))?\.?$")


#: The texts of a cell, whose ends are stripped.
_ReadCell = Callable[[str], tuple[str, ...]]
#: A column's tag, its place in a row, and how its cells are read.
_Columns = Sequence[tuple[str, int, _ReadCell]]


class TableRecord(NamedTuple):
    """A record of a table, and what the table itself calls it (`record_id`); often nothing."""

    record: Record
    name: str


class _Row(NamedTuple):
    """The cells of a row, and the lines that it stands on."""

    begins: int
    ends: int
    text: str
    cells: tuple[str, ...]

    @property
    def first_line(self) -> NumberedLine:
        return NumberedLine(self.begins, self.text.rstrip("\n"))


def read_csv(text: str, *, source: str) -> tuple[tuple[Captured, ...], tuple[UnreadLine, ...]]:
    """The records of a table with a header, and the rows that are none."""
    header = header_of(text)
    if header is None:
        raise UnreadableInput("no row names a title and another column.", place=line_place(1))
    unread = UnreadLines()
    rows = _rows(_numbered(text), header.delimiter)
    return _read_rows(rows, header, source, unread), unread.in_order()


def read_rows(
    rows: Iterable[tuple[int, Sequence[str]]], *, source: str
) -> tuple[tuple[Captured, ...], tuple[UnreadLine, ...]]:
    """The records of a table whose rows are divided already, each with its number.

    A workbook leaves out the empty cells at a row's end.
    """
    numbered = (_Row(n, n, ", ".join(filter(None, cells)), tuple(cells)) for n, cells in rows)
    head = list(itertools.islice(numbered, HEADER_WITHIN))
    header = header_among([row.cells for row in head])
    if header is None:
        raise UnreadableInput("no row names a title and another column.", place=line_place(1))
    unread = UnreadLines()
    whole = (_filled(row, len(header.names)) for row in itertools.chain(head, numbered))
    return _read_rows(whole, header, source, unread), unread.in_order()


def _filled(row: _Row, columns: int) -> _Row:
    return row._replace(cells=row.cells + ("",) * (columns - len(row.cells)))


def _read_rows(
    rows: Iterator[_Row], header: Header, source: str, unread: UnreadLines
) -> tuple[Captured, ...]:
    columns = _columns(header)
    ours = header.carried
    captured: list[Captured] = []
    for row in _fitting(rows, header, unread):
        # Only our own tables have cells made harmless: a title may begin with an apostrophe.
        cells = tuple(map(as_it_was, row.cells)) if ours else row.cells
        if carried := taken_back((cells[place] for place in ours), row.first_line, unread):
            captured += carried
            continue
        values = _values(cells, columns)
        content = _written([header.names, cells[: len(header.names)]])
        if record := read_fields(values, source, content.decode()):
            captured.append(Captured(record, Payload(content, MEDIA_TYPE)))
        else:
            unread.leave(row.first_line, _NAMELESS)
    return tuple(captured)


def table_records(
    lines: Iterable[str], header: Header, *, source: str, unread: UnreadLines
) -> Iterator[TableRecord]:
    """The records of a table, one by one without their bytes; the rows that are none to `unread`.

    For tables of any size: `lines` are those of the file, ends included. A row that its source
    gave no number is known by a hash of its cells.
    """
    columns = _columns(header)
    reader = FieldReader(_tags_of(columns))
    for row in _fitting(_rows(lines, header.delimiter), header, unread):
        values = _values(row.cells, columns)
        if record := reader.read(values, source, "\n".join(row.cells)):
            yield TableRecord(record, table_name(values))
        else:
            unread.leave(row.first_line, _NAMELESS)


def table_name(values: Values) -> str:
    """What a table calls a record: `record_id` (or `id`, `key`), else its number in its source."""
    texts = values.get("ID") or values.get("AN")
    return texts[0] if texts else ""


def read_csv_by_rows(
    text: str, *, source: str
) -> tuple[tuple[Captured, ...], tuple[UnreadLine, ...]]:
    """The records of Embase.com's table with one field a row, and the rows that are none."""
    unread = UnreadLines()
    captured = []
    for rows in _record_rows(_rows(_numbered(text), ","), unread):
        content = _written([row.cells for row in rows])
        if record := read_fields(_values_of_rows(rows), source, content.decode()):
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
    begins = 1
    try:
        for cells in reader:
            stripped = tuple(map(str.strip, cells))
            if any(stripped):
                yield _Row(begins, reader.line_num, taken[0], stripped)
            begins = reader.line_num + 1
            taken.clear()
    except csv.Error as fault:
        raise UnreadableInput(
            f"the table cannot be read from here on: {fault}.",
            place=line_place(begins),
            hint="Look for a quotation mark without its partner.",
        ) from None


def _fitting(rows: Iterator[_Row], header: Header, unread: UnreadLines) -> Iterator[_Row]:
    """The rows below the header that have its columns; the others are named."""
    _find_header(rows, header, unread)
    columns = len(header.names)
    for row in rows:
        if len(row.cells) == columns or _fits(row, columns):
            yield row
        else:
            unread.leave(row.first_line, _misfit(row, columns))


def _find_header(rows: Iterator[_Row], header: Header, unread: UnreadLines) -> None:
    """Go past the header; “sep=;” before it is Excel's, other rows are named."""
    for row in rows:
        if row.cells == header.names:
            return
        if not row.text.startswith("sep="):
            unread.leave(row.first_line, "it stands before the header")


def _fits(row: _Row, columns: int) -> bool:
    """Empty cells behind the header's end are let pass."""
    return len(row.cells) >= columns and not any(row.cells[columns:])


def _misfit(row: _Row, columns: int) -> str:
    lines = "" if row.ends == row.begins else f", up to line {row.ends}"
    return f"a row of {len(row.cells)} cells where the header has {columns}{lines}"


def _columns(header: Header) -> _Columns:
    """The columns that have a tag; what repeats in many rows is kept, and read once.

    It is one object, too: a million journals take the room of some.
    """
    return [
        (tag, place, cache(_cell_reader(tag)) if tag in _SHARED else _cell_reader(tag))
        for tag, place in header.tagged
    ]


def _tags_of(columns: _Columns) -> frozenset[str]:
    """The tags that `_values` may fill out of these columns."""
    tags = {"TY", *(tag for tag, _, _ in columns)}
    return frozenset(tags | {"AN"} if "PM" in tags else tags)


def _values(cells: Sequence[str], columns: _Columns) -> dict[str, tuple[str, ...]]:
    """The cells under their tags, in the order of the columns, each text once."""
    values: dict[str, tuple[str, ...]] = {}
    for tag, place, read in columns:
        if not (cell := cells[place]) or not (texts := read(cell)):
            continue
        if tag in values:
            texts = tuple(dict.fromkeys(values[tag] + texts))
        values[tag] = texts
    if "PM" in values and "AN" not in values and "ID" not in values:
        values["AN"] = values["PM"]
    values["TY"] = ("JOUR",)
    return values


def _cell_reader(tag: str) -> _ReadCell:
    if tag == "AU":
        return _names
    return _divided if tag in _SEVERAL else _whole


def _whole(cell: str) -> tuple[str, ...]:
    # A look is cheaper than a search, and most cells stand on one line.
    if "  " in cell or "\n" in cell or "\t" in cell or "\r" in cell:
        return (on_one_line(cell),)
    return (cell,)


def _divided(cell: str) -> tuple[str, ...]:
    return _distinct(cell, _DIVIDER.split(cell))


def _names(cell: str) -> tuple[str, ...]:
    """Names divided by semicolons, “and”, bars or lines, or PubMed's by commas."""
    return _distinct(cell, _name_parts(cell))


def _name_parts(cell: str) -> list[str]:
    # Most tables know semicolons only, and these need no search.
    parts = _DIVIDER.split(cell) if "|" in cell or "\n" in cell else cell.split(";")
    if len(parts) > 1:
        return parts
    if "and" in cell and len(parts := _AND.split(cell)) > 1:
        return parts
    parts = [part.strip() for part in cell.removesuffix(".").split(",")]
    return parts if all(map(_SHORT_NAME.match, parts)) else [cell]


def _distinct(cell: str, parts: Iterable[str]) -> tuple[str, ...]:
    """The parts of a cell that are not empty, on one line each, and each once."""
    texts = map(str.strip, parts)
    if "  " in cell or "\n" in cell or "\t" in cell or "\r" in cell:
        texts = map(on_one_line, texts)
    return tuple(dict.fromkeys(filter(None, texts)))


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


def _values_of_rows(rows: Iterable[_Row]) -> dict[str, tuple[str, ...]]:
    """The cells of a record under the tags of their rows, those of the tag's first name first."""
    known = [(row.cells[0], cell) for row in rows for cell in row.cells[1:] if tag_of(row.cells[0])]
    known.sort(key=lambda named: tag_rank(named[0]))
    tags = [tag_of(name) for name, _ in known]
    columns = [(tag, place, _cell_reader(tag)) for place, tag in enumerate(tags)]
    return _values([cell for _, cell in known], columns)


def _written(rows: Iterable[Iterable[str]]) -> bytes:
    """Rows as a table of their own, which reads back to the same record."""
    table = io.StringIO()
    csv.writer(table, lineterminator="\n").writerows(rows)
    return table.getvalue().encode()
