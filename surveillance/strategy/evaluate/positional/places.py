"""Where words, phrases, their OR and their proximity stand in one part of all records at once.

The same matches as `adjacency.matches` finds passage by passage, as arrays: a match is the
positions of the words that it uses, no word is used twice.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import or_

import numpy as np

from surveillance.strategy.evaluate.adjacency import MOST_MATCHES, is_name, slots_of
from surveillance.strategy.evaluate.positional.index import Index
from surveillance.strategy.evaluate.positional.joins import (
    Edges,
    Join,
    Matches,
    Stretch,
    united,
    words_near,
)
from surveillance.strategy.evaluate.positional.parts import TextPart
from surveillance.strategy.evaluate.positional.verdicts import Flags, Numbers, TermNumbers
from surveillance.strategy.evaluate.positional.vocabulary import Lookup, Terms
from surveillance.strategy.evaluate.positional.vocabulary import united as united_terms
from surveillance.strategy.evaluate.scope import Scope
from surveillance.strategy.evaluate.semantics import ChainAnchor, Semantics
from surveillance.strategy.mesh import MeshTree
from surveillance.strategy.nodes import Adjacency, Fielded, Near, Node, Or, Phrase, Word

_NONE: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Places:
    """The matches of a node in one part, a group for each number of words that they use.

    In `repetitive` records an adjacency may hold in more ways than the reference follows: their
    matches are incomplete, the reference decides on them.
    """

    groups: tuple[Matches, ...] = ()
    repetitive: frozenset[int] = _NONE

    @property
    def words(self) -> Numbers | None:
        """The positions, ascending, where every match is a single word."""
        if self.repetitive or any(group.width > 1 for group in self.groups):
            return None
        return self.groups[0].first if self.groups else np.empty(0, np.int64)


@dataclass(frozen=True, slots=True)
class Searched:
    """What a scope searches: its parts, those that share words also under these; whether any is
    searched by whole names; the records that lack one of them, as bits."""

    scope: Scope
    parts: dict[str, TextPart]
    together: list[tuple[Lookup, list[TextPart]]]
    by_name: bool
    absent: int


class Placing:
    """Finds the places of nodes in an index; what several strategies share is found once."""

    def __init__(self, index: Index, mesh: MeshTree | None) -> None:
        self._index = index
        self._mesh = mesh
        self._lookups: dict[int, Lookup] = {}
        self._searched: dict[Scope, Searched] = {}

    def searched(self, scope: Scope) -> Searched:
        """The parts that a scope searches."""
        found = self._searched.get(scope)
        if found is None:
            found = self._searched[scope] = self._scoped(scope)
        return found

    def _scoped(self, scope: Scope) -> Searched:
        parts = {name: self.part(name, scope) for name in scope.parts}
        together: dict[Lookup, list[TextPart]] = {}
        for part in parts.values():
            together.setdefault(self._lookup(part), []).append(part)
        absent = reduce(or_, [part.absent for part in parts.values()], 0)
        by_name = any(scope.parts.values())
        return Searched(scope, parts, list(together.items()), by_name, absent)

    def _lookup(self, part: TextPart) -> Lookup:
        """The look-up in the vocabulary of a part, which others may share."""
        key = id(part.vocabulary)
        if key not in self._lookups:
            self._lookups[key] = Lookup(part.vocabulary, self._index.options)
        return self._lookups[key]

    def part(self, name: str, scope: Scope) -> TextPart:
        """One part of all records."""
        return self._index.part(name, scope, self._mesh)

    def mark(self, nodes: Iterable[Word | Phrase], searched: Searched, flags: Flags) -> int:
        """The records with a match of at least one: some are flagged, others returned as bits."""
        found = 0
        for node in nodes:
            if searched.by_name:
                self._mark_names(node, searched, flags)
            elif isinstance(node, Phrase):
                self._mark_phrase(node, searched, flags)
            else:
                for lookup, parts in searched.together:
                    for first, after in lookup.found_by(node):
                        for part in parts:
                            found |= part.holders.mark(first, after, flags)
        return found

    def _mark_names(self, node: Word | Phrase, searched: Searched, flags: Flags) -> None:
        for name, part in searched.parts.items():
            starts, _ = self._starts(node, searched.scope, name, part)
            flags[part.records(starts)] = True

    def _mark_phrase(self, phrase: Phrase, searched: Searched, flags: Flags) -> None:
        """Where nothing is searched by name, every part has the same slots."""
        name = next(iter(searched.parts))
        slots = slots_of(phrase, searched.scope, name, self._options(searched.scope))
        for lookup, parts in searched.together:
            terms = _found_in(lookup, slots)
            for part in parts:
                starts = _side_by_side(terms, part)
                if len(starts):
                    flags[part.records(starts)] = True

    def records_of(
        self, node: Node, scope: Scope, name: str
    ) -> tuple[list[Numbers], frozenset[int]]:
        """The records with a match in a part, and those on which the reference decides."""
        part = self.part(name, scope)
        if isinstance(node, Adjacency):
            return self._records_near(node, scope, name, part)
        places = self.places(node, scope, name)
        return [part.records(group.first) for group in places.groups], places.repetitive

    def _records_near(
        self, node: Adjacency, scope: Scope, name: str, part: TextPart
    ) -> tuple[list[Numbers], frozenset[int]]:
        """Cheaper than `places`, since nobody asks how the last words stand together."""
        left, right = self.places(node.left, scope, name), self.places(node.right, scope, name)
        window = Edges(node.between, node.ordered)
        one, other = left.words, right.words
        if one is not None and other is not None and _few(one, other, window, part):
            return [part.records(words_near(one, other, window))], _NONE
        join = Join(left.groups, right.groups, window, part)
        found = [part.records(matches.first) for matches, _ in join.pairs()]
        return found, left.repetitive | right.repetitive | join.repetitive

    def places(self, node: Node, scope: Scope, name: str) -> Places:
        """All matches, in one part, of a node that has places."""
        match node:
            case Word() | Phrase():
                return self._leaf(node, scope, name)
            case Near():
                return self._window(node, scope, name)
            case Fielded():
                return self.places(node.operand, scope.inside(node), name)
            case Or():
                return self._any(node.operands, scope, name)
            case Adjacency():
                return self._near(node, scope, name)
        raise TypeError(f"{type(node).__name__} does not stand at a place in a text")

    def _near(self, node: Adjacency, scope: Scope, name: str) -> Places:
        left, right = self.places(node.left, scope, name), self.places(node.right, scope, name)
        window = Edges(node.between, node.ordered)
        join = Join(left.groups, right.groups, window, self.part(name, scope))
        alone = self._index.options.chain is ChainAnchor.LAST_OPERAND
        repetitive = left.repetitive | right.repetitive | join.repetitive
        return Places(join.matches(right_alone=alone), repetitive)

    def _any(self, operands: Iterable[Node], scope: Scope, name: str) -> Places:
        """OR; its words are looked up in one go where they are no names."""
        searched = self.searched(scope)
        words: list[Word] = []
        others: list[Places] = []
        for operand in operands:
            if isinstance(operand, Word) and not searched.by_name:
                words.append(operand)
            else:
                others.append(self.places(operand, scope, name))
        groups = [group for places in others for group in places.groups]
        if words and name in searched.parts:
            part = searched.parts[name]
            terms = united_terms(map(self._lookup(part).found_by, words))
            groups.append(Matches.of_words(part.standing(terms)))
        if len(groups) > 1:
            groups = [*united(groups)]
        return Places(tuple(groups), reduce(or_, [places.repetitive for places in others], _NONE))

    def _window(self, node: Near, scope: Scope, name: str) -> Places:
        """All words in one stretch, joined word by word."""
        part = self.searched(scope).parts.get(name)
        if part is None:
            return Places()
        window = Stretch(len(node.words) + node.between - 1)
        terms = map(self._lookup(part).found_by, node.words)
        first, *others = [Matches.of_words(part.standing(found)) for found in terms]
        groups: tuple[Matches, ...] = (first,)
        repetitive = _NONE
        for word in others:
            join = Join(groups, (word,), window, part)
            groups, repetitive = join.matches(), repetitive | join.repetitive
        return Places(groups, repetitive)

    def _leaf(self, node: Word | Phrase, scope: Scope, name: str) -> Places:
        """Words next to each other."""
        searched = self.searched(scope)
        part = searched.parts.get(name)
        if part is None:
            return Places()
        starts, slots = self._starts(node, scope, name, part)
        offsets = [at for at, word in enumerate(slots) if word]
        return Places((Matches(starts[:, None] + np.array(offsets)),))

    def _starts(
        self, node: Word | Phrase, scope: Scope, name: str, part: TextPart
    ) -> tuple[Numbers, Sequence[Word | None]]:
        """Where in a part words next to each other begin, and the words by position."""
        slots = slots_of(node, scope, name, self._options(scope))
        starts = _side_by_side(_found_in(self._lookup(part), slots), part)
        if scope.whole(name):
            open_ended = is_name(node, scope, name, whole=False, at_beginning=True)
            starts = starts[_names(starts, part, None if open_ended else len(slots))]
        return starts, slots

    def _options(self, scope: Scope) -> Semantics:
        return self._index.options.in_dialect(scope.dialect)


def _found_in(lookup: Lookup, slots: Iterable[Word | None]) -> list[Terms | None]:
    """What the slots of a phrase find."""
    return [None if word is None else lookup.found_by(word) for word in slots]


def _side_by_side(slots: Sequence[Terms | None], part: TextPart) -> Numbers:
    """Where words begin that stand slot by slot next to each other; None is any one word.

    The rarest is followed along the text, so that the places of the others are not asked for.
    """
    anchor, least = 0, -1
    for at, terms in enumerate(slots):
        if terms is not None:
            size = part.size(terms)
            if size < least or least < 0:
                anchor, least = at, size
    starts = part.standing(slots[anchor] or [])
    if not least:
        return starts
    for at, terms in enumerate(slots):
        if at != anchor and len(starts):
            beside = part.beside(starts, at - anchor)
            starts = starts[beside >= 0 if terms is None else _among(beside, terms)]
    return starts - anchor if anchor else starts


def _among(numbers: TermNumbers, terms: Terms) -> Flags:
    """True for each number that is one of the words."""
    if len(terms) == 1 and terms[0][1] - terms[0][0] == 1:
        one: Flags = numbers == terms[0][0]
        return one
    found = np.zeros(len(numbers), bool)
    for first, after in terms:
        found |= (numbers >= first) & (numbers < after)
    return found


def _few(one: Numbers, other: Numbers, window: Edges, part: TextPart) -> bool:
    """True where words can't be near in more ways than the reference follows in a passage."""
    most = min(part.longest, len(one), len(other))
    return most * 2 * (window.between + 1) <= MOST_MATCHES


def _names(starts: Numbers, part: TextPart, length: int | None) -> Flags:
    """Matches at the beginning of a passage of that many words (None: of any number)."""
    passage = part.passages(starts)
    begins: Flags = part.passage_starts[passage] == starts
    return begins if length is None else begins & (part.passage_lengths[passage] == length)
