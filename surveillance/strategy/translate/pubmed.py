"""Ovid MEDLINE → PubMed: a query that finds at least what the strategy means, and its losses.

Rules: ovid-semantics 11 and 12. Every node is bounded from one side: from above, so that nothing
is lost, and behind NOT from below, so that nothing is taken away that belongs to the result. What
has no bound that could be sent is left out, and the leaving out is carried upwards: OR with it is
everything, AND goes on without it. docs/decisions/0002-strategy-tree-and-translation.md.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from surveillance.strategy.fields import parts_of
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
from surveillance.strategy.parse.printing import to_ovid
from surveillance.strategy.strategy import Diagnostic, Line, Severity, Strategy
from surveillance.strategy.subheadings import SUBHEADINGS
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
from surveillance.strategy.translate.pubmed_fields import NAME_TAGS, PROXIMITY_TAGS, tags_of
from surveillance.strategy.translate.pubmed_words import (
    PUBMED_STOP_WORDS,
    Window,
    literal,
    phrase_window,
    searched_words,
    spellings,
    windows,
)

__all__ = ["Direction", "Loss", "TranslatedLine", "Translation", "translate"]

DIALECT = "ovid-medline"
UNQUALIFIED = ("mp",)


@dataclass(frozen=True, slots=True)
class TranslatedLine:
    """One line's query, the lines that it refers to written out; empty where none can be sent."""

    number: int
    query: str


@dataclass(frozen=True, slots=True)
class Translation:
    """The query of the wanted line (empty, with an error, where none can be sent).

    `lines` and `losses` are those of all lines of the strategy or, where a line was named, of that
    line and those that it rests on.
    """

    query: str
    lines: tuple[TranslatedLine, ...]
    losses: tuple[Loss, ...]
    diagnostics: tuple[Diagnostic, ...]


def translate(strategy: Strategy, *, line: int | None = None) -> Translation:
    """The PubMed query of a MEDLINE strategy, for line `line` (None: the result line, the last).

    Whatever the strategy finds exactly on a record, the query finds too, as far as the record has
    the field. Never raises: a strategy that gives no query has an error in `diagnostics`.
    """
    if strategy.dialect != DIALECT:
        return _refused(strategy, None, "dialect", _ANOTHER_DIALECT.format(strategy.dialect))
    target = strategy.result_line if line is None else line
    wanted = strategy.line(target) if target is not None else None
    if wanted is None:
        message = f"The strategy has no line {line}." if line else "The strategy has no lines."
        return _refused(strategy, None, "no-line", message)
    return _Translator(strategy).translation(wanted, whole=line is None)


_ANOTHER_DIALECT = (
    "A strategy in the dialect “{}” is not translated to PubMed yet: its headings are not MeSH."
)


def _refused(strategy: Strategy, at: Line | None, code: str, message: str) -> Translation:
    return Translation("", (), (), (*strategy.errors, _error(at, code, message)))


def _error(at: Line | None, code: str, message: str) -> Diagnostic:
    span = at.span if at else replace(NOWHERE, line=1, column=1, end_line=1, end_column=1)
    return Diagnostic(
        code, Severity.ERROR, span.line, span.column, max(span.column + 1, span.end_column), message
    )


