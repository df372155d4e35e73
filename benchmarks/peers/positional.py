"""Our positional engine on the same texts, one process, one thread."""

from __future__ import annotations

from collections.abc import Sequence

from benchmarks.generated import as_strategies
from benchmarks.texts import Text
from surveillance.strategy.evaluate.positional import Index, evaluate_all, numbers
from surveillance.strategy.nodes import Node
from surveillance.strategy.strategy import Strategy

NAME = "positional"


class Engine:
    """One index; nothing of a strategy is kept from one call to the next."""

    def __init__(self, texts: Sequence[Text]) -> None:
        self._index = Index.of(texts)

    def prepare(self, trees: Sequence[Node]) -> list[Strategy]:
        """The trees as strategies of one line."""
        return as_strategies(trees)

    def count(self, queries: Sequence[Strategy]) -> int:
        """How many records all strategies find together."""
        return sum(found[1].match.bit_count() for found in evaluate_all(queries, self._index))

    def found(self, queries: Sequence[Strategy]) -> list[set[int]]:
        """The records that each strategy finds."""
        return [set(numbers(found[1].match)) for found in evaluate_all(queries, self._index)]
