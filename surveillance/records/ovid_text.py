"""Ovid's text exports → records: tagged (“Reprint/Medlars”, Citavi, EndNote) and labelled.

Both number their records (`<1>`, `<1. >`). The tagged one writes `UI  - 123`, the labelled one a
field's name on a line and its values indented below. Ovid, "Field guides": a tag means the same
in each of its databases, except where it is marked here.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator

from surveillance.records.columns import tag_of
from surveillance.records.ovid_source import read_source
from surveillance.records.payload import Captured
from surveillance.records.ris_fields import read_fields
from surveillance.records.tagged import TaggedRecord
from surveillance.records.text import NumberedLine, UnreadLine, UnreadLines, numbered_lines

TAGGED = "text/x-ovid-tagged"
LABELLED = "text/x-ovid-labelled"

_NUMBER = re.compile(r"^<\s?\d+\s?\.?\s?>\s*$")
_TAG = re.compile(r"^([A-Z][A-Z0-9]) {1,2}-(?:\s+(.*)|)$")
#: A line of the labelled export that can be a field's name; a sentence is none.
_LABEL = re.compile(r"^[A-Z][\w /()&,'-]{0,60}$")

#: Ovid's tag → RIS tag. Others are kept in the payload.
_TAGS = {
    "UI": "AN", "AN": "AN", "DB": "DB", "TI": "TI", "TT": "TT", "OT": "TT", "AU": "AU",
    "CA": "AU", "SO": "SO", "JN": "JF", "JT": "JF", "JA": "JA", "TA": "JA", "VO": "VL",
    "VI": "VL", "IP": "IS", "PG": "SP", "YR": "PY", "DP": "PY", "IS": "SN", "DO": "DO",
    "DI": "DO", "AB": "AB", "LG": "LA", "PT": "PT", "MH": "KW", "HW": "KW", "KW": "KW",
    "OD": "KW", "KF": "KW", "PM": "PM", "SI": "CN", "CN": "CN", "CTN": "CN", "UR": "UR",
    "XL": "UR",
}  # fmt: skip
#: Names of the labelled export that no vendor's table has for a column.
_LABELS = {
    "Author": "AU", "Authors": "AU", "Corporate Author": "AU", "Group Author": "AU",
    "Source": "SO", "PMID": "PM", "Unique Identifier": "AN", "DOI Number": "DO",
    "Title of Article": "TI", "Chapter Title": "TI", "Original Title": "TT",
    "Vernacular Title": "TT",
    "MeSH Subject Headings": "KW", "Subject Headings": "KW", "Subject Heading": "KW",
    "Keyword Heading": "KW", "Emtree Heading": "KW", "Heading Words": "KW",
    "Clinical Trial Number": "CN", "Secondary Source ID": "CN",
    "Link to the Ovid Full Text or citation": "UR",
}  # fmt: skip

#: Fields whose values stand in a row, divided by semicolons.
_IN_A_ROW = frozenset({"AU", "KW", "PT", "LA"})
#: “Holstiege, Jakob 1”, “Okoye A. RN; PhD”, “Max [Ed]”: affiliation's number, degree, role.
_BESIDE_NAME = re.compile(r"(?:\s+\d+(?:,\s?\d+)*|\s*\[[^\]]{0,40}\])+$")
_DEGREE = re.compile(r"^(?:[A-Z][A-Za-z]{0,3}[A-Z][A-Za-z]{0,2}(?:[- ]\w+)?(?:\s+\d+)?|MS|MA|BA)$")


def read_ovid_tagged(
    text: str, *, source: str
) -> tuple[tuple[Captured, ...], tuple[UnreadLine, ...]]:
    """The records of Ovid's tagged text, and the lines that were not read."""
    unread = UnreadLines()
    blocks = _tagged_blocks(numbered_lines(text), unread)
    return _captured(blocks, source, TAGGED, unread), unread.in_order()


def read_ovid_labelled(
    text: str, *, source: str
) -> tuple[tuple[Captured, ...], tuple[UnreadLine, ...]]:
    """The records of Ovid's labelled text, and the lines that were not read."""
    unread = UnreadLines()
    blocks = _labelled_blocks(numbered_lines(text), unread)
    return _captured(blocks, source, LABELLED, unread), unread.in_order()