class _Translator:
    """Translates the lines of one strategy, each once a side, and gathers the losses."""

    def __init__(self, strategy: Strategy) -> None:
        self._strategy = strategy
        self._lines: dict[tuple[int, Side], Bound] = {}
        self._losses: dict[tuple[int, Side], Loss] = {}
        self._diagnostics: list[Diagnostic] = []

    def translation(self, wanted: Line, *, whole: bool) -> Translation:
        """The wanted line's query with everything that it rests on, or with the whole strategy."""
        numbers = self._strategy.reached_from(wanted.number)
        lines = self._strategy.lines if whole else _chosen(self._strategy, numbers)
        needed = _needed_sides(lines, wanted)
        for line in lines:
            for side in sorted(needed[line.number]):
                self._lines[line.number, side] = self._whole_line(line, side)
        bound = self._lines.get((wanted.number, Side.WIDER), Unbounded.EVERYTHING)
        if isinstance(bound, Unbounded):
            self._diagnostics.append(_error(wanted, "no-query", _no_query(wanted, bound)))
        return Translation(
            _sent(bound),
            tuple(
                TranslatedLine(line.number, _sent(self._lines[line.number, Side.WIDER]))
                for line in lines
            ),
            tuple(sorted(self._losses.values(), key=_place)),
            tuple(self._diagnostics),
        )

    def _whole_line(self, line: Line, side: Side) -> Bound:
        if line.tree is None:
            return Unbounded.on(side)
        try:
            return self._bound(line.tree, UNQUALIFIED, side)
        except TooLong:
            message = f"Line {line.number} gives a query of more than {LONGEST_QUERY:,} characters."
            self._diagnostics.append(_error(line, "query-too-long", message))
            return Unbounded.on(side)

    # -- nodes -------------------------------------------------------------------------------

    def _bound(self, node: Node, codes: tuple[str, ...], side: Side) -> Bound:
        match node:
            case Fielded():
                return self._fielded(node, side)
            case Word() | Phrase() | Adjacency():
                return self._text(node, codes, side)
            case And():
                return all_of([self._bound(operand, codes, side) for operand in node.operands])
            case Or():
                return any_of([self._bound(operand, codes, side) for operand in node.operands])
            case Not():
                return self._not(node, codes, side)
            case Heading():
                return self._heading(node, side)
            case LineReference() | LineRange():
                return self._referred(node, side)
            case Missing():
                return self._left_out(node, side, f"unknown: {node.what}", verified=False)
        raise TypeError(f"{type(node).__name__} is not translated")

    def _not(self, node: Not, codes: tuple[str, ...], side: Side) -> Bound:
        """A wider `a NOT b` needs a narrower `b` (ovid-semantics 2, last rule)."""
        left = self._bound(node.left, codes, side)
        return without(left, self._bound(node.right, codes, side.other))

    def _referred(self, node: LineReference | LineRange, side: Side) -> Bound:
        if isinstance(node, LineReference):
            return self._line(node.number, node, side)
        bounds = [self._line(number, node, side) for number in node.numbers]
        return all_of(bounds) if node.operator is Operator.AND else any_of(bounds)

    def _line(self, number: int, reference: Node, side: Side) -> Bound:
        line = self._strategy.line(number)
        if line is None or line.tree is None or (number, side) not in self._lines:
            step = f"unknown: line {number} can't be read"
            return self._left_out(reference, side, step, verified=False)
        return self._lines[number, side]

    # -- headings ----------------------------------------------------------------------------

    def _heading(self, node: Heading, side: Side) -> Bound:
        """`[mh]` and `[majr]` say it exactly; subheadings explode in PubMed (ovid-semantics 6)."""
        name = _sendable_name(node.name)
        subheadings = [SUBHEADINGS.get(code) for code in node.subheadings]
        if name is None or None in subheadings:
            return self._left_out(node, side, "a name that PubMed can't take", verified=False)
        suffix = "" if node.explode else ":noexp"
        focused = Query(f'"{name}"[majr{suffix}]')
        if not node.subheadings:
            return focused if node.focus else Query(f'"{name}"[mh{suffix}]')
        if side is Side.NARROWER:
            return self._left_out(node, side, "PubMed also finds narrower subheadings")
        attached = any_of([Query(f'"{name}/{sub}"[mh{suffix}]') for sub in subheadings])
        bound = all_of([attached, focused]) if node.focus else attached
        self._lose(node, side, bound, "PubMed also finds narrower subheadings")
        return bound

    # -- text --------------------------------------------------------------------------------

    def _fielded(self, node: Fielded, side: Side) -> Bound:
        if _is_name_field(node):
            return self._bound(node.operand, node.codes, side)
        tags = tags_of(node.codes)
        if not _is_text(node.operand):
            if tags and side is Side.WIDER:
                self._field_loss(node, tags)
            return self._bound(node.operand, node.codes, side)
        if tags is None:
            return self._left_out(node, side, _NOT_ASKED, verified=_is_carried(node.codes))
        if side is Side.NARROWER:
            return self._left_out(node, side, _NO_NARROWER_FIELD)
        self._field_loss(node, tags)
        return self._bound(node.operand, node.codes, side)

    def _field_loss(self, node: Fielded, tags: tuple[str, ...]) -> None:
        source, target = f".{','.join(node.codes)}.", _tagged(tags)
        step = f"{target} also holds what {source} does not, such as the authors' keywords"
        self._record(node, Side.WIDER, Loss(*_at(node), source, target, step, *_WIDENED))

    def _text(self, node: Node, codes: tuple[str, ...], side: Side) -> Bound:
        if len(codes) == 1 and codes[0] in NAME_TAGS and isinstance(node, Word):
            return self._name(node, codes[0], side)
        if len(codes) == 1 and codes[0] == "fs" and isinstance(node, Phrase):
            return self._name(node, codes[0], side)
        tags = tags_of(codes)
        if tags is None:
            return self._left_out(node, side, _NOT_ASKED, verified=_is_carried(codes))
        if side is Side.NARROWER:
            return self._left_out(node, side, _NO_NARROWER_FIELD)
        if codes == UNQUALIFIED and isinstance(node, Word) and literal(node) is not None:
            self._lose(node, side, Query(_tagged(tags)), "a word without a field is .mp.")
        match node:
            case Word():
                return self._word(node, tags)
            case Phrase():
                return self._phrase(node, tags)
            case Adjacency():
                return self._adjacency(node, codes, tags)
        raise TypeError(f"{type(node).__name__} is no text")

    def _name(self, node: Word | Phrase, code: str, side: Side) -> Bound:
        """A heading, subheading or publication type by its whole name."""
        wider, narrower = NAME_TAGS[code]
        words = [literal(word) for word in (node.words if isinstance(node, Phrase) else (node,))]
        name = " ".join(word for word in words if word)
        if code == "fs":
            name = _subheading_name(name)
        if None in words or not name:
            return self._left_out(node, side, "a name that PubMed can't take")
        bound = Query(f'"{name}"[{wider if side is Side.WIDER else narrower}]')
        if wider != narrower and side is Side.WIDER:
            self._lose(node, side, bound, f"[{wider}] also finds the narrower ones")
        return bound

    def _word(self, node: Word, tags: tuple[str, ...]) -> Bound:
        found = spellings(node)
        if found is None:
            return self._left_out(node, Side.WIDER, "a word that PubMed can't search by itself")
        bound = any_of([Query(f"{one}[{tag}]") for one in found for tag in tags])
        root = node.truncated_root
        if node.literal is None and (len(found) > 1 or root is None):
            self._lose(node, Side.WIDER, bound, "spelt as PubMed truncates: four letters and *")
        return bound

    def _phrase(self, node: Phrase, tags: tuple[str, ...]) -> Bound:
        stretches = phrase_window(node)
        bound = self._near(stretches, tags) if stretches else None
        if bound is not None:
            self._lose(node, Side.WIDER, bound, "the words next to each other in any order")
            return bound
        return self._together(node, searched_words(node), tags)

    def _together(self, node: Node, words: Iterable[Word], tags: tuple[str, ...]) -> Bound:
        bound = all_of([self._word(word, tags) for word in words])
        self._lose(node, Side.WIDER, bound, "the words anywhere in the field (AND)")
        return bound

    def _adjacency(self, node: Adjacency, codes: tuple[str, ...], tags: tuple[str, ...]) -> Bound:
        """`~N` for plain words, else AND in the same field (ovid-semantics 11.2 to 11.4 and 12)."""
        stretches = windows(node)
        bound = self._near(stretches, tags) if stretches else None
        if bound is not None:
            self._near_losses(node, bound)
            return bound
        bound = all_of([self._bound(child, codes, Side.WIDER) for child in node.children])
        self._lose(node, Side.WIDER, bound, "the words anywhere in the field (AND)")
        return bound

    def _near(self, stretches: Iterable[Window], tags: tuple[str, ...]) -> Bound | None:
        """One of the stretches; None where the fields know no proximity, or PubMed no such word."""
        if not PROXIMITY_TAGS.issuperset(tags):
            return None
        texts = []
        for stretch in map(Window.distinct, stretches):
            if len(stretch.words) == 1 and stretch.words[0] in PUBMED_STOP_WORDS:
                return None
            texts += [_stretch(stretch, tag) for tag in tags]
        return any_of(map(Query, texts))

    def _near_losses(self, node: Adjacency, bound: Bound) -> None:
        """Two plain words in either order are said exactly; what is wider, is reported."""
        for part in node.walk():
            if isinstance(part, Phrase):
                self._lose(part, Side.WIDER, bound, "its words inside the window around it")
            elif isinstance(part, Adjacency) and not _is_exact(part):
                self._lose(part, Side.WIDER, bound, "all words inside one window, in any order")

    # -- losses ------------------------------------------------------------------------------

    def _left_out(self, node: Node, side: Side, step: str, *, verified: bool = True) -> Unbounded:
        bound = Unbounded.on(side)
        self._lose(node, side, bound, f"left out: {step}", verified=verified)
        return bound

    def _lose(
        self, node: Node, side: Side, bound: Bound, step: str, *, verified: bool = True
    ) -> None:
        direction = Direction.SUPERSET if side is Side.WIDER else Direction.SUBSET
        loss = Loss(*_at(node), to_ovid(node), _sent(bound), step, direction, verified)
        self._record(node, side, loss)

    def _record(self, node: Node, side: Side, loss: Loss) -> None:
        """One entry a node and side: a second step of the same node is added to the first."""
        before = self._losses.get((id(node), side))
        if before and loss.step not in before.step:
            loss = replace(loss, step=f"{before.step}; {loss.step}")
        self._losses[id(node), side] = loss


