"""Where words, phrases, their OR and their proximity stand in all records at once.

The same matches as `adjacency.matches` finds passage by passage, as arrays: a match is the
positions of the words that it uses, no word is used twice.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import Self

import numpy as np

from surveillance.strategy.evaluate.adjacency import is_name, slots_of
from surveillance.strategy.evaluate.positional.index import Index
from surveillance.strategy.evaluate.positional.joins import (
    Edges,
    Join,
    Matches,
    Stretch,
    ordered,
    stacked,
    united,
)
from surveillance.strategy.evaluate.positional.parts import TextPart
from surveillance.strategy.evaluate.positional.verdicts import Flags, Numbers, RecordNumbers
from surveillance.strategy.evaluate.scope import Scope
from surveillance.strategy.evaluate.semantics import ChainAnchor
from surveillance.strategy.mesh import MeshTree
from surveillance.strategy.nodes import Adjacency, Fielded, Near, Node, Or, Phrase, Word

_NONE: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Places:
    """The matches of a node, a group for each number of words that they use.

    In `repetitive` records an adjacency may hold in more ways than the reference follows: their
    matches are incomplete, the reference decides on them.
    """

    groups: tuple[Matches, ...]
    repetitive: frozenset[int] = _NONE


class Placing:
    """Finds the places of nodes in an index; what several strategies share is found once."""

    def __init__(self, index: Index, mesh: MeshTree | None) -> None:
        self._index = index
        self._mesh = mesh
        self._places: dict[tuple[Node, Scope], Places] = {}
        self._words: dict[tuple[Word, int], _Standing] = {}
        self._searched: dict[Scope, list[tuple[str, TextPart]]] = {}
        self._absent: dict[Scope, int] = {}

    def part(self, name: str, scope: Scope) -> TextPart:
        """One part of all records."""
        return self._index.part(name, scope, self._mesh)

    def searched(self, scope: Scope) -> list[tuple[str, TextPart]]:
        """The parts that a scope searches."""
        if scope not in self._searched:
            self._searched[scope] = [(name, self.part(name, scope)) for name in scope.parts]
        return self._searched[scope]

    def absent(self, scope: Scope) -> int:
        """The records that lack a part that a scope searches, as bits."""
        if scope not in self._absent:
            self._absent[scope] = reduce(or_, [part.absent for _, part in self.searched(scope)], 0)
        return self._absent[scope]

    def places(self, node: Node, scope: Scope) -> Places:
        """All matches of a node that has places."""
        key = (node, scope)
        if key not in self._places:
            self._places[key] = self._found(node, scope)
        return self._places[key]

    def records_of(self, node: Node, scope: Scope) -> tuple[list[RecordNumbers], frozenset[int]]:
        """The records with a match of the node, and those on which the reference decides.

        Cheaper than `places`, since nobody asks how the last words stand together.
        """
        match node:
            case Word() if not any(scope.parts.values()):
                return self._records_with(node, scope), _NONE
            case Phrase() if not any(scope.parts.values()):
                return self._records_with_phrase(node, scope), _NONE
            case Adjacency():
                join, repetitive = self._join(node, scope)
                return [left.records for left, _ in join.pairs()], repetitive
        found = self.places(node, scope)
        return [group.records for group in found.groups], found.repetitive

    def _records_with(self, word: Word, scope: Scope) -> list[RecordNumbers]:
        return [
            part.records[first:after]
            for _, part in self.searched(scope)
            for first, after in part.stretches(word, self._index.options)
        ]

    def _records_with_phrase(self, phrase: Phrase, scope: Scope) -> list[RecordNumbers]:
        searched = self.searched(scope)
        slots = slots_of(
            phrase, scope, searched[0][0], self._index.options.in_dialect(scope.dialect)
        )
        return [self._side_by_side(slots, part)[1] for _, part in searched]

    def _found(self, node: Node, scope: Scope) -> Places:
        match node:
            case Word() | Phrase():
                return Places(self._leaf(node, scope))
            case Near():
                return self._window(node, scope)
            case Fielded():
                return self.places(node.operand, scope.inside(node))
            case Or():
                several = [self.places(operand, scope) for operand in node.operands]
                groups = [group for places in several for group in places.groups]
                repetitive = reduce(or_, [places.repetitive for places in several])
                return Places(united(groups), repetitive)
            case Adjacency():
                join, repetitive = self._join(node, scope)
                alone = self._index.options.chain is ChainAnchor.LAST_OPERAND
                return Places(join.matches(right_alone=alone), repetitive)
        raise TypeError(f"{type(node).__name__} does not stand at a place in a text")

    def _join(self, node: Adjacency, scope: Scope) -> tuple[Join, frozenset[int]]:
        left, right = self.places(node.left, scope), self.places(node.right, scope)
        window = Edges(node.between, node.ordered)
        join = Join(left.groups, right.groups, window, len(self._index))
        return join, left.repetitive | right.repetitive | join.repetitive

    def _window(self, node: Near, scope: Scope) -> Places:
        """All words in one stretch, joined word by word."""
        window = Stretch(len(node.words) + node.between - 1)
        first, *others = [self._anywhere(word, scope) for word in node.words]
        groups: tuple[Matches, ...] = (first,)
        repetitive = _NONE
        for word in others:
            join = Join(groups, (word,), window, len(self._index))
            groups, repetitive = join.matches(), repetitive | join.repetitive
        return Places(groups, repetitive)

    def _anywhere(self, word: Word, scope: Scope) -> Matches:
        return ordered(
            stacked([self._word(word, part).matches for _, part in self.searched(scope)], 1)
        )

    def _leaf(self, node: Word | Phrase, scope: Scope) -> tuple[Matches, ...]:
        """Words next to each other in all parts."""
        found: dict[int, list[Matches]] = {}
        for matches in self._by_part(node, scope):
            found.setdefault(matches.width, []).append(matches)
        return tuple(
            ordered(stacked(several, width)) if len(several) > 1 else several[0]
            for width, several in found.items()
        )

    def _by_part(self, node: Word | Phrase, scope: Scope) -> Iterator[Matches]:
        """Words next to each other, part by part: what is a word differs in names."""
        options = self._index.options.in_dialect(scope.dialect)
        for name, part in self.searched(scope):
            slots = slots_of(node, scope, name, options)
            starts, records = self._side_by_side(slots, part)
            offsets = np.array([at for at, word in enumerate(slots) if word])
            matches = Matches(starts[:, None] + offsets, records)
            if scope.whole(name):
                open_ended = is_name(node, scope, name, whole=False, at_beginning=True)
                matches = matches.rows(_names(matches, part, None if open_ended else len(slots)))
            yield matches

    def _side_by_side(
        self, slots: Sequence[Word | None], part: TextPart
    ) -> tuple[Numbers, RecordNumbers]:
        """Where, and in which records, the slots begin; None is any one word."""
        words = {at: self._word(word, part) for at, word in enumerate(slots) if word is not None}
        anchor = min(words, key=lambda at: len(words[at].places))
        rarest = words[anchor]
        rows = None
        for at in range(len(slots)):
            if at != anchor:
                beside = part.beside(rarest.places, at - anchor)
                fits = words[at].finds(beside) if at in words else beside >= 0
                rows = fits if rows is None else rows & fits
        starts, records = rarest.matches.first - anchor, rarest.matches.records
        return (starts, records) if rows is None else (starts[rows], records[rows])

    def _word(self, word: Word, part: TextPart) -> _Standing:
        key = (word, id(part))
        if key not in self._words:
            terms = list(part.vocabulary.found_by(word, self._index.options))
            self._words[key] = _Standing.of(terms, part)
        return self._words[key]


@dataclass(frozen=True, slots=True)
class _Standing:
    """A searched word in one part: its matches, their places in the text, and the numbers of the
    words that it finds, as stretches [first, after)."""

    matches: Matches
    places: RecordNumbers
    terms: list[tuple[int, int]]

    @classmethod
    def of(cls, terms: list[tuple[int, int]], part: TextPart) -> Self:
        """A word that finds these."""
        if len(terms) == 1:
            row = slice(part.starts[terms[0][0]], part.starts[terms[0][1]])
            matches = Matches(part.positions[row, None], part.records[row])
            places = part.places[row]
            if terms[0][1] - terms[0][0] == 1:
                return cls(matches, places, terms)
        else:
            rows = [slice(part.starts[first], part.starts[after]) for first, after in terms]
            several = [Matches(part.positions[row, None], part.records[row]) for row in rows]
            matches = stacked(several, 1)
            places = np.concatenate([part.places[:0], *[part.places[row] for row in rows]])
        # A part is cut from first to last, so that places ascend as positions do.
        order = np.argsort(places)
        return cls(matches.rows(order), places[order], terms)

    def finds(self, numbers: RecordNumbers) -> Flags:
        """True for each number that is one of the words."""
        found: Flags
        if len(self.terms) == 1 and self.terms[0][1] - self.terms[0][0] == 1:
            found = numbers == self.terms[0][0]
            return found
        found = np.zeros(len(numbers), bool)
        for first, after in self.terms:
            found |= (numbers >= first) & (numbers < after)
        return found


def _names(matches: Matches, part: TextPart, length: int | None) -> Flags:
    """Matches at the beginning of a passage of that many words (None: of any number)."""
    passage = np.searchsorted(part.passage_starts, matches.first, side="right") - 1
    begins: Flags = part.passage_starts[passage] == matches.first
    return begins if length is None else begins & (part.passage_lengths[passage] == length)
