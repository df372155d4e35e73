"""Subject headings over a batch of records: `evaluate.headings` on each distinct heading once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import chain

import numpy as np

from surveillance.strategy.evaluate.headings import (
    WILDCARDS,
    fitting_headings,
    heading_verdict,
    names_wanted,
)
from surveillance.strategy.evaluate.positional.verdicts import VerdictSet, bits
from surveillance.strategy.evaluate.scope import Scope
from surveillance.strategy.evaluate.semantics import Semantics
from surveillance.strategy.evaluate.verdict import Verdict
from surveillance.strategy.mesh import MeshTree
from surveillance.strategy.mesh_descriptors import name_key
from surveillance.strategy.nodes import Heading
from surveillance.strategy.searchable import IndexedDescriptor, Searchable
from surveillance.strategy.subheadings import SUBHEADINGS

# A heading as an indexer gave it: name, star, subheadings with theirs. Equal ones stand once.
_Given = tuple[str, bool, tuple[tuple[str, bool], ...]]


class HeadingIndex:
    """Which records have which heading."""

    def __init__(self, records: Sequence[Searchable], options: Semantics) -> None:
        self._size = len(records)
        self._options = options
        self._named: dict[str, dict[_Given, tuple[IndexedDescriptor, list[int]]]]
        self._named = defaultdict(dict)
        absent = np.zeros(len(records), bool)
        for number, record in enumerate(records):
            headings = record.headings()
            absent[number] = headings is None
            for heading in headings or ():
                self._add(number, heading)
        self._absent = bits(absent)

    def _add(self, record: int, heading: IndexedDescriptor) -> None:
        key = (heading.name, heading.major, tuple((q.name, q.major) for q in heading.qualifiers))
        given = self._named[name_key(heading.name)]
        if key not in given:
            given[key] = (heading, [])
        given[key][1].append(record)

    def verdicts(self, node: Heading, mesh: MeshTree | None, scope: Scope) -> VerdictSet:
        """As `headings.heading_verdict` on each record; cannot tell where there are none yet."""
        known = tuple(code for code in node.subheadings if code.casefold() in SUBHEADINGS)
        found = VerdictSet(0, self._absent)
        if known or not node.subheadings:
            found = found | self._found(replace(node, subheadings=known), mesh, scope)
        if len(known) < len(node.subheadings):
            anyhow = self._found(replace(node, subheadings=()), mesh, scope)
            found = found | anyhow.opened()
        return found

    def _found(self, node: Heading, mesh: MeshTree | None, scope: Scope) -> VerdictSet:
        if not WILDCARDS.isdisjoint(node.name):
            return self._by_reference(node, scope)
        own = frozenset({name_key(node.name)})
        below = names_wanted(node, mesh)
        match = self._having(own | (below or own), node, scope)
        possible = match if below is not None else self._having(self._named, node, scope)
        return VerdictSet(match, possible)

    def _by_reference(self, node: Heading, scope: Scope) -> VerdictSet:
        flags = {verdict: np.zeros(self._size, bool) for verdict in Verdict}
        for name in self._named:
            for heading, records in self._named[name].values():
                verdict = heading_verdict(node, [heading], None, scope, self._options)
                flags[verdict][records] = True
        match = bits(flags[Verdict.MATCH])
        return VerdictSet(match, match | bits(flags[Verdict.CANNOT_TELL]))

    def _having(self, names: Iterable[str], node: Heading, scope: Scope) -> int:
        """The records that have a heading of one of these names with focus and subheadings."""
        flags = np.zeros(self._size, bool)
        lists = (found for name in names for found in self._fitting(name, node, scope))
        flags[list(chain.from_iterable(lists))] = True
        return bits(flags)

    def _fitting(self, name: str, node: Heading, scope: Scope) -> Iterator[list[int]]:
        plain = not node.focus and not node.subheadings
        for heading, records in self._named.get(name, {}).values():
            if plain or fitting_headings(node, [heading], scope, self._options):
                yield records
