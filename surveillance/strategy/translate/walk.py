"""What every target shares: lines, Booleans and polarity, and the gathering of losses.

Every node is bounded from one side: from above, so that nothing is lost, and behind NOT from
below, so that nothing is taken away that belongs to the result. What has no bound that could be
sent is left out, and the leaving out is carried upwards: OR with it is everything, AND goes on
without it. docs/decisions/0002-strategy-tree-and-translation.md.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import ClassVar, Self

from surveillance.strategy.fields import unqualified
from surveillance.strategy.limits import holds, meaning_of
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
from surveillance.strategy.printing import to_text
from surveillance.strategy.strategy import Diagnostic, Line, Severity, Strategy
from surveillance.strategy.translate.expression import (
    LONGEST_QUERY,
    Bound,
    Query,
    Side,
    TooLong,
    Unbounded,
    all_of,
    any_of,
    without,
)
from surveillance.strategy.translate.losses import Direction, Loss
from surveillance.strategy.translate.splitting import split


@dataclass(frozen=True, slots=True)
class TranslatedLine:
    """One line's query, the lines that it refers to written out; empty where none can be sent."""

    number: int
    query: str


@dataclass(frozen=True, slots=True)
class Translation:
    """The query of the wanted line (empty, with an error, where none can be sent).

    `parts` are what is asked: the query or, where it is longer than the source takes, shorter ones
    that find the same together. `lines` and `losses` are those of all lines of the strategy or,
    where a line was named, of that line and those that it rests on.
    """

    query: str
    parts: tuple[str, ...]
    lines: tuple[TranslatedLine, ...]
    losses: tuple[Loss, ...]
    diagnostics: tuple[Diagnostic, ...]


MAPPED_IN = "ovid-medline"
"""The dialect of what a mapping table puts in the place of a heading."""


