"""Subject headings: `exp *Pain/dt, th`, `Amputation, Surgical/` (ovid-semantics 6)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from surveillance.strategy.nodes import Heading, Missing, Node, Span
from surveillance.strategy.parse.faults import Findings
from surveillance.strategy.parse.ovid_cursor import Cursor
from surveillance.strategy.parse.source import SourceText
from surveillance.strategy.parse.tokens import Kind, Token

_IN_NAME = frozenset({Kind.WORD, Kind.OTHER})
_IN_EXPLODED_NAME = _IN_NAME | {Kind.QUOTED, Kind.OPERATOR, Kind.OPEN}
_ENDS = frozenset({Kind.OPERATOR, Kind.CLOSE, None})


class Headings(Cursor):
    """Reads a heading where the cursor stands at one."""

    def __init__(
        self, found: Sequence[Token], text: str, source: SourceText, findings: Findings
    ) -> None:
        super().__init__(found, text, source, findings)
        self._run_end = 0

    def heading_end(self) -> int | None:
        """The position of the slash that makes a heading of the words from here, or None.

        The name may hold commas, hyphens and one group of words in parentheses:
        `Amputation, Surgical/`, `power (psychology)/`.
        """
        if self.position < self._run_end:
            return None  # the words from the beginning of this run make no heading
        position = self.position
        while self.kind_at(position) in _IN_NAME:
            position += 1
        self._run_end = position
        if position > self.position and self.kind_at(position) is Kind.OPEN:
            position += 1
            while self.kind_at(position) in _IN_NAME:
                position += 1
            if self.kind_at(position) is not Kind.CLOSE:
                return None
            position += 1
        if self.kind_at(position) is Kind.OPERATOR:
            position = self._end_of_inverted_heading(position)
        return position if self.kind_at(position) is Kind.SLASH else None

    def _end_of_inverted_heading(self, operator: int) -> int:
        """The slash of `Aged, 80 and over/`, a heading in which a comma stands before its AND.

        A search for words has no comma, so that this leaves one reading without quotation marks.
        """
        end = operator + 1
        while self.kind_at(end) in _IN_NAME:
            end += 1
        name = self.tokens[self.position : operator]
        inverted = any(token.text == "," for token in name) and end > operator + 1
        if not inverted or self.kind_at(end) is not Kind.SLASH:
            return operator
        self.findings.warning(
            "heading-without-quotes",
            self.source.span(name[0].start, self.tokens[end].end),
            f"“{self.raw(self.position, end)}/” is read as one heading.",
            "Put a heading that holds AND, OR or NOT in quotation marks.",
        )
        return end

    def exploded(self, opening: Token) -> Node:
        """`exp` needs a heading, so that an AND before its slash belongs to the heading's name."""
        position = self.position
        while self.kind_at(position) in _IN_EXPLODED_NAME:
            opens = self.kind_at(position) is Kind.OPEN
            position = self.closing_of(position) + 1 if opens else position + 1
        focus = "*" in opening.text
        if self.kind_at(position) is Kind.SLASH:
            return self.heading(position, explode=True, focus=focus, opening=opening)
        return self._without_slash(opening, focus=focus)

    def _without_slash(self, opening: Token, *, focus: bool) -> Node:
        begin = self.position
        while self.kind_at(self.position) in _IN_NAME | {Kind.QUOTED}:
            self.position += 1
        name = self._name(begin, self.position) if self.position > begin else ""
        if not name:
            return self.missing_operand()
        span = self.source.span(opening.start, self.tokens[self.position - 1].end)
        self.findings.warning(
            "heading-without-slash",
            span,
            f"“{opening.text.strip()} {name}” has no slash; it is read as the heading “{name}”.",
            "End a heading with a slash.",
        )
        return Heading(name, explode=True, focus=focus, span=span)

    def explodes_behind(self) -> bool:
        """True where `exp` ends an operand."""
        return self.word_at(self.position) == "exp" and self.kind_at(self.position + 1) in _ENDS

    def exploded_behind(self, heading: Heading) -> Heading:
        """`Contraception/ exp`: the word has come behind its heading."""
        token = self.advance()
        self.findings.warning(
            "exp-behind-heading",
            self.span(token),
            f"“{token.text}” stands behind the heading “{heading.name}”; it is read before it.",
            "Write exp before the heading.",
        )
        return replace(heading, explode=True, span=heading.span.to(self.span(token)))

    def heading(
        self, end: int, *, explode: bool, focus: bool, opening: Token | None = None
    ) -> Node:
        """The heading from here to the slash at `end`, with the subheadings that it carries."""
        first = self.tokens[self.position]
        slash = self.tokens[end]
        name = self._name(self.position, end)
        focus = focus or first.text.startswith("*")
        span = self.source.span((opening or first).start, slash.end)
        quoted = first.kind is Kind.QUOTED
        self.position = end + 1
        if not quoted and re.search(r"[*$?#:]", name):
            return self._truncated_heading(name, span)
        if not name:
            return self.missing_operand()
        codes = re.findall(r"[a-z]{2}", slash.text.lower())
        return Heading(name, explode, focus, tuple(dict.fromkeys(codes)), span=span)

    def _name(self, begin: int, end: int) -> str:
        """A heading's name as it stands in the text, without focus, quotation marks and excess."""
        raw = self.text[self.tokens[begin].start : self.tokens[end - 1].end]
        return " ".join(raw.strip().lstrip("*").replace('"', " ").replace("\\", " ").split())

    def _truncated_heading(self, name: str, span: Span) -> Missing:
        self.findings.error(
            "truncated-heading",
            span,
            f"“{name}/” is no heading: a heading has no truncation; what it finds is unknown.",
            "Write the heading out, or search the word with a field suffix.",
        )
        return Missing(f"{name}/", span=span)
