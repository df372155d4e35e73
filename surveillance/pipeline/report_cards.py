"""A report as a person reads it: its text with the words that each criterion rests on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from sqlalchemy.orm import Session

from db import records as record_rows
from db import reports as report_rows
from db import screening as screening_rows
from db.screening import Standing, StoredDecision
from surveillance.dedup.merged import name_of, ranked
from surveillance.pipeline.priority import source_priority
from surveillance.pipeline.reviewing import reviewing_of
from surveillance.records import Record
from surveillance.records.trial_numbers import numbers_in, trial_numbers
from surveillance.screening.reviewing import visible
from surveillance.screening.texts import telling
from surveillance.topics import Topic

#: Authors that stand in a citation before the others are counted.
_MOST_AUTHORS = 6


@dataclass(frozen=True, slots=True)
class Check:
    """What one criterion says of the report; `number` stands at its words in the text."""

    number: int
    criterion: str
    outcome: str
    reason: str
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text, and the numbers of the criteria that rest on it."""

    text: str
    checks: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Card:
    """A report to be read. `words` are what the reader may see of others; `told` is the last of
    them, which a decision on the card rests on."""

    report: int
    title: tuple[Piece, ...]
    abstract: tuple[Piece, ...]
    citation: str
    facts: tuple[tuple[str, str], ...]
    links: tuple[tuple[str, str], ...]
    records: tuple[str, ...]
    trials: tuple[str, ...]
    retracted: bool
    standing: Standing
    checks: tuple[Check, ...]
    words: tuple[StoredDecision, ...]
    told: int


def cards(
    session: Session, topic: Topic, reports: Sequence[int], standings: Sequence[Standing], by: str
) -> list[Card]:
    """Cards of these reports for a reader, each with what stands on it at the reader's stage."""
    members = report_rows.records_in(session, reports)
    numbers = sorted({number for held in members.values() for number in held})
    stored = record_rows.records_of(session, topic.slug, numbers)
    records = {one.id: one.record for one in stored}
    checks = screening_rows.checks_on(session, reports)
    priority = source_priority(topic)
    reviewing = reviewing_of(topic)
    made = []
    for report, standing in zip(reports, standings, strict=True):
        held = ranked([records[n] for n in members.get(report, ()) if n in records], priority)
        if held:
            seen = visible(standing.words, standing.state, by, reviewing)
            made.append(_card(report, held, standing, checks.get(report, []), seen))
    return made


def _card(
    report: int,
    records: Sequence[Record],
    standing: Standing,
    checks: Iterable[dict[str, Any]],
    words: tuple[StoredDecision, ...],
) -> Card:
    lead, read = records[0], telling(records)
    numbered = list(enumerate(checks, start=1))
    return Card(
        report=report,
        title=marked(read.title or lead.title or "(without a title)", _spans(numbered, "title")),
        abstract=marked(read.abstract or "", _spans(numbered, "abstract")),
        citation=citation(lead),
        facts=tuple(_facts(records)),
        links=tuple(_links(records)),
        records=tuple(map(name_of, records)),
        trials=tuple(_trials(records)),
        retracted=any(record.retracted for record in records),
        standing=standing,
        checks=tuple(_check(number, one) for number, one in numbered),
        words=words,
        told=max((word.id for word in words), default=0),
    )


def marked(text: str, spans: Iterable[tuple[int, int, int, str]]) -> tuple[Piece, ...]:
    """The text in pieces, each with the criteria that rest on it; spans may overlap.

    A span is where it begins and ends, its criterion's number, and what stood there when it was
    read: one that fits no longer is left out.
    """
    fitting = [one for one in spans if text[one[0] : one[1]] == one[3]]
    edges = sorted({0, len(text), *(edge for one in fitting for edge in one[:2])})
    return tuple(
        Piece(
            text[start:end],
            tuple(sorted({number for a, b, number, _ in fitting if a <= start and end <= b})),
        )
        for start, end in pairwise(edges)
    )


def citation(record: Record) -> str:
    """The record as a reference is printed: authors, journal, year, volume and pages."""
    named = [str(author) for author in record.authors[:_MOST_AUTHORS]]
    more = ", et al" if len(record.authors) > _MOST_AUTHORS else ""
    authors = f"{', '.join(named)}{more}" if named else ""
    volume = f"{record.volume}{f'({record.issue})' if record.issue else ''}"
    place = ":".join(part for part in (volume, record.pages) if part)
    where = " ".join(
        part
        for part in (record.journal or record.journal_abbreviation, str(record.year or ""))
        if part
    )
    printed = "; ".join(part for part in (where, place) if part)
    return ". ".join(part.rstrip(".") for part in (authors, printed) if part)


def _spans(
    checks: Iterable[tuple[int, dict[str, Any]]], part: str
) -> Iterator[tuple[int, int, int, str]]:
    for number, check in checks:
        for one in check["evidence"]:
            if one["part"] == part:
                yield one["start"], one["end"], number, one["text"]


def _check(number: int, check: dict[str, Any]) -> Check:
    words = dict.fromkeys(one["text"] for one in check["evidence"])
    return Check(number, check["criterion"], check["outcome"], check["reason"], tuple(words))


def _facts(records: Sequence[Record]) -> Iterator[tuple[str, str]]:
    """What else a reader asks of a report, where one of its records says it."""
    for name, said in (
        ("Publication type", [r.publication_types for r in records]),
        ("Language", [r.languages for r in records]),
        ("Keywords", [r.keywords for r in records]),
        ("MeSH", [tuple(heading.name for heading in r.mesh or ()) for r in records]),
    ):
        values = next((one for one in said if one), ())
        if values:
            yield name, "; ".join(values)


def _links(records: Sequence[Record]) -> Iterator[tuple[str, str]]:
    """Where the report itself is, the likeliest to open the full text first."""
    if doi := next((r.doi for r in records if r.doi), ""):
        yield "Full text (DOI)", f"https://doi.org/{doi}"
    if pmcid := next((r.pmcid for r in records if r.pmcid), ""):
        yield "PubMed Central", f"https://pmc.ncbi.nlm.nih.gov/articles/{pmcid}/"
    if pmid := next((r.pmid for r in records if r.pmid), ""):
        yield "PubMed", f"https://pubmed.ncbi.nlm.nih.gov/{pmid}/"


def _trials(records: Sequence[Record]) -> Iterator[str]:
    """The registrations that the report names."""
    listed = [str(one) for record in records for one in trial_numbers(record.registrations)]
    texts = [text for record in records for text in (record.title, record.abstract or "")]
    yield from dict.fromkeys([*listed, *(one.number for text in texts for one in numbers_in(text))])
