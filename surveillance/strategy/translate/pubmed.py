"""Any dialect → PubMed: a query that finds at least what the strategy means, and its losses.

Rules: ovid-semantics 11 and 12.
"""

from __future__ import annotations

from collections.abc import Iterable

from surveillance.strategy.fields import unqualified
from surveillance.strategy.limits import date_of
from surveillance.strategy.nodes import (
    Adjacency,
    And,
    DateRange,
    Fielded,
    Heading,
    Near,
    Node,
    Not,
    Or,
    Phrase,
    Word,
)
from surveillance.strategy.strategy import Strategy
from surveillance.strategy.subheadings import SUBHEADINGS
from surveillance.strategy.translate.expression import Bound, Query, Side, Unbounded, all_of, any_of
from surveillance.strategy.translate.losses import Direction, Loss
from surveillance.strategy.translate.pubmed_fields import (
    PROXIMITY_TAGS,
    PUBMED,
    is_carried,
    says_the_same,
    tags_of,
)
from surveillance.strategy.translate.pubmed_names import named
from surveillance.strategy.translate.pubmed_words import (
    PUBMED_STOP_WORDS,
    Window,
    as_typed,
    literal,
    phrase_window,
    searched_words,
    spellings,
    windows,
)
from surveillance.strategy.translate.walk import TranslatedLine, Translation, Translator, at

__all__ = ["Direction", "Loss", "TranslatedLine", "Translation", "translate"]

EMBASE = "ovid-embase"
UNTAGGED: tuple[str, ...] = ()
"""The codes of PubMed words without a tag, which PubMed maps to headings by itself."""

_OPEN = (UNTAGGED, ("all",))
"""Where PubMed leaves a stop word out, instead of finding nothing for it."""


def translate(strategy: Strategy, *, line: int | None = None) -> Translation:
    """The PubMed query of a strategy, for line `line` (None: the result line, the last).

    Whatever the strategy finds exactly on a record, the query finds too, as far as the record has
    the field, unless a loss says `subset` or `unknown`. Never raises: a strategy that gives no
    query has an error in `diagnostics`. Embase goes as mapped (`mapping.mapped`).
    """
    return _ToPubMed(strategy).translation(line)


