"""PubMed XML (update files, EFetch answers) read entry by entry, in little memory, safely.

What looks as NLM prints it is read piece by piece (`pubmed_quick`). From the first piece on that
does not, the careful reader here follows the stream event by event, and says what is wrong.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, cast

from lxml import etree
from lxml.etree import _Element

from surveillance.errors import Place, UnreadableInput
from surveillance.records.bounded import BoundedStream, Readable
from surveillance.records.payload import Captured, Deleted
from surveillance.records.pubmed_article import UnreadableArticle
from surveillance.records.pubmed_entries import ENTRIES, SETS, PubmedEntry, read_entry
from surveillance.records.pubmed_pieces import Pieces, Remainder
from surveillance.records.pubmed_quick import read_piece
from surveillance.records.xml_streams import forget

__all__ = ["PubmedEntry", "latest_versions", "read_pubmed_xml"]


def read_pubmed_xml(stream: Readable, *, name: Path | str = "PubMed XML") -> Iterator[PubmedEntry]:
    """The entries of a set (or of one entry standing alone, as payloads do), in file order.

    Each payload is the entry's own XML in UTF-8, readable here again. `name` is the file named
    in errors. Raises `UnreadableInput` with line and column where the stream is not PubMed XML,
    is cut short, declares entities, nests deeper than libxml2's 256 levels or is too large.
    Records read before the fault have been handed out: keep none unless the iterator ends.
    """
    bounded = stream if isinstance(stream, BoundedStream) else BoundedStream(stream, name)
    pieces = Pieces(bounded)
    for piece in pieces:
        entries = read_piece(piece)
        if entries is None:
            break
        yield from entries
    else:
        if pieces.plain:
            return
    yield from _read_with_care(pieces.again(), bounded, name)


def latest_versions(entries: Iterable[PubmedEntry]) -> tuple[Captured, ...]:
    """One record a PMID, its highest version (source-facts); deleted ones are gone.

    Entries count in file order: what a later entry deletes is gone, what it brings is back.
    """
    newest: dict[str, Captured] = {}
    for entry in entries:
        if isinstance(entry, Deleted):
            for pmid in entry.pmids:
                newest.pop(pmid, None)
            continue
        known = newest.get(entry.record.source_id)
        if known is None or entry.record.version >= known.record.version:
            newest[entry.record.source_id] = entry
    return tuple(newest.values())


def _read_with_care(
    stream: Remainder, bounded: BoundedStream, name: Path | str
) -> Iterator[PubmedEntry]:
    parser = _parser(stream)
    try:
        for event, element in parser:
            if event == "start":
                _check_set(element, name)
            elif element.tag in ENTRIES:
                bounded.entry_ends()
                yield _entry(element, stream, name)
                forget(element)
    except etree.XMLSyntaxError as fault:
        raise _unreadable(fault, stream, bounded, name) from None
    _check_root(parser.root, bounded, name)


def _parser(stream: Remainder) -> Any:
    """No DTD, no network, no entities, libxml2's own limits on depth and text left on."""
    return etree.iterparse(
        stream,
        events=("start", "end"),
        tag=(*SETS, *ENTRIES),
        load_dtd=False,
        no_network=True,
        resolve_entities=False,
        huge_tree=False,
        collect_ids=False,
    )


def _check_set(element: _Element, name: Path | str) -> None:
    """At the document's first element: neither entities of its own nor another kind of document."""
    if element.getparent() is not None:
        return
    declared: Any = element.getroottree().docinfo.internalDTD
    if declared is not None and any(declared.entities()):
        raise UnreadableInput(
            "the file declares XML entities, which PubMed never does; it is not read.",
            place=Place(name, 1, 1),
        )


def _entry(element: _Element, stream: Remainder, name: Path | str) -> PubmedEntry:
    try:
        return read_entry(element)
    except UnreadableArticle as fault:
        line = cast("int | None", element.sourceline) or 1
        raise UnreadableInput(f"{fault}.", place=stream.place(name, line, 1)) from None


def _check_root(root: _Element | None, stream: BoundedStream, name: Path | str) -> None:
    tag = "nothing" if root is None else str(root.tag)
    if tag not in (*SETS, *ENTRIES):
        raise _web_page(stream, name) or UnreadableInput(
            f"the file holds <{tag[:40]}>, not a set of PubMed records.",
            place=Place(name, 1, 1),
            hint="Save the results from PubMed as XML, or fetch them again.",
        )


def _unreadable(
    fault: etree.XMLSyntaxError, stream: Remainder, bounded: BoundedStream, name: Path | str
) -> UnreadableInput:
    if page := _web_page(bounded, name):
        return page
    line, column = fault.position if fault.lineno else (1, 1)
    reason = str(fault.msg or "nothing in it").split(", line ")[0]
    return UnreadableInput(
        f"this is not whole PubMed XML: {reason}.",
        place=stream.place(name, line, column),
        hint="Fetch the file again." if bounded.given else "The file is empty.",
    )


def _web_page(stream: BoundedStream, name: Path | str) -> UnreadableInput | None:
    """Services answer with a page for people when something is wrong, often as “200 OK”."""
    start = stream.head.lstrip().lower()
    if not start.startswith((b"<!doctype html", b"<html", b"<head")):
        return None
    return UnreadableInput(
        "this is a web page, not PubMed XML.", place=Place(name, 1, 1), hint="Fetch it again."
    )
