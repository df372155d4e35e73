"""Which recommendations, outcomes and comparators something names, by the topic's own words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

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
    searched = _searched(texts)
    found = []
    for recommendation in recommendations:
        words = _standing(recommendation.words, searched)
        if words or recommendation.always:
            found.append(Touch(recommendation.id, words))
    return tuple(found)


def named(texts: Iterable[str], concepts: Sequence[Named]) -> tuple[str, ...]:
    """The names of those outcomes or comparators of which a word stands in `texts`."""
    searched = _searched(texts)
    return tuple(concept.name for concept in concepts if _standing(concept.words, searched))


def _standing(words: Iterable[str], searched: str) -> tuple[str, ...]:
    return tuple(word for word in words if (asked := _asked(word)).strip() and asked in searched)


def _searched(texts: Iterable[str]) -> str:
    """All texts in one, with a break between two that no word of a topic runs over."""
    return "\n".join(map(_spaced, texts))


@lru_cache(maxsize=4096)
def _asked(word: str) -> str:
    """A topic's word as it is looked for; the same few are looked for in every text."""
    return _spaced(word)


def _spaced(text: str) -> str:
    """The words of a text, each between two single spaces."""
    return f" {' '.join(_WORD.findall(text.casefold()))} "
