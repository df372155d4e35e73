"""The scope of a word: in which parts of a record it is searched, and whether as a whole name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Self

from surveillance.strategy.evaluate.verdict import NotEvaluable
from surveillance.strategy.fields import parts_of
from surveillance.strategy.nodes import NOWHERE, Fielded, Span

# A word without a field is searched in `.mp.` (ovid-semantics 5).
UNQUALIFIED = ("mp",)

# Fields that are indexed by name, not by word: `review.pt.` is not *Systematic Review*
# (ovid-semantics 5: exact phrase, publication type phrase, heading exact).
_WHOLE_NAMES = frozenset({"au", "fs", "jn", "kw", "la", "pm", "pt", "sh", "ui"})


# `.fs.` wants a subheading of any heading, by name or by code: `drug therapy.fs.`, `dt.fs.`.
FLOATING_SUBHEADING = "floating_subheading"


@dataclass(frozen=True, slots=True)
class Scope:
    """Where the unfielded words of a group are searched: the codes that the group has."""

    dialect: str
    codes: tuple[str, ...] = UNQUALIFIED
    span: Span = NOWHERE

    def inside(self, group: Fielded) -> Self:
        """The scope inside a fielded group: the inner suffix wins (ovid-semantics 5)."""
        return type(self)(self.dialect, group.codes, group.span)

    @property
    def parts(self) -> Mapping[str, bool]:
        """The parts searched, each with True where no code searches it by word.

        Raises `NotEvaluable` for a code that our records can't answer.
        """
        try:
            return _parts(self.codes, self.dialect)
        except LookupError as error:
            raise NotEvaluable(error.args[0], self.span) from error

    def whole(self, part: str) -> bool:
        """True where a match has to be the whole text of the part."""
        return self.parts[part]


@cache
def _parts(codes: tuple[str, ...], dialect: str) -> Mapping[str, bool]:
    """As `Scope.parts`; raises `LookupError` with the sentence that says why."""
    whole: dict[str, bool] = {}
    for code in codes:
        for part in _parts_of(code, dialect):
            whole[part] = whole.get(part, True) and code in _WHOLE_NAMES
    return whole


def _parts_of(code: str, dialect: str) -> tuple[str, ...]:
    if code == "fs":
        return (FLOATING_SUBHEADING,)
    try:
        parts = parts_of(code, dialect)
    except KeyError as error:
        raise LookupError(
            f"what a strategy in the dialect {dialect} means on a record is not known here. "
            "Give an Ovid strategy."
        ) from error
    if not parts:
        raise LookupError(
            f"our records do not carry the field .{code}., so that nothing can be said about this "
            "line. Take the line out or search another field."
        )
    return parts
