"""Europe PMC's results (`resultType=core`, JSON) → records.

Source: Europe PMC, Web Service Reference Guide 6.9 (“searchPublications Method Output”, “Data
Sources”); what is not documented there stands in docs/decisions/0016-europe-pmc.md.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from surveillance.errors import UnreadableInput
from surveillance.records.model import (
    Author,
    Correction,
    IndexedHeading,
    Qualifier,
    Record,
    RecordDates,
)
from surveillance.records.payload import Captured, Payload

SOURCE = "europepmc"
MEDIA_TYPE = "application/vnd.europepmc+json"
#: The part of Europe PMC that is PubMed.
PUBMED = "MED"

Result = Mapping[str, Any]

_CODE = re.compile(r"[A-Z]{2,10}")
_IDENTIFIER = re.compile(r"[A-Za-z0-9][\w.()/-]{0,99}")
_LABEL = re.compile(r"<h4>([^<>]{1,100})</h4>", re.IGNORECASE)
_MARKUP = re.compile(
    r"</?(?:[biu]|su[bp]|em|strong|sc|p|br|ul|ol|li|span|div|h[1-6]|sec|title|italic|bold)"
    r"(?:\s[^<>]{0,200})?/?>",
    re.IGNORECASE,
)
_YEAR = re.compile(r"[12]\d{3}")


def capture(result: Any) -> Captured:
    """A result with its record; the payload is its JSON with sorted keys.

    How often it is cited is left out: that changes by itself, and is no new version. Raises
    `UnreadableInput` for what is no result.
    """
    record = read_result(result)
    kept = {name: result[name] for name in result if name != "citedByCount"}
    content = json.dumps(kept, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    # A lone surrogate (`\\ud800`) is JSON, but no text.
    return Captured(record, Payload(content.encode(errors="backslashreplace"), MEDIA_TYPE))


def read_europe_pmc(content: bytes) -> Record:
    """The record of a payload that `capture` made; raises `UnreadableInput` for anything else."""
    try:
        return read_result(json.loads(content))
    except (ValueError, RecursionError):
        raise UnreadableInput("this is no result of Europe PMC: it is not JSON.") from None


def lacking_in_pubmed(record: Record) -> bool:
    """Whether PubMed does not hold what this record is about: a preprint, a thesis, a book."""
    return not record.pmid


def read_result(result: object) -> Record:
    """One result, in Europe PMC's own words."""
    if not isinstance(result, Mapping):
        raise UnreadableInput("this is no result of Europe PMC.")
    source, identifier = _text(result, "source"), _text(result, "id")
    if not (_CODE.fullmatch(source) and _IDENTIFIER.fullmatch(identifier)):
        raise UnreadableInput("a result of Europe PMC has no identifier.")
    return Record(
        source=SOURCE,
        source_id=f"{source}:{identifier}",
        title=_plain(_text(result, "title")),
        abstract=_abstract(_text(result, "abstractText")),
        authors=tuple(_authors(result)),
        languages=_given(_text(result, "language")),
        publication_types=_list(result, "pubTypeList", "pubType"),
        keywords=_list(result, "keywordList", "keyword"),
        substances=tuple(_names(result, "chemicalList", "chemical")),
        mesh=_mesh(result, source),
        corrections=tuple(_corrections(result)),
        dates=_dates(result),
        version=_version(result),
        doi=_text(result, "doi"),
        pmid=_pmid(result, source, identifier),
        pmcid=_text(result, "pmcid"),
        **_place(result),
    )


def _text(part: object, name: str) -> str:
    """A value as text; "" where it is not there or is no plain value."""
    value = part.get(name) if isinstance(part, Mapping) else None
    if isinstance(value, bool) or not isinstance(value, str | int):
        return ""
    return " ".join(str(value).encode(errors="replace").decode().split())


def _given(text: str) -> tuple[str, ...]:
    return (text,) if text else ()


def _parts(part: object, *path: str) -> Sequence[Any]:
    """What stands at a path; the JSON made from XML has a list of one as its only item."""
    for name in path:
        part = part.get(name) if isinstance(part, Mapping) else None
    if part is None:
        return ()
    return part if isinstance(part, list) else (part,)


def _list(result: Result, *path: str) -> tuple[str, ...]:
    found = (_plain(" ".join(one.split())) for one in _parts(result, *path) if isinstance(one, str))
    return tuple(dict.fromkeys(filter(None, found)))


def _names(result: Result, *path: str) -> Iterator[str]:
    return filter(None, (_text(one, "name") for one in _parts(result, *path)))


def _plain(text: str) -> str:
    """Text without markup; a sign of comparison is none."""
    return " ".join(html.unescape(_MARKUP.sub("", text)).split())


