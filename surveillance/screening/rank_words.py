"""Texts as numbers for ranking: how much each word stands out in each text.

Words are counted by their stems, alone and in pairs, and those of the title once more: what a
report is about stands in its title, and some have nothing else. Each of the three kinds has the
same length in every text, so that a long abstract outshouts nobody.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import chain
from math import sqrt
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import sparse
from Stemmer import Stemmer

from surveillance.screening.language import MAX_TEXT

Numbers = npt.NDArray[np.int64]
#: Rows are texts, columns words; SciPy has no types.
Sparse = Any

#: Found on half of the labelled sets (docs/screening.md): what each kind of word counts.
_ALONE, _PAIRED, _IN_TITLE = 0.6, 0.25, 0.15
# A word of one text says nothing of another; one in nearly all tells none from another.
_FEWEST_TEXTS, _LARGEST_SHARE = 2, 0.95

# Chinese and Japanese put no spaces between words: each of their signs is a word.
_WORD = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]|[^\W_]{2,}")


@dataclass(frozen=True, slots=True)
class RankText:
    """What is read of a report to rank it."""

    title: str
    abstract: str = ""


@dataclass(frozen=True, slots=True)
class RankWords:
    """Texts as numbers: a row a text, a column a word; `name` says which word a column is."""

    matrix: Sparse
    name: Callable[[int], str]


class _Ids(dict[str, int]):
    """Numbers for words, given as they come."""

    def __missing__(self, word: str) -> int:
        self[word] = number = len(self)
        return number


@dataclass(frozen=True, slots=True)
class _Stream:
    """The words of all texts behind one another: their stems, and the texts that they are in."""

    stems: Numbers
    texts: Numbers

    def pairs(self, stems: int) -> _Stream:
        """Each two neighbours as one number."""
        together = self.texts[:-1] == self.texts[1:]
        both = self.stems[:-1] * stems + self.stems[1:]
        return _Stream(both[together], self.texts[:-1][together])


def rank_words(texts: Sequence[RankText]) -> RankWords:
    """The words of `texts` and what they weigh; the same texts always give the same numbers."""
    ids = _Ids()
    of_titles = [_words(text.title) for text in texts]
    of_all = [
        [*title, *_words(text.abstract)] for title, text in zip(of_titles, texts, strict=True)
    ]
    titles, whole = _stream(of_titles, ids), _stream(of_all, ids)
    stem_of, shown = _stems(list(ids))
    alone = _Stream(stem_of[whole.stems], whole.texts)
    in_title = _Stream(stem_of[titles.stems], titles.texts)
    kinds = (
        (_ALONE, alone),
        (_PAIRED, alone.pairs(len(shown))),
        (_IN_TITLE, in_title),
    )
    blocks, columns = zip(*(_block(stream, len(texts), w) for w, stream in kinds), strict=True)
    return RankWords(sparse.hstack(blocks, format="csr"), _namer(columns, shown))


def _words(text: str) -> list[str]:
    return _WORD.findall(text[:MAX_TEXT].lower())


def _stream(words: Sequence[Sequence[str]], ids: _Ids) -> _Stream:
    lengths = [len(found) for found in words]
    numbers = map(ids.__getitem__, chain.from_iterable(words))
    flat = np.fromiter(numbers, np.int64, sum(lengths))
    return _Stream(flat, np.repeat(np.arange(len(words)), lengths))


def _stems(words: Sequence[str]) -> tuple[Numbers, list[str]]:
    """The number of each word's stem, and for each stem the first word that has it."""
    ids = _Ids()
    shown: list[str] = []
    numbers = np.zeros(len(words), np.int64)
    for place, stem in enumerate(Stemmer("english").stemWords(words)):
        numbers[place] = ids[stem]
        if len(ids) > len(shown):
            shown.append(words[place])
    return numbers, shown


def _block(stream: _Stream, texts: int, share: float) -> tuple[Sparse, Numbers]:
    """The weights of one kind of words, and which word each column is."""
    # One sorted number a place, word before text: what is the same stands together.
    keys = np.sort(stream.stems * texts + stream.texts)
    counts, distinct = _runs(keys)
    words, rows = np.divmod(distinct, texts) if texts else (distinct, distinct)
    spread, columns = _runs(words)
    telling = (spread >= _FEWEST_TEXTS) & (spread <= _LARGEST_SHARE * texts)
    kept = np.repeat(telling, spread)
    rows, spread = rows[kept], spread[telling]
    rarity = np.log((1 + texts) / (1 + spread)) + 1
    weights = (1 + np.log(counts[kept])) * np.repeat(rarity, spread)
    lengths = np.sqrt(np.bincount(rows, weights**2, minlength=texts))
    weights *= sqrt(share) / lengths[rows]
    ends = np.concatenate([[0], np.cumsum(spread)])
    block = sparse.csc_matrix((weights, rows, ends), shape=(texts, len(spread)))
    return block, columns[telling]


def _runs(ordered: Numbers) -> tuple[Numbers, Numbers]:
    """How often each number stands in `ordered`, and the numbers."""
    starts = np.flatnonzero(np.diff(ordered, prepend=-1))
    return np.diff(starts, append=len(ordered)), ordered[starts]


def _namer(columns: Sequence[Numbers], shown: Sequence[str]) -> Callable[[int], str]:
    ends = np.cumsum([len(each) for each in columns])

    def name(column: int) -> str:
        kind = int(np.searchsorted(ends, column, side="right"))
        word = int(columns[kind][column - (ends[kind - 1] if kind else 0)])
        if kind == 1:
            return " ".join(shown[part] for part in divmod(word, len(shown)))
        return shown[word]

    return name
