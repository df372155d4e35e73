"""Which parts of the records strategies search, so that they can be cut into words beforehand."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from surveillance.strategy.evaluate.positional.index import Index
from surveillance.strategy.evaluate.scope import Scope
from surveillance.strategy.limits import meaning_of
from surveillance.strategy.mesh import MeshTree
from surveillance.strategy.nodes import Fielded, Limitation, Mapped, Near, Node, Phrase, Word
from surveillance.strategy.strategy import Strategy


def prepare(index: Index, strategies: Iterable[Strategy], *, mesh: MeshTree | None = None) -> None:
    """Cut what these strategies search now, not when the first of them asks for it.

    A strategy in an unknown dialect is left to `evaluate_all`, which says so.
    """
    for scope in {scope for strategy in strategies for scope in _scopes(strategy)}:
        for part in scope.parts:
            index.part(part, scope, mesh)


def _scopes(strategy: Strategy) -> Iterator[Scope]:
    try:
        scope = Scope.of(strategy.dialect)
    except KeyError:
        return
    for line in strategy.lines:
        if line.tree is not None:
            yield from _searched(line.tree, scope)


def _searched(node: Node, scope: Scope) -> Iterator[Scope]:
    """The scopes of the words in a tree."""
    match node:
        case Word() | Near():
            yield scope
        case Phrase():
            yield scope
            if scope.pubmed and not node.quoted:
                yield Scope.of(scope.dialect)
        case Limitation():
            meaning = meaning_of(node, scope.dialect)
            if meaning is not None:
                yield from _searched(meaning, Scope.of(scope.dialect))
        case Mapped():
            scope = Scope.of("ovid-medline")
        case Fielded():
            scope = scope.inside(node)
    if not isinstance(node, Phrase | Near):
        for child in node.children:
            yield from _searched(child, scope)
