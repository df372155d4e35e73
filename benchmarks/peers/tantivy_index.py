"""tantivy, through its Python binding, on one thread."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import tantivy

from benchmarks.texts import Text
from surveillance.strategy.nodes import And, Node, Not, Or, Phrase, Word

NAME = "tantivy"
FIELDS = ("title", "abstract")
_HEAP = 200_000_000


class Engine:
    """One index in memory, in one segment."""

    def __init__(self, texts: Sequence[Text]) -> None:
        builder = tantivy.SchemaBuilder()
        builder.add_integer_field("place", stored=True)
        for field in FIELDS:
            builder.add_text_field(field, stored=False, tokenizer_name="whitespace")
        self._schema = builder.build()
        index = tantivy.Index(self._schema)
        writer = index.writer(_HEAP, 1)
        for text in texts:
            document = tantivy.Document()
            document.add_integer("place", int(text.identifier))
            document.add_text("title", text.title)
            document.add_text("abstract", text.abstract)
            writer.add_document(document)
        writer.commit()
        writer.wait_merging_threads()
        index.reload()
        self._searcher = index.searcher()
        self._size = max(len(texts), 1)

    def prepare(self, trees: Sequence[Node]) -> list[Any]:
        """The trees as tantivy's own queries."""
        return [self._query(tree) for tree in trees]

    def count(self, queries: Sequence[Any]) -> int:
        """How many records all queries find together; counting alone, no document is fetched."""
        answers: list[Any] = [self._searcher.search(query, 1, count=True) for query in queries]
        return sum(answer.count for answer in answers)

    def found(self, queries: Sequence[Any]) -> list[set[int]]:
        """The records that each query finds."""
        return [
            {
                self._searcher.doc(address)["place"][0]
                for _, address in self._searcher.search(query, self._size).hits
            }
            for query in queries
        ]

    def _query(self, node: Node) -> Any:
        match node:
            case Word() | Phrase():
                either = [(tantivy.Occur.Should, self._leaf(node, field)) for field in FIELDS]
                return tantivy.Query.boolean_query(either)
            case And():
                return self._joined(tantivy.Occur.Must, node.operands)
            case Or():
                return self._joined(tantivy.Occur.Should, node.operands)
            case Not():
                return tantivy.Query.boolean_query(
                    [
                        (tantivy.Occur.Must, self._query(node.left)),
                        (tantivy.Occur.MustNot, self._query(node.right)),
                    ]
                )
        raise TypeError(f"tantivy is not asked for {type(node).__name__}")

    def _joined(self, occur: Any, operands: Sequence[Node]) -> Any:
        return tantivy.Query.boolean_query([(occur, self._query(one)) for one in operands])

    def _leaf(self, node: Word | Phrase, field: str) -> Any:
        if isinstance(node, Phrase):
            words: list[Any] = [word.literal for word in node.words]
            return tantivy.Query.phrase_query(self._schema, field, words)
        if node.truncated_root:
            return tantivy.Query.regex_query(self._schema, field, f"{node.truncated_root}.*")
        return tantivy.Query.term_query(self._schema, field, node.literal)
