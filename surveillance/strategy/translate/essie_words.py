"""Words as Essie takes them: it has no wildcard, so that a word is spelt out.

Source: ClinicalTrials.gov, "Search Expressions and Syntax" and source-facts (no `*`).
"""

from __future__ import annotations

import string
from collections.abc import Iterable

from surveillance.strategy.nodes import Wildcard, Word
from surveillance.strategy.translate.plain_words import plain

MOST_SPELLINGS = 100

_ONE_CHARACTER = tuple(string.ascii_lowercase + string.digits)
# What mostly stands in the place of `?` or `#` inside a word: wom#n, colo?r, randomi?ed.
_LIKELY_CHARACTERS = tuple("aeioyszcku")
# How English and the Latin and Greek words of medicine mostly go on. Essie finds the inflections
# of a word by itself. A continuation that is no word finds nothing and does no harm.
_CONSONANT_ENDINGS = "a al ation e ed ee er es ia ic ical ies ing ion is ity ive ment or ous s y"
_VOWEL_ENDINGS = "d l ment n r s"
_AFTER_CONSONANT = tuple(_CONSONANT_ENDINGS.split())
_AFTER_VOWEL = tuple(_VOWEL_ENDINGS.split())
_VOWELS = frozenset("aeiou")


def spelt_out(word: Word) -> tuple[str, ...] | None:
    """Every spelling that a word stands for; None where they are too many or without end.

    Texts of the registry are English: a gap is filled with the letters and digits of ASCII.
    """
    return _spelt(word, _ONE_CHARACTER, likely=False)


def likely_spellings(word: Word) -> tuple[str, ...] | None:
    """The spellings that a word mostly stands for: not all of them; None where they are many."""
    return _spelt(word, _LIKELY_CHARACTERS, likely=True)


def _spelt(word: Word, characters: tuple[str, ...], *, likely: bool) -> tuple[str, ...] | None:
    spellings = [""]
    for place, part in enumerate(word.parts):
        if isinstance(part, str):
            letters = plain(part)
            if letters is None:
                return None
            spellings = [begun + letters for begun in spellings]
        elif part.most == 1:
            spellings = list(_filled(spellings, part, characters))
        elif likely and place == len(word.parts) - 1:
            spellings = list(_continued(spellings, part))
        else:
            return None
        if len(spellings) > MOST_SPELLINGS:
            return None
    return tuple(sorted(set(spellings)))


def _filled(spellings: list[str], gap: Wildcard, characters: tuple[str, ...]) -> Iterable[str]:
    for begun in spellings:
        if gap.least == 0:
            yield begun
        for character in characters:
            yield begun + character


def _continued(spellings: list[str], gap: Wildcard) -> Iterable[str]:
    most = gap.most if gap.most is not None else max(map(len, _AFTER_CONSONANT))
    for begun in spellings:
        if gap.least == 0:
            yield begun
        endings = _AFTER_VOWEL if begun[-1:] in _VOWELS else _AFTER_CONSONANT
        for ending in endings:
            if gap.least <= len(ending) <= most:
                yield begun + ending
