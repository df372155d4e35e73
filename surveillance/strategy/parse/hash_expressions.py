"""Tokens → tree for the dialects that name their lines `#n`: the Cochrane Library and INAHTA.

Words and terms side by side are ANDed (ovid-semantics 8). Precedence: parentheses; NEAR and NEXT,
left to right; side by side; AND; NOT; OR. Cochrane's help states none between AND, NOT and OR; this
is the order in which a line finds most, so that nothing is lost by it (`a not b and c` is
`a not (b and c)`), and the lint asks for parentheses.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from surveillance.strategy.nodes import (
    ANY,
    Adjacency,
    And,
    Fielded,
    Heading,
    LineRange,
    LineReference,
    Missing,
    Node,
    Not,
    Or,
    Phrase,
    Span,
    Wildcard,
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
from surveillance.strategy.parse.hash_references import LONGEST_NUMBER, Lines
from surveillance.strategy.parse.lines import Entry
from surveillance.strategy.parse.source import SourceText
from surveillance.strategy.parse.tokens import Kind, Token, plain
from surveillance.strategy.parse.trees import around, depth

AN_OPERAND = "an operand"
SIDE_BY_SIDE = ""
DEFAULT_NEAR = 6
WIDEST = 98
LONGEST_SHOWN = 60

_PROXIMITY = re.compile(r"(near|next|adj)(?:\s?/?\s?(\d{1,9}))?", re.IGNORECASE)
WORD = re.compile(r"[*?$]*[^\W_]+(?:[*?$]+[^\W_]*)*")
"""A word with its wildcards, at either end or inside; the text that it is found in is `plain`."""
_PART = re.compile(r"(?P<any>[*$]+)|(?P<optional>\?)|(?P<letters>[^\W_]+)")
# No or one character: the wider of two readings (ovid-semantics 8: UCL, Ulster).
AT_MOST_ONE = Wildcard(0, 1)
_NO_TERMS = (LineReference, LineRange, Heading)


def word(text: str) -> Word:
    """One word as typed: `nerve*`, `colo?r`, `*depress*`."""
    parts: list[str | Wildcard] = []
    for match in _PART.finditer(text):
        if match["letters"]:
            parts.append(match["letters"])
        else:
            parts.append(ANY if match["any"] else AT_MOST_ONE)
    return Word(tuple(parts))


@dataclass(frozen=True, slots=True)
class Run:
    """Terms side by side, and where each of them begins in the text."""

    terms: list[Node]
    begins: list[int]


class Expression:
    """One entry's tokens, read from left to right; what a dialect has of its own is overridden."""

    def __init__(self, entry: Entry, source: SourceText, lines: Lines, findings: Findings) -> None:
        self.source = source
        self.text = plain(source.text)
        self.lines = lines
        self.findings = findings
        self._number = entry.number
        self._where = entry.span
        self._tokens: list[Token] = []
        self._position = 0

    # -- what dialects have of their own -----------------------------------------------------

    def tokens(self) -> Iterable[Token]:
        """The tokens of the text."""
        raise NotImplementedError

    def heading(self, token: Token) -> Node:
        """What a token of kind HEADING says."""
        raise NotImplementedError

    def fielded(self, run: Run, token: Token) -> list[Node]:
        """The terms side by side before a field, with the field on those that it is for."""
        raise NotImplementedError

    # -- the whole entry ---------------------------------------------------------------------

    def tree(self) -> Node | None:
        """The tree; None, and an error, where nothing of the entry can be understood."""
        if len(self.source.text) > LONGEST_ENTRY:
            self._refuse(
                "too-long",
                f"Line {self._number} has {len(self.source.text):,} characters, more than the "
                f"{LONGEST_ENTRY:,} that are read.",
                "Split it over several lines.",
            )
            return None
        found = list(self.tokens())
        if not any(token.kind in _SAYS_SOMETHING for token in found):
            self._refuse(
                "nothing-to-read",
                f"Line {self._number} holds no term, heading or line number.",
                "Complete the line or take it out.",
            )
            return None
        try:
            return self._tree(found)
        except TooDeep as fault:
            self.findings.error(
                "too-deep",
                self.source.span(fault.start, fault.end),
                f"Line {self._number} nests deeper than any published strategy; it is not read.",
                "Split it over several lines.",
            )
            return None

    def _tree(self, found: Sequence[Token]) -> Node:
        repaired = balanced(found, self.source, self.findings)
        self._report_open_quotation(found)
        self._tokens = [token for token in repaired if token.kind is not Kind.OTHER]
        if self._refers_by_number():
            self._tokens = [_as_reference(token) for token in self._tokens]
            self._report_bare_numbers()
        tree = self._expression()
        if depth(tree) > DEEPEST_TREE:
            raise TooDeep(0, len(self.text))
        return tree

    def _refuse(self, code: str, message: str, hint: str) -> None:
        self.findings.error(code, self._where, message, hint)

    # -- operators ---------------------------------------------------------------------------

    def _expression(self) -> Node:
        """Operands and operators up to a closing parenthesis or the end."""
        operands: list[Node] = []
        begins: list[int] = []
        operators: list[str | Token] = []
        run = 0  # where the terms side by side begin that the next field may be for
        while True:
            begins.append(self._here().start)
            operands.append(self._operand())
            while self._next_is(Kind.FIELD):
                operands[run:] = self.fielded(Run(operands[run:], begins[run:]), self._advance())
                del operators[len(operands) - 1 :], begins[len(operands) :]
                run = len(operands) - 1
            if self._at_end():
                return self._or(operands, operators)
            if self._next_is(Kind.OPERATOR):
                operators.append(self._operator())
                run = len(operands)
            else:
                operators.append(SIDE_BY_SIDE)

    def _operator(self) -> Token:
        token = self._advance()
        if _named(token) == "not" and len(token.text) > len("not"):
            self.findings.warning(
                "and-not",
                self.span(token),
                "AND NOT is read as NOT.",
                "Write NOT alone: it leaves out what stands behind it.",
            )
        return token

    def _or(self, operands: list[Node], operators: list[str | Token]) -> Node:
        found = [self._not(*part) for part in _split(operands, operators, "or")]
        return found[0] if len(found) == 1 else Or(tuple(found), span=around(found))

    def _not(self, operands: list[Node], operators: list[str | Token]) -> Node:
        first, *others = [self._and(*part) for part in _split(operands, operators, "not")]
        self._limit(len(others))
        for other in others:
            first = Not(first, other, span=first.span.to(other.span))
        return first

    def _and(self, operands: list[Node], operators: list[str | Token]) -> Node:
        found = [self.beside(*part) for part in _split(operands, operators, "and")]
        return found[0] if len(found) == 1 else And(tuple(found), span=around(found))

    def beside(self, operands: list[Node], operators: list[str | Token]) -> Node:
        """Terms side by side, which are ANDed, each a chain of NEAR and NEXT."""
        found = [self._adjacency(*part) for part in _split(operands, operators, SIDE_BY_SIDE)]
        if len(found) == 1:
            return found[0]
        span = around(found)
        if any(isinstance(node, _NO_TERMS) for node in found):
            self.findings.warning(
                "missing-operator",
                span,
                "No operator stands between these parts; the host reads that as AND.",
                "Put AND, OR or NOT between them.",
            )
        return And(tuple(found), implied=True, span=span)

    def _adjacency(self, operands: list[Node], operators: list[str | Token]) -> Node:
        left, *others = operands
        self._limit(len(others))
        for operator, right in zip(operators, others, strict=True):
            between, ordered = self._window(operator)
            left = Adjacency(left, right, between, ordered, span=left.span.to(right.span))
        return left

    def _window(self, operator: str | Token) -> tuple[int, bool]:
        """NEAR is NEAR/6; NEXT is next to each other, in order (ovid-semantics 8).

        Whether NEAR/n counts the words between or the steps from word to word is not said; the
        tree takes the wider reading, n words between, for NEXT/n too (decision 0010).
        """
        assert isinstance(operator, Token)  # noqa: S101 — side by side was split off before
        match = _PROXIMITY.fullmatch(operator.text)
        assert match is not None  # noqa: S101 — the only operators left
        if match[1].lower() == "adj":
            self._report_foreign(operator)
        ordered = match[1].lower() == "next" or operator.text.lower() == "adj"
        if match[2] is None:
            return (0, True) if ordered else (DEFAULT_NEAR, False)
        width = int(match[2])
        if width > WIDEST:
            self.findings.error(
                "adjacency-range",
                self.span(operator),
                f"{operator.text.upper()} is wider than is read: {WIDEST} words at most.",
                f"It is read as {match[1].upper()}/{WIDEST}.",
            )
        return min(width, WIDEST), ordered

    def _report_foreign(self, operator: Token) -> None:
        """ADJn belongs to Ovid and to the Cochrane Register of Studies."""
        self.findings.warning(
            "foreign-operator",
            self.span(operator),
            f"{operator.text.upper()} is Ovid's; it is read as NEAR with the same number, without "
            "a number as NEXT.",
            "Write NEAR/3, or NEXT for words next to each other in order.",
        )

    def _limit(self, links: int) -> None:
        if links > LONGEST_CHAIN:
            raise TooDeep(self._here().start, self._here().end)

    # -- operands ----------------------------------------------------------------------------

    def _operand(self) -> Node:
        if self._at_end() or self._next_is(Kind.OPERATOR):
            return self._missing_operand()
        token = self._advance()
        match token.kind:
            case Kind.OPEN:
                return self._group(token)
            case Kind.REFERENCE:
                return self.lines.one(int(token.text.lstrip("# ")), self.span(token))
            case Kind.LINES:
                return self.lines.several(token.text, self.span(token))
            case Kind.HEADING:
                return self.heading(token)
            case Kind.QUOTED:
                return self._quoted(token)
            case Kind.FIELD:
                return self._stray(token)
        return self._compound(token)

    def _group(self, opening: Token) -> Node:
        inner = self._expression()
        closing = self._advance()  # there, because the parentheses are balanced
        return inner.at(self.source.span(opening.start, max(closing.end, opening.start)))

    def _quoted(self, token: Token) -> Node:
        """A phrase in quotation marks: Cochrane takes no wildcards in it (ovid-semantics 8)."""
        words = self.words(token)
        if not words:
            return self._missing_operand(token)
        if len(words) > 1 and any(len(each.parts) > 1 for each in words):
            self.findings.warning(
                "wildcard-in-phrase",
                self.span(token),
                f"{token.text[:LONGEST_SHOWN]} has a wildcard inside quotation marks, where the "
                "host may not take it; it is read as truncation all the same.",
                "Combine the words with NEXT, or with AND where there is no NEXT.",
            )
        return self._phrase(words, token, quoted=True)

    def _compound(self, token: Token) -> Node:
        """A word, or several joined by a hyphen or an apostrophe: `re-rout*`, `Crohn's`.

        The host takes such characters as letters (Ulster); records are searched in words without
        them, so that the parts stand next to each other in order.
        """
        if "$" in token.text:
            self.findings.warning(
                "foreign-wildcard",
                self.span(token),
                f"“{token.text[:LONGEST_SHOWN]}” is truncated as in Ovid; it is read as “*”.",
                "Write * for truncation.",
            )
        return self._phrase(self.words(token), token, quoted=False)

    def words(self, token: Token) -> tuple[Word, ...]:
        """The words of a token, each at its place."""
        return tuple(
            word(match[0]).at(
                self.source.span(token.start + match.start(), token.start + match.end())
            )
            for match in WORD.finditer(token.text)
        )

    def _phrase(self, words: tuple[Word, ...], token: Token, *, quoted: bool) -> Node:
        return words[0] if len(words) == 1 else Phrase(words, quoted, span=self.span(token))

    # -- lines named by bare numbers ---------------------------------------------------------

    def _refers_by_number(self) -> bool:
        """True for `1 or 2`: nothing but operators and numbers of lines that stand before."""
        bare = [token for token in self._tokens if token.kind is Kind.WORD]
        return (
            bool(bare)
            and {token.kind for token in self._tokens} <= _IN_COMBINATION
            and any(token.kind is Kind.OPERATOR for token in self._tokens)
            and all(self._may_be_line(token) for token in bare)
        )

    def _may_be_line(self, token: Token) -> bool:
        return (
            token.text.isdecimal()
            and len(token.text) < LONGEST_NUMBER
            and 1 <= int(token.text) < self.lines.number
        )

    def _report_bare_numbers(self) -> None:
        self.findings.warning(
            "reference-without-hash",
            self.source.span(0, len(self.source.text)),
            f"Line {self._number} names lines without “#”; the numbers are read as lines.",
            "Write #4 for line 4: a bare number is a term.",
        )

    # -- faults ------------------------------------------------------------------------------

    def _report_open_quotation(self, found: Sequence[Token]) -> None:
        for token in found:
            if token.kind is Kind.OTHER and token.text == '"':
                self.findings.warning(
                    "unclosed-quotation",
                    self.span(token),
                    "A quotation mark has no other one; the words behind it are read as if it were "
                    "not there, each for itself.",
                    "Put quotation marks around the phrase.",
                )

    def _missing_operand(self, at: Token | None = None) -> Missing:
        span = self.span(at or self._here())
        self.findings.error(
            "missing-operand",
            span,
            "A term, a heading or a line number should stand here.",
            "Complete the line or take the operator out.",
        )
        return Missing(AN_OPERAND, span=span)

    def _stray(self, token: Token) -> Missing:
        span = self.span(token)
        self.findings.error(
            "misplaced",
            span,
            f"“{token.text.strip()}” has nothing before it that it could belong to.",
            "Put it behind a term.",
        )
        return Missing(token.text.strip(), span=span)

    # -- tokens ------------------------------------------------------------------------------

    def span(self, token: Token) -> Span:
        """Where a token stands in the file."""
        return self.source.span(token.start, token.end)

    def _at_end(self) -> bool:
        return self._position >= len(self._tokens) or self._next_is(Kind.CLOSE)

    def _next_is(self, kind: Kind) -> bool:
        return self._position < len(self._tokens) and self._tokens[self._position].kind is kind

    def _here(self) -> Token:
        """The token at the position, or the last one at the end of the line."""
        return self._tokens[min(self._position, len(self._tokens) - 1)]

    def _advance(self) -> Token:
        token = self._tokens[self._position]
        self._position += 1
        return token


