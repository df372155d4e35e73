"""Is everything that one tree finds also found by another? Sound: a yes is always right.

What is not decided is answered no. The rules follow ovid-semantics 2 to 6: a word finds less than
the same word truncated, adjacency less than a wider window, a phrase less than each of its words,
an AND less than each operand, a heading less than itself exploded.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from surveillance.strategy.evaluate.words import STOP_WORDS
from surveillance.strategy.fields import parts_of, unqualified
from surveillance.strategy.lint.patterns import finds_all_of
from surveillance.strategy.mesh import MeshTree
from surveillance.strategy.nodes import (
    Adjacency,
    And,
    Deduplicated,
    Fielded,
    Frequency,
    Heading,
    InDatabase,
    Kept,
    Limit,
    LineRange,
    LineReference,
    Missing,
    Near,
    Node,
    Not,
    Operator,
    Or,
    Phrase,
    Word,
)
from surveillance.strategy.strategy import Strategy

#: Comparisons of two nodes before a strategy is left alone: real ones need some ten thousands,
#: and a hostile one ends after a second.
MOST_COMPARISONS = 60_000


# Of these nobody can tell what they find: not even that they find what they find.
_OPEN = (LineReference, LineRange, Missing)


@dataclass(frozen=True, slots=True)
class Placed:
    """A tree and the field codes around it."""

    node: Node
    codes: tuple[str, ...]


class Containment:
    """Compares the trees of one strategy; lines are followed to what they say."""

    def __init__(self, strategy: Strategy, mesh: MeshTree | None = None) -> None:
        self._strategy = strategy
        self._mesh = mesh
        self._left = MOST_COMPARISONS

    @property
    def gave_up(self) -> bool:
        """True once the comparisons are used up: every answer is no from then on."""
        return self._left < 0

    def contains(self, wider: Node, narrower: Node) -> bool:
        """True where everything that `narrower` finds is found by `wider`."""
        codes = unqualified(self._strategy.dialect)
        return self.holds(Placed(wider, codes), Placed(narrower, codes))

    def holds(self, wider: Placed, narrower: Placed) -> bool:
        """`contains`, for trees that stand in fields."""
        self._left -= 1
        if self._left < 0:
            return False
        wider, narrower = self._opened(wider), self._opened(narrower)
        if wider == narrower:
            return not any(isinstance(part, _OPEN) for part in wider.node.walk())
        match narrower.node:
            case Or(operands=operands):
                return all(self.holds(wider, replace(narrower, node=o)) for o in operands)
            case Limit() | InDatabase() | Kept() | Frequency():
                return self.holds(wider, replace(narrower, node=narrower.node.operand))
        match wider.node:
            case Or(operands=operands):
                return self._any_of(operands, wider, narrower)
            case And(operands=operands):
                return all(self.holds(replace(wider, node=o), narrower) for o in operands)
            case Not(left=left, right=right):
                return self._difference(replace(wider, node=left), right, narrower)
        match narrower.node:
            case And(operands=operands):
                return any(self.holds(wider, replace(narrower, node=o)) for o in operands)
            case Not(left=left):
                return self.holds(wider, replace(narrower, node=left))
        return self._leaves(wider, narrower)

    def _any_of(self, operands: Sequence[Node], wider: Placed, narrower: Placed) -> bool:
        if any(self.holds(replace(wider, node=operand), narrower) for operand in operands):
            return True
        match narrower.node:
            case And(operands=parts):
                return any(self.holds(wider, replace(narrower, node=part)) for part in parts)
            case Not(left=left):
                return self.holds(wider, replace(narrower, node=left))
        return False

    def _difference(self, left: Placed, right: Node, narrower: Placed) -> bool:
        """`a not b` holds `c not d` where a holds c and d holds b."""
        if not isinstance(narrower.node, Not):
            return False
        taken = replace(narrower, node=narrower.node.right)
        return self.holds(left, replace(narrower, node=narrower.node.left)) and self.holds(
            taken, replace(left, node=right)
        )

    def _opened(self, place: Placed) -> Placed:
        """Without field suffixes and line numbers: what is meant, and its codes."""
        for _ in range(len(self._strategy.lines) + 100):
            match place.node:
                case Fielded(operand=operand, codes=codes):
                    place = Placed(operand, codes)
                case Deduplicated(operand=operand):
                    place = replace(place, node=operand)
                case LineReference(number=number):
                    line = self._strategy.line(number)
                    if line is None or line.tree is None:
                        return place
                    place = Placed(line.tree, unqualified(self._strategy.dialect))
                case LineRange():
                    place = replace(place, node=_written_out(place.node))
                case _:
                    return place
        return place

    def _leaves(self, wider: Placed, narrower: Placed) -> bool:
        if isinstance(narrower.node, Heading):
            return self._headings(wider.node, narrower.node)
        if not self._parts(narrower) <= self._parts(wider) or self._is_mapped(narrower):
            return False
        return self._texts(wider.node, narrower.node)

    def _parts(self, place: Placed) -> frozenset[str]:
        """The parts of a record; a code without one stands for itself."""
        return frozenset(
            part
            for code in place.codes
            for part in (parts_of(code, self._strategy.dialect) or (f".{code}",))
        )

    def _is_mapped(self, place: Placed) -> bool:
        """True for PubMed's untagged words: it maps them to headings that nobody sees here."""
        return self._strategy.dialect == "pubmed" and (
            place.codes == unqualified("pubmed")
            or (isinstance(place.node, Phrase) and not place.node.quoted)
        )

    def _headings(self, wider: Node, narrower: Heading) -> bool:
        if not isinstance(wider, Heading) or (wider.focus and not narrower.focus):
            return False
        if wider.subheadings and not (
            narrower.subheadings and set(narrower.subheadings) <= set(wider.subheadings)
        ):
            return False
        if wider.name.casefold() == narrower.name.casefold():
            return wider.explode or not narrower.explode
        below = self._mesh.explosion(wider.name) if self._mesh and wider.explode else None
        return narrower.name.casefold() in {name.casefold() for name in below or ()}

    def _texts(self, wider: Node, narrower: Node) -> bool:
        """Two nodes in the same field: does the text that holds one hold the other?"""
        match wider, narrower:
            case (Word(), Word()):
                return finds_all_of(wider, narrower)
            case (Word(), Phrase(words=words)) | (Word(), Near(words=words)):
                return _is_firm(narrower) and any(finds_all_of(wider, word) for word in words)
            case (Phrase(), Phrase()):
                return _is_firm(narrower) and _runs_within(wider.words, narrower.words)
            case (Adjacency(), Phrase()):
                return _is_firm(narrower) and self._phrase_within(wider, narrower)
            case (Adjacency(), Adjacency()):
                return self._adjacencies(wider, narrower)
            case (Word(), Adjacency(left=left, right=right)):
                return any(self._words_of(wider, side) for side in (left, right))
        return False

    def _words_of(self, wider: Word, narrower: Node) -> bool:
        """Does a text that holds one side of an adjacency hold the word?"""
        self._left -= 1
        match narrower:
            case Or(operands=operands):
                return self._left > 0 and all(self._words_of(wider, o) for o in operands)
            case Fielded() | LineReference() | LineRange() | And() | Not():
                return False
        return self._texts(wider, narrower)

    def _adjacencies(self, wider: Adjacency, narrower: Adjacency) -> bool:
        """A window as wide, in an order that fits, with sides that find as much."""
        if narrower.between > wider.between or (wider.ordered and not narrower.ordered):
            return False
        straight = self._same_places(wider.left, narrower.left) and self._same_places(
            wider.right, narrower.right
        )
        return straight or (
            not wider.ordered
            and self._same_places(wider.left, narrower.right)
            and self._same_places(wider.right, narrower.left)
        )

    def _same_places(self, wider: Node, narrower: Node) -> bool:
        """Does `wider` find the same words of a text, at the same places, and maybe more?

        Stricter than containment: adjacency measures from the edges of a match.
        """
        self._left -= 1
        if self._left < 0 or wider == narrower:
            return self._left >= 0
        match wider, narrower:
            case (_, Or(operands=operands)):
                return all(self._same_places(wider, operand) for operand in operands)
            case (Or(operands=operands), _):
                return any(self._same_places(operand, narrower) for operand in operands)
            case (Word(), Word()):
                return finds_all_of(wider, narrower)
            case (Phrase(), Phrase()):
                return len(wider.words) == len(narrower.words) and _runs_within(
                    wider.words, narrower.words
                )
        return False

    def _phrase_within(self, wider: Adjacency, narrower: Phrase) -> bool:
        """`nerve transfer` within `nerve* adj3 transfer*`: two of its words, near enough."""
        words = narrower.words
        pairs = (
            (first, second)
            for place, first in enumerate(words)
            for second in words[place + 1 : place + 2 + wider.between]
        )
        return any(
            (self._same_places(wider.left, first) and self._same_places(wider.right, second))
            or (
                not wider.ordered
                and self._same_places(wider.left, second)
                and self._same_places(wider.right, first)
            )
            for first, second in pairs
        )


def _written_out(node: LineRange) -> Node:
    lines: tuple[Node, ...] = tuple(LineReference(number) for number in node.numbers)
    if len(lines) == 1:
        return lines[0]
    return Or(lines) if node.operator is Operator.OR else And(lines)


def _is_firm(node: Node) -> bool:
    """False for a phrase with a stop word, whose place may count or not (ovid-semantics 3)."""
    words = node.words if isinstance(node, Phrase | Near) else ()
    return not any(word.literal in STOP_WORDS for word in words)


def _runs_within(wider: Sequence[Word], narrower: Sequence[Word]) -> bool:
    """Do the wider words stand, in their order and side by side, among the narrower ones?"""
    if any(word.literal in STOP_WORDS for word in wider):
        return False
    return any(
        all(map(finds_all_of, wider, narrower[start : start + len(wider)]))
        for start in range(len(narrower) - len(wider) + 1)
    )
