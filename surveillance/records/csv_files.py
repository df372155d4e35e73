"""Tables of records too large to be held as text: read piece by piece, row by row."""

from __future__ import annotations

import codecs
import io
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from surveillance.errors import Place, UnreadableInput
from surveillance.records.bounded import BoundedStream, open_records
from surveillance.records.columns import Header, header_of
from surveillance.records.csv_records import TableRecord, table_records
from surveillance.records.detection import format_of
from surveillance.records.text import MAX_FIELD, UnreadLines, refuse_binary, too_long

#: So much is read at once; no record is as long.
PIECE = 4 * 1024**2

#: Format and header are told by so many bytes, as `read_records` tells them.
_HEAD = 262_144
#: What stands in no text, looked for without decoding: most files have none of it.
_CONTROL = bytes([*range(9), *range(14, 32), 127])
_MARKS = re.compile("^\ufeff+", re.MULTILINE)
_GZIP = b"\x1f\x8b"


class NotUtf8(Exception):
    """Some of a table is in another encoding; `read_records` finds out which."""


@dataclass(frozen=True, slots=True)
class TableFile:
    """A file that begins as a table of records in UTF-8."""

    path: Path
    header: Header

    @property
    def pieces(self) -> int:
        """About how many pieces it is read in."""
        return -(-_unpacked_size(self.path) // PIECE)

    def read(self, piece: int = PIECE) -> Iterator[bytes]:
        """The file in pieces of whole lines; raises `UnreadableInput` for damage and size."""
        with open_records(self.path) as stream:
            yield from _whole_lines(stream, piece)

    def records(
        self, pieces: Iterable[bytes], unread: UnreadLines, *, source: str = "file"
    ) -> Iterator[TableRecord]:
        """The records in what `read` gives; the rows that are none go to `unread`.

        Raises `UnreadableInput` with the line, and `NotUtf8`.
        """
        try:
            yield from table_records(_lines(pieces), self.header, source=source, unread=unread)
        except UnreadableInput as fault:
            line = fault.place.line if fault.place else None
            place = Place(self.path, line, line and 1)
            raise UnreadableInput(fault.message, place=place, hint=fault.hint) from None


def table_file(path: Path) -> TableFile | None:
    """The table in a file; None where it is something else, whatever its name says."""
    with open_records(path) as stream:
        head = stream.read(_HEAD)
    whole = head if len(head) < _HEAD else head[: head.rfind(b"\n") + 1]
    try:
        text = whole.removeprefix(codecs.BOM_UTF8).decode("utf-8")
    except UnicodeDecodeError:
        return None
    # Binary data and XML are left to `read_records`, which says what is wrong with them.
    if b"\x00" in head or text.lstrip().startswith("<") or format_of(text) != "csv":
        return None
    header = header_of(text)
    return TableFile(path, header) if header else None


def _whole_lines(stream: BoundedStream, size: int) -> Iterator[bytes]:
    rest = b""
    while chunk := stream.read(size):
        piece = rest + chunk
        # A CR at the very end may be the first half of a line's end.
        cut = max(piece.rfind(b"\n"), piece.rfind(b"\r", 0, -1)) + 1
        if len(piece) - cut > 4 * MAX_FIELD:
            raise too_long(stream.lines + 1, piece[cut : cut + 40].decode("utf-8", "replace"))
        if cut:
            yield piece[:cut]
        rest = piece[cut:]
        stream.entry_ends()
    if rest:
        yield rest


def _lines(pieces: Iterable[bytes]) -> Iterator[str]:
    """The lines of a file, ended by LF whatever ended them; NEL or U+2028 end none."""
    number = 0
    for piece in pieces:
        try:
            text = piece.decode("utf-8").replace("\r\n", "\n").replace("\r", "\n")
        except UnicodeDecodeError:
            raise NotUtf8 from None
        if len(piece.translate(None, _CONTROL)) < len(piece):
            _refuse_binary(text, number)
        if "\ufeff" in text:
            text = _MARKS.sub("", text)
        for line in io.StringIO(text, newline="\n"):
            number += 1
            if len(line) > MAX_FIELD:
                raise too_long(number, line[:40])
            yield line


def _refuse_binary(text: str, lines_before: int) -> None:
    """`refuse_binary` in the middle of a file, where no beginning of another format stands."""
    try:
        refuse_binary(f"\n{text}")
    except UnreadableInput as fault:
        line = fault.place.line if fault.place else None
        place = Place("the text", line and line - 1 + lines_before, 1)
        raise UnreadableInput(fault.message, place=place, hint=fault.hint) from None


def _unpacked_size(path: Path) -> int:
    """A file's size; of a gzipped one what its last four bytes say, which nothing rests on."""
    with path.open("rb") as file:
        if file.read(2) != _GZIP:
            return path.stat().st_size
        file.seek(-4, io.SEEK_END)
        return int.from_bytes(file.read(4), "little")