_SAYS_SOMETHING = frozenset({Kind.WORD, Kind.QUOTED, Kind.LINES, Kind.REFERENCE, Kind.HEADING})
_IN_COMBINATION = frozenset(
    {Kind.WORD, Kind.OPERATOR, Kind.OPEN, Kind.CLOSE, Kind.REFERENCE, Kind.LINES}
)


def suffixed(operand: Node, codes: Iterable[str], span: Span) -> Fielded:
    """An operand with a field behind it, each code once."""
    return Fielded(operand, tuple(dict.fromkeys(codes)), span=operand.span.to(span))


def _as_reference(token: Token) -> Token:
    if token.kind is not Kind.WORD:
        return token
    return Token(Kind.REFERENCE, f"#{token.text}", token.start, token.end)


def _named(operator: str | Token) -> str:
    """`or`, `and`, `not`, `near/4` or, for terms side by side, nothing."""
    name = operator if isinstance(operator, str) else operator.text.lower()
    return "not" if name.startswith("and") and name.endswith("not") else name


def _split(
    operands: list[Node], operators: list[str | Token], name: str
) -> Iterator[tuple[list[Node], list[str | Token]]]:
    """The stretches between the operators of one name."""
    begin = 0
    for at, operator in enumerate(operators):
        if _named(operator) == name:
            yield operands[begin : at + 1], operators[begin:at]
            begin = at + 1
    yield operands[begin:], operators[begin:]
