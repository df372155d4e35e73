"""PubMed XML (update files, EFetch answers) read entry by entry, in little memory, safely."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, TypeAlias, cast

from lxml import etree
from lxml.etree import _Element

from surveillance.errors import Place, UnreadableInput
from surveillance.records.bounded import BoundedStream, Readable
from surveillance.records.payload import Captured, Deleted, Payload
from surveillance.records.pubmed_article import (
    UnreadableArticle,
    read_article,
    read_book,
    read_pmids,
)

PubmedEntry: TypeAlias = Captured | Deleted

MEDIA_TYPE = "application/vnd.pubmed+xml"

_SETS = ("PubmedArticleSet", "PubmedBookArticleSet")
_READERS = {"PubmedArticle": read_article, "PubmedBookArticle": read_book}
_DELETIONS = ("DeleteCitation", "DeleteDocument")
_ROOTS = (*_SETS, *_READERS, *_DELETIONS)


def read_pubmed_xml(stream: Readable, *, name: Path | str = "PubMed XML") -> Iterator[PubmedEntry]:
    """The entries of a set (or of one entry standing alone, as payloads do), in file order.

    Each payload is the entry's own XML in UTF-8, readable here again. `name` is the file named
    in errors. Raises `UnreadableInput` with line and column where the stream is not PubMed XML,
    is cut short, declares entities, nests deeper than libxml2's 256 levels or is too large.
    Records read before the fault have been handed out: keep none unless the iterator ends.
    """
    bounded = stream if isinstance(stream, BoundedStream) else BoundedStream(stream, name)
    parser = _parser(bounded)
    try:
        for event, element in parser:
            if event == "start":
                _check_set(element, name)
                continue
            if element.tag not in _SETS:
                bounded.entry_ends()
                yield _entry(element, name)
                _forget(element)
    except etree.XMLSyntaxError as fault:
        raise _unreadable(fault, bounded, name) from None
    _check_root(parser.root, bounded, name)


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


def _parser(stream: BoundedStream) -> Any:
    """No DTD, no network, no entities, libxml2's own limits on depth and text left on."""
    return etree.iterparse(
        stream,
        events=("start", "end"),
        tag=_ROOTS,
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


def _entry(element: _Element, name: Path | str) -> PubmedEntry:
    if element.tag in _DELETIONS:
        return Deleted(read_pmids(element))
    try:
        record = _READERS[element.tag](element)
    except UnreadableArticle as fault:
        place = Place(name, cast("int | None", element.sourceline), 1)
        raise UnreadableInput(f"{fault}.", place=place) from None
    content = etree.tostring(element, encoding="utf-8", with_tail=False)
    return Captured(record, Payload(content, MEDIA_TYPE))


def _forget(element: _Element) -> None:
    """Free the entry and everything before it, so that memory stays with one entry."""
    element.clear()
    parent = element.getparent()
    if parent is not None:
        while element.getprevious() is not None:
            del parent[0]


def _check_root(root: _Element | None, stream: BoundedStream, name: Path | str) -> None:
    tag = "nothing" if root is None else str(root.tag)
    if tag not in _ROOTS:
        raise _web_page(stream, name) or UnreadableInput(
            f"the file holds <{tag[:40]}>, not a set of PubMed records.",
            place=Place(name, 1, 1),
            hint="Save the results from PubMed as XML, or fetch them again.",
        )


def _unreadable(
    fault: etree.XMLSyntaxError, stream: BoundedStream, name: Path | str
) -> UnreadableInput:
    if page := _web_page(stream, name):
        return page
    line, column = fault.position if fault.lineno else (1, 1)
    reason = str(fault.msg or "nothing in it").split(", line ")[0]
    return UnreadableInput(
        f"this is not whole PubMed XML: {reason}.",
        place=Place(name, max(line, 1), max(column, 1)),
        hint="Fetch the file again." if stream.given else "The file is empty.",
    )


def _web_page(stream: BoundedStream, name: Path | str) -> UnreadableInput | None:
    """Services answer with a page for people when something is wrong, often as “200 OK”."""
    start = stream.head.lstrip().lower()
    if not start.startswith((b"<!doctype html", b"<html", b"<head")):
        return None
    return UnreadableInput(
        "this is a web page, not PubMed XML.", place=Place(name, 1, 1), hint="Fetch it again."
    )
