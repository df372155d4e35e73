"""Text files of databases: decoded whatever their encoding, and cut into lines with numbers."""

from __future__ import annotations

import codecs
from dataclasses import dataclass
from pathlib import Path

from surveillance.errors import UnreadableInput
from surveillance.records.bounded import open_records

#: Databases hand out at most some ten thousand records a file; 128 MiB hold ten times that.
MAX_TEXT_BYTES = 128 * 1024**2

_UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


@dataclass(frozen=True, slots=True)
class UnreadLine:
    """A line of a file that belongs to no record, and why it was left."""

    line: int
    text: str
    reason: str


@dataclass(frozen=True, slots=True)
class NumberedLine:
    """A line of a file without its end, with its number from 1."""

    number: int
    text: str


def read_text_records(path: Path) -> str:
    """A whole text file; raises `UnreadableInput` where it is missing, damaged or too large."""
    with open_records(path, limit=MAX_TEXT_BYTES, entry_limit=MAX_TEXT_BYTES) as stream:
        return decode(stream.read())


def decode(content: bytes) -> str:
    """Text in UTF-8, UTF-16 (by its mark), or Windows-1252.

    Files put together from several exports mix encodings, so what is not UTF-8 as a whole is
    decoded line by line (source-facts, "Files": encodings vary).
    """
    if content.startswith(_UTF_16):
        try:
            return content.decode("utf-16")
        except UnicodeDecodeError:
            raise UnreadableInput("the file says it is UTF-16, but it is cut short.") from None
    content = content.removeprefix(codecs.BOM_UTF8)
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        return "".join(map(_decode_line, content.splitlines(keepends=True)))


def _decode_line(line: bytes) -> str:
    try:
        return line.decode("utf-8")
    except UnicodeDecodeError:
        return line.decode("cp1252", errors="replace")


def numbered_lines(text: str) -> list[NumberedLine]:
    """The lines of a text. Only CR and LF end a line: NEL or U+2028 occur inside abstracts."""
    unified = text.replace("\r\n", "\n").replace("\r", "\n")
    return [NumberedLine(number, line) for number, line in enumerate(unified.split("\n"), 1)]