class _ToPubMed(Translator):
    """PubMed's way to write headings, fields and text."""

    source = "PubMed"
    # U: no text of NLM gives a limit, queries "longer than several hundred characters" go by POST
    # (NBK25499). A cautious figure; nearly every published strategy stays below it.
    longest = 30_000

    @property
    def unfielded(self) -> tuple[str, ...]:
        return UNTAGGED if self._is_pubmed else unqualified(self.dialect)

    @property
    def _is_pubmed(self) -> bool:
        return self.dialect == PUBMED

    def bound(self, node: Node, codes: tuple[str, ...], side: Side) -> Bound:
        """Untagged words stay side by side: PubMed maps them to headings together."""
        if codes == UNTAGGED and isinstance(node, And) and node.implied and side is Side.WIDER:
            words = [literal(word) if isinstance(word, Word) else None for word in node.operands]
            if all(word and word not in PUBMED_STOP_WORDS for word in words):
                together = Query(f"({' '.join(word for word in words if word)})")
                self.lose(node, side, together, _MAPPED_BY_PUBMED)
                return together
        return super().bound(node, codes, side)

    # -- dates -------------------------------------------------------------------------------

    def dates(self, node: DateRange, side: Side) -> Bound:
        """A range in a date field; its days are those of the calendar (User Guide, "Dates")."""
        tag = _DATE_TAGS.get(date_of(node.code) or "")
        if tag is None:
            return self.left_out(node, side, "a date that PubMed is not asked for", verified=False)
        first, last = (node.first or "1000").split("-"), (node.last or "3000").split("-")
        bound = Query(f'("{"/".join(first)}"[{tag}] : "{"/".join(last)}"[{tag}])')
        if self._is_pubmed:
            return bound
        if side is Side.NARROWER:
            return self.left_out(node, side, "PubMed's date is not quite the same")
        self.lose(node, side, bound, _DATE_STEPS.get(tag, _ANOTHER_DATE))
        return bound

    # -- headings ----------------------------------------------------------------------------

    def heading(self, node: Heading, side: Side) -> Bound:
        """`[mh]` and `[majr]` say it exactly; `:noexp` turns off both explosions (User Guide).

        "[mh:noexp] … turns off the more specific terms in both parts": so `Heading/su` is said
        exactly, `exp Heading/su` finds narrower subheadings too (ovid-semantics 6).
        """
        name = _sendable_name(node.name)
        subheadings = [SUBHEADINGS.get(code) for code in node.subheadings]
        if name is None or None in subheadings:
            return self.left_out(node, side, "a name that PubMed can't take", verified=False)
        if not subheadings:
            return _tagged_names([name], "majr" if node.focus else "mh", explode=node.explode)
        names = [f"{name}/{subheading}" for subheading in subheadings]
        if self._is_pubmed:
            return _tagged_names(names, "majr" if node.focus else "mh", explode=node.explode)
        if side is Side.NARROWER:
            return self._narrower_heading(node, names)
        attached = _tagged_names(names, "mh", explode=node.explode)
        if not node.focus:
            if node.explode:
                self.lose(node, side, attached, "PubMed also finds narrower subheadings")
            return attached
        # The star may sit on another subheading than the one asked for, which "H/su"[majr] misses.
        bound = all_of([attached, _tagged_names([name], "majr", explode=node.explode)])
        self.lose(node, side, bound, "subheading and focus are asked apart")
        return bound

    def _narrower_heading(self, node: Heading, names: list[str]) -> Bound:
        """No more than is meant: without explosion; with focus, the star on the combination."""
        bound = _tagged_names(names, "majr" if node.focus else "mh", explode=False)
        if node.explode or node.focus:
            self.lose(node, Side.NARROWER, bound, "the heading itself, without explosion")
        return bound

    # -- text --------------------------------------------------------------------------------

    def fielded(self, node: Fielded, side: Side) -> Bound:
        tags = tags_of(node.codes, self.dialect)
        if tags is None and not self._is_pubmed and _is_text(node.operand):
            carried = is_carried(node.codes, self.dialect)
            return self.left_out(node, side, _NOT_ASKED, verified=carried)
        exact = says_the_same(node.codes, self.dialect) or _is_name_field(node, self.dialect)
        if side is Side.NARROWER and not exact and _is_text(node.operand):
            return self.left_out(node, side, _NO_NARROWER_FIELD)
        if tags and side is Side.WIDER and not exact:
            self._field_loss(node, tags)
        return self.bound(node.operand, node.codes, side)

    def _field_loss(self, node: Fielded, tags: tuple[str, ...]) -> None:
        source, target = _suffix(node.codes, self.dialect), _tagged(tags)
        such_as = "the titles of collections" if tags == ("ti",) else "the authors' keywords"
        step = f"{target} also holds what {source} does not, such as {such_as}"
        direction = Direction.SUPERSET
        if self.dialect == EMBASE and not _THESAURUS.isdisjoint(node.codes):
            direction, step = Direction.UNKNOWN, f"{step}; of headings, MeSH's instead of Emtree's"
        self.record(node, Side.WIDER, Loss(*at(node), source, target, step, direction, True))

    def text(self, node: Node, codes: tuple[str, ...], side: Side) -> Bound:
        if self._is_pubmed:
            return self._pubmed_text(node, codes, side)
        if (name := self._name(node, codes, side)) is not None:
            return name
        tags = tags_of(codes, self.dialect)
        if tags is None:
            carried = is_carried(codes, self.dialect)
            return self.left_out(node, side, _NOT_ASKED, verified=carried)
        if side is Side.NARROWER and not says_the_same(codes, self.dialect):
            return self.left_out(node, side, _NO_NARROWER_FIELD)
        if codes == self.unfielded and isinstance(node, Word):
            self.lose(node, side, Query(_tagged(tags)), "a word without a field: wider fields")
        return self._in_tags(node, codes, tags, side)

    def _in_tags(
        self, node: Node, codes: tuple[str, ...], tags: tuple[str, ...], side: Side
    ) -> Bound:
        if isinstance(node, Word):
            return self._word(node, tags, side)
        if side is Side.NARROWER:
            return self.left_out(node, side, "PubMed has no phrase that holds less")
        match node:
            case Phrase():
                return self._phrase(node, tags)
            case Adjacency():
                return self._adjacency(node, codes, tags)
            case Near():
                return self._near_words(node, tags)
        raise TypeError(f"{type(node).__name__} is no text")

    def _pubmed_text(self, node: Node, codes: tuple[str, ...], side: Side) -> Bound:
        """PubMed's own syntax, as typed; what PubMed would ignore in it, is said wider."""
        if isinstance(node, Word) and literal(node) in PUBMED_STOP_WORDS and codes not in _OPEN:
            step = "a stop word, for which PubMed finds nothing"
            loss = Loss(*at(node), self.printed(node), "", step, Direction.EQUAL, True)
            self.record(node, side, loss)
            return Unbounded.NOTHING
        if codes == ("mh",):
            return self._heading_word(node, side)
        typed = as_typed(node)
        if typed is None:
            return self._in_tags(node, codes, codes or ("all",), side)
        bound = any_of(Query(_with_tag(typed, node, code)) for code in codes or ("",))
        if not codes and isinstance(node, Word):
            if side is Side.NARROWER:
                return self.left_out(node, side, _MAPPED_BY_PUBMED)
            self.lose(node, side, bound, _MAPPED_BY_PUBMED)
        elif not is_carried(codes, self.dialect):
            loss = Loss(*at(node), self.printed(node), typed, _AS_IT_IS, Direction.EQUAL, False)
            self.record(node, side, loss)
        return bound

    def _heading_word(self, node: Node, side: Side) -> Bound:
        """A word that is no heading's name, in the field of headings, which explodes."""
        bound = self._pubmed_text(node, ("mh:noexp",), side)
        if side is Side.WIDER and (typed := as_typed(node)) is not None:
            bound = Query(_with_tag(typed, node, "mh"))
            self.lose(node, side, bound, "[mh] also finds the narrower ones")
        return bound

    def _name(self, node: Node, codes: tuple[str, ...], side: Side) -> Bound | None:
        """A heading, a publication type, a person or a journal by its whole name."""
        if self.dialect == EMBASE and not _EMTREE_NAMES.isdisjoint(codes):
            return self.left_out(node, side, "a name of Emtree, not of MeSH", verified=False)
        name = named(node, codes, self.dialect)
        if name is None:
            return None
        if side is Side.NARROWER:
            narrower = Query(name.narrower) if name.narrower else None
            return narrower or self.left_out(node, side, name.step)
        bound = Query(name.wider)
        if name.step:
            self.lose(node, side, bound, name.step)
        return bound

    def _word(self, node: Word, tags: tuple[str, ...], side: Side = Side.WIDER) -> Bound:
        found = spellings(node)
        if found is None:
            return self.left_out(node, side, "a word that PubMed can't search by itself")
        bound = any_of([Query(f"{one}[{tag}]") for one in found for tag in tags])
        if node.literal is None and (len(found) > 1 or node.truncated_root is None):
            if side is Side.NARROWER:
                return self.left_out(node, side, "a word that PubMed can only spell wider")
            self.lose(node, side, bound, "spelt as PubMed truncates: four letters and *")
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

    def _near_words(self, node: Near, tags: tuple[str, ...]) -> Bound:
        """PubMed ignores a proximity with a wildcard in it (ovid-semantics 11.3)."""
        return self._together(node, node.words, tags)

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
_MAPPED_BY_PUBMED = "a word without a tag: PubMed also finds the headings that it maps it to"
_AS_IT_IS = "said as it stands; our records don't carry the field"
_TEXT = (Word, Phrase, Adjacency, Near, And, Or, Not, Fielded)
_EMTREE_NAMES = frozenset({"sh", "fs"})
_THESAURUS = frozenset({"hw", "kw", "mp", "af"})

