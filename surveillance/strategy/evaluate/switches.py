"""A tree as the switches of `Semantics` read it: what differs by a rule is rewritten first.

Both engines evaluate the rewritten tree, so that they need not know these switches.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, replace
from typing import Any

from surveillance.strategy.evaluate.semantics import EntryDate, NearCount, Semantics
from surveillance.strategy.nodes import Adjacency, DateRange, Node, Wildcard, Word

_ONE_OR_NONE, _EXACTLY_ONE = Wildcard(0, 1), Wildcard(1, 1)
_ANY, _SOME = Wildcard(0, None), Wildcard(1, None)

# Codes whose date is the one meant, whatever the reading (`limits.date_of`).
_CODE_OF_DATE: Mapping[EntryDate, str] = {
    EntryDate.INDEXED: "mhda",
    EntryDate.ENTERED: "edat",
    EntryDate.CREATED: "crdt",
}


def as_read(tree: Node, dialect: str, options: Semantics) -> Node:
    """The tree that means by the default rules what `tree` means by `options`.

    Cochrane: the number of NEAR, `?` and `*`. Ovid: the date `ed`. Other dialects: the tree.
    """
    if dialect == "cochrane":
        return _cochrane(tree, options)
    # `limits.date_of` reads `ed` as the date of indexing already.
    if not dialect.startswith("ovid") or options.ovid_entry_date is EntryDate.INDEXED:
        return tree
    return _ovid(tree, options)


def _cochrane(node: Node, options: Semantics) -> Node:
    match node:
        case Word():
            parts = tuple(_part(part, options) for part in node.parts)
            return node if parts == node.parts else replace(node, parts=parts)
        case Adjacency() if options.cochrane_near is NearCount.STEPS:
            node = replace(node, between=max(node.between - 1, 0))
    return _rebuilt(node, _cochrane, options)


def _part(part: str | Wildcard, options: Semantics) -> str | Wildcard:
    if part in (_ONE_OR_NONE, _EXACTLY_ONE):
        return _ONE_OR_NONE if options.cochrane_mark_may_be_empty else _EXACTLY_ONE
    if part in (_ANY, _SOME):
        return _ANY if options.cochrane_star_may_be_empty else _SOME
    return part


def _ovid(node: Node, options: Semantics) -> Node:
    match node:
        case DateRange(code="ed"):
            return replace(node, code=_CODE_OF_DATE[options.ovid_entry_date])
    return _rebuilt(node, _ovid, options)


def _rebuilt(node: Node, change: Any, options: Semantics) -> Node:
    """The node over its changed operands; the node itself where none changed."""
    changed: dict[str, Any] = {}
    for field in fields(node):
        value = getattr(node, field.name)
        if isinstance(value, Node):
            new: Any = change(value, options)
        elif isinstance(value, tuple) and value and all(isinstance(v, Node) for v in value):
            new = tuple(change(v, options) for v in value)
        else:
            continue
        if new is not value and new != value:
            changed[field.name] = new
    return replace(node, **changed) if changed else node
