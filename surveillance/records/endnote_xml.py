"""EndNote's XML export → records, read element by element, by way of the RIS tags of its fields.

EndNote, "XML export": `<xml><records><record>`, every text inside `<style>` elements. Zotero,
Mendeley, Bookends and Rayyan write the same with or without the styles.
"""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path
from typing import cast

from lxml import etree
from lxml.etree import _Element

from surveillance.errors import Place, UnreadableInput
from surveillance.records.bounded import BoundedStream
from surveillance.records.payload import Captured, Payload
from surveillance.records.ris_fields import read_fields
from surveillance.records.text import (
    MAX_FIELD,
    NumberedLine,
    UnreadLine,
    UnreadLines,
    on_one_line,
)
from surveillance.records.xml_streams import entries

MEDIA_TYPE = "application/x-endnote+xml"
#: The records stay in memory; the same records take a fifth of this as RIS.
MAX_BYTES = 512 * 1024**2

#: Path below the record → RIS tag. Others are kept in the payload.
_PATHS = {
    "contributors/authors/author": "AU",
    "titles/title": "TI",
    "titles/secondary-title": "T2",
    "titles/translated-title": "TT",
    "orig-pub": "OP",
    "periodical/full-title": "JF",
    "periodical/abbr-1": "JA",
    "pages": "SP",
    "volume": "VL",
    "number": "IS",
    "issue": "IS",
    "dates/year": "PY",
    "dates/pub-dates/date": "DA",
    "keywords/keyword": "KW",
    "abstract": "AB",
    "isbn": "SN",
    "accession-num": "AN",
    "electronic-resource-num": "DO",
    "language": "LA",
    "work-type": "M3",
    "remote-database-name": "DB",
    "notes": "N1",
    "call-num": "CN",
    "custom1": "C1",
    "custom2": "C2",
    "custom3": "C3",
    "custom5": "C5",
    "custom6": "C6",
    "custom7": "C7",
    "urls/web-urls/url": "UR",
    "urls/related-urls/url": "UR",
}
#: EndNote's names of types of reference that a record's reading depends on.
_TYPES = {
    "Journal Article": "JOUR",
    "Electronic Article": "EJOUR",
    "Conference Paper": "CPAPER",
    "Conference Proceedings": "CONF",
    "Book": "BOOK",
    "Book Section": "CHAP",
    "Report": "RPRT",
    "Thesis": "THES",
    "Web Page": "ELEC",
}


def read_endnote_xml(
    stream: BoundedStream, *, source: str, name: Path | str = "EndNote XML"
) -> tuple[tuple[Captured, ...], tuple[UnreadLine, ...]]:
    """The records of an EndNote library under the name of `source`, and those that are none.

    Raises `UnreadableInput` with line and column where the file is not whole XML, declares
    entities, nests too deep or is too large.
    """
    unread = UnreadLines()
    captured = []
    for element in entries(stream, "record", of="EndNote", name=name):
        if item := _captured(element, source, name):
            captured.append(item)
        else:
            unread.leave(_named(element), "a record with neither title nor number")
    return tuple(captured), unread.in_order()


def _captured(element: _Element, source: str, name: Path | str) -> Captured | None:
    values: dict[str, tuple[str, ...]] = defaultdict(tuple)
    for path, tag in _PATHS.items():
        values[tag] += _texts(element, path)
    if any(len(text) > MAX_FIELD for texts in values.values() for text in texts):
        raise UnreadableInput(
            f"a field of this record has more than {MAX_FIELD:,} characters; the file is not read.",
            place=Place(name, _line(element)),
        )
    values["TY"] = (_type_of(element),)
    content = etree.tostring(element, encoding="utf-8", with_tail=False)
    record = read_fields(values, source, content.decode())
    return Captured(record, Payload(content, MEDIA_TYPE)) if record else None


def _texts(element: _Element, path: str) -> tuple[str, ...]:
    """The texts at a path, styles and line ends (EndNote writes CR) taken out."""
    found = (on_one_line("".join(map(str, node.itertext()))) for node in element.findall(path))
    return tuple(filter(None, found))


def _type_of(element: _Element) -> str:
    kind = element.find("ref-type")
    return "GEN" if kind is None else _TYPES.get(str(kind.get("name", "")), "GEN")


def _named(element: _Element) -> NumberedLine:
    """A record by its line and the number that EndNote gave it: an export may be one line."""
    return NumberedLine(_line(element), " ".join(["record", *_texts(element, "rec-number")]))


def _line(element: _Element) -> int:
    return cast("int | None", element.sourceline) or 1
