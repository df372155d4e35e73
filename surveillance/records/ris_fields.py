"""The tags of one RIS record → `Record`, as Ovid, Cochrane, Embase.com and others fill them."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from datetime import date
from functools import lru_cache

from surveillance.records.model import Author, Record, RecordDates
from surveillance.records.registration_numbers import registration_numbers

Values = Mapping[str, tuple[str, ...]]

#: In a journal article A2 to A4 are authors too; in a book or chapter they are its editors.
_ALSO_AUTHORS = frozenset({"A1", "A2", "A3", "A4"})
_ARTICLES = frozenset({"JOUR", "EJOUR", "JFULL", "INPR", "ABST", "MGZN", "CPAPER", "CONF"})

_DOI = re.compile(r"\b10\.\d{4,9}/\S+")
#: CENTRAL's own numbers look like DOIs but resolve nowhere and belong to no publication.
_CENTRAL_NUMBER = re.compile(r"^10\.1002/central/", re.IGNORECASE)
_PMID = re.compile(r"(?:PUBMED|PMID)[\s:/]*(\d{1,8})\b|pubmed\S*?[=/](\d{1,8})\b", re.IGNORECASE)
_PMCID = re.compile(r"\bPMC\d{3,9}\b")
_DASH = re.compile("[-\u2010-\u2015]")
_DATE = re.compile(r"^\s*(\d{4})(?:[/-](\d{1,2})?)?(?:[/-](\d{1,2})?)?")
_INITIALS = re.compile(r"^(?:[^\W\d_]\.?[\s-]?){1,5}$")
_TRAILING_INITIALS = re.compile(r"^(\S.*?)\s+((?:[A-Z]\.?-?){1,4}|[A-Z](?:\.?\s[A-Z]){1,3}\.?)$")
_GROUP = re.compile(r"^([^,]+(?:,,.*[^,])?),$|^([^,]+,,.*[^,])$")
_ISSN = re.compile(r"^\d{4}-?\d{3}[\dXx](?=[\s,;(]|$)")
#: Tags that hold identifiers, of the record or of the study that it reports. CENTRAL prints a
#: registry's number as author and its address as journal.
_IDENTIFIERS = [
    "AN",
    "ID",
    "C3",
    "C2",
    "C5",
    "C6",
    "C7",
    "CN",
    "M1",
    "U1",
    "U2",
    "N1",
    "AU",
    "A1",
    "JO",
    "T2",
    "UR",
]


def read_fields(values: Values, source: str, content: str) -> Record | None:
    """The record that the tags describe; None where they hold neither title nor number.

    `content` identifies the record where its source gave no number.
    """
    title = _first(values, "TI", "T1")
    if not (title or _first(values, "AN", "ID", "DO")):
        return None
    pmid = _pmid(values)
    return Record(
        source=source,
        source_id=_source_id(values, content),
        title=title,
        abstract=_first(values, "AB", "N2") or None,
        original_title=_first(values, "TT", "OP"),
        authors=tuple(map(read_author, _author_names(values))),
        journal=_first(values, "JF", "T2", "JO", "JA", "J2"),
        journal_abbreviation=_first(values, "JA", "J2", "J1", "JO"),
        issn=_issn(values),
        year=_year(values),
        volume=_first(values, "VL"),
        issue=_first(values, "IS"),
        pages=_pages(values),
        doi=_doi(values),
        pmid=pmid,
        pmcid=_pmcid(values),
        languages=values.get("LA", ()),
        publication_types=_publication_types(values),
        keywords=values.get("KW", ()),
        registrations=registration_numbers(_texts(values, *_IDENTIFIERS)),
        dates=_dates(tuple(_texts(values, "DA", "Y1", "PY"))),
    )


@lru_cache(maxsize=65_536)
def read_author(printed: str) -> Author:
    """An author as printed: “Chang, Brian L.”, “Chang, B. L.”, “Chang B.L.”, or a group.

    A name without a comma and without initials at its end is a group's, or a single name; so is
    one that ends in a comma or has two together (EndNote, "Entering corporate authors").
    """
    if group := _GROUP.match(printed.strip()):
        return Author(collective=(group[1] or group[2]).replace(",,", ","))
    last, comma, given = (part.strip() for part in printed.partition(","))
    if comma:
        given = given.removesuffix(",")
        if _INITIALS.match(given) and given == given.upper():
            return Author(last=last, initials=re.sub(r"[\s.]", "", given))
        return Author(last=last, fore=given, initials=_initials(given))
    if found := _TRAILING_INITIALS.match(printed.strip()):
        return Author(last=found[1], initials=re.sub(r"[\s.]", "", found[2]))
    return Author(collective=printed.strip())


def _initials(given: str) -> str:
    return "".join(name[0].upper() for name in re.split(r"[\s.-]+", given) if name)


def _first(values: Values, *tags: str) -> str:
    for tag in tags:
        if texts := values.get(tag):
            return texts[0]
    return ""


def _texts(values: Values, *tags: str) -> list[str]:
    return [text for tag in tags if tag in values for text in values[tag]]


def _author_names(values: Values) -> list[str]:
    """Exports repeat names under a second tag; two of one name under one tag are two people."""
    if _ALSO_AUTHORS.isdisjoint(values):
        return [name for name in values.get("AU", ()) if name.strip(" ,.")]
    named = list(values.get("A1", ()))
    article = _first(values, "TY").upper() in _ARTICLES
    for tag in ("AU", "A2", "A3", "A4"):
        if tag == "AU" or article or not named:
            known = frozenset(named)
            named += [name for name in values.get(tag, ()) if name not in known]
    return [name for name in named if name.strip(" ,.")]


def _issn(values: Values) -> str:
    """The first number: EndNote and PubMed put “1660-4601 (Print) 1661-7827” into one field."""
    printed = _first(values, "SN")
    found = _ISSN.match(printed)
    return found[0] if found else printed


def _source_id(values: Values, content: str) -> str:
    """The accession number; a short plain number in ID counts the records of a file only."""
    if number := _first(values, "AN", "U2", "UT"):
        return number
    number = _first(values, "ID")
    if number and not (number.isdecimal() and len(number) < 6):
        return number
    return f"sha256:{hashlib.sha256(content.encode()).hexdigest()[:24]}"


def _pmid(values: Values) -> str:
    plain = _first(values, "PM")
    if plain.isdecimal():
        return plain
    if re.search("medline|pubmed", _first(values, "DB"), re.IGNORECASE):
        number = _first(values, "AN")
        if number.isdecimal() and len(number) <= 8:
            return number
    for text in _texts(values, "PM", "AN", "C3", "ID", "C5", "N1", "UR"):
        if found := _PMID.search(text):
            return str(found[1] or found[2])
    return ""


def _pmcid(values: Values) -> str:
    found = (_PMCID.search(text) for text in _texts(values, "C2", "ID", "UR"))
    return next((match[0] for match in found if match), "")


def _doi(values: Values) -> str:
    for text in _texts(values, "DO", "M3", "L3", "ID", "UR"):
        found = _DOI.search(text)
        if found and not _CENTRAL_NUMBER.match(found[0]):
            return found[0].rstrip(".,;")
    return ""


def _pages(values: Values) -> str:
    first, last = _first(values, "SP"), _first(values, "EP")
    if not first or not last or last == first or _DASH.search(first):
        return first or last
    return f"{first}-{last}"


def _publication_types(values: Values) -> tuple[str, ...]:
    """What the database says of the kind of publication; Ovid puts the DOI into M3."""
    printed = (text for text in _texts(values, "PT", "M3") if not _DOI.search(text))
    return tuple(dict.fromkeys(printed))


def _year(values: Values) -> int | None:
    for text in _texts(values, "PY", "Y1", "DA"):
        if found := re.search(r"\b(?:1[5-9]|20)\d\d\b", text):
            return int(found[0])
    return None


@lru_cache(maxsize=4_096)
def _dates(texts: tuple[str, ...]) -> RecordDates:
    return RecordDates(published=_published(texts))


def _published(texts: Iterable[str]) -> date | None:
    """The most precise of the dates (“2024/07/26/”), missing parts set to 1."""
    matches = map(_DATE.match, texts)
    printed = [tuple(filter(None, found.groups())) for found in matches if found]
    best = max(printed, key=len, default=None)
    if best is None:
        return None
    year, month, day = (*map(int, best), 1, 1)[:3]
    try:
        return date(year, month, day)
    except ValueError:
        return date(year, 1, 1) if year else None
