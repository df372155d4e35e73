"""Strategies, MeSH trees and mapping tables read from files; what the compiler refuses, named with
its place."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Annotated

from pydantic import Field
from pydantic.dataclasses import dataclass

from surveillance.errors import Place, UnreadableInput
from surveillance.strategy.evaluate.verdict import NotEvaluable
from surveillance.strategy.mapping import (
    EMBASE,
    Entry,
    Mapping,
    MappingUnreadable,
    mapped,
    words_of,
)
from surveillance.strategy.mesh import MeshTree, MeshUnreadable
from surveillance.strategy.parse import StrategyUnreadable, read_strategy
from surveillance.strategy.strategy import Strategy
from surveillance.toml_files import STRICT, locate, read_text, read_toml

#: The part of the MeSH tree that a topic's strategies need lies beside them under this name.
MESH_BESIDE = "mesh.tsv"
#: What stands for Embase's headings lies beside the strategy that has them.
MAPPING_BESIDE = "emtree.toml"

#: Strategies that are kept read: those of a few topics, which each run and page asks for again.
_STRATEGIES = 32

Text = Annotated[str, Field(min_length=1)]


@dataclass(frozen=True, config=STRICT)
class _MappedHeading:
    name: Text
    reason: Text
    mesh: tuple[Text, ...] = ()
    words: tuple[Text, ...] = ()
    explode: bool | None = None
    nothing: bool = False


@dataclass(frozen=True, config=STRICT)
class _MappedField:
    code: Text
    reason: Text
    nothing: bool


@dataclass(frozen=True, config=STRICT)
class _MappingFile:
    headings: tuple[_MappedHeading, ...] = ()
    fields: tuple[_MappedField, ...] = ()


_MARKUP = re.compile(r"\s*<(?:!doctype|html|\?xml)\b", re.IGNORECASE)


def read_strategy_file(file: Path, dialect: str | None = None) -> Strategy:
    """The strategy in a file; `dialect` None: detected.

    Raises `UnreadableInput` where it is missing or no text, where the dialect is none that is read
    here, or where no line of a strategy is found in it; other faults are its diagnostics.
    """
    return _read_strategy(file, read_text(file), dialect)


@lru_cache(maxsize=_STRATEGIES)
def _read_strategy(file: Path, text: str, dialect: str | None) -> Strategy:
    if _MARKUP.match(text):
        raise UnreadableInput(
            "the file is a web page or XML, not the text of a strategy.",
            place=Place(file),
            hint="Copy what the page shows, and save that as plain text.",
        )
    try:
        strategy = read_strategy(text, dialect)
    except StrategyUnreadable as fault:
        raise UnreadableInput(str(fault), place=Place(file)) from None
    if not strategy.lines:
        first = strategy.errors[0]
        raise UnreadableInput(
            first.message, place=Place(file, first.line, first.column), hint=first.hint
        )
    return strategy


def read_mapped_strategy_file(file: Path, dialect: str | None = None) -> Strategy:
    """As `read_strategy_file`; one of Embase as the table beside it maps its headings."""
    strategy = read_strategy_file(file, dialect)
    return mapped(strategy, mapping_beside(file)) if strategy.dialect == EMBASE else strategy


def read_mesh_file(file: Path) -> MeshTree:
    """The MeSH tree in a file; raises `UnreadableInput` with file and line."""
    try:
        return MeshTree.load(file)
    except MeshUnreadable as fault:
        raise UnreadableInput(str(fault)) from None


def mesh_beside(strategy_file: Path) -> MeshTree | None:
    """The tree that lies beside a strategy, else that of the workspace its topic lies in."""
    folder = strategy_file.resolve().parent
    places = (folder / MESH_BESIDE, folder.parent.parent / MESH_BESIDE)
    return next((read_mesh_file(place) for place in places if place.is_file()), None)


def read_mapping_file(file: Path) -> Mapping:
    """The mapping table in a file; raises `UnreadableInput` with file and line."""
    described = read_toml(file, _MappingFile)
    headings = [
        (heading.name, _entry(heading, file, number))
        for number, heading in enumerate(described.headings)
    ]
    fields: list[tuple[str, Entry]] = []
    for number, one in enumerate(described.fields):
        if not one.nothing:
            raise _unusable(file, "fields", number, "a field can only stand for nothing.")
        fields.append((one.code, Entry(one.reason)))
    for table, names in (("headings", headings), ("fields", fields)):
        _check_once(file, table, [name.casefold() for name, _ in names])
    return Mapping.of(headings, fields)


def mapping_beside(strategy_file: Path) -> Mapping:
    """The table that lies beside a strategy; an empty one where none does."""
    beside = strategy_file.parent / MAPPING_BESIDE
    return read_mapping_file(beside) if beside.is_file() else Mapping()


def _entry(heading: _MappedHeading, file: Path, number: int) -> Entry:
    said = bool(heading.mesh or heading.words)
    if heading.nothing is said:
        raise _unusable(
            file,
            "headings",
            number,
            f"“{heading.name}” has MeSH headings or words, or else nothing = true; not both.",
        )
    try:
        words = tuple(map(words_of, heading.words))
        return Entry(heading.reason, heading.mesh, words, heading.explode)
    except MappingUnreadable as fault:
        raise _unusable(file, "headings", number, f"“{heading.name}”: {fault}") from None


def _check_once(file: Path, table: str, names: list[str]) -> None:
    for number, name in enumerate(names):
        if name in names[:number]:
            raise _unusable(file, table, number, f"“{name}” stands here twice.")


def _unusable(file: Path, table: str, number: int, message: str) -> UnreadableInput:
    line, _ = locate(read_text(file), [table], number)
    return UnreadableInput(message, place=Place(file, line))


@contextmanager
def evaluating(file: Path) -> Iterator[None]:
    """Name the file and the place in it where something cannot be evaluated."""
    try:
        yield
    except NotEvaluable as fault:
        place = Place(file, fault.line or None, fault.column or None)
        raise UnreadableInput(fault.message, place=place) from None