class Translator(ABC):
    """Translates the lines of one strategy, each once a side, and gathers the losses.

    A target says how it writes headings, fields, text and dates; Booleans, lines and limits go
    the same way for all.
    """

    source: ClassVar[str]
    """The target's name in messages: `PubMed`."""

    longest: ClassVar[int]
    """The most characters that one query of the target may have."""

    def __init__(self, strategy: Strategy, *, shortened: bool = False) -> None:
        """`shortened`: an alternative that can't be asked is left out of its OR (a loss)."""
        self._strategy = strategy
        self._shortened = shortened
        self._lines: dict[tuple[int, Side], Bound] = {}
        self._losses: dict[tuple[int, Side], Loss] = {}
        self._diagnostics: dict[Diagnostic, None] = {}
        # The node of the strategy that stands for what is translated now, where that comes from a
        # table: the limit, the mapped heading.
        self._speaker: Node | None = None

    @property
    def dialect(self) -> str:
        """The strategy's dialect; what a mapping table says, is in MEDLINE's."""
        return MAPPED_IN if isinstance(self._speaker, Mapped) else self._strategy.dialect

    @property
    def unfielded(self) -> tuple[str, ...]:
        """The codes that a word without a field is searched by."""
        return unqualified(self.dialect)

    def translation(self, line: int | None) -> Translation:
        """The query of line `line` (None: the result line, the last); never raises.

        Where one alternative of the result can't be asked, so that only every record there is
        would be a superset, the others are asked without it: a loss and an error say so. A
        strategy that gives no query has an error in `diagnostics`.
        """
        target = self._strategy.result_line if line is None else line
        wanted = self._strategy.line(target) if target is not None else None
        if wanted is None:
            message = f"The strategy has no line {line}." if line else "The strategy has no lines."
            return refused(self._strategy, "no-line", message)
        whole = self._translation(wanted, whole=line is None)
        if whole.query or self._shortened:
            return whole
        shortened = self.shorter().translation(line)
        return shortened if shortened.query else whole

    def shorter(self) -> Self:
        """A translator of the same strategy that leaves out what can't be asked of an OR."""
        return type(self)(self._strategy, shortened=True)

    def _translation(self, wanted: Line, *, whole: bool) -> Translation:
        """The wanted line's query with everything that it rests on, or with the whole strategy."""
        numbers = self._strategy.reached_from(wanted.number)
        lines = self._strategy.lines if whole else _chosen(self._strategy, numbers)
        needed = _needed_sides(lines, wanted)
        for line in lines:
            for side in sorted(needed[line.number]):
                self._lines[line.number, side] = self._whole_line(line, side)
        bound = self._lines.get((wanted.number, Side.WIDER), Unbounded.EVERYTHING)
        if isinstance(bound, Unbounded):
            self._report(_error(wanted, "no-query", self._no_query(wanted, bound)))
        elif self._shortened:
            self._report(_error(wanted, "finds-less", _FINDS_LESS.format(wanted.number)))
        parts = self._parts(wanted, bound)
        return Translation(
            sent(bound) if parts else "",
            parts,
            tuple(
                TranslatedLine(line.number, sent(self._lines[line.number, Side.WIDER]))
                for line in lines
            ),
            tuple(sorted(self._losses.values(), key=_place)),
            tuple(self._diagnostics),
        )

    def _report(self, finding: Diagnostic) -> None:
        self._diagnostics[finding] = None

    def _parts(self, line: Line, bound: Bound) -> tuple[str, ...]:
        if isinstance(bound, Unbounded):
            return ()
        parts = split(bound, self.longest)
        if parts is None:
            message = (
                f"Line {line.number} gives a query of {len(bound.text):,} characters, which can't "
                f"be split into queries that {self.source} takes ({self.longest:,})."
            )
            self._report(_error(line, "query-too-long", message))
        return parts or ()

    def _no_query(self, line: Line, bound: Unbounded) -> str:
        return (
            f"Line {line.number} can't be asked of {self.source}: what is left of it would find "
            f"{bound.value}. The loss report names the parts that were left out."
        )

    def _whole_line(self, line: Line, side: Side) -> Bound:
        if line.tree is None:
            return Unbounded.on(side)
        try:
            return self.bound(line.tree, self.unfielded, side)
        except TooLong:
            message = f"Line {line.number} gives a query of more than {LONGEST_QUERY:,} characters."
            self._report(_error(line, "query-too-long", message))
            return Unbounded.on(side)

    # -- what a target says ------------------------------------------------------------------

    @abstractmethod
    def heading(self, node: Heading, side: Side) -> Bound:
        """A heading of MeSH."""

    @abstractmethod
    def fielded(self, node: Fielded, side: Side) -> Bound:
        """A group with a field suffix."""

    @abstractmethod
    def text(self, node: Node, codes: tuple[str, ...], side: Side) -> Bound:
        """A word, phrase or adjacency in the fields of these codes."""

    @abstractmethod
    def dates(self, node: DateRange, side: Side) -> Bound:
        """A range of dates."""

    # -- nodes -------------------------------------------------------------------------------

    def bound(self, node: Node, codes: tuple[str, ...], side: Side) -> Bound:
        """What bounds a node from a side; unfielded words are in the fields of `codes`."""
        match node:
            case Fielded():
                return self.fielded(node, side)
            case Word() | Phrase() | Adjacency() | Near():
                return self.text(node, codes, side)
            case And() | Or():
                operands = [self.bound(operand, codes, side) for operand in node.operands]
                return self._combined(node, isinstance(node, And), operands, side)
            case Not():
                return self._not(node, codes, side)
            case Heading():
                return self._mesh_heading(node, side)
            case LineReference() | LineRange():
                return self._referred(node, side)
            case DateRange():
                return self.dates(node, side)
        return self._limited(node, codes, side)

    def _limited(self, node: Node, codes: tuple[str, ...], side: Side) -> Bound:
        match node:
            case Limit():
                parts = [self.bound(child, codes, side) for child in node.children]
                return self._combined(node, True, parts, side)
            case Limitation():
                return self._limitation(node, side)
            case Frequency():
                return self._frequency(node, codes, side)
            case InDatabase():
                return self._in_database(node, codes, side)
            case Deduplicated():
                return self.bound(node.operand, codes, side)
            case Kept():
                return self._kept(node, codes, side)
            case Mapped():
                return self._mapped(node, side)
            case Missing():
                return self.left_out(node, side, f"unknown: {node.what}", verified=False)
        raise TypeError(f"{type(node).__name__} is not translated")

    def _combined(
        self, node: Node, conjunction: bool, operands: Sequence[Bound], side: Side
    ) -> Bound:
        """AND or OR of bounds; what takes others with it out of the query, is reported."""
        bound = all_of(operands) if conjunction else any_of(operands)
        if isinstance(bound, Query) or not any(isinstance(one, Query) for one in operands):
            return bound
        if self._shortened and bound is Unbounded.EVERYTHING:
            return self._shorter(node, operands)
        self._taken_along(node, side, bound)
        return bound

    def _shorter(self, node: Node, alternatives: Sequence[Bound]) -> Bound:
        bound = any_of(one for one in alternatives if isinstance(one, Query))
        step = "an alternative that can't be asked is left out: what it alone finds is not found"
        self._note(node, Side.WIDER, bound, step, Direction.SUBSET, verified=False)
        return bound

    def _taken_along(self, node: Node, side: Side, bound: Unbounded) -> None:
        if bound is Unbounded.on(side):
            self.lose(node, side, bound, "left out with a part of it that can't be asked")
        else:
            step = f"left out: a part of it makes it find {bound.value}"
            self._note(node, side, bound, step, Direction.EQUAL)

    def _not(self, node: Not, codes: tuple[str, ...], side: Side) -> Bound:
        """A wider `a NOT b` needs a narrower `b` (ovid-semantics 2, last rule)."""
        left = self.bound(node.left, codes, side)
        right = self.bound(node.right, codes, side.other)
        bound = without(left, right)
        if isinstance(bound, Unbounded) and (isinstance(left, Query) or isinstance(right, Query)):
            self._taken_along(node, side, bound)
        return bound

    def _mesh_heading(self, node: Heading, side: Side) -> Bound:
        """A heading of MeSH; one of Emtree is none, whatever its name (ovid-semantics 6)."""
        if self.dialect != "ovid-embase":
            return self.heading(node, side)
        self._report(_unmapped(self._placed(node), self.printed(node)))
        return self.left_out(node, side, "a heading of Emtree that is not mapped", verified=False)

    def _referred(self, node: LineReference | LineRange, side: Side) -> Bound:
        if isinstance(node, LineReference):
            return self._line(node.number, node, side)
        bounds = [self._line(number, node, side) for number in node.numbers]
        return self._combined(node, node.operator is Operator.AND, bounds, side)

    def _line(self, number: int, reference: Node, side: Side) -> Bound:
        line = self._strategy.line(number)
        if line is None or line.tree is None or (number, side) not in self._lines:
            step = f"unknown: line {number} can't be read"
            return self.left_out(reference, side, step, verified=False)
        return self._lines[number, side]

    def _limitation(self, node: Limitation, side: Side) -> Bound:
        meaning = meaning_of(node, self.dialect)
        if meaning is None:
            return self.left_out(node, side, "a limit whose meaning is not known", verified=False)
        return self._said_by(node, meaning, self.unfielded, side)

    def _said_by(self, speaker: Node, meaning: Node, codes: tuple[str, ...], side: Side) -> Bound:
        """What a table puts in a node's place: its losses are those of the node."""
        before, self._speaker = self._speaker, self._speaker or speaker
        try:
            return self.bound(meaning, codes, side)
        finally:
            self._speaker = before

    def _frequency(self, node: Frequency, codes: tuple[str, ...], side: Side) -> Bound:
        """No target counts how often a word stands in a field (ovid-semantics 7)."""
        if side is Side.NARROWER and node.times > 1:
            return self.left_out(node, side, "how often it occurs can't be asked")
        bound = self.bound(node.operand, codes, side)
        if node.times > 1:
            self.lose(node, side, bound, "at least once: how often it occurs can't be asked")
        return bound

    def _in_database(self, node: InDatabase, codes: tuple[str, ...], side: Side) -> Bound:
        is_here = holds(node.databases, self.dialect)
        if is_here is False:
            self.lose(node, side, Unbounded.NOTHING, "a part of another database")
            return Unbounded.NOTHING
        if is_here is None and side is Side.NARROWER:
            return self.left_out(node, side, "a database not known here", verified=False)
        bound = self.bound(node.operand, codes, side)
        if is_here is None:
            self.lose(node, side, bound, "a database not known here", verified=False)
        return bound

    def _kept(self, node: Kept, codes: tuple[str, ...], side: Side) -> Bound:
        if side is Side.NARROWER:
            return self.left_out(node, side, "which records were kept is not known", verified=False)
        bound = self.bound(node.operand, codes, side)
        self.lose(node, side, bound, "all of them: which were kept is not known", verified=False)
        return bound

    def _mapped(self, node: Mapped, side: Side) -> Bound:
        """A heading of another thesaurus by the topic's table: as mapped, not as published."""
        if node.to is None:
            bound: Bound = Unbounded.NOTHING
            direction = Direction.SUBSET
        else:
            bound = self._said_by(node, node.to, unqualified(MAPPED_IN), side)
            direction = Direction.UNKNOWN
        self._note(node, side, bound, f"as mapped: {node.reason}", direction)
        return bound

    # -- losses ------------------------------------------------------------------------------

    def printed(self, node: Node) -> str:
        """A node in the strategy's own syntax."""
        return printed(node, self.dialect)

    def left_out(self, node: Node, side: Side, step: str, *, verified: bool = True) -> Unbounded:
        """The bound of what is not sent, and its loss."""
        bound = Unbounded.on(side)
        self.lose(node, side, bound, f"left out: {step}", verified=verified)
        return bound

    def lose(
        self, node: Node, side: Side, bound: Bound, step: str, *, verified: bool = True
    ) -> None:
        """A node that is said wider or, behind NOT, narrower than it means."""
        direction = Direction.SUPERSET if side is Side.WIDER else Direction.SUBSET
        self._note(node, side, bound, step, direction, verified=verified)

    def _note(
        self,
        node: Node,
        side: Side,
        bound: Bound,
        step: str,
        direction: Direction,
        *,
        verified: bool = True,
    ) -> None:
        source = self.printed(self._placed(node))
        self.record(node, side, Loss(*at(node), source, sent(bound), step, direction, verified))

    def record(self, node: Node, side: Side, loss: Loss) -> None:
        """One entry a node and side: a second step of the same node is added to the first."""
        placed = self._placed(node)
        if placed is not node:
            line, column = at(placed)
            loss = replace(loss, line=line, column=column, source=self.printed(placed))
        key = id(placed), side
        self._losses[key] = _joined(self._losses.get(key), loss)

    def _placed(self, node: Node) -> Node:
        """The node of the strategy that a node was put in the place of, or the node itself."""
        return self._speaker or node


