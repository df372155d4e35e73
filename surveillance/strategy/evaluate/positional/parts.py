"""One part of all records (their titles, their abstracts …) as words with their positions."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np

from surveillance.strategy.evaluate.positional.holders import Holders, ascending
from surveillance.strategy.evaluate.positional.verdicts import Numbers, TermNumbers, bits
from surveillance.strategy.evaluate.positional.vocabulary import Terms, Vocabulary
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

    def size(self, terms: Terms) -> int:
        """How many positions words have."""
        if len(terms) == 1:
            ((first, after),) = terms
            return self.starts[after] - self.starts[first]
        return sum(self.starts[after] - self.starts[first] for first, after in terms)

    def standing(self, terms: Terms) -> Numbers:
        """The positions of words, ascending."""
        if len(terms) == 1:
            ((first, after),) = terms
            found = self.positions[self.starts[first] : self.starts[after]]
            return found if after - first == 1 else np.sort(found)
        stretches = [(self.starts[first], self.starts[after]) for first, after in terms]
        several = [self.positions[first:after] for first, after in stretches]
        together = np.concatenate([self.positions[:0], *several])
        together.sort()
        return together


class _Cutting:
    """Texts on their way to words, each word by the number it was met under."""

    def __init__(self, numbers: _Met, options: Semantics) -> None:
        self._options = options
        self._numbers = numbers
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

    def part(self, vocabulary: Vocabulary, ranks: TermNumbers) -> TextPart:
        """The part of all texts; `ranks` has the place in the vocabulary of each word met."""
        lengths = np.array(self._lengths, np.int64)
        passages = np.arange(len(lengths))
        firsts = np.cumsum(lengths) - lengths + passages * ((1 << _PASSAGE) + 1) + 1
        text, positions, terms = self._laid_out(ranks, lengths)
        records = np.array(self._records, np.int64)
        return TextPart(
            vocabulary,
            ascending(np.bincount(terms, minlength=len(vocabulary))),
            positions,
            text,
            Holders.of(terms, records[positions >> _PASSAGE], len(vocabulary), len(self._absent)),
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


def text_parts(
    parts: Mapping[str, Iterable[Sequence[str] | None]], options: Semantics
) -> dict[str, TextPart]:
    """The texts of each record (None: not there yet), part by part, as parts of an index.

    They share a vocabulary, so that what a word finds in them is looked up once.
    """
    numbers = _Met(options)
    cuttings = {name: _Cutting(numbers, options).cut(texts) for name, texts in parts.items()}
    vocabulary = Vocabulary(numbers.words)
    ranks = np.empty(len(vocabulary), np.int32)
    met = [numbers.words[word] for word in vocabulary.words]
    ranks[met] = np.arange(len(vocabulary), dtype=np.int32)
    return {name: cutting.part(vocabulary, ranks) for name, cutting in cuttings.items()}
