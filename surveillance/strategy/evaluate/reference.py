"""The reference engine: slow and obvious. It defines what a strategy means on a record.

Every other engine and every translation is held against it. Rules: ovid-semantics 1 to 6; where
these leave a rule open, `Semantics` has a switch for it.
"""

from __future__ import annotations

from collections.abc import Iterable

from surveillance.strategy.evaluate.adjacency import TooRepetitive, matches
from surveillance.strategy.evaluate.conjunction import distributed, has_place
from surveillance.strategy.evaluate.pubmed_vocabulary import subheading_family
from surveillance.strategy.evaluate.scope import FLOATING_SUBHEADING, Scope
from surveillance.strategy.evaluate.semantics import Semantics
from surveillance.strategy.evaluate.verdict import NotEvaluable, Verdict, all_of, any_of
from surveillance.strategy.evaluate.words import Passage, passages_of
from surveillance.strategy.fields import HEADING, SUBHEADING
from surveillance.strategy.mesh import MeshTree
from surveillance.strategy.nodes import (
    NOWHERE,
    Adjacency,
    And,
    Fielded,
    Heading,
    LineRange,
    LineReference,
    Missing,
    Node,
    Not,
    Operator,
    Or,
    Phrase,
    Word,
)
from surveillance.strategy.searchable import IndexedDescriptor, Searchable
from surveillance.strategy.strategy import Strategy
from surveillance.strategy.subheadings import SUBHEADINGS

DEFAULT = Semantics()


def evaluate(
    strategy: Strategy,
    record: Searchable,
    *,
    mesh: MeshTree | None = None,
    line: int | None = None,
    options: Semantics = DEFAULT,
) -> Verdict:
    """Does the record match line `line` (None: the result line, the last)?

    Without `mesh` an exploded heading matches by its own name; whether one below it matches can't
    be told. Raises `NotEvaluable` for a strategy without that line, and for a part whose meaning
    on a record is not known.
    """
    number = strategy.result_line if line is None else line
    if number is None or strategy.line(number) is None:
        raise NotEvaluable(_no_line(strategy, number), NOWHERE)
    return _Reading(strategy, record, mesh, options).line(number)


def evaluate_lines(
    strategy: Strategy,
    record: Searchable,
    *,
    mesh: MeshTree | None = None,
    options: Semantics = DEFAULT,
) -> dict[int, Verdict]:
    """The verdict of every line by its number. Raises `NotEvaluable`."""
    reading = _Reading(strategy, record, mesh, options)
    return {line.number: reading.line(line.number) for line in strategy.lines}


def _no_line(strategy: Strategy, number: int | None) -> str:
    if number is None:
        return "the strategy has no line that could be evaluated."
    last = strategy.result_line
    return f"the strategy has no line {number}. Name one of its lines, the last is {last}."


