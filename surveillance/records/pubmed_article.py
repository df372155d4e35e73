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
    abstract_of,
    authors_of,
    date_of,
    doi_of,
    identifier_of,
    pages_of,
    text_at,
    text_of,
    texts_at,
    year_of,
)
from surveillance.records.registration_numbers import is_registry

SOURCE = "pubmed"

# Until 2018 the reference list stood among the corrections; a citation corrects nothing.
_CITED = "Cites"


class UnreadableArticle(ValueError):
    """An element that is no record: it lacks what makes one."""


def read_article(element: _Element) -> Record:
    """The record of a PubmedArticle; raises `UnreadableArticle` where it has no PMID."""
    citation = _required(element, "MedlineCitation")
    article = _required(citation, "Article")
    issue = article.find("Journal/JournalIssue")
    pmid = _required(citation, "PMID")
    identifiers = element.find("PubmedData/ArticleIdList")
    return Record(
        source=SOURCE,
        source_id=_pmid(pmid),
        pmid=_pmid(pmid),
        version=_version(pmid),
        status=citation.get("Status", ""),
        title=text_at(article, "ArticleTitle"),
        abstract=abstract_of(article.find("Abstract")) or None,
        other_abstracts=_other_abstracts(citation),
        original_title=text_at(article, "VernacularTitle"),
        authors=authors_of(article.iterfind("AuthorList")),
        journal=text_at(article, "Journal/Title"),
        journal_abbreviation=text_at(article, "Journal/ISOAbbreviation")
        or text_at(citation, "MedlineJournalInfo/MedlineTA"),
        issn=text_at(article, "Journal/ISSN")
        or text_at(citation, "MedlineJournalInfo/ISSNLinking"),
        year=_issue_year(issue) or year_of(article.find("ArticleDate")),
        volume=text_at(issue, "Volume") if issue is not None else "",
        issue=text_at(issue, "Issue") if issue is not None else "",
        pages=pages_of(article),
        doi=doi_of(article, identifiers),
        pmcid=identifier_of(identifiers, "pmc"),
        languages=texts_at(article, "Language"),
        publication_types=texts_at(article, "PublicationTypeList/PublicationType"),
        mesh=_headings(citation.find("MeshHeadingList")),
        keywords=texts_at(citation, "KeywordList/Keyword"),
        substances=_substances(citation),
        registrations=_registrations(article),
        corrections=_corrections(citation),
        dates=_dates(element.find("PubmedData/History"), citation, article),
    )


def read_book(element: _Element) -> Record:
    """The record of a PubmedBookArticle; raises `UnreadableArticle` where it has no PMID.

    A chapter stands in its book as an article in its journal. [tiab] asks the *collection*
    title (PubMed user guide, "Title/Abstract"), not the book's.
    """
    document = _required(element, "BookDocument")
    book = _required(document, "Book")
    pmid = _required(document, "PMID")
    chapter, title = text_at(document, "ArticleTitle"), text_at(book, "BookTitle")
    history = element.find("PubmedBookData/History")
    return Record(
        source=SOURCE,
        source_id=_pmid(pmid),
        pmid=_pmid(pmid),
        version=_version(pmid),
        title=chapter or title,
        abstract=abstract_of(document.find("Abstract")) or None,
        original_title=text_at(document, "VernacularTitle"),
        collection_title=text_at(book, "CollectionTitle"),
        authors=authors_of(document.iterfind("AuthorList")) or authors_of(_written(book)),
        journal=title if chapter else "",
        year=year_of(book.find("PubDate")) or year_of(document.find("ContributionDate")),
        volume=text_at(book, "Volume"),
        pages=pages_of(document),
        doi=doi_of(book, document.find("ArticleIdList")),
        pmcid=identifier_of(document.find("ArticleIdList"), "pmc"),
        languages=texts_at(document, "Language"),
        publication_types=texts_at(document, "PublicationType"),
        keywords=texts_at(document, "KeywordList/Keyword"),
        dates=RecordDates(
            created=_on(history, "entrez"),
            entered=_on(history, "pubmed"),
            indexed=_on(history, "medline"),
            revised=date_of(document.find("DateRevised")),
            published=date_of(book.find("PubDate")),
        ),
    )