def _joined(before: Loss | None, loss: Loss) -> Loss:
    """Both steps of one node; it is verified locally where both are, and open where one is."""
    if before is None:
        return loss
    if before.direction is Direction.UNKNOWN:
        loss = replace(loss, direction=Direction.UNKNOWN)
    step = before.step if loss.step in before.step else f"{before.step}; {loss.step}"
    verified = before.verified_locally and loss.verified_locally
    return replace(loss, step=step, verified_locally=verified)


def refused(strategy: Strategy, code: str, message: str) -> Translation:
    """No query at all, and why."""
    return Translation("", (), (), (), (*strategy.errors, _error(None, code, message)))


def sent(bound: Bound) -> str:
    """What is sent for a bound: nothing for one that can't be."""
    return bound.text if isinstance(bound, Query) else ""


def at(node: Node) -> tuple[int, int]:
    """Line and column of a node."""
    return node.span.line, node.span.column


def printed(node: Node, dialect: str) -> str:
    """A node in the syntax of its dialect; in words where it stands only inside another."""
    try:
        return to_text(node, dialect)
    except TypeError:  # a date of Cochrane's limits, a filter of PubMed's
        return _by_name(node)


def _by_name(node: Node) -> str:
    """A node that has no syntax of its own, by what it holds."""
    match node:
        case Limitation():
            return node.name
        case DateRange():
            return f"{node.code} {node.first or ''}-{node.last or ''}"
    return type(node).__name__.lower()


