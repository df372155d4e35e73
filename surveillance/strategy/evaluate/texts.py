"""The texts of one record by part, cut into words once, with those that its headings stand for."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Mapping

from surveillance.strategy.evaluate.scope import (
    BROADER_SUBHEADING,
    BROADER_TYPE,
    FLOATING_SUBHEADING,
    NOT_CARRIED,
)
from surveillance.strategy.evaluate.semantics import Semantics
from surveillance.strategy.evaluate.words import Passage, passages_of
from surveillance.strategy.fields import HEADING, SUBHEADING
from surveillance.strategy.limits import LANGUAGES
from surveillance.strategy.mesh import MeshTree
from surveillance.strategy.mesh_descriptors import name_key
from surveillance.strategy.searchable import IndexedDescriptor, Searchable
from surveillance.strategy.subheadings import SUBHEADINGS, subheading_family


class Texts:
    """The passages of one record; a part is read when first asked for."""

    def __init__(self, record: Searchable, mesh: MeshTree | None, options: Semantics) -> None:
        self._record = record
        self._mesh = mesh
        self._options = options
        self._read: dict[str, tuple[Passage, ...] | None] = {}

    def passages(self, part: str) -> tuple[Passage, ...] | None:
        """The passages of a part; None: cannot tell, it is not there (yet)."""
        if part not in self._read:
            texts = self.texts(part)
            self._read[part] = (
                None if texts is None else tuple(passages_of(part, texts, self._options))
            )
        return self._read[part]

    def absent(self, part: str) -> bool:
        """True where a part is not there, so that what stands in it can't be told."""
        return self.passages(part) is None

    def texts(self, part: str) -> Iterable[str] | None:
        if part == NOT_CARRIED:
            return None
        if part == BROADER_TYPE:
            return broader_types(self._record.passages("publication_type"), self._mesh)
        if part in OF_HEADINGS:
            headings = self._record.headings()
            return None if headings is None else OF_HEADINGS[part](headings)
        texts = self._record.passages(part)
        if part == "language" and texts is not None:
            return [name for text in texts for name in language_names(text)]
        return texts


def language_names(text: str) -> tuple[str, ...]:
    """A language as a record has it and, where it is known, by code (`eng`) or by name too."""
    key = text.strip().casefold()
    others = {name for name, code in LANGUAGES.items() if code == key}
    return (text, *others, *([LANGUAGES[key]] if key in LANGUAGES else []))


def broader_types(types: Iterable[str] | None, mesh: MeshTree | None) -> list[str] | None:
    """The publication types above those of a record, in MeSH's tree V.

    None where one could be above and can't be told: without a tree, or for a type that it lacks.
    """
    if types is None:
        return None
    above: list[str] = []
    for name in types:
        if mesh is None or not mesh.knows(name):
            return None
        above += _above(name, mesh)
    return above


def _above(name: str, mesh: MeshTree) -> Iterator[str]:
    """Every heading whose tree number begins one of this heading's."""
    for number in mesh.numbers_of[name_key(name)]:
        steps = number.split(".")
        for length in range(1, len(steps)):
            broader = ".".join(steps[:length])
            at = bisect_left(mesh.places, (broader, ""))
            if at < len(mesh.places) and mesh.places[at][0] == broader:
                yield mesh.places[at][1]


def _heading_names(headings: Iterable[IndexedDescriptor]) -> Iterator[str]:
    return (heading.name for heading in headings)


def _subheading_names(headings: Iterable[IndexedDescriptor]) -> Iterator[str]:
    return (qualifier.name for heading in headings for qualifier in heading.qualifiers)


def _floating(headings: Iterable[IndexedDescriptor]) -> Iterator[str]:
    return _spellings(name.casefold() for name in _subheading_names(headings))


def _broader(headings: Iterable[IndexedDescriptor]) -> Iterator[str]:
    """The subheadings above those of the record: `[sh]` includes the more specific ones."""
    attached = {name.casefold() for name in _subheading_names(headings)}
    return _spellings(
        name for name in SUBHEADINGS.values() if not attached.isdisjoint(_below(name))
    )


def _below(name: str) -> frozenset[str]:
    return subheading_family(name) - {name}


def _spellings(names: Iterable[str]) -> Iterator[str]:
    """A subheading by its name, with `&` as a word, and by its two-letter code."""
    for name in dict.fromkeys(names):
        yield name
        if "&" in name:
            yield name.replace("&", "and")
        yield from (code for code, full in SUBHEADINGS.items() if full == name)


# The parts that the headings of a record stand for.
OF_HEADINGS: Mapping[str, Callable[[Iterable[IndexedDescriptor]], Iterable[str]]] = {
    HEADING: _heading_names,
    SUBHEADING: _subheading_names,
    FLOATING_SUBHEADING: _floating,
    BROADER_SUBHEADING: _broader,
}
