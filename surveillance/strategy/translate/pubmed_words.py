"""Words and phrases as PubMed takes them: truncation, wildcards, stop words (ovid-semantics 11)."""

from __future__ import annotations

import string
from dataclasses import dataclass

from surveillance.strategy.evaluate.words import is_stop_word
from surveillance.strategy.nodes import Adjacency, Near, Node, Or, Phrase, Wildcard, Word
from surveillance.strategy.pubmed_stop_words import STOP_WORDS
from surveillance.strategy.translate.plain_words import plain

SHORTEST_ROOT = 4
MOST_SPELLINGS = 100
MOST_PROXIMITIES = 50

# One letter or digit: PubMed indexes words in ASCII (User Guide, "Character conversions").
_CHARACTERS = string.ascii_lowercase + string.digits

# The Booleans are not found as terms of their own, either.
PUBMED_STOP_WORDS = STOP_WORDS | {"and", "or", "not"}


@dataclass(frozen=True, slots=True)
class Spelling:
    """A word that can be sent: whole, or the beginning of one (`truncated`)."""

    letters: str
    truncated: bool = False

    def __str__(self) -> str:
        return self.letters + "*" * self.truncated


def literal(word: Word) -> str | None:
    """A word without wildcards as it is sent, else None."""
    return plain(word.literal) if word.literal is not None else None


def spellings(word: Word) -> tuple[Spelling, ...] | None:
    """What finds every word that `word` means; None where no query of reasonable size does.

    `nerve*` stays; `colo?r` becomes `colo*`; a root under four characters, which PubMed doesn't
    truncate (ovid-semantics 11.5), is spelt out up to four: `cut*` is cut, cuta*, cutb* … cut9*.
    """
    parts = tuple(part if isinstance(part, Wildcard) else plain(part) for part in word.parts)
    finished: set[Spelling] = set()
    open_ends = {""}
    for part in parts:
        if part is None:
            return None
        if isinstance(part, str):
            open_ends = {begun + part for begun in open_ends}
        else:
            finished |= {Spelling(begun, True) for begun in open_ends if _long(begun)}
            continued = _filled({begun for begun in open_ends if not _long(begun)}, part)
            finished |= {Spelling(begun, True) for begun in continued if _cut_off(begun, part)}
            open_ends = {begun for begun in continued if not _cut_off(begun, part)}
        if len(finished) + len(open_ends) > MOST_SPELLINGS:
            return None
    finished |= {Spelling(begun) for begun in open_ends}
    if any(not s.truncated and s.letters in PUBMED_STOP_WORDS for s in finished):
        return None
    return tuple(sorted(finished, key=lambda s: (s.letters, s.truncated)))


def _long(begun: str) -> bool:
    return len(begun) >= SHORTEST_ROOT


def _cut_off(begun: str, wildcard: Wildcard) -> bool:
    """True where a wildcard was filled as far as is needed and could go on."""
    return _long(begun) and (wildcard.most is None or wildcard.most > 1)


def _filled(begun: set[str], wildcard: Wildcard) -> set[str]:
    """Every way to fill a gap, up to the length from which PubMed truncates."""
    filled = set(begun) if wildcard.least == 0 else set()
    growing = begun
    most = SHORTEST_ROOT if wildcard.most is None else wildcard.most
    for length in range(1, most + 1):
        growing = {b + c for b in growing if not _long(b) for c in _CHARACTERS}
        if len(growing) > MOST_SPELLINGS:
            return growing
        filled |= growing if length >= wildcard.least else {b for b in growing if _long(b)}
    return filled


def as_typed(node: Node) -> str | None:
    """PubMed's own words, as PubMed reads them; None with what PubMed would ignore in silence.

    Only the last word may be truncated, with four letters or more, and none in a proximity
    (ovid-semantics 11.3 and 11.5). Stop words by themselves find nothing.
    """
    match node:
        case Word():
            text = _sendable(node)
            return None if text in PUBMED_STOP_WORDS else text
        case Phrase():
            texts = [*map(literal, node.words[:-1]), _sendable(node.words[-1])]
            quoted = node.quoted
            if PUBMED_STOP_WORDS.issuperset(texts):
                return None
        case Near():
            texts, quoted = [literal(word) for word in node.words], True
        case _:
            return None
    if None in texts:
        return None
    text = " ".join(text for text in texts if text)
    return f'"{text}"' if quoted else text


def _sendable(word: Word) -> str | None:
    root = plain(word.truncated_root) if word.truncated_root else None
    return f"{root}*" if root and _long(root) else literal(word)


@dataclass(frozen=True, slots=True)
class Window:
    """Words that stand in one stretch of text with at most `between` others among them."""

    words: tuple[str, ...]
    between: int = 0

    def beside(self, other: Window, between: int) -> Window:
        """Both, with at most `between` words between them."""
        return Window((*self.words, *other.words), self.between + other.between + between)

    def distinct(self) -> Window:
        """Each word once; those left out may stand between the others."""
        words = tuple(dict.fromkeys(self.words))
        return Window(words, self.between + len(self.words) - len(words))


def windows(node: Node) -> tuple[Window, ...] | None:
    """The stretches of plain words that a node stands for, one of which must hold.

    None where it holds a wildcard, a letter that isn't sent, anything but text, or more than
    `MOST_PROXIMITIES` stretches.
    """
    match node:
        case Word():
            word = literal(node)
            return (Window((word,)),) if word else None
        case Phrase():
            return phrase_window(node)
        case Or():
            return _alternatives(node)
        case Adjacency():
            return _pairs(node)
    return None


def phrase_window(phrase: Phrase) -> tuple[Window, ...] | None:
    """A phrase as a stretch: a stop word in it may stand there or not (ovid-semantics 3)."""
    kept = searched_words(phrase)
    words = [literal(word) for word in kept]
    if None in words:
        return None
    return (Window(tuple(w for w in words if w), len(inner_words(phrase)) - len(kept)),)


def searched_words(phrase: Phrase) -> tuple[Word, ...]:
    """The words of a phrase that are searched: without stop words, if that leaves any."""
    kept = tuple(word for word in phrase.words if not is_stop_word(word))
    return kept or phrase.words


def inner_words(phrase: Phrase) -> tuple[Word, ...]:
    """The words from the first to the last that is searched."""
    kept = [at for at, word in enumerate(phrase.words) if not is_stop_word(word)]
    return phrase.words[kept[0] : kept[-1] + 1] if kept else phrase.words


def _alternatives(node: Or) -> tuple[Window, ...] | None:
    found: list[Window] = []
    for operand in node.operands:
        stretches = windows(operand)
        if stretches is None or len(found) + len(stretches) > MOST_PROXIMITIES:
            return None
        found += stretches
    return tuple(found)


def _pairs(node: Adjacency) -> tuple[Window, ...] | None:
    left, right = windows(node.left), windows(node.right)
    if left is None or right is None or len(left) * len(right) > MOST_PROXIMITIES:
        return None
    return tuple(one.beside(other, node.between) for one in left for other in right)
