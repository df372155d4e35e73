"""Which recommendations, outcomes and comparators something names, by the topic's own words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from surveillance.topics import Named, Recommendation

_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True)
class Touch:
    """A recommendation that is touched, and its words that occur; none where it always is."""

    recommendation: str
    words: tuple[str, ...]


def touches(texts: Iterable[str], recommendations: Sequence[Recommendation]) -> tuple[Touch, ...]:
    """The recommendations that `texts` touch, in the topic's order.

    A word (or several in a row) counts where it stands whole, in any case, with a hyphen or a
    space: “pre-emptive” is “pre emptive” but “prevent” is not in “unprevented”.
    """
    searched = [_spaced(text) for text in texts]
    found = []
    for recommendation in recommendations:
        words = _standing(recommendation.words, searched)
        if words or recommendation.always:
            found.append(Touch(recommendation.id, words))
    return tuple(found)


def named(texts: Iterable[str], concepts: Sequence[Named]) -> tuple[str, ...]:
    """The names of those outcomes or comparators of which a word stands in `texts`."""
    searched = [_spaced(text) for text in texts]
    return tuple(concept.name for concept in concepts if _standing(concept.words, searched))


def _standing(words: Iterable[str], searched: Sequence[str]) -> tuple[str, ...]:
    return tuple(
        word
        for word in words
        if _spaced(word).strip() and any(_spaced(word) in text for text in searched)
    )


def _spaced(text: str) -> str:
    """The words of a text, each between two single spaces."""
    return f" {' '.join(_WORD.findall(text.casefold()))} "
