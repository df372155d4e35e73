"""What a strategy's result is held to by the strategy itself: limits, and what it leaves out.

Only what bears on the whole result is told: the way from the result line down through AND and the
left side of NOT. A limit inside one alternative of an OR narrows that alternative alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from surveillance.strategy.nodes import (
    And,
    DateRange,
    Fielded,
    Limit,
    Limitation,
    LineRange,
    LineReference,
    Node,
    Not,
    Operator,
)
from surveillance.strategy.strategy import Strategy

#: Fields that say of what kind a record is, not what it is about: language, publication type, year.
_KINDS = frozenset({"la", "lg", "pt", "yr", "dp"})


@dataclass(frozen=True, slots=True)
class Restriction:
    """One line that holds the result to something.

    `left_out` is the number and the text of what is left out, where another line says it.
    """

    line: int
    text: str
    left_out: tuple[int, str] | None = None


def restrictions(strategy: Strategy, result_line: int | None = None) -> tuple[Restriction, ...]:
    """What the result is held to, the result line's own first, each line once."""
    number = result_line or strategy.result_line
    if number is None:
        return ()
    return tuple(dict.fromkeys(_below(strategy, number)))


def _below(strategy: Strategy, result_line: int) -> Iterator[Restriction]:
    seen: set[int] = set()
    pending = [result_line]
    while pending:
        number = pending.pop(0)
        line = strategy.line(number)
        if line is None or line.tree is None or number in seen:
            continue
        seen.add(number)
        for node in _whole(line.tree):
            if isinstance(node, Not):
                yield Restriction(number, line.text, _left_out(strategy, node.right))
            elif _limits(node):
                yield Restriction(number, line.text)
            pending += _lines_of(node)


def _whole(node: Node) -> Iterator[Node]:
    """A node and those of its parts that every record of its result fits."""
    pending = [node]
    while pending:
        one = pending.pop(0)
        yield one
        if isinstance(one, And):
            pending += one.operands
        elif isinstance(one, Not):
            pending.append(one.left)
        elif isinstance(one, Limit):
            pending.append(one.operand)


def _limits(node: Node) -> bool:
    kind = isinstance(node, Fielded) and set(node.codes) <= _KINDS
    return kind or isinstance(node, Limit | Limitation | DateRange)


def _lines_of(node: Node) -> tuple[int, ...]:
    if isinstance(node, LineReference):
        return (node.number,)
    if isinstance(node, LineRange) and node.operator is Operator.AND:
        return node.numbers
    return ()


def _left_out(strategy: Strategy, node: Node) -> tuple[int, str] | None:
    line = strategy.line(node.number) if isinstance(node, LineReference) else None
    return (line.number, line.text) if line else None
