"""One PubmedArticle or PubmedBookArticle element → `Record` (NLM's PubMed DTD)."""

from __future__ import annotations

from datetime import date

from lxml.etree import _Element

from surveillance.records.model import (
    Correction,
    IndexedHeading,
    Qualifier,
    Record,
    RecordDates,
)
from surveillance.records.pubmed_elements import (
    Parts,
    abstract_of,
    authors_of,
    below,
    date_of,
    doi_of,
    every,
    identifier_of,
    pages_of,
    parts_of,
    text_of,
    texts_of,
)
from surveillance.records.registration_numbers import is_registry

SOURCE = "pubmed"

# Until 2018 the reference list stood among the corrections; a citation corrects nothing.
_CITED = "Cites"


class UnreadableArticle(ValueError):
    """An element that is no record: it lacks what makes one."""


def read_article(element: _Element) -> Record:
    """The record of a PubmedArticle; raises `UnreadableArticle` where it has no PMID."""
    whole = parts_of(element)
    citation = parts_of(_required(element, whole, "MedlineCitation"))
    article = parts_of(_required(whole["MedlineCitation"], citation, "Article"))
    printed = _required(whole["MedlineCitation"], citation, "PMID")
    journal = parts_of(article.get("Journal"))
    issue = parts_of(journal.get("JournalIssue"))
    listed = parts_of(citation.get("MedlineJournalInfo"))
    data = parts_of(whole.get("PubmedData"))
    identifiers = data.get("ArticleIdList")
    pmid = _pmid(printed)
    published = date_of(issue.get("PubDate")) or date_of(article.get("ArticleDate"))
    return Record(
        source=SOURCE,
        source_id=pmid,
        pmid=pmid,
        version=_version(printed),
        status=whole["MedlineCitation"].get("Status", ""),
        title=text_of(article.get("ArticleTitle")),
        abstract=abstract_of(article.get("Abstract")) or None,
        other_abstracts=_other_abstracts(citation),
        original_title=text_of(article.get("VernacularTitle")),
        authors=authors_of(every(article, "AuthorList")),
        journal=text_of(journal.get("Title")),
        journal_abbreviation=text_of(journal.get("ISOAbbreviation"))
        or text_of(listed.get("MedlineTA")),
        issn=text_of(journal.get("ISSN")) or text_of(listed.get("ISSNLinking")),
        year=published.year if published else None,
        volume=text_of(issue.get("Volume")),
        issue=text_of(issue.get("Issue")),
        pages=pages_of(article),
        doi=doi_of(article, identifiers),
        pmcid=identifier_of(identifiers, "pmc"),
        languages=texts_of(every(article, "Language")),
        publication_types=texts_of(below(article, "PublicationTypeList", "PublicationType")),
        mesh=_headings(citation.get("MeshHeadingList")),
        keywords=texts_of(below(citation, "KeywordList", "Keyword")),
        substances=_substances(citation),
        registrations=_registrations(article),
        corrections=_corrections(citation),
        dates=_dates(data.get("History"), citation, published),
    )


def read_book(element: _Element) -> Record:
    """The record of a PubmedBookArticle; raises `UnreadableArticle` where it has no PMID.

    A chapter stands in its book as an article in its journal. [tiab] asks the *collection*
    title (PubMed user guide, "Title/Abstract"), not the book's.
    """
    whole = parts_of(element)
    document = parts_of(_required(element, whole, "BookDocument"))
    book = parts_of(_required(whole["BookDocument"], document, "Book"))
    printed = _required(whole["BookDocument"], document, "PMID")
    pmid = _pmid(printed)
    chapter, title = text_of(document.get("ArticleTitle")), text_of(book.get("BookTitle"))
    published = date_of(book.get("PubDate"))
    year = published or date_of(document.get("ContributionDate"))
    identifiers = document.get("ArticleIdList")
    history = parts_of(whole.get("PubmedBookData")).get("History")
    return Record(
        source=SOURCE,
        source_id=pmid,
        pmid=pmid,
        version=_version(printed),
        title=chapter or title,
        abstract=abstract_of(document.get("Abstract")) or None,
        original_title=text_of(document.get("VernacularTitle")),
        collection_title=text_of(book.get("CollectionTitle")),
        authors=authors_of(every(document, "AuthorList")) or authors_of(_written(book)),
        journal=title if chapter else "",
        year=year.year if year else None,
        volume=text_of(book.get("Volume")),
        pages=pages_of(document),
        doi=doi_of(book, identifiers),
        pmcid=identifier_of(identifiers, "pmc"),
        languages=texts_of(every(document, "Language")),
        publication_types=texts_of(every(document, "PublicationType")),
        keywords=texts_of(below(document, "KeywordList", "Keyword")),
        dates=_dates(history, document, published),
    )


