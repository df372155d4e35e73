"""The answer of the exact evaluation, in three values, and the error where there can be none."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from functools import reduce

from surveillance.strategy.nodes import Span


class Verdict(StrEnum):
    """Does the record match? *Cannot tell*: a field that decides is not there yet.

    `&`, `|` and `~` are those of Kleene's strong logic: the answer is certain as soon as it is the
    same whatever the missing field turns out to say.
    """

    MATCH = "match"
    NO_MATCH = "no match"
    CANNOT_TELL = "cannot tell"

    @classmethod
    def of(cls, holds: bool) -> Verdict:
        """The verdict where nothing is missing."""
        return cls.MATCH if holds else cls.NO_MATCH

    def __and__(self, other: Verdict) -> Verdict:
        if Verdict.NO_MATCH in (self, other):
            return Verdict.NO_MATCH
        return Verdict.CANNOT_TELL if Verdict.CANNOT_TELL in (self, other) else Verdict.MATCH

    def __or__(self, other: Verdict) -> Verdict:
        return ~(~self & ~other)

    def __invert__(self) -> Verdict:
        return {
            Verdict.MATCH: Verdict.NO_MATCH,
            Verdict.NO_MATCH: Verdict.MATCH,
            Verdict.CANNOT_TELL: Verdict.CANNOT_TELL,
        }[self]


def all_of(verdicts: Iterable[Verdict]) -> Verdict:
    """AND over any number of operands; all of them are looked at."""
    return reduce(Verdict.__and__, verdicts, Verdict.MATCH)


def any_of(verdicts: Iterable[Verdict]) -> Verdict:
    """OR over any number of operands; all of them are looked at."""
    return reduce(Verdict.__or__, verdicts, Verdict.NO_MATCH)


class NotEvaluable(ValueError):
    """A part of a strategy whose meaning on a record we don't know: never answered by *no match*.

    `line` and `column` are those of the strategy's file (0: not tied to a place).
    """

    def __init__(self, message: str, span: Span) -> None:
        self.message = message
        self.line = span.line
        self.column = span.column
        place = f"line {span.line}, column {span.column}: " if span.line else ""
        super().__init__(f"{place}{message}")
