"""Where a phrase stands in a passage, by number of words: any case, hyphens or none, roots by "*".

spaCy's matchers do the same by a walk through the text for every phrase; here the few words that
begin a phrase are looked up, since criteria have hundreds of phrases and most texts none of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from surveillance.screening.passages import HYPHENS, Passage, words_of


def spans(passage: Passage, phrases: tuple[str, ...]) -> list[tuple[int, int]]:
    """The first word and the one behind the last of each mention, in the order of the text.

    Of mentions that overlap the first counts, and of those that begin together the longest.
    """
    if not passage.words:  # two reports of three have no keywords
        return []
    found = sorted(set(_all_spans(passage, _by_first_word(phrases))), key=_first_then_longest)
    kept: list[tuple[int, int]] = []
    for span in found:
        if not kept or span[0] >= kept[-1][1]:
            kept.append(span)
    return kept


def _first_then_longest(span: tuple[int, int]) -> tuple[int, int]:
    return span[0], -span[1]


@dataclass(frozen=True, slots=True)
class _Phrases:
    """What may follow each word that begins a phrase, and each root that does."""

    words: Mapping[str, Sequence[tuple[str, ...]]]
    roots: Mapping[str, Sequence[tuple[str, ...]]]


@lru_cache(maxsize=1024)
def _by_first_word(phrases: tuple[str, ...]) -> _Phrases:
    following: dict[str, list[tuple[str, ...]]] = {}
    for words in filter(None, map(words_of, phrases)):
        following.setdefault(words[0], []).append(words[1:])
    whole = {word: rest for word, rest in following.items() if not word.endswith("*")}
    roots = {word[:-1]: rest for word, rest in following.items() if word.endswith("*")}
    return _Phrases(whole, roots)


def _all_spans(passage: Passage, phrases: _Phrases) -> Iterator[tuple[int, int]]:
    for word in phrases.words.keys() & passage.places.keys():
        yield from _spans_from(word, phrases.words[word], passage)
    for root, following in phrases.roots.items():
        for word in passage.beginning_with(root):
            yield from _spans_from(word, following, passage)


def _spans_from(
    word: str, following: Sequence[tuple[str, ...]], passage: Passage
) -> Iterator[tuple[int, int]]:
    for first in passage.places[word]:
        for rest in following:
            if end := _end(passage.words, first + 1, rest):
                yield first, end


def _end(words: Sequence[str], place: int, following: Sequence[str]) -> int:
    """The place behind the last of the words that follow; 0 where they do not."""
    for word in following:
        # Blanks are words of their own where there are two, as where markup was blanked.
        while place < len(words) and (words[place] in HYPHENS or words[place].isspace()):
            place += 1
        if place >= len(words) or not _is(words[place], word):
            return 0
        place += 1
    return place


def _is(found: str, wanted: str) -> bool:
    return found.startswith(wanted[:-1]) if wanted.endswith("*") else found == wanted
