"""The record: what one source returned about one publication, in the words of the field."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

# MedlineCitation/@Status values after which NLM adds no MeSH: an absent heading is then
# known to be absent. Every other status means "not yet" (source-facts: new records come bare).
FINAL_STATUSES = frozenset({"MEDLINE", "PubMed-not-MEDLINE", "OLDMEDLINE"})
_RETRACTED = "retracted publication"


@dataclass(frozen=True, slots=True)
class Author:
    """One author as printed; a group author has only `collective`."""

    last: str = ""
    fore: str = ""
    initials: str = ""
    collective: str = ""

    def __str__(self) -> str:
        return self.collective or f"{self.last} {self.initials or self.fore}".strip()


@dataclass(frozen=True, slots=True)
class Qualifier:
    """A subheading attached to a heading."""

    name: str
    major: bool = False


@dataclass(frozen=True, slots=True)
class IndexedHeading:
    """A heading as the indexer gave it (`major` is the descriptor's own star)."""

    name: str
    ui: str = ""
    major: bool = False
    qualifiers: tuple[Qualifier, ...] = ()


@dataclass(frozen=True, slots=True)
class Correction:
    """A link to another publication that corrects, retracts, updates or comments (RefType)."""

    kind: str
    pmid: str = ""
    citation: str = ""


@dataclass(frozen=True, slots=True)
class RecordDates:
    """The dates PubMed keeps of a record.

    `created` is CRDT (PubStatus "entrez"), `entered` EDAT ("pubmed"), `indexed` MHDA
    ("medline", the entrez date until MeSH arrives), `revised` LR (DateRevised),
    `published` the publication date with missing parts set to 1.
    """

    created: date | None = None
    entered: date | None = None
    indexed: date | None = None
    revised: date | None = None
    published: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One record of one source.

    `abstract` is None where the source gave none. `mesh` is None where the source says nothing
    of headings or has not indexed yet; an empty tuple means indexed, without headings.
    `registrations` are trial numbers that the source itself lists (DataBankList, RIS AN/M1…).
    """

    source: str
    source_id: str
    title: str = ""
    abstract: str | None = None
    other_abstracts: tuple[str, ...] = ()
    original_title: str = ""
    collection_title: str = ""
    authors: tuple[Author, ...] = ()
    journal: str = ""
    journal_abbreviation: str = ""
    issn: str = ""
    year: int | None = None
    volume: str = ""
    issue: str = ""
    pages: str = ""
    doi: str = ""
    pmid: str = ""
    pmcid: str = ""
    languages: tuple[str, ...] = ()
    publication_types: tuple[str, ...] = ()
    mesh: tuple[IndexedHeading, ...] | None = None
    keywords: tuple[str, ...] = ()
    substances: tuple[str, ...] = ()
    registrations: tuple[str, ...] = ()
    corrections: tuple[Correction, ...] = ()
    dates: RecordDates = RecordDates()
    status: str = ""
    version: int = 1

    def __post_init__(self) -> None:
        if not self.source or not self.source_id:
            raise ValueError("a record needs its source and its identifier there")

    @property
    def identifier(self) -> str:
        """The record's identifier in its source: PMID, accession number, …"""
        return self.source_id

    @property
    def complete(self) -> bool:
        """True where the source will add nothing more by itself (PubMed: final status)."""
        return self.status in FINAL_STATUSES

    def headings(self) -> tuple[IndexedHeading, ...] | None:
        """Headings as indexed; None: cannot tell, they are not there yet."""
        if self.mesh is None and self.complete:
            return ()
        return self.mesh

    def passages(self, part: str) -> tuple[str, ...] | None:
        """The texts of one part of the record; None: cannot tell, it is not there yet.

        Parts: title, abstract, other_abstract, original_title, collection_title, keyword,
        substance, publication_type, journal, author, language, identifier. An unknown part
        raises `KeyError`: a strategy's field without a reading here must be a loss, not a miss.
        """
        if part == "abstract":
            return self._abstract_passage()
        return _PASSAGES[part](self)

    def _abstract_passage(self) -> tuple[str, ...] | None:
        if self.abstract:
            return (self.abstract,)
        return () if self.complete else None

    @property
    def retracted(self) -> bool:
        """Retracted itself; the notice of a retraction is not (source-facts).

        Records of before 2018 print the publication type in capitals.
        """
        return any(kind.casefold() == _RETRACTED for kind in self.publication_types) or any(
            correction.kind == "RetractionIn" for correction in self.corrections
        )


def _only(text: str) -> tuple[str, ...]:
    return (text,) if text else ()


_PASSAGES: Mapping[str, Callable[[Record], tuple[str, ...]]] = {
    "title": lambda r: _only(r.title),
    "other_abstract": lambda r: r.other_abstracts,
    "original_title": lambda r: _only(r.original_title),
    "collection_title": lambda r: _only(r.collection_title),
    "keyword": lambda r: r.keywords,
    "substance": lambda r: r.substances,
    "publication_type": lambda r: r.publication_types,
    "journal": lambda r: tuple(filter(None, (r.journal, r.journal_abbreviation, r.issn))),
    "author": lambda r: tuple(str(author) for author in r.authors),
    "language": lambda r: r.languages,
    "identifier": lambda r: tuple(filter(None, (r.pmid, r.doi, r.pmcid, *r.registrations))),
}
