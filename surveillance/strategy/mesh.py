"""The MeSH descriptor tree: which headings lie below a heading, so that a strategy can explode it.

Reads NLM's descriptor XML (`mesh_xml`) and tab-separated files (`mesh_tsv`), plain or gzipped.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Self

from surveillance.strategy.mesh_descriptors import Descriptor, MeshEdition, MeshUnreadable, name_key
from surveillance.strategy.mesh_tsv import COLUMNS, read_tsv, with_thesaurus
from surveillance.strategy.mesh_xml import is_xml, read_xml

__all__ = ["COLUMNS", "MeshTree", "MeshUnreadable", "read_edition"]

#: MeSH had 22,000 descriptors in 2004 and has 31,000 now: a tree with fewer is a part of it, and
#: says nothing about the headings that it does not have.
FEWEST_OF_WHOLE_MESH = 20_000

#: Letters of a tree number at the top: `C04`. Some tables of the tree begin one level below.
TOP = 3


def read_edition(path: Path, thesaurus: Path | None = None) -> MeshEdition:
    """The descriptors in a file, with the entry terms of another where one is named.

    Raises `MeshUnreadable` naming file and line.
    """
    edition = read_xml(path) if is_xml(path) else read_tsv(path)
    return with_thesaurus(edition, thesaurus) if thesaurus else edition


@dataclass(frozen=True, slots=True)
class MeshTree:
    """The descriptors of one MeSH year; names are compared without regard to case
    and punctuation (`name_key`).

    Explosion depends on the tree of the search year (ovid-semantics 6). `numbers_of` has the tree
    numbers by the key of a name; `places` all tree numbers in order with the name as printed;
    `entry_terms` the other names of a heading (by its name in lower case), where they are known.
    """

    year: int | None
    numbers_of: Mapping[str, tuple[str, ...]]
    places: tuple[tuple[str, str], ...]
    entry_terms: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: MappingProxyType({}))
    preferred: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))

    @classmethod
    def load(cls, path: Path, thesaurus: Path | None = None) -> Self:
        """The tree in a file: NLM's descriptor XML, or tab-separated; see `read_edition`.

        Raises `MeshUnreadable`.
        """
        return cls.of_edition(read_edition(path, thesaurus))

    @classmethod
    def of(cls, rows: Iterable[tuple[str, str]], *, year: int | None = None) -> Self:
        """The tree of (descriptor name, tree number) pairs; without a number: outside the tree."""
        places: dict[str, list[str]] = {}
        for name, number in rows:
            places.setdefault(name, []).extend((number,) if number else ())
        found = (Descriptor("", name, tuple(numbers)) for name, numbers in places.items())
        return cls.of_edition(MeshEdition(year, tuple(found)))

    @classmethod
    def of_edition(cls, edition: MeshEdition) -> Self:
        """The tree of descriptors."""
        numbers: dict[str, tuple[str, ...]] = {}
        places: list[tuple[str, str]] = []
        terms: dict[str, tuple[str, ...]] = {}
        preferred: dict[str, str] = {}
        for descriptor in edition.descriptors:
            key = descriptor.name.casefold()
            plain = name_key(descriptor.name)
            numbers[plain] = (*numbers.get(plain, ()), *descriptor.tree_numbers)
            places.extend((number, descriptor.name) for number in descriptor.tree_numbers)
            preferred[key] = descriptor.name
            if descriptor.entry_terms:
                terms[key] = descriptor.entry_terms
        for descriptor in edition.descriptors:
            for term in descriptor.entry_terms:
                preferred.setdefault(term.casefold(), descriptor.name)
        return cls(
            edition.year,
            MappingProxyType(numbers),
            tuple(sorted(places)),
            MappingProxyType(terms),
            MappingProxyType(preferred),
        )

    @property
    def is_whole(self) -> bool:
        """True where this is all of MeSH, so that a name it lacks is no heading."""
        return len(self.numbers_of) >= FEWEST_OF_WHOLE_MESH

    @property
    def has_tops(self) -> bool:
        """True where the headings at the top of the tree (Neoplasms, C04) are in it."""
        return any(len(number) == TOP for number, _ in self.places)

    def knows(self, name: str) -> bool:
        """True where the tree has a heading of that name."""
        return name_key(name) in self.numbers_of

    def heading_for(self, name: str) -> str | None:
        """The heading, as printed, that a name or an entry term leads to; None: not known here."""
        return self.preferred.get(name.casefold())

    def explosion(self, name: str) -> frozenset[str] | None:
        """The heading and all below it, at every place that it has; None: not a heading here."""
        if not self.knows(name):
            return None
        below = (found for number in self.numbers_of[name_key(name)] for found in self._at(number))
        return frozenset(below) or frozenset({name})

    def _at(self, number: str) -> Iterator[str]:
        """The descriptors at a tree number and below it: `A01` covers `A01.378`, not `A011`."""
        for index in range(bisect_left(self.places, (number, "")), len(self.places)):
            place, name = self.places[index]
            if not place.startswith(number):
                return
            if place == number or place.startswith(f"{number}."):
                yield name
