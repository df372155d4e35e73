"""Reports → the JSON that EPPI-Reviewer writes: code sets for both stages, references with codes.

Keys and values after EPPI-Reviewer's own source and a real report (`records.eppi_json`). The
identifiers of items, sets and codes are ours: EPPI-Reviewer gives its own. Not verified: what a
running EPPI-Reviewer, whose import of JSON is for its administrators, makes of the file.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from surveillance.alerts.wording import one_line
from surveillance.documents.exports.exported import Exported, ExportedReport, told, why
from surveillance.records.carried import CarriedWord, pieces_of
from surveillance.records.eppi_json import CARRIED
from surveillance.records.model import Author

_SETS = {"abstract": "Screening on title & abstract", "full text": "Screening on full text"}
_SECOND_OPINION = "INCLUDE for second opinion"


@dataclass(frozen=True, slots=True)
class _Codes:
    """The codes of one stage by name, with the numbers that they have in this file."""

    stage: str
    set_id: int
    numbers: dict[str, int]


def as_eppi_json(exported: Exported) -> bytes:
    """The report in EPPI-Reviewer's JSON."""
    codes = _codes(exported)
    document = {
        "CodeSets": [_code_set(one) for one in codes.values()],
        "References": [_reference(report, codes) for report in exported.reports],
    }
    text = json.dumps(document, ensure_ascii=False, separators=(",", ":"))
    return text.encode("utf-8", errors="replace")


def _codes(exported: Exported) -> dict[str, _Codes]:
    """Every code that a word needs; one of a stage has its number in the thousands of its set."""
    found = {stage: _Codes(stage, n, {}) for n, stage in enumerate(_SETS, 1)}
    for report in exported.reports:
        for word in report.words:
            if codes := found.get(word.stage):
                name = _code(word)
                codes.numbers.setdefault(name, codes.set_id * 100_000 + len(codes.numbers) + 1)
    return found


def _code(word: CarriedWord) -> str:
    """A code as EPPI-Reviewer's screening sets name it."""
    if word.verdict == "exclude":
        return f"EXCLUDE on {word.criterion or word.reason or 'no reason given'}"
    return "INCLUDE" if word.verdict == "include" else _SECOND_OPINION


def _code_set(codes: _Codes) -> dict[str, Any]:
    return {
        "SetName": _SETS[codes.stage],
        "SetId": codes.set_id,
        "ReviewSetId": codes.set_id,
        "SetDescription": "",
        "SetType": {"SetTypeName": "Screening", "SetTypeDescription": ""},
        "Attributes": {
            "AttributesList": [_attribute(name, number) for name, number in codes.numbers.items()]
        },
    }


def _attribute(name: str, number: int) -> dict[str, Any]:
    return {
        "AttributeId": number,
        "AttributeSetId": number,
        "AttributeName": name,
        "AttributeType": "Exclude" if name.startswith("EXCLUDE") else "Include",
        "AttributeDescription": "",
        "AttributeSetDescription": "",
        "OriginalAttributeID": 0,
        "ExtURL": "",
        "ExtType": "",
    }


def _reference(report: ExportedReport, codes: dict[str, _Codes]) -> dict[str, Any]:
    record = report.printed
    out = report.decided is not None and report.decided.verdict == "exclude"
    first = str(record.authors[0].last or record.authors[0].collective) if record.authors else ""
    year = str(record.year or "")
    return {
        "Codes": list(_given(report.words, codes)),
        "Outcomes": [],
        "ItemId": report.number,
        "Title": record.title,
        "ParentTitle": record.journal or record.journal_abbreviation,
        "ShortTitle": f"{first} ({year})".strip(),
        "DateCreated": f"{report.first_seen_on:%d/%m/%Y}",
        "CreatedBy": "surveil",
        "DateEdited": f"{report.first_seen_on:%d/%m/%Y}",
        "EditedBy": "surveil",
        "Year": year,
        "Month": "",
        "StandardNumber": record.issn,
        "City": "",
        "Country": "",
        "Publisher": "",
        "Institution": "",
        "Volume": record.volume,
        "Pages": record.pages,
        "Edition": "",
        "Issue": record.issue,
        "Availability": "",
        "URL": report.url,
        "OldItemId": report.name,
        "Abstract": record.abstract or "",
        "Comments": " | ".join(map(one_line, _comments(report))),
        "TypeName": "Journal, Article",
        "Authors": "".join(f"{_printed(one)}; " for one in record.authors),
        "ParentAuthors": "",
        "DOI": record.doi,
        "Keywords": "\r\n".join(record.keywords),
        "ItemStatus": "E" if out else "I",
        "ItemStatusTooltip": "Excluded from review" if out else "Included in review",
        "QuickCitation": f"{'; '.join(map(str, record.authors))} ({year}) {record.title}",
        CARRIED: {
            "carried": list(pieces_of(report.carried)),
            "fields": {one.field: one.source_record for one in report.fields},
        },
    }


def _given(words: Sequence[CarriedWord], codes: dict[str, _Codes]) -> Iterator[dict[str, Any]]:
    for word in words:
        if word.stage in codes:
            yield {
                "AttributeId": codes[word.stage].numbers[_code(word)],
                "AdditionalText": "; ".join(filter(None, (why(word), word.by, str(word.on)))),
                "ArmId": 0,
                "ArmTitle": "",
                "ItemAttributeFullTextDetails": [],
            }


def _printed(author: Author) -> str:
    return author.collective or f"{author.last} {author.fore or author.initials}".strip()


def _comments(report: ExportedReport) -> Iterator[str]:
    yield report.name
    yield f"Fields from: {report.fields_from}"
    if report.words:
        yield f"Decisions: {told(report.words)}"
