"""NBIB and PubMed's MEDLINE text → records, the tags read by Bio.Medline."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any

from Bio import Medline

from surveillance.records.carried import taken_back
from surveillance.records.model import (
    Author,
    Correction,
    IndexedHeading,
    Qualifier,
    Record,
    RecordDates,
)
from surveillance.records.payload import Captured
from surveillance.records.registration_numbers import is_registry
from surveillance.records.tagged import TaggedRecord
from surveillance.records.text import NumberedLine, UnreadLine, UnreadLines, numbered_lines

SOURCE = "pubmed"
MEDIA_TYPE = "application/nbib"

#: The tag in which an export of this program carries what the format cannot say.
CARRIED = "SURV"
# An entry begins with its PMID, and one that no PMID has with the tag alone.
_BEGIN = re.compile(r"^PMID ?- ?(?:\d|$)")
_TAG = re.compile(r"^([A-Z0-9]{2,4}) *- ")
_BRACKETED = re.compile(r"^(.*\S)\s*\[(\w+)\]$")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_PRINTED = re.compile(r"^(\d{4})(?:\s+([A-Z][a-z]{2}))?(?:\s+(\d{1,2})\b)?")

#: MEDLINE's tags for what the XML calls RefType (NLM, "MEDLINE/PubMed Data Element Descriptions").
_CORRECTIONS = {
    "CIN": "CommentIn", "CON": "CommentOn", "CRF": "CorrectedandRepublishedFrom",
    "CRI": "CorrectedandRepublishedIn", "ECF": "ExpressionOfConcernFor",
    "ECI": "ExpressionOfConcernIn", "EFR": "ErratumFor", "EIN": "ErratumIn",
    "RIN": "RetractionIn", "ROF": "RetractionOf", "RPF": "RepublishedFrom",
    "RPI": "RepublishedIn", "RRI": "RetractedandRepublishedIn",
    "RRF": "RetractedandRepublishedFrom", "UIN": "UpdateIn", "UOF": "UpdateOf",
}  # fmt: skip
#: The same the other way round.
CORRECTION_TAGS = {kind: tag for tag, kind in _CORRECTIONS.items()}


def read_medline(text: str) -> tuple[tuple[Captured, ...], tuple[UnreadLine, ...]]:
    """The records of a MEDLINE text, and the lines that were not read."""
    unread = UnreadLines()
    captured: list[Captured] = []
    for block in _blocks(numbered_lines(text), unread):
        pieces = (item.text for item in block.fields if item.tag == CARRIED)
        if carried := taken_back(pieces, block.begins, unread):
            captured += carried
            continue
        fields = Medline.read(iter(_joined(block)))
        if not str(fields.get("PMID", "")).isdecimal():
            unread.leave(block.begins, "it names no PMID")
            continue
        captured.append(Captured(_record(fields), block.payload(MEDIA_TYPE)))
    return tuple(captured), unread.in_order()


def _joined(block: TaggedRecord) -> list[str]:
    """One line a field: Bio.Medline makes two values of a wrapped keyword or correction."""
    return [f"{item.tag:<4}- {item.text}\n" for item in block.fields]


def _blocks(lines: Iterable[NumberedLine], unread: UnreadLines) -> Iterator[TaggedRecord]:
    """Records begin with PMID; what is neither a tag nor an indented continuation is left."""
    block: TaggedRecord | None = None
    for line in lines:
        found = _TAG.match(line.text)
        if _BEGIN.match(line.text):
            if block:
                yield block
            block = TaggedRecord(line)
            block.add("PMID", line.text.partition("-")[2], line)
        elif block and found and found[1] == "TY":
            yield block
            block = None
            unread.leave(line, "a record of RIS in a file of MEDLINE text")
        elif block and found:
            block.add(found[1], line.text[found.end() :], line)
        elif block and line.text.startswith("      ") and line.text.strip():
            block.join(line)
        elif line.text.strip():
            unread.leave(line, "it belongs to no record")
    if block:
        yield block


def _record(fields: Mapping[str, Any]) -> Record:
    pmid = str(fields["PMID"])
    return Record(
        source=SOURCE,
        source_id=pmid,
        pmid=pmid,
        status=_text(fields, "STAT"),
        title=_text(fields, "TI") or _text(fields, "BTI"),
        abstract=_text(fields, "AB") or None,
        other_abstracts=_texts(fields, "OAB"),
        original_title=_text(fields, "TT"),
        collection_title=_text(fields, "CTI"),
        authors=_authors(fields),
        journal=_text(fields, "JT"),
        journal_abbreviation=_text(fields, "TA"),
        issn=_text(fields, "IS").split(" ")[0],
        year=_year(_text(fields, "DP")),
        volume=_text(fields, "VI"),
        issue=_text(fields, "IP"),
        pages=_text(fields, "PG"),
        doi=_located(fields, "doi"),
        pmcid=_text(fields, "PMC"),
        languages=_texts(fields, "LA"),
        publication_types=_texts(fields, "PT"),
        mesh=tuple(map(_heading, _texts(fields, "MH"))) or None,
        keywords=tuple(text.lstrip("*") for text in _texts(fields, "OT")),
        substances=tuple(map(_substance, _texts(fields, "RN"))),
        registrations=_registrations(fields),
        corrections=_corrections(fields),
        dates=_dates(fields),
    )


def _texts(fields: Mapping[str, Any], tag: str) -> tuple[str, ...]:
    given = fields.get(tag, ())
    return (given,) if isinstance(given, str) else tuple(map(str, given))


def _text(fields: Mapping[str, Any], tag: str) -> str:
    return " ".join(_texts(fields, tag)).strip()


def _authors(fields: Mapping[str, Any]) -> tuple[Author, ...]:
    short = _texts(fields, "AU")
    full = _texts(fields, "FAU")
    pairs = zip(full, short, strict=True) if len(full) == len(short) else (("", s) for s in short)
    people = tuple(_author(*pair) for pair in pairs)
    return people + tuple(Author(collective=name) for name in _texts(fields, "CN"))


def _author(full: str, short: str) -> Author:
    """“Chang, Brian L” with “Chang BL”."""
    last, _, fore = full.partition(", ")
    if not full:
        last, _, initials = short.rpartition(" ")
        return Author(last=last or initials, initials=initials if last else "")
    return Author(last=last, fore=fore, initials=short.removeprefix(last).strip())


def _heading(printed: str) -> IndexedHeading:
    """“Amputation Stumps/*innervation”: stars mark major topics, slashes divide qualifiers."""
    name, *qualifiers = printed.split("/")
    return IndexedHeading(
        name=name.lstrip("*"),
        major=name.startswith("*"),
        qualifiers=tuple(Qualifier(q.lstrip("*"), q.startswith("*")) for q in qualifiers),
    )


def _substance(printed: str) -> str:
    """“0 (Analgesics, Opioid)” holds the registry number and the name."""
    found = re.match(r"^\S+ \((.*)\)$", printed)
    return found[1] if found else printed


def _located(fields: Mapping[str, Any], kind: str) -> str:
    for printed in (*_texts(fields, "LID"), *_texts(fields, "AID")):
        for part in re.split(r"(?<=\])\s", printed):
            found = _BRACKETED.match(part.strip())
            if found and found[2] == kind:
                return found[1]
    return ""


def _registrations(fields: Mapping[str, Any]) -> tuple[str, ...]:
    """SI holds “ClinicalTrials.gov/NCT…” beside numbers of data banks such as GENBANK."""
    pairs = (printed.partition("/") for printed in _texts(fields, "SI"))
    return tuple(number for bank, _, number in pairs if number and is_registry(bank))


def _corrections(fields: Mapping[str, Any]) -> tuple[Correction, ...]:
    return tuple(
        _correction(kind, printed)
        for tag, kind in _CORRECTIONS.items()
        for printed in _texts(fields, tag)
    )


def _correction(kind: str, printed: str) -> Correction:
    citation, _, pmid = printed.partition(" PMID: ")
    return Correction(kind=kind, citation=citation.strip(), pmid=re.sub(r"\D.*$", "", pmid))


def _dates(fields: Mapping[str, Any]) -> RecordDates:
    return RecordDates(
        created=_day(_text(fields, "CRDT")),
        entered=_day(_text(fields, "EDAT")),
        indexed=_day(_text(fields, "MHDA")),
        revised=_day(_text(fields, "LR")),
        published=_published(_text(fields, "DP")),
    )


def _day(printed: str) -> date | None:
    """“2024/07/26 10:00” or “20240726”."""
    found = re.match(r"^(\d{4})/?(\d{2})/?(\d{2})", printed)
    try:
        return date(*map(int, found.groups())) if found else None
    except ValueError:
        return None


def _published(printed: str) -> date | None:
    """“2024 Jul 26” with missing parts set to 1."""
    found = _PRINTED.match(printed)
    if found is None:
        return None
    month = MONTHS.index(found[2]) + 1 if found[2] in MONTHS else 1
    try:
        return date(int(found[1]), month, int(found[3] or 1))
    except ValueError:
        return date(int(found[1]), month, 1)


def _year(printed: str) -> int | None:
    found = re.search(r"\b\d{4}\b", printed)
    return int(found[0]) if found else None
