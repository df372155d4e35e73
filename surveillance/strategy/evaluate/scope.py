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
_WHOLE_NAMES = frozenset({"au", "jn", "kw", "la", "pm", "pt", "sh", "ui"})


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
        """The parts searched. Raises `NotEvaluable` for a code that our records can't answer."""
        try:
            return _parts(self.codes, self.dialect)
        except KeyError as error:
            raise NotEvaluable(
                f"our records do not carry the field .{error.args[0]}., so that nothing can be "
                "said about this line. Take the line out or search another field.",
                self.span,
            ) from error

    def whole(self, part: str) -> bool:
        """True where a match has to be the whole text of the part."""
        return self.parts[part]


@cache
def _parts(codes: tuple[str, ...], dialect: str) -> Mapping[str, bool]:
    """Each part with True where no code searches it by word. Raises `KeyError` with the code."""
    whole: dict[str, bool] = {}
    for code in codes:
        parts = parts_of(code, dialect)
        if not parts:
            raise KeyError(code)
        for part in parts:
            whole[part] = whole.get(part, True) and code in _WHOLE_NAMES
    return whole
