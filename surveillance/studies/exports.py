"""A registry's export, made by a person: read entry by entry, told by its content."""

from __future__ import annotations

import hashlib
from codecs import BOM_UTF16_BE, BOM_UTF16_LE
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import cast

from lxml.etree import QName, _Element

from surveillance.errors import Place, UnreadableInput
from surveillance.records.bounded import open_records
from surveillance.records.payload import Payload
from surveillance.records.text import NumberedLine, UnreadLine, UnreadLines, read_text_records
from surveillance.records.xml_streams import entries
from surveillance.studies import ictrp, isrctn, isrctn_rows
from surveillance.studies.entries import Entry, RegistryExport, written
from surveillance.studies.reading import read_registration
from surveillance.studies.registrations import ICTRP, ISRCTN
from surveillance.studies.tables import Row, read_table

#: The portal's export of one condition with 3,030 entries has 22 MB.
MAX_XML_BYTES = 512 * 1024**2

#: The registries whose files are taken, under each name that people use.
_REGISTRIES = {"isrctn": ISRCTN, "who ictrp": ICTRP, "ictrp": ICTRP, "who-ictrp": ICTRP}
#: What could be an entry: its line, and how it is kept.
_Found = tuple[int, Callable[[], Payload]]


def registry_named(name: str) -> str | None:
    """The registry whose exports are read that somebody means; None where it is none."""
    return _REGISTRIES.get(" ".join(name.casefold().split()))


def read_registry_export(path: Path, registry: str) -> RegistryExport:
    """The entries of an export of ISRCTN or WHO's ICTRP, XML or a table, gzipped or not.

    Raises `UnreadableInput` where the file cannot be read, is another registry's, or holds no
    entry. Of a number that stands there twice the first entry counts, and the other is named.
    """
    is_xml = _is_xml(path)
    unread = UnreadLines()
    found: dict[str, Entry] = {}
    try:
        for line, kept in _xml(path, registry) if is_xml else _table(path, registry, unread):
            _take(found, line, kept, unread)
    except UnreadableInput as fault:
        place = fault.place or Place(path)
        named = Place(path, place.line, place.column)
        raise UnreadableInput(fault.message, place=named, hint=fault.hint) from None
    if not found:
        raise UnreadableInput(
            f"the file holds no entry of {registry}.", place=Place(path), hint="Export it again."
        )
    return RegistryExport(tuple(found.values()), unread.in_order(), _sha256(path))


def _is_xml(path: Path) -> bool:
    with open_records(path, limit=MAX_XML_BYTES) as stream:
        head = stream.read(512)
    encoding = "utf-16" if head.startswith((BOM_UTF16_LE, BOM_UTF16_BE)) else "utf-8-sig"
    return head.decode(encoding, "ignore").lstrip().startswith("<")


def _take(
    found: dict[str, Entry], line: int, kept: Callable[[], Payload], unread: UnreadLines
) -> None:
    try:
        payload = kept()
        entry = Entry(read_registration(payload), payload, line)
    except UnreadableInput as fault:
        unread.leave(NumberedLine(line, ""), fault.message.rstrip("."))
        return
    before = found.setdefault(entry.kept_under, entry)
    if before.payload.content != payload.content:
        reason = f"{entry.registration.number} stands in the file twice; the first entry counts"
        unread.leave(NumberedLine(line, entry.registration.number), reason)


def _xml(path: Path, registry: str) -> Iterator[_Found]:
    layout = ictrp if registry == ICTRP else isrctn
    with open_records(path, limit=MAX_XML_BYTES) as stream:
        for element in entries(stream, layout.ENTRY, of=registry, root=layout.ROOT, name=path):
            kept = _flat(element) if registry == ICTRP else _nested(element)
            yield _line(element), kept


def _flat(element: _Element) -> Callable[[], Payload]:
    fields: dict[str, str] = {}
    for child in element.iterchildren("*"):
        name, text = QName(child).localname, "".join(map(str, child.itertext())).strip()
        fields[name] = fields.get(name) or text
    return lambda: written(ictrp.named_alike(fields), ictrp.MEDIA_TYPE)


def _nested(element: _Element) -> Callable[[], Payload]:
    return lambda: isrctn.kept(element)


def _table(path: Path, registry: str, unread: UnreadLines) -> Iterator[_Found]:
    text = read_text_records(path)
    columns = ictrp.FULL_EXPORT if registry == ICTRP else ()
    rows, misfits = read_table(text, without_header=columns)
    _check_columns(rows, registry)
    for row in rows:
        yield row.line, _kept_row(row, registry)
    _leave(misfits, unread)


def _check_columns(rows: Iterable[Row], registry: str) -> None:
    first = next(iter(rows), None)
    if first is None:
        return
    names = first.cells
    if registry == ISRCTN and not isrctn_rows.names_a_number(names):
        raise UnreadableInput("no column of the table is the ISRCTN number.", place=Place("", 1))
    if registry == ICTRP and "TrialID" not in ictrp.named_alike(names):
        raise UnreadableInput("no column of the table is the TrialID.", place=Place("", 1))


def _kept_row(row: Row, registry: str) -> Callable[[], Payload]:
    if registry == ICTRP:
        return lambda: written(ictrp.named_alike(row.cells), ictrp.MEDIA_TYPE)
    return lambda: written(row.cells, isrctn_rows.MEDIA_TYPE)


def _leave(misfits: Iterable[UnreadLine], unread: UnreadLines) -> None:
    for misfit in misfits:
        unread.leave(NumberedLine(misfit.line, misfit.text), misfit.reason)


def _line(element: _Element) -> int:
    return cast("int | None", element.sourceline) or 1


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
