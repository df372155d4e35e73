"""What PubMed would answer, told from the records themselves: all topics' queries at once.

A translated query is read back as a strategy of PubMed's and evaluated by the positional engine.
PubMed searches what is there: a record without MeSH doesn't have the heading, and a heading that
the tree lacks has nothing below it. So the records and the trees are closed before: nothing in
them can't be told. Held against `evaluate.pubmed` by tests.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from surveillance.errors import UnreadableInput
from surveillance.pipeline.strategies import ReadyStrategy
from surveillance.records import Record
from surveillance.strategy.evaluate.positional import Index, evaluate_all, numbers
from surveillance.strategy.mesh import MeshTree
from surveillance.strategy.nodes import Heading, Node
from surveillance.strategy.parse import read_strategy
from surveillance.strategy.strategy import Strategy

#: With this status nothing more will come to a record: what it lacks, it lacks.
_FINAL = "MEDLINE"


@dataclass(frozen=True, slots=True)
class BulkQuery:
    """A strategy's translated query; `begins` is the place of the first file that is new to it."""

    ready: ReadyStrategy
    begins: int


class BulkQueries:
    """Many queries, asked of a batch of records together; each is named by its place."""

    def __init__(self, queries: Sequence[BulkQuery]) -> None:
        self._asked = [
            _Asked(key, query.begins, query.ready.hashes[1], strategy)
            for key, query in enumerate(queries)
            for strategy in as_pubmed(query.ready)
        ]
        self._trees = {query.ready.hashes[1]: closed_tree(query.ready.mesh) for query in queries}

    def on(self, records: Sequence[Record], file: int) -> list[list[int]]:
        """For each record the queries that find it, of those that the file at this place is for."""
        found: list[list[int]] = [[] for _ in records]
        index = Index.of(map(closed_record, records))
        for mesh, tree in self._trees.items():
            asked = [one for one in self._asked if one.mesh == mesh and one.begins <= file]
            results = evaluate_all([one.strategy for one in asked], index, mesh=tree)
            for one, lines in zip(asked, results, strict=True):
                for place in numbers(lines[one.strategy.lines[-1].number].possible):
                    if not found[place] or found[place][-1] != one.key:
                        found[place].append(one.key)
        return found


@dataclass(frozen=True, slots=True)
class _Asked:
    key: int
    begins: int
    mesh: str
    strategy: Strategy


def as_pubmed(ready: ReadyStrategy) -> list[Strategy]:
    """The parts of a translated query, read as PubMed reads them.

    Raises `UnreadableInput` where one can't be read back whole, or explodes without a tree.
    """
    read = [read_strategy(part, "pubmed") for part in ready.translation.parts]
    for strategy in read:
        if strategy.errors or not strategy.lines:
            raise UnreadableInput(
                f"the query of {ready.name} cannot be evaluated here: "
                f"{strategy.errors[0].message if strategy.errors else 'it is empty.'}",
                hint="Run the topic through PubMed: surveil run.",
            )
    if ready.mesh is None and any(map(_exploded, read)):
        raise UnreadableInput(
            f"{ready.name} explodes headings, and there is no MeSH to say what lies below them.",
            hint="Run `surveil mesh update` first.",
        )
    return read


def remarks_on_tree(ready: ReadyStrategy) -> tuple[str, ...]:
    """A sentence where PubMed may find more, because the tree here is a part of MeSH."""
    if ready.mesh is None or ready.mesh.is_whole:
        return ()
    names = {name for strategy in as_pubmed(ready) for name in _exploded(strategy)}
    unknown = sorted(name for name in names if not ready.mesh.knows(name))
    if not unknown:
        return ()
    return (
        f"{', '.join(unknown)}: not in the MeSH tree of this topic; what lies below was not "
        "looked for.",
    )


def closed_record(record: Record) -> Record:
    """The record as PubMed searches it now: what is not there is not there."""
    return replace(record, status=_FINAL)


def closed_tree(mesh: MeshTree | None) -> MeshTree:
    """The tree that knows every name: one that it lacks has no place and nothing below it."""
    if mesh is None:
        return MeshTree(None, _Numbers(), ())
    return replace(mesh, numbers_of=_Numbers(mesh.numbers_of))


class _Numbers(dict[str, tuple[str, ...]]):
    """Tree numbers by name; a name that is not there has none."""

    def __contains__(self, _: object) -> bool:
        return True

    def __missing__(self, _: str) -> tuple[str, ...]:
        return ()


def _exploded(strategy: Strategy) -> set[str]:
    trees = (line.tree for line in strategy.lines if line.tree is not None)
    headings = (node for tree in trees for node in _nodes(tree) if isinstance(node, Heading))
    return {heading.name for heading in headings if heading.explode}


def _nodes(node: Node) -> Iterator[Node]:
    yield node
    for child in node.children:
        yield from _nodes(child)
