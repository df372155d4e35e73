"""What is the same in two versions of a list, and what was added or dropped."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

from rapidfuzz import fuzz

from surveillance.studies.change import plain

Item = TypeVar("Item")

# Two wordings of one thing share most of their words (rapidfuzz's ratio of the sorted words, 0 to
# 100).
_SAME = 70
# Above this many pairs of wordings the rest counts as dropped and added; and no wording is
# looked at beyond so many characters: whatever a document holds, the comparison stays quick.
_MOST_PAIRS, _LONGEST = 40_000, 1_000


class Lists(Generic[Item]):
    """Two versions of a list; what is paired leaves, and what stays was dropped or added."""

    def __init__(self, before: tuple[Item, ...], after: tuple[Item, ...]) -> None:
        self.dropped, self.added = list(before), list(after)

    def equal(self, key: Callable[[Item], Hashable]) -> list[tuple[Item, Item]]:
        """Take out the pairs that have the same key."""
        waiting: dict[Hashable, deque[int]] = defaultdict(deque)
        for place, item in enumerate(self.added):
            waiting[key(item)].append(place)
        found = []
        for place, item in enumerate(self.dropped):
            if same := waiting.get(key(item)):
                found.append((place, same.popleft()))
        return self._taken(found)

    def alike(self, words: Callable[[Item], str]) -> list[tuple[Item, Item]]:
        """Take out the pairs whose words mostly agree, the likest first."""
        if len(self.dropped) * len(self.added) > _MOST_PAIRS:
            return []
        old = [_sorted_words(words(item)) for item in self.dropped]
        new = [_sorted_words(words(item)) for item in self.added]
        likeness = sorted(
            (-score, i, j)
            for i, was in enumerate(old)
            for j, now in enumerate(new)
            if (score := fuzz.ratio(was, now, score_cutoff=_SAME))
        )
        left, right = set(range(len(old))), set(range(len(new)))
        found = []
        for _, i, j in likeness:
            if i in left and j in right:
                left.remove(i)
                right.remove(j)
                found.append((i, j))
        return self._taken(found)

    def _taken(self, places: list[tuple[int, int]]) -> list[tuple[Item, Item]]:
        pairs = [(self.dropped[i], self.added[j]) for i, j in places]
        old, new = {i for i, _ in places}, {j for _, j in places}
        self.dropped = [item for i, item in enumerate(self.dropped) if i not in old]
        self.added = [item for j, item in enumerate(self.added) if j not in new]
        return pairs


def _sorted_words(text: str) -> str:
    return " ".join(sorted(plain(text[:_LONGEST]).split()))
