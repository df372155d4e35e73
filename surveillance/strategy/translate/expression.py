"""PubMed expressions put together, with the two bounds that no query can say.

PubMed reads Booleans left to right, so that every combination stands in its own parentheses
(ovid-semantics 11.1).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

LONGEST_QUERY = 1_000_000
"""More characters than any published strategy needs, all its parts together."""


class Side(StrEnum):
    """From which side an expression bounds what is meant. Under NOT the side turns."""

    WIDER = "wider"
    NARROWER = "narrower"

    @property
    def other(self) -> Side:
        """The side of what stands behind a NOT."""
        return Side.NARROWER if self is Side.WIDER else Side.WIDER


class Unbounded(StrEnum):
    """What can't be sent: every record is the widest bound, no record the narrowest."""

    EVERYTHING = "everything"
    NOTHING = "nothing"

    @classmethod
    def on(cls, side: Side) -> Unbounded:
        """The bound that is always right on a side."""
        return cls.EVERYTHING if side is Side.WIDER else cls.NOTHING


@dataclass(frozen=True, slots=True)
class Query:
    """An expression that can be sent: one term, or a combination in parentheses.

    A combination knows its operator and its operands, so that it can be split.
    """

    text: str
    operator: str = field(default="", compare=False)
    operands: tuple[Query, ...] = field(default=(), compare=False, repr=False)

    @classmethod
    def of(cls, operator: str, operands: Sequence[Query]) -> Query:
        """The operands combined; one alone is itself."""
        if len(operands) == 1:
            return operands[0]
        text = "(" + f" {operator} ".join(operand.text for operand in operands) + ")"
        return cls(text, operator, tuple(operands))


Bound = Query | Unbounded


class TooLong(Exception):
    """An expression over the limit; inside the translation only."""


def all_of(bounds: Iterable[Bound]) -> Bound:
    """AND: without what every record meets; nothing, where one operand finds nothing."""
    return _combined(bounds, "AND", neutral=Unbounded.EVERYTHING, decides=Unbounded.NOTHING)


def any_of(bounds: Iterable[Bound]) -> Bound:
    """OR: everything, where one operand can't be bounded; without what finds nothing."""
    return _combined(bounds, "OR", neutral=Unbounded.NOTHING, decides=Unbounded.EVERYTHING)


def without(left: Bound, right: Bound) -> Bound:
    """NOT: `left` as it is where `right` takes nothing away."""
    if right is Unbounded.EVERYTHING:
        return Unbounded.NOTHING
    if isinstance(left, Unbounded) or isinstance(right, Unbounded):
        return left
    return _joined([left, right], "NOT")


def _combined(
    bounds: Iterable[Bound], operator: str, *, neutral: Unbounded, decides: Unbounded
) -> Bound:
    operands: dict[Query, None] = {}
    decided = False
    for bound in bounds:
        if isinstance(bound, Query):
            operands[bound] = None
        decided = decided or bound is decides
    if decided or not operands:
        return decides if decided else neutral
    return _joined(list(operands), operator)


def _joined(operands: Sequence[Query], operator: str) -> Query:
    if sum(len(one.text) + len(operator) + 2 for one in operands) > LONGEST_QUERY:
        raise TooLong
    return Query.of(operator, operands)
