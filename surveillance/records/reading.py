"""A file of records in whatever format it is, told by its content, never by its name."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from surveillance.errors import Place, UnreadableInput
from surveillance.records.bounded import open_records
from surveillance.records.payload import Captured
from surveillance.records.text import UnreadLine, read_text_records

#: Where the first record of a text format must begin: exports open with a few lines of their own.
_HEAD = 65_536


@dataclass(frozen=True, slots=True)
class ReadRecords:
    """The records of a file and the lines that belong to none.

    Records of PubMed XML are read as they are asked for, once; reading them may still raise
    `UnreadableInput`. Deletions in such a file are left to who applies update files.
    """

    captured: Iterable[Captured]
    unread: tuple[UnreadLine, ...] = ()


def read_records(path: Path, *, source: str = "file") -> ReadRecords:
    """The records of PubMed XML, NBIB (both may be gzipped), RIS or JSON lines.

    `source` names the source of RIS records, which don't say theirs. Raises `UnreadableInput`
    where the file is missing, damaged, too large, in no known format, or holds no record.
    """
    if _is_xml(path):
        return ReadRecords(_pubmed_entries(path))
    text = _text(path)
    captured, unread = _read_text(text, source, path)
    if not captured:
        raise _nothing_read(path, unread)
    return ReadRecords(captured, unread)


def _is_xml(path: Path) -> bool:
    with open_records(path) as stream:
        return stream.read(512).removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"<")


def _text(path: Path) -> str:
    try:
        return read_text_records(path)
    except UnreadableInput as fault:
        raise UnreadableInput(fault.message, place=fault.place or Place(path)) from None


def _pubmed_entries(path: Path) -> Iterator[Captured]:
    from surveillance.records.pubmed_xml import read_pubmed_xml  # noqa: PLC0415 - lxml, if needed

    with open_records(path) as stream:
        for entry in read_pubmed_xml(stream, name=path):
            if isinstance(entry, Captured):
                yield entry


def _read_text(
    text: str, source: str, path: Path
) -> tuple[tuple[Captured, ...], tuple[UnreadLine, ...]]:
    """Each format's reader is imported when a file of it comes: the command line starts fast."""
    from surveillance.records import json_lines, medline, ris  # noqa: PLC0415

    head = text[:_HEAD]
    if head.lstrip().startswith("{"):
        return json_lines.read_json_lines(text)
    if ris.is_ris(head):
        return ris.read_ris(text, source=source)
    if medline.is_medline(head):
        return medline.read_medline(text)
    raise UnreadableInput(
        "this is no format that is read here." if text.strip() else "the file is empty.",
        place=Place(path, 1, 1),
        hint="Export as RIS, NBIB, PubMed XML or JSON lines.",
    )


def _nothing_read(path: Path, unread: tuple[UnreadLine, ...]) -> UnreadableInput:
    first = unread[0]
    return UnreadableInput(
        f"no record could be read: {first.reason}.", place=Place(path, first.line, 1)
    )