# PubMed's tags by the dates of a record (User Guide, "Search field tags").
_DATE_TAGS = {
    "published": "dp",
    "entered": "edat",
    "created": "crdt",
    "indexed": "mhda",
    "revised": "lr",
}
_DATE_STEPS = {"dp": "PubMed takes the electronic and the printed date of publication"}
_ANOTHER_DATE = "PubMed's own date, the nearest to the host's"


def _suffix(codes: tuple[str, ...], dialect: str) -> str:
    """Field codes as they stand behind a group in their dialect."""
    listed = ",".join(codes)
    return {"cochrane": f":{listed}", "inahta": f"[{listed}]"}.get(dialect, f".{listed}.")


def _tagged(tags: Iterable[str]) -> str:
    return " OR ".join(f"[{tag}]" for tag in tags)


def _tagged_names(names: Iterable[str], tag: str, *, explode: bool) -> Bound:
    suffix = "" if explode else ":noexp"
    return any_of([Query(f'"{name}"[{tag}{suffix}]') for name in names])


def _with_tag(typed: str, node: Node, code: str) -> str:
    """A tag, with the reach of a proximity in it; without a tag a group of words is closed."""
    if isinstance(node, Near):
        return f"{typed}[{code}:~{node.between}]"
    return f"{typed}[{code}]" if code else typed


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


def _is_name_field(node: Fielded, dialect: str) -> bool:
    """True where a field of whole names is asked for names alone (`humans.sh.`)."""
    return _are_names(node.operand, node.codes, dialect)


def _are_names(node: Node, codes: tuple[str, ...], dialect: str) -> bool:
    if isinstance(node, And | Or | Not):
        return all(_are_names(child, codes, dialect) for child in node.children)
    return named(node, codes, dialect) is not None


def _sendable_name(name: str) -> str | None:
    """A heading's name; None where it holds what ends a name in PubMed's syntax."""
    return None if any(character in name for character in '"[]/*') else name
