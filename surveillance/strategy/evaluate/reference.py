"""The reference engine: slow and obvious. It defines what a strategy means on a record.

Every other engine and every translation is held against it. Rules: ovid-semantics 1 to 11; where
these leave a rule open, `Semantics` has a switch for it. What is not known of a record or of a
rule is *cannot tell* (decision 0010).
"""

from __future__ import annotations

from collections.abc import Sequence

from surveillance.strategy.evaluate.adjacency import TooRepetitive, matches
from surveillance.strategy.evaluate.conjunction import distributed, has_place
from surveillance.strategy.evaluate.dates import within
from surveillance.strategy.evaluate.frequency import occurrences
from surveillance.strategy.evaluate.headings import heading_verdict
from surveillance.strategy.evaluate.pubmed_vocabulary import STOPWORDS
from surveillance.strategy.evaluate.scope import Scope
from surveillance.strategy.evaluate.semantics import Semantics
from surveillance.strategy.evaluate.switches import as_read
from surveillance.strategy.evaluate.texts import Texts
from surveillance.strategy.evaluate.verdict import NotEvaluable, Verdict, all_of, any_of
from surveillance.strategy.evaluate.words import Passage
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
from surveillance.strategy.searchable import Searchable
from surveillance.strategy.strategy import Strategy

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
    be told. Raises `NotEvaluable` for a strategy without that line or in an unknown dialect.
    """
    number = strategy.result_line if line is None else line
    if number is None or strategy.line(number) is None:
        raise NotEvaluable(_no_line(strategy, number), NOWHERE)
    return Reading(strategy, record, mesh, options).line(number)


def evaluate_lines(
    strategy: Strategy,
    record: Searchable,
    *,
    mesh: MeshTree | None = None,
    options: Semantics = DEFAULT,
) -> dict[int, Verdict]:
    """The verdict of every line by its number. Raises `NotEvaluable` for an unknown dialect."""
    reading = Reading(strategy, record, mesh, options)
    return {line.number: reading.line(line.number) for line in strategy.lines}


def _no_line(strategy: Strategy, number: int | None) -> str:
    if number is None:
        return "the strategy has no line that could be evaluated."
    last = strategy.result_line
    return f"the strategy has no line {number}. Name one of its lines, the last is {last}."


class Reading:
    """One record under one strategy; texts and lines are read once."""

    def __init__(
        self, strategy: Strategy, record: Searchable, mesh: MeshTree | None, options: Semantics
    ) -> None:
        """Raises `NotEvaluable` for a strategy in an unknown dialect."""
        try:
            self.scope = Scope.of(strategy.dialect)
        except KeyError as error:
            raise NotEvaluable(
                f"what a strategy in the dialect {strategy.dialect} means is not known here.",
                NOWHERE,
            ) from error
        self.strategy = strategy
        self.record = record
        self.mesh = mesh
        self.options = options.in_dialect(strategy.dialect)
        self.texts = Texts(record, mesh, self.options)
        self._lines: dict[int, Verdict] = {}

    def line(self, number: int) -> Verdict:
        """A line's verdict, after those of the lines that it rests on.

        A line that is absent, not understood or refers to itself leaves its result open.
        """
        for reached in self.strategy.reached_from(number):
            if reached not in self._lines:
                tree = self.tree(reached)
                self._lines[reached] = (
                    Verdict.CANNOT_TELL if tree is None else self.verdict(tree, self.scope)
                )
        return self.result_of(number)

    def tree(self, number: int) -> Node | None:
        """A line's tree as the switches read it; None where there is none."""
        line = self.strategy.line(number)
        if line is None or line.tree is None:
            return None
        return as_read(line.tree, self.strategy.dialect, self.options)

    def result_of(self, number: int) -> Verdict:
        """The verdict of a line that was read before."""
        return self._lines.get(number, Verdict.CANNOT_TELL)

    def verdict(self, node: Node, scope: Scope) -> Verdict:
        """The verdict of a tree whose unfielded words are searched in `scope`."""
        match node:
            case Word() | Phrase() | Near() | Adjacency():
                return self._words(node, scope)
            case Fielded():
                return self.verdict(node.operand, scope.inside(node))
            case And():
                operands = self.asked(node, scope)
                return all_of([self.verdict(operand, scope) for operand in operands])
            case Or():
                return any_of([self.verdict(operand, scope) for operand in node.operands])
            case Not():
                return self.verdict(node.left, scope) & ~self.verdict(node.right, scope)
            case Heading():
                return self._heading(node, scope)
            case LineReference():
                return self.result_of(node.number)
            case LineRange():
                results = map(self.result_of, node.numbers)
                return all_of(results) if node.operator is Operator.AND else any_of(results)
        return self._command(node, scope)

    def _command(self, node: Node, scope: Scope) -> Verdict:
        """What a host does with a set: limits, databases, frequency."""
        match node:
            case Frequency():
                return self._frequency(node, scope)
            case Limit():
                unlimited = self.verdict(node.operand, scope)
                return unlimited & self.verdict(node.condition, Scope.of(scope.dialect))
            case Limitation():
                meaning = meaning_of(node, scope.dialect)
                if meaning is None:
                    return Verdict.CANNOT_TELL
                return self.verdict(meaning, Scope.of(scope.dialect))
            case DateRange():
                return within(node, self.record)
            case InDatabase():
                return self.verdict(node.operand, scope) & _held(node, scope)
            case Deduplicated():
                return self.verdict(node.operand, scope)
            case Kept():
                return self.verdict(node.operand, scope) & Verdict.CANNOT_TELL
            case Mapped():
                return self._mapped(node)
            case Missing():
                return Verdict.CANNOT_TELL
        raise TypeError(f"{type(node).__name__} has no meaning on a record")

    def asked(self, node: And, scope: Scope) -> Sequence[Node]:
        """The operands of AND that count: PubMed leaves out stop words among untagged words."""
        if not (node.implied and scope.pubmed and scope.unfielded):
            return node.operands
        return [one for one in node.operands if not is_ignored(one)] or node.operands

    def _words(self, node: Node, scope: Scope) -> Verdict:
        """Words at places in a text; AND among them is brought out of the adjacency first."""
        if isinstance(node, Adjacency) and not has_place(node):
            return self.verdict(distributed(node, self.options.conjunction), scope)
        if scope.pubmed and is_ignored(node):
            # `the[tiab]` finds nothing (captured); what an untagged one does depends on the rest.
            return Verdict.CANNOT_TELL if scope.unfielded else Verdict.NO_MATCH
        found = self._text(node, scope)
        if isinstance(node, Phrase) and scope.pubmed and not node.quoted and scope.by_word:
            return found | (self._apart(node, scope) & Verdict.CANNOT_TELL)
        return found

    def _text(self, node: Node, scope: Scope) -> Verdict:
        """A match in one part is certain whatever another says."""
        parts = [self.texts.passages(part) for part in sorted(searched(node, scope))]
        present = [passage for passages in parts for passage in passages or ()]
        try:
            if any(matches(node, passage, scope, self.options) for passage in present):
                return Verdict.MATCH
        except TooRepetitive:
            return Verdict.CANNOT_TELL
        return Verdict.CANNOT_TELL if None in parts else Verdict.NO_MATCH

    def _apart(self, phrase: Phrase, scope: Scope) -> Verdict:
        """PubMed takes an unquoted phrase that its index lacks apart: the last word keeps the tag,
        the others are searched in all fields (User Guide, "Searching for a phrase")."""
        *leading, last = [word for word in phrase.words if not is_ignored(word)] or phrase.words
        everywhere = Scope.of(scope.dialect)
        verdicts = [self._text(word, everywhere) for word in leading]
        return all_of([*verdicts, self._text(last, scope)])

    def _frequency(self, node: Frequency, scope: Scope) -> Verdict:
        """Often enough in one part; of what has no place in a text, only `once` is known."""
        if not has_place(node.operand):
            found = self.verdict(node.operand, scope)
            return found if node.times == 1 else found & Verdict.CANNOT_TELL
        parts = [self.texts.passages(part) for part in sorted(searched(node, scope))]
        try:
            if any(self._often(node, passages or (), scope) for passages in parts):
                return Verdict.MATCH
        except TooRepetitive:
            return Verdict.CANNOT_TELL
        return Verdict.CANNOT_TELL if None in parts else Verdict.NO_MATCH

    def _often(self, node: Frequency, passages: Sequence[Passage], scope: Scope) -> bool:
        return len(occurrences(node.operand, passages, scope, self.options)) >= node.times

    def _heading(self, node: Heading, scope: Scope) -> Verdict:
        """Emtree's headings are not MeSH by the same name: they can't be told until mapped."""
        headings = self.record.headings()
        if headings is None or scope.dialect == "ovid-embase":
            return Verdict.CANNOT_TELL
        return heading_verdict(node, headings, self.mesh, scope, self.options)

    def _mapped(self, node: Mapped) -> Verdict:
        """What the topic's table says, which is in MeSH and in MEDLINE's codes."""
        if node.to is None:
            return Verdict.NO_MATCH
        return self.verdict(node.to, Scope.of("ovid-medline"))


def _held(node: InDatabase, scope: Scope) -> Verdict:
    """Is the record in one of these databases? It is in that of its strategy's dialect."""
    known = holds(node.databases, scope.dialect)
    return Verdict.CANNOT_TELL if known is None else Verdict.of(known)


def is_ignored(node: Node) -> bool:
    """True for a stop word of PubMed's."""
    return isinstance(node, Word) and (node.literal or "").casefold() in STOPWORDS


def searched(node: Node, scope: Scope) -> set[str]:
    """The parts that the words of a node search."""
    match node:
        case Word() | Phrase() | Near():
            return set(scope.parts)
        case Fielded():
            return searched(node.operand, scope.inside(node))
    return set().union(*(searched(child, scope) for child in node.children))
