"""What rests on no line of a strategy: text, headings and dates, evaluated once for all."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from functools import reduce
from operator import or_

import numpy as np

from surveillance.strategy.evaluate.positional.index import Index
from surveillance.strategy.evaluate.positional.joins import Matches
from surveillance.strategy.evaluate.positional.parts import TextPart
from surveillance.strategy.evaluate.positional.places import Placing
from surveillance.strategy.evaluate.positional.verdicts import Numbers, VerdictSet, bits
from surveillance.strategy.evaluate.reference import evaluate, searched
from surveillance.strategy.evaluate.scope import Scope
from surveillance.strategy.evaluate.semantics import NearCount
from surveillance.strategy.evaluate.verdict import Verdict
from surveillance.strategy.mesh import MeshTree
from surveillance.strategy.nodes import (
    NOWHERE,
    DateRange,
    Fielded,
    Frequency,
    Heading,
    Node,
    Phrase,
    Word,
)
from surveillance.strategy.strategy import Line, Strategy


class Leaves:
    """The verdicts of leaves; equal ones, in whatever strategy they stand, are found once."""

    def __init__(self, index: Index, mesh: MeshTree | None) -> None:
        self.index = index
        self._mesh = mesh
        self._placing = Placing(index, mesh)
        self._known: dict[tuple[Node, Scope | None], VerdictSet] = {}

    def text(self, node: Node, scope: Scope) -> VerdictSet:
        """Words at places in a text: a match in one part is certain whatever another says."""
        found = self._known.get((node, scope))
        if found is None:
            found = self._known[node, scope] = self._text(node, scope)
        return found

    def any_of(self, nodes: Iterable[Word | Phrase], scope: Scope) -> VerdictSet:
        """At least one of these, in one scope: cheaper together than kept one by one."""
        searched = self._placing.searched(scope)
        flags = np.zeros(len(self.index), bool)
        found = self._placing.mark(nodes, searched, flags) | bits(flags)
        return VerdictSet(found, found | searched.absent)

    def often(self, node: Frequency, scope: Scope) -> VerdictSet:
        """What stands often enough in one part."""
        found = self._known.get((node, scope))
        if found is None:
            found = self._known[node, scope] = self._often(node, scope)
        return found

    def heading(self, node: Heading, scope: Scope) -> VerdictSet:
        """Emtree's headings are not MeSH by the same name: they can't be told until mapped."""
        if scope.dialect == "ovid-embase":
            return VerdictSet(0, self.index.everything)
        if (node, scope) not in self._known:
            self._known[node, scope] = self.index.headings.verdicts(node, self._mesh, scope)
        return self._known[node, scope]

    def dated(self, node: DateRange) -> VerdictSet:
        """What has a date in the range."""
        if (node, None) not in self._known:
            self._known[node, None] = self.index.dated(node)
        return self._known[node, None]

    def _text(self, node: Node, scope: Scope) -> VerdictSet:
        if isinstance(node, Word | Phrase):
            return self.any_of((node,), scope)
        flags = np.zeros(len(self.index), bool)
        unsure: set[int] = set()
        parts = searched(node, scope)
        for part in parts:
            holding, repetitive = self._placing.records_of(node, scope, part)
            unsure |= repetitive
            for records in holding:
                flags[records] = True
        found = self._unless_absent(bits(flags), parts, scope)
        return self._by_reference(node, scope, unsure, found) if unsure else found

    def _unless_absent(self, found: int, parts: Iterable[str], scope: Scope) -> VerdictSet:
        """What was found, and open where a part that is searched is not there."""
        absent = [self._placing.part(part, scope).absent for part in parts]
        return VerdictSet(found, reduce(or_, absent, found))

    def _often(self, node: Frequency, scope: Scope) -> VerdictSet:
        """Matches of one word share none, so that they are counted; others the reference counts
        where there may be enough of them."""
        certain, open_ = np.zeros(len(self.index), bool), np.zeros(len(self.index), bool)
        unsure: set[int] = set()
        parts = searched(node, scope)
        for name in parts:
            places = self._placing.places(node.operand, scope, name)
            enough = self._counts(places.groups, self._placing.part(name, scope)) >= node.times
            unsure |= places.repetitive
            if all(group.width == 1 for group in places.groups):
                certain |= enough
            else:
                open_ |= enough
        unsure.update(np.flatnonzero(open_ & ~certain).tolist())
        found = self._unless_absent(bits(certain), parts, scope)
        return self._by_reference(node, scope, unsure, found)

    def _counts(self, groups: Iterable[Matches], part: TextPart) -> Numbers:
        """How many matches each record has in a part."""
        counts = np.zeros(len(self.index), np.int64)
        for group in groups:
            counts += np.bincount(part.records(group.first), minlength=len(counts))
        return counts

    def _by_reference(
        self, node: Node, scope: Scope, records: Iterable[int], others: VerdictSet
    ) -> VerdictSet:
        """The verdicts of the reference on some records, and what is known of the others."""
        tree = Fielded(node, scope.codes)
        strategy = Strategy(scope.dialect, (Line(1, "", NOWHERE, tree),))
        # The tree was read by the switches before: NEAR must not be counted down twice.
        options = replace(self.index.options, cochrane_near=NearCount.BETWEEN)
        match, possible = others.match, others.possible
        for number in records:
            bit = 1 << number
            verdict = evaluate(
                strategy, self.index.records[number], mesh=self._mesh, options=options
            )
            match = match | bit if verdict is Verdict.MATCH else match & ~bit
            possible = possible & ~bit if verdict is Verdict.NO_MATCH else possible | bit
        return VerdictSet(match, possible)
