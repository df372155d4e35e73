"""What every parser asks of the trees that it builds."""

from __future__ import annotations

from collections.abc import Sequence

from surveillance.strategy.nodes import Node, Span
from surveillance.strategy.parse.faults import DEEPEST_TREE


def depth(tree: Node) -> int:
    """The nodes on the longest way down, counted without recursion and no further than is read."""
    level: tuple[Node, ...] = (tree,)
    levels = 0
    while level and levels <= DEEPEST_TREE:
        levels += 1
        level = tuple(child for node in level for child in node.children)
    return levels


def around(operands: Sequence[Node]) -> Span:
    """From the first operand to the last."""
    return operands[0].span.to(operands[-1].span)
