"""A merged report's fields: each value, and the record that it came from."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from surveillance.records.model import Record

#: Whose word counts first where a topic says nothing: what is fetched anew outranks an export.
DEFAULT_PRIORITY = ("pubmed", "europepmc", "embase", "central", "cdsr")


@dataclass(frozen=True, slots=True)
class MergedField:
    """One field of a report: the value shown, and the record that says it (`source:number`)."""

    field: str
    value: str
    source_record: str


def merged_fields(
    records: Sequence[Record], priority: Sequence[str] = DEFAULT_PRIORITY
) -> tuple[MergedField, ...]:
    """What a report of these records shows, field by field; a field that none has is left out.

    A value comes from the first source of `priority` whose record has one, so that an emptier
    record blanks nothing. `records` are the newest versions.
    """
    ordered = ranked(records, priority)
    found: list[MergedField] = []
    for name, read in FIELDS.items():
        said = ((read(record).strip(), record) for record in ordered)
        value, record = next((one for one in said if one[0]), ("", None))
        if record is not None:
            found.append(MergedField(name, value, name_of(record)))
    return tuple(found)


def merged_record(records: Sequence[Record], priority: Sequence[str] = DEFAULT_PRIORITY) -> Record:
    """The record that a report of these records shows: the first's, filled up from the others.

    Each field is what `merged_fields` tells of it. Who returned it is the first record's own; so
    is what it says of itself alone (its dates at its source, its status, its version).
    """
    ordered = ranked(records, priority)
    first = ordered[0]
    published = next((one.dates.published for one in ordered if one.dates.published), None)
    filled: dict[str, Any] = {
        name: next((value for one in ordered if _says(value := getattr(one, name))), None)
        for name in _FILLED
    }
    told = {name: value for name, value in filled.items() if value is not None}
    return replace(first, **told, dates=replace(first.dates, published=published))


def _says(value: object) -> bool:
    return bool(value.strip()) if isinstance(value, str) else bool(value)


def ranked(records: Sequence[Record], priority: Sequence[str]) -> list[Record]:
    """The records in the order in which they speak for their report.

    Sources that `priority` does not name come last, and equals as they are given.
    """
    ranks = {source: rank for rank, source in reversed(list(enumerate(priority)))}
    return sorted(records, key=lambda record: ranks.get(record.source, len(priority)))


def name_of(record: Record) -> str:
    """How a record is named to people."""
    return f"{record.source}:{record.source_id}"


def _listed(values: Sequence[object]) -> str:
    return "; ".join(str(value) for value in values)


#: The fields of a record that another record of its report may fill.
_FILLED = (
    "title", "abstract", "other_abstracts", "original_title", "collection_title", "authors",
    "journal", "journal_abbreviation", "issn", "year", "volume", "issue", "pages", "doi", "pmid",
    "pmcid", "languages", "publication_types", "mesh", "keywords", "substances", "registrations",
)  # fmt: skip
#: What a report shows, in the order in which a reference is read.
FIELDS: Mapping[str, Callable[[Record], str]] = {
    "title": lambda r: r.title,
    "original title": lambda r: r.original_title,
    "authors": lambda r: _listed(r.authors),
    "year": lambda r: str(r.year or ""),
    "journal": lambda r: r.journal or r.journal_abbreviation,
    "volume": lambda r: r.volume,
    "issue": lambda r: r.issue,
    "pages": lambda r: r.pages,
    "issn": lambda r: r.issn,
    "doi": lambda r: r.doi,
    "pmid": lambda r: r.pmid,
    "pmcid": lambda r: r.pmcid,
    "registrations": lambda r: _listed(r.registrations),
    "language": lambda r: _listed(r.languages),
    "publication type": lambda r: _listed(r.publication_types),
    "keywords": lambda r: _listed(r.keywords),
    "headings": lambda r: _listed([heading.name for heading in r.mesh or ()]),
    "abstract": lambda r: r.abstract or "",
}
