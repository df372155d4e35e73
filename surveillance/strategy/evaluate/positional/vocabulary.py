"""The words of a batch in order: which of them a searched word finds."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import accumulate

from surveillance.strategy.evaluate.semantics import Semantics
from surveillance.strategy.evaluate.words import finds, fold
from surveillance.strategy.nodes import ANY, Wildcard, Word

# Behind every character of a word.
_LAST = "\U0010ffff"

# How many first letters words are kept by.
_LED_BY = 4

# A word may be tried in so many ways by a regular expression, which tries them one by one.
_MOST_WAYS = 64

#: Words by their numbers, as stretches [first, after) that ascend and share none.
Terms = list[tuple[int, int]]


class Vocabulary:
    """Folded words, each once, in order; a word's number is its place."""

    def __init__(self, words: Iterable[str]) -> None:
        self.words = sorted(words)
        self._number = {word: number for number, word in enumerate(self.words)}
        self._leading = _leading(self.words)
        # All of them as one text, so that letters inside words are found in one go.
        self._text = "\n".join([*self.words, ""])
        self._begins = [0, *accumulate(len(word) + 1 for word in self.words)]

    def __len__(self) -> int:
        return len(self.words)

    def number(self, word: str) -> int | None:
        """The number of a word; None: it is not there."""
        return self._number.get(word)

    def beginning(self, root: str) -> tuple[int, int]:
        """The words that begin so: all of them for no letters."""
        if not root:
            return 0, len(self.words)
        first, after = 0, len(self.words)
        if len(root) >= _LED_BY:
            first, after = self._leading.get(root[:_LED_BY], (0, 0))
        first = bisect_left(self.words, root, first, after)
        return first, bisect_left(self.words, root + _LAST, first, after)

    def holding(self, letters: str, first: int, after: int) -> Iterator[int]:
        """The words from `first` to before `after` with these letters in them."""
        place = self._text.find(letters, self._begins[first], self._begins[after])
        while place >= 0:
            number = bisect_right(self._begins, place) - 1
            yield number
            place = self._text.find(letters, self._begins[number + 1], self._begins[after])


def _leading(words: Sequence[str]) -> dict[str, tuple[int, int]]:
    """The stretch of words that share their first letters, so that it need not be searched for."""
    leading: dict[str, tuple[int, int]] = {}
    for number, word in enumerate(words):
        letters = word[:_LED_BY]
        leading[letters] = leading.get(letters, (number, 0))[0], number + 1
    return leading


class Lookup:
    """What searched words find in a vocabulary, under one reading; equal ones are found once."""

    def __init__(self, vocabulary: Vocabulary, options: Semantics) -> None:
        self._vocabulary = vocabulary
        self._options = options
        self._truncated: dict[str, Terms] = {}
        self._masked: dict[Word, Terms] = {}

    def found_by(self, word: Word) -> Terms:
        """The words that a searched word finds."""
        beginning = word.parts[0]
        root = fold(beginning, self._options) if isinstance(beginning, str) else ""
        if len(word.parts) == 1:
            number = self._vocabulary.number(root)
            return [] if number is None else [(number, number + 1)]
        if word.truncated_root is None:
            return self._kept(word, root)
        found = self._truncated.get(root)
        if found is None:
            first, after = self._vocabulary.beginning(root)
            found = self._truncated[root] = [(first, after)] if first < after else []
        return found

    def _kept(self, word: Word, root: str) -> Terms:
        """Wildcards at the beginning or inside: every word that may fit is tried."""
        if word not in self._masked:
            fits = _fitting(word, self._options)
            letters = _longest_letters(word, self._options)
            numbers = self._vocabulary.holding(letters, *self._vocabulary.beginning(root))
            words = self._vocabulary.words
            self._masked[word] = [(n, n + 1) for n in numbers if fits(words[n])]
        return self._masked[word]


def united(several: Iterable[Terms]) -> Terms:
    """The words that at least one of several searched words finds."""
    together: Terms = []
    for first, after in sorted(stretch for terms in several for stretch in terms):
        if together and first < together[-1][1]:
            begun, ended = together.pop()
            together.append((begun, max(after, ended)))
        else:
            together.append((first, after))
    return together


def _longest_letters(word: Word, options: Semantics) -> str:
    return max((fold(part, options) for part in word.parts if isinstance(part, str)), key=len)


def _fitting(word: Word, options: Semantics) -> Callable[[str], object]:
    """As `words.finds` of a folded word; by a regular expression where that can't take long."""
    ways = 1
    for part in word.parts:
        if isinstance(part, Wildcard) and part != ANY:
            ways *= _MOST_WAYS + 1 if part.most is None else part.most
    if ways > _MOST_WAYS or ANY in word.parts[:-1]:
        return lambda found: finds(word, found, options)
    return re.compile("".join(_pattern(part, options) for part in word.parts)).fullmatch


def _pattern(part: str | Wildcard, options: Semantics) -> str:
    if isinstance(part, str):
        return re.escape(fold(part, options))
    return f".{{{part.least},{'' if part.most is None else part.most}}}"
