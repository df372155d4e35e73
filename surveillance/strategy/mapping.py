"""Headings of another thesaurus by a table of the topic: an Embase strategy as it runs on PubMed.

Emtree's headings are not MeSH, whatever their names (ovid-semantics 6). The table says for each
what stands for it: headings of MeSH, words of title and abstract, both, or nothing, and why. What
it doesn't name stays as it is: open on a record, and a loss in a query.
"""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Mapping as Lookup
from dataclasses import dataclass, field, fields, replace
from typing import Any

from surveillance.strategy.limits import meaning_of
from surveillance.strategy.nodes import (
    And,
    Fielded,
    Heading,
    Limit,
    Limitation,
    Mapped,
    Node,
    Or,
    Phrase,
    Span,
    Word,
)
from surveillance.strategy.parse import read_strategy
from surveillance.strategy.strategy import Strategy
from surveillance.strategy.subheadings import SUBHEADINGS

WRITTEN_IN = "ovid-medline"
"""The dialect of what a table puts in a heading's place: MeSH, and MEDLINE's fields."""

EMBASE = "ovid-embase"

# Emtree's subheadings that mean what MeSH's of the same code means; `ct` (clinical trial) and `ec`
# (endogenous compound) do not. Source: Ovid, Embase database guide, "Subheadings".
_SHARED_SUBHEADINGS = frozenset(
    {
        *("ad", "ae", "cn", "co", "di", "dt", "ep", "et", "pc", "pd"),
        *("pk", "rh", "rt", "su", "th", "to"),
    }
)


class MappingUnreadable(ValueError):
    """An entry that can't be used; the message says what to mend."""


@dataclass(frozen=True, slots=True)
class Entry:
    """What stands for one heading; neither MeSH nor words: nothing, deliberately.

    A heading of MeSH may have a subheading of its own: `Muscle, Skeletal/ir`. `explode` None: as
    the strategy's heading is. Raises `MappingUnreadable` for a subheading that MeSH has not.
    """

    reason: str
    mesh: tuple[str, ...] = ()
    words: tuple[Node, ...] = ()
    explode: bool | None = None

    def __post_init__(self) -> None:
        for name in self.mesh:
            heading, slash, code = name.partition("/")
            if not heading.strip() or (slash and code.strip() not in SUBHEADINGS):
                raise MappingUnreadable(
                    f"“{name}” is not a heading of MeSH, alone or with a two-letter subheading."
                )


@dataclass(frozen=True, slots=True)
class Mapping:
    """A topic's table: entries by heading, and the fields of Embase that stand for nothing."""

    headings: Lookup[str, Entry] = field(default_factory=dict)
    fields: Lookup[str, Entry] = field(default_factory=dict)

    @classmethod
    def of(
        cls, headings: Iterable[tuple[str, Entry]], fields: Iterable[tuple[str, Entry]] = ()
    ) -> Mapping:
        """The table of these entries; names are those of Emtree, in any case."""
        return cls(
            {name.casefold(): entry for name, entry in headings},
            {code.casefold(): entry for code, entry in fields},
        )


def words_of(text: str) -> Node:
    """Words in Ovid's syntax, searched in title and abstract unless they have a field.

    Raises `MappingUnreadable` with what is wrong.
    """
    if not text.strip():
        raise MappingUnreadable("the words are empty.")
    strategy = read_strategy(f"1. {text}", WRITTEN_IN)
    faults = [found.message for found in strategy.diagnostics]
    tree = strategy.lines[0].tree if len(strategy.lines) == 1 else None
    if faults or tree is None:
        raise MappingUnreadable(" ".join(faults) or f"“{text}” can't be read as words.")
    return Fielded(tree, ("tw",))


def mapped(strategy: Strategy, mapping: Mapping) -> Strategy:
    """An Embase strategy with what the table puts in the place of its headings.

    Explosion, focus and the subheadings that MeSH has are kept. A strategy in any other dialect
    has MeSH already, and stays as it is.
    """
    if strategy.dialect != EMBASE:
        return strategy
    lines = tuple(
        replace(line, tree=_mapped(line.tree, mapping)) if line.tree else line
        for line in strategy.lines
    )
    return replace(strategy, lines=lines)


