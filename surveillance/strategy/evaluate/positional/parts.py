"""One part of all records (their titles, their abstracts …) as words with their positions."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np

from surveillance.strategy.evaluate.positional.verdicts import Numbers, RecordNumbers, bits
from surveillance.strategy.evaluate.positional.vocabulary import Vocabulary
from surveillance.strategy.evaluate.semantics import Semantics
from surveillance.strategy.evaluate.words import SENTENCE_END, STOP_WORDS, WORD, fold
from surveillance.strategy.nodes import Word

#: Empty positions behind each passage, more than any proximity or phrase reaches: what stands in
#: two passages is never near.
GAP = 1 << 20
#: Positions of one part stay below those of the next: room for 16 million passages in each.
ROOM = 1 << 44


@dataclass(frozen=True, slots=True)
class TextPart:
    """The words of one part; the postings of word n lie from `starts[n]` to `starts[n + 1]`.

    A posting is a position and the number of its record. Positions ascend from passage to
    passage. `text` has the numbers of all words as they stand, -1 before and behind each passage,
    and `places` where in it a posting stands. `absent` has the records of which this part is not
    there yet, as bits.
    """

    vocabulary: Vocabulary
    starts: Sequence[int]
    positions: Numbers
    records: RecordNumbers
    places: RecordNumbers
    text: RecordNumbers
    passage_starts: Numbers
    passage_lengths: Numbers
    absent: int

    def beside(self, places: RecordNumbers, offset: int) -> RecordNumbers:
        """The numbers of the words so many places further on; negative: beyond the passage."""
        return self.text.take(places + offset, mode="clip")

    def stretches(self, word: Word, options: Semantics) -> list[tuple[int, int]]:
        """Where the postings lie of all words that a searched word finds: [first, after)."""
        stretches: list[tuple[int, int]] = []
        for term, after_term in self.vocabulary.found_by(word, options):
            first, after = self.starts[term], self.starts[after_term]
            if stretches and stretches[-1][1] == first:
                first = stretches.pop()[0]
            stretches.append((first, after))
        return stretches


class _Cutting:
    """Texts on their way to words, each word by the number it was met under."""

    def __init__(self, options: Semantics) -> None:
        self._options = options
        self._numbers = _Met(options)
        self._stream = array("i")
        self._lengths = array("i")
        self._records = array("i")
        self._absent: list[bool] = []

    def cut(self, texts: Iterable[Sequence[str] | None]) -> Self:
        for record, passages in enumerate(texts):
            self._absent.append(passages is None)
            for text in passages or ():
                for stretch in self._stretches(text):
                    self._add(record, stretch)
        return self

    def _stretches(self, text: str) -> list[str]:
        return SENTENCE_END.split(text) if self._options.sentences_are_barriers else [text]

    def _add(self, record: int, stretch: str) -> None:
        numbers = [*map(self._numbers.__getitem__, WORD.findall(stretch))]
        if not self._options.stop_words_counted:
            numbers = [number for number in numbers if number >= 0]
        if numbers:
            self._stream.extend(numbers)
            self._lengths.append(len(numbers))
            self._records.append(record)

    def part(self, number: int) -> TextPart:
        """The part, its positions behind those of parts of lower numbers."""
        words = self._numbers.words
        vocabulary = Vocabulary(words)
        ranks = np.empty(len(words), np.int32)
        ranks[[words[word] for word in vocabulary.words]] = np.arange(len(words), dtype=np.int32)
        terms = ranks[np.array(self._stream, np.int32)]
        order = np.argsort(terms, kind="stable")
        lengths = np.array(self._lengths, np.int64)
        gaps = np.arange(len(lengths)) * GAP + number * ROOM
        places = np.arange(len(terms), dtype=np.int32)
        places += np.repeat(np.arange(1, len(lengths) + 1, dtype=np.int32), lengths)
        text = np.full(len(terms) + len(lengths) + 1, -1, np.int32)
        text[places] = terms
        return TextPart(
            vocabulary,
            [0, *np.cumsum(np.bincount(terms, minlength=len(words))).tolist()],
            (np.arange(len(terms)) + np.repeat(gaps, lengths))[order],
            np.repeat(np.array(self._records, np.int32), lengths)[order],
            places[order],
            text,
            np.cumsum(lengths) - lengths + gaps,
            lengths,
            bits(np.array(self._absent, bool)),
        )


class _Met(dict[str, int]):
    """The number of a word as it stands in a text; -1 for a stop word that doesn't count."""

    def __init__(self, options: Semantics) -> None:
        super().__init__()
        self.words: dict[str, int] = {}
        self._dropped = frozenset() if options.stop_words_counted else STOP_WORDS
        self._options = options

    def __missing__(self, found: str) -> int:
        word = fold(found, self._options)
        number = -1 if word in self._dropped else self.words.setdefault(word, len(self.words))
        self[found] = number
        return number


def text_part(
    texts: Iterable[Sequence[str] | None], options: Semantics, *, number: int
) -> TextPart:
    """Part `number` of an index: the texts of each record (None: not there yet)."""
    return _Cutting(options).cut(texts).part(number)
