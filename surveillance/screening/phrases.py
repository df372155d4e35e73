"""Where a phrase stands in a passage, by number of words: any case, hyphens or none, roots by "*".

spaCy's matchers do the same by a walk through the text for every phrase; here the few words that
begin a phrase are looked up, since criteria have hundreds of phrases and most texts none of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from surveillance.screening.passages import HYPHENS, Passage, words_of


def spans(passage: Passage, phrases: Sequence[str]) -> list[tuple[int, int]]:
    """The first word and the one behind the last of each mention, in the order of the text.

    Of mentions that overlap the first counts, and of those that begin together the longest.
    """
    found = sorted(
        {span for phrase in phrases for span in _spans_of(passage, words_of(phrase))},
        key=lambda span: (span[0], -span[1]),
    )
    kept: list[tuple[int, int]] = []
    for span in found:
        if not kept or span[0] >= kept[-1][1]:
            kept.append(span)
    return kept


def _spans_of(passage: Passage, words: tuple[str, ...]) -> Iterator[tuple[int, int]]:
    if words:
        for first in _first_places(passage, words[0]):
            if end := _end(passage.words, first + 1, words[1:]):
                yield first, end


def _first_places(passage: Passage, word: str) -> Iterator[int]:
    if word.endswith("*"):
        for whole in passage.beginning_with(word[:-1]):
            yield from passage.places[whole]
    else:
        yield from passage.places.get(word, ())


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
