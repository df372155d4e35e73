"""A file of records in whatever format it is, told by its content, never by its name."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from surveillance.errors import Place, UnreadableInput
from surveillance.records.bounded import open_records
from surveillance.records.payload import Captured
from surveillance.records.text import UnreadLine, read_text_records

#: How far a document's first element may stand behind comments and declarations.
_XML_HEAD = 4_096
_XML_ROOT = re.compile(rb"<([A-Za-z][\w:.-]*)")
_ZIP = b"PK\x03\x04"
_ENDNOTE_ROOTS = (b"xml", b"records", b"record")
#: UTF-16's marks and zeros, and UTF-8's mark: looked through to see how a file begins.
_BESIDE_ASCII = b"\xff\xfe\x00\xef\xbb\xbf"

_Read = tuple[tuple[Captured, ...], tuple[UnreadLine, ...]]


@dataclass(frozen=True, slots=True)
class ReadRecords:
    """The records of a file and the lines that belong to none.

    Records of PubMed XML are read as they are asked for, once; reading them may still raise
    `UnreadableInput`. Deletions in such a file are left to who applies update files.
    """

    captured: Iterable[Captured]
    unread: tuple[UnreadLine, ...] = ()


def read_records(path: Path, *, source: str = "file") -> ReadRecords:
    """The records of any format in docs/formats.md; a file may be gzipped.

    `source` names the source of records that don't say theirs (all but PubMed's own). Raises
    `UnreadableInput` where the file is missing, damaged, too large, in no known format, or
    holds no record.
    """
    if _is_archive(path):
        return _checked(path, _xlsx(path, source))
    root = _xml_root(path)
    if root in _ENDNOTE_ROOTS:
        return _checked(path, _endnote(path, source))
    if root:
        return ReadRecords(_pubmed_entries(path))
    try:
        text = read_text_records(path)
        return _checked(path, _read_text(text, source, path))
    except UnreadableInput as fault:
        raise _placed(fault, path) from None


def _is_archive(path: Path) -> bool:
    """Whether a file begins as a ZIP does: a workbook of Excel, or something that is refused."""
    with open_records(path) as stream:
        return stream.read(len(_ZIP)) == _ZIP


def _xlsx(path: Path, source: str) -> _Read:
    from surveillance.records.csv_records import read_rows  # noqa: PLC0415
    from surveillance.records.xlsx import xlsx_rows  # noqa: PLC0415

    try:
        return read_rows(xlsx_rows(path), source=source)
    except UnreadableInput as fault:
        raise _placed(fault, path) from None


def _xml_root(path: Path) -> bytes:
    """The first element of an XML document; `<12>`, Ovid's record number, begins none."""
    with open_records(path) as stream:
        head = stream.read(_XML_HEAD)
    start = head.translate(None, _BESIDE_ASCII).lstrip()
    if not re.match(rb"<[A-Za-z!?]", start):
        return b""
    found = _XML_ROOT.search(re.sub(rb"<!--.*?-->", b"", start, flags=re.DOTALL))
    return found[1] if found else b"?"


def _pubmed_entries(path: Path) -> Iterator[Captured]:
    from surveillance.records.pubmed_xml import read_pubmed_xml  # noqa: PLC0415 - lxml, if needed

    with open_records(path) as stream:
        for entry in read_pubmed_xml(stream, name=path):
            if isinstance(entry, Captured):
                yield entry


def _endnote(path: Path, source: str) -> _Read:
    from surveillance.records import endnote_xml  # noqa: PLC0415

    with open_records(path, limit=endnote_xml.MAX_BYTES) as stream:
        return endnote_xml.read_endnote_xml(stream, source=source, name=path)


def _read_text(text: str, source: str, path: Path) -> _Read:
    """Read with the reader of the format, which is imported only now: commands start fast."""
    from surveillance.records.detection import format_of  # noqa: PLC0415

    reader = _READERS.get(format_of(text))
    if reader is None:
        raise _unknown(text, path)
    return reader(text, source)


def _ris(text: str, source: str) -> _Read:
    from surveillance.records.ris import read_ris  # noqa: PLC0415

    return read_ris(text, source=source)


def _medline(text: str, _source: str) -> _Read:
    from surveillance.records.medline import read_medline  # noqa: PLC0415

    return read_medline(text)


def _json_lines(text: str, _source: str) -> _Read:
    from surveillance.records.json_lines import read_json_lines  # noqa: PLC0415

    return read_json_lines(text)


def _eppi_json(text: str, source: str) -> _Read:
    from surveillance.records.eppi_json import read_eppi_json  # noqa: PLC0415

    return read_eppi_json(text, source=source)


def _ovid_tagged(text: str, source: str) -> _Read:
    from surveillance.records.ovid_text import read_ovid_tagged  # noqa: PLC0415

    return read_ovid_tagged(text, source=source)


def _ovid_labelled(text: str, source: str) -> _Read:
    from surveillance.records.ovid_text import read_ovid_labelled  # noqa: PLC0415

    return read_ovid_labelled(text, source=source)


def _csv(text: str, source: str) -> _Read:
    from surveillance.records.csv_records import read_csv  # noqa: PLC0415

    return read_csv(text, source=source)


def _csv_by_rows(text: str, source: str) -> _Read:
    from surveillance.records.csv_records import read_csv_by_rows  # noqa: PLC0415

    return read_csv_by_rows(text, source=source)


_READERS: dict[str, Callable[[str, str], _Read]] = {
    "ris": _ris,
    "medline": _medline,
    "eppi-json": _eppi_json,
    "json-lines": _json_lines,
    "ovid-tagged": _ovid_tagged,
    "ovid-labelled": _ovid_labelled,
    "csv": _csv,
    "csv-by-rows": _csv_by_rows,
}


def _checked(path: Path, read: _Read) -> ReadRecords:
    captured, unread = read
    if not captured:
        reason, line = (unread[0].reason, unread[0].line) if unread else ("it is empty", 1)
        raise UnreadableInput(f"no record could be read: {reason}.", place=Place(path, line, 1))
    return ReadRecords(captured, unread)


def _unknown(text: str, path: Path) -> UnreadableInput:
    from surveillance.records.columns import columns_of  # noqa: PLC0415

    hint = "Export as RIS, NBIB, PubMed XML, EndNote XML, Ovid's tagged text, CSV or XLSX."
    first = next((line.strip() for line in text.splitlines() if line.strip()), "")
    columns = columns_of(first)
    if not first:
        says = "the file is empty."
    elif len(columns) > 2:
        names = ", ".join(name[:30] for name in columns[:8])
        says = f"this is a table, but no column is a title: {names}."
        hint = "Name the columns in its first row: title, authors, year, journal, doi, abstract."
    else:
        says = f"this is no format that is read here; it begins “{first[:60]}”."
    return UnreadableInput(says, place=Place(path, 1, 1), hint=hint)


def _placed(fault: UnreadableInput, path: Path) -> UnreadableInput:
    """The fault with the file's name: readers of text know its lines, not where it came from."""
    place = fault.place
    if place is None:
        return UnreadableInput(fault.message, place=Place(path), hint=fault.hint)
    placed = Place(path, place.line, place.column)
    return UnreadableInput(fault.message, place=placed, hint=fault.hint)