def read_pmids(element: _Element) -> tuple[str, ...]:
    """The PMIDs in a DeleteCitation or DeleteDocument."""
    return texts_of(element.iterchildren("PMID"))


def _required(element: _Element, parts: Parts, name: str) -> _Element:
    found = parts.get(name)
    if found is None:
        raise UnreadableArticle(f"{element.tag} without {name}")
    return found


def _pmid(element: _Element) -> str:
    pmid = text_of(element)
    if not pmid.isdecimal():
        raise UnreadableArticle(f"“{pmid[:40]}” is not a PMID")
    return pmid


def _version(pmid: _Element) -> int:
    printed = pmid.get("Version", "1")
    return int(printed) if printed.isdecimal() and len(printed) < 9 else 1


def _written(book: Parts) -> list[_Element]:
    return [entry for entry in every(book, "AuthorList") if entry.get("Type") != "editors"]


def _other_abstracts(citation: Parts) -> tuple[str, ...]:
    return tuple(filter(None, map(abstract_of, every(citation, "OtherAbstract"))))


def _headings(listed: _Element | None) -> tuple[IndexedHeading, ...] | None:
    if listed is None:
        return None
    headings = map(_heading, listed.iterchildren("MeshHeading"))
    return tuple(heading for heading in headings if heading is not None)


def _heading(entry: _Element) -> IndexedHeading | None:
    parts = parts_of(entry)
    descriptor = parts.get("DescriptorName")
    if descriptor is None:
        return None
    return IndexedHeading(
        name=text_of(descriptor),
        ui=descriptor.get("UI", ""),
        major=_starred(descriptor),
        qualifiers=tuple(
            [Qualifier(text_of(q), _starred(q)) for q in every(parts, "QualifierName")]
        ),
    )


def _starred(element: _Element) -> bool:
    return element.get("MajorTopicYN") == "Y"


def _substances(citation: Parts) -> tuple[str, ...]:
    """Substances and the other supplementary concepts, which [nm] asks for together."""
    named = (
        name
        for chemical in below(citation, "ChemicalList", "Chemical")
        for name in chemical.iterchildren("NameOfSubstance")
    )
    return texts_of(named) + texts_of(below(citation, "SupplMeshList", "SupplMeshName"))


def _registrations(article: Parts) -> tuple[str, ...]:
    numbers: dict[str, None] = {}
    for bank in map(parts_of, below(article, "DataBankList", "DataBank")):
        if is_registry(text_of(bank.get("DataBankName"))):
            listed = texts_of(below(bank, "AccessionNumberList", "AccessionNumber"))
            numbers.update(dict.fromkeys(listed))
    return tuple(numbers)


def _corrections(citation: Parts) -> tuple[Correction, ...]:
    return tuple(
        _correction(entry)
        for entry in below(citation, "CommentsCorrectionsList", "CommentsCorrections")
        if entry.get("RefType") != _CITED
    )


def _correction(entry: _Element) -> Correction:
    parts = parts_of(entry)
    return Correction(
        entry.get("RefType", ""), text_of(parts.get("PMID")), text_of(parts.get("RefSource"))
    )


def _dates(history: _Element | None, citation: Parts, published: date | None) -> RecordDates:
    """PubMed's own dates by their kind (source-facts, "Dates"), beside the publisher's."""
    groups = {} if history is None else {e.get("PubStatus"): e for e in reversed(history)}
    return RecordDates(
        created=date_of(groups.get("entrez")),
        entered=date_of(groups.get("pubmed")),
        indexed=date_of(groups.get("medline")),
        revised=date_of(citation.get("DateRevised")),
        published=published,
    )
