"""Which recommendations something touches, by the topic's own words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from surveillance.topics import Recommendation


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
        words = tuple(
            word
            for word in recommendation.words
            if _spaced(word).strip() and any(_spaced(word) in text for text in searched)
        )
        if words or recommendation.always:
            found.append(Touch(recommendation.id, words))
    return tuple(found)


def touched(texts: Iterable[str], recommendations: Sequence[Recommendation]) -> tuple[str, ...]:
    """The ids of the recommendations that `texts` touch, in the topic's order."""
    return tuple(touch.recommendation for touch in touches(texts, recommendations))


def _spaced(text: str) -> str:
    """The words of a text, each between two single spaces."""
    letters = (c if c.isalnum() else " " for c in text.casefold())
    return f" {' '.join(''.join(letters).split())} "
