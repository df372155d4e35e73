"""Pairs that are different at sight: told for millions at once, without a decision on each.

Most records that share the beginning of a title, or a page, are strangers. A pair is left out here
if its probability would not be worth a look even where all that is costly to compare (authors,
journal, abstract) agreed: `decide_pair` would call it different.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import fuzz, process

from surveillance.dedup.blocks import Places
from surveillance.dedup.candidates import Entry
from surveillance.dedup.comparable import Comparable
from surveillance.dedup.decide import WORTH_A_LOOK
from surveillance.dedup.probability import ALWAYS, CONTAINED, LEVELS, OWN_TITLE, TITLE_AND_DOI
from surveillance.dedup.similarity import SORTED_TITLE
from surveillance.dedup.weights import WEIGHTS

LogOdds = NDArray[np.float64]
Codes = NDArray[np.int64]

# Probabilities are rounded to four places; a little less, so that rounding decides nothing.
_HOPELESS = math.log((WORTH_A_LOOK - 1e-4) / (1 - WORTH_A_LOOK + 1e-4))
_LACKING = -1
_AT_ONCE = 200_000


def worth_comparing(entries: Sequence[Entry], pairs: Places) -> Places:
    """The pairs of places in `entries` that may be more than different, in their order."""
    seen = _Seen([entry.form for entry in entries])
    pieces = (pairs[begin : begin + _AT_ONCE] for begin in range(0, len(pairs), _AT_ONCE))
    return np.concatenate([pairs[:0], *map(seen.hopeful, pieces)])


class _Seen:
    """The forms of many records as numbers, in which equal is equal."""

    def __init__(self, forms: Sequence[Comparable]) -> None:
        self._titles = np.array([form.title for form in forms], object)
        self._solid = _codes(form.solid for form in forms)
        self._doi = _codes(form.doi for form in forms)
        self._pmid = _codes(form.pmid for form in forms)
        self._volume = _codes(form.volume for form in forms)
        self._issue = _codes(form.issue for form in forms)
        # "S77" and "77" may be one page of a supplement.
        self._page = _codes(form.first_page.lstrip("s") for form in forms)
        self._page_one = np.array([form.first_page == "1" for form in forms], bool)
        self._year = np.array([form.year or _LACKING for form in forms], np.int64)
        self._abstract = np.array([bool(form.record.abstract) for form in forms], bool)
        # Titles are compared crosswise where there is an original one.
        self._crosswise = np.array([not form.title or bool(form.original_title) for form in forms])

    def hopeful(self, pairs: Places) -> Places:
        """Those of the pairs whose probability may be worth a look, or that have one PMID."""
        a, b = pairs[:, 0], pairs[:, 1]
        beside = self._beside_titles(a, b)
        beside[_equal(self._pmid, a, b)] = np.inf
        alike = np.flatnonzero(beside + self._titles_at_a_glance(a, b) >= _HOPELESS)
        titles = self._titles_compared(a[alike], b[alike])
        return pairs[alike[beside[alike] + titles >= _HOPELESS]]

    def _beside_titles(self, a: Codes, b: Codes) -> LogOdds:
        """The log odds of all but the titles, if what is not looked at agreed."""
        unseen = sum(max(0.0, _most(field)) for field in ("authors", "first author", "journal"))
        found: LogOdds = np.full(len(a), WEIGHTS[ALWAYS] + unseen)
        found += np.where(self._abstract[a] & self._abstract[b], max(0.0, _most("abstract")), 0.0)
        found += _weighed(self._volume, a, b, "volume")
        found += _weighed(self._issue, a, b, "issue")
        found += _weighed(self._doi, a, b, "doi")
        found += np.where(_equal(self._doi, a, b), max(0.0, WEIGHTS[TITLE_AND_DOI]), 0.0)
        return found + self._years(a, b) + self._pages(a, b)

    def _years(self, a: Codes, b: Codes) -> LogOdds:
        apart = np.abs(self._year[a] - self._year[b])
        weight = np.select([apart == 0, apart == 1], _levels("year", 1.0, 0.8), _most("year", 0.0))
        return np.where((self._year[a] < 0) | (self._year[b] < 0), 0.0, weight)

    def _pages(self, a: Codes, b: Codes) -> LogOdds:
        weight = _weighed(self._page, a, b, "pages", unequal=(0.0,))
        # "1" may be an article's own first page, which says nothing against another.
        silent = self._page_one[a] | self._page_one[b]
        return np.where(silent, np.maximum(weight, 0.0), weight)

    def _titles_at_a_glance(self, a: Codes, b: Codes) -> LogOdds:
        """What titles weigh at most, by whether they are equal."""
        unequal = _most("title", *LEVELS["title"][1:], 0.0) + max(0.0, WEIGHTS[CONTAINED])
        weight = np.where(_equal(self._solid, a, b), _EQUAL_TITLES, unequal)
        return np.where(self._crosswise[a] | self._crosswise[b], _EQUAL_TITLES, weight)

    def _titles_compared(self, a: Codes, b: Codes) -> LogOdds:
        """What titles weigh at most, by how alike they are."""
        weight = self._titles_at_a_glance(a, b)
        open_ = np.flatnonzero(
            ~(_equal(self._solid, a, b) | self._crosswise[a] | self._crosswise[b])
        )
        ours, theirs = self._titles[a[open_]], self._titles[b[open_]]
        alike = np.maximum(
            process.cpdist(ours, theirs, scorer=fuzz.ratio, dtype=np.float64),
            SORTED_TITLE
            * process.cpdist(ours, theirs, scorer=fuzz.token_sort_ratio, dtype=np.float64),
        )
        least = LEVELS["title"][1:]
        level = np.select(
            [alike >= 100 * bound for bound in least], _levels("title", *least), _most("title", 0.0)
        )
        weight[open_] = level + max(0.0, WEIGHTS[CONTAINED])
        return weight


def _codes(texts: Iterable[str]) -> Codes:
    """A number for each text, equal for equal ones; −1 for an empty one."""
    known: dict[str, int] = {"": _LACKING}
    return np.fromiter((known.setdefault(text, len(known)) for text in texts), np.int64)


def _equal(codes: Codes, a: Codes, b: Codes) -> NDArray[np.bool_]:
    found: NDArray[np.bool_] = (codes[a] == codes[b]) & (codes[a] != _LACKING)
    return found


def _weighed(
    codes: Codes, a: Codes, b: Codes, field: str, unequal: tuple[float, ...] | None = None
) -> LogOdds:
    """What a field weighs at most: equal, not equal (any lower level, or these), lacking."""
    lower = (*LEVELS[field][1:], 0.0) if unequal is None else unequal
    there = (codes[a] != _LACKING) & (codes[b] != _LACKING)
    weight = np.where(codes[a] == codes[b], _most(field), _most(field, *lower))
    return np.where(there, weight, 0.0)


def _levels(field: str, *levels: float) -> list[float]:
    return [WEIGHTS[f"{field} {level}"] for level in levels]


def _most(field: str, *levels: float) -> float:
    """What a field weighs at most, where both records have it: on any level, or on one of these."""
    return max(_levels(field, *(levels or (*LEVELS[field], 0.0))))


_EQUAL_TITLES = _most("title") + max(0.0, WEIGHTS[OWN_TITLE], WEIGHTS[CONTAINED])
