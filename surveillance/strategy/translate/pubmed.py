"""Ovid MEDLINE → PubMed: a query that finds at least what the strategy means, and its losses.

Rules: ovid-semantics 11 and 12.
"""

from __future__ import annotations

from collections.abc import Iterable

from surveillance.strategy.fields import parts_of
from surveillance.strategy.nodes import (
    Adjacency,
    And,
    DateRange,
    Fielded,
    Heading,
    Node,
    Not,
    Or,
    Phrase,
    Word,
)
from surveillance.strategy.strategy import Strategy
from surveillance.strategy.subheadings import SUBHEADINGS
from surveillance.strategy.translate.expression import (
    Bound,
    Query,
    Side,
    all_of,
    any_of,
)
from surveillance.strategy.translate.losses import Direction, Loss
from surveillance.strategy.translate.pubmed_fields import NAME_TAGS, PROXIMITY_TAGS, tags_of
from surveillance.strategy.translate.pubmed_words import (
    PUBMED_STOP_WORDS,
    Window,
    literal,
    phrase_window,
    searched_words,
    spellings,
    windows,
)
from surveillance.strategy.translate.walk import (
    TranslatedLine,
    Translation,
    Translator,
    at,
    refused,
)

__all__ = ["Direction", "Loss", "TranslatedLine", "Translation", "translate"]

DIALECT = "ovid-medline"
UNQUALIFIED = ("mp",)


def translate(strategy: Strategy, *, line: int | None = None) -> Translation:
    """The PubMed query of a MEDLINE strategy, for line `line` (None: the result line, the last).

    Whatever the strategy finds exactly on a record, the query finds too, as far as the record has
    the field. Never raises: a strategy that gives no query has an error in `diagnostics`.
    """
    if strategy.dialect != DIALECT:
        return refused(strategy, "dialect", _ANOTHER_DIALECT.format(strategy.dialect))
    return _ToPubMed(strategy).translation(line)


_ANOTHER_DIALECT = (
    "A strategy in the dialect “{}” is not translated to PubMed yet: its headings are not MeSH."
)


class _ToPubMed(Translator):
    """PubMed's way to write headings, fields and text."""

    source = "PubMed"
    # U: no text of NLM gives a limit, queries "longer than several hundred characters" go by POST
    # (NBK25499). A cautious figure; nearly every published strategy stays below it.
    longest = 30_000

    def dates(self, node: DateRange, side: Side) -> Bound:
        return self.left_out(node, side, "a date that PubMed is not asked for", verified=False)

    # -- headings ----------------------------------------------------------------------------

    def heading(self, node: Heading, side: Side) -> Bound:
        """`[mh]` and `[majr]` say it exactly; subheadings explode in PubMed (ovid-semantics 6)."""
        name = _sendable_name(node.name)
        subheadings = [SUBHEADINGS.get(code) for code in node.subheadings]
        if name is None or None in subheadings:
            return self.left_out(node, side, "a name that PubMed can't take", verified=False)
        suffix = "" if node.explode else ":noexp"
        focused = Query(f'"{name}"[majr{suffix}]')
        if not node.subheadings:
            return focused if node.focus else Query(f'"{name}"[mh{suffix}]')
        if side is Side.NARROWER:
            return self.left_out(node, side, "PubMed also finds narrower subheadings")
        attached = any_of([Query(f'"{name}/{sub}"[mh{suffix}]') for sub in subheadings])
        bound = all_of([attached, focused]) if node.focus else attached
        self.lose(node, side, bound, "PubMed also finds narrower subheadings")
        return bound

    # -- text --------------------------------------------------------------------------------

    def fielded(self, node: Fielded, side: Side) -> Bound:
        if _is_name_field(node):
            return self.bound(node.operand, node.codes, side)
        tags = tags_of(node.codes)
        if not _is_text(node.operand):
            if tags and side is Side.WIDER:
                self._field_loss(node, tags)
            return self.bound(node.operand, node.codes, side)
        if tags is None:
            return self.left_out(node, side, _NOT_ASKED, verified=_is_carried(node.codes))
        if side is Side.NARROWER:
            return self.left_out(node, side, _NO_NARROWER_FIELD)
        self._field_loss(node, tags)
        return self.bound(node.operand, node.codes, side)

    def _field_loss(self, node: Fielded, tags: tuple[str, ...]) -> None:
        source, target = f".{','.join(node.codes)}.", _tagged(tags)
        step = f"{target} also holds what {source} does not, such as the authors' keywords"
        self.record(node, Side.WIDER, Loss(*at(node), source, target, step, *_WIDENED))

    def text(self, node: Node, codes: tuple[str, ...], side: Side) -> Bound:
        if len(codes) == 1 and codes[0] in NAME_TAGS and isinstance(node, Word):
            return self._name(node, codes[0], side)
        if len(codes) == 1 and codes[0] == "fs" and isinstance(node, Phrase):
            return self._name(node, codes[0], side)
        tags = tags_of(codes)
        if tags is None:
            return self.left_out(node, side, _NOT_ASKED, verified=_is_carried(codes))
        if side is Side.NARROWER:
            return self.left_out(node, side, _NO_NARROWER_FIELD)
        if codes == UNQUALIFIED and isinstance(node, Word) and literal(node) is not None:
            self.lose(node, side, Query(_tagged(tags)), "a word without a field is .mp.")
        match node:
            case Word():
                return self._word(node, tags)
            case Phrase():
                return self._phrase(node, tags)
            case Adjacency():
                return self._adjacency(node, codes, tags)
        raise TypeError(f"{type(node).__name__} is no text")

    def _name(self, node: Word | Phrase, code: str, side: Side) -> Bound:
        """A heading, subheading or publication type by its whole name."""
        wider, narrower = NAME_TAGS[code]
        words = [literal(word) for word in (node.words if isinstance(node, Phrase) else (node,))]
        name = " ".join(word for word in words if word)
        if code == "fs":
            name = _subheading_name(name)
        if None in words or not name:
            return self.left_out(node, side, "a name that PubMed can't take")
        bound = Query(f'"{name}"[{wider if side is Side.WIDER else narrower}]')
        if wider != narrower and side is Side.WIDER:
            self.lose(node, side, bound, f"[{wider}] also finds the narrower ones")
        return bound

    def _word(self, node: Word, tags: tuple[str, ...]) -> Bound:
        found = spellings(node)
        if found is None:
            return self.left_out(node, Side.WIDER, "a word that PubMed can't search by itself")
        bound = any_of([Query(f"{one}[{tag}]") for one in found for tag in tags])
        root = node.truncated_root
        if node.literal is None and (len(found) > 1 or root is None):
            self.lose(node, Side.WIDER, bound, "spelt as PubMed truncates: four letters and *")
        return bound

    def _phrase(self, node: Phrase, tags: tuple[str, ...]) -> Bound:
        stretches = phrase_window(node)
        bound = self._near(stretches, tags) if stretches else None
        if bound is not None:
            self.lose(node, Side.WIDER, bound, "the words next to each other in any order")
            return bound
        return self._together(node, searched_words(node), tags)

    def _together(self, node: Node, words: Iterable[Word], tags: tuple[str, ...]) -> Bound:
        bound = all_of([self._word(word, tags) for word in words])
        self.lose(node, Side.WIDER, bound, "the words anywhere in the field (AND)")
        return bound

    def _adjacency(self, node: Adjacency, codes: tuple[str, ...], tags: tuple[str, ...]) -> Bound:
        """`~N` for plain words, else AND in the same field (ovid-semantics 11.2 to 11.4 and 12)."""
        stretches = windows(node)
        bound = self._near(stretches, tags) if stretches else None
        if bound is not None:
            self._near_losses(node, bound)
            return bound
        bound = all_of([self.bound(child, codes, Side.WIDER) for child in node.children])
        self.lose(node, Side.WIDER, bound, "the words anywhere in the field (AND)")
        return bound

    def _near(self, stretches: Iterable[Window], tags: tuple[str, ...]) -> Bound | None:
        """One of the stretches; None where the fields know no proximity, or PubMed no such word."""
        if not PROXIMITY_TAGS.issuperset(tags):
            return None
        texts = []
        for stretch in map(Window.distinct, stretches):
            if len(stretch.words) == 1 and stretch.words[0] in PUBMED_STOP_WORDS:
                return None
            texts += [_stretch(stretch, tag) for tag in tags]
        return any_of(map(Query, texts))

    def _near_losses(self, node: Adjacency, bound: Bound) -> None:
        """Two plain words in either order are said exactly; what is wider, is reported."""
        for part in node.walk():
            if isinstance(part, Phrase):
                self.lose(part, Side.WIDER, bound, "its words inside the window around it")
            elif isinstance(part, Adjacency) and not _is_exact(part):
                self.lose(part, Side.WIDER, bound, "all words inside one window, in any order")


