"""Texts as words and sentences: spaCy's blank English pipeline.

No trained model: on the package index there is none under its own name (source-facts: spaCy), and
a word that decides must be one that an information specialist can read in criteria.toml.
"""

from __future__ import annotations

import html
import re
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from surveillance.screening.tokens import function_words, sentence_ends, tokens

#: A text beyond this many characters is not an abstract; it is not read.
MAX_TEXT = 50_000

#: Beyond so many characters a sentence is a text without full stops, kept only in part.
MAX_SENTENCE = 1000

# How many words an abstract has at least: below, it is a stub ("No abstract available.").
_FEWEST_WORDS = 12
# English prose is a third function words; other languages share a few ("in", "an", "was").
_FEWEST_FUNCTION_WORDS = 0.15

_MARKUP = re.compile(r"<[^<>]{1,80}>|&#?\w{2,8};")
#: Three hundred characters without a blank are no word, and spaCy takes the square of the time.
_LONGEST_PIECE = 300
_ENDLESS = re.compile(rf"\S{{{_LONGEST_PIECE},}}")
_WORD = re.compile(r"[^\W\d_]+")
#: One character each, so that positions hold: other hyphens, minus and the curly apostrophe.
#: Half a character (a lone surrogate, which JSON can name) is none; spaCy cannot take it.
_PLAIN = {"\u2010": "-", "\u2011": "-", "\u2212": "-", "\u2019": "'"}
_NOT_PLAIN = re.compile("[\u2010\u2011\u2212\u2019\ud800-\udfff]")
#: What `re.IGNORECASE` takes for a letter of ASCII beside its capital (Python's documentation).
_FOREIGN_LETTERS = {"\u0130": "i", "\u0131": "i", "\u017f": "s", "\u212a": "k"}
_FOREIGN_LETTER = re.compile("[\u0130\u0131\u017f\u212a]")


@dataclass(frozen=True, slots=True)
class Evidence:
    """The words that a check rests on: which part of the record, from where to where.

    `text` is what stands there, markup included; `sentence` the whole sentence around it, where
    the part is prose.
    """

    part: str
    start: int
    end: int
    text: str
    sentence: str = ""


