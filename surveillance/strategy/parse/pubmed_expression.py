"""PubMed's syntax → tree, by recursive descent; a fault becomes a diagnostic, never an exception.

Booleans run from left to right, whatever they are, and terms side by side are ANDed (NLM, PubMed
User Guide; ovid-semantics 11.1). The guide writes Booleans in capitals; `and`, `or`, `not` between
two terms are read as Booleans too, with a warning. NLM's instructors saw PubMed do so "in some
situations" (NNLM, PubMed Particulars, 2007), and PubMed's other reading, a stop word between ANDed
terms, is nobody's intention. Within the name of a heading they are words (`wit and humor[mh]`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from surveillance.strategy.nodes import (
    And,
    LineReference,
    Missing,
    Node,
    Not,
    Or,
    Span,
)
from surveillance.strategy.parse.faults import (
    DEEPEST_NESTING,
    DEEPEST_TREE,
    LONGEST_ENTRY,
    Findings,
    TooDeep,
)
from surveillance.strategy.parse.pubmed_filters import limited, split_filters
from surveillance.strategy.parse.pubmed_tags import DATES, NAMES, Tag, read_tag
from surveillance.strategy.parse.pubmed_terms import Term, TermReader
from surveillance.strategy.parse.pubmed_tokens import Kind, Token, tokens
from surveillance.strategy.parse.source import SourceText
from surveillance.strategy.parse.tokens import plain

AN_OPERAND = "an operand"
WIDEST_RANGE = 1_000
_SYMBOLS = {"&": "AND", "|": "OR"}


def parse_entry(
    source: SourceText, number: int, lines: Mapping[str, int], findings: Findings
) -> Node | None:
    """The tree of one entry; None, and an error, where nothing of it can be understood.

    `number` is the entry's own; `lines` gives the number of every entry by the label that the
    text calls it (`3`, `2a`). A line refers to lines before it only.
    """
    if len(source.text) > LONGEST_ENTRY:
        _unreadable(
            "too-long",
            source,
            findings,
            f"Line {number} has {len(source.text):,} characters, more than the {LONGEST_ENTRY:,} "
            "that are read.",
        )
        return None
    text = plain(source.text)
    end, filters = split_filters(text)
    found = list(tokens(text[:end]))
    if not any(map(_says_something, found)):
        _unreadable(
            "nothing-to-read",
            source,
            findings,
            f"Line {number} holds no term, heading or line number.",
        )
        return None
    try:
        tree = _Parser(found, text, source, findings).tree(number, lines)
        return limited(tree, filters, source.span(end, len(text)))
    except TooDeep as fault:
        findings.error(
            "too-deep",
            source.span(fault.start, fault.end),
            f"Line {number} nests deeper than any published strategy; it is not read.",
            "Split it over several lines.",
        )
        return None


def _says_something(token: Token) -> bool:
    return token.kind in _SEARCHED and any(map(str.isalnum, token.text))


def _unreadable(code: str, source: SourceText, findings: Findings, message: str) -> None:
    span = source.span(0, len(source.text))
    findings.error(code, span, message, "Complete the line, split it or take it out.")


class _Parser:
    """Reads the tokens of one entry from left to right; recursion follows parentheses alone."""

    def __init__(
        self, found: Sequence[Token], text: str, source: SourceText, findings: Findings
    ) -> None:
        self._tokens = found
        self._text = text
        self._source = source
        self._findings = findings
        self._terms = TermReader(source, findings)
        self._position = 0
        self._depth = 0
        self._name_end, self._is_name = -1, False
        self._number = 0
        self._lines: Mapping[str, int] = {}

    def tree(self, number: int, lines: Mapping[str, int]) -> Node:
        """The whole entry."""
        self._number, self._lines = number, lines
        tree = self._chain()
        if _deeper_than(tree, DEEPEST_TREE):
            raise TooDeep(0, len(self._text))
        return tree

    # -- operators ---------------------------------------------------------------------------

    def _chain(self) -> Node:
        """Operands and operators up to a closing parenthesis or the end, left to right."""
        chain = _Chain()
        pending: Token | None = None
        while not self._at_end():
            if self._next_is(Kind.OPERATOR):
                pending = self._operator_after(pending, chain)
                continue
            operand = self._operand()
            if operand is not None:
                chain.add(operand, _name(pending))
                pending = None
        if pending is not None or chain.empty:
            chain.add(self._missing_operand(pending), _name(pending))
        return chain.tree()

    def _operator_after(self, pending: Token | None, chain: _Chain) -> Token:
        """The next operator; `pending` has no operand yet."""
        token = self._advance()
        if token.in_lower_case:
            self._lower_case(token)
        if pending is not None and _name(pending) == "AND" and _name(token) == "NOT":
            self._findings.warning(
                "and-not",
                self._source.span(pending.start, token.end),
                "“AND NOT” is “NOT” in PubMed, and read so.",
                "Write NOT.",
            )
        elif pending is not None or chain.empty:
            chain.add(self._missing_operand(token), _name(pending))
        return token

    def _at_end(self) -> bool:
        """At the end of a group; a closing parenthesis too many is passed over, as PubMed does."""
        while not self._depth and self._next_is(Kind.CLOSE):
            self._findings.warning(
                "unbalanced-parenthesis",
                self._span(self._advance()),
                "A closing parenthesis has no opening one; the line is read as if it began with "
                "“(”, which is what PubMed makes of it.",
                "Add “(” where the group begins.",
            )
        return self._position >= len(self._tokens) or self._next_is(Kind.CLOSE)

    # -- operands ----------------------------------------------------------------------------

    def _operand(self) -> Node | None:
        """The next operand; None where what stands here says nothing."""
        token = self._peek()
        match token.kind:
            case Kind.OPEN:
                return self._group()
            case Kind.TAG:
                return self._stray_tag(self._advance())
            case Kind.STRAY:
                self._stray_mark(self._advance())
                return None
            case Kind.LINES:
                return self._range(self._advance())
            case Kind.REFERENCE:
                self._advance()
                return self._line(token.text[1:], self._span(token))
        return self._label() or self._term()

    def _group(self) -> Node:
        opening = self._advance()
        self._depth += 1
        if self._depth > DEEPEST_NESTING:
            raise TooDeep(opening.start, opening.end)
        inner = self._chain()
        self._depth -= 1
        end = self._end_of_group(opening)
        if self._next_is(Kind.TAG):
            self._tag_on_group(self._advance())
        return inner.at(self._source.span(opening.start, end))

    def _end_of_group(self, opening: Token) -> int:
        if self._next_is(Kind.CLOSE):
            return self._advance().end
        self._findings.warning(
            "unbalanced-parenthesis",
            self._span(opening),
            "An opening parenthesis is never closed; the line is read as if “)” stood at its end.",
            "Add “)” where the group ends.",
        )
        return self._tokens[-1].end

    def _term(self) -> Node | None:
        """A quoted phrase or a run of words, with the tag behind it."""
        term = self._next_term()
        if self._next_is(Kind.STRAY) and self._kind_at(self._position + 1) is Kind.TAG:
            self._stray_mark(self._advance())
        if not self._next_is(Kind.TAG):
            return self._terms.untagged(term)
        token = self._advance()
        tag = read_tag(token.text)
        if tag is None:
            self._unknown_tag(token)
            return self._terms.untagged(term)
        if tag.code in DATES:
            return self._dated(term, tag, token)
        return self._terms.tagged(term, tag, token.text, token.end)

    def _next_term(self) -> Term:
        first = self._advance()
        if first.kind is Kind.QUOTED:
            inner = first.text[1:-1]
            start = first.start + 1 + len(inner) - len(inner.lstrip())
            return Term(inner.strip(), start, start + len(inner.strip()), quoted=True)
        self._position = self._end_of_run()
        last = self._tokens[self._position - 1]
        return Term(self._text[first.start : last.end], first.start, last.end, quoted=False)

    def _end_of_run(self) -> int:
        """Where the words end that belong together; in names, lower-case Booleans among them."""
        if self._position > self._name_end:
            self._find_end_of_name()
        if self._is_name:
            return self._name_end
        end = self._position
        while self._kind_at(end) is Kind.WORD:
            end += 1
        return end

    def _find_end_of_name(self) -> None:
        """Looks ahead once for a whole run of words, however many Booleans stand in it."""
        end = self._position
        while self._kind_at(end) is Kind.WORD or self._is_word_of_name(end):
            end += 1
        tag = read_tag(self._tokens[end].text) if self._kind_at(end) is Kind.TAG else None
        self._name_end, self._is_name = end, tag is not None and tag.code in NAMES

    def _is_word_of_name(self, position: int) -> bool:
        return (
            self._kind_at(position) is Kind.OPERATOR
            and self._tokens[position].in_lower_case
            and self._kind_at(position + 1) is Kind.WORD
        )

    def _dated(self, term: Term, tag: Tag, token: Token) -> Node | None:
        """A date, or a range of which both ends are tagged: `"2000"[dp] : "2020"[dp]`."""
        last = self._end_of_range(tag)
        if last is None:
            return self._terms.tagged(term, tag, token.text, token.end)
        joined = Term(f"{term.text}:{last.text}", term.start, last.end, quoted=False)
        return self._terms.tagged(joined, tag, token.text, self._tokens[self._position - 1].end)

    def _end_of_range(self, tag: Tag) -> Term | None:
        """The other end behind a colon, with its own tag of the same date."""
        if not self._next_is(Kind.WORD) or not self._peek().text.startswith(":"):
            return None
        colon = self._peek()
        alone = colon.text == ":"
        value = self._position + alone
        closing = value + 1
        if self._kind_at(value) not in (Kind.WORD, Kind.QUOTED):
            return None
        if self._kind_at(closing) is not Kind.TAG or read_tag(self._tokens[closing].text) != tag:
            return None
        self._position = closing + 1
        token = self._tokens[value]
        return Term(token.text.lstrip(":").strip(' "'), token.start, token.end, quoted=False)

    # -- lines -------------------------------------------------------------------------------

    def _label(self) -> Node | None:
        """A bare number or label that is a whole operand and that of a line before this one."""
        token = self._peek()
        beside = (self._kind_at(self._position - 1), self._kind_at(self._position + 1))
        if token.kind is not Kind.WORD or not all(kind in _AROUND_LABEL for kind in beside):
            return None
        number = self._lines.get(token.text.lower())
        if number is None or not number < self._number:
            return None
        self._findings.info(
            "line-without-hash",
            self._span(token),
            f"“{token.text}” is read as line {number}; in PubMed's own search box it needs “#”.",
        )
        return LineReference(number, span=self._span(self._advance()))

    def _line(self, label: str, span: Span) -> Node:
        number = self._lines.get(label.lstrip("0") or label)
        if number is not None and number < self._number:
            return LineReference(number, span=span)
        self._findings.error(
            "missing-line",
            span,
            f"Line {self._number} refers to line {label}, which does not stand before it.",
            "Correct the number or supply the line.",
        )
        return Missing(f"line {label}", span=span)

    def _range(self, token: Token) -> Node:
        """`or/1-9` is Ovid's: each line by itself, as PubMed needs it."""
        operator, _, rest = token.text.partition("/")
        span = self._span(token)
        ends = [
            (int(first), int(last or first))
            for first, last in re.findall(r"(\d+)(?:\s?-\s?#?(\d+))?", rest)
        ]
        width = sum(last - first + 1 for first, last in ends)
        if width > WIDEST_RANGE or any(first > last for first, last in ends):
            return self._unreadable_range(token, span)
        self._findings.warning(
            "range-in-pubmed",
            span,
            f"“{token.text}” is Ovid's: PubMed has no ranges of lines. Each is read by itself.",
            "Write the lines out: #1 OR #2.",
        )
        found = tuple(
            self._line(str(number), span)
            for first, last in ends
            for number in range(first, last + 1)
        )
        if len(found) == 1:
            return found[0]
        return Or(found, span=span) if operator.lower() == "or" else And(found, span=span)

    def _unreadable_range(self, token: Token, span: Span) -> Missing:
        self._findings.error(
            "line-range",
            span,
            f"“{token.text}” is not a range of lines.",
            "Write the lines out: #1 OR #2.",
        )
        return Missing(token.text, span=span)

    # -- faults ------------------------------------------------------------------------------

    def _missing_operand(self, at: Token | None) -> Missing:
        span = self._span(at or self._tokens[min(self._position, len(self._tokens) - 1)])
        self._findings.error(
            "missing-operand",
            span,
            "A term, a heading or a line number should stand here.",
            "Complete the line or take the operator out.",
        )
        return Missing(AN_OPERAND, span=span)

    def _lower_case(self, token: Token) -> None:
        self._findings.warning(
            "lower-case-operator",
            self._span(token),
            f"“{token.text}” is read as {token.text.upper()}; PubMed's guide has Booleans in "
            "capitals only.",
            f"Write {token.text.upper()}, or put the phrase that it belongs to in quotation marks.",
        )

    def _tag_on_group(self, token: Token) -> None:
        self._findings.error(
            "tag-on-group",
            self._span(token),
            f"The tag {token.text} stands behind a group; PubMed ignores it in silence and "
            "searches all fields, and so it is read.",
            "Put the tag behind each term of the group.",
        )

    def _unknown_tag(self, token: Token) -> None:
        self._findings.error(
            "unknown-tag",
            self._span(token),
            f"PubMed has no tag {token.text}; it ignores it in silence and searches all fields, "
            "and so it is read.",
            "Correct the tag.",
        )

    def _stray_tag(self, token: Token) -> Missing:
        span = self._span(token)
        self._findings.error(
            "misplaced",
            span,
            f"“{token.text}” has nothing before it that it could belong to.",
            "Put it behind a term or a heading.",
        )
        return Missing(token.text, span=span)

    def _stray_mark(self, token: Token) -> None:
        quote = token.text == '"'
        self._findings.warning(
            "unbalanced-quote" if quote else "unbalanced-bracket",
            self._span(token),
            f"A {'quotation mark' if quote else 'bracket'} has no partner; it is read as a space, "
            "as PubMed does.",
            "Add its partner or take it out.",
        )

    # -- tokens ------------------------------------------------------------------------------

    def _kind_at(self, position: int) -> Kind | None:
        return self._tokens[position].kind if 0 <= position < len(self._tokens) else None

    def _next_is(self, kind: Kind) -> bool:
        return self._kind_at(self._position) is kind

    def _peek(self) -> Token:
        return self._tokens[self._position]

    def _advance(self) -> Token:
        token = self._tokens[self._position]
        self._position += 1
        return token

    def _span(self, token: Token) -> Span:
        return self._source.span(token.start, token.end)