_NOT_ASKED = "a field that PubMed is not asked for"
_NO_NARROWER_FIELD = "PubMed has no field that holds less"
_WIDENED = (Direction.SUPERSET, True)
_TEXT = (Word, Phrase, Adjacency, And, Or, Not, Fielded)


def _tagged(tags: Iterable[str]) -> str:
    return " OR ".join(f"[{tag}]" for tag in tags)


def _stretch(stretch: Window, tag: str) -> str:
    if len(stretch.words) == 1:
        return f"{stretch.words[0]}[{tag}]"
    return f'"{" ".join(stretch.words)}"[{tag}:~{stretch.between}]'


def _is_exact(node: Adjacency) -> bool:
    """True for two plain words, or groups of them, in either order, no word on both sides."""
    if node.ordered:
        return False
    left, right = _plain_words(node.left), _plain_words(node.right)
    return left is not None and right is not None and left.isdisjoint(right)


def _plain_words(node: Node) -> frozenset[str] | None:
    words = node.operands if isinstance(node, Or) else (node,)
    if not all(isinstance(word, Word) for word in words):
        return None
    return frozenset(literal(word) or "" for word in words if isinstance(word, Word))


def _is_text(node: Node) -> bool:
    return all(isinstance(part, _TEXT) for part in node.walk())


def _is_carried(codes: tuple[str, ...]) -> bool:
    """True where the exact evaluation has all the fields, whether PubMed is asked or not."""
    return all(parts_of(code, DIALECT) for code in codes)


def _is_name_field(node: Fielded) -> bool:
    """True where a field of whole names is asked for names alone (`humans.sh.`)."""
    return (
        len(node.codes) == 1
        and node.codes[0] in NAME_TAGS
        and _are_names(node.operand, phrases=node.codes == ("fs",))
    )


def _are_names(node: Node, *, phrases: bool) -> bool:
    if isinstance(node, And | Or | Not):
        return all(_are_names(child, phrases=phrases) for child in node.children)
    return isinstance(node, Word) or (phrases and isinstance(node, Phrase))


def _sendable_name(name: str) -> str | None:
    """A heading's name; None where it holds what ends a name in PubMed's syntax."""
    return None if any(character in name for character in '"[]/*') else name


def _subheading_name(text: str) -> str:
    """A subheading's name by its code or its name; empty where MeSH has none such."""
    spelt = text.replace(" and ", " & ")
    return SUBHEADINGS.get(text) or (spelt if spelt in SUBHEADINGS.values() else "")
