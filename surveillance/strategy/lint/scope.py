"""A tree seen with what surrounds each of its nodes: field codes, NOT, adjacency."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
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
    Operator,
    Or,
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


def placed(
    tree: Node | None, dialect: str, codes: tuple[str, ...] | None = None
) -> Iterator[Placed]:
    """Every node of a tree, parents first, with its field codes; an inner suffix wins.

    `codes` are those around the tree; None: none, it is searched as an unqualified word is.
    """
    if tree is not None:
        yield from _below(Placed(tree, codes or unqualified(dialect)))


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


def text_terms(places: Iterable[Placed], dialect: str) -> Iterator[Placed]:
    """The outermost words, phrases and adjacencies that are searched in authors' words."""
    for place in places:
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


def reached(strategy: Strategy, start: Placed) -> Iterator[Placed]:
    """What a node rests on: its own nodes, then those of the lines it refers to.

    A line that is reached once as wanted and once as excluded comes twice.
    """
    seen: set[tuple[int, bool]] = set()
    pending = [start]
    while pending:
        top = pending.pop()
        for place in _below(top):
            yield place
            for number in lines_meant(place.node):
                if (number, place.excluded) in seen:
                    continue
                seen.add((number, place.excluded))
                line = strategy.line(number)
                if line and line.tree:
                    codes = unqualified(strategy.dialect)
                    pending.append(Placed(line.tree, codes, place.excluded))


def wanted(strategy: Strategy) -> Iterator[Placed]:
    """The nodes of every line that the result does not only exclude, in order of the lines.

    `animals/ not humans/` is on its own line what a later NOT takes away: nothing in it is wanted.
    A line that the result does not rest on counts as wanted.
    """
    excluded = _polarity(strategy)
    for line in strategy.lines:
        ways = excluded.get(line.number, {False})
        for place in placed(line.tree, strategy.dialect):
            if any(place.excluded == way for way in ways):
                yield replace(place, excluded=False)


def _polarity(strategy: Strategy) -> dict[int, set[bool]]:
    """How the result rests on each line: as wanted (False), as excluded (True), or both."""
    ways: dict[int, set[bool]] = {}
    last = strategy.lines[-1] if strategy.lines else None
    if last is None or last.tree is None:
        return ways
    ways[last.number] = {False}
    for place in reached(strategy, Placed(last.tree, unqualified(strategy.dialect))):
        for number in lines_meant(place.node):
            ways.setdefault(number, set()).add(place.excluded)
    return ways


def blocks(strategy: Strategy) -> Iterator[tuple[int, ...]]:
    """The lines that are combined by OR into one concept; a line in no such group by itself."""
    grouped: set[int] = set()
    for line in strategy.lines:
        for node in line.tree.walk() if line.tree else ():
            numbers = _alternatives(node)
            if len(numbers) > 1:
                grouped.update(numbers)
                yield numbers
    for line in strategy.lines:
        if line.number not in grouped:
            yield (line.number,)


def _alternatives(node: Node) -> tuple[int, ...]:
    """The lines that a node joins by OR."""
    match node:
        case LineRange(operator=Operator.OR):
            return node.numbers
        case Or(operands=operands):
            return tuple(number for operand in operands for number in lines_meant(operand))
    return ()


def without_frame(node: Node) -> Node:
    """What a field suffix or a frequency stands around."""
    while isinstance(node, Fielded | Frequency):
        node = node.operand
    return node
