"""Ovid's syntax → tree, by recursive descent; a fault becomes a diagnostic, never an exception.

Precedence (ovid-semantics 2): parentheses; juxtaposition; ADJ and ADJn, left to right; AND; NOT;
OR. A field suffix behind `a adj3 b` without parentheses belongs to both: BMA Library's guide to
Ovid calls the brackets of `(home adj3 help).ti.` optional. What the source lacks becomes a
`Missing` node with an error.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Sequence
from typing import NamedTuple

from surveillance.strategy.nodes import (
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
    LineRange,
    LineReference,
    Missing,
    Node,
    Not,
    Or,
    Phrase,
    Word,
)
from surveillance.strategy.parse.balance import balanced
from surveillance.strategy.parse.faults import (
    DEEPEST_TREE,
    LONGEST_CHAIN,
    LONGEST_ENTRY,
    Findings,
    TooDeep,
)
from surveillance.strategy.parse.ovid_commands import Commands
from surveillance.strategy.parse.ovid_dates import DATE_CODES, dated
from surveillance.strategy.parse.ovid_headings import Headings
from surveillance.strategy.parse.ovid_limits import condition
from surveillance.strategy.parse.ovid_references import LinesBefore
from surveillance.strategy.parse.source import SourceText
from surveillance.strategy.parse.tokens import Kind, Token, plain, tokens
from surveillance.strategy.parse.trees import around, depth
from surveillance.strategy.parse.words import WORD, begins_with_wildcard, word

WIDEST_ADJACENCY = 99
MOST_TIMES = 999

# `..l/5 yr=2000-2020` of Ovid's old command line is `limit 5 to yr=2000-2020`.
_DOTTED_LIMIT = re.compile(r"\s*\.\.\s?l(?:imit)?\s?/\s?(?P<line>\d{1,5})\s", re.IGNORECASE)
_RANGE_ALONE = re.compile(r"\s*(?:and|or)(?P<gap> )\s*\d{1,5}\s?[,-]\s?\d[\d,\s-]*", re.IGNORECASE)


def parse_entry(
    source: SourceText, number: int, numbers: Collection[int], findings: Findings
) -> Node | None:
    """The tree of one entry; None, and an error, where nothing of it can be understood.

    `number` is the entry's own, `numbers` are those of all entries of the strategy: a line refers
    to lines before it only (ovid-semantics 1).
    """
    if len(source.text) > LONGEST_ENTRY:
        _too_long(source, number, findings)
        return None
    text = _with_slash(plain(source.text), source, findings)
    try:
        found = list(tokens(text))
        if not any(token.kind in _SAYS_SOMETHING for token in found):
            _nothing(source, number, findings)
            return None
        lines = LinesBefore(number, numbers, findings)
        parser = _Parser(balanced(found, source, findings), text, source, findings, lines)
        return parser.tree()
    except TooDeep as fault:
        findings.error(
            "too-deep",
            source.span(fault.start, fault.end),
            f"Line {number} nests deeper than any published strategy; it is not read.",
            "Split it over several lines.",
        )
        return None


_SAYS_SOMETHING = frozenset({Kind.WORD, Kind.QUOTED, Kind.LINES})


def _with_slash(text: str, source: SourceText, findings: Findings) -> str:
    """A line that is nothing but `OR 1-14` has lost its slash; offsets stay what they are."""
    found = _RANGE_ALONE.fullmatch(text)
    if not found:
        return text
    findings.warning(
        "range-without-slash",
        source.span(found.start("gap"), found.end("gap")),
        f"“{text.strip()}” has no slash; it is read as lines combined.",
        "Write a range of lines as or/1-9.",
    )
    return f"{text[: found.start('gap')]}/{text[found.end('gap') :]}"


def _too_long(source: SourceText, number: int, findings: Findings) -> None:
    findings.error(
        "too-long",
        source.span(0, len(source.text)),
        f"Line {number} has {len(source.text):,} characters, more than the {LONGEST_ENTRY:,} "
        "that are read.",
        "Split it over several lines.",
    )


def _nothing(source: SourceText, number: int, findings: Findings) -> None:
    findings.error(
        "nothing-to-read",
        source.span(0, len(source.text)),
        f"Line {number} holds no term, heading or line number.",
        "Complete the line or take it out.",
    )


class _Operand(NamedTuple):
    """An operand; `suffixed`: a field suffix without parentheses around it ends it."""

    node: Node
    suffixed: bool


class _Parser(Commands, Headings):
    """Reads the tokens of one entry from left to right."""

    def __init__(
        self,
        found: Sequence[Token],
        text: str,
        source: SourceText,
        findings: Findings,
        lines: LinesBefore,
    ) -> None:
        super().__init__(found, text, source, findings)
        self.lines = lines
        self._combines = _combines_lines(found)

    def tree(self) -> Node:
        """The whole entry."""
        dotted = _DOTTED_LIMIT.match(self.text)
        tree = self._dotted_limit(dotted) if dotted else self._expression()
        if depth(tree) > DEEPEST_TREE:
            raise TooDeep(0, len(self.text))
        return tree

    def _dotted_limit(self, dotted: re.Match[str]) -> Node:
        span = self.source.span(*dotted.span("line"))
        operand = self.lines.line(int(dotted["line"]), span)
        self.position = sum(token.start < dotted.end() for token in self.tokens)
        return Limit(operand, condition(self), span=self.source.span(0, len(self.text)))

    # -- operators ---------------------------------------------------------------------------

    def _expression(self) -> Node:
        """Operands and operators up to a closing parenthesis or the end."""
        operands = [self._next_operand()]
        operators: list[Token] = []
        while self.next_is(Kind.OPERATOR):
            operators.append(self.advance())
            operands.append(self._next_operand())
        return self._or(operands, operators)

    def _next_operand(self) -> _Operand:
        node = self._sequence()
        return _Operand(node, self.kind_at(self.position - 1) in _SUFFIX)

    def _or(self, operands: list[_Operand], operators: list[Token]) -> Node:
        found = [self._not(*part) for part in _split(operands, operators, "or")]
        return found[0] if len(found) == 1 else Or(tuple(found), span=around(found))

    def _not(self, operands: list[_Operand], operators: list[Token]) -> Node:
        first, *others = [self._and(*part) for part in _split(operands, operators, "not")]
        self._limit(len(others))
        for other in others:
            first = Not(first, other, span=first.span.to(other.span))
        return first

    def _and(self, operands: list[_Operand], operators: list[Token]) -> Node:
        found = [self._adjacency(*part) for part in _split(operands, operators, "and")]
        return found[0] if len(found) == 1 else And(tuple(found), span=around(found))

    def _adjacency(self, operands: list[_Operand], operators: list[Token]) -> Node:
        (left, _), *others = operands
        self._limit(len(others))
        for operator, right in zip(operators, others, strict=True):
            between, ordered = self._window(operator)
            whole = right.suffixed and not isinstance(left, Fielded | Frequency)
            left = _beside(left, right.node, (between, ordered), whole=whole)
        return left

    def _limit(self, links: int) -> None:
        if links > LONGEST_CHAIN:
            raise TooDeep(self.here().start, self.here().end)

    def _window(self, operator: Token) -> tuple[int, bool]:
        """ADJ: neighbours in order; ADJn: at most n−1 words between (ovid-semantics 2, OT)."""
        digits = operator.text[3:]
        if not digits:
            return 0, True
        width = int(digits[:4])
        if not 1 <= width <= WIDEST_ADJACENCY:
            self.findings.error(
                "adjacency-range",
                self.span(operator),
                f"{operator.text.upper()} does not exist: ADJ1 to ADJ99 do.",
                "It is read as the nearest that exists.",
            )
        return min(max(width, 1), WIDEST_ADJACENCY) - 1, False

    # -- operands ----------------------------------------------------------------------------

    def _sequence(self) -> Node:
        """Juxtaposed words and groups: an implied ADJ (ovid-semantics 2), with a suffix on all."""
        begin = self.position
        command = self.command()
        items = [command] if command else []
        while self._begins_operand():
            if self.peek().kind is Kind.OTHER:
                self.position += 1
                continue
            items = self._with_next(items, begin)
        return self._juxtaposed(items, begin) if items else self.missing_operand()

    def _with_next(self, items: list[Node], begin: int) -> list[Node]:
        """The items with the next one, or as one node with what is said about all of them."""
        if not items:
            return [self._operand()]
        said = self._said_about()
        if said:
            about = _about(items)
            items.append(said(self._juxtaposed(about, begin)))
            return items
        if len(items) == 1 and isinstance(items[0], Heading) and self.explodes_behind():
            return [self.exploded_behind(items[0])]
        items.append(self._operand())
        return items

    def _said_about(self) -> Callable[[Node], Node] | None:
        """What reads the field, the frequency or the databases that follow; None: none does."""
        if self.next_is(Kind.FIELD):
            return self._fielded
        if self.next_is(Kind.FREQUENCY):
            return self._frequent
        return self._in_databases if self.uses(self.position) else None

    def _begins_operand(self) -> bool:
        return self.position < len(self.tokens) and self.peek().kind not in _ENDS_SEQUENCE

    def _operand(self) -> Node:
        token = self.peek()
        match token.kind:
            case Kind.OPEN:
                return self.group()
            case Kind.LINES:
                self.position += 1
                return self.lines.combined(token.text, self.span(token))
            case Kind.EXPLODE:
                return self.exploded(self.advance())
            case Kind.QUOTED:
                return self._quoted()
            case Kind.WORD:
                return self._heading_or_words()
        return self.stray(self.advance())

    def group(self) -> Node:
        """What stands in the parentheses that begin here."""
        opening = self.advance()
        inner = self._expression()
        closing = self.advance()  # there, because the parentheses are balanced
        span = self.source.span(opening.start, max(closing.end, opening.start))
        return inner.at(span)

    def _fielded(self, operand: Node) -> Node:
        token = self.advance()
        span = operand.span.to(self.span(token))
        codes = codes_in(token.text)
        behind_frequency = self.kind_at(self.position - 2) is Kind.FREQUENCY
        if behind_frequency and isinstance(operand, Frequency):  # `x /freq=2 .ab`
            return Frequency(Fielded(operand.operand, codes, span=span), operand.times, span=span)
        found = _dated_by_any(operand, codes) if DATE_CODES.issuperset(codes) else None
        return found.at(span) if found else Fielded(operand, codes, span=span)

    def _frequent(self, operand: Node) -> Node:
        token = self.advance()
        times = int(token.text.rpartition("=")[2].strip()[:6])
        if not 1 <= times <= MOST_TIMES:
            self.findings.error(
                "frequency-range",
                self.span(token),
                f"“{token.text.strip()}” is not a number of times between 1 and {MOST_TIMES}.",
                "It is read as the nearest that is.",
            )
        times = min(max(times, 1), MOST_TIMES)
        return Frequency(operand, times, span=operand.span.to(self.span(token)))

    def _in_databases(self, operand: Node) -> Node:
        codes = self.databases()
        last = self.tokens[self.position - 1]
        return InDatabase(operand, codes, span=operand.span.to(self.span(last)))

    def _juxtaposed(self, items: list[Node], begin: int) -> Node:
        """Words one after another are a phrase; a group among them stands in order beside them."""
        if len(items) == 1:
            return items[0]
        if any(isinstance(item, _NOT_BESIDE) for item in items):
            return self.missing_operator(items, begin)
        self._limit(len(items) if any(not isinstance(i, Word) for i in items) else 0)
        left, *others = _phrases(items)
        for right in others:
            left = Adjacency(left, right, 0, ordered=True, span=left.span.to(right.span))
        return left

    # -- words and headings ------------------------------------------------------------------

    def _heading_or_words(self) -> Node:
        end = self.heading_end()
        if end is not None:
            return self.heading(end, explode=False, focus=False)
        token = self.advance()
        if self._is_reference(token):
            return self._reference(token)
        return self._word(token.text, token.start)

    def _quoted(self) -> Node:
        if self.kind_at(self.position + 1) is Kind.SLASH:
            return self.heading(self.position + 1, explode=False, focus=False)
        token = self.advance()
        words = tuple(
            self._word(match[0], token.start + match.start()) for match in WORD.finditer(token.text)
        )
        if not words:
            return self.missing_operand(token)
        span = self.span(token)
        return words[0] if len(words) == 1 else Phrase(words, quoted=True, span=span)

    def _word(self, text: str, start: int) -> Word:
        searched = word(text, self.source.span(start, start + len(text)))
        if begins_with_wildcard(searched):
            self.findings.warning(
                "leading-wildcard",
                searched.span,
                f"“{text}” begins with a wildcard, which Ovid does not take.",
                "Write the beginning of the word out.",
            )
        return searched

    # -- lines -------------------------------------------------------------------------------

    def _is_reference(self, token: Token) -> bool:
        """An integer that is a whole operand, and not above the lines so far (ovid-semantics 1)."""
        if not _LINE_NUMBER.fullmatch(token.text) or (token.text[0] in "sS" and not self._combines):
            return False
        before = self.position - 2
        beside = (self.kind_at(before), self.kind_at(self.position))
        if self.uses(self.position) and beside[0] not in _MAKES_A_TERM:
            return True
        if any(kind in _MAKES_A_TERM for kind in beside):
            return False
        return self._combines or token.text[0] == "#" or int(token.text) < self.lines.number

    def _reference(self, token: Token) -> Node:
        return self.lines.line(int(token.text.lstrip("#sS")), self.span(token))


# As a line is numbered: `3`, `#3`, and `S3` in lines that are nothing but such numbers.
_LINE_NUMBER = re.compile(r"[#sS]?\d{1,5}")
_ENDS_SEQUENCE = frozenset({Kind.OPERATOR, Kind.CLOSE})
_MAKES_A_TERM = frozenset({Kind.WORD, Kind.QUOTED, Kind.FIELD, Kind.OTHER})
_SUFFIX = frozenset({Kind.FIELD, Kind.FREQUENCY})
_NOT_BESIDE = (
    *(Heading, LineReference, LineRange, Missing, Fielded, And, Not, DateRange),
    *(Frequency, InDatabase, Limit, Deduplicated, Kept),
)


def _about(items: list[Node]) -> list[Node]:
    """Takes off the end of `items` what a suffix behind them stands on.

    What has its own suffix, a heading or a line stands apart from the words behind it.
    """
    begins = len(items) - 1
    while begins > 0 and not isinstance(items[begins - 1], _NOT_BESIDE):
        begins -= 1
    about = items[begins:]
    if isinstance(items[-1], _NOT_BESIDE):
        about = items[-1:]
    del items[len(items) - len(about) :]
    return about


def codes_in(suffix: str) -> tuple[str, ...]:
    """The codes of a field suffix: `.ti,ab.`; Ovid's `(sa_year)` is the publication year."""
    typed = suffix.lower().replace("sa_year", "yr")
    return tuple(dict.fromkeys(re.findall(r"[a-z]{2}", typed)))


