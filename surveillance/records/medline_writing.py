"""Records → MEDLINE text (NBIB), in the tags that PubMed gives and in its order.

Reading it back gives what the format can say: groups stand behind people, wherever they stood.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import date

from surveillance.records.medline import CORRECTION_TAGS, MONTHS
from surveillance.records.model import Author, Correction, IndexedHeading, Record
from surveillance.records.trial_numbers import trial_number

_Field = tuple[str, str]


def to_nbib(record: Record, more: Iterable[_Field] = ()) -> str:
    """One entry, which ends in a blank line; `more` are fields behind the record's own."""
    fields = [("PMID", record.pmid), *_fields(record), *more]
    lines = [
        f"{tag:<4}- {_one_line(text)}".rstrip() for tag, text in fields if text or tag == "PMID"
    ]
    return "\n".join([*lines, "", ""])


def _fields(record: Record) -> Iterator[_Field]:
    for tag, texts in (
        ("STAT", [record.status]),
        ("LR", [f"{record.dates.revised:%Y%m%d}" if record.dates.revised else ""]),
        ("IS", [record.issn]),
        ("VI", [record.volume]),
        ("IP", [record.issue]),
        ("DP", [_published(record)]),
        ("TI", [record.title]),
        ("CTI", [record.collection_title]),
        ("PG", [record.pages]),
        ("LID", [f"{record.doi} [doi]" if record.doi else ""]),
        ("AB", [record.abstract or ""]),
        ("OAB", record.other_abstracts),
        ("FAU", _full_names(record.authors)),
        ("AU", [f"{one.last} {one.initials}".strip() for one in _people(record.authors)]),
        ("CN", [one.collective for one in record.authors if one.collective]),
        ("LA", record.languages),
        ("SI", map(_banked, record.registrations)),
        ("PT", record.publication_types),
        ("TT", [record.original_title]),
        ("TA", [record.journal_abbreviation]),
        ("JT", [record.journal]),
        ("RN", [f"0 ({name})" for name in record.substances]),
        ("MH", map(_printed_heading, record.mesh or ())),
        ("OT", record.keywords),
        ("PMC", [record.pmcid]),
        ("CRDT", [_moment(record.dates.created)]),
        ("EDAT", [_moment(record.dates.entered)]),
        ("MHDA", [_moment(record.dates.indexed)]),
    ):
        yield from ((tag, text) for text in texts)
    yield from map(_correction, record.corrections)


def _one_line(text: str) -> str:
    return re.sub(r"\s*[\r\n]+\s*", " ", text).strip()


def _published(record: Record) -> str:
    day = record.dates.published
    if day is None or (day.month, day.day) == (1, 1):
        return str(record.year or (day.year if day else ""))
    return f"{day.year} {MONTHS[day.month - 1]} {day.day}"


def _people(authors: Iterable[Author]) -> list[Author]:
    return [one for one in authors if not one.collective]


def _full_names(authors: Iterable[Author]) -> list[str]:
    """Given names, where all have them: readers pair them with the short names one by one."""
    people = _people(authors)
    if not all(one.fore for one in people):
        return []
    return [f"{one.last}, {one.fore}" for one in people]


def _banked(number: str) -> str:
    found = trial_number(number)
    return f"{found.registry if found else 'Registry'}/{number}"


def _printed_heading(heading: IndexedHeading) -> str:
    stars = (f"{'*' if item.major else ''}{item.name}" for item in heading.qualifiers)
    return "/".join([f"{'*' if heading.major else ''}{heading.name}", *stars])


def _moment(day: date | None) -> str:
    return f"{day:%Y/%m/%d} 00:00" if day else ""


def _correction(correction: Correction) -> _Field:
    pmid = f" PMID: {correction.pmid}" if correction.pmid else ""
    return CORRECTION_TAGS.get(correction.kind, "CON"), f"{correction.citation}{pmid}".strip()
