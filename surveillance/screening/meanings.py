"""What an abbreviation stands for in a text: TMR is a nerve operation, a feed and a laser."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum

from surveillance.screening.criterion import Abbreviation
from surveillance.screening.definitions import expansions
from surveillance.screening.language import Evidence, Passage, find_any

#: An expansion that is as close as this to the topic's own is the topic's, misprinted or reworded.
_ALIKE = 0.85
#: One word of another field may be chance: so many different ones are not.
_FOREIGN_WORDS = 2


class Meaning(StrEnum):
    """How an abbreviation is used."""

    MEANT = "meant"
    OTHERWISE = "otherwise"
    UNDEFINED = "undefined"
    UNUSED = "unused"


@dataclass(frozen=True, slots=True)
class FoundMeaning:
    """A meaning, the words that give it, and whether they only speak for it."""

    meaning: Meaning
    evidence: tuple[Evidence, ...] = ()
    by_context: bool = False


def meaning_of(abbreviation: Abbreviation, passages: Sequence[Passage]) -> FoundMeaning:
    """What `abbreviation` stands for in the texts.

    The topic's own meaning anywhere settles it; else the text's own definition of the letters,
    else another listed meaning, else the words around it, if they speak for one meaning only.
    """
    if meant := find_any(passages, abbreviation.means):
        return FoundMeaning(Meaning.MEANT, meant[:1])
    defined = tuple(expansions(abbreviation.abbreviation, passages))
    if ours := [item for item in defined if _is_ours(item.text, abbreviation)]:
        return FoundMeaning(Meaning.MEANT, tuple(ours[:1]))
    if other := find_any(passages, abbreviation.otherwise) or defined:
        return FoundMeaning(Meaning.OTHERWISE, other[:1])
    if used := _as_letters(abbreviation.abbreviation, passages):
        return _by_context(abbreviation, passages, used[0])
    return FoundMeaning(Meaning.UNUSED)


def _as_letters(short: str, passages: Sequence[Passage]) -> list[Evidence]:
    """Where the abbreviation stands as it is written: a cat is no CAT."""
    forms = (short, f"{short}s")
    return [found for found in find_any(passages, forms) if found.text in {*forms, f"{short}S"}]


def _is_ours(expansion: str, abbreviation: Abbreviation) -> bool:
    found = _letters(expansion.replace(abbreviation.abbreviation, ""))
    return any(
        SequenceMatcher(None, found, _letters(meaning)).ratio() >= _ALIKE
        for meaning in abbreviation.means
    )


def _letters(text: str) -> str:
    return "".join(filter(str.isalpha, text.casefold()))


def _by_context(
    abbreviation: Abbreviation, passages: Sequence[Passage], used: Evidence
) -> FoundMeaning:
    ours = find_any(passages, abbreviation.context)
    foreign = find_any(passages, abbreviation.context_otherwise)
    if ours and not foreign:
        return FoundMeaning(Meaning.MEANT, (used, ours[0]), by_context=True)
    different = {item.text.casefold(): item for item in reversed(foreign)}
    if len(different) >= _FOREIGN_WORDS and not ours:
        return FoundMeaning(Meaning.OTHERWISE, (foreign[0], used), by_context=True)
    return FoundMeaning(Meaning.UNDEFINED, (used,))
