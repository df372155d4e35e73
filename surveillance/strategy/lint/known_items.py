"""Which known items a NOT takes away: both its sides evaluated by the engine that defines them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from surveillance.strategy.evaluate.reference import evaluate
from surveillance.strategy.evaluate.verdict import NotEvaluable, Verdict
from surveillance.strategy.mesh import MeshTree
from surveillance.strategy.nodes import Node, Not
from surveillance.strategy.searchable import Searchable
from surveillance.strategy.strategy import Line, Strategy


def lost_to(
    node: Not, strategy: Strategy, records: Iterable[Searchable], mesh: MeshTree | None
) -> list[str]:
    """The identifiers of the records that match both sides of a NOT; what is open counts not."""
    kept, taken = _with_line(strategy, node.left), _with_line(strategy, node.right)
    return [
        record.identifier
        for record in records
        if _matches(taken, record, mesh) and _matches(kept, record, mesh)
    ]


def _with_line(strategy: Strategy, tree: Node) -> Strategy:
    """The strategy with one more line, its result."""
    number = (strategy.result_line or 0) + 1
    return replace(strategy, lines=(*strategy.lines, Line(number, "", tree.span, tree)))


def _matches(strategy: Strategy, record: Searchable, mesh: MeshTree | None) -> bool:
    try:
        return evaluate(strategy, record, mesh=mesh) is Verdict.MATCH
    except NotEvaluable:
        return False
