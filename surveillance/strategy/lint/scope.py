"""A tree seen with what surrounds each of its nodes: field codes, NOT, adjacency."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from surveillance.strategy.fields import parts_of, unqualified
from surveillance.strategy.nodes import (
    Adjacency,
    Fielded,
    Frequency,
    LineRange,
    LineReference,
    Mapped,
    Near,
    Node,
    Not,
    Phrase,
    Word,
)
from surveillance.strategy.strategy import Strategy

TEXT_PARTS = frozenset(
    ["title", "abstract", "keyword", "original_title", "other_abstract", "collection_title"]
)
"""Where authors' own words stand."""


@dataclass(frozen=True, slots=True)
class Placed:
    """A node and where it stands. `excluded`: an odd number of NOT above it takes it away."""

    node: Node
    codes: tuple[str, ...]
    excluded: bool = False
    nearby: bool = False


def placed(tree: Node, dialect: str) -> Iterator[Placed]:
    """Every node of a tree, parents first, with its field codes; an inner suffix wins."""
    yield from _below(Placed(tree, unqualified(dialect)))


def _below(place: Placed) -> Iterator[Placed]:
    yield place
    node = place.node
    match node:
        case Fielded():
            yield from _below(replace(place, node=node.operand, codes=node.codes))
        case Not():
            yield from _below(replace(place, node=node.left))
            yield from _below(replace(place, node=node.right, excluded=not place.excluded))
        case Mapped():
            yield from _below(replace(place, node=node.heading))
        case _:
            nearby = place.nearby or isinstance(node, Adjacency | Phrase | Near)
            for child in node.children:
                yield from _below(replace(place, node=child, nearby=nearby))


def is_text(place: Placed, dialect: str) -> bool:
    """True for words that are searched in what authors wrote."""
    if not isinstance(place.node, Word | Phrase | Adjacency | Near):
        return False
    parts = {part for code in place.codes for part in parts_of(code, dialect)}
    return bool(parts & TEXT_PARTS)


def text_terms(tree: Node, dialect: str) -> Iterator[Placed]:
    """The outermost words, phrases and adjacencies that are searched in authors' words."""
    for place in placed(tree, dialect):
        if not place.nearby and is_text(place, dialect):
            yield place


def lines_meant(node: Node) -> tuple[int, ...]:
    """The lines that a node itself refers to: one, or those of a range."""
    match node:
        case LineReference(number=number):
            return (number,)
        case LineRange():
            return node.numbers
    return ()


def resolved(strategy: Strategy, node: Node) -> Iterator[Node]:
    """The trees that a node rests on: its own, then those of the lines it refers to, each once."""
    seen: set[int] = set()
    pending = [node]
    while pending:
        tree = pending.pop()
        yield tree
        for number in (n for part in tree.walk() for n in lines_meant(part)):
            line = strategy.line(number)
            if number not in seen and line is not None and line.tree is not None:
                seen.add(number)
                pending.append(line.tree)


def without_frame(node: Node) -> Node:
    """What a field suffix or a frequency stands around."""
    while isinstance(node, Fielded | Frequency):
        node = node.operand
    return node
