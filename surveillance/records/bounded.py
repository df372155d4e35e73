"""Files from outside opened with limits: gzip seen through, bombs and endless files refused."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Protocol, cast

from isal import igzip, igzip_lib

from surveillance.errors import Place, UnreadableInput

#: NLM's largest files unpack to about 400 MB (pubmed21n1298: 40 MB to 330 MB, 8 : 1).
MAX_BYTES = 4 * 1024**3
#: A compressed file may unpack to this many times its size, once it is larger than `FREE_BYTES`.
MAX_RATIO = 100
FREE_BYTES = 64 * 1024**2
#: Records of the largest collaborations (5,000 authors with affiliations) have some 5 MB; without
#: a limit, one endless entry would fill the memory.
MAX_ENTRY_BYTES = 16 * 1024**2

_GZIP = b"\x1f\x8b"
# What a stream given from elsewhere may be unpacked by, and what we unpack by ourselves.
_DAMAGE = (EOFError, zlib.error, gzip.BadGzipFile, cast(type[Exception], igzip_lib.IsalError))


class Readable(Protocol):
    """Whatever gives bytes: a file, a gzip member, an answer of a source."""

    def read(self, size: int = -1, /) -> bytes: ...


class BoundedStream:
    """A stream that counts what it gave out and ends with an error at its limit.

    `place` is where reading has got to: the file, and line and column of the next byte; `lines`
    are the whole lines before it; `head` is what was given first.
    """

    def __init__(
        self,
        stream: Readable,
        name: Path | str,
        limit: int = MAX_BYTES,
        entry_limit: int = MAX_ENTRY_BYTES,
    ) -> None:
        self._stream = stream
        self._name = name
        self._limit = limit
        self._entry_limit = entry_limit
        self.lines = 0
        self._column = 0
        self._entry_begins = 0
        self.given = 0
        self.head = b""

    def entry_ends(self) -> None:
        """Told by the reader at the end of each entry: what follows belongs to the next."""
        self._entry_begins = self.given

    def read(self, size: int = -1) -> bytes:
        """Up to `size` bytes; raises `UnreadableInput` for damage and past the limit."""
        wanted = self._limit - self.given + 1
        try:
            chunk = self._stream.read(wanted if size < 0 else min(size, wanted))
        except _DAMAGE as fault:
            raise UnreadableInput(
                f"the compressed file is damaged or cut short: {_sentence(fault)}.",
                place=self.place,
                hint="Fetch it again.",
            ) from None
        self._count(chunk)
        return chunk

    def _count(self, chunk: bytes) -> None:
        self.head = self.head or chunk[:1024]
        self.given += len(chunk)
        if self.given > self._limit:
            raise UnreadableInput(
                f"the file unpacks to more than {self._limit:,} bytes and is not read further.",
                place=Place(self._name),
            )
        if self.given - self._entry_begins > self._entry_limit:
            raise UnreadableInput(
                f"one entry is larger than {self._entry_limit:,} bytes and is not read.",
                place=Place(self._name, self.lines + 1),
            )
        newlines = chunk.count(b"\n")
        self.lines += newlines
        tail = len(chunk) - chunk.rfind(b"\n") - 1
        self._column = tail if newlines else self._column + len(chunk)

    @property
    def place(self) -> Place:
        """Where the next byte would stand."""
        return Place(self._name, self.lines + 1, self._column + 1)


@contextmanager
def open_records(
    path: Path, *, limit: int = MAX_BYTES, entry_limit: int = MAX_ENTRY_BYTES
) -> Iterator[BoundedStream]:
    """A file of records, gzip or plain (told by its first bytes), limited in size.

    Raises `UnreadableInput` where there is no such file, or a pipe, which can be read but once;
    reading raises it for damage.
    """
    if path.is_fifo():
        raise UnreadableInput(
            "this is a pipe, and the file is read more than once.",
            place=Place(path),
            hint="Save it as a file first.",
        )
    try:
        with path.open("rb") as file:
            stream, allowed = _unpacked(file, path, limit)
            yield BoundedStream(stream, path, allowed, entry_limit)
    except FileNotFoundError:
        raise UnreadableInput("there is no such file.", place=Place(path)) from None
    except IsADirectoryError:
        raise UnreadableInput("this is a folder; name a file.", place=Place(path)) from None
    except PermissionError:
        raise UnreadableInput("you may not read this file.", place=Place(path)) from None


def _unpacked(file: BinaryIO, path: Path, limit: int) -> tuple[Readable, int]:
    packed = file.read(2) == _GZIP
    file.seek(0)
    if not packed:
        return file, limit
    return igzip.IGzipFile(fileobj=file), min(limit, _packed_limit(path))


def _packed_limit(path: Path) -> int:
    return max(FREE_BYTES, MAX_RATIO * path.stat().st_size)


def _sentence(fault: Exception) -> str:
    text = str(fault)
    return text[:1].lower() + text[1:].rstrip(".")
