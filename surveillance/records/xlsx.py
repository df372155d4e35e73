"""Workbooks of Excel (XLSX) → the rows of their first sheet of records, within limits.

openpyxl reads one row at a time. Before it sees anything, the archive is looked through: how much
its parts unpack to, how many there are, and that none declares a document type, so that no entity
is ever resolved. What stands in other sheets is not read.
"""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

from surveillance.errors import Place, UnreadableInput
from surveillance.records.columns import HEADER_WITHIN, header_among
from surveillance.records.text import MAX_FIELD

#: A workbook of 50,000 reports with abstracts unpacks to some 200 MB.
MAX_BYTES = 512 * 1024**2
#: Workbooks compress to a tenth; small parts of blanks to less.
MAX_RATIO, FREE_BYTES = 200, 32 * 1024**2
#: Marks that open or close an element, in all parts together: what is held in memory of a part
#: takes many times its text. A workbook of 50,000 reports has 22 million.
MAX_TAGS = 40_000_000
#: Sheets, styles, links: a workbook of a hundred sheets has some 300 parts.
MAX_PARTS = 2_000
#: What is read of a sheet: rows, and cells with the empty ones between them.
MAX_ROWS, MAX_CELLS = 200_000, 20_000_000

ZIP = b"PK\x03\x04"
_WORKBOOK = "xl/workbook.xml"
_FORBIDDEN = (b"<!DOCTYPE", b"<!ENTITY")
_CHUNK = 1024**2
#: How XML begins that is not ASCII below the surface, where a document type would not be seen.
_WIDE = (b"\xff\xfe", b"\xfe\xff", b"\x00", b"<\x00")
_DAMAGE = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError)

Rows = Iterator[tuple[int, Sequence[str]]]


def xlsx_rows(path: Path) -> Rows:
    """The rows of the first sheet with a header of records, each with its number from 1.

    Raises `UnreadableInput` for what is no workbook, is damaged, too large or has no such sheet.
    """
    _look_through(path)
    yield from _rows(path)


def _look_through(path: Path) -> None:
    try:
        with zipfile.ZipFile(path) as archive:
            _refuse_bombs(archive, path)
            tags = 0
            for part in archive.infolist():
                if part.filename.endswith((".xml", ".rels")):
                    tags += _tags_of(archive, part, path)
                if tags > MAX_TAGS:
                    raise UnreadableInput(
                        f"the workbook has more than {MAX_TAGS:,} tags and is not read.",
                        place=Place(path),
                    )
    except _DAMAGE as fault:
        raise UnreadableInput(
            f"this begins as a file of Excel or Word, a ZIP, and is damaged: {fault}.",
            place=Place(path),
            hint="Save it again in Excel.",
        ) from None


def _refuse_bombs(archive: zipfile.ZipFile, path: Path) -> None:
    parts = archive.infolist()
    if _WORKBOOK not in archive.namelist():
        raise UnreadableInput(
            "this is a ZIP file or a document, and no workbook of Excel.",
            place=Place(path),
            hint="Export the records as RIS, or save the table as XLSX or CSV.",
        )
    # zipfile gives no more of a part than its declared size, so that what is declared counts.
    size = sum(part.file_size for part in parts)
    allowed = min(MAX_BYTES, max(FREE_BYTES, MAX_RATIO * path.stat().st_size))
    if len(parts) > MAX_PARTS or size > allowed:
        raise UnreadableInput(
            f"the workbook unpacks to {size:,} bytes in {len(parts):,} parts and is not read; "
            f"{allowed:,} bytes and {MAX_PARTS:,} parts are.",
            place=Place(path),
        )


def _tags_of(archive: zipfile.ZipFile, part: zipfile.ZipInfo, path: Path) -> int:
    """How many tags a part has; raises `UnreadableInput` where it declares a document type."""
    with archive.open(part) as stream:
        rest, tags = b"", 0
        while chunk := stream.read(_CHUNK):
            text = rest + chunk
            if text.startswith(_WIDE) or any(word in text.upper() for word in _FORBIDDEN):
                raise UnreadableInput(
                    f"the part {part.filename!r:.80} declares a document type or is not UTF-8, "
                    "as no workbook does; the file is not read.",
                    place=Place(path),
                )
            tags += chunk.count(b"<")
            rest = chunk[-16:]
    return tags


def _rows(path: Path) -> Rows:
    # openpyxl takes a quarter of a second to import, and only workbooks need it.
    from openpyxl import load_workbook  # noqa: PLC0415
    from openpyxl.utils.exceptions import InvalidFileException  # noqa: PLC0415

    try:
        # By its content: openpyxl refuses a name that has another ending.
        with path.open("rb") as file:
            book = load_workbook(file, read_only=True, data_only=True, keep_links=False)
            yield from _of_book(book.worksheets, path)
    except UnreadableInput:
        raise
    except (*_DAMAGE, InvalidFileException, KeyError, ValueError, TypeError, SyntaxError) as fault:
        raise UnreadableInput(
            f"the workbook cannot be read: {type(fault).__name__}: {fault}.",
            place=Place(path),
            hint="Save it again in Excel, or as CSV.",
        ) from None


def _of_book(sheets: Iterable[Any], path: Path) -> Rows:
    for sheet in sheets:
        head = [cells for _, cells in _of_sheet(sheet, HEADER_WITHIN, path)]
        if header_among(head):
            yield from _of_sheet(sheet, MAX_ROWS, path)
            return
    raise UnreadableInput(
        "no sheet has a header that names a title and another column.",
        place=Place(path),
        hint="Name the columns in its first row: title, authors, year, journal, doi, abstract.",
    )


def _of_sheet(sheet: Any, most: int, path: Path) -> Rows:
    """The rows that have a cell with something in it; more than `MAX_ROWS` are refused."""
    # What the file says of its own size would have every row filled up to it.
    sheet.reset_dimensions()
    cells = 0
    for number, row in enumerate(sheet.iter_rows(values_only=True), 1):
        cells += len(row)
        if number > most:
            if most < MAX_ROWS:
                return
            raise UnreadableInput(
                f"the sheet has more than {MAX_ROWS:,} rows and is not read.", place=Place(path)
            )
        if cells > MAX_CELLS:
            raise UnreadableInput(
                f"the sheet has more than {MAX_CELLS:,} cells up to row {number:,}.",
                place=Place(path, number),
            )
        texts = [_text(value, number, path) for value in row]
        while texts and not texts[-1]:
            texts.pop()
        if texts:
            yield number, texts


def _text(value: object, row: int, path: Path) -> str:
    """A cell's value as a person reads it."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        value = value.date() if value.time() == datetime.min.time() else value
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    text = str(value).strip()
    if len(text) > MAX_FIELD:
        raise UnreadableInput(
            f"a cell has more than {MAX_FIELD:,} characters; the file is not read.",
            place=Place(path, row),
        )
    return text