@dataclass(frozen=True, slots=True)
class Passage:
    """One part of a record, read: its sentences and its words in lower case, each with its place.

    `source` is the text as it came, `text` the same with markup blanked: positions hold in both.
    `sentences` are texts with the character at which each begins, `sentence_words` the number of
    its first word. Word `n` begins at character `starts[n]`; `places` are the numbers of each
    word, and `vocabulary` is sorted.
    """

    part: str
    source: str
    text: str
    sentences: tuple[tuple[int, str], ...]
    sentence_words: tuple[int, ...]
    words: tuple[str, ...]
    starts: tuple[int, ...]
    places: Mapping[str, Sequence[int]]
    vocabulary: tuple[str, ...]

    def quote(self, start: int, end: int) -> Evidence:
        """The words between two characters as evidence."""
        sentence = self._sentence_around(start, end)
        return Evidence(self.part, start, end, self.source[start:end], sentence)

    def word_at(self, character: int) -> int:
        """The number of the word at a character, or of the last before it."""
        return max(0, bisect_right(self.starts, character) - 1)

    def sentence_of(self, word: int) -> range:
        """The numbers of the words of the sentence that a word stands in."""
        place = bisect_right(self.sentence_words, word)
        following = self.sentence_words[place : place + 1]
        return range(self.sentence_words[place - 1], following[0] if following else len(self.words))

    def beginning_with(self, root: str) -> tuple[str, ...]:
        """The words that begin so."""
        first = bisect_left(self.vocabulary, root)
        last = first
        while last < len(self.vocabulary) and self.vocabulary[last].startswith(root):
            last += 1
        return self.vocabulary[first:last]

    def _sentence_around(self, start: int, end: int) -> str:
        """The sentence that begins before `start`; of an endless one what is near."""
        place = bisect_right(self.sentences, (start, "\U0010ffff")) - 1
        if place < 0:
            return ""
        first, text = self.sentences[place]
        last = first + len(text)
        if last - first > MAX_SENTENCE:
            first, last = max(first, start - MAX_SENTENCE // 2), min(last, end + MAX_SENTENCE // 2)
        return self.source[first:last]


def read(part: str, text: str) -> Passage:
    """`text` read into words and sentences; markup is blanked so that positions still hold."""
    source = text[:MAX_TEXT]
    clean = _plain(_without_markup(source))
    found = tokens(clean)
    words, starts = found.words, found.starts
    places = _places(words)
    firsts = _first_words(words, places)
    return Passage(
        part=part,
        source=source,
        text=clean,
        sentences=_sentences(clean, [starts[first] for first in firsts]),
        sentence_words=firsts,
        words=words,
        starts=starts,
        places=places,
        vocabulary=tuple(sorted(places)),
    )


def unusable(text: str) -> str:
    """Why `text` cannot be judged as an abstract, in words; empty where it can."""
    if not text.strip():
        return "there is no abstract"
    if len(text) > MAX_TEXT:
        return f"the text is longer than {MAX_TEXT:,} characters, which no abstract is"
    lower = text.lower()
    if "<" in lower or "&" in lower:
        lower = _MARKUP.sub(" ", lower)
    words = _WORD.findall(lower)
    if len(words) < _FEWEST_WORDS:
        return f"the abstract has fewer than {_FEWEST_WORDS} words"
    if sum(map(function_words().__contains__, words)) < _FEWEST_FUNCTION_WORDS * len(words):
        return "the abstract is not in English"
    return ""


def in_any_case(text: str) -> str:
    """`text` in lower case, with plain letters for all that `re.IGNORECASE` takes for these.

    What a regular expression needs in any case can be looked for here, and a text without it be
    left out; each character stays in its place.
    """
    return (text if text.isascii() else _FOREIGN_LETTER.sub(_plain_letter, text)).lower()


@lru_cache(maxsize=8192)
def words_of(phrase: str) -> tuple[str, ...]:
    """A phrase's words as `read` gives those of a text, hyphens left out; "*" ends a root."""
    words: list[str] = []
    for piece in _with_plain_signs(phrase).split():
        found = list(tokens(piece.rstrip("*")).words)
        if found and piece.endswith("*"):
            found[-1] += "*"
        words += [word for word in found if word not in HYPHENS]
    return tuple(words)


#: Signs that a sentence may begin with.
_OPENING = frozenset("$£€<>+=~≥≤")
#: Between the words of a phrase one of these may stand, or none.
HYPHENS = frozenset({"-", "–"})


def _first_words(words: Sequence[str], places: Mapping[str, Sequence[int]]) -> tuple[int, ...]:
    """The numbers of the words that begin a sentence, by the rule of spaCy's sentencizer.

    Its own walk over the words takes as long as finding them.
    """
    ends = sentence_ends()
    firsts = [0] if words else []
    for end in sorted(place for sign in places.keys() & ends for place in places[sign]):
        for number in range(end + 1, len(words)):
            word = words[number]
            if word in ends:
                break
            if word[0].isalnum() or word[0] in _OPENING:
                firsts.append(number)
                break
    return tuple(firsts)


def _sentences(text: str, starts: list[int]) -> tuple[tuple[int, str], ...]:
    found = []
    for start, end in pairwise([*starts, len(text)]):
        sentence = text[start:end].lstrip()
        found.append((end - len(sentence), sentence.rstrip()))
    return tuple(found)


def _places(words: tuple[str, ...]) -> dict[str, list[int]]:
    places: defaultdict[str, list[int]] = defaultdict(list)
    for number, word in enumerate(words):
        places[word].append(number)
    return dict(places)


def _without_markup(text: str) -> str:
    """`text` with its markup blanked; a text without its signs is not searched for it."""
    return _MARKUP.sub(_blank, text) if "<" in text or "&" in text else text


def _plain(text: str) -> str:
    """`text` with plain hyphens and apostrophes, and blanks for what is no word at all."""
    plain = _with_plain_signs(text)
    if max(map(len, plain.split()), default=0) < _LONGEST_PIECE:
        return plain
    return _ENDLESS.sub(lambda run: " " * len(run[0]), plain)


def _with_plain_signs(text: str) -> str:
    return _NOT_PLAIN.sub(lambda sign: _PLAIN.get(sign[0], "\ufffd"), text)


def _plain_letter(letter: re.Match[str]) -> str:
    return _FOREIGN_LETTERS[letter[0]]


def _blank(markup: re.Match[str]) -> str:
    plain = html.unescape(markup[0]) if markup[0].startswith("&") else ""
    return plain[: len(markup[0])].ljust(len(markup[0]))
