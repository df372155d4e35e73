"""Ovid's syntax → tree, by recursive descent; a fault becomes a diagnostic, never an exception.

Precedence (ovid-semantics 2): parentheses; juxtaposition; ADJ and ADJn, left to right; AND; NOT;
OR.
What has no reading yet, and what the source lacks, becomes a `Missing` node with an error.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence

from surveillance.strategy.nodes import (
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
    Span,
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
from surveillance.strategy.parse.source import SourceText
from surveillance.strategy.parse.tokens import Kind, Token, plain, tokens
from surveillance.strategy.parse.words import WORD, begins_with_wildcard, word

AN_OPERAND = "an operand"
WIDEST_ADJACENCY = 99
WIDEST_RANGE = 1_000

# Commands of Ovid that are no terms (ovid-semantics 1); they come with a later version.
_COMMAND = re.compile(
    r"""\s*(?: limit\s+\d | remove\s+duplicates\s+from\b | from\s+\d+\s+keep\b | \.\.\s?\w
      | \d+\s+use\s+\w+\s*$ )""",
    re.VERBOSE | re.IGNORECASE,
)
_IN_NAME = frozenset({Kind.WORD, Kind.OTHER})


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
    text = plain(source.text)
    if _COMMAND.match(text):
        return _command(text, source, findings)
    try:
        found = list(tokens(text))
        if not any(token.kind in _SAYS_SOMETHING for token in found):
            _nothing(source, number, findings)
            return None
        parser = _Parser(balanced(found, source, findings), text, source, findings)
        return parser.tree(number, numbers)
    except TooDeep as fault:
        findings.error(
            "too-deep",
            source.span(fault.start, fault.end),
            f"Line {number} nests deeper than any published strategy; it is not read.",
            "Split it over several lines.",
        )
        return None


_SAYS_SOMETHING = frozenset({Kind.WORD, Kind.QUOTED, Kind.LINES})


def _command(text: str, source: SourceText, findings: Findings) -> Missing:
    span = source.span(0, len(text))
    findings.error(
        "not-read-yet",
        span,
        f"The command “{text.strip()}” is not read yet; what it finds is unknown.",
        "Name the line before it as the result line, or write the limit as a search line.",
    )
    return Missing(text.strip(), span=span)


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


class _Parser:
    """Reads the tokens of one entry from left to right."""

    def __init__(
        self, found: Sequence[Token], text: str, source: SourceText, findings: Findings
    ) -> None:
        self._tokens = found
        self._text = text
        self._source = source
        self._findings = findings
        self._position = 0
        self._run_end = 0
        self._number = 0
        self._numbers: Collection[int] = ()
        self._combines = _combines_lines(found)

    def tree(self, number: int, numbers: Collection[int]) -> Node:
        """The whole entry."""
        self._number, self._numbers = number, numbers
        tree = self._expression()
        if _depth(tree) > DEEPEST_TREE:
            raise TooDeep(0, len(self._text))
        return tree

    # -- operators ---------------------------------------------------------------------------

    def _expression(self) -> Node:
        """Operands and operators up to a closing parenthesis or the end."""
        operands = [self._sequence()]
        operators: list[Token] = []
        while self._next_is(Kind.OPERATOR):
            operators.append(self._advance())
            operands.append(self._sequence())
        return self._or(operands, operators)

    def _or(self, operands: list[Node], operators: list[Token]) -> Node:
        found = [self._not(*part) for part in _split(operands, operators, "or")]
        return found[0] if len(found) == 1 else Or(tuple(found), span=_around(found))

    def _not(self, operands: list[Node], operators: list[Token]) -> Node:
        first, *others = [self._and(*part) for part in _split(operands, operators, "not")]
        self._limit(len(others))
        for other in others:
            first = Not(first, other, span=first.span.to(other.span))
        return first

    def _and(self, operands: list[Node], operators: list[Token]) -> Node:
        found = [self._adjacency(*part) for part in _split(operands, operators, "and")]
        return found[0] if len(found) == 1 else And(tuple(found), span=_around(found))

    def _adjacency(self, operands: list[Node], operators: list[Token]) -> Node:
        left, *others = operands
        self._limit(len(others))
        for operator, right in zip(operators, others, strict=True):
            between, ordered = self._window(operator)
            left = Adjacency(left, right, between, ordered, span=left.span.to(right.span))
        return left

    def _limit(self, links: int) -> None:
        if links > LONGEST_CHAIN:
            raise TooDeep(self._here().start, self._here().end)

    def _window(self, operator: Token) -> tuple[int, bool]:
        """ADJ: neighbours in order; ADJn: at most n−1 words between (ovid-semantics 2, OT)."""
        digits = operator.text[3:]
        if not digits:
            return 0, True
        width = int(digits[:4])
        if not 1 <= width <= WIDEST_ADJACENCY:
            self._findings.error(
                "adjacency-range",
                self._span(operator),
                f"{operator.text.upper()} does not exist: ADJ1 to ADJ99 do.",
                "It is read as the nearest that exists.",
            )
        return min(max(width, 1), WIDEST_ADJACENCY) - 1, False

    # -- operands ----------------------------------------------------------------------------

    def _sequence(self) -> Node:
        """Juxtaposed words and groups: an implied ADJ (ovid-semantics 2), with a suffix on all."""
        begin = self._position
        items: list[Node] = []
        while self._begins_operand():
            if self._peek().kind is Kind.OTHER:
                self._position += 1
                continue
            items.append(self._operand())
            while items and self._next_is(Kind.FIELD):
                items = [self._fielded(self._juxtaposed(items, begin))]
        if not items:
            return self._missing_operand()
        return self._juxtaposed(items, begin)

    def _begins_operand(self) -> bool:
        return self._position < len(self._tokens) and self._peek().kind not in _ENDS_SEQUENCE

    def _operand(self) -> Node:
        token = self._peek()
        match token.kind:
            case Kind.OPEN:
                return self._group()
            case Kind.LINES:
                return self._lines(self._advance())
            case Kind.EXPLODE:
                return self._exploded(self._advance())
            case Kind.QUOTED:
                return self._quoted()
            case Kind.WORD:
                return self._heading_or_words()
            case Kind.FREQUENCY:
                return self._not_read(token)
        return self._stray(self._advance())

    def _group(self) -> Node:
        opening = self._advance()
        inner = self._expression()
        closing = self._advance()  # there, because the parentheses are balanced
        span = self._source.span(opening.start, max(closing.end, opening.start))
        return inner.at(span)

    def _fielded(self, operand: Node) -> Node:
        token = self._advance()
        codes = tuple(dict.fromkeys(re.findall(r"[a-z]{2}", token.text.lower())))
        return Fielded(operand, codes, span=operand.span.to(self._span(token)))

    def _juxtaposed(self, items: list[Node], begin: int) -> Node:
        """Words one after another are a phrase; a group among them stands in order beside them."""
        if len(items) == 1:
            return items[0]
        if any(isinstance(item, _NOT_BESIDE) for item in items):
            return self._missing_operator(items, begin)
        self._limit(len(items) if any(not isinstance(i, Word) for i in items) else 0)
        left, *others = _phrases(items)
        for right in others:
            left = Adjacency(left, right, 0, ordered=True, span=left.span.to(right.span))
        return left

    # -- words and headings ------------------------------------------------------------------

    def _heading_or_words(self) -> Node:
        end = self._heading_end()
        if end is not None:
            return self._heading(end, explode=False, focus=False)
        token = self._advance()
        if self._is_reference(token):
            return self._reference(token)
        return self._word(token.text, token.start)

    def _heading_end(self) -> int | None:
        """The position of the slash that makes a heading of the words from here, or None.

        The name may hold commas, hyphens and one group of words in parentheses:
        `Amputation, Surgical/`, `power (psychology)/`.
        """
        if self._position < self._run_end:
            return None  # the words from the beginning of this run make no heading
        position = self._position
        while self._kind_at(position) in _IN_NAME:
            position += 1
        self._run_end = position
        if position > self._position and self._kind_at(position) is Kind.OPEN:
            position += 1
            while self._kind_at(position) in _IN_NAME:
                position += 1
            if self._kind_at(position) is not Kind.CLOSE:
                return None
            position += 1
        return position if self._kind_at(position) is Kind.SLASH else None

    def _exploded(self, opening: Token) -> Node:
        """`exp` needs a heading, so that an AND before its slash belongs to the heading's name."""
        position = self._position
        while self._kind_at(position) in _IN_EXPLODED_NAME:
            position += 1
        focus = "*" in opening.text
        if self._kind_at(position) is Kind.SLASH:
            return self._heading(position, explode=True, focus=focus, opening=opening)
        return self._without_slash(opening, focus=focus)

    def _without_slash(self, opening: Token, *, focus: bool) -> Node:
        begin = self._position
        while self._kind_at(self._position) in _IN_NAME | {Kind.QUOTED}:
            self._position += 1
        if begin == self._position:
            return self._missing_operand()
        name = self._name(begin, self._position)
        span = self._source.span(opening.start, self._tokens[self._position - 1].end)
        self._findings.error(
            "heading-without-slash",
            span,
            f"“{opening.text.strip()} {name}” has no slash; it is read as the heading “{name}”.",
            "End a heading with a slash.",
        )
        return Heading(name, explode=True, focus=focus, span=span)

    def _heading(
        self, end: int, *, explode: bool, focus: bool, opening: Token | None = None
    ) -> Node:
        first = self._tokens[self._position]
        slash = self._tokens[end]
        name = self._name(self._position, end)
        focus = focus or first.text.startswith("*")
        span = self._source.span((opening or first).start, slash.end)
        quoted = first.kind is Kind.QUOTED
        self._position = end + 1
        if not quoted and re.search(r"[*$?#:]", name):
            return self._truncated_heading(name, span)
        if not name:
            return self._missing_operand()
        codes = re.findall(r"[a-z]{2}", slash.text.lower())
        return Heading(name, explode, focus, tuple(dict.fromkeys(codes)), span=span)

    def _name(self, begin: int, end: int) -> str:
        """A heading's name as it stands in the text, without focus, quotation marks and excess."""
        raw = self._text[self._tokens[begin].start : self._tokens[end - 1].end]
        return " ".join(raw.strip().lstrip("*").replace('"', " ").replace("\\", " ").split())

    def _truncated_heading(self, name: str, span: Span) -> Missing:
        self._findings.error(
            "truncated-heading",
            span,
            f"“{name}/” is no heading: a heading has no truncation; what it finds is unknown.",
            "Write the heading out, or search the word with a field suffix.",
        )
        return Missing(f"{name}/", span=span)

    def _quoted(self) -> Node:
        if self._kind_at(self._position + 1) is Kind.SLASH:
            return self._heading(self._position + 1, explode=False, focus=False)
        token = self._advance()
        words = tuple(
            self._word(match[0], token.start + match.start()) for match in WORD.finditer(token.text)
        )
        if not words:
            return self._missing_operand(token)
        span = self._span(token)
        return words[0] if len(words) == 1 else Phrase(words, quoted=True, span=span)

    def _word(self, text: str, start: int) -> Word:
        searched = word(text).at(self._source.span(start, start + len(text)))
        if begins_with_wildcard(searched):
            self._findings.warning(
                "leading-wildcard",
                searched.span,
                f"“{text}” begins with a wildcard, which Ovid does not take.",
                "Write the beginning of the word out.",
            )
        return searched

    # -- lines -------------------------------------------------------------------------------

    def _is_reference(self, token: Token) -> bool:
        """An integer that is a whole operand, and not above the lines so far (ovid-semantics 1)."""
        if not re.fullmatch(r"#?\d+", token.text) or len(token.text) > _LONGEST_NUMBER:
            return False
        before = self._position - 2
        beside = (self._kind_at(before), self._kind_at(self._position))
        if any(kind in _MAKES_A_TERM for kind in beside):
            return False
        return self._combines or token.text[0] == "#" or int(token.text) < self._number

    def _reference(self, token: Token) -> Node:
        return self._line(int(token.text.lstrip("#")), self._span(token))

    def _line(self, number: int, span: Span) -> Node:
        if 1 <= number < self._number and number in self._numbers:
            return LineReference(number, span=span)
        self._findings.error(
            "missing-line",
            span,
            f"Line {self._number} refers to line {number}, which does not stand before it.",
            "Correct the number or supply the line.",
        )
        return Missing(f"line {number}", span=span)

    def _lines(self, token: Token) -> Node:
        operator = Operator.OR if "or" in token.text.lower() else Operator.AND
        span = self._span(token)
        ranges = tuple(
            (int(first), int(last or first))
            for first, last in re.findall(r"(\d+)(?:\s*-\s*(\d+))?", token.text)
        )
        upward = all(1 <= first <= last for first, last in ranges)
        if not upward or sum(last - first for first, last in ranges) > WIDEST_RANGE:
            return self._unreadable_range(token, span)
        found = LineRange(operator, ranges, span=span)
        if all(1 <= n < self._number and n in self._numbers for n in found.numbers):
            return found
        return self._spelt_out(found, span)

    def _spelt_out(self, found: LineRange, span: Span) -> Node:
        """A range in which lines lack: each line by itself, those that lack as `Missing`."""
        lines = tuple(self._line(number, span) for number in found.numbers)
        if len(lines) == 1:
            return lines[0]
        return Or(lines, span=span) if found.operator is Operator.OR else And(lines, span=span)

    def _unreadable_range(self, token: Token, span: Span) -> Missing:
        self._findings.error(
            "line-range",
            span,
            f"“{token.text.strip()}” is not a range of lines.",
            "A range runs upwards, such as or/1-9.",
        )
        return Missing(token.text.strip(), span=span)

    # -- faults ------------------------------------------------------------------------------

    def _missing_operand(self, at: Token | None = None) -> Missing:
        span = self._span(at or self._here())
        self._findings.error(
            "missing-operand",
            span,
            "A term, a heading or a line number should stand here.",
            "Complete the line or take the operator out.",
        )
        return Missing(AN_OPERAND, span=span)

    def _missing_operator(self, items: list[Node], begin: int) -> Missing:
        first, last = self._tokens[begin], self._tokens[self._position - 1]
        span = items[0].span.to(items[-1].span)
        raw = " ".join(self._text[first.start : last.end].split())
        self._findings.error(
            "missing-operator",
            span,
            "An operator should stand between the parts of "
            f"“{raw if len(raw) <= _LONGEST_QUOTE else raw[:_LONGEST_QUOTE] + '…'}”; "
            "what they find together is unknown.",
            "Put AND, OR or NOT between them.",
        )
        return Missing(raw, span=span)

    def _not_read(self, token: Token) -> Missing:
        self._position += 1
        span = self._span(token)
        self._findings.error(
            "not-read-yet",
            span,
            f"The frequency “{token.text}” is not read yet; what it finds is unknown.",
            "Search the term without it.",
        )
        return Missing(token.text, span=span)

    def _stray(self, token: Token) -> Missing:
        span = self._span(token)
        self._findings.error(
            "misplaced",
            span,
            f"“{token.text.strip()}” has nothing before it that it could belong to.",
            "Put it behind a term or a heading.",
        )
        return Missing(token.text.strip(), span=span)

    # -- tokens ------------------------------------------------------------------------------

    def _kind_at(self, position: int) -> Kind | None:
        return self._tokens[position].kind if 0 <= position < len(self._tokens) else None

    def _next_is(self, kind: Kind) -> bool:
        return self._kind_at(self._position) is kind

    def _peek(self) -> Token:
        return self._tokens[self._position]

    def _here(self) -> Token:
        """The token at the position, or the last one at the end of the line."""
        return self._tokens[min(self._position, len(self._tokens) - 1)]

    def _advance(self) -> Token:
        token = self._tokens[self._position]
        self._position += 1
        return token

    def _span(self, token: Token) -> Span:
        return self._source.span(token.start, token.end)


