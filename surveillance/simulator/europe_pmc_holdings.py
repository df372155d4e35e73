"""What Europe PMC holds on a day: all of PubMed, and what layers bring in `europepmc/*.json`.

Such a file is `{"result": …, "cites": ["MED:90000001"]}`: one result as Europe PMC gives it, and
the records that its reference list names.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from surveillance.errors import Place, UnreadableInput
from surveillance.records.europe_pmc import PUBMED, read_result
from surveillance.records.model import Author, IndexedHeading, Record

LARGEST_RESULT = 5 * 1024**2


@dataclass(frozen=True, slots=True)
class Held:
    """A result as it is sent, the record that it is evaluated as, and what it cites."""

    result: Mapping[str, Any]
    record: Record
    cites: tuple[str, ...] = ()

    @classmethod
    def of(cls, result: Mapping[str, Any], cites: Iterable[str] = ()) -> Held:
        """Raises `UnreadableInput` for what is no result."""
        return cls(result, read_result(result), tuple(cites))


def read_held(path: Path) -> Held:
    """One file of a layer; raises `UnreadableInput` with its name."""
    if path.stat().st_size > LARGEST_RESULT:
        raise UnreadableInput("the result is larger than any real one.", place=Place(path))
    try:
        document = json.loads(path.read_bytes())
        return Held.of(document["result"], map(str, document.get("cites", ())))
    except (ValueError, RecursionError, LookupError, TypeError, AttributeError):
        raise UnreadableInput("this is no result of Europe PMC.", place=Place(path)) from None
    except UnreadableInput as fault:
        raise UnreadableInput(fault.message, place=Place(path)) from None


def holdings(citations: Iterable[Record], own: Iterable[Held]) -> dict[str, Held]:
    """What is held by identifier, the latest first; a file says more of a citation than PubMed."""
    held = {one.record.source_id: one for one in (Held.of(med_result(c)) for c in citations)}
    held.update((one.record.source_id, one) for one in own)
    return dict(sorted(held.items(), key=lambda item: _recency(item[1].record), reverse=True))


def _recency(record: Record) -> tuple[date, str]:
    return (record.dates.created or date.min, record.source_id)


def med_result(record: Record) -> dict[str, Any]:
    """A PubMed citation as Europe PMC gives it, indexed on the day that PubMed created it."""
    dates = record.dates
    result = {
        "id": record.pmid or record.source_id,
        "source": PUBMED,
        "pmid": record.pmid or record.source_id,
        "pmcid": record.pmcid,
        "doi": record.doi,
        "title": record.title,
        "authorString": ", ".join(map(str, record.authors)) + "." if record.authors else "",
        "authorList": _list("author", map(_author, record.authors)),
        "journalInfo": _journal_info(record),
        "pubYear": str(record.year or ""),
        "pageInfo": record.pages,
        "abstractText": record.abstract,
        "language": next(iter(record.languages), ""),
        "pubTypeList": _list("pubType", record.publication_types),
        "meshHeadingList": _list("meshHeading", map(_heading, record.mesh or ())),
        "keywordList": _list("keyword", record.keywords),
        "chemicalList": _list("chemical", ({"name": name} for name in record.substances)),
        "commentCorrectionList": _list("commentCorrection", _corrections(record)),
        "dateOfCreation": _day(dates.created),
        "firstIndexDate": _day(dates.created),
        "dateOfRevision": _day(dates.revised),
        "firstPublicationDate": _day(dates.published),
    }
    return {name: value for name, value in result.items() if value}


def _list(name: str, items: Iterable[Any]) -> dict[str, Any]:
    found = list(items)
    return {name: found} if found else {}


def _day(day: date | None) -> str:
    return day.isoformat() if day else ""


def _author(author: Author) -> dict[str, str]:
    if author.collective:
        return {"collectiveName": author.collective}
    return {
        "fullName": str(author),
        "firstName": author.fore,
        "lastName": author.last,
        "initials": author.initials,
    }


def _journal_info(record: Record) -> dict[str, Any]:
    journal = {
        "title": record.journal,
        "medlineAbbreviation": record.journal_abbreviation,
        "issn": record.issn,
    }
    return {"volume": record.volume, "issue": record.issue, "journal": journal}


def _heading(heading: IndexedHeading) -> dict[str, Any]:
    qualifiers = (
        {"qualifierName": one.name, "majorTopic_YN": "Y" if one.major else "N"}
        for one in heading.qualifiers
    )
    found = {"majorTopic_YN": "Y" if heading.major else "N", "descriptorName": heading.name}
    named = _list("meshQualifier", qualifiers)
    return {**found, "meshQualifierList": named} if named else found


def _corrections(record: Record) -> Iterator[dict[str, Any]]:
    """`RetractionIn` → “Retraction in”."""
    for order, one in enumerate(record.corrections, 1):
        words = "".join(f" {c.lower()}" if c.isupper() else c for c in one.kind).strip()
        yield {
            "id": one.pmid,
            "source": PUBMED if one.pmid else "",
            "reference": one.citation,
            "type": words[:1].upper() + words[1:],
            "orderIn": order,
        }
