"""Words: what a text is cut into, and which of them a searched word finds."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Self

from surveillance.strategy.evaluate.semantics import Semantics
from surveillance.strategy.nodes import Wildcard, Word

# ovid-semantics 3 (V20, secondary): the stop words of MEDLINE on Ovid.
STOP_WORDS = frozenset(
    ["and", "as", "for", "from", "is", "of", "that", "the", "this", "to", "was", "were"]
)

# Letters and digits; an accent may follow its letter as a character of its own. Everything else
# separates: hyphen, slash, apostrophe too (ovid-semantics 3).
WORD = re.compile(r"(?:[^\W_][\u0300-\u036f]*)+")
SENTENCE_END = re.compile(r"(?<=[.!?])\s+")


@dataclass(frozen=True, slots=True)
class Passage:
    """One text of one part of a record as words; adjacency and phrases stay inside it.

    `text` is the text as the record has it, `spans` where each of the words stands in it.
    """

    part: str
    words: tuple[str, ...]
    positions: Mapping[str, Sequence[int]]
    vocabulary: tuple[str, ...]
    text: str = ""
    spans: tuple[tuple[int, int], ...] = ()

    @classmethod
    def of(
        cls,
        part: str,
        words: tuple[str, ...],
        text: str = "",
        spans: tuple[tuple[int, int], ...] = (),
    ) -> Self:
        """The passage of these words, folded already."""
        positions: dict[str, list[int]] = {}
        for position, word in enumerate(words):
            positions.setdefault(word, []).append(position)
        return cls(part, words, positions, tuple(sorted(positions)), text, spans)

    def where(self, word: Word, semantics: Semantics) -> Iterator[int]:
        """The positions, from 0, at which a word stands."""
        beginning = _folded(word, semantics)[0]
        root = beginning if isinstance(beginning, str) else ""
        for index in range(bisect_left(self.vocabulary, root), len(self.vocabulary)):
            found = self.vocabulary[index]
            if not found.startswith(root):
                return
            if finds(word, found, semantics):
                yield from self.positions[found]


def passages_of(part: str, texts: Iterable[str], semantics: Semantics) -> Iterator[Passage]:
    """The texts of one part, cut into words."""
    for text in texts:
        for start, end in _stretches(text, semantics):
            found = list(_words(text, start, end, semantics))
            words, spans = tuple(word for word, _ in found), tuple(span for _, span in found)
            yield Passage.of(part, words, text, spans)


def _stretches(text: str, semantics: Semantics) -> Iterator[tuple[int, int]]:
    """What adjacency does not leave: the text or, where they are barriers, its sentences."""
    start = 0
    if semantics.sentences_are_barriers:
        for gap in SENTENCE_END.finditer(text):
            yield start, gap.start()
            start = gap.end()
    yield start, len(text)


def _words(
    text: str, start: int, end: int, semantics: Semantics
) -> Iterator[tuple[str, tuple[int, int]]]:
    for found in WORD.finditer(text, start, end):
        word = fold(found.group(), semantics)
        if semantics.stop_words_counted or word not in STOP_WORDS:
            yield word, found.span()


def fold(word: str, semantics: Semantics) -> str:
    """A word without case and, unless the reading says otherwise, without accents."""
    if word.isascii():
        return word.lower()
    if not semantics.fold_accents:
        return unicodedata.normalize("NFC", word).casefold()
    letters = unicodedata.normalize("NFKD", word)
    return "".join(letter for letter in letters if not unicodedata.combining(letter)).casefold()


def is_stop_word(word: Word) -> bool:
    """True for a stop word without wildcard."""
    return word.literal is not None and word.literal.casefold() in STOP_WORDS


def finds(word: Word, found: str, semantics: Semantics) -> bool:
    """True where a searched word finds a folded word of a text, from its first letter to its last.

    Truncation and wildcards: ovid-semantics 4.
    """
    ends = {0}
    for part in _folded(word, semantics):
        if not ends:
            return False
        ends = {end for start in ends for end in _ends(part, found, start)}
    return len(found) in ends


@lru_cache(maxsize=4096)
def _folded(word: Word, semantics: Semantics) -> tuple[str | Wildcard, ...]:
    return tuple(fold(part, semantics) if isinstance(part, str) else part for part in word.parts)


def _ends(part: str | Wildcard, found: str, start: int) -> Iterable[int]:
    """Where `part` can end in `found` if it begins at `start`."""
    if isinstance(part, str):
        return (start + len(part),) if found.startswith(part, start) else ()
    most = len(found) if part.most is None else min(len(found), start + part.most)
    return range(start + part.least, most + 1)
