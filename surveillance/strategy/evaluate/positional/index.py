"""The index of a batch of records: what strategies are evaluated on, built once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Self

import numpy as np
from numpy.typing import NDArray

from surveillance.strategy.evaluate.dates import date_on
from surveillance.strategy.evaluate.positional.headings import HeadingIndex
from surveillance.strategy.evaluate.positional.parts import TextPart, text_parts
from surveillance.strategy.evaluate.positional.verdicts import VerdictSet, bits
from surveillance.strategy.evaluate.scope import BROADER_TYPE, Scope
from surveillance.strategy.evaluate.semantics import Semantics
from surveillance.strategy.evaluate.texts import Texts, broader_types
from surveillance.strategy.mesh import MeshTree
from surveillance.strategy.nodes import DateRange
from surveillance.strategy.searchable import Searchable

DEFAULT = Semantics()


class Index:
    """Records as words and headings with their places, under one reading of the switches.

    Holds the records too: what is too rare for a fast path is evaluated on them. Parts that a
    word without a field searches in MEDLINE are cut into words at once, others when first asked
    for.
    """

    def __init__(self, records: Sequence[Searchable], options: Semantics) -> None:
        self.records = records
        self.options = options
        self.headings = HeadingIndex(records, options)
        self._parts: dict[tuple[str, bool, int], TextPart] = {}
        self._meshes: list[MeshTree | None] = []
        self._days: dict[str, NDArray[np.str_]] = {}

    @classmethod
    def of(cls, records: Iterable[Searchable], options: Semantics = DEFAULT) -> Self:
        """The index of these records, which keep their order."""
        index = cls(tuple(records), options)
        scope = Scope.of("ovid-medline")
        reading = options.in_dialect(scope.dialect)
        together = text_parts({name: index._texts(name) for name in scope.parts}, reading)
        for name, part in together.items():
            index._parts[index._key(name, reading, None)] = part
        return index

    def __len__(self) -> int:
        return len(self.records)

    @property
    def everything(self) -> int:
        """All records, as bits."""
        return (1 << len(self.records)) - 1

    def part(self, name: str, scope: Scope, mesh: MeshTree | None) -> TextPart:
        """One part of all records, as words of the scope's dialect.

        `mesh` counts for the one part that rests on it: broader publication types.
        """
        options = self.options.in_dialect(scope.dialect)
        key = self._key(name, options, mesh)
        if key not in self._parts:
            texts = self._broader(mesh) if name == BROADER_TYPE else self._texts(name)
            self._parts[key] = text_parts({name: texts}, options)[name]
        return self._parts[key]

    def _key(self, name: str, options: Semantics, mesh: MeshTree | None) -> tuple[str, bool, int]:
        tree = self._number(mesh) if name == BROADER_TYPE else 0
        return name, options.stop_words_counted, tree

    def _number(self, mesh: MeshTree | None) -> int:
        """The number of a tree among those that this index has met."""
        for number, met in enumerate(self._meshes):
            if met is mesh:
                return number
        self._meshes.append(mesh)
        return len(self._meshes) - 1

    def _texts(self, name: str) -> Iterable[Sequence[str] | None]:
        for record in self.records:
            texts = Texts(record, None, self.options).texts(name)
            yield None if texts is None else tuple(texts)

    def _broader(self, mesh: MeshTree | None) -> Iterable[Sequence[str] | None]:
        """The broader publication types; each type is looked up once."""
        above: dict[str, list[str] | None] = {}
        for record in self.records:
            types = record.passages("publication_type")
            for name in types or ():
                if name not in above:
                    above[name] = broader_types([name], mesh)
            found = [above[name] for name in types or ()]
            known = [name for names in found for name in names or ()]
            yield None if types is None or None in found else known

    def dated(self, wanted: DateRange) -> VerdictSet:
        """As `dates.within` on each record."""
        days = self._days_of(wanted.code)
        unknown = days == ""
        holds = ~unknown
        if wanted.first is not None:
            holds &= days.astype(f"U{len(wanted.first)}") >= wanted.first
        if wanted.last is not None:
            holds &= days.astype(f"U{len(wanted.last)}") <= wanted.last
        match = bits(holds)
        return VerdictSet(match, match | bits(unknown))

    def _days_of(self, code: str) -> NDArray[np.str_]:
        """The date of each record that a code asks for, `2020-05-17`; empty: not there."""
        if code not in self._days:
            found = (date_on(record, code) for record in self.records)
            self._days[code] = np.array([day.isoformat() if day else "" for day in found], "U10")
        return self._days[code]