def _abstract(text: str) -> str | None:
    """Headlines become labels, “RESULTS: …”, as the abstracts of PubMed are read."""
    labelled = _LABEL.sub(lambda label: f" {label[1].strip().rstrip(':').upper()}: ", text)
    return _plain(labelled) or None


def _authors(result: Result) -> Iterator[Author]:
    authors = _parts(result, "authorList", "author")
    for author in authors:
        last = _text(author, "lastName")
        collective = _text(author, "collectiveName") or _text(author, "fullName")
        if last:
            yield Author(last, _text(author, "firstName"), _text(author, "initials"))
        elif collective:
            yield Author(collective=collective)
    if not authors:
        printed = _text(result, "authorString").rstrip(".").split(", ")
        yield from map(_printed_author, filter(None, printed))


def _printed_author(printed: str) -> Author:
    """“Hubbard TJ”: initials are the capitals after the last space."""
    last, _, initials = printed.rpartition(" ")
    if last and initials.isupper() and initials.isalpha():
        return Author(last, initials=initials)
    return Author(collective=printed)


def _place(result: Result) -> dict[str, Any]:
    """Where it was published: a journal, or the server of a preprint as its publisher."""
    info = result.get("journalInfo")
    named = _in_small_letters(info.get("journal")) if isinstance(info, Mapping) else {}
    year = _text(result, "pubYear")
    return {
        "journal": _text(named, "title") or _text(result.get("bookOrReportDetails"), "publisher"),
        "journal_abbreviation": _text(named, "medlineabbreviation")
        or _text(named, "isoabbreviation"),
        "issn": _text(named, "issn") or _text(named, "essn"),
        "volume": _text(info, "volume"),
        "issue": _text(info, "issue"),
        "pages": _text(result, "pageInfo"),
        "year": int(year) if _YEAR.fullmatch(year) else None,
    }


def _in_small_letters(part: object) -> dict[str, Any]:
    """By name in small letters: the JSON has `issn` where the guide has `ISSN`."""
    if not isinstance(part, Mapping):
        return {}
    return {str(name).lower(): value for name, value in part.items()}


def _pmid(result: Result, source: str, identifier: str) -> str:
    pmid = _text(result, "pmid") or (identifier if source == PUBMED else "")
    return pmid if pmid.isascii() and pmid.isdecimal() else ""


def _mesh(result: Result, source: str) -> tuple[IndexedHeading, ...] | None:
    """Headings; what is not of PubMed never gets any, which is known and no “not yet”."""
    headings = tuple(_headings(result))
    return headings if headings or source != PUBMED else None


def _headings(result: Result) -> Iterator[IndexedHeading]:
    for heading in _parts(result, "meshHeadingList", "meshHeading"):
        if name := _text(heading, "descriptorName"):
            qualifiers = _parts(heading, "meshQualifierList", "meshQualifier")
            yield IndexedHeading(
                name,
                major=_is_major(heading),
                qualifiers=tuple(
                    Qualifier(_text(one, "qualifierName"), _is_major(one)) for one in qualifiers
                ),
            )


def _is_major(part: object) -> bool:
    return _text(part, "majorTopic_YN") == "Y"


def _corrections(result: Result) -> Iterator[Correction]:
    """“Retraction in” → `RetractionIn`, as PubMed calls it; reference lists are left out."""
    for one in _parts(result, "commentCorrectionList", "commentCorrection"):
        kind = "".join(word[:1].upper() + word[1:] for word in _text(one, "type").split())
        source, identifier = _text(one, "source"), _text(one, "id")
        if not kind or kind == "Cites":
            continue
        of_pubmed = source == PUBMED and identifier.isascii() and identifier.isdecimal()
        named = f"{source}:{identifier}" if source and identifier and not of_pubmed else ""
        yield Correction(
            kind,
            pmid=identifier if of_pubmed else "",
            citation=" ".join(filter(None, (_plain(_text(one, "reference")), named))),
        )


def _dates(result: Result) -> RecordDates:
    """`created` is the day of first indexing, from which on a search finds the record."""
    return RecordDates(
        created=_day(result, "firstIndexDate"),
        entered=_day(result, "dateOfCreation"),
        revised=_day(result, "dateOfRevision"),
        published=_day(result, "firstPublicationDate"),
    )


def _day(result: Result, name: str) -> date | None:
    try:
        return date.fromisoformat(_text(result, name)[:10])
    except ValueError:
        return None


def _version(result: Result) -> int:
    """Preprints alone have versions, each with an identifier of its own."""
    number = _text(result, "versionNumber")
    return int(number) if re.fullmatch(r"[1-9]\d{0,3}", number) else 1
