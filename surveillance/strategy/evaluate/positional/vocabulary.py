"""The words of a batch in order: which of them a searched word finds."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from itertools import accumulate

from surveillance.strategy.evaluate.semantics import Semantics
from surveillance.strategy.evaluate.words import finds, fold
from surveillance.strategy.nodes import Word

# Behind every character of a word.
_LAST = "\U0010ffff"


class Vocabulary:
    """Folded words, each once, in order; a word's number is its place."""

    def __init__(self, words: Iterable[str]) -> None:
        self.words = sorted(words)
        self._number = {word: number for number, word in enumerate(self.words)}
        # All of them as one text, so that letters inside words are found in one go.
        self._text = "\n".join([*self.words, ""])
        self._begins = [0, *accumulate(len(word) + 1 for word in self.words)]

    def __len__(self) -> int:
        return len(self.words)

    def found_by(self, word: Word, options: Semantics) -> Iterator[tuple[int, int]]:
        """The numbers of the words that a searched word finds, as stretches [first, after)."""
        beginning = word.parts[0]
        root = fold(beginning, options) if isinstance(beginning, str) else ""
        if word.literal is not None:
            number = self._number.get(root)
            if number is not None:
                yield number, number + 1
            return
        first = bisect_left(self.words, root)
        after = bisect_left(self.words, root + _LAST, first) if root else len(self.words)
        if word.truncated_root is not None:
            yield first, after
        else:
            for number in self._holding(_longest_letters(word, options), first, after):
                if finds(word, self.words[number], options):
                    yield number, number + 1

    def _holding(self, letters: str, first: int, after: int) -> Iterator[int]:
        """The words from `first` to before `after` with these letters in them."""
        place = self._text.find(letters, self._begins[first], self._begins[after])
        while place >= 0:
            number = bisect_right(self._begins, place) - 1
            yield number
            place = self._text.find(letters, self._begins[number + 1], self._begins[after])


def _longest_letters(word: Word, options: Semantics) -> str:
    return max((fold(part, options) for part in word.parts if isinstance(part, str)), key=len)
