"""Articles as other databases export them in RIS: Embase on Ovid, the Cochrane Library, INAHTA."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from surveillance.simulator.snapshot_builder.source import BANNER, Article, Exported, Vocabulary

Line = tuple[str, str]


@dataclass(frozen=True, slots=True)
class _Reference:
    """One record of an export with everything said: the article's own, or what differs."""

    accession: str
    title: str
    authors: tuple[str, ...]
    journal: str
    abbreviation: str
    year: int
    volume: str
    issue: str
    pages: str
    doi: str
    abstract: str
    kind: str
    registration: str
    pmid: str


def ris(
    records: Iterable[Exported], articles: Mapping[str, Article], vocabulary: Vocabulary
) -> bytes:
    """The records of one export; each says that it is constructed, as RIS has no comments."""
    blocks = []
    for record in records:
        reference = _reference(record, articles.get(record.article), vocabulary)
        lines = _ovid(reference) if record.export == "embase" else _cochrane(reference)
        printed = [f"{tag}  - {text}" for tag, text in lines if text]
        blocks.append("\n".join(["TY  - JOUR", *printed, f"N1  - {BANNER}", "ER  - ", ""]))
    return "\n".join(blocks).encode()


def _reference(record: Exported, article: Article | None, vocabulary: Vocabulary) -> _Reference:
    def told(name: str, otherwise: object = "") -> object:
        own = getattr(record, name)
        return own if own is not None else getattr(article, name, otherwise)

    journal = str(told("journal"))
    return _Reference(
        accession=record.accession,
        title=str(told("title")),
        authors=record.authors or (article.authors if article else ()),
        journal=journal,
        abbreviation=vocabulary.journals.get(journal, journal),
        year=record.year or (article.year if article else 0),
        volume=str(told("volume")),
        issue=str(told("issue")),
        pages=str(told("pages")),
        doi=str(told("doi")),
        abstract=str(told("abstract")),
        kind=record.kind,
        registration=record.registration,
        pmid=(article.pmid or "") if article else "",
    )


def _ovid(reference: _Reference) -> Iterator[Line]:
    """Ovid's tags: T1, A1, Y1 and N2; initials with full stops; pages split at the hyphen."""
    first, _, last = reference.pages.partition("-")
    yield "DB", "Embase"
    yield "AN", reference.accession
    yield "T1", reference.title
    for name in reference.authors:
        last_name, _, initials = name.rpartition(" ")
        yield "A1", f"{last_name} {''.join(f'{letter}.' for letter in initials)}"
    yield "Y1", f"{reference.year}//"
    yield "N2", reference.abstract
    yield "JF", reference.journal
    yield "JA", ". ".join(reference.abbreviation.split()) + "."
    yield "LA", "English"
    yield "VL", reference.volume
    yield "IS", reference.issue
    yield "SP", first
    yield "EP", last
    yield "DO", reference.doi


def _cochrane(reference: _Reference) -> Iterator[Line]:
    """Cochrane's tags: AU, TI, JO and AB; PMID and registry number in C3; U+2010 as hyphen."""
    yield "AN", reference.accession
    for name in reference.authors:
        last_name, _, initials = name.rpartition(" ")
        yield "AU", f"{last_name}, {initials}" if last_name else name
    yield "TI", _typeset(reference.title)
    yield "JO", reference.journal
    yield "PY", str(reference.year)
    yield "VL", reference.volume
    yield "IS", reference.issue
    yield "SP", _typeset(reference.pages)
    yield "M3", reference.kind
    yield "C3", f"PUBMED {reference.pmid}" if reference.pmid else ""
    yield "C3", f"CTgov {reference.registration}" if reference.registration else ""
    yield "AB", _typeset(reference.abstract)
    yield "DO", reference.doi


def _typeset(text: str) -> str:
    return text.replace("-", "\N{HYPHEN}")
