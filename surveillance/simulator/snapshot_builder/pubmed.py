"""Articles → PubMed XML as EFetch returns it, in the order of NLM's DTD of January 2025."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from lxml import etree
from lxml.builder import E  # type: ignore[import-not-found]  # the stubs leave it out

from surveillance.simulator.snapshot_builder.source import BANNER, Article, Vocabulary

_DOCTYPE = (
    '<!DOCTYPE PubmedArticleSet PUBLIC "-//NLM//DTD PubMedArticle, 1st January 2025//EN" '
    '"https://dtd.nlm.nih.gov/ncbi/pubmed/out/pubmed_250101.dtd">'
)
Element = Any


def pubmed_xml(articles: Iterable[Article], vocabulary: Vocabulary) -> bytes:
    """The articles that PubMed holds, as one PubmedArticleSet."""
    held = [_article(article, vocabulary) for article in articles if article.pmid]
    header = etree.Comment(f" {BANNER} built from ../source; see ../README.md ")
    root = E.PubmedArticleSet(header, *held)
    document: bytes = etree.tostring(
        root, xml_declaration=True, encoding="UTF-8", pretty_print=True, doctype=_DOCTYPE
    )
    return document


def _article(article: Article, vocabulary: Vocabulary) -> Element:
    return E.PubmedArticle(_citation(article, vocabulary), _pubmed_data(article))


def _citation(article: Article, vocabulary: Vocabulary) -> Element:
    return E.MedlineCitation(
        E.PMID(article.pmid, Version="1"),
        *_some("DateCompleted", _day(article.indexed)),
        E.DateRevised(*_day(article.revised or article.indexed or article.created)),
        _bibliography(article, vocabulary),
        E.MedlineJournalInfo(E.MedlineTA(vocabulary.journals[article.journal])),
        *_some("CommentsCorrectionsList", map(_correction, article.corrections)),
        *_some("MeshHeadingList", (_heading(h, vocabulary) for h in article.headings)),
        *_some("KeywordList", _keywords(article), Owner="NOTNLM"),
        # A record travels alone through EFetch, so it says by itself what it is.
        E.GeneralNote(f"{BANNER}.", Owner="NLM"),
        Status=article.status,
        Owner="NLM",
    )


def _bibliography(article: Article, vocabulary: Vocabulary) -> Element:
    return E.Article(
        _journal(article, vocabulary),
        E.ArticleTitle(_sentence(article.title)),
        *_some("Pagination", _texts(MedlinePgn=article.pages)),
        E.ELocationID(article.doi, EIdType="doi", ValidYN="Y"),
        *_some("Abstract", _texts(AbstractText=article.abstract)),
        _authors(article),
        E.Language("eng"),
        *_data_banks(article),
        E.PublicationTypeList(
            *(E.PublicationType(t, UI=vocabulary.publication_types[t]) for t in article.types)
        ),
        PubModel="Print-Electronic" if article.volume else "Electronic",
    )


def _journal(article: Article, vocabulary: Vocabulary) -> Element:
    return E.Journal(
        E.JournalIssue(
            *_texts(Volume=article.volume, Issue=article.issue),
            E.PubDate(E.Year(str(article.year))),
            CitedMedium="Internet",
        ),
        E.Title(article.journal),
        E.ISOAbbreviation(vocabulary.journals[article.journal]),
    )


def _authors(article: Article) -> Element:
    """The authors that the citation prints, which is the first three at most."""
    return E.AuthorList(
        *(
            E.Author(E.LastName(last), E.ForeName(" ".join(initials)), E.Initials(initials))
            for last, _, initials in (name.rpartition(" ") for name in article.authors)
        ),
        CompleteYN="N",
    )


def _data_banks(article: Article) -> list[Element]:
    numbers = E.AccessionNumberList(*map(E.AccessionNumber, article.registrations))
    bank = E.DataBank(E.DataBankName("ClinicalTrials.gov"), numbers)
    return [E.DataBankList(bank, CompleteYN="Y")] if article.registrations else []


def _correction(correction: Any) -> Element:
    return E.CommentsCorrections(
        E.RefSource(correction.citation),
        E.PMID(correction.pmid, Version="1"),
        RefType=correction.kind,
    )


def _heading(printed: str, vocabulary: Vocabulary) -> Element:
    """`Heading/*qualifier` → MeshHeading; the star marks the major topic."""
    name, *qualifiers = printed.split("/")
    return E.MeshHeading(
        _term("DescriptorName", name, vocabulary.headings),
        *(_term("QualifierName", qualifier, vocabulary.qualifiers) for qualifier in qualifiers),
    )


def _term(tag: str, printed: str, identifiers: dict[str, str]) -> Element:
    name = printed.removeprefix("*")
    major = "N" if name == printed else "Y"
    return E(tag, name, UI=identifiers[name], MajorTopicYN=major)


def _keywords(article: Article) -> list[Element]:
    return [E.Keyword(keyword, MajorTopicYN="N") for keyword in article.keywords]


def _pubmed_data(article: Article) -> Element:
    """The history: `medline` is the day of entry until MeSH arrives (source-facts, E-utilities)."""
    indexed = article.indexed or article.created
    return E.PubmedData(
        E.History(
            *(
                E.PubMedPubDate(*_day(day), PubStatus=status)
                for status, day in (
                    ("entrez", article.created),
                    ("pubmed", article.created),
                    ("medline", indexed),
                )
            )
        ),
        E.PublicationStatus("aheadofprint" if article.status == "Publisher" else "ppublish"),
        E.ArticleIdList(
            E.ArticleId(article.pmid, IdType="pubmed"),
            E.ArticleId(article.doi, IdType="doi"),
        ),
    )


def _day(day: date | None) -> list[Element]:
    if day is None:
        return []
    return [E.Year(str(day.year)), E.Month(f"{day.month:02}"), E.Day(f"{day.day:02}")]


def _texts(**values: str) -> list[Element]:
    return [E(tag, text) for tag, text in values.items() if text]


def _some(tag: str, children: Iterable[Element], **attributes: str) -> list[Element]:
    """The element, if there is anything to put into it: NLM leaves out what is empty."""
    found = list(children)
    return [E(tag, *found, **attributes)] if found else []


def _sentence(title: str) -> str:
    """PubMed ends a title with a full stop unless it ends otherwise."""
    return title if title.endswith(("?", "!")) else f"{title}."