class _Reading:
    """One record under one strategy; texts and lines are read once."""

    def __init__(
        self, strategy: Strategy, record: Searchable, mesh: MeshTree | None, options: Semantics
    ) -> None:
        self._strategy = strategy
        self._record = record
        self._mesh = mesh
        self._options = options
        self._lines: dict[int, Verdict] = {}
        self._parts: dict[str, tuple[Passage, ...] | None] = {}

    def line(self, number: int) -> Verdict:
        """A line's verdict, after those of the lines that it rests on."""
        for reached in self._strategy.reached_from(number):
            if reached not in self._lines:
                self._lines[reached] = self._read(reached)
        return self._result_of(number)

    def _read(self, number: int) -> Verdict:
        line = self._strategy.line(number)
        if line is None or line.tree is None:
            return Verdict.CANNOT_TELL
        return self._verdict(line.tree, Scope(self._strategy.dialect))

    def _result_of(self, number: int) -> Verdict:
        """A line that is absent, not understood or refers to itself leaves its result open."""
        return self._lines.get(number, Verdict.CANNOT_TELL)

    def _verdict(self, node: Node, scope: Scope) -> Verdict:
        match node:
            case Word() | Phrase():
                return self._text(node, scope)
            case Adjacency():
                if has_place(node):
                    return self._text(node, scope)
                return self._verdict(distributed(node, self._options.conjunction), scope)
            case Fielded():
                return self._verdict(node.operand, scope.inside(node))
            case And():
                return all_of([self._verdict(operand, scope) for operand in node.operands])
            case Or():
                return any_of([self._verdict(operand, scope) for operand in node.operands])
            case Not():
                return self._verdict(node.left, scope) & ~self._verdict(node.right, scope)
            case Heading():
                return self._heading(node)
            case LineReference():
                return self._result_of(node.number)
            case LineRange():
                results = map(self._result_of, node.numbers)
                return all_of(results) if node.operator is Operator.AND else any_of(results)
            case Missing():
                return Verdict.CANNOT_TELL
        raise NotEvaluable(f"{type(node).__name__} has no meaning on a record.", node.span)

    def _text(self, node: Node, scope: Scope) -> Verdict:
        """Words at places in a text: a match in one part is certain whatever another says."""
        parts = sorted(_searched(node, scope))
        texts = [self._passages(part) for part in parts]
        present = [passage for passages in texts for passage in passages or ()]
        try:
            if any(matches(node, passage, scope, self._options) for passage in present):
                return Verdict.MATCH
        except TooRepetitive:
            return Verdict.CANNOT_TELL
        return Verdict.CANNOT_TELL if None in texts else Verdict.NO_MATCH

    def _passages(self, part: str) -> tuple[Passage, ...] | None:
        if part not in self._parts:
            texts = self._texts(part)
            self._parts[part] = (
                None if texts is None else tuple(passages_of(part, texts, self._options))
            )
        return self._parts[part]

    def _texts(self, part: str) -> Iterable[str] | None:
        """The texts of a part; those of headings are their names."""
        if part not in (HEADING, SUBHEADING, FLOATING_SUBHEADING):
            return self._record.passages(part)
        headings = self._record.headings()
        if headings is None:
            return None
        if part == HEADING:
            return [heading.name for heading in headings]
        names = [qualifier.name for heading in headings for qualifier in heading.qualifiers]
        if part == FLOATING_SUBHEADING:
            lower = {name.casefold() for name in names}
            return [*names, *(code for code, name in SUBHEADINGS.items() if name in lower)]
        return names

    def _heading(self, node: Heading) -> Verdict:
        """Headings of the wanted name or, exploded, below it; focus and subheadings on the same.

        Where the tree doesn't know the name, any other heading could lie below it.
        """
        wanted = {name for code in node.subheadings for name in self._subheading(code, node)}
        headings = self._record.headings()
        if headings is None:
            return Verdict.CANNOT_TELL
        fitting = {h.name.casefold() for h in headings if _is_fitting(h, node.focus, wanted)}
        if node.name.casefold() in fitting:
            return Verdict.MATCH
        if not (node.explode and fitting):
            return Verdict.NO_MATCH
        below = self._mesh.explosion(node.name) if self._mesh else None
        if below is None:
            return Verdict.CANNOT_TELL
        return Verdict.of(not fitting.isdisjoint(name.casefold() for name in below))

    def _subheading(self, code: str, node: Heading) -> frozenset[str]:
        name = SUBHEADINGS.get(code.casefold())
        if name is None:
            raise NotEvaluable(
                f"/{code} is not a subheading of MeSH. Give its two-letter code, such as /su.",
                node.span,
            )
        return subheading_family(name) if self._options.subheadings_explode else frozenset({name})


def _is_fitting(heading: IndexedDescriptor, focus: bool, wanted: set[str]) -> bool:
    """In focus, where asked: the heading or any of its subheadings is starred; and at least one
    of the wanted subheadings is attached (ovid-semantics 6)."""
    if focus and not (heading.major or any(q.major for q in heading.qualifiers)):
        return False
    return not wanted or any(q.name.casefold() in wanted for q in heading.qualifiers)


def _searched(node: Node, scope: Scope) -> set[str]:
    """The parts that the words of a node search."""
    match node:
        case Word() | Phrase():
            return set(scope.parts)
        case Fielded():
            return _searched(node.operand, scope.inside(node))
    return set().union(*(_searched(child, scope) for child in node.children))
