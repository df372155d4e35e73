"""Abbreviations that a text defines itself: “tumour mutation rate (TMR)”, “TMR (a dye)”.

After Schwartz and Hearst (2003), "A simple algorithm for identifying abbreviation definitions in
biomedical text": the letters are looked for backwards in the words before the bracket, the first
at the beginning of a word. Stricter in one point, since a decision rests on it: every word of the
expansion gives a letter, except small ones, so that words around a bracket do not become one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from surveillance.screening.passages import Evidence, Passage

_SMALL = frozenset({"of", "the", "and", "for", "in", "to", "a", "an", "by", "with", "on", "or"})
#: So many characters before a bracket are looked at; an expansion is never longer.
_REACH = 200


def expansions(letters: str, passages: Sequence[Passage]) -> Iterator[Evidence]:
    """Where a text says what `letters` stand for: the expansion, as it is printed."""
    told = [passage for passage in passages if letters in passage.text]
    if not told:
        return
    short = re.escape(letters)
    behind = re.compile(rf"[(\[]\s*{short}s?\s*[)\],;:]")
    before = re.compile(rf"(?<!\w){short}s?\s*[(\[]\s*(?P<long>[^()\[\]]{{3,{_REACH}}}?)\s*[)\],;]")
    for passage in told:
        for found in behind.finditer(passage.text):
            start = _spelt_from(letters, passage.text, found.start())
            if start is not None:
                yield passage.quote(start, found.end())
        for found in before.finditer(passage.text):
            begin, end = found.span("long")
            if _spelt_from(letters, passage.text[:end], end, begin) == begin:
                yield passage.quote(found.start(), found.end())


def _spelt_from(letters: str, text: str, end: int, begin: int | None = None) -> int | None:
    """Where the words begin that spell the letters up to `end`; None where they do not."""
    least = max(0, end - _REACH) if begin is None else begin
    words = list(re.finditer(r"\w+", text[least:end]))
    most = min(len(letters) + 5, 2 * len(letters))
    for first in range(len(words) - 1, max(-1, len(words) - 1 - most), -1):
        spelt = [word[0].lower() for word in words[first:]]
        if spelt[0] not in _SMALL and _spells(spelt, letters.lower()):
            return least + words[first].start()
    return None


def _spells(words: Sequence[str], letters: str) -> bool:
    """Whether the letters stand in the words in this order, some in every word that counts."""
    places = {0}
    for number, word in enumerate(words):
        after = {end for start in places for end in _taken(word, letters, start)}
        # A small word may give none; the first word begins with the first letter.
        places = after | (places if number and word in _SMALL else set())
        if not places:
            return False
    return len(letters) in places


def _taken(word: str, letters: str, start: int) -> Iterator[int]:
    """How far the letters are spelt when `word` gives its first, and as many more as it has."""
    if start < len(letters) and word[0] == letters[start]:
        yield (place := start + 1)
        position = 1
        while place < len(letters) and (found := word.find(letters[place], position)) >= 0:
            place, position = place + 1, found + 1
            yield place
