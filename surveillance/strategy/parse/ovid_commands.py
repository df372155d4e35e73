"""Ovid's commands: `limit 5 to …`, `remove duplicates from 5`, `from 5 keep 1-10`, `5 use ppez`.

They stand at the beginning of a line or of a group (ovid-semantics 1 and 7); `use` stands behind
what it holds for.
"""

from __future__ import annotations

import re
from abc import ABC, abstractmethod

from surveillance.strategy.limits import KNOWN_DATABASES
from surveillance.strategy.nodes import Deduplicated, Kept, Limit, Missing, Node, Span
from surveillance.strategy.parse.ovid_cursor import Cursor
from surveillance.strategy.parse.ovid_limits import condition
from surveillance.strategy.parse.ovid_references import LinesBefore, ranges_in
from surveillance.strategy.parse.tokens import Kind

_BESIDE_A_WORD = frozenset({Kind.WORD, Kind.QUOTED, Kind.FIELD, Kind.OTHER})
_ENDS_USE = frozenset({Kind.OPERATOR, Kind.CLOSE, None})


class Commands(Cursor, ABC):
    """Reads a command where the cursor stands at one."""

    lines: LinesBefore

    @abstractmethod
    def group(self) -> Node:
        """What stands in the parentheses that begin here."""

    def command(self) -> Node | None:
        """The command that begins here; None: there is none, and the cursor has not moved."""
        match self.word_at(self.position):
            case "limit":
                return self._limited()
            case "remove":
                return self._deduplicated()
            case "from":
                return self._kept()
        return None

    def _limited(self) -> Node | None:
        begin = self.position
        end = self._end_of_lines(begin + 1)
        if self.word_at(end) != "to":
            return None
        self.position += 1
        operand = self._operand_lines(end)
        self.position = end + 1
        limits = condition(self)
        return Limit(operand, limits, span=self._since(begin))

    def _deduplicated(self) -> Node | None:
        begin = self.position
        words = (self.word_at(begin + 1), self.word_at(begin + 2))
        end = self._end_of_lines(begin + 3)
        if words != ("duplicates", "from") or end == begin + 3:
            return None
        self.position += 3
        operand = self._operand_lines(end)
        return Deduplicated(operand, span=self._since(begin))

    def _kept(self) -> Node | None:
        begin = self.position
        end = self._end_of_lines(begin + 1)
        last = self._end_of_numbers(end + 1)
        if self.word_at(end) != "keep" or last == end + 1:
            return None
        self.position += 1
        operand = self._operand_lines(end)
        self.position = last
        ranges = ranges_in(self.raw(end + 1, last))
        span = self._since(begin)
        return self._unkept(begin) if ranges is None else Kept(operand, ranges, span=span)

    def _unkept(self, begin: int) -> Missing:
        raw, span = self.raw(begin, self.position), self._since(begin)
        self.findings.error(
            "keep-range",
            span,
            f"“{raw}” names no places in a list of records.",
            "Places run upwards, such as keep 1-10,12.",
        )
        return Missing(raw, span=span)

    def databases(self) -> tuple[str, ...]:
        """The codes of `use ppez, emez` where that stands here; empty: something else does."""
        end = self._end_of_use(self.position)
        codes = tuple(
            token.text.lower()
            for token in self.tokens[self.position + 1 : end]
            if token.kind is Kind.WORD
        )
        self.position = end
        return tuple(dict.fromkeys(codes))

    def uses(self, position: int) -> bool:
        """True where `use` and the code of a database stand at a position."""
        return self._end_of_use(position) > position

    def _end_of_use(self, begin: int) -> int:
        """Behind the last code; `begin` where this is a word of a phrase: `drug use disorder`."""
        if self.word_at(begin) != "use":
            return begin
        end = begin + 1
        alone = self.kind_at(begin - 2) not in _BESIDE_A_WORD
        is_number = alone and self.word_at(begin - 1).lstrip("#").isdigit()
        behind_number = is_number or self.kind_at(begin - 1) is Kind.LINES
        while self._is_database(end, behind_number):
            end += 1
            if self.kind_at(end) in _ENDS_USE:
                return end
            if self.tokens[end].text != ",":
                return begin
            end += 1
        return begin

    def _is_database(self, position: int, behind_number: bool) -> bool:
        """A code that is known, or any that could be one where a line stands before `use`."""
        code = self.word_at(position)
        unknown = behind_number and re.fullmatch(r"[a-z][a-z0-9]{2,11}", code)
        return code in KNOWN_DATABASES or bool(unknown)

    # -- the lines that a command is about -----------------------------------------------------

    def _end_of_lines(self, begin: int) -> int:
        """Behind a group, a range or a list of line numbers; `begin` where none stands there."""
        if self.kind_at(begin) is Kind.OPEN:
            return self.closing_of(begin) + 1
        if self.kind_at(begin) is Kind.LINES:
            return begin + 1
        return self._end_of_numbers(begin)

    def _end_of_numbers(self, begin: int) -> int:
        """Behind `1-10, 12`."""
        end = begin
        while re.fullmatch(r"#?\d{1,6}", self.word_at(end)):
            end += 1
            if self.kind_at(end) is not Kind.OTHER or self.tokens[end].text not in "-,":
                return end
            end += 1
        return max(end - 1, begin)

    def _operand_lines(self, end: int) -> Node:
        """The node of what stands from here to `end`; the cursor stands there then."""
        if self.next_is(Kind.OPEN):
            return self.group()
        begin = self.position
        self.position = end
        first, span = self.tokens[begin], self._since(begin)
        if end == begin + 1 and first.kind is Kind.WORD:
            return self.lines.line(int(first.text.lstrip("#")), span)
        raw = self.raw(begin, end).replace("#", "")
        return self.lines.combined(raw if first.kind is Kind.LINES else f"or/{raw}", span)

    def _since(self, begin: int) -> Span:
        return self.source.span(self.tokens[begin].start, self.tokens[self.position - 1].end)