_NOT_ASKED = "a field that PubMed is not asked for"
_NO_NARROWER_FIELD = "PubMed has no field that holds less"
_WIDENED = (Direction.SUPERSET, True)
_TEXT = (Word, Phrase, Adjacency, And, Or, Not, Fielded)


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


def _sent(bound: Bound) -> str:
    return bound.text if isinstance(bound, Query) else ""


def _no_query(line: Line, bound: Unbounded) -> str:
    return (
        f"Line {line.number} can't be asked of PubMed: what is left of it would find "
        f"{bound.value}. The loss report names the parts that were left out."
    )


def _at(node: Node) -> tuple[int, int]:
    return node.span.line, node.span.column


def _place(loss: Loss) -> tuple[int, int, str, str]:
    return loss.line, loss.column, loss.direction, loss.source


def _tagged(tags: Iterable[str]) -> str:
    return " OR ".join(f"[{tag}]" for tag in tags)


def _stretch(stretch: Window, tag: str) -> str:
    if len(stretch.words) == 1:
        return f"{stretch.words[0]}[{tag}]"
    return f'"{" ".join(stretch.words)}"[{tag}:~{stretch.between}]'


def _is_exact(node: Adjacency) -> bool:
    """True for two plain words, or groups of them, in either order, no word on both sides."""
    if node.ordered:
        return False
    left, right = _plain_words(node.left), _plain_words(node.right)
    return left is not None and right is not None and left.isdisjoint(right)