def _captured(
    blocks: Iterable[TaggedRecord], source: str, media_type: str, unread: UnreadLines
) -> tuple[Captured, ...]:
    captured = []
    for block in blocks:
        content = "\n".join(f"{item.tag}: {item.text}" for item in block.fields)
        if record := read_fields(_values(block, media_type), source, content):
            captured.append(Captured(record, block.payload(media_type)))
        else:
            unread.leave(block.begins, "a record with neither title nor number")
    return tuple(captured)


def _tagged_blocks(lines: Iterable[NumberedLine], unread: UnreadLines) -> Iterator[TaggedRecord]:
    """A record runs to the next number, or where there are none to the next UI.

    Ovid wraps long fields, indented or not; after a blank line only an indented one goes on.
    """
    block: TaggedRecord | None = None
    blank = False
    for line in lines:
        found = _TAG.match(line.text)
        begins = _NUMBER.match(line.text) or (
            found and found[1] in ("UI", "VN") and (block is None or _has(block, found[1]))
        )
        if begins:
            if block and block.fields:
                yield block
            block = TaggedRecord(line)
        if block and found:
            block.add(found[1], found[2] or "", line)
        elif begins and block:
            block.printed.append(line.text)
        elif block and block.fields and line.text.strip() and _goes_on(line, blank):
            block.join(line)
        else:
            _leave(block, line, unread)
        blank = not line.text.strip()
    if block and block.fields:
        yield block


def _has(block: TaggedRecord, tag: str) -> bool:
    return any(item.tag == tag for item in block.fields)


def _goes_on(line: NumberedLine, after_blank: bool) -> bool:
    return not after_blank or line.text.startswith("  ")


def _labelled_blocks(lines: Iterable[NumberedLine], unread: UnreadLines) -> Iterator[TaggedRecord]:
    """A name stands at the margin, its values are indented."""
    block: TaggedRecord | None = None
    for line in lines:
        if _NUMBER.match(line.text):
            if block and block.fields:
                yield block
            block = TaggedRecord(line, [line.text])
        elif block and line.text[:1].isspace() and line.text.strip() and block.fields:
            block.join(line)
        elif block and _LABEL.match(line.text.rstrip()):
            block.add(line.text.strip(), "", line)
        else:
            _leave(block, line, unread)
    if block and block.fields:
        yield block


def _leave(block: TaggedRecord | None, line: NumberedLine, unread: UnreadLines) -> None:
    if not line.text.strip():
        if block:
            block.printed.append(line.text)
    elif block:
        block.leave(line, unread, "it is part of no field")
    else:
        unread.leave(line, "it stands outside every record")


def _values(block: TaggedRecord, media_type: str) -> dict[str, tuple[str, ...]]:
    values: dict[str, list[str]] = defaultdict(list)
    for item in block.fields:
        if media_type == TAGGED:
            tag, lines = _TAGS.get(item.tag, ""), [item.text]
        else:
            tag = _LABELS.get(item.tag) or tag_of(item.tag)
            lines = item.lines if tag in _IN_A_ROW else [item.text]
        if tag:
            values[tag] += [value for line in lines for value in _divided(tag, line)]
    for tag, text in read_source(" ".join(values.pop("SO", []))).items():
        values.setdefault(tag, [text])
    values.setdefault("TY", ["JOUR"])
    values["KW"] = list(dict.fromkeys(values["KW"]))
    return {tag: tuple(texts) for tag, texts in values.items() if texts}


def _divided(tag: str, line: str) -> list[str]:
    """The values of a line; “-” stands for none, and Ovid ends short ones with a full stop."""
    if tag == "AU":
        return _names(line)
    parts = line.split(";") if tag in _IN_A_ROW else [line]
    cut = "" if tag in ("TI", "TT", "AB", "SO") else "."
    return [text for part in parts if (text := part.strip().rstrip(cut or None)) not in ("", "-")]


def _names(line: str) -> list[str]:
    names = (_BESIDE_NAME.sub("", part.strip()) for part in line.split(";"))
    return [name for name in names if name not in ("", "-") and not _DEGREE.match(name)]
