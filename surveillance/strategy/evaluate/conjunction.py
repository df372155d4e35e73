"""AND inside adjacency: the Boolean expression that it stands for (ovid-semantics 2).

A place in a text can be a word, a phrase, an OR of places or an adjacency of places. AND has no
place: `(a and b) adj4 c` is read as AND of adjacencies, by one of two readings (`Semantics`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from surveillance.strategy.evaluate.semantics import ConjunctionInAdjacency
from surveillance.strategy.nodes import (
    Adjacency,
    And,
    Fielded,
    Heading,
    LineRange,
    LineReference,
    Missing,
    Near,
    Node,
    Not,
    Or,
    Phrase,
    Word,
)

# `(a and b …) adj4 (c and d …)` stands for n × m adjacencies: more are a mistake or a trap.
MOST_TERMS = 1_000

_PLACELESS: Mapping[type[Node], str] = {
    Not: "NOT",
    Heading: "a subject heading",
    LineReference: "the number of a line",
    LineRange: "a range of lines",
}

_Join = Callable[[Node], Node]


def has_place(node: Node) -> bool:
    """True where a node stands at places in a text, so that its matches can be enumerated."""
    match node:
        case Word() | Phrase() | Near():
            return True
        case Or() | Adjacency() | Fielded():
            return all(map(has_place, node.children))
    return False


def distributed(node: Adjacency, rule: ConjunctionInAdjacency) -> Node:
    """A Boolean expression of adjacencies that have places, meaning the same as `node`.

    What has no reading beside ADJ (NOT, headings, lines) is `Missing` in it, and so are more
    than `MOST_TERMS` pairs: what they find can't be told.
    """
    left, right = _settled(node.left, rule), _settled(node.right, rule)
    if _terms(left) * _terms(right) > MOST_TERMS:
        return Missing(
            f"a reading of AND inside adjacency, which stands here for more than {MOST_TERMS:,} "
            "pairs",
            span=node.span,
        )

    def beside_left(one: Node) -> Node:
        return _spread(right, rule, lambda other: _pair(node, one, other))

    return _spread(left, rule, beside_left)


def _pair(node: Adjacency, left: Node, right: Node) -> Node:
    return Adjacency(left, right, node.between, node.ordered, span=node.span)


def _settled(node: Node, rule: ConjunctionInAdjacency) -> Node:
    """An operand with the adjacencies in it distributed."""
    match node:
        case Adjacency():
            return distributed(node, rule)
        case And() | Or():
            operands = tuple(_settled(operand, rule) for operand in node.operands)
            return type(node)(operands, span=node.span)
        case Fielded():
            return Fielded(_settled(node.operand, rule), node.codes, span=node.span)
    return node


def _spread(operand: Node, rule: ConjunctionInAdjacency, join: _Join) -> Node:
    """`join` brought to the places of an operand."""
    if has_place(operand):
        return join(operand)
    match operand:
        case Or():
            return Or(tuple(_spread(o, rule, join) for o in operand.operands))
        case And():
            joined = tuple(_spread(o, rule, join) for o in operand.operands)
            if rule is ConjunctionInAdjacency.EACH_OPERAND:
                return And(joined)
            return And((*operand.operands, Or(joined)))
        case Fielded():
            return _spread(_into(operand), rule, join)
        case Missing():
            return operand
    what = _PLACELESS.get(type(operand), "this")
    return Missing(f"a documented meaning of {what} beside ADJ", span=operand.span)


def _into(group: Fielded) -> Node:
    """A field suffix brought one step into the group that it stands on."""
    operand = group.operand
    if isinstance(operand, And | Or):
        inner = tuple(Fielded(o, group.codes, span=group.span) for o in operand.operands)
        return type(operand)(inner, span=operand.span)
    return operand


def _terms(node: Node) -> int:
    """How many places a Boolean expression is made of."""
    return 1 if has_place(node) else sum(map(_terms, node.children)) or 1
