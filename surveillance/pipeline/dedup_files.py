"""Files of records read under one numbering, and their duplicates found: no store, no network."""

from __future__ import annotations

import io
import os
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from surveillance.dedup.candidates import Entry
from surveillance.errors import Place, UnreadableInput
from surveillance.pipeline.dedup_names import Named, unique_names
from surveillance.records.columns import header_of
from surveillance.records.csv_files import NotUtf8, TableFile, table_file
from surveillance.records.csv_records import MEDIA_TYPE as CSV
from surveillance.records.csv_records import TableRecord, table_records
from surveillance.records.model import Record
from surveillance.records.payload import Captured
from surveillance.records.reading import read_records
from surveillance.records.text import UnreadLine, UnreadLines

if TYPE_CHECKING:
    from surveillance.pipeline.walk import Progress

Item = TypeVar("Item")

#: RIS's own number of a record, where it has no accession number.
_RIS_ID = re.compile(rb"^ID {1,2}- *(\S[^\r\n]*)", re.MULTILINE)
#: Stands for the number of a record that its source gave none.
_HASHED = "sha256:"


@dataclass(frozen=True, slots=True)
class RecordFile:
    """A file's records in their order, what it calls them, and the lines that belong to none."""

    path: Path
    label: str
    records: tuple[Record, ...]
    names: tuple[str, ...]
    unread: tuple[UnreadLine, ...]


@dataclass(frozen=True, slots=True)
class Gathered:
    """The records of all files: entry `n` is called `named.names[n]`."""

    files: tuple[RecordFile, ...]
    entries: tuple[Entry, ...]
    named: Named


@dataclass(frozen=True, slots=True)
class _Watched:
    """Somebody who may be watching, and what of: no name of a file, which could be anything."""

    progress: Progress | None
    what: str

    def follow(self, items: Iterable[Item], total: int) -> Iterable[Item]:
        return self.progress.follow(items, self.what, total) if self.progress else items


def gather(paths: Sequence[Path], progress: Progress | None = None) -> Gathered:
    """Read files of any format in docs/formats.md under one numbering.

    They are taken in the order of their names, so that the order in which they are given decides
    nothing. Raises `UnreadableInput` where one cannot be read or is named twice.
    """
    labels = _labels(paths)
    files = tuple(
        _read(path, label, _Watched(progress, f"Reading file {place} of {len(paths)}"))
        for place, (label, path) in enumerate(sorted(zip(labels, paths, strict=True)), 1)
    )
    named = unique_names([(file.label, file.names) for file in files])
    records = (record for file in files for record in file.records)
    return Gathered(files, tuple(Entry(n, record) for n, record in enumerate(records)), named)


def _labels(paths: Sequence[Path]) -> list[str]:
    """What each file is called: its name, or its whole path where two have the same."""
    met: dict[Path, Path] = {}
    for path in paths:
        if (same := path.resolve()) in met:
            raise UnreadableInput(
                "this file is named twice; all its records would be duplicates.", place=Place(path)
            )
        met[same] = path
    times = Counter(path.name for path in paths)
    chosen = [
        path.name if times[path.name] == 1 else str(resolved) for resolved, path in met.items()
    ]
    # A name in bytes that are no UTF-8 could not be written into the results.
    return [os.fsencode(name).decode("utf-8", "backslashreplace") for name in chosen]


def _read(path: Path, label: str, watched: _Watched) -> RecordFile:
    if table := table_file(path):
        try:
            found = _read_table(table, label, watched)
        except NotUtf8:
            found = None
        if found and found.records:
            return found
    # Also where a table turns out to hold no record: the refusal says why.
    (read,) = watched.follow([path], 1)
    return _read_any(read, label)


def _read_table(table: TableFile, label: str, watched: _Watched) -> RecordFile:
    unread = UnreadLines()
    pieces = watched.follow(table.read(), table.pieces)
    records, names = _apart(table.records(pieces, unread))
    return RecordFile(table.path, label, records, names, unread.in_order())


def _read_any(path: Path, label: str) -> RecordFile:
    found = read_records(path)
    records, names = _apart(TableRecord(item.record, _own_name(item)) for item in found.captured)
    if not records:
        raise UnreadableInput("the file holds no record.", place=Place(path))
    return RecordFile(path, label, records, names, found.unread)


def _apart(items: Iterable[TableRecord]) -> tuple[tuple[Record, ...], tuple[str, ...]]:
    """Records and names, one by one: a million pairs of them would take the room of a file."""
    records: list[Record] = []
    names: list[str] = []
    for item in items:
        records.append(item.record)
        names.append(item.name)
    return tuple(records), tuple(names)


def _own_name(item: Captured) -> str:
    """What the file itself calls a record: the number in its source, or a running one."""
    if item.payload.media_type == CSV and (name := _name_in_table(item.payload.content.decode())):
        return name
    if not item.record.source_id.startswith(_HASHED):
        return item.record.source_id
    found = _RIS_ID.search(item.payload.content)
    return found[1].decode().strip() if found else ""


def _name_in_table(table: str) -> str:
    """The name in a table of one record; Embase.com's of one field a row has no such column."""
    header = header_of(table)
    if header is None:
        return ""
    rows = table_records(io.StringIO(table), header, source="file", unread=UnreadLines())
    return next((row.name for row in rows), "")
