"""How probable it is that two records are one publication, from how alike their fields are.

Each field's similarity falls into a level, and each level weighs for or against (in log odds); a
field that one record lacks weighs nothing. The weights are those of a logistic regression on half
A of the labelled sets (`python -m benchmarks.dedup_fit`), so that the sum is a probability.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

from surveillance.dedup.similarity import Values
from surveillance.dedup.weights import WEIGHTS

#: The least similarity of each level of a field but the lowest.
LEVELS = {
    "title": (1.0, 0.95, 0.88, 0.75),
    "authors": (1.0, 0.75, 0.5, 0.01),
    "first author": (1.0,),
    "year": (1.0, 0.8),
    "journal": (0.95, 0.75, 0.5),
    "volume": (1.0,),
    "issue": (1.0,),
    "pages": (1.0, 0.8, 0.7),
    "doi": (1.0, 0.9, 0.5),
    "abstract": (0.97, 0.9, 0.75, 0.5),
}
#: Beside the levels: what weighs more, or less, than its parts.
CONTAINED = "one title contains the other"
GENERIC = "many publications have the title"
OWN_TITLE = "the same title, which few have"
TITLE_AND_DOI = "titles alike and the same DOI"
ALWAYS = "any pair"


#: Each field's levels from the highest, with what they weigh.
_WEIGHED = {
    field: [(bound, WEIGHTS[f"{field} {bound}"]) for bound in (*least, 0.0)]
    for field, least in LEVELS.items()
}


def probability(values: Values, *, contained: bool, generic: bool) -> float:
    """The probability (0–1) that the pair is one publication."""
    beside = _beside(values, contained=contained, generic=generic)
    total = WEIGHTS[ALWAYS] + sum(WEIGHTS[name] for name in beside)
    for field, levels in _WEIGHED.items():
        value = values[field]
        if value == 1.0:
            total += levels[0][1]
        elif value is not None:
            total += next(weight for bound, weight in levels if value >= bound)
    return round(1 / (1 + math.exp(-max(-30.0, min(30.0, total)))), 4)


def features(values: Values, *, contained: bool, generic: bool) -> Iterator[str]:
    """The names of what weighs in a pair."""
    yield ALWAYS
    for field, least in LEVELS.items():
        value = values[field]
        if value is not None:
            yield f"{field} {next((bound for bound in least if value >= bound), 0.0)}"
    yield from _beside(values, contained=contained, generic=generic)


def names() -> Iterator[str]:
    """The names of all that can weigh."""
    yield from (ALWAYS, GENERIC, OWN_TITLE, CONTAINED, TITLE_AND_DOI)
    for field, least in LEVELS.items():
        yield from (f"{field} {bound}" for bound in (*least, 0.0))


def _beside(values: Values, *, contained: bool, generic: bool) -> Iterator[str]:
    title = values["title"]
    if generic:
        yield GENERIC
    elif title == 1.0:
        yield OWN_TITLE
    if contained and title is not None and title < LEVELS["title"][1]:
        yield CONTAINED
    if values["doi"] == 1.0 and title is not None and title >= LEVELS["title"][1]:
        yield TITLE_AND_DOI
