"""RIS files as databases really write them → records, and the lines that belong to none.

rispy reads the tags of one clean record. Cutting the file into records is ours, because
exports break the format (source-facts, "Files"): text after `ER` and between records, wrapped
lines, one space instead of two, a last record without its end.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from string import ascii_uppercase, digits

import rispy

from surveillance.records.model import Record
from surveillance.records.payload import Captured, Payload
from surveillance.records.ris_fields import read_fields
from surveillance.records.text import NumberedLine, UnreadLine, numbered_lines

MEDIA_TYPE = "application/x-research-info-systems"

#: Tags whose text runs over several lines in real exports; after any other, a line without a
#: tag is a stray one.
_WRAPPED = frozenset(
    ["AB", "N2", "N1", "TI", "T1", "T2", "TT", "KW", "AD", "C1", "A1", "AU", "UR", "L2"]
)

# Ovid numbers its records between them: “<12>”, “12.”
_RECORD_NUMBER = re.compile(r"^\s*<?\s*\d+\s*[.>]?\s*>?\s*$")
_TWO_SPACES = re.compile(r"^\s{0,2}([A-Z][A-Z0-9]) {2}-(?:\s+(.*)|)$")
_ONE_SPACE = re.compile(r"^\s{0,2}([A-Z][A-Z0-9]) -(?:\s+(.*)|)$")
_START = re.compile(r"^\s{0,2}TY {1,2}-", re.MULTILINE)

_TAGS = {
    first + second: first + second
    for first, second in itertools.product(ascii_uppercase, ascii_uppercase + digits)
}


@dataclass(slots=True)
class _Block:
    """The lines of one record while the file is read: tag and text, wrapped lines joined."""

    begins: int
    printed: list[str]
    tagged: list[tuple[str, str]] = field(default_factory=list)

    def join(self, text: str) -> None:
        tag, before = self.tagged[-1]
        self.tagged[-1] = (tag, f"{before} {text.strip()}".strip())


def is_ris(text: str) -> bool:
    """Whether the text has the first line of a RIS record."""
    return _START.search(text) is not None


def read_ris(text: str, *, source: str) -> tuple[tuple[Captured, ...], tuple[UnreadLine, ...]]:
    """The records of a RIS text under the name of `source`, and the lines that were not read.

    A record without an accession number gets the hash of its content as identifier.
    """
    unread: list[UnreadLine] = []
    captured = []
    for block in _blocks(numbered_lines(text), _tag_line(text), unread):
        if record := _record(block, source):
            payload = Payload("\n".join(block.printed).encode(), MEDIA_TYPE)
            captured.append(Captured(record, payload))
        else:
            unread.append(
                UnreadLine(block.begins, block.printed[0], "a record with neither title nor number")
            )
    return tuple(captured), tuple(sorted(unread, key=lambda line: line.line))


def _tag_line(text: str) -> re.Pattern[str]:
    """How this file writes a tag: the standard's two spaces, or one throughout."""
    first = _START.search(text)
    return _ONE_SPACE if first and first[0].endswith("TY -") else _TWO_SPACES


def _blocks(
    lines: list[NumberedLine], tag_line: re.Pattern[str], unread: list[UnreadLine]
) -> Iterator[_Block]:
    block: _Block | None = None
    for line in lines:
        found = tag_line.match(line.text)
        tag = found[1] if found else ""
        if tag == "TY":
            if block:
                yield block
            block = _Block(line.number, [])
        if block is None:
            _leave(line, unread)
            continue
        block.printed.append(line.text)
        if tag == "ER":
            yield block
            block = None
        elif found:
            block.tagged.append((tag, (found[2] or "").strip()))
        elif line.text.strip():
            _continue(block, line, unread)
    if block:
        unread.append(
            UnreadLine(
                block.begins, block.printed[0], "the last record has no end (ER) but is kept"
            )
        )
        yield block


def _leave(line: NumberedLine, unread: list[UnreadLine]) -> None:
    if line.text.strip() and not _RECORD_NUMBER.match(line.text):
        unread.append(UnreadLine(line.number, line.text[:200], "it stands outside every record"))


def _continue(block: _Block, line: NumberedLine, unread: list[UnreadLine]) -> None:
    if block.tagged[-1][0] in _WRAPPED:
        block.join(line.text)
    else:
        unread.append(UnreadLine(line.number, line.text[:200], "it has no tag"))


def _record(block: _Block, source: str) -> Record | None:
    clean = [f"{tag}  - {text}" for tag, text in block.tagged]
    parsed = rispy.loads(
        "\n".join([*clean, "ER  - "]),
        mapping=_TAGS,
        list_tags=list(_TAGS),
        delimiter_tags_mapping={},
    )[0]
    values = {
        tag: tuple(filter(None, [given] if isinstance(given, str) else given))
        for tag, given in parsed.items()
    }
    return read_fields(values, source, "\n".join(clean))