def unmapped(strategy: Strategy) -> tuple[Heading, ...]:
    """The headings of an Embase strategy that no table has spoken of, in their order."""
    if strategy.dialect != EMBASE:
        return ()
    trees = [line.tree for line in strategy.lines if line.tree]
    return tuple(heading for tree in trees for heading in _bare_headings(tree))


def _bare_headings(node: Node) -> Iterable[Heading]:
    if isinstance(node, Heading):
        yield node
    elif not isinstance(node, Mapped):
        for child in node.children:
            yield from _bare_headings(child)


def _mapped(node: Node, mapping: Mapping) -> Node:
    match node:
        case Word() | Phrase() | Mapped():
            return node
        case Heading():
            entry = mapping.headings.get(node.name.casefold())
            return node if entry is None else _in_place_of(node, entry)
        case Limit():
            return _limit(node, mapping)
        case Fielded():
            return _fielded(node, mapping)
    return _with_operands_mapped(node, mapping)


def _with_operands_mapped(node: Node, mapping: Mapping) -> Node:
    changed: dict[str, Any] = {}
    for each in fields(node):
        value = getattr(node, each.name)
        if isinstance(value, Node):
            changed[each.name] = _mapped(value, mapping)
        elif isinstance(value, tuple) and value and isinstance(value[0], Node):
            changed[each.name] = tuple(_mapped(one, mapping) for one in value)
    return replace(node, **changed) if changed else node


def _in_place_of(heading: Heading, entry: Entry) -> Mapped:
    kept = tuple(code for code in heading.subheadings if code in _SHARED_SUBHEADINGS)
    dropped = [f"/{code}" for code in heading.subheadings if code not in kept]
    explode = heading.explode if entry.explode is None else entry.explode
    in_mesh = [_mesh_heading(name, explode, heading.focus, kept) for name in entry.mesh]
    reason = entry.reason
    if dropped and entry.mesh:
        reason = f"{reason} Without {', '.join(dropped)}, which MeSH has not."
    return Mapped(heading, _any_of([*in_mesh, *entry.words]), reason, span=heading.span)


def _mesh_heading(name: str, explode: bool, focus: bool, kept: tuple[str, ...]) -> Heading:
    heading, _, own = name.partition("/")
    return Heading(heading.strip(), explode, focus, (own.strip(),) if own else kept)


def _any_of(alternatives: list[Node]) -> Node | None:
    if len(alternatives) < 2:
        return alternatives[0] if alternatives else None
    return Or(tuple(alternatives))


def _fielded(node: Fielded, mapping: Mapping) -> Node:
    """A group in several fields, of which some stand for nothing: the others, beside those."""
    inside = replace(node, operand=_mapped(node.operand, mapping))
    entries = {code: mapping.fields[code] for code in node.codes if code in mapping.fields}
    if not entries:
        return inside
    kept = tuple(code for code in node.codes if code not in entries)
    nothing: list[Node] = [
        Mapped(Fielded(node.operand, (code,), span=node.span), None, entry.reason, span=node.span)
        for code, entry in entries.items()
    ]
    asked: list[Node] = [replace(inside, codes=kept)] if kept else []
    combined = _any_of([*asked, *nothing])
    return combined.at(node.span) if isinstance(combined, Or) else combined or inside


def _limit(node: Limit, mapping: Mapping) -> Node:
    """`limit 5 to human` asks for a heading of Emtree: where the table has it, an AND."""
    operand = _mapped(node.operand, mapping)
    condition = _condition(node.condition, mapping)
    if condition == node.condition:
        return replace(node, operand=operand)
    return And((operand, condition), span=node.span)


def _condition(node: Node, mapping: Mapping) -> Node:
    if isinstance(node, Limitation):
        meaning = meaning_of(node, EMBASE)
        if meaning is None or not any(_bare_headings(meaning)):
            return node
        settled = _mapped(_placed(meaning, node.span), mapping)
        return node if any(_bare_headings(settled)) else settled
    if isinstance(node, And | Or):
        return replace(node, operands=tuple(_condition(one, mapping) for one in node.operands))
    return node


def _placed(node: Node, span: Span) -> Node:
    """A tree from a table, standing where the limit stands that it explains."""
    if isinstance(node, And | Or):
        node = replace(node, operands=tuple(_placed(one, span) for one in node.operands))
    return node.at(span)
