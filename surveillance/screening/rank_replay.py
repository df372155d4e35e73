"""A screening that was done is done again in the order of the ranking: what would it have saved?

From one included and one excluded text, drawn by seed, the ranking learns from each label that it
meets. The figures are those of the field (Cohen 2006: work saved over sampling), without the
texts of the start.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor

import numpy as np
import numpy.typing as npt

from surveillance.screening.rank import is_cold, learn
from surveillance.screening.rank_words import RankText, rank_words

#: So many texts are read one by one; then the ranking learns after each fiftieth of all.
ONE_BY_ONE, STEPS = 100, 50


@dataclass(frozen=True, slots=True)
class Replay:
    """The texts' places in the order of reading, and those that were known before."""

    start: tuple[int, ...]
    order: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Figures:
    """What an order is worth; None where there is nothing to find.

    Work saved at a recall of r: 1 - (share read when r is reached) - (1 - r), at 95 and 100 %.
    `rrf10` is the recall after a tenth is read, `atd` the mean share that is read before each
    included text.
    """

    wss95: float | None
    wss100: float | None
    rrf10: float | None
    atd: float | None


def replay(
    texts: Sequence[RankText], included: Sequence[bool], seed: int, known_items: int = 0
) -> Replay:
    """Read all `texts` in the order that is learnt on the way; same seed, same order.

    There must be an included and an excluded text. With `known_items` the start is so many
    included texts instead (as far as there are), as in a topic that nobody has screened yet. When
    the last included is found the rest is read in one go: no figure depends on it.
    """
    labels = np.array(included, dtype=bool)
    start = _known(labels, known_items, seed) if known_items else _start(labels, seed)
    matrix = rank_words(texts).matrix
    read = np.array(start)
    unread = np.ones(len(labels), dtype=bool)
    unread[read] = False
    while unread.any():
        pool = np.flatnonzero(unread)
        taught, refused = read[labels[read]], read[~labels[read]]
        cold = is_cold(len(taught), len(refused))
        learnt = learn(matrix, taught, np.append(refused, pool) if cold else refused)
        order = pool[np.argsort(-learnt.scores[pool], kind="stable")]
        step = _step(len(read), len(labels)) if labels[pool].any() else len(pool)
        read = np.append(read, order[:step])
        unread[order[:step]] = False
    return Replay(start, tuple(read[len(start) :].tolist()))


def figures(replayed: Replay, included: Sequence[bool]) -> Figures:
    """What the order of `replayed` is worth."""
    read = len(replayed.order)
    places = [place for place, text in enumerate(replayed.order) if included[text]]
    if not places:
        return Figures(None, None, None, None)
    return Figures(
        wss95=_work_saved(places, read, Fraction(95, 100)),
        wss100=_work_saved(places, read, Fraction(1)),
        rrf10=sum(place < floor(Fraction(read, 10)) for place in places) / len(places),
        atd=sum(places) / len(places) / read,
    )


def _work_saved(places: Sequence[int], read: int, recall: Fraction) -> float:
    last = places[ceil(recall * len(places)) - 1]
    return float(recall - Fraction(last + 1, read))


def _start(labels: npt.NDArray[np.bool_], seed: int) -> tuple[int, int]:
    draw = np.random.default_rng(seed)
    included = draw.choice(np.flatnonzero(labels))
    return int(included), int(draw.choice(np.flatnonzero(~labels)))


def _known(labels: npt.NDArray[np.bool_], count: int, seed: int) -> tuple[int, ...]:
    there = np.flatnonzero(labels)
    drawn = np.random.default_rng(seed).choice(there, min(count, len(there)), replace=False)
    return tuple(drawn.tolist())


def _step(read: int, texts: int) -> int:
    return 1 if read < ONE_BY_ONE else max(1, texts // STEPS)