def read_pmids(element: _Element) -> tuple[str, ...]:
    """The PMIDs in a DeleteCitation or DeleteDocument."""
    return texts_at(element, "PMID")


def _required(element: _Element, path: str) -> _Element:
    found = element.find(path)
    if found is None:
        raise UnreadableArticle(f"{element.tag} without {path}")
    return found


def _pmid(element: _Element) -> str:
    pmid = text_of(element)
    if not pmid.isdecimal():
        raise UnreadableArticle(f"“{pmid[:40]}” is not a PMID")
    return pmid


def _version(pmid: _Element) -> int:
    printed = pmid.get("Version", "1")
    return int(printed) if printed.isdecimal() else 1


def _issue_year(issue: _Element | None) -> int | None:
    return year_of(issue.find("PubDate")) if issue is not None else None


def _written(book: _Element) -> list[_Element]:
    return [entry for entry in book.iterfind("AuthorList") if entry.get("Type") != "editors"]


def _other_abstracts(citation: _Element) -> tuple[str, ...]:
    return tuple(filter(None, map(abstract_of, citation.iterfind("OtherAbstract"))))


def _headings(listed: _Element | None) -> tuple[IndexedHeading, ...] | None:
    if listed is None:
        return None
    return tuple(
        _heading(entry, descriptor)
        for entry in listed.iterfind("MeshHeading")
        if (descriptor := entry.find("DescriptorName")) is not None
    )


def _heading(entry: _Element, descriptor: _Element) -> IndexedHeading:
    return IndexedHeading(
        name=text_of(descriptor),
        ui=descriptor.get("UI", ""),
        major=_starred(descriptor),
        qualifiers=tuple(
            Qualifier(text_of(qualifier), _starred(qualifier))
            for qualifier in entry.iterfind("QualifierName")
        ),
    )


def _starred(element: _Element) -> bool:
    return element.get("MajorTopicYN") == "Y"


def _substances(citation: _Element) -> tuple[str, ...]:
    """Substances and the other supplementary concepts, which [nm] asks for together."""
    return texts_at(citation, "ChemicalList/Chemical/NameOfSubstance") + texts_at(
        citation, "SupplMeshList/SupplMeshName"
    )


def _registrations(article: _Element) -> tuple[str, ...]:
    numbers = [
        number
        for bank in article.iterfind("DataBankList/DataBank")
        if is_registry(text_at(bank, "DataBankName"))
        for number in texts_at(bank, "AccessionNumberList/AccessionNumber")
    ]
    return tuple(dict.fromkeys(numbers))


def _corrections(citation: _Element) -> tuple[Correction, ...]:
    return tuple(
        Correction(
            kind=entry.get("RefType", ""),
            pmid=text_at(entry, "PMID"),
            citation=text_at(entry, "RefSource"),
        )
        for entry in citation.iterfind("CommentsCorrectionsList/CommentsCorrections")
        if entry.get("RefType") != _CITED
    )


def _dates(history: _Element | None, citation: _Element, article: _Element) -> RecordDates:
    return RecordDates(
        created=_on(history, "entrez"),
        entered=_on(history, "pubmed"),
        indexed=_on(history, "medline"),
        revised=date_of(citation.find("DateRevised")),
        published=date_of(article.find("Journal/JournalIssue/PubDate"))
        or date_of(article.find("ArticleDate")),
    )


def _on(history: _Element | None, status: str) -> date | None:
    """PubMed's own date of a kind (source-facts, "Dates")."""
    if history is None:
        return None
    return next((date_of(e) for e in history if e.get("PubStatus") == status), None)
