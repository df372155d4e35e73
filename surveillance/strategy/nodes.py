"""The tree of a strategy. Frozen, validated on construction; every other module speaks it.

A node knows where it stands in the source (`span`) but two nodes that mean the same are equal
wherever they stand: spans do not take part in comparison.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Self


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A stretch of the source text. Lines and columns count from 1; the end is exclusive."""

    line: int
    column: int
    end_line: int
    end_column: int

    def to(self, other: Span) -> Span:
        """The stretch from the beginning of this one to the end of `other`."""
        return Span(self.line, self.column, other.end_line, other.end_column)


NOWHERE = Span(0, 0, 0, 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """What all nodes share."""

    span: Span = field(default=NOWHERE, compare=False, repr=False)

    @property
    def children(self) -> tuple[Node, ...]:
        """The operands, left to right."""
        return ()

    def at(self, span: Span) -> Self:
        """The same node, standing at `span`."""
        return replace(self, span=span)

    def walk(self) -> Iterator[Node]:
        """This node and all below it, parents first, left to right."""
        pending: list[Node] = [self]
        while pending:
            node = pending.pop()
            yield node
            pending += reversed(node.children)


@dataclass(frozen=True, slots=True)
class Wildcard:
    """A gap inside a word: at least `least`, at most `most` characters (None: any number)."""

    least: int = 0
    most: int | None = None

    def __post_init__(self) -> None:
        if self.least < 0 or (self.most is not None and self.most < max(self.least, 1)):
            raise ValueError(f"a wildcard cannot stand for {self.least} to {self.most} characters")


ANY = Wildcard()
_WORD = re.compile(r"\w+", re.UNICODE)
_CODE = re.compile(r"[a-z0-9]{1,12}(?::noexp)?")
_DAY = re.compile(r"\d{4}(?:-\d{2}(?:-\d{2})?)?")


@dataclass(frozen=True, slots=True)
class Word(Node):
    """One searched word: letters and digits, with wildcards where the author put them."""

    parts: tuple[str | Wildcard, ...]

    def __post_init__(self) -> None:
        letters = [part for part in self.parts if isinstance(part, str)]
        if not letters or not all(_WORD.fullmatch(part) for part in letters):
            raise ValueError(f"not a word: {self.parts!r}")

    @property
    def literal(self) -> str | None:
        """The word where it has no wildcard, else None."""
        return self.parts[0] if len(self.parts) == 1 and isinstance(self.parts[0], str) else None

    @property
    def truncated_root(self) -> str | None:
        """`nerve` for `nerve*`: the letters before one open wildcard at the end, else None."""
        match self.parts:
            case (str(root), Wildcard(least=0, most=None)):
                return root
        return None


@dataclass(frozen=True, slots=True)
class Phrase(Node):
    """Words next to each other in the order typed (Ovid: juxtaposition or ADJ; PubMed: quotes)."""

    words: tuple[Word, ...]
    quoted: bool = False

    def __post_init__(self) -> None:
        if len(self.words) < 2:
            raise ValueError("a phrase has at least two words")

    @property
    def children(self) -> tuple[Node, ...]:
        return self.words


@dataclass(frozen=True, slots=True)
class Adjacency(Node):
    """`left` and `right` with at most `between` words between them; `ordered`: left first.

    Ovid `adj` is (0, ordered); `adjN` is (N−1, either order) (ovid-semantics 2, source OT).
    """

    left: Node
    right: Node
    between: int = 0
    ordered: bool = False

    def __post_init__(self) -> None:
        if not 0 <= self.between <= 98:
            raise ValueError(f"adjacency runs from adj1 to adj99, not to adj{self.between + 1}")

    @property
    def children(self) -> tuple[Node, ...]:
        return (self.left, self.right)


@dataclass(frozen=True, slots=True)
class Near(Node):
    """PubMed's `"a b c"[tiab:~N]`: all the words in one stretch of a field, in any order.

    At most `between` other words stand within the stretch, all gaps together (ovid-semantics
    11.2 and 11.4). It is not nested adjacency, where each pair has a window of its own.
    """

    words: tuple[Word, ...]
    between: int

    def __post_init__(self) -> None:
        if len(self.words) < 2:
            raise ValueError("proximity needs two words")
        if not 0 <= self.between <= 1000:
            raise ValueError(f"proximity runs from ~0 to ~1000, not to ~{self.between}")

    @property
    def children(self) -> tuple[Node, ...]:
        return self.words


@dataclass(frozen=True, slots=True)
class And(Node):
    """All operands. `implied`: by juxtaposition, where a dialect reads that as AND.

    Cochrane's unquoted words, PubMed's tagged terms one after another (ovid-semantics 8 and 11).
    """

    operands: tuple[Node, ...]
    implied: bool = False

    def __post_init__(self) -> None:
        _need_two(self.operands, "AND")

    @property
    def children(self) -> tuple[Node, ...]:
        return self.operands


@dataclass(frozen=True, slots=True)
class Or(Node):
    """At least one operand."""

    operands: tuple[Node, ...]

    def __post_init__(self) -> None:
        _need_two(self.operands, "OR")

    @property
    def children(self) -> tuple[Node, ...]:
        return self.operands


def _need_two(operands: tuple[Node, ...], operator: str) -> None:
    if len(operands) < 2:
        raise ValueError(f"{operator} needs two operands")


@dataclass(frozen=True, slots=True)
class Not(Node):
    """Set difference: `left` without `right`; there is no unary NOT."""

    left: Node
    right: Node

    @property
    def children(self) -> tuple[Node, ...]:
        return (self.left, self.right)


@dataclass(frozen=True, slots=True)
class Fielded(Node):
    """`operand` searched in the fields of these codes of its dialect: ("ti", "ab"), ("tiab",).

    A suffix on a group goes to every term in it that has no field of its own (ovid-semantics 5).
    PubMed's tags stand here by their shortest name, without brackets.
    """

    operand: Node
    codes: tuple[str, ...]

    def __post_init__(self) -> None:
        if not self.codes or not all(_CODE.fullmatch(code) for code in self.codes):
            raise ValueError(f"not field codes: {self.codes!r}")

    @property
    def children(self) -> tuple[Node, ...]:
        return (self.operand,)


@dataclass(frozen=True, slots=True)
class Heading(Node):
    """A subject heading: exploded or not, in focus or not, with subheadings (two-letter codes)."""

    name: str
    explode: bool = False
    focus: bool = False
    subheadings: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not self.name.strip():
            raise ValueError("a heading has a name")


class Operator(StrEnum):
    """What combines numbered lines."""

    AND = "and"
    OR = "or"


@dataclass(frozen=True, slots=True)
class LineReference(Node):
    """The result of another line."""

    number: int

    def __post_init__(self) -> None:
        if self.number < 1:
            raise ValueError("lines count from 1")


@dataclass(frozen=True, slots=True)
class LineRange(Node):
    """`or/1-9`, `and/1,3`: lines combined by one operator; `ranges` as typed, ends included."""

    operator: Operator
    ranges: tuple[tuple[int, int], ...]

    def __post_init__(self) -> None:
        if not self.ranges or any(not 1 <= first <= last for first, last in self.ranges):
            raise ValueError(f"not a range of lines: {self.ranges!r}")

    @property
    def numbers(self) -> tuple[int, ...]:
        """The lines meant, in order."""
        return tuple(n for first, last in self.ranges for n in range(first, last + 1))


@dataclass(frozen=True, slots=True)
class Frequency(Node):
    """`operand` at least `times` times in one of its fields: Ovid's `/freq=2` (ovid-semantics 7).

    Where a field suffix belongs to it, that stands inside: `Frequency(Fielded(x, ("ab",)), 2)`.
    """

    operand: Node
    times: int

    def __post_init__(self) -> None:
        if self.times < 1:
            raise ValueError("a frequency counts from 1")

    @property
    def children(self) -> tuple[Node, ...]:
        return (self.operand,)


@dataclass(frozen=True, slots=True)
class Limitation(Node):
    """A named limit of the host, as typed in lower case: `english language`, `humans`.

    What it means on a record stands in `limits`.
    """

    name: str

    def __post_init__(self) -> None:
        if not self.name.strip() or self.name != self.name.casefold():
            raise ValueError(f"not the name of a limit: {self.name!r}")


@dataclass(frozen=True, slots=True)
class DateRange(Node):
    """A date field from `first` to `last`, both included; None: open at that end.

    `code` is the dialect's own: Ovid's `yr`, `ed`, `dt`; PubMed's `dp`, `edat`. Dates are
    `2020`, `2020-05` or `2020-05-17`.
    """

    code: str
    first: str | None = None
    last: str | None = None

    def __post_init__(self) -> None:
        if not _CODE.fullmatch(self.code):
            raise ValueError(f"not a field code: {self.code!r}")
        if self.first is None and self.last is None:
            raise ValueError("a range of dates has an end")
        if not all(day is None or _DAY.fullmatch(day) for day in (self.first, self.last)):
            raise ValueError(f"not dates: {self.first!r} to {self.last!r}")


@dataclass(frozen=True, slots=True)
class Limit(Node):
    """`limit 5 to (english language and yr="2000 -Current")`: the operand as far as `condition`.

    `condition` is a `Limitation`, a `DateRange`, or AND and OR of them.
    """

    operand: Node
    condition: Node

    def __post_init__(self) -> None:
        parts = self.condition.walk()
        if not all(isinstance(n, Limitation | DateRange | And | Or | Missing) for n in parts):
            raise ValueError("a limit is made of named limits and dates")

    @property
    def children(self) -> tuple[Node, ...]:
        return (self.operand, self.condition)


@dataclass(frozen=True, slots=True)
class InDatabase(Node):
    """`5 use ppez`: in a search of several databases, what these databases hold of the operand."""

    operand: Node
    databases: tuple[str, ...]

    def __post_init__(self) -> None:
        if not self.databases or not all(map(_CODE.fullmatch, self.databases)):
            raise ValueError(f"not codes of databases: {self.databases!r}")

    @property
    def children(self) -> tuple[Node, ...]:
        return (self.operand,)


@dataclass(frozen=True, slots=True)
class Deduplicated(Node):
    """`remove duplicates from 5`: one record of each report. It loses no report."""

    operand: Node

    @property
    def children(self) -> tuple[Node, ...]:
        return (self.operand,)


@dataclass(frozen=True, slots=True)
class Kept(Node):
    """`from 5 keep 1-10`: records picked by hand, by their places in a list nobody has now."""

    operand: Node
    ranges: tuple[tuple[int, int], ...]

    def __post_init__(self) -> None:
        if not self.ranges or any(not 1 <= first <= last for first, last in self.ranges):
            raise ValueError(f"not places in a list: {self.ranges!r}")

    @property
    def children(self) -> tuple[Node, ...]:
        return (self.operand,)


@dataclass(frozen=True, slots=True)
class Mapped(Node):
    """A heading of another thesaurus with what the topic's mapping table puts in its place.

    `to` is in MeSH headings and text words; None: nothing, deliberately. The table gives `reason`.
    A group in a field that only the other host has (`.db.`) may stand for nothing in the same way.
    """

    heading: Heading | Fielded
    to: Node | None
    reason: str

    @property
    def children(self) -> tuple[Node, ...]:
        return () if self.to is None else (self.to,)


@dataclass(frozen=True, slots=True)
class Missing(Node):
    """Where something should stand that the source does not say; `what` says it in words."""

    what: str
