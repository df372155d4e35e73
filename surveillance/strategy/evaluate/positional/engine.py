"""The evaluation of strategies on an index: sets of records instead of one record after another.

Equal to `reference` on every record and line. What stands in several strategies, or several times
in one, is evaluated once.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import reduce
from operator import and_, or_

from surveillance.strategy.evaluate.conjunction import distributed, has_place
from surveillance.strategy.evaluate.positional.index import Index
from surveillance.strategy.evaluate.positional.leaves import Leaves
from surveillance.strategy.evaluate.positional.verdicts import VerdictSet
from surveillance.strategy.evaluate.reference import is_ignored
from surveillance.strategy.evaluate.scope import Scope
from surveillance.strategy.evaluate.switches import as_read
from surveillance.strategy.evaluate.verdict import NotEvaluable
from surveillance.strategy.limits import holds, meaning_of
from surveillance.strategy.mesh import MeshTree
from surveillance.strategy.nodes import (
    NOWHERE,
    Adjacency,
    And,
    DateRange,
    Deduplicated,
    Fielded,
    Frequency,
    Heading,
    InDatabase,
    Kept,
    Limit,
    Limitation,
    LineRange,
    LineReference,
    Mapped,
    Missing,
    Near,
    Node,
    Not,
    Operator,
    Or,
    Phrase,
    Word,
)
from surveillance.strategy.strategy import Line, Strategy, references

# What may be looked up without a look at how its words stand together.
_PLAIN = (Word, Phrase)


def evaluate_all(
    strategies: Iterable[Strategy], index: Index, *, mesh: MeshTree | None = None
) -> list[dict[int, VerdictSet]]:
    """For each strategy the verdicts of every line, by its number, over all records of the index.

    They are those of `reference.evaluate_lines` under the index's options. Raises `NotEvaluable`
    for an unknown dialect.
    """
    leaves = Leaves(index, mesh)
    return [_Reading(strategy, leaves).lines() for strategy in strategies]


class _Reading:
    """One strategy on the index; lines are read once."""

    def __init__(self, strategy: Strategy, leaves: Leaves) -> None:
        try:
            self._scope = Scope.of(strategy.dialect)
        except KeyError as error:
            raise NotEvaluable(
                f"what a strategy in the dialect {strategy.dialect} means is not known here.",
                NOWHERE,
            ) from error
        self._strategy = strategy
        self._leaves = leaves
        self._options = leaves.index.options.in_dialect(strategy.dialect)
        self._open = VerdictSet(0, leaves.index.everything)
        self._known = {line.number: line for line in strategy.lines if line.tree is not None}
        self._lines: dict[int, VerdictSet] = {}

    def lines(self) -> dict[int, VerdictSet]:
        """The verdicts of every line."""
        return {line.number: self._line(line.number) for line in self._strategy.lines}

    def _line(self, number: int) -> VerdictSet:
        """A line's verdicts, after those of the lines that it rests on."""
        for reached in self._unread(number):
            if reached not in self._lines:
                self._lines[reached] = self._read(self._known[reached])
        return self._result_of(number)

    def _unread(self, number: int) -> tuple[int, ...]:
        """The lines to read before a line is, itself last; most rest on lines above alone."""
        line = self._known.get(number)
        if line is None or line.tree is None:
            return ()
        if all(r in self._lines or r not in self._known for r in references(line.tree)):
            return (number,)
        return self._strategy.reached_from(number)

    def _read(self, line: Line) -> VerdictSet:
        if line.tree is None:
            return self._open
        tree = as_read(line.tree, self._strategy.dialect, self._options)
        return self._verdicts(tree, self._scope)

    def _result_of(self, number: int) -> VerdictSet:
        """A line that is absent, not understood or refers to itself leaves its result open."""
        return self._lines.get(number, self._open)

    def _verdicts(self, node: Node, scope: Scope) -> VerdictSet:
        match node:
            case Word() | Phrase() | Near() | Adjacency():
                return self._words(node, scope)
            case Fielded():
                return self._verdicts(node.operand, scope.inside(node))
            case And():
                return reduce(and_, self._each(_asked(node, scope), scope))
            case Or():
                return self._any(node.operands, scope)
            case Not():
                left, right = self._each(node.children, scope)
                return left.without(right)
            case Heading():
                return self._leaves.heading(node, scope)
            case LineReference():
                return self._result_of(node.number)
            case LineRange():
                together = and_ if node.operator is Operator.AND else or_
                return reduce(together, map(self._result_of, node.numbers))
        return self._command(node, scope)

    def _any(self, operands: Iterable[Node], scope: Scope) -> VerdictSet:
        """OR; its plain words and phrases are looked up in one go."""
        everywhere = not scope.pubmed
        plain: list[Word | Phrase] = []
        others: list[Node] = []
        for operand in operands:
            if isinstance(operand, _PLAIN) and (everywhere or _is_plain(operand, scope)):
                plain.append(operand)
            else:
                others.append(operand)
        found = [self._leaves.any_of(plain, scope)] if plain else []
        return reduce(or_, found + self._each(others, scope))

    def _each(self, nodes: Iterable[Node], scope: Scope) -> list[VerdictSet]:
        return [self._verdicts(node, scope) for node in nodes]

    def _command(self, node: Node, scope: Scope) -> VerdictSet:
        """What a host does with a set: limits, databases, frequency."""
        match node:
            case Frequency():
                return self._frequency(node, scope)
            case Limit():
                unlimited = self._verdicts(node.operand, scope)
                return unlimited & self._verdicts(node.condition, Scope.of(scope.dialect))
            case Limitation():
                meaning = meaning_of(node, scope.dialect)
                return self._verdicts(meaning, Scope.of(scope.dialect)) if meaning else self._open
            case DateRange():
                return self._leaves.dated(node)
            case InDatabase():
                return self._held(node, self._verdicts(node.operand, scope), scope)
            case Deduplicated():
                return self._verdicts(node.operand, scope)
            case Kept():
                return self._verdicts(node.operand, scope).opened()
            case Mapped(to=None):
                return VerdictSet(0, 0)
            case Mapped(to=Node() as to):
                return self._verdicts(to, Scope.of("ovid-medline"))
            case Missing():
                return self._open
        raise TypeError(f"{type(node).__name__} has no meaning on a record")

    def _held(self, node: InDatabase, found: VerdictSet, scope: Scope) -> VerdictSet:
        known = holds(node.databases, scope.dialect)
        if known is None:
            return found.opened()
        return found if known else VerdictSet(0, 0)

    def _words(self, node: Node, scope: Scope) -> VerdictSet:
        """Words at places in a text; AND among them is brought out of the adjacency first."""
        if isinstance(node, Adjacency) and not has_place(node):
            return self._verdicts(distributed(node, self._options.conjunction), scope)
        if scope.pubmed and is_ignored(node):
            return self._open if scope.unfielded else VerdictSet(0, 0)
        found = self._leaves.text(node, scope)
        if isinstance(node, Phrase) and not _is_plain(node, scope):
            return found | self._apart(node, scope).opened()
        return found

    def _apart(self, phrase: Phrase, scope: Scope) -> VerdictSet:
        """The words of a phrase that PubMed's index may lack, as `reference` takes them apart."""
        *leading, last = [word for word in phrase.words if not is_ignored(word)] or phrase.words
        everywhere = Scope.of(scope.dialect)
        found = [self._leaves.text(word, everywhere) for word in leading]
        return reduce(and_, found, self._leaves.text(last, scope))

    def _frequency(self, node: Frequency, scope: Scope) -> VerdictSet:
        """Often enough in one part; of what has no place in a text, only `once` is known."""
        if has_place(node.operand):
            return self._leaves.often(node, scope)
        found = self._verdicts(node.operand, scope)
        return found if node.times == 1 else found.opened()


def _asked(node: And, scope: Scope) -> Iterable[Node]:
    """The operands of AND that count: PubMed leaves out stop words among untagged words."""
    if not (node.implied and scope.pubmed and scope.unfielded):
        return node.operands
    return [one for one in node.operands if not is_ignored(one)] or node.operands


def _is_plain(node: Word | Phrase, scope: Scope) -> bool:
    """True where nothing but its own words decides: PubMed ignores some words, and takes an
    unquoted phrase apart."""
    if not scope.pubmed:
        return True
    if isinstance(node, Word):
        return not is_ignored(node)
    return node.quoted or not scope.by_word
