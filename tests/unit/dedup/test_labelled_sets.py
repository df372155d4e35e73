"""The rules on sets whose duplicates people have labelled: nothing may be merged wrongly."""

from __future__ import annotations

import csv
import gzip
import re
from pathlib import Path

import pytest

from surveillance.dedup.candidates import Entry
from surveillance.dedup.deduplicate import deduplicate
from surveillance.records import Author, Record

csv.field_size_limit(10_000_000)
pytestmark = [pytest.mark.shared, pytest.mark.slow]

#: docs/decisions/0007-two-step-dedup.md states these figures: records wrongly removed, and the
#: least share of duplicates that the automatic step finds.
MEASURED = {
    "copper": (0, 0.95),
    "cytology_screening": (0, 0.94),
    "diabetes": (0, 0.99),
    "haematology": (0, 0.73),
    "stroke": (0, 0.95),
}


def authors(text: str) -> tuple[Author, ...]:
    separator = ";" if ";" in text else r" and |(?<=\b[A-Z]\.)(?=[A-Z][a-z'])"
    names = [name.strip() for name in re.split(separator, text) if name.strip()]
    return tuple(Author(last=re.sub(r",.*$|(?:\s+[A-Z][.-]?)+$", "", name)) for name in names)


def as_record(row: dict[str, str]) -> Record:
    year = re.search(r"\d{4}", row["year"])
    return Record(
        source="file",
        source_id=row["record_id"],
        title=row["title"],
        abstract=row["abstract"] or None,
        authors=authors(row["author"]),
        journal=row["journal"],
        issn=row["isbn"][:9],
        year=int(year[0]) if year else None,
        volume=row["volume"],
        issue=row["number"],
        pages=row["pages"],
        doi=row["doi"],
    )


@pytest.mark.parametrize("name", MEASURED)
def test_no_more_is_merged_wrongly_than_documented(name: str, shared: Path) -> None:
    with gzip.open(shared / f"data/dedup/{name}.csv.gz", "rt", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    groups = dict(enumerate((row["group_id"] for row in rows), start=1))
    entries = [Entry(number, as_record(row)) for number, row in enumerate(rows, start=1)]
    clusters = deduplicate(entries).clustering.clusters
    works = [len({groups[number] for number in members}) for members in clusters]
    wrongly_removed = sum(count - 1 for count in works)
    removed = sum(len(members) for members in clusters) - len(clusters)
    duplicates = len(rows) - len(set(groups.values()))
    allowed, least = MEASURED[name]
    assert wrongly_removed <= allowed
    assert (removed - wrongly_removed) / duplicates >= least
