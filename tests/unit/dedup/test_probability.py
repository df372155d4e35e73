"""What weighs in a pair, and that its sum is what the weights were fitted to."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveillance.dedup.probability import LEVELS, features, names, probability
from surveillance.dedup.similarity import FIELDS
from surveillance.dedup.weights import WEIGHTS

VALUES = st.fixed_dictionaries({field: st.none() | st.floats(0, 1) for field in FIELDS})
NOTHING: dict[str, float | None] = dict.fromkeys(FIELDS)


@given(VALUES, st.booleans(), st.booleans())
def test_the_probability_is_the_sum_of_what_was_fitted(
    values: dict[str, float | None], contained: bool, generic: bool
) -> None:
    named = list(features(values, contained=contained, generic=generic))
    total = sum(WEIGHTS[name] for name in named)
    expected = 1 / (1 + math.exp(-total))
    assert probability(values, contained=contained, generic=generic) == pytest.approx(
        expected, abs=1e-4
    )
    assert len(named) == len(set(named))


def test_every_name_has_a_weight_and_every_weight_a_name() -> None:
    assert sorted(names()) == sorted(WEIGHTS)


def test_a_pair_of_which_nothing_is_known_is_improbable() -> None:
    assert probability(NOTHING, contained=False, generic=False) < 0.05


@pytest.mark.parametrize("field", LEVELS)
def test_agreement_weighs_more_than_disagreement(field: str) -> None:
    agree = probability({**NOTHING, field: 1.0}, contained=False, generic=True)
    differ = probability({**NOTHING, field: 0.0}, contained=False, generic=True)
    missing = probability(NOTHING, contained=False, generic=True)
    assert differ <= missing <= agree
    assert differ < agree