_LONGEST_NUMBER = 5
_LONGEST_QUOTE = 60
_ENDS_SEQUENCE = frozenset({Kind.OPERATOR, Kind.CLOSE})
_MAKES_A_TERM = frozenset({Kind.WORD, Kind.QUOTED, Kind.FIELD, Kind.OTHER})
_IN_EXPLODED_NAME = frozenset(
    {Kind.WORD, Kind.OTHER, Kind.QUOTED, Kind.OPERATOR, Kind.OPEN, Kind.CLOSE}
)
_NOT_BESIDE = (Heading, LineReference, LineRange, Missing, Fielded, And, Not)


def _split(
    operands: list[Node], operators: list[Token], name: str
) -> Iterator[tuple[list[Node], list[Token]]]:
    """The stretches between the operators of one name."""
    begin = 0
    for at, operator in enumerate(operators):
        if operator.text.lower() == name:
            yield operands[begin : at + 1], operators[begin:at]
            begin = at + 1
    yield operands[begin:], operators[begin:]


def _depth(tree: Node) -> int:
    """The nodes on the longest way down, counted without recursion."""
    level: tuple[Node, ...] = (tree,)
    depth = 0
    while level and depth <= DEEPEST_TREE:
        depth += 1
        level = tuple(child for node in level for child in node.children)
    return depth


def _combines_lines(found: Sequence[Token]) -> bool:
    """True where an entry consists of numbers and operators: then every number is a line's."""
    kinds = {token.kind for token in found}
    return kinds <= {Kind.WORD, Kind.OPERATOR, Kind.OPEN, Kind.CLOSE, Kind.LINES} and all(
        re.fullmatch(r"#?\d+", token.text) for token in found if token.kind is Kind.WORD
    )


def _around(operands: Sequence[Node]) -> Span:
    return operands[0].span.to(operands[-1].span)


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
    return words[0] if len(words) == 1 else Phrase(tuple(words), span=_around(words))
