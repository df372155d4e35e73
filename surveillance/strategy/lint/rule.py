"""What a rule of the lint is: a function over a strategy, with what its page in the docs says."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from inspect import cleandoc
from typing import TypeAlias

from surveillance.strategy.mapping import Mapping
from surveillance.strategy.mesh import MeshTree
from surveillance.strategy.nodes import Span
from surveillance.strategy.searchable import Searchable
from surveillance.strategy.strategy import Diagnostic, Line, Severity, Strategy


class Press(StrEnum):
    """The elements of PRESS 2015 (McGowan et al., J Clin Epidemiol 2016;75:40-46)."""

    OPERATORS = "Boolean and proximity operators"
    HEADINGS = "Subject headings"
    TEXT_WORDS = "Text word searching"
    SPELLING = "Spelling, syntax and line numbers"
    LIMITS = "Limits and filters"


@dataclass(frozen=True, slots=True)
class Context:
    """What the rules know beside the strategy; what is not given silences the rules that need it.

    `vocabulary` are the words of some records, in order; `mapping` is the topic's table of what
    stands for the headings of Emtree.
    """

    mesh: MeshTree | None = None
    known_items: tuple[Searchable, ...] = ()
    vocabulary: Sequence[str] = field(default=(), repr=False)
    mapping: Mapping | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """A place in the strategy, what is the matter there, and what to do (empty: the rule's).

    `severity` is the rule's unless less is certain here.
    """

    span: Span
    message: str
    hint: str = ""
    severity: Severity | None = None


Check: TypeAlias = Callable[[Strategy, Context], Iterator[Finding]]


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule: `example` breaks it in `dialect`, `instead` does not; both are tested and printed.

    `needs` names what the context must hold (`mesh`, `known items`, `mapping`), else it is empty.
    """

    code: str
    severity: Severity
    press: Press
    hint: str
    example: str
    instead: str
    check: Check
    dialect: str = "ovid-medline"
    needs: str = ""

    @property
    def why(self) -> str:
        """What the rule finds, and why it matters: the docstring of its function."""
        return cleandoc(self.check.__doc__ or "")

    def diagnostics(self, strategy: Strategy, context: Context) -> Iterator[Diagnostic]:
        """What the rule finds in a strategy, in the order found."""
        for found in self.check(strategy, context):
            yield _diagnostic(self, found)


def rule(
    code: str,
    severity: Severity,
    press: Press,
    *,
    hint: str,
    example: str,
    instead: str,
    dialect: str = "ovid-medline",
    needs: str = "",
) -> Callable[[Check], Rule]:
    """Make a rule of a function."""

    def made(check: Check) -> Rule:
        return Rule(
            code, severity, press, hint, cleandoc(example), cleandoc(instead), check, dialect, needs
        )

    return made


def within(line: Line, start: int, end: int) -> Span:
    """Where characters of a line's text stand in the file; of a wrapped line: the whole line."""
    span = line.span
    if span.line != span.end_line:
        return span
    return Span(span.line, span.column + start, span.line, span.column + end)


def _diagnostic(rule: Rule, found: Finding) -> Diagnostic:
    span = found.span
    # A diagnostic has one line: what goes over several ends, for display, behind its start.
    end = span.end_column if span.end_line == span.line else 0
    return Diagnostic(
        rule.code,
        found.severity or rule.severity,
        span.line,
        span.column,
        max(end, span.column + 1),
        found.message,
        found.hint or rule.hint,
    )
