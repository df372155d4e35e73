"""Small readings that PubMed's articles and books share: text, dates, authors, identifiers.

An element's children are read once, into `Parts`: asking for one path after the other walks the
same children anew each time, and an update file has three million of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import date
from functools import lru_cache
from typing import TypeAlias

from lxml import etree
from lxml.etree import _Element

from surveillance.records.model import Author

#: The first child of each name.
Parts: TypeAlias = dict[str, _Element]

# A pii stands for pages only where it is an article number (“e123”), not an Elsevier-like key.
_ARTICLE_NUMBER = re.compile(r"^[A-Za-z]{0,2}\d{1,8}$")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MATH = "{http://www.w3.org/1998/Math/MathML}math"
# Digits beyond which a number is nothing in a calendar, and no integer of C.
_ENDLESS = 9
_NAMES = {"LastName": 0, "ForeName": 1, "Initials": 2, "CollectiveName": 3}
# Year, month and day as nearly all dates have them; the last two may be missing.
_PLAIN_DATE = re.compile(r"(?:1[5-9]|20)\d\d-(?:\d\d?|[A-Z][a-z][a-z])?-(?:\d\d?)?")
_MARKED = "<"
_YEAR = re.compile(r"\b(?:1[5-9]|20)\d\d\b")


def parts_of(element: _Element | None) -> Parts:
    """The first child of each name; none where there is no element."""
    if element is None:
        return {}
    return {child.tag: child for child in element.iterchildren(reversed=True)}


def every(parts: Parts, name: str) -> Iterable[_Element]:
    """All children of that name, in order."""
    found = parts.get(name)
    return () if found is None else (found, *found.itersiblings(name))


def below(parts: Parts, lists: str, name: str) -> Iterable[_Element]:
    """The children called `name` of all `lists`, such as the keywords of all keyword lists."""
    return [entry for listed in every(parts, lists) for entry in listed.iterchildren(name)]


def text_of(element: _Element | None) -> str:
    """All text below an element, inline markup dropped, white space made single."""
    if element is None:
        return ""
    if not len(element):
        text = element.text or ""
    elif next(element.iter(_MATH), None) is None:
        text = etree.tostring(element, method="text", encoding="unicode", with_tail=False)
    else:
        text = "".join(_runs(element))
    # No white space but the space is printable: most texts need not be taken apart.
    if text.isprintable() and "  " not in text:
        return text.strip()
    return " ".join(text.split())


def _runs(element: _Element) -> Iterator[str]:
    """The text between the tags. MathML is printed one sign a line; its signs make one word."""
    yield element.text or ""
    for part in element:
        if isinstance(part.tag, str):
            inside = _runs(part)
            yield "".join("".join(inside).split()) if part.tag == _MATH else "".join(inside)
        yield part.tail or ""


def texts_of(elements: Iterable[_Element]) -> tuple[str, ...]:
    """The texts of all elements, empty ones left out."""
    return tuple(filter(None, map(text_of, elements)))


def abstract_of(element: _Element | None) -> str:
    """A structured or plain abstract as one text, “LABEL: text”, as NLM's MEDLINE format has it."""
    if element is None:
        return ""
    return " ".join(filter(None, map(_section, element.iterchildren("AbstractText"))))


def _section(part: _Element) -> str:
    text, label = text_of(part), part.get("Label", "")
    # Some publishers label the only section of an unstructured abstract so; nobody wrote the word.
    return f"{label}: {text}" if text and label and label != "UNLABELLED" else text


def authors_of(lists: Iterable[_Element]) -> tuple[Author, ...]:
    """Authors as printed; spellings that NLM marked as superseded (ValidYN="N") left out."""
    found: list[list[str]] = []
    for listed in lists:
        counts = False
        # One walk over the list, past the affiliations, which are longer and not kept.
        for element in listed.iter("Author", *_NAMES):
            if element.tag == "Author":
                found.append(["", "", "", ""])
                counts = element.get("ValidYN", "Y") == "Y"
            elif counts:
                found[-1][_NAMES[element.tag]] = text_of(element)
    return tuple([Author(*names) for names in found if any(names)])


def pages_of(parts: Parts) -> str:
    """The page range as printed, or the article number where there are no pages."""
    pagination = parts_of(parts.get("Pagination"))
    if printed := text_of(pagination.get("MedlinePgn")):
        return printed
    start, end = text_of(pagination.get("StartPage")), text_of(pagination.get("EndPage"))
    if start:
        return f"{start}-{end}" if end and end != start else start
    return next(filter(_ARTICLE_NUMBER.match, _valid_locations(parts, "pii")), "")


def doi_of(parts: Parts, identifiers: _Element | None) -> str:
    """The DOI that the publisher calls valid, else the one among PubMed's article identifiers."""
    return next(_valid_locations(parts, "doi"), "") or identifier_of(identifiers, "doi")


def _valid_locations(parts: Parts, kind: str) -> Iterator[str]:
    for location in every(parts, "ELocationID"):
        if location.get("EIdType") == kind and location.get("ValidYN", "Y") == "Y":
            yield text_of(location)


def identifier_of(identifiers: _Element | None, kind: str) -> str:
    """The identifier of a kind (doi, pmc, …) in an ArticleIdList; empty where there is none."""
    if identifiers is None:
        return ""
    return next((text_of(e) for e in identifiers if e.get("IdType") == kind), "")


def date_of(element: _Element | None) -> date | None:
    """A Year/Month/Day group with missing or impossible parts set to 1.

    Of a MedlineDate such as “1998 Dec-1999 Jan” the first year.
    """
    if element is None:
        return None
    printed = {part.tag: _MARKED if len(part) else part.text for part in reversed(element)}
    year, month, day = printed.get("Year"), printed.get("Month"), printed.get("Day")
    return _plain_date(year or "", month or "", day or "") or _partial_date(parts_of(element))


@lru_cache(maxsize=4_096)
def _plain_date(year: str, month: str, day: str) -> date | None:
    """The date where it is printed as nearly all are; a file has the same few over and over."""
    if not _PLAIN_DATE.fullmatch(f"{year}-{month}-{day}"):
        return None
    return _calendar(int(year), _month(month), _number(day))


def _partial_date(parts: Parts) -> date | None:
    year = _YEAR.search(text_of(parts.get("Year")) or text_of(parts.get("MedlineDate")))
    if not year:
        return None
    return _calendar(
        int(year[0]), _month(text_of(parts.get("Month"))), _number(text_of(parts.get("Day")))
    )


def _month(text: str) -> int:
    if text.isdecimal():
        return _number(text)
    name = text[:3].lower()
    return _MONTHS.index(name) + 1 if name in _MONTHS else 1


def _number(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < _ENDLESS else 1


def _calendar(year: int, month: int, day: int) -> date:
    """The date, each impossible part (31 June, month 0) replaced by 1."""
    try:
        return date(year, month, day)
    except ValueError:
        return date(year, month if 1 <= month <= 12 else 1, 1)