def _dated_by_any(operand: Node, codes: tuple[str, ...]) -> Node | None:
    """`2021*.dt,ez.`: one of the date fields; None: there is no date in the operand."""
    found = [part for code in codes if (part := dated(operand, code))]
    return found[0] if len(found) == 1 else Or(tuple(found)) if found else None


def _beside(left: Node, right: Node, window: tuple[int, bool], *, whole: bool) -> Node:
    """`left` beside `right`; `whole`: the suffix that ends `right` stands on both."""
    span = left.span.to(right.span)
    match right:
        case Fielded() if whole:
            return Fielded(
                _beside(left, right.operand, window, whole=False), right.codes, span=span
            )
        case Frequency() if whole:
            return Frequency(
                _beside(left, right.operand, window, whole=True), right.times, span=span
            )
    return Adjacency(left, right, *window, span=span)


def _split(
    operands: list[_Operand], operators: list[Token], name: str
) -> Iterator[tuple[list[_Operand], list[Token]]]:
    """The stretches between the operators of one name."""
    begin = 0
    for at, operator in enumerate(operators):
        if operator.text.lower() == name:
            yield operands[begin : at + 1], operators[begin:at]
            begin = at + 1
    yield operands[begin:], operators[begin:]


def _combines_lines(found: Sequence[Token]) -> bool:
    """True where an entry consists of numbers and operators: then every number is a line's."""
    kinds = {token.kind for token in found}
    return kinds <= {Kind.WORD, Kind.OPERATOR, Kind.OPEN, Kind.CLOSE, Kind.LINES} and all(
        _LINE_NUMBER.fullmatch(token.text) for token in found if token.kind is Kind.WORD
    )


def _phrases(items: Sequence[Node]) -> list[Node]:
    """Neighbouring words brought together."""
    joined: list[Node] = []
    run: list[Word] = []
    for item in items:
        if isinstance(item, Word):
            run.append(item)
            continue
        joined += [_phrase(run)] if run else []
        run = []
        joined.append(item)
    return joined + ([_phrase(run)] if run else [])


def _phrase(words: Sequence[Word]) -> Node:
    return words[0] if len(words) == 1 else Phrase(tuple(words), span=around(words))
