"""XML read entry by entry in little memory."""

from __future__ import annotations

from lxml.etree import _Element


def forget(element: _Element) -> None:
    """Free an entry and everything before it, so that memory stays with one entry."""
    element.clear()
    parent = element.getparent()
    if parent is not None:
        while element.getprevious() is not None:
            del parent[0]
