"""What the query languages of the registries have in common: Booleans in capitals, read apart.

OR binds loosest, then AND, which may also be nothing between two clauses, then NOT before one.
"""

from __future__ import annotations

import re
import unicodedata
from abc import ABC, abstractmethod
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Generic, TypeVar

DEEPEST_NESTING = 150
TOO_DEEP = "nested too deeply"

Clause = TypeVar("Clause")


@dataclass(frozen=True, slots=True)
class Negation(Generic[Clause]):
    """`NOT` before a clause."""

    inside: Clause


@dataclass(frozen=True, slots=True)
class Conjunction(Generic[Clause]):
    """Clauses joined by AND, or by nothing."""

    operands: tuple[Clause, ...]


@dataclass(frozen=True, slots=True)
class Disjunction(Generic[Clause]):
    """Clauses joined by OR."""

    operands: tuple[Clause, ...]


class NotReadable(ValueError):
    """A query that can't be read: the `reason`, and the `column`, which counts from 1."""

    def __init__(self, reason: str, column: int) -> None:
        self.reason = reason
        self.column = column
        super().__init__(f"column {column}: {reason}")


@dataclass(frozen=True, slots=True)
class Token:
    """A token; an operator is its own kind. `ends` are those of a range."""

    kind: str
    text: str
    column: int
    ends: tuple[str, str] = ("", "")


class BooleanParser(ABC, Generic[Clause]):
    """Recursive descent down to one clause, which each language writes in its own way."""

    fault: type[NotReadable]
    """The language's own error."""

    def __init__(self, tokens: Iterable[Token], length: int) -> None:
        self._tokens = [*tokens, Token("end", "", length + 1)]
        self._at = 0
        self._depth = 0

    @abstractmethod
    def simple_clause(self) -> Clause:
        """A term, or what the language has beside terms; neither a group nor NOT."""

    @abstractmethod
    def joined(
        self, how: type[Conjunction[Clause]] | type[Disjunction[Clause]], operands: list[Clause]
    ) -> Clause:
        """Several clauses as one."""

    @abstractmethod
    def negated(self, clause: Clause) -> Clause:
        """The clause under NOT."""

    def whole(self) -> Clause:
        """The query from its first token to its last."""
        query = self.disjunction()
        if self.next.kind != "end":
            raise self.fault("a parenthesis is never opened", self.next.column)
        return query

    @property
    def next(self) -> Token:
        """The token that stands here."""
        return self._tokens[self._at]

    def take(self, kind: str) -> Token | None:
        """The token that stands here, if it is of this kind, and go on behind it."""
        token = self.next
        if token.kind != kind:
            return None
        self._at += 1
        return token

    def disjunction(self) -> Clause:
        """Clauses up to a closing parenthesis or the end."""
        operands = [self._conjunction()]
        while self.take("OR"):
            operands.append(self._conjunction())
        return operands[0] if len(operands) == 1 else self.joined(Disjunction, operands)

    def _conjunction(self) -> Clause:
        operands = [self.clause()]
        while self.next.kind not in ("OR", "close", "end"):
            self.take("AND")
            operands.append(self.clause())
        return operands[0] if len(operands) == 1 else self.joined(Conjunction, operands)

    def clause(self) -> Clause:
        """One clause with what stands before it."""
        self._depth += 1
        if self._depth > DEEPEST_NESTING:
            raise self.fault(TOO_DEEP, self.next.column)
        clause = self._clause()
        self._depth -= 1
        return clause

    def _clause(self) -> Clause:
        if self.take("NOT"):
            return self.negated(self.clause())
        if not self.take("open"):
            return self.simple_clause()
        inside = self.disjunction()
        if not self.take("close"):
            raise self.fault("a parenthesis is never closed", self.next.column)
        return inside


# A query asks a text once for each of its terms, and many queries ask the same records.
@lru_cache(maxsize=4096)
def words_of(text: str) -> tuple[str, ...]:
    """Letters and digits, without case and accents; everything else separates."""
    letters = unicodedata.normalize("NFKD", text)
    plain = "".join(c for c in letters if not unicodedata.combining(c)).casefold()
    return tuple(re.findall(r"[^\W_]+", plain))
