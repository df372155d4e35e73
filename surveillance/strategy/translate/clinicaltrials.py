"""A strategy → ClinicalTrials.gov: an Essie expression for `query.term`, and its losses.

A strategy was written for reports; what it asks of a report's title, abstract, headings or
keywords is asked of a registration's text. Rules and their certainty:
docs/decisions/0011-essie-and-europe-pmc.md.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from surveillance.strategy.fields import HEADING, parts_of
from surveillance.strategy.nodes import (
    Adjacency,
    DateRange,
    Fielded,
    Heading,
    Near,
    Node,
    Phrase,
    Word,
)
from surveillance.strategy.strategy import Strategy
from surveillance.strategy.translate.by_words import WordTranslator, is_text
from surveillance.strategy.translate.check_tags import CHECK_TAGS
from surveillance.strategy.translate.essie_words import likely_spellings, spelt_out
from surveillance.strategy.translate.expression import (
    Bound,
    Query,
    Side,
    all_of,
    any_of,
)
from surveillance.strategy.translate.losses import Direction
from surveillance.strategy.translate.plain_words import (
    is_asked,
    quotable,
    words_asked,
    words_of_name,
)
from surveillance.strategy.translate.walk import Translation


def translate(strategy: Strategy, *, line: int | None = None) -> Translation:
    """The Essie expression of a strategy, for line `line` (None: the result line, the last).

    What the strategy finds exactly in a registration's text, the query finds too, unless a loss
    says otherwise. Truncated words can't be asked; where nothing is left without them, the query
    asks for their common endings and leaves out what can't be asked, and an error says so. Never
    raises: a strategy that gives no query has an error in `diagnostics`.
    """
    return _ToClinicalTrials(strategy).translation(line)


class _ToClinicalTrials(WordTranslator):
    """Essie's way to write headings, fields and text: every word in the area *BasicSearch*."""

    source: ClassVar[str] = "ClinicalTrials.gov"
    # The query travels in the address; how much of it is taken is not documented. Web servers take
    # 8,000 characters as a rule, and percent-encoding adds to these.
    longest: ClassVar[int] = 6_000

    def dates(self, node: DateRange, side: Side) -> Bound:
        return self.left_out(node, side, "the date of a report, not of a registration")

    # -- headings ----------------------------------------------------------------------------

    def heading(self, node: Heading, side: Side) -> Bound:
        """The registry derives MeSH terms, and those above them, from conditions and treatments.

        Nobody indexes registrations: the words of the heading are asked too, and check tags,
        which no registration has, are not asked.
        """
        if node.name.casefold() in CHECK_TAGS:
            return self.left_out(node, side, "a check tag, which registrations don't have")
        name, words = quotable(node.name), words_of_name(node.name)
        if side is Side.NARROWER or name is None:
            return self.left_out(node, side, _NOT_INDEXED, verified=False)
        areas = _DERIVED + _DERIVED_ABOVE if node.explode else _DERIVED
        terms = [Query(f'AREA[{area}]"{name}"') for area in areas]
        written = [] if words is None else [self._all(words, "")]
        bound = any_of([*terms, *written])
        step = "as the registry's own MeSH terms, or its words"
        self.note(node, side, bound, step, Direction.UNKNOWN, verified=False)
        return bound

    # -- text --------------------------------------------------------------------------------

    def fielded(self, node: Fielded, side: Side) -> Bound:
        if not is_text(node.operand):
            return self.bound(node.operand, node.codes, side)
        area = area_of(node.codes, self.dialect)
        if area is None:
            return self.left_out(node, side, _NO_SUCH_FIELD)
        if side is Side.NARROWER:
            return self.left_out(node, side, _NOT_LITERAL)
        self._area_loss(node, area)
        return self.bound(node.operand, node.codes, side)

    def text(self, node: Node, codes: tuple[str, ...], side: Side) -> Bound:
        area = area_of(codes, self.dialect)
        if area is None:
            return self.left_out(node, side, _NO_SUCH_FIELD)
        if side is Side.NARROWER:
            return self.left_out(node, side, _NOT_LITERAL)
        if codes == self.unfielded:
            self._area_loss(node, area)
        match node:
            case Word():
                return self._word(node, area)
            case Phrase() | Near():
                bound = self._all(words_asked(node.words), area)
            case Adjacency():
                bound = all_of([self.bound(child, codes, side) for child in node.children])
            case _:
                raise TypeError(f"{type(node).__name__} is no text")
        self.lose(node, side, bound, "the words anywhere in the registration (AND)")
        return bound

    def _area_loss(self, node: Node, area: str) -> None:
        step = "the words and their synonyms in a registration, which has fields of its own"
        self.note(node, Side.WIDER, area or _WHOLE_REGISTRATION, step, Direction.SUPERSET)

    def _word(self, node: Word, area: str) -> Bound:
        if not is_asked(node):
            return self.left_out(node, Side.WIDER, "a word that need not stand in a text")
        spellings = spelt_out(node)
        if spellings is None and self._shortened:
            return self._likely(node, area)
        if spellings is None:
            return self.left_out(node, Side.WIDER, _TRUNCATED)
        return _any_word(spellings, area)

    def _likely(self, node: Word, area: str) -> Bound:
        """A truncated word by its common endings: what a searcher would type."""
        spellings = likely_spellings(node)
        if spellings is None:
            return self.left_out(node, Side.WIDER, _TRUNCATED)
        bound = _any_word(spellings, area)
        self.note(node, Side.WIDER, bound, f"common endings: {_TRUNCATED}", Direction.UNKNOWN)
        return bound

    def _all(self, words: Iterable[Word], area: str) -> Bound:
        return all_of([self._word(word, area) for word in words])


def area_of(codes: tuple[str, ...], dialect: str) -> str | None:
    """The area to ask for these codes, "" for the whole of it; None where registrations lack it."""
    parts = {part for code in codes for part in parts_of(code, dialect)}
    if parts and parts <= _TITLES:
        return "AREA[TitleSearch]"
    return "" if parts & _WRITTEN else None


_TITLES = frozenset({"title", "collection_title", "original_title"})
_WRITTEN = _TITLES | {"abstract", "other_abstract", "keyword", "substance", HEADING}
_DERIVED = ("ConditionMeshTerm", "InterventionMeshTerm")
_DERIVED_ABOVE = ("ConditionAncestorTerm", "InterventionAncestorTerm")
_WHOLE_REGISTRATION = "BasicSearch"

_TRUNCATED = "Essie has no truncation"
_NO_SUCH_FIELD = "a field that registrations don't have"
_NOT_LITERAL = "that Essie finds no more than a word is not documented"
_NOT_INDEXED = "nobody indexes registrations"


def _any_word(words: Iterable[str], area: str) -> Bound:
    return any_of([Query(area + word) for word in words])
