"""The words by which the subject of one trial is told from another's."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from surveillance.dedup.normalise import fold

_STEM = 6
_SHORTEST = 4
_WORD = re.compile(rf"[^\W_]{{{_SHORTEST},}}")
#: Words that any two trials may share.
_COMMON = """
    study studies trial trials clinical controlled control randomized randomised patients
    patient treatment treatments treated effect effects effective efficacy effectiveness
    evaluation evaluate evaluating safety tolerability participants subjects therapy therapies
    intervention interventions comparison comparing compare compared versus placebo blind
    blinded double single open label phase group groups multicenter multicentre prospective
    investigate investigating assessment assess assessing among after before during their which
    using outcome outcomes health disease diseases other usual standard care adults adult years
    year week weeks month months research program programme management between combination
    different with without from that this people persons results protocol pilot design rationale
    secondary analysis primary based long term short high dose doses daily oral administration
    quality life arm arms parallel center
"""
_COMMON_STEMS = frozenset(word[:_STEM] for word in _COMMON.split())


def telling_stems(texts: Iterable[str]) -> frozenset[str]:
    """The beginnings of the words that say what a trial is about."""
    return stems_of(" ".join(texts))


# A registration's few texts are looked at again for every report that is held against it.
@lru_cache(maxsize=65_536)
def stems_of(text: str) -> frozenset[str]:
    """The same of one text."""
    words = _WORD.findall(fold(text))
    return frozenset(word[:_STEM] for word in words) - _COMMON_STEMS
