"""A text's words: spaCy's blank English tokenizer, asked once for each piece between blanks.

spaCy takes a text apart at its blanks and each piece by its own letters alone. Most pieces of a
text have been met before, and to look one up here is quicker than to have spaCy make its words of
it again.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate, chain, count, groupby
from operator import add
from typing import Any

#: So many pieces are remembered with their words before the memory begins anew.
_MOST_PIECES_KNOWN = 100_000
#: "COVID-19" and "18-year" come apart as "below-knee" does, so that a blank does as well.
_HYPHENS_AT_DIGITS = r"(?<=[0-9])[-–](?=[A-Za-z])|(?<=[A-Za-z])[-–](?=[0-9])"
#: What spaCy takes for a piece: between words one blank is none, further and other ones are.
_PIECE = re.compile(r"\S+|(?<!\S)\s+|(?<=\S)[^\S ]\s*")
#: Half of the new pieces are such.
_LETTERS = re.compile(r"(?P<letters>[A-Za-z]+)(?P<sign>,|(?<=[a-z])\.)?")


@dataclass(frozen=True, slots=True)
class Words:
    """Words in lower case, and the character at which each begins."""

    words: tuple[str, ...]
    starts: tuple[int, ...]


def tokens(text: str) -> Words:
    """The words of a text; blanks are words of their own where there are two."""
    pieces, begins = _pieces(text)
    found = _known().words_of(pieces)
    starts = [
        begin + start for begin, piece in zip(begins, found, strict=True) for start in piece.starts
    ]
    return Words(tuple(chain.from_iterable([piece.words for piece in found])), tuple(starts))


def function_words() -> Collection[str]:
    """The words of English that stand in any text: "the", "of", "was"."""
    found: Collection[str] = _pipeline().Defaults.stop_words
    return found


@lru_cache(maxsize=1)
def sentence_ends() -> frozenset[str]:
    """The signs that spaCy's sentencizer takes for the end of a sentence."""
    from spacy.pipeline import Sentencizer  # noqa: PLC0415

    return frozenset(Sentencizer.default_punct_chars)


def _pieces(text: str) -> tuple[Sequence[str], Sequence[int]]:
    """A text's pieces, and the character at which each begins."""
    pieces = text.split(" ")
    if pieces == text.split():  # one blank between any two, as nearly everywhere
        return pieces, list(map(add, accumulate(map(len, pieces[:-1]), initial=0), count()))
    found = list(_PIECE.finditer(text))
    return [piece[0] for piece in found], [piece.start() for piece in found]


class _Known:
    """The words of the pieces that were met."""

    def __init__(self) -> None:
        self._pieces: dict[str, Words] = {}

    def words_of(self, pieces: Sequence[str]) -> list[Words]:
        """The words of each piece, by the characters of the piece."""
        if new := set(pieces).difference(self._pieces):
            if len(self._pieces) > _MOST_PIECES_KNOWN:
                self._pieces.clear()
                new = set(pieces)
            self._pieces.update(_read(sorted(new)))
        return [self._pieces[piece] for piece in pieces]


def _read(pieces: Sequence[str]) -> Iterator[tuple[str, Words]]:
    """Pieces with their words: spaCy is asked once, since each time costs it as much as a text.

    A new line keeps pieces apart: over a blank spaCy may see what it knows by heart (": )").
    """
    others = []
    for piece in pieces:
        if words := _at_sight(piece):
            yield piece, words
        else:
            others.append(piece)
    if others:
        found = [word.text for word in _pipeline().tokenizer("\n".join(others))]
        for piece, texts in zip(others, _up_to_new_lines(found), strict=True):
            starts = accumulate(map(len, texts[:-1]), initial=0)
            yield piece, Words(tuple([text.lower() for text in texts]), tuple(starts))


def _at_sight(piece: str) -> Words | None:
    """The words of a piece that needs no spaCy: it looks for signs in plain letters at length.

    Blanks are one word, and so are letters, but for those that spaCy knows by heart ("cannot");
    a comma behind them is another, and so is the full stop behind a small letter.
    """
    if piece.isspace():
        return Words((piece,), (0,))
    found = _LETTERS.fullmatch(piece)
    if not found or not _by_heart().isdisjoint((piece, found["letters"])):
        return None
    lower, sign = found["letters"].lower(), found["sign"]
    return Words((lower, sign), (0, len(lower))) if sign else Words((lower,), (0,))


def _up_to_new_lines(words: Iterable[str]) -> Iterator[list[str]]:
    for line, found in groupby(words, "\n".__eq__):
        if not line:
            yield list(found)


@lru_cache(maxsize=1)
def _known() -> _Known:
    return _Known()


@lru_cache(maxsize=1)
def _by_heart() -> frozenset[str]:
    """The pieces that spaCy takes apart, or leaves whole, as a list of them says."""
    return frozenset(_pipeline().tokenizer.rules)


@lru_cache(maxsize=1)
def _pipeline() -> Any:
    import spacy  # noqa: PLC0415  # seconds, and only screening needs it
    from spacy.util import compile_infix_regex  # noqa: PLC0415

    pipeline = spacy.blank("en")
    infixes = [*pipeline.Defaults.infixes, _HYPHENS_AT_DIGITS]
    # What spaCy notes of each new word (its shape, whether it is an address) nobody asks for.
    pipeline.vocab.lex_attr_getters = {}
    pipeline.tokenizer.url_match = None
    pipeline.tokenizer.infix_finditer = compile_infix_regex(infixes).finditer
    return pipeline