_FINDS_LESS = (
    "Line {} is asked without a part that can't be asked: the query finds less than the strategy "
    "means. The loss report names the part; map the heading or mend the line."
)


def _unmapped(node: Node, printed: str) -> Diagnostic:
    return Diagnostic(
        "unmapped-heading",
        Severity.WARNING,
        node.span.line,
        node.span.column,
        max(node.span.column + 1, node.span.end_column),
        f"{printed} is a heading of Emtree and not in the mapping table; it is left out.",
        "Put it in the topic's emtree.toml: MeSH headings, words, or nothing, with a reason.",
    )


def _error(where: Line | None, code: str, message: str) -> Diagnostic:
    span = where.span if where else replace(NOWHERE, line=1, column=1, end_line=1, end_column=1)
    return Diagnostic(
        code, Severity.ERROR, span.line, span.column, max(span.column + 1, span.end_column), message
    )


def _chosen(strategy: Strategy, numbers: Iterable[int]) -> tuple[Line, ...]:
    wanted = set(numbers)
    return tuple(line for line in strategy.lines if line.number in wanted)


def _needed_sides(lines: tuple[Line, ...], wanted: Line) -> dict[int, set[Side]]:
    """The sides from which each line is needed: its own query, and each use by a later line."""
    needed = {line.number: {Side.WIDER} for line in (*lines, wanted)}
    for line in reversed(lines):
        for side in tuple(needed[line.number]):
            for number, used in _uses(line.tree, side) if line.tree else ():
                needed.setdefault(number, set()).add(used)
    return needed


def _uses(node: Node, side: Side) -> Iterator[tuple[int, Side]]:
    """The lines that a node refers to, and the side from which it needs each."""
    if isinstance(node, LineReference):
        yield node.number, side
    elif isinstance(node, LineRange):
        yield from ((number, side) for number in node.numbers)
    elif isinstance(node, Not):
        yield from _uses(node.left, side)
        yield from _uses(node.right, side.other)
    else:
        for child in node.children:
            yield from _uses(child, side)


def _place(loss: Loss) -> tuple[int, int, str, str]:
    return loss.line, loss.column, loss.direction, loss.source
