"""Strategies and MeSH trees read from files; what the compiler refuses, named with its place."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from surveillance.errors import Place, UnreadableInput
from surveillance.strategy.evaluate.verdict import NotEvaluable
from surveillance.strategy.mesh import MeshTree, MeshUnreadable
from surveillance.strategy.parse import StrategyUnreadable, read_strategy
from surveillance.strategy.strategy import Strategy
from surveillance.toml_files import read_text

#: The part of the MeSH tree that a topic's strategies need lies beside them under this name.
MESH_BESIDE = "mesh.tsv"


def read_strategy_file(file: Path, dialect: str | None = None) -> Strategy:
    """The strategy in a file; `dialect` None: detected.

    Raises `UnreadableInput` where it is missing, in a dialect not read here, or where no line of
    it can be understood; other faults are the strategy's diagnostics.
    """
    try:
        strategy = read_strategy(read_text(file), dialect)
    except StrategyUnreadable as fault:
        raise UnreadableInput(str(fault), place=Place(file)) from None
    if not any(line.tree for line in strategy.lines):
        first = strategy.errors[0]
        raise UnreadableInput(
            first.message, place=Place(file, first.line, first.column), hint=first.hint
        )
    return strategy


def read_mesh_file(file: Path) -> MeshTree:
    """The MeSH tree in a file; raises `UnreadableInput` with file and line."""
    try:
        return MeshTree.load(file)
    except MeshUnreadable as fault:
        raise UnreadableInput(str(fault)) from None


def mesh_beside(strategy_file: Path) -> MeshTree | None:
    """The tree that lies beside a strategy, if one does."""
    beside = strategy_file.parent / MESH_BESIDE
    return read_mesh_file(beside) if beside.is_file() else None


@contextmanager
def evaluating(file: Path) -> Iterator[None]:
    """Name the file and the place in it where something cannot be evaluated."""
    try:
        yield
    except NotEvaluable as fault:
        place = Place(file, fault.line or None, fault.column or None)
        raise UnreadableInput(fault.message, place=place) from None
