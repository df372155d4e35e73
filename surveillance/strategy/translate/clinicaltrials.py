"""A strategy → ClinicalTrials.gov: an Essie expression for `query.term`, and its losses.

A strategy was written for reports; what it asks of a report's title, abstract, headings or
keywords is asked of a registration's text. Rules and their certainty:
docs/decisions/0011-essie-and-europe-pmc.md.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import ClassVar

from surveillance.strategy.fields import HEADING, parts_of, unqualified
from surveillance.strategy.nodes import (
    NOWHERE,
    Adjacency,
    And,
    DateRange,
    Fielded,
    Heading,
    LineRange,
    Near,
    Node,
    Not,
    Operator,
    Or,
    Phrase,
    Word,
)
from surveillance.strategy.strategy import Diagnostic, Severity, Strategy
from surveillance.strategy.translate.essie_words import likely_spellings, spelt_out
from surveillance.strategy.translate.expression import (
    Bound,
    Query,
    Side,
    Unbounded,
    all_of,
    any_of,
)
from surveillance.strategy.translate.losses import Direction, Loss
from surveillance.strategy.translate.plain_words import (
    is_asked,
    quotable,
    words_asked,
    words_of_name,
)
from surveillance.strategy.translate.walk import Translation, Translator, at, sent


def translate(strategy: Strategy, *, line: int | None = None) -> Translation:
    """The Essie expression of a strategy, for line `line` (None: the result line, the last).

    What the strategy finds exactly in a registration's text, the query finds too, unless a loss
    has the direction `unknown`. Truncated words can't be asked; where nothing is left without
    them, the query asks for their common endings, and a warning says so. Never raises: a strategy
    that gives no query has an error in `diagnostics`.
    """
    certain = _ToClinicalTrials(strategy).translation(line)
    if not any(found.code == "no-query" for found in certain.diagnostics):
        return certain
    likely = _ToLikelyWords(strategy).translation(line)
    if not likely.query:
        return certain
    return replace(likely, diagnostics=(*likely.diagnostics, _not_a_superset(strategy, line)))


class _ToClinicalTrials(Translator):
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
        self._open(node, side, bound, "as the registry's own MeSH terms, or its words")
        return bound

    # -- text --------------------------------------------------------------------------------

    def fielded(self, node: Fielded, side: Side) -> Bound:
        if not _is_text(node.operand):
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
        if codes == unqualified(self.dialect):
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
        target = area or _WHOLE_REGISTRATION
        step = "the words and their synonyms in a registration, which has fields of its own"
        loss = Loss(*at(node), self.printed(node), target, step, Direction.SUPERSET, True)
        self.record(node, Side.WIDER, loss)

    def _word(self, node: Word, area: str) -> Bound:
        if not is_asked(node):
            return self.left_out(node, Side.WIDER, "a word that need not stand in a text")
        spellings = spelt_out(node)
        if spellings is None:
            return self.unspelt(node, area)
        return any_of([Query(area + spelling) for spelling in spellings])

    def unspelt(self, node: Word, area: str) -> Bound:  # noqa: ARG002
        """A truncated word: every registration may have a continuation of it."""
        return self.left_out(node, Side.WIDER, "truncation, which Essie doesn't have")

    def _all(self, words: Iterable[Word], area: str) -> Bound:
        return all_of([self._word(word, area) for word in words])

    def _open(self, node: Node, side: Side, bound: Bound, step: str) -> None:
        """A node of which can't be said whether more or less is found."""
        source = self.printed(node)
        loss = Loss(*at(node), source, sent(bound), step, Direction.UNKNOWN, verified_locally=False)
        self.record(node, side, loss)


class _ToLikelyWords(_ToClinicalTrials):
    """Truncated words by their common endings; what can't be asked is left out of an OR, too.

    This is what a searcher would type. It may miss registrations, so that every such loss has the
    direction `unknown`.
    """

    def bound(self, node: Node, codes: tuple[str, ...], side: Side) -> Bound:
        if side is Side.WIDER and isinstance(node, Or):
            return _any_asked([self.bound(operand, codes, side) for operand in node.operands])
        if side is Side.WIDER and isinstance(node, LineRange) and node.operator is Operator.OR:
            return _any_asked([self._line(number, node, side) for number in node.numbers])
        return super().bound(node, codes, side)

    def left_out(self, node: Node, side: Side, step: str, *, verified: bool = True) -> Unbounded:
        if side is Side.NARROWER:
            return super().left_out(node, side, step, verified=verified)
        bound = Unbounded.on(side)
        self._open(node, side, bound, f"left out: {step}")
        return bound

    def unspelt(self, node: Word, area: str) -> Bound:
        spellings = likely_spellings(node)
        if spellings is None:
            return self.left_out(node, Side.WIDER, "truncation, which Essie doesn't have")
        bound = any_of([Query(area + spelling) for spelling in spellings])
        self._open(node, Side.WIDER, bound, "common endings: Essie has no truncation")
        return bound


def area_of(codes: tuple[str, ...], dialect: str) -> str | None:
    """The area to ask for these codes, "" for the whole of it; None where registrations lack it."""
    parts = {part for code in codes for part in parts_of(code, dialect)}
    if parts and parts <= _TITLES:
        return "AREA[TitleSearch]"
    return "" if parts & _WRITTEN else None


# NLM, "MeSH check tags": what an indexer notes of every report on people or animals.
_CHECK_TAGS = """
    humans|animals|male|female|pregnancy|infant|infant, newborn|child|child, preschool|adolescent
    |young adult|adult|middle aged|aged|aged, 80 and over|mice|rats|rabbits|cats|dogs|cattle
    |chick embryo|cricetinae|guinea pigs|horses|sheep|swine
"""
CHECK_TAGS = frozenset(tag.strip() for tag in _CHECK_TAGS.split("|"))
_TITLES = frozenset({"title", "collection_title", "original_title"})
_WRITTEN = _TITLES | {"abstract", "other_abstract", "keyword", "substance", HEADING}
_DERIVED = ("ConditionMeshTerm", "InterventionMeshTerm")
_DERIVED_ABOVE = ("ConditionAncestorTerm", "InterventionAncestorTerm")
_WHOLE_REGISTRATION = "BasicSearch"

_NO_SUCH_FIELD = "a field that registrations don't have"
_NOT_LITERAL = "that Essie finds no more than a word is not documented"
_NOT_INDEXED = "nobody indexes registrations"
_TEXT = (Word, Phrase, Adjacency, Near, And, Or, Not, Fielded)


def _any_asked(bounds: Iterable[Bound]) -> Bound:
    """OR of what can be asked; everything where nothing can."""
    bounds = list(bounds)
    asked = [bound for bound in bounds if bound is not Unbounded.EVERYTHING]
    return any_of(asked or bounds)


def _is_text(node: Node) -> bool:
    return all(isinstance(part, _TEXT) for part in node.walk())


def _not_a_superset(strategy: Strategy, line: int | None) -> Diagnostic:
    wanted = strategy.line(line or strategy.result_line or 0)
    span = wanted.span if wanted else NOWHERE
    return Diagnostic(
        "not-a-superset",
        Severity.WARNING,
        span.line,
        span.column,
        max(span.column + 1, span.end_column),
        "ClinicalTrials.gov has no truncation and few of the fields, and without them nothing "
        "would be left to ask. The query asks for common endings of truncated words, leaves out "
        "what can't be asked, and may miss registrations.",
        hint="Read the losses with the direction “unknown”, and add the words that matter.",
    )
