"""The tags of one RIS record → `Record`, as Ovid, Cochrane, Embase.com and others fill them."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import date
from functools import lru_cache
from typing import Any

from surveillance.records.model import Author, Record, RecordDates
from surveillance.records.quick_making import quick_maker
from surveillance.records.registration_numbers import registration_numbers

Values = Mapping[str, tuple[str, ...]]
Tags = tuple[str, ...]

#: In a journal article A2 to A4 are authors too; in a book or chapter they are its editors.
_ALSO_AUTHORS = frozenset({"A1", "A2", "A3", "A4"})
_ARTICLES = frozenset({"JOUR", "EJOUR", "JFULL", "INPR", "ABST", "MGZN", "CPAPER", "CONF"})

_DOI = re.compile(r"\b10\.\d{4,9}/\S+")
#: CENTRAL's own numbers look like DOIs but resolve nowhere and belong to no publication.
_CENTRAL_NUMBER = re.compile(r"^10\.1002/central/", re.IGNORECASE)
_PMID = re.compile(r"(?:PUBMED|PMID)[\s:/]*(\d{1,8})\b|pubmed\S*?[=/](\d{1,8})\b", re.IGNORECASE)
_FROM_PUBMED = re.compile("medline|pubmed", re.IGNORECASE)
_PMCID = re.compile(r"\bPMC\d{3,9}\b")
_DASH = re.compile("[-\u2010-\u2015]")
_YEAR = re.compile(r"\b(?:1[5-9]|20)\d\d\b")
_DATE = re.compile(r"^\s*(\d{4})(?:[/-](\d{1,2})?)?(?:[/-](\d{1,2})?)?")
_ISSN = re.compile(r"^\d{4}-?\d{3}[\dXx](?=[\s,;(]|$)")

_INITIALS = re.compile(r"^(?:[^\W\d_]\.?[\s-]?){1,5}$")
_TRAILING_INITIALS = re.compile(r"^(\S.*?)\s+((?:[A-Z]\.?-?){1,4}|[A-Z](?:\.?\s[A-Z]){1,3}\.?)$")
_GROUP = re.compile(r"^([^,]+(?:,,.*[^,])?),$|^([^,]+,,.*[^,])$")
_BETWEEN_INITIALS = re.compile(r"[\s.]")
_BETWEEN_NAMES = re.compile(r"[\s.-]+")
#: “van der Berg CD” and “van der Berg, C. D.”: the shapes of most names, which need no other
#: look. A word of one letter before the initials may be one of them (“Okoye A B”).
_NAME_INITIALS = re.compile(r"((?:[^\s,]+ )*?[^\s,.]{2,}) ([A-Z]{1,4})")
_NAME_COMMA_INITIALS = re.compile(r"([^\s,]+(?: [^\s,]+)*), ([A-Z](?:\.? ?[A-Z]){0,3}\.?)")


_record = quick_maker(Record)
_author = quick_maker(Author)


class FieldReader:
    """Reads records that have some tags; in a table of nine columns nobody looks for thirty."""

    def __init__(self, tags: Collection[str]) -> None:
        """`tags` are all that a record may have."""
        fields = [
            (name, read, tuple(tag for tag in among if tag in tags))
            for name, (read, among) in _FIELDS.items()
        ]
        self._fields = [(name, read, among) for name, read, among in fields if among]

    def read(self, values: Values, source: str, content: str) -> Record | None:
        """The record that the tags describe; None where they hold neither title nor number.

        `content` identifies the record where its source gave no number.
        """
        if not (_first(values, ("TI", "T1")) or _first(values, ("AN", "ID", "DO"))):
            return None
        found: dict[str, Any] = {name: read(values, among) for name, read, among in self._fields}
        return _record(source=source, source_id=_source_id(values, content), **found)


def read_fields(values: Values, source: str, content: str) -> Record | None:
    """`FieldReader.read` for a record that may have any tags."""
    return _ANY.read(values, source, content)


def read_author(printed: str) -> Author:
    """An author as printed: “Chang, Brian L.”, “Chang, B. L.”, “Chang B.L.”, or a group.

    A name without a comma and without initials at its end is a group's, or a single name; so is
    one that ends in a comma or has two together (EndNote, "Entering corporate authors").
    """
    if short := _NAME_INITIALS.fullmatch(printed):
        last, initials = short.groups()
        return _author(last, "", initials)
    if short := _NAME_COMMA_INITIALS.fullmatch(printed):
        last, initials = short.groups()
        return _author(last, "", initials.replace(".", "").replace(" ", ""))
    return _read_rarer_author(printed.strip())


def _read_rarer_author(printed: str) -> Author:
    if group := _GROUP.match(printed):
        return _author(collective=(group[1] or group[2]).replace(",,", ","))
    last, comma, given = (part.strip() for part in printed.partition(","))
    if comma:
        given = given.removesuffix(",")
        if _INITIALS.match(given) and given == given.upper():
            return _author(last=last, initials=_BETWEEN_INITIALS.sub("", given))
        return _author(last=last, fore=given, initials=_initials(given))
    if found := _TRAILING_INITIALS.match(printed):
        return _author(last=found[1], initials=_BETWEEN_INITIALS.sub("", found[2]))
    return _author(collective=printed)


def _initials(given: str) -> str:
    return "".join(name[0].upper() for name in _BETWEEN_NAMES.split(given) if name)


def _first(values: Values, tags: Tags) -> str:
    for tag in tags:
        if texts := values.get(tag):
            return texts[0]
    return ""


def _first_if_any(values: Values, tags: Tags) -> str | None:
    return _first(values, tags) or None


def _texts(values: Values, tags: Tags) -> list[str]:
    return [text for tag in tags if tag in values for text in values[tag]]


def _of_one_tag(values: Values, tags: Tags) -> tuple[str, ...]:
    (tag,) = tags
    return values.get(tag, ())


def _authors(values: Values, _tags: Tags) -> tuple[Author, ...]:
    return tuple([read_author(name) for name in _author_names(values) if name.strip(" ,.")])


def _author_names(values: Values) -> Iterable[str]:
    """Exports repeat names under a second tag; two of one name under one tag are two people."""
    if _ALSO_AUTHORS.isdisjoint(values):
        return values.get("AU", ())
    named = list(values.get("A1", ()))
    article = _first(values, ("TY",)).upper() in _ARTICLES
    for tag in ("AU", "A2", "A3", "A4"):
        if tag == "AU" or article or not named:
            known = frozenset(named)
            named += [name for name in values.get(tag, ()) if name not in known]
    return named


def _issn(values: Values, tags: Tags) -> str:
    """The first number: EndNote and PubMed put “1660-4601 (Print) 1661-7827” into one field."""
    printed = _first(values, tags)
    found = _ISSN.match(printed)
    return found[0] if found else printed


def _source_id(values: Values, content: str) -> str:
    """The accession number; a short plain number in ID counts the records of a file only."""
    if number := _first(values, ("AN", "U2", "UT")):
        return number
    number = _first(values, ("ID",))
    if number and not (number.isdecimal() and len(number) < 6):
        return number
    return f"sha256:{hashlib.sha256(content.encode()).hexdigest()[:24]}"


def _pmid(values: Values, tags: Tags) -> str:
    plain = _first(values, ("PM",))
    if plain.isdecimal():
        return plain
    if _FROM_PUBMED.search(_first(values, ("DB",))):
        number = _first(values, ("AN",))
        if number.isdecimal() and len(number) <= 8:
            return number
    for text in _texts(values, tags):
        if found := _PMID.search(text):
            return str(found[1] or found[2])
    return ""


def _pmcid(values: Values, tags: Tags) -> str:
    found = (_PMCID.search(text) for text in _texts(values, tags))
    return next((match[0] for match in found if match), "")


def _doi(values: Values, tags: Tags) -> str:
    for text in _texts(values, tags):
        found = _DOI.search(text)
        if found and not _CENTRAL_NUMBER.match(found[0]):
            return found[0].rstrip(".,;")
    return ""


def _pages(values: Values, _tags: Tags) -> str:
    first, last = _first(values, ("SP",)), _first(values, ("EP",))
    if not first or not last or last == first or _DASH.search(first):
        return first or last
    return f"{first}-{last}"


def _publication_types(values: Values, tags: Tags) -> tuple[str, ...]:
    """What the database says of the kind of publication; Ovid puts the DOI into M3."""
    printed = (text for text in _texts(values, tags) if not _DOI.search(text))
    return tuple(dict.fromkeys(printed))


def _registrations(values: Values, tags: Tags) -> tuple[str, ...]:
    return registration_numbers(_texts(values, tags))


def _year(values: Values, tags: Tags) -> int | None:
    for text in _texts(values, tags):
        if (year := _year_in(text)) is not None:
            return year
    return None


@lru_cache(maxsize=4_096)
def _year_in(text: str) -> int | None:
    found = _YEAR.search(text)
    return int(found[0]) if found else None


def _dates(values: Values, tags: Tags) -> RecordDates:
    return _dates_in(tuple(_texts(values, tags)))


@lru_cache(maxsize=4_096)
def _dates_in(texts: tuple[str, ...]) -> RecordDates:
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


#: Every field of a record, how it is read, and the tags that it may stand under, the best first.
_FIELDS: Mapping[str, tuple[Callable[[Values, Tags], object], Tags]] = {
    "title": (_first, ("TI", "T1")),
    "abstract": (_first_if_any, ("AB", "N2")),
    "original_title": (_first, ("TT", "OP")),
    "authors": (_authors, ("AU", "A1", "A2", "A3", "A4")),
    "journal": (_first, ("JF", "T2", "JO", "JA", "J2")),
    "journal_abbreviation": (_first, ("JA", "J2", "J1", "JO")),
    "issn": (_issn, ("SN",)),
    "year": (_year, ("PY", "Y1", "DA")),
    "volume": (_first, ("VL",)),
    "issue": (_first, ("IS",)),
    "pages": (_pages, ("SP", "EP")),
    "doi": (_doi, ("DO", "M3", "L3", "ID", "UR")),
    "pmid": (_pmid, ("PM", "AN", "C3", "ID", "C5", "N1", "UR")),
    "pmcid": (_pmcid, ("C2", "ID", "UR")),
    "languages": (_of_one_tag, ("LA",)),
    "publication_types": (_publication_types, ("PT", "M3")),
    "keywords": (_of_one_tag, ("KW",)),
    # Numbers of the record or of the study that it reports. CENTRAL prints a registry's number
    # as author and its address as journal.
    "registrations": (
        _registrations,
        (
            *("AN", "ID", "C3", "C2", "C5", "C6", "C7", "CN", "M1", "U1", "U2", "N1"),
            *("AU", "A1", "JO", "T2", "UR"),
        ),
    ),
    "dates": (_dates, ("DA", "Y1", "PY")),
}
_ANY = FieldReader({tag for _, tags in _FIELDS.values() for tag in tags})
