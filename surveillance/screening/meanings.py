"""What an abbreviation stands for in a text: TMR is a nerve operation, a feed and a laser."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from surveillance.screening.criteria import Abbreviation
from surveillance.screening.language import Evidence, Passage, find_any

# An expansion is at most this many words longer than the abbreviation has letters.
_EXTRA_WORDS = 2


class Meaning(StrEnum):
    """How an abbreviation is used."""

    MEANT = "meant"
    OTHERWISE = "otherwise"
    UNDEFINED = "undefined"
    UNUSED = "unused"


@dataclass(frozen=True, slots=True)
class FoundMeaning:
    """A meaning, and the words that give it."""

    meaning: Meaning
    evidence: tuple[Evidence, ...] = ()


def meaning_of(abbreviation: Abbreviation, passages: Sequence[Passage]) -> FoundMeaning:
    """What `abbreviation` stands for in the texts.

    The topic's own meaning anywhere settles it; else another listed meaning, else an expansion
    in brackets whose words begin with the letters ("tumour mutation rate (TMR)").
    """
    if meant := find_any(passages, abbreviation.means):
        return FoundMeaning(Meaning.MEANT, meant[:1])
    if other := find_any(passages, abbreviation.otherwise):
        return FoundMeaning(Meaning.OTHERWISE, other[:1])
    if expanded := next(_expansions(abbreviation.abbreviation, passages), None):
        return FoundMeaning(Meaning.OTHERWISE, (expanded,))
    if used := find_any(passages, (abbreviation.abbreviation,)):
        return FoundMeaning(Meaning.UNDEFINED, used[:1])
    return FoundMeaning(Meaning.UNUSED)


def _expansions(letters: str, passages: Sequence[Passage]) -> Iterator[Evidence]:
    bracketed = re.compile(rf"[(\[]\s*{re.escape(letters)}s?\s*[)\],;:]")
    for passage in passages:
        for found in bracketed.finditer(passage.text):
            start = _spelt_from(letters, passage.text[: found.start()])
            if start is not None:
                yield passage.quote(start, found.end())


def _spelt_from(letters: str, before: str) -> int | None:
    """Where the words begin that spell `letters` up to the end of `before`."""
    words = list(re.finditer(r"\w+", before[-400:]))[-(len(letters) + _EXTRA_WORDS) :]
    wanted = letters.lower()
    for first, word in enumerate(words):
        initials = "".join(w[0][0].lower() for w in words[first:])
        if initials[:1] == wanted[:1] and _in_order(wanted, initials):
            return max(0, len(before) - 400) + word.start()
    return None


def _in_order(wanted: str, initials: str) -> bool:
    rest = iter(initials)
    return all(letter in rest for letter in wanted)
