"""Small readings that PubMed's articles and books share: text, dates, authors, identifiers."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import date

from lxml.etree import _Element

from surveillance.records.model import Author

# A pii stands for pages only where it is an article number (“e123”), not an Elsevier-like key.
_ARTICLE_NUMBER = re.compile(r"^[A-Za-z]{0,2}\d{1,8}$")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MATH = "{http://www.w3.org/1998/Math/MathML}math"
_YEAR = re.compile(r"\b(?:1[5-9]|20)\d\d\b")


def text_of(element: _Element | None) -> str:
    """All text below an element, inline markup dropped, white space made single."""
    if element is None:
        return ""
    text = (element.text or "") if len(element) == 0 else "".join(_runs(element))
    return " ".join(text.split())


def _runs(element: _Element) -> Iterator[str]:
    """The text between the tags. MathML is printed one sign a line; its signs make one word."""
    yield element.text or ""
    for part in element:
        if isinstance(part.tag, str):
            inside = _runs(part)
            yield "".join("".join(inside).split()) if part.tag == _MATH else "".join(inside)
        yield part.tail or ""


def text_at(element: _Element, *paths: str) -> str:
    """The text at the first of `paths` that has any."""
    for path in paths:
        if text := text_of(element.find(path)):
            return text
    return ""


def texts_at(element: _Element, path: str) -> tuple[str, ...]:
    """The texts of everything at `path`, empty ones left out."""
    return tuple(filter(None, map(text_of, element.iterfind(path))))


def abstract_of(element: _Element | None) -> str:
    """A structured or plain abstract as one text, “LABEL: text”, as NLM's MEDLINE format has it."""
    if element is None:
        return ""
    return " ".join(filter(None, map(_section, element.iterfind("AbstractText"))))


def _section(part: _Element) -> str:
    text, label = text_of(part), part.get("Label", "")
    # Some publishers label the only section of an unstructured abstract so; nobody wrote the word.
    return f"{label}: {text}" if text and label and label != "UNLABELLED" else text


def authors_of(lists: Iterable[_Element]) -> tuple[Author, ...]:
    """Authors as printed; spellings that NLM marked as superseded (ValidYN="N") left out."""
    return tuple(
        author
        for entry in lists
        for element in entry.iterfind("Author")
        if element.get("ValidYN", "Y") == "Y" and str(author := _author(element))
    )


def _author(element: _Element) -> Author:
    parts = {str(part.tag): text_of(part) for part in element}
    return Author(
        last=parts.get("LastName", ""),
        fore=parts.get("ForeName", ""),
        initials=parts.get("Initials", ""),
        collective=parts.get("CollectiveName", ""),
    )


def pages_of(element: _Element) -> str:
    """The page range as printed, or the article number where there are no pages."""
    if printed := text_at(element, "Pagination/MedlinePgn"):
        return printed
    first = text_at(element, "Pagination/StartPage")
    last = text_at(element, "Pagination/EndPage")
    if first:
        return f"{first}-{last}" if last and last != first else first
    numbers = (text_of(e) for e in _valid_locations(element, "pii"))
    return next(filter(_ARTICLE_NUMBER.match, numbers), "")


def doi_of(element: _Element, identifiers: _Element | None) -> str:
    """The DOI that the publisher calls valid, else the one among PubMed's article identifiers."""
    valid = next((text_of(e) for e in _valid_locations(element, "doi")), "")
    return valid or identifier_of(identifiers, "doi")


def _valid_locations(element: _Element, kind: str) -> Iterator[_Element]:
    for location in element.iterfind("ELocationID"):
        if location.get("EIdType") == kind and location.get("ValidYN", "Y") == "Y":
            yield location


def identifier_of(identifiers: _Element | None, kind: str) -> str:
    """The identifier of a kind (doi, pmc, …) in an ArticleIdList; empty where there is none."""
    if identifiers is None:
        return ""
    return next((text_of(e) for e in identifiers if e.get("IdType") == kind), "")


def date_of(element: _Element | None) -> date | None:
    """A Year/Month/Day group (or a MedlineDate's year) with missing parts set to 1."""
    year = year_of(element)
    if element is None or year is None:
        return None
    return _calendar(year, _month(text_at(element, "Month")), _number(text_at(element, "Day")))


def year_of(element: _Element | None) -> int | None:
    """The year of a date group; of a MedlineDate such as “1998 Dec-1999 Jan” the first."""
    if element is None:
        return None
    found = _YEAR.search(text_at(element, "Year", "MedlineDate"))
    return int(found[0]) if found else None


def _month(text: str) -> int:
    if text.isdecimal():
        return int(text)
    name = text[:3].lower()
    return _MONTHS.index(name) + 1 if name in _MONTHS else 1


def _number(text: str) -> int:
    return int(text) if text.isdecimal() else 1


def _calendar(year: int, month: int, day: int) -> date:
    """The date, each impossible part (31 June, month 0) replaced by 1."""
    try:
        return date(year, month, day)
    except ValueError:
        return date(year, month if 1 <= month <= 12 else 1, 1)
