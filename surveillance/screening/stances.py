"""How a mention is meant: as it stands, denied, as something nobody measured, or as a wish.

A few words to both sides decide, up to the end of the clause (after NegEx, Chapman et al. 2001:
a trigger reaches so many words and no further than "but").
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from surveillance.screening.passages import Passage


class Stance(StrEnum):
    """What a sentence says of the words that it mentions."""

    ASSERTED = "asserted"
    DENIED = "denied"
    UNMEASURED = "not measured"
    WISHED = "wished for"


_NEGATIONS = frozenset(
    {
        "no", "not", "non", "n't", "none", "without", "neither", "nor", "never", "excluding",
        "except", "unlike",
    }
)  # fmt: skip
_NEGATED_AFTER = frozenset({"excluded", "ineligible"})
_NOT_DONE = frozenset({"included", "eligible", "performed"})
_NOT_MEASURED = frozenset(
    {
        "assessed", "measured", "reported", "recorded", "evaluated", "available", "studied",
        "examined", "investigated",
    }
)  # fmt: skip
#: "No data on neuromas" tells nothing of them; "no evidence of a neuroma" does.
_NO_SOURCE = frozenset({"data", "study", "studies", "trial", "trials", "information", "reports"})
_HYPOTHETICAL = frozenset(
    {
        "future", "further", "needed", "need", "warranted", "required", "encouraged", "lack",
        "lacking", "await", "awaited",
    }
)  # fmt: skip
#: "No difference in pain", "not only pain" and "not known if pain" deny something else than pain.
_BARRIERS = frozenset(
    {
        ",", ";", ":", "but", "however", "although", "whereas", "only", "just", "merely",
        "difference", "differences", "change", "changes", "if", "whether",
    }
)  # fmt: skip
_REACH_BEFORE = 3
_REACH_AFTER = 6


def stance(passage: Passage, first: int, end: int) -> Stance:
    """How the words from number `first` up to `end` are meant in their sentence."""
    sentence = passage.sentence_of(first)
    words = passage.words
    before = _clause(reversed(words[sentence.start : first][-3 * _REACH_BEFORE :]), _REACH_BEFORE)
    after = _clause(words[end : sentence.stop][: 3 * _REACH_AFTER], _REACH_AFTER)
    negated_after = "not" in after or "n't" in after
    if _NEGATIONS & before:
        return Stance.UNMEASURED if _NO_SOURCE & before else Stance.DENIED
    if _HYPOTHETICAL & (before | after):
        return Stance.WISHED
    if negated_after and _NOT_MEASURED & after:
        return Stance.UNMEASURED
    if _NEGATED_AFTER & after or (negated_after and _NOT_DONE & after):
        return Stance.DENIED
    return Stance.ASSERTED


def _clause(words: Iterable[str], reach: int) -> frozenset[str]:
    """So many words, up to where the clause ends; signs are no words."""
    found: list[str] = []
    for word in words:
        if word in _BARRIERS or len(found) == reach:
            break
        if word.isalpha() or any(map(str.isalnum, word)):
            found.append(word)
    return frozenset(found)
