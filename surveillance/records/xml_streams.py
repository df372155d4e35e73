"""XML read entry by entry in little memory."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from lxml import etree
from lxml.etree import QName, _Element

from surveillance.errors import Place, UnreadableInput
from surveillance.records.bounded import BoundedStream


def forget(element: _Element) -> None:
    """Free an entry and everything before it, so that memory stays with one entry."""
    element.clear()
    parent = element.getparent()
    if parent is not None:
        while element.getprevious() is not None:
            del parent[0]


def entries(
    stream: BoundedStream, tag: str, *, of: str, root: str = "", name: Path | str
) -> Iterator[_Element]:
    """Each element `tag`, whatever its namespace, freed when the next is asked for.

    `of` is who writes such files; with `root`, the outermost element must have that name. Raises
    `UnreadableInput` with line and column where the file is not whole XML, declares entities,
    nests deeper than libxml2's 256 or is too large.
    """
    events: Any = etree.iterparse(
        stream,
        events=("start", "end"),
        load_dtd=False,
        no_network=True,
        resolve_entities=False,
        huge_tree=False,
        collect_ids=False,
    )
    try:
        for event, element in events:
            if event == "start":
                if element.getparent() is None:
                    _check_root(element, root, of, name)
            elif QName(element).localname == tag:
                stream.entry_ends()
                yield element
                forget(element)
    except etree.XMLSyntaxError as fault:
        raise _unreadable(fault, of, name) from None


def _check_root(root: _Element, wanted: str, of: str, name: Path | str) -> None:
    declared: Any = root.getroottree().docinfo.internalDTD
    if declared is not None and any(declared.entities()):
        raise UnreadableInput(
            f"the file declares XML entities, which {of} never does; it is not read.",
            place=Place(name, 1, 1),
        )
    found = QName(root).localname
    if wanted and found != wanted:
        raise UnreadableInput(
            f"this is XML, but not an export of {of}: it begins with <{found}>, not <{wanted}>.",
            place=Place(name, 1, 1),
        )


def _unreadable(fault: etree.XMLSyntaxError, of: str, name: Path | str) -> UnreadableInput:
    line, column = fault.position if fault.lineno else (1, 1)
    reason = str(fault.msg or "nothing in it").split(", line ")[0]
    return UnreadableInput(
        f"this is not whole XML of {of}: {reason}.",
        place=Place(name, max(line, 1), max(column, 1)),
        hint="Export it again.",
    )
