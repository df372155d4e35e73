"""Strategies, trees and translations as JSON (the keys are the command line's contract)."""

from __future__ import annotations

from dataclasses import asdict, fields
from typing import TYPE_CHECKING, Any

from surveillance.strategy.nodes import NOWHERE, Node, Wildcard
from surveillance.strategy.strategy import Line, Strategy

if TYPE_CHECKING:
    from surveillance.strategy.translate.pubmed import Translation


def strategy_document(strategy: Strategy) -> dict[str, Any]:
    """What `surveil strategy parse --json` prints."""
    return {
        "dialect": strategy.dialect,
        "result_line": strategy.result_line,
        "lines": [_line(line) for line in strategy.lines],
        "diagnostics": [asdict(diagnostic) for diagnostic in strategy.diagnostics],
    }


def translation_document(translation: Translation, dialect: str, target: str) -> dict[str, Any]:
    """What `surveil strategy translate --json` prints."""
    return {
        "dialect": dialect,
        "target": target,
        "query": translation.query,
        "parts": list(translation.parts),
        "lines": [asdict(line) for line in translation.lines],
        "losses": [asdict(loss) for loss in translation.losses],
        "diagnostics": [asdict(diagnostic) for diagnostic in translation.diagnostics],
    }


def tree_document(node: Node) -> dict[str, Any]:
    """A tree: `node` names the kind, the node's own values follow, then where it stands."""
    document: dict[str, Any] = {"node": type(node).__name__}
    for field in fields(node):
        if field.name != "span":
            document[field.name] = _value(getattr(node, field.name))
    if node.span != NOWHERE:
        document["at"] = {"line": node.span.line, "column": node.span.column}
    return document


def _line(line: Line) -> dict[str, Any]:
    return {
        "number": line.number,
        "text": line.text,
        "count_raw": line.count_raw,
        "count": line.count,
        "tree": tree_document(line.tree) if line.tree else None,
    }


def _value(value: object) -> Any:
    if isinstance(value, Node):
        return tree_document(value)
    if isinstance(value, Wildcard):
        return asdict(value)
    if isinstance(value, tuple):
        return [_value(item) for item in value]
    return value