class _Chain:
    """What stands to the left so far, and the operator that it grew by."""

    def __init__(self) -> None:
        self._operands: list[Node] = []
        self._operator = ""

    @property
    def empty(self) -> bool:
        return not self._operands

    def add(self, operand: Node, operator: str) -> None:
        """One more operand; `operator` empty: side by side, which PubMed takes as AND."""
        if len(self._operands) > 1 and (operator != self._operator or operator == "NOT"):
            self._operands = [self.tree()]
        self._operands.append(operand)
        self._operator = operator

    def tree(self) -> Node:
        """All of it; there is an operand at least."""
        return _combined(self._operands, self._operator)


def _combined(operands: Sequence[Node], operator: str) -> Node:
    if len(operands) == 1:
        return operands[0]
    span = operands[0].span.to(operands[-1].span)
    if operator == "OR":
        return Or(tuple(operands), span=span)
    if operator == "NOT":
        return Not(operands[0], operands[1], span=span)
    return And(tuple(operands), implied=not operator, span=span)


def _name(token: Token | None) -> str:
    """AND, OR, NOT; empty where there is none."""
    return "" if token is None else _SYMBOLS.get(token.text, token.text.upper())


def _deeper_than(tree: Node, limit: int) -> bool:
    """Counted without recursion."""
    level: tuple[Node, ...] = (tree,)
    depth = 0
    while level and depth <= limit:
        depth += 1
        level = tuple(child for node in level for child in node.children)
    return depth > limit


_SEARCHED = frozenset({Kind.WORD, Kind.QUOTED, Kind.REFERENCE, Kind.LINES})
_AROUND_LABEL = frozenset({None, Kind.OPERATOR, Kind.OPEN, Kind.CLOSE})
