"""Records → RIS: those that came as RIS tag by tag as they were, others with the standard's tags.

Reading what is written gives an equal record in all that RIS can say. It cannot say: headings
apart from keywords, a second abstract, substances, corrections, the dates of indexing, status.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import TextIO

from surveillance.records.model import Author, IndexedHeading, Record
from surveillance.records.payload import Captured
from surveillance.records.ris import MEDIA_TYPE, ris_fields
from surveillance.records.ris_fields import read_author

_Field = tuple[str, str]


def to_ris(captured: Captured) -> str:
    """One record of RIS. Of a record that came as RIS every tag and value is there, in order."""
    if captured.payload.media_type == MEDIA_TYPE:
        fields: Iterable[_Field] = ris_fields(captured.payload.content.decode())
    else:
        fields = _fields(captured.record)
    lines = [f"{tag}  - {text}\n" for tag, text in fields]
    return "".join([*lines, "ER  - \n"])


def write_ris(items: Iterable[Captured], file: TextIO) -> int:
    """Write records as a file of RIS; the number of them."""
    written = 0
    for item in items:
        file.write(f"{to_ris(item)}\n")
        written += 1
    return written


def _fields(record: Record) -> Iterator[_Field]:
    """The tags that EndNote, Zotero and Mendeley read the same way; blank ones are left out."""
    yield "TY", "JOUR"
    for tag, texts in (
        ("DB", [record.source]),
        ("AN", [record.source_id]),
        ("PM", [record.pmid]),
        ("C2", [record.pmcid]),
        ("DO", [record.doi]),
        ("CN", record.registrations),
        ("TI", [record.title]),
        ("TT", [record.original_title]),
        ("AU", map(_printed_author, record.authors)),
        ("PY", [str(record.year or "")]),
        ("DA", [f"{record.dates.published:%Y/%m/%d}" if record.dates.published else ""]),
        ("JF", [record.journal]),
        ("JA", [record.journal_abbreviation]),
        ("VL", [record.volume]),
        ("IS", [record.issue]),
        ("SP", [record.pages]),
        ("SN", [record.issn]),
        ("LA", record.languages),
        ("M3", record.publication_types),
        ("AB", [record.abstract or ""]),
        ("KW", [*record.keywords, *map(_printed_heading, record.mesh or ())]),
    ):
        yield from ((tag, line) for text in texts if (line := _one_line(text)))


def _one_line(text: str) -> str:
    return re.sub(r"\s*[\r\n]+\s*", " ", text).strip()


def _printed_author(author: Author) -> str:
    """“Chang, Brian L”; a group's name with EndNote's commas where it would read as a person's."""
    if not author.collective:
        return f"{author.last}, {author.fore or author.initials}"
    name = author.collective
    if read_author(name) == author:
        return name
    return name.replace(",", ",,") if "," in name else f"{name},"


def _printed_heading(heading: IndexedHeading) -> str:
    """As PubMed writes it into KW: “Amputation Stumps/*innervation”."""
    name = f"*{heading.name}" if heading.major else heading.name
    stars = (f"{'*' if item.major else ''}{item.name}" for item in heading.qualifiers)
    return "/".join([name, *stars])