def _plain_words(node: Node) -> frozenset[str] | None:
    words = node.operands if isinstance(node, Or) else (node,)
    if not all(isinstance(word, Word) for word in words):
        return None
    return frozenset(literal(word) or "" for word in words if isinstance(word, Word))


def _is_text(node: Node) -> bool:
    return all(isinstance(part, _TEXT) for part in node.walk())


def _is_carried(codes: tuple[str, ...]) -> bool:
    """True where the exact evaluation has all the fields, whether PubMed is asked or not."""
    return all(parts_of(code, DIALECT) for code in codes)


def _is_name_field(node: Fielded) -> bool:
    """True where a field of whole names is asked for names alone (`humans.sh.`)."""
    return (
        len(node.codes) == 1
        and node.codes[0] in NAME_TAGS
        and _are_names(node.operand, phrases=node.codes == ("fs",))
    )


def _are_names(node: Node, *, phrases: bool) -> bool:
    if isinstance(node, And | Or | Not):
        return all(_are_names(child, phrases=phrases) for child in node.children)
    return isinstance(node, Word) or (phrases and isinstance(node, Phrase))


def _sendable_name(name: str) -> str | None:
    """A heading's name; None where it holds what ends a name in PubMed's syntax."""
    return None if any(character in name for character in '"[]/*') else name


def _subheading_name(text: str) -> str:
    """A subheading's name by its code or its name; empty where MeSH has none such."""
    spelt = text.replace(" and ", " & ")
    return SUBHEADINGS.get(text) or (spelt if spelt in SUBHEADINGS.values() else "")
