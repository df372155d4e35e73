"""A strategy → Europe PMC: a query that finds at least what the strategy means, and its losses.

Rules and their certainty: docs/decisions/0011-essie-and-europe-pmc.md. The query is meant for a
search without synonyms (`synonym=false`, the default of the service).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import ClassVar, Self

from surveillance.strategy.fields import parts_of
from surveillance.strategy.limits import date_of
from surveillance.strategy.mesh import MeshTree
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
from surveillance.strategy.translate.europe_pmc_fields import Asked, fields_of
from surveillance.strategy.translate.expression import Bound, Query, Side, all_of, any_of
from surveillance.strategy.translate.losses import Direction
from surveillance.strategy.translate.plain_words import (
    is_asked,
    plain,
    quotable,
    words_asked,
    words_of_name,
)
from surveillance.strategy.translate.walk import Translation

SHORTEST_ROOT = 3
MOST_NARROWER = 200
YEARS_AHEAD = 2


def translate(
    strategy: Strategy, *, line: int | None = None, mesh: MeshTree | None = None
) -> Translation:
    """The Europe PMC query of a strategy, for line `line` (None: the result line, the last).

    Whatever the strategy finds exactly on a record of Europe PMC, the query finds too, unless a
    loss has the direction `unknown`. Europe PMC is not documented to explode headings: with `mesh`
    the narrower ones are written out. Never raises: a strategy that gives no query has an error
    in `diagnostics`.
    """
    return _ToEuropePmc(strategy, mesh=mesh).translation(line)


class _ToEuropePmc(WordTranslator):
    """Europe PMC's way to write headings, fields and text."""

    source: ClassVar[str] = "Europe PMC"
    # Long queries go by POST (`searchPOST`); its limit is not documented.
    longest: ClassVar[int] = 30_000

    def __init__(
        self, strategy: Strategy, *, mesh: MeshTree | None = None, shortened: bool = False
    ) -> None:
        super().__init__(strategy, shortened=shortened)
        self._mesh = mesh

    def shorter(self) -> Self:
        return type(self)(self._strategy, mesh=self._mesh, shortened=True)

    # -- dates -------------------------------------------------------------------------------

    def dates(self, node: DateRange, side: Side) -> Bound:
        """The first publication, online as a rule, comes up to two years before the issue."""
        if date_of(node.code) != "published":
            return self.left_out(node, side, "a date that Europe PMC is not asked for")
        if side is Side.NARROWER:
            return self.left_out(node, side, "its dates are not those of the issue")
        first = max(int(node.first[:4]) - YEARS_AHEAD, 1000) if node.first else 1000
        last = node.last[:4] if node.last else "3000"
        bound = Query(f"FIRST_PDATE:[{first:04}-01-01 TO {last}-12-31]")
        self.lose(node, side, bound, "the first publication, from two years before")
        return bound

    # -- headings ----------------------------------------------------------------------------

    def heading(self, node: Heading, side: Side) -> Bound:
        """MESH, or the words of the heading: preprints and new records have no headings."""
        name = quotable(node.name)
        if name is None:
            return self.left_out(node, side, "a name that Europe PMC can't take")
        if side is Side.NARROWER:
            return self._heading_from_below(node, name)
        names = self._exploded(node, name)
        indexed = any_of([Query(f'MESH:"{one}"') for one in names or (name,)])
        bound = any_of([indexed, *self._unindexed(name)])
        step = "as a heading, or its words in title, abstract or keywords: preprints have none"
        if names is None:
            step = f"{step}; narrower headings are not asked for"
            self.note(node, side, bound, step, Direction.UNKNOWN)
        else:
            self.lose(node, side, bound, step)
        return bound

    def _unindexed(self, name: str) -> Iterator[Bound]:
        """What finds a record before it is indexed; of a check tag, every preprint."""
        words = words_of_name(name)
        if words is not None:
            yield self._all(words, _WORDS_OF_HEADING)
        if name.casefold() in CHECK_TAGS:
            yield _PREPRINTS

    def _exploded(self, node: Heading, name: str) -> tuple[str, ...] | None:
        """The heading with those below it; None where they are not known or too many."""
        if not node.explode:
            return (name,)
        below = self._mesh.explosion(name) if self._mesh else None
        if below is None or len(below) > MOST_NARROWER or not all(map(quotable, below)):
            return None
        return tuple(sorted(below))

    def _heading_from_below(self, node: Heading, name: str) -> Bound:
        """MESH by the name alone, read as the whole name of a heading."""
        if node.focus or node.subheadings:
            return self.left_out(node, Side.NARROWER, "focus and subheadings can't be asked")
        bound = Query(f'MESH:"{name}"')
        step = "the heading by its own name" if node.explode else "read as the heading's whole name"
        self.lose(node, Side.NARROWER, bound, step)
        return bound

    # -- text --------------------------------------------------------------------------------

    def fielded(self, node: Fielded, side: Side) -> Bound:
        if not is_text(node.operand):
            return self.bound(node.operand, node.codes, side)
        asked = fields_of(node.codes, self.dialect)
        if asked is None:
            return self.left_out(node, side, _NOT_ASKED, verified=self._is_carried(node.codes))
        if side is Side.NARROWER:
            return self.left_out(node, side, _NO_NARROWER_FIELD)
        self._field_loss(node, asked)
        return self.bound(node.operand, node.codes, side)

    def _field_loss(self, node: Node, asked: Asked) -> None:
        target = " OR ".join(asked.fields)
        step = f"{target} may find other forms of a word"
        direction = Direction.SUPERSET
        if asked.not_held:
            step = f"{step}; not asked for: {', '.join(asked.not_held)}"
            direction = Direction.UNKNOWN
        self.note(node, Side.WIDER, target, step, direction)

    def text(self, node: Node, codes: tuple[str, ...], side: Side) -> Bound:
        asked = fields_of(codes, self.dialect)
        if asked is None:
            return self.left_out(node, side, _NOT_ASKED, verified=self._is_carried(codes))
        if side is Side.NARROWER:
            return self.left_out(node, side, _NO_NARROWER_FIELD)
        if asked.not_held:
            self._field_loss(node, asked)
        if asked.by_name:
            return self._name(node)
        match node:
            case Word():
                return self._word(node, asked.fields)
            case Phrase():
                return self._phrase(node, asked.fields)
            case Near():
                bound = self._all(words_asked(node.words), asked.fields)
            case Adjacency():
                bound = all_of([self.bound(child, codes, side) for child in node.children])
            case _:
                raise TypeError(f"{type(node).__name__} is no text")
        self.lose(node, side, bound, _ANYWHERE)
        return bound

    def _name(self, node: Node) -> Bound:
        """A publication type by its whole name."""
        words = node.words if isinstance(node, Phrase) else (node,)
        letters = [_letters(word) for word in words]
        if None in letters:
            return self.left_out(node, Side.WIDER, "a name that Europe PMC can't take")
        return Query(f'PUB_TYPE:"{" ".join(filter(None, letters))}"')

    def _word(self, node: Word, fields: Iterable[str]) -> Bound:
        """A word, or the beginning of one: `*` at its end is the only wildcard that is sent."""
        found = _beginning(node) if is_asked(node) else None
        if found is None:
            return self.left_out(node, Side.WIDER, "a word that Europe PMC can't search by itself")
        bound = any_of([Query(f"{field}:{found}") for field in fields])
        if node.literal is None and node.truncated_root is None:
            self.lose(node, Side.WIDER, bound, "its beginning and anything after it")
        return bound

    def _phrase(self, node: Phrase, fields: tuple[str, ...]) -> Bound:
        """In quotation marks where every word of it is asked for as it stands.

        Words under one PubMed tag without quotation marks may have been found apart, too.
        """
        literals = [_letters(word) for word in node.words]
        apart = self.dialect == "pubmed" and not node.quoted
        if not apart and None not in literals and words_asked(node.words) == node.words:
            text = " ".join(filter(None, literals))
            return any_of([Query(f'{field}:"{text}"') for field in fields])
        bound = self._all(words_asked(node.words), fields)
        self.lose(node, Side.WIDER, bound, _ANYWHERE)
        return bound

    def _all(self, words: Iterable[Word], fields: tuple[str, ...]) -> Bound:
        return all_of([self._word(word, fields) for word in words])

    def _is_carried(self, codes: tuple[str, ...]) -> bool:
        """True where the exact evaluation has all the fields, whether they are asked or not."""
        return all(parts_of(code, self.dialect) for code in codes)


_NOT_ASKED = "a field that Europe PMC is not asked for"
_NO_NARROWER_FIELD = "whether Europe PMC finds no more than a word is not documented"
_ANYWHERE = "the words anywhere in the field (AND)"
_PREPRINTS = Query("SRC:PPR")
_WORDS_OF_HEADING = ("TITLE_ABS", "KW")


def _letters(node: Node) -> str | None:
    """A word without wildcards as it is sent, else None."""
    return plain(node.literal) if isinstance(node, Word) and node.literal is not None else None


def _beginning(word: Word) -> str | None:
    """A word as it is sent; from its first wildcard on it is cut off. None: too short for that."""
    if word.literal is not None:
        return plain(word.literal)
    root = plain(word.parts[0]) if isinstance(word.parts[0], str) else None
    return f"{root}*" if root is not None and len(root) >= SHORTEST_ROOT else None
