"""Text files of databases: decoded whatever their encoding, and cut into lines with numbers."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from surveillance.errors import Place, UnreadableInput
from surveillance.records.bounded import open_records

#: Databases hand out at most some ten thousand records a file; 128 MiB hold ten times that.
MAX_TEXT_BYTES = 128 * 1024**2
#: The longest field seen is an abstract of 40,000 characters; a collaboration's affiliations
#: come on lines of their own.
MAX_FIELD = 1024**2
#: A file of which more than this is not understood is something else.
MAX_UNREAD = 100_000

#: How much of a line is shown of what was not read.
_SHOWN = 200
_UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_BLANKS = re.compile(r"[ \t\r\n]+")
_LINE_END = re.compile(r"\r\n|\r|\n")
#: What stands in no text; tabs and the ends of lines and pages do.
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")
#: Text copied out of a PDF brings single ones along, and DOS ends a file with one.
_CONTROLS_OF_NO_TEXT = 3
_CHARACTERS_FOR_EACH = 100
_BEYOND_ASCII = bytes(range(128, 256))
#: In 254 real records with accents at most 1.3 % of the letters are beyond ASCII; in Russian 70 %.
_SHARE_BEYOND_ASCII = 0.3
_BEYOND_ASCII_AT_MOST = 50
_FORMATS_THAT_ARE_NO_TEXT = {
    "PK\x03\x04": "a ZIP file or a file of Excel or Word",
    "\u00d0\u00cf\u0011\u00e0": "a file of an older Excel or Word",
    "%PDF": "a PDF",
    "{\\rtf": "a Rich Text file",
    "SQLite format 3": "a database",
}


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


class UnreadLines:
    """The lines that a reader left, gathered while it reads; refuses what is nothing but them."""

    def __init__(self) -> None:
        self._lines: list[UnreadLine] = []

    def leave(self, line: NumberedLine, reason: str) -> None:
        """Note that this line was not read; raises `UnreadableInput` when too many were not."""
        if len(self._lines) >= MAX_UNREAD:
            raise UnreadableInput(
                f"more than {MAX_UNREAD:,} lines could not be read; the rest is not tried.",
                place=line_place(line.number),
            )
        self._lines.append(UnreadLine(line.number, line.text[:_SHOWN], reason))

    def in_order(self) -> tuple[UnreadLine, ...]:
        """What was left, in the order of the file."""
        return tuple(sorted(self._lines, key=lambda unread: unread.line))


def line_place(number: int) -> Place:
    """A line of the text being read; who opened the file puts its name there."""
    return Place("the text", number, 1)


def read_text_records(path: Path) -> str:
    """A whole text file; raises `UnreadableInput` where it is missing, damaged or too large."""
    with open_records(path, limit=MAX_TEXT_BYTES, entry_limit=MAX_TEXT_BYTES) as stream:
        content = stream.read()
    text = decode(content)
    refuse_binary(text)
    _refuse_other_scripts(content)
    return text


def refuse_binary(text: str) -> None:
    """Raise `UnreadableInput` with the line where a text is none: NUL or control characters."""
    for start, what in _FORMATS_THAT_ARE_NO_TEXT.items():
        if text.startswith(start):
            raise UnreadableInput(
                f"this is {what}, not text.",
                place=line_place(1),
                hint="Export the records as RIS, or save the table as CSV.",
            )
    binary = _binary_at(text)
    if binary is not None:
        raise UnreadableInput(
            "here stands binary data, not text.",
            place=line_place(len(_LINE_END.findall(text, 0, binary)) + 1),
            hint="Export the file again.",
        )


def _binary_at(text: str) -> int | None:
    """The first NUL, or the control character with which a line has too many.

    A PDF leaves a few in a long abstract ("\x01 74"); in binary data they stand close together.
    """
    end, borne = -1, 0
    for found in _CONTROL.finditer(text):
        if found.start() > end:
            begin = text.rfind("\n", 0, found.start()) + 1
            last = text.find("\n", found.start())
            end = last if last >= 0 else len(text)
            borne = max(_CONTROLS_OF_NO_TEXT, (end - begin) // _CHARACTERS_FOR_EACH)
        borne -= 1
        if found[0] == "\x00" or not borne:
            return found.start()
    return None


def decode(content: bytes) -> str:
    """Text in UTF-8, UTF-16, or Windows-1252.

    Files put together from several exports mix encodings, so what is not UTF-8 as a whole is
    decoded line by line (source-facts, "Files": encodings vary). Measured on real records with
    accents, this is right for every file; charset-normalizer for 0 to 46 of 60 (docs/formats.md).
    """
    if encoding := _utf_16(content):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            raise UnreadableInput("the file says it is UTF-16, but it is cut short.") from None
    content = content.removeprefix(codecs.BOM_UTF8)
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        return "".join(map(_decode_line, content.splitlines(keepends=True)))


def _refuse_other_scripts(content: bytes) -> None:
    """Raise `UnreadableInput` where lines are not UTF-8 and too full of letters beyond ASCII for
    Windows-1252: Cyrillic, Greek or Chinese in an encoding that cannot be told for certain."""
    if _utf_16(content):
        return
    foreign = [line for line in content.splitlines() if not line.isascii() and not _utf_8(line)]
    beyond = sum(len(line) - len(line.translate(None, _BEYOND_ASCII)) for line in foreign)
    if beyond > _BEYOND_ASCII_AT_MOST and beyond > sum(map(len, foreign)) * _SHARE_BEYOND_ASCII:
        raise UnreadableInput(
            "the file is not UTF-8, its letters are not Latin, and its encoding cannot be told.",
            place=line_place(content.splitlines().index(foreign[0]) + 1),
            hint="Open it in the program it comes from and save it as UTF-8.",
        )


def _utf_8(line: bytes) -> bool:
    try:
        line.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _utf_16(content: bytes) -> str:
    """UTF-16 by its mark; without one, where every other byte of the beginning is zero."""
    if content.startswith(_UTF_16):
        return "utf-16"
    head = content[:16]
    for encoding, letters, zeros in (
        ("utf-16-le", head[::2], head[1::2]),
        ("utf-16-be", head[1::2], head[::2]),
    ):
        if len(head) >= 8 and not any(zeros) and letters.isascii() and 0 not in letters:
            return encoding
    return ""


def _decode_line(line: bytes) -> str:
    return line.decode("utf-8") if _utf_8(line) else line.decode("cp1252", errors="replace")


def numbered_lines(text: str) -> Iterator[NumberedLine]:
    """The lines of a text. Only CR and LF end a line: NEL or U+2028 occur inside abstracts.

    Marks of UTF-8 that stand where files were put together are taken off. Raises
    `UnreadableInput` for a line that no field can be.
    """
    begins = 0
    ends = (found.span() for found in _LINE_END.finditer(text))
    for number, (end, after) in enumerate(_with_last(ends, len(text)), 1):
        if end - begins > MAX_FIELD:
            raise too_long(number, text[begins : begins + 40])
        yield NumberedLine(number, text[begins:end].lstrip("\ufeff"))
        begins = after


def on_one_line(text: str) -> str:
    """Text that a table's cell or an element of XML breaks into lines or sets off with blanks."""
    return _BLANKS.sub(" ", text).strip()


def too_long(line: int, begins_with: str) -> UnreadableInput:
    """The error for a field beyond `MAX_FIELD`, named by its line and its beginning."""
    return UnreadableInput(
        f"the field “{begins_with.strip()}…” has more than {MAX_FIELD:,} characters, "
        "and no record has such a field; the file is not read.",
        place=line_place(line),
    )


def _with_last(spans: Iterable[tuple[int, int]], length: int) -> Iterator[tuple[int, int]]:
    yield from spans
    yield (length, length)
