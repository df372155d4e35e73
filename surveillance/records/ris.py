"""RIS files as databases really write them → records, and the lines that belong to none.

rispy reads the tags of one clean record. Cutting the file into records is ours, because
exports break the format (source-facts, "Files"): text after `ER` and between records, wrapped
lines, one space instead of two, a last record without its end.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Iterator
from string import ascii_uppercase, digits

import rispy

from surveillance.records.carried import taken_back
from surveillance.records.model import Record
from surveillance.records.payload import Captured
from surveillance.records.ris_fields import read_fields
from surveillance.records.tagged import TaggedRecord
from surveillance.records.text import NumberedLine, UnreadLine, UnreadLines, numbered_lines

MEDIA_TYPE = "application/x-research-info-systems"

#: Tags whose text runs over several lines in real exports; after any other, a line without a
#: tag is a stray one.
_WRAPPED = frozenset(["AB", "N2", "N1", "TI", "T1", "T2", "TT", "AD", "C1", "A1", "AU", "UR", "L2"])
#: The tag in which an export of this program carries what RIS cannot say.
CARRIED = "U5"
#: Tags that EndNote writes once, with one value a line.
_LISTED = frozenset(["KW", "LA", "SN"])

# What vendors print between records and says nothing of them: Ovid its numbers (“<12>”, “12.”),
# the Cochrane Library a heading of three lines.
_BANNER = re.compile(
    r"^\s*(?:<?\s*\d+\s*[.>]?\s*>?"
    r"|Record #\d+ of \d+|Provider: .{1,80}|Content:\s?text/plain; charset=.{1,20})\s*$"
)
_TWO_SPACES = re.compile(r"^\s{0,2}([A-Z][A-Z0-9]) {2}-\s*(.*)$")
_ONE_SPACE = re.compile(r"^\s{0,2}([A-Z][A-Z0-9]) -(?:\s+(.*)|)$")
_START = re.compile(r"^\s{0,2}TY {1,2}-", re.MULTILINE)

_TAGS = {
    first + second: first + second
    for first, second in itertools.product(ascii_uppercase, ascii_uppercase + digits)
}


def read_ris(text: str, *, source: str) -> tuple[tuple[Captured, ...], tuple[UnreadLine, ...]]:
    """The records of a RIS text under the name of `source`, and the lines that were not read.

    A record without an accession number gets the hash of its content as identifier. What an export
    of this program carries counts as it was, under its own sources.
    """
    unread = UnreadLines()
    captured: list[Captured] = []
    for block in _blocks(numbered_lines(text), _tag_line(text), unread):
        pieces = (item.text for item in block.fields if item.tag == CARRIED)
        if carried := taken_back(pieces, block.begins, unread):
            captured += carried
        elif record := _record(block, source):
            captured.append(Captured(record, block.payload(MEDIA_TYPE)))
        else:
            unread.leave(block.begins, "a record with neither title nor number")
    return tuple(captured), unread.in_order()


def tagged_ris(text: str) -> tuple[tuple[TaggedRecord, ...], tuple[UnreadLine, ...]]:
    """The records of a RIS text tag by tag, with their lines, and the lines that were not read."""
    unread = UnreadLines()
    return tuple(_blocks(numbered_lines(text), _tag_line(text), unread)), unread.in_order()


def looks_like_ris(text: str) -> bool:
    """Whether a record of RIS begins somewhere in this text."""
    return _START.search(text) is not None


def ris_fields(text: str) -> list[tuple[str, str]]:
    """Tag and text of every field of the first record of a RIS text, in its order."""
    blocks = _blocks(numbered_lines(text), _tag_line(text), UnreadLines())
    block = next(blocks, None)
    return [(item.tag, item.text) for item in block.fields] if block else []


def _tag_line(text: str) -> re.Pattern[str]:
    """How this file writes a tag: the standard's two spaces, or one throughout."""
    first = _START.search(text)
    return _ONE_SPACE if first and first[0].endswith("TY -") else _TWO_SPACES


def _blocks(
    lines: Iterable[NumberedLine], tag_line: re.Pattern[str], unread: UnreadLines
) -> Iterator[TaggedRecord]:
    block: TaggedRecord | None = None
    for line in lines:
        found = tag_line.match(line.text)
        tag = found[1] if found else ""
        if tag == "TY":
            if block:
                yield block
            block = TaggedRecord(line)
        if block is None:
            _leave(line, unread)
        elif tag == "ER":
            block.printed.append(line.text)
            yield block
            block = None
        elif found:
            block.add(tag, found[2] or "", line)
        else:
            _continue(block, line, unread)
    if block:
        unread.leave(block.begins, "the last record has no end (ER) but is kept")
        yield block


def _leave(line: NumberedLine, unread: UnreadLines) -> None:
    if line.text.strip() and not _BANNER.match(line.text):
        unread.leave(line, "it stands outside every record")


def _continue(block: TaggedRecord, line: NumberedLine, unread: UnreadLines) -> None:
    if not line.text.strip():
        block.printed.append(line.text)
    elif (tag := block.fields[-1].tag) in _WRAPPED:
        block.join(line)
    elif tag in _LISTED:
        block.add(tag, line.text, line)
    else:
        block.leave(line, unread, "it has no tag")


def _record(block: TaggedRecord, source: str) -> Record | None:
    clean = [f"{item.tag}  - {item.text}" for item in block.fields]
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
