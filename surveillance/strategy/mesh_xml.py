"""NLM's descriptor XML (desc2024.xml, .gz): one descriptor after the other, in little memory.

Source: NLM, "Introduction to MeSH in XML format" and nlmdescriptorrecordset's DTD: a
`DescriptorRecord` has its `DescriptorUI`, its `DescriptorName`, a `TreeNumberList`, a
`PreviousIndexingList` and the concepts whose terms lead to it.
"""

from __future__ import annotations

import gzip
import re
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO, cast

from lxml import etree
from lxml.etree import _Element

from surveillance.strategy.mesh_descriptors import Descriptor, MeshEdition, MeshUnreadable
from surveillance.strategy.mesh_tsv import BETWEEN_TERMS, year_in_name

# desc2024.xml has 31,000 descriptors in 310 MB.
MOST_BYTES = 2 * 1024**3
MOST_DESCRIPTORS = 200_000

_ROOT = "DescriptorRecordSet"
_RECORD = "DescriptorRecord"
_GZIP = b"\x1f\x8b"
_HEAD = 512
_TREE_NUMBER = re.compile(r"[A-Z][0-9]{2}(\.[0-9]{3})*")
_DTD_YEAR = re.compile(r"_((?:19|20)[0-9]{2})[0-9]{4}\.dtd\Z")


def is_xml(path: Path) -> bool:
    """True where a file, unzipped, begins as XML does. False for one that cannot be read."""
    try:
        with _unzipped(path) as file:
            head = file.read(_HEAD)
    except (OSError, EOFError, zlib.error):
        return False
    return head.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"<")


def read_xml(path: Path) -> MeshEdition:
    """The descriptors in a file; its year is that of the DTD it names, else of its own name.

    Raises `MeshUnreadable` where it is not NLM's descriptor XML, is cut short, declares entities
    or is too large; external entities and DTDs are never loaded.
    """
    try:
        with _unzipped(path) as file:
            return _read(path, _Bounded(file, path))
    except etree.XMLSyntaxError as fault:
        line = fault.lineno or None
        raise MeshUnreadable(path, line, f"this is not sound XML: {_first(fault)}.") from None
    except (OSError, EOFError, zlib.error) as error:
        reason = getattr(error, "strerror", None) or "it is damaged or cut short"
        raise MeshUnreadable(path, None, f"cannot be read: {reason}.") from error


class _Bounded:
    """A stream that ends with an error past its limit."""

    def __init__(self, stream: BinaryIO, path: Path) -> None:
        self._stream = stream
        self._path = path
        self._given = 0

    def read(self, size: int = -1) -> bytes:
        chunk = self._stream.read(size)
        self._given += len(chunk)
        if self._given > MOST_BYTES:
            raise MeshUnreadable(self._path, None, f"it has more than {MOST_BYTES:,} bytes.")
        return chunk


def _unzipped(path: Path) -> BinaryIO:
    with path.open("rb") as file:
        zipped = file.read(2) == _GZIP
    return cast(BinaryIO, gzip.open(path, "rb")) if zipped else path.open("rb")


def _read(path: Path, stream: _Bounded) -> MeshEdition:
    parser: Any = etree.iterparse(
        stream,
        events=("start", "end"),
        tag=(_ROOT, _RECORD),
        load_dtd=False,
        no_network=True,
        resolve_entities=False,
        huge_tree=False,
        collect_ids=False,
    )
    found = tuple(_descriptors(path, parser))
    if parser.root is None or parser.root.tag != _ROOT:
        raise MeshUnreadable(path, 1, f"its document is not a {_ROOT}.")
    if not found:
        raise MeshUnreadable(path, None, "there is no descriptor in it.")
    return MeshEdition(_year(path, parser.root), found)


def _descriptors(path: Path, parser: Any) -> Iterator[Descriptor]:
    number = 0
    for event, element in parser:
        if event == "start" and element.getparent() is None:
            _check_root(path, element)
        elif event == "end" and element.tag == _RECORD:
            number += 1
            if number > MOST_DESCRIPTORS:
                said = f"there are more than {MOST_DESCRIPTORS:,} descriptors."
                raise MeshUnreadable(path, element.sourceline, said)
            yield _descriptor(path, element)
            _forget(element)


def _check_root(path: Path, element: _Element) -> None:
    """Neither another kind of document nor entities of its own."""
    if element.tag != _ROOT:
        raise MeshUnreadable(path, 1, f"its document is not a {_ROOT}.")
    declared: Any = element.getroottree().docinfo.internalDTD
    if declared is not None and any(declared.entities()):
        raise MeshUnreadable(path, 1, "it declares XML entities, which NLM never does.")


def _descriptor(path: Path, element: _Element) -> Descriptor:
    name = _text(element, "DescriptorName/String")
    ui = _text(element, "DescriptorUI")
    if not name or not ui:
        line = cast("int | None", element.sourceline)
        raise MeshUnreadable(path, line, "a descriptor has no name or no number.")
    places = _texts(element, "TreeNumberList/TreeNumber")
    wrong = next((place for place in places if not _TREE_NUMBER.fullmatch(place)), None)
    if wrong:
        line = cast("int | None", element.sourceline)
        raise MeshUnreadable(path, line, f"{wrong!r} is not a tree number such as E04.555.080.")
    terms = _texts(element, "ConceptList/Concept/TermList/Term/String")
    return Descriptor(
        ui,
        name,
        places,
        tuple(dict.fromkeys(t for t in terms if t != name and BETWEEN_TERMS not in t)),
        _texts(element, "PreviousIndexingList/PreviousIndexing"),
    )


def _text(element: _Element, where: str) -> str:
    return " ".join((element.findtext(where) or "").split())


def _texts(element: _Element, where: str) -> tuple[str, ...]:
    found = (" ".join((part.text or "").split()) for part in element.findall(where))
    return tuple(filter(None, found))


def _forget(element: _Element) -> None:
    """Free the descriptor and what stands before it, so that memory stays with one."""
    element.clear()
    while element.getprevious() is not None:
        parent = element.getparent()
        assert parent is not None  # noqa: S101 — a record stands in the set
        del parent[0]


def _year(path: Path, root: _Element) -> int | None:
    declared: Any = root.getroottree().docinfo
    named = _DTD_YEAR.search(declared.system_url or "")
    if named:
        return int(named[1])
    found = year_in_name(path)
    return int(found[0]) if found else None


def _first(fault: etree.XMLSyntaxError) -> str:
    return str(fault.msg or "").split("\n", maxsplit=1)[0].rstrip(".")
