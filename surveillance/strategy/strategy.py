"""A parsed strategy: numbered lines, each with its tree, and what was found wrong on the way."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from surveillance.strategy.nodes import LineRange, LineReference, Node, Phrase, Span, Word


class Severity(StrEnum):
    """How much a finding matters: an error changes what is found, a warning may, info does not."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """Something found in the source text. `line` and columns are those of the file, from 1."""

    code: str
    severity: Severity
    line: int
    column: int
    end_column: int
    message: str
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """One numbered line.

    `count_raw` is the printed result count as it stands in the source, damaged or not; `count`
    is its value only where it reads as a number (`2,30` does not). `tree` is None only where
    nothing of the line could be understood; an error diagnostic then names it.
    """

    number: int
    text: str
    span: Span
    tree: Node | None
    count_raw: str | None = None
    count: int | None = None


@dataclass(frozen=True, slots=True)
class Strategy:
    """A strategy in one dialect, its lines in ascending order of number."""

    dialect: str
    lines: tuple[Line, ...]
    diagnostics: tuple[Diagnostic, ...] = ()

    def __post_init__(self) -> None:
        numbers = [line.number for line in self.lines]
        if numbers != sorted(set(numbers)):
            raise ValueError(f"line numbers must ascend without repetition: {numbers}")

    @property
    def result_line(self) -> int | None:
        """The number of the last line: the result set (ovid-semantics 1); None if there is none."""
        return self.lines[-1].number if self.lines else None

    def line(self, number: int) -> Line | None:
        """The line of that number, or None where the source lacks it."""
        return next((line for line in self.lines if line.number == number), None)

    @property
    def errors(self) -> tuple[Diagnostic, ...]:
        """The findings that change what is found."""
        return tuple(d for d in self.diagnostics if d.severity is Severity.ERROR)

    def reached_from(self, number: int) -> tuple[int, ...]:
        """The lines that line `number` rests on, itself last, each once, operands first."""
        seen: dict[int, None] = {}
        above: list[int] = []
        pending = [number]
        while pending:
            current = pending.pop()
            if above and current == above[-1]:
                seen[above.pop()] = None
                continue
            line = self.line(current)
            if line is None or line.tree is None or current in seen or current in above:
                continue
            above.append(current)
            pending += [current, *reversed(tuple(references(line.tree)))]
        return tuple(seen)


# Nothing below these is a line.
_WORDS = (Word, Phrase)


def references(tree: Node) -> Iterator[int]:
    """The numbers of the lines that a tree refers to, left to right."""
    pending = [tree]
    while pending:
        node = pending.pop()
        if isinstance(node, LineReference):
            yield node.number
        elif isinstance(node, LineRange):
            yield from node.numbers
        elif not isinstance(node, _WORDS):
            pending += reversed(node.children)


def content_hash(text: str) -> str:
    """A strategy's version: SHA-256 of its text with line ends as `\\n`."""
    return hashlib.sha256(text.replace("\r\n", "\n").encode()).hexdigest()
