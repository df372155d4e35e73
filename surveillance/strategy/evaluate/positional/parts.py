"""One part of all records (their titles, their abstracts …) as words with their positions."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np

from surveillance.strategy.evaluate.positional.holders import Holders
from surveillance.strategy.evaluate.positional.verdicts import Numbers, TermNumbers, bits
from surveillance.strategy.evaluate.positional.vocabulary import Vocabulary
from surveillance.strategy.evaluate.semantics import Semantics
from surveillance.strategy.evaluate.words import SENTENCE_END, STOP_WORDS, WORD, fold

# A position is the number of its passage and, in the lower bits, its place in the text of all
# passages: what stands in two passages is farther apart than any proximity reaches.
_PASSAGE = 32
_PLACE = (1 << _PASSAGE) - 1


@dataclass(frozen=True, slots=True)
class TextPart:
    """The words of one part; word n stands at the positions from `starts[n]` to `starts[n + 1]`.

    The positions of a word ascend. `text` has the numbers of all words as they stand, -1 before
    and behind each passage. `passage_records` has the record of each passage, `passage_starts`
    the position of its first word, `passage_lengths` how many words it has. `absent` has the
    records of which this part is not there yet, as bits.
    """

    vocabulary: Vocabulary
    starts: Sequence[int]
    positions: Numbers
    text: TermNumbers
    holders: Holders
    passage_records: Numbers
    passage_starts: Numbers
    passage_lengths: Numbers
    longest: int
    absent: int

    def beside(self, positions: Numbers, offset: int) -> TermNumbers:
        """The numbers of the words so many places further on; negative: beyond the passage."""
        words: TermNumbers = self.text.take((positions & _PLACE) + offset, mode="clip")
        return words

    def records(self, positions: Numbers) -> Numbers:
        """The numbers of the records in which positions lie."""
        records: Numbers = self.passage_records[positions >> _PASSAGE]
        return records

    def passages(self, positions: Numbers) -> Numbers:
        """The numbers of the passages in which positions lie."""
        return positions >> _PASSAGE

    def standing(self, terms: Iterable[tuple[int, int]]) -> Numbers:
        """The positions of words, given as stretches [first, after) that share none; ascending."""
        stretches = [(self.starts[first], self.starts[after]) for first, after in terms]
        found = [self.positions[first:after] for first, after in stretches]
        if len(found) == 1:
            (first, after), *_ = terms
            return found[0] if after - first == 1 else np.sort(found[0])
        return np.sort(np.concatenate(found)) if found else self.positions[:0]


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

    def part(self) -> TextPart:
        """The part of all texts."""
        words = self._numbers.words
        vocabulary = Vocabulary(words)
        ranks = np.empty(len(words), np.int32)
        ranks[[words[word] for word in vocabulary.words]] = np.arange(len(words), dtype=np.int32)
        lengths = np.array(self._lengths, np.int64)
        passages = np.arange(len(lengths))
        firsts = np.cumsum(lengths) - lengths + passages * ((1 << _PASSAGE) + 1) + 1
        text, positions, terms = self._laid_out(ranks, lengths)
        records = np.array(self._records, np.int64)
        return TextPart(
            vocabulary,
            [0, *np.cumsum(np.bincount(terms, minlength=len(words))).tolist()],
            positions,
            text,
            Holders.of(terms, records[positions >> _PASSAGE], len(words), len(self._absent)),
            records,
            firsts,
            lengths,
            max(self._lengths, default=0),
            bits(np.array(self._absent, bool)),
        )

    def _laid_out(
        self, ranks: TermNumbers, lengths: Numbers
    ) -> tuple[TermNumbers, Numbers, TermNumbers]:
        """The text, all positions by word, and the words of these."""
        terms = ranks[np.array(self._stream, np.int32)]
        positions = np.repeat(np.arange(len(lengths)) * ((1 << _PASSAGE) + 1) + 1, lengths)
        positions += np.arange(len(terms))
        text = np.full(len(terms) + len(lengths) + 1, -1, np.int32)
        text[positions & _PLACE] = terms
        order = np.argsort(terms, kind="stable")
        return text, positions[order], terms[order]


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


def text_part(texts: Iterable[Sequence[str] | None], options: Semantics) -> TextPart:
    """The texts of each record (None: not there yet) as one part of an index."""
    return _Cutting(options).cut(texts).part()
