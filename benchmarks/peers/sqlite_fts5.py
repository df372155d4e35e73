"""SQLite's FTS5, with prefix indexes."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

from benchmarks.texts import Text
from surveillance.strategy.nodes import And, Node, Not, Or, Phrase, Word

NAME = "SQLite FTS5"


class Engine:
    """One table in memory."""

    def __init__(self, texts: Sequence[Text]) -> None:
        self._store = sqlite3.connect(":memory:")
        self._store.execute(
            "CREATE VIRTUAL TABLE record USING fts5"
            "(title, abstract, prefix='4 5 6 7 8', tokenize='ascii')"
        )
        self._store.executemany(
            "INSERT INTO record(rowid, title, abstract) VALUES (?, ?, ?)",
            [(int(text.identifier), text.title, text.abstract) for text in texts],
        )
        self._store.execute("INSERT INTO record(record) VALUES ('optimize')")

    def prepare(self, trees: Sequence[Node]) -> list[str]:
        """The trees in FTS5's language."""
        return [_expression(tree) for tree in trees]

    def count(self, queries: Sequence[str]) -> int:
        """How many records all queries find together."""
        statement = "SELECT count(*) FROM record WHERE record MATCH ?"
        return sum(self._store.execute(statement, (query,)).fetchone()[0] for query in queries)

    def found(self, queries: Sequence[str]) -> list[set[int]]:
        """The records that each query finds."""
        statement = "SELECT rowid FROM record WHERE record MATCH ?"
        return [{row[0] for row in self._store.execute(statement, (query,))} for query in queries]


def _expression(node: Node) -> str:
    match node:
        case Word():
            root = node.truncated_root
            return f'"{root}" *' if root else f'"{node.literal}"'
        case Phrase():
            return '"' + " ".join(word.literal or "" for word in node.words) + '"'
        case And() | Or():
            operator = f" {type(node).__name__.upper()} "
            return "(" + operator.join(map(_expression, node.operands)) + ")"
        case Not():
            return f"({_expression(node.left)} NOT {_expression(node.right)})"
    raise TypeError(f"FTS5 is not asked for {type(node).__name__}")
