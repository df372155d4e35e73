"""Why a record matches a strategy or not: each line's verdict, and on what it rests.

The verdicts are those of the reference engine. What is found behind NOT is marked `excluded`:
it speaks against the record.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field

from surveillance.strategy.evaluate.adjacency import Match, TooRepetitive, matches
from surveillance.strategy.evaluate.conjunction import distributed, has_place
from surveillance.strategy.evaluate.dates import date_on
from surveillance.strategy.evaluate.frequency import occurrences
from surveillance.strategy.evaluate.headings import fitting_headings, heading_verdict
from surveillance.strategy.evaluate.missing import missing_of
from surveillance.strategy.evaluate.reference import DEFAULT, Reading, searched
from surveillance.strategy.evaluate.scope import Scope
from surveillance.strategy.evaluate.semantics import Semantics
from surveillance.strategy.evaluate.verdict import Verdict
from surveillance.strategy.evaluate.words import Passage
from surveillance.strategy.limits import meaning_of
from surveillance.strategy.mesh import MeshTree
from surveillance.strategy.mesh_descriptors import name_key
from surveillance.strategy.nodes import (
    Adjacency,
    And,
    DateRange,
    Fielded,
    Frequency,
    Heading,
    Limit,
    Limitation,
    LineRange,
    LineReference,
    Mapped,
    Near,
    Node,
    Not,
    Phrase,
    Word,
)
from surveillance.strategy.searchable import Searchable
from surveillance.strategy.strategy import Line, Strategy


@dataclass(frozen=True, slots=True, order=True)
class FoundWord:
    """A word as it stands in a passage: characters `start` to `end` (exclusive) of its text."""

    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class FoundText:
    """The words of one passage of one part that a line rests on, in order.

    The text of a heading is its name, that of a language its name or code.
    """

    part: str
    text: str
    words: tuple[FoundWord, ...]
    excluded: bool


@dataclass(frozen=True, slots=True)
class FoundHeading:
    """A heading of the record that fits the heading `searched`; `exploded`: it lies below it.

    `qualifiers` are all of its subheadings; a star marks what is in focus.
    """

    name: str
    major: bool
    qualifiers: tuple[str, ...]
    searched: str
    exploded: bool
    excluded: bool


@dataclass(frozen=True, slots=True)
class FoundDate:
    """A date of the record that lies in a range, as `2020-05-17`."""

    code: str
    date: str
    excluded: bool


@dataclass(frozen=True, slots=True)
class FoundLine:
    """Another line that a line refers to, with its verdict."""

    number: int
    verdict: Verdict
    excluded: bool


@dataclass(frozen=True, slots=True)
class LineExplanation:
    """One line on one record; `missing` says what would settle a line that is open."""

    number: int
    text: str
    verdict: Verdict
    texts: tuple[FoundText, ...] = ()
    headings: tuple[FoundHeading, ...] = ()
    dates: tuple[FoundDate, ...] = ()
    lines: tuple[FoundLine, ...] = ()
    missing: tuple[str, ...] = ()


def explain(
    strategy: Strategy,
    record: Searchable,
    *,
    mesh: MeshTree | None = None,
    options: Semantics = DEFAULT,
) -> tuple[LineExplanation, ...]:
    """Every line's verdict on the record, with what was found and what is missing.

    Also of a line that doesn't match it says what was found of it. Raises `NotEvaluable` for an
    unknown dialect.
    """
    reading = Reading(strategy, record, mesh, options)
    verdicts = {line.number: reading.line(line.number) for line in strategy.lines}
    return tuple(_explained(reading, line, verdicts[line.number]) for line in strategy.lines)


def _explained(reading: Reading, line: Line, verdict: Verdict) -> LineExplanation:
    tree = reading.tree(line.number)
    found = _Findings(reading)
    if tree is not None:
        found.gather(tree, reading.scope, excluded=False)
    return LineExplanation(
        line.number,
        line.text,
        verdict,
        found.texts(),
        tuple(found.headings),
        tuple(found.dates),
        tuple(found.lines),
        missing_of(reading, line.number),
    )


@dataclass(slots=True)
class _Findings:
    """What is found of one line, each once, in the order of the line."""

    reading: Reading
    words: dict[tuple[str, str, bool], set[FoundWord]] = field(default_factory=dict)
    headings: dict[FoundHeading, None] = field(default_factory=dict)
    dates: dict[FoundDate, None] = field(default_factory=dict)
    lines: dict[FoundLine, None] = field(default_factory=dict)

    def texts(self) -> tuple[FoundText, ...]:
        """The passages with their words, those of one part together."""
        return tuple(
            FoundText(part, text, tuple(sorted(words)), excluded)
            for (part, text, excluded), words in self.words.items()
        )

    def gather(self, node: Node, scope: Scope, *, excluded: bool) -> None:
        """What is found of a tree whose unfielded words are searched in `scope`."""
        match node:
            case Adjacency() if not has_place(node):
                apart = distributed(node, self.reading.options.conjunction)
                self.gather(apart, scope, excluded=excluded)
            case Word() | Phrase() | Near() | Adjacency():
                self._gather_text(node, scope, excluded=excluded)
            case Fielded():
                self.gather(node.operand, scope.inside(node), excluded=excluded)
            case And():
                self._gather_all(self.reading.asked(node, scope), scope, excluded=excluded)
            case Not():
                self.gather(node.left, scope, excluded=excluded)
                self.gather(node.right, scope, excluded=not excluded)
            case Heading():
                self._gather_headings(node, scope, excluded=excluded)
            case LineReference():
                self._gather_lines((node.number,), excluded=excluded)
            case LineRange():
                self._gather_lines(node.numbers, excluded=excluded)
            case _:
                self._gather_command(node, scope, excluded=excluded)

    def _gather_command(self, node: Node, scope: Scope, *, excluded: bool) -> None:
        anew = Scope.of(scope.dialect)
        match node:
            case Frequency() if has_place(node.operand):
                self._gather_occurrences(node, scope, excluded=excluded)
            case Limit():
                self.gather(node.operand, scope, excluded=excluded)
                self.gather(node.condition, anew, excluded=excluded)
            case Limitation():
                meaning = meaning_of(node, scope.dialect)
                if meaning is not None:
                    self.gather(meaning, anew, excluded=excluded)
            case DateRange():
                self._gather_date(node, excluded=excluded)
            case Mapped():
                self._gather_all(node.children, Scope.of("ovid-medline"), excluded=excluded)
            case _:
                self._gather_all(node.children, scope, excluded=excluded)

    def _gather_all(self, nodes: Iterable[Node], scope: Scope, *, excluded: bool) -> None:
        for node in nodes:
            self.gather(node, scope, excluded=excluded)

    def _gather_text(self, node: Node, scope: Scope, *, excluded: bool) -> None:
        if self.reading.verdict(node, scope) is not Verdict.MATCH:
            return
        for part in sorted(searched(node, scope)):
            for passage in self.reading.texts.passages(part) or ():
                # A passage that repeats itself without end shows nothing beside one that matches.
                with suppress(TooRepetitive):
                    for match in matches(node, passage, scope, self.reading.options):
                        self._add(passage, match, excluded=excluded)

    def _gather_occurrences(self, node: Frequency, scope: Scope, *, excluded: bool) -> None:
        if self.reading.verdict(node, scope) is not Verdict.MATCH:
            return
        for part in sorted(searched(node.operand, scope)):
            passages = self.reading.texts.passages(part) or ()
            with suppress(TooRepetitive):
                found = occurrences(node.operand, passages, scope, self.reading.options)
                for passage, match in found if len(found) >= node.times else ():
                    self._add(passage, match, excluded=excluded)

    def _add(self, passage: Passage, match: Match, *, excluded: bool) -> None:
        words = self.words.setdefault((passage.part, passage.text, excluded), set())
        for position in match:
            start, end = passage.spans[position]
            words.add(FoundWord(start, end, passage.text[start:end]))

    def _gather_headings(self, node: Heading, scope: Scope, *, excluded: bool) -> None:
        """The headings that, each alone, would make the searched one match."""
        headings = self.reading.record.headings() or ()
        if self.reading.verdict(node, scope) is not Verdict.MATCH:
            return
        for one in fitting_headings(node, headings, scope, self.reading.options):
            mesh, options = self.reading.mesh, self.reading.options
            if heading_verdict(node, [one], mesh, scope, options) is Verdict.MATCH:
                stars = tuple(("*" if q.major else "") + q.name for q in one.qualifiers)
                below = node.explode and name_key(one.name) != name_key(node.name)
                found = FoundHeading(one.name, one.major, stars, node.name, below, excluded)
                self.headings[found] = None

    def _gather_date(self, node: DateRange, *, excluded: bool) -> None:
        found = date_on(self.reading.record, node.code)
        if found and self.reading.verdict(node, self.reading.scope) is Verdict.MATCH:
            self.dates[FoundDate(node.code, found.isoformat(), excluded)] = None

    def _gather_lines(self, numbers: Iterable[int], *, excluded: bool) -> None:
        for number in numbers:
            if self.reading.strategy.line(number) is not None:
                verdict = self.reading.result_of(number)
                self.lines[FoundLine(number, verdict, excluded)] = None
