"""A place among the tokens of one Ovid entry, and the faults that can be found at it."""

from __future__ import annotations

from collections.abc import Sequence

from surveillance.strategy.nodes import Missing, Node, Span
from surveillance.strategy.parse.faults import Findings
from surveillance.strategy.parse.source import SourceText, shortened
from surveillance.strategy.parse.tokens import Kind, Token

AN_OPERAND = "an operand"


class Cursor:
    """Moves over tokens from left to right; the parentheses among them are balanced."""

    def __init__(
        self, found: Sequence[Token], text: str, source: SourceText, findings: Findings
    ) -> None:
        self.tokens = found
        self.text = text
        self.source = source
        self.findings = findings
        self.position = 0
        self._closings = _closings(found)

    def kind_at(self, position: int) -> Kind | None:
        """What the token at a position is; None: there is none."""
        return self.tokens[position].kind if 0 <= position < len(self.tokens) else None

    def next_is(self, kind: Kind) -> bool:
        """True where the next token is of this kind."""
        return self.kind_at(self.position) is kind

    def word_at(self, position: int) -> str:
        """The word at a position in lower case; empty where something else stands there."""
        is_word = self.kind_at(position) is Kind.WORD
        return self.tokens[position].text.lower() if is_word else ""

    def closing_of(self, position: int) -> int:
        """The position of the parenthesis that closes the one at `position`."""
        return self._closings[position]

    def peek(self) -> Token:
        """The next token."""
        return self.tokens[self.position]

    def here(self) -> Token:
        """The next token, or the last one at the end of the line."""
        return self.tokens[min(self.position, len(self.tokens) - 1)]

    def advance(self) -> Token:
        """The next token, passed."""
        token = self.tokens[self.position]
        self.position += 1
        return token

    def span(self, token: Token) -> Span:
        """Where a token stands in the file."""
        return self.source.span(token.start, token.end)

    def raw(self, begin: int, end: int) -> str:
        """The text from the token at `begin` to before that at `end`, single-spaced."""
        typed = self.text[self.tokens[begin].start : self.tokens[end - 1].end]
        return " ".join(typed.split())

    def missing_operand(self, at: Token | None = None) -> Missing:
        """An error, and what stands for the operand."""
        span = self.span(at or self.here())
        self.findings.error(
            "missing-operand",
            span,
            "A term, a heading or a line number should stand here.",
            "Complete the line or take the operator out.",
        )
        return Missing(AN_OPERAND, span=span)

    def missing_operator(self, items: list[Node], begin: int) -> Missing:
        """An error, and what stands for the parts from the token at `begin` to here."""
        span = items[0].span.to(items[-1].span)
        raw = self.raw(begin, self.position)
        self.findings.error(
            "missing-operator",
            span,
            "An operator should stand between the parts of "
            f"“{shortened(raw)}”; "
            "what they find together is unknown.",
            "Put AND, OR or NOT between them.",
        )
        return Missing(raw, span=span)

    def stray(self, token: Token) -> Missing:
        """An error for a token that belongs behind something else."""
        span = self.span(token)
        self.findings.error(
            "misplaced",
            span,
            f"“{token.text.strip()}” has nothing before it that it could belong to.",
            "Put it behind a term or a heading.",
        )
        return Missing(token.text.strip(), span=span)


def _closings(found: Sequence[Token]) -> dict[int, int]:
    """Position of the closing parenthesis by that of its opening one."""
    opened: list[int] = []
    pairs: dict[int, int] = {}
    for position, token in enumerate(found):
        if token.kind is Kind.OPEN:
            opened.append(position)
        elif token.kind is Kind.CLOSE and opened:
            pairs[opened.pop()] = position
    return pairs
