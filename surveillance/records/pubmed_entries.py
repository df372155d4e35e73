"""One entry of a set of PubMed records, as an element → what is kept of it."""

from __future__ import annotations

from typing import TypeAlias

from lxml import etree
from lxml.etree import _Element

from surveillance.records.payload import Captured, Deleted, Payload
from surveillance.records.pubmed_article import read_article, read_book, read_pmids

PubmedEntry: TypeAlias = Captured | Deleted

MEDIA_TYPE = "application/vnd.pubmed+xml"

SETS = ("PubmedArticleSet", "PubmedBookArticleSet")
DELETIONS = ("DeleteCitation", "DeleteDocument")
ARTICLE, BOOK = "PubmedArticle", "PubmedBookArticle"
ENTRIES = (ARTICLE, BOOK, *DELETIONS)


def read_entry(element: _Element, content: bytes | None = None) -> PubmedEntry:
    """The record or the deletion that an element of `ENTRIES` holds.

    `content` are the bytes that it was read from; left out, they are written anew. Raises
    `UnreadableArticle` where it is no record.
    """
    if element.tag in DELETIONS:
        return Deleted(read_pmids(element))
    record = read_article(element) if element.tag == ARTICLE else read_book(element)
    if content is None:
        content = etree.tostring(element, encoding="utf-8", with_tail=False)
    return Captured(record, Payload(content, MEDIA_TYPE))
