"""What is still to be read, in the order in which it probably matters, and the words that say so.

A linear support vector machine learns from what people included and excluded. Only whole
decisions teach it: *unsure* and duplicates are no labels. Its scores order reports and promise
nothing: nobody may leave a report unread for its score (docs/decisions/0021-screening.md).
This module and `rank_words` import scikit-learn and SciPy: only who ranks imports them.
"""

from __future__ import annotations

import warnings
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import sklearn
from sklearn.exceptions import ConvergenceWarning
from sklearn.svm import LinearSVC

from surveillance.screening.rank_words import RankText, RankWords, Sparse, rank_words

Floats = npt.NDArray[np.float64]
Places = npt.NDArray[np.int64]

# Found on half of the labelled sets (docs/screening.md). The included are few and must not be
# missed: together they weigh thirty times what the excluded do.
_STRICTNESS, _INCLUDED_WEIGH = 0.2, 30.0
# As loose as LIBLINEAR itself stops: the means over the sets are the same, in less time.
_TOLERANCE, _MOST_ROUNDS = 0.1, 200
# Before so many exclusions for each inclusion, what is unread stands in for what is excluded.
_EXCLUDED_FOR_EACH = 0.1
# They help to order (how a report is written tells what it is), and tell a reader nothing.
_FUNCTION_WORDS = frozenset(
    {
        "an", "and", "are", "as", "at", "be", "been", "but", "by", "can", "did", "do", "for",
        "from", "had", "has", "have", "in", "into", "is", "it", "its", "may", "no", "not", "of",
        "on", "or", "our", "than", "that", "the", "their", "there", "these", "they", "this",
        "those", "to", "was", "we", "were", "which", "who", "will", "with",
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Terms:
    """The words that lifted a report and those that pushed it down, the strongest first.

    Function words count, too, and are not told.
    """

    lifted: tuple[tuple[str, float], ...]
    lowered: tuple[tuple[str, float], ...]


@dataclass(frozen=True, slots=True)
class Learnt:
    """What each word counts for inclusion, and the score of every text by that."""

    weights: Floats
    scores: Floats


@dataclass(frozen=True, slots=True)
class Ranked:
    """The unread texts, by their places, the likeliest to be included first.

    `scores` belong to `order`: in standard deviations from the mean of what is unread. `cold` says
    that nothing was learnt from exclusions yet.
    """

    order: tuple[int, ...]
    scores: tuple[float, ...]
    cold: bool
    _words: RankWords = field(repr=False, compare=False)
    _weights: Floats = field(repr=False, compare=False)

    def terms(self, place: int, most: int = 5) -> Terms:
        """Why the text at `place` stands where it does."""
        moved = self.moved(place).items()
        told = [(word, by) for word, by in moved if _FUNCTION_WORDS.isdisjoint(word.split())]
        ordered = sorted(told, key=lambda each: (-each[1], each[0]))
        lifted = [(word, by) for word, by in ordered if by > 0]
        lowered = [(word, by) for word, by in reversed(ordered) if by < 0]
        return Terms(tuple(lifted[:most]), tuple(lowered[:most]))

    def moved(self, place: int) -> dict[str, float]:
        """What each word of the text at `place` adds to its score before it is standardised."""
        row = self._words.matrix[place]
        moved: defaultdict[str, float] = defaultdict(float)
        for column, value in zip(row.indices, row.data, strict=True):
            moved[self._words.name(int(column))] += float(value * self._weights[column])
        return moved


def rank(
    texts: Sequence[RankText],
    labels: Sequence[bool | None],
    wanted: RankText | None = None,
) -> Ranked:
    """The texts without a label in order; a label says whether people included the text.

    Until people excluded something, what is unread stands in for it, and `wanted`, the words of
    the criteria, counts as one more included text. With nothing to learn from, the order is that
    of `texts`.
    """
    if len(texts) != len(labels):
        raise ValueError("each text has a label, or None")
    included, excluded, unread = (_labelled(labels, said) for said in (True, False, None))
    cold = is_cold(len(included), len(excluded))
    if wanted and (cold or not len(included)):
        included = np.append(included, len(texts))
    words = rank_words([*texts, *([wanted] if wanted else [])])
    learnt = learn(words.matrix, included, np.append(excluded, unread) if cold else excluded)
    scores = standardised(learnt.scores[unread])
    order = np.argsort(-scores, kind="stable")
    return Ranked(
        order=tuple(unread[order].tolist()),
        scores=tuple(scores[order].tolist()),
        cold=cold,
        _words=words,
        _weights=learnt.weights,
    )


def _labelled(labels: Sequence[bool | None], said: bool | None) -> Places:
    places = [place for place, label in enumerate(labels) if label is said]
    return np.array(places, dtype=np.int64)


def is_cold(included: int, excluded: int) -> bool:
    """Whether too little was excluded to learn from it."""
    return excluded < max(1, _EXCLUDED_FOR_EACH * included)


def learn(matrix: Sparse, included: Places, excluded: Places) -> Learnt:
    """What tells the included rows of `matrix` from the excluded ones; nothing without both."""
    rows, columns = matrix.shape
    if not len(included) or not len(excluded) or not columns:
        return Learnt(np.zeros(columns), np.zeros(rows))
    read = np.concatenate([included, excluded])
    labels = np.repeat([1, 0], [len(included), len(excluded)])
    weights, offset = _fitted(matrix[read], labels)
    return Learnt(weights, matrix @ weights + offset)


def standardised(scores: Floats) -> Floats:
    """Scores in standard deviations from their mean."""
    spread = float(scores.std()) if len(scores) else 0.0
    if spread < 1e-9:
        return np.zeros(len(scores))
    return np.asarray((scores - scores.mean()) / spread, dtype=np.float64)


def _fitted(matrix: Sparse, labels: Places) -> tuple[Floats, float]:
    included = int(labels.sum())
    excluded = len(labels) - included
    # Those of each kind weigh the same, all of them together as much as there are.
    each = len(labels) / (_INCLUDED_WEIGH + 1)
    machine = LinearSVC(
        C=_STRICTNESS,
        class_weight={0: each / excluded, 1: _INCLUDED_WEIGH * each / included},
        dual=True,
        tol=_TOLERANCE,
        max_iter=_MOST_ROUNDS,
        random_state=0,
    )
    with (
        warnings.catch_warnings(action="ignore", category=ConvergenceWarning),
        sklearn.config_context(assume_finite=True, skip_parameter_validation=True),
    ):
        machine.fit(matrix, labels)
    return machine.coef_.ravel(), float(machine.intercept_[0])
