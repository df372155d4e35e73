"""Which recommendations a text touches."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveillance.signals.recommendations import Touch, touches
from surveillance.topics import Recommendation
from tests.unit.signals.topics import topic

RECOMMENDATIONS = topic().recommendations


def touched(texts: list[str], recommendations: Sequence[Recommendation]) -> tuple[str, ...]:
    return tuple(touch.recommendation for touch in touches(texts, recommendations))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("An operation for chronic pain", ("1.1", "1.6")),
        ("CHRONIC PAIN.", ("1.1", "1.6")),
        ("chronic\n pain", ("1.1", "1.6")),
        ("chronic (pain)", ("1.1", "1.6")),
        ("chronic pains", ("1.6",)),
        ("subchronic pain", ("1.6",)),
        ("chronic limb pain", ("1.6",)),
        ("Pre-emptive surgery", ("1.4", "1.6")),
        ("pre emptive surgery", ("1.4", "1.6")),
        ("pre‐emptive surgery", ("1.4", "1.6")),
        ("preemptive surgery", ("1.6",)),
        ("pre-emptive against chronic pain", ("1.1", "1.4", "1.6")),
        ("", ("1.6",)),
    ],
)
def test_a_recommendation_is_touched_where_its_words_stand_whole(
    text: str, expected: tuple[str, ...]
) -> None:
    assert touched([text], RECOMMENDATIONS) == expected


def test_words_do_not_run_from_one_text_into_the_next() -> None:
    assert touched(["it was chronic", "pain"], RECOMMENDATIONS) == ("1.6",)


def test_the_words_that_occur_are_told() -> None:
    found = touches(["pre-emptive"], RECOMMENDATIONS)
    assert found == (Touch("1.4", ("pre-emptive",)), Touch("1.6", ()))


def test_a_word_without_letters_touches_nothing() -> None:
    assert touched(["any - text"], [Recommendation(id="1", text="", words=("-", ""))]) == ()


@given(st.lists(st.text(max_size=40), max_size=3), st.sampled_from(["chronic pain", "pre-emptive"]))
def test_more_text_never_touches_less(texts: list[str], word: str) -> None:
    fewer = set(touched(texts, RECOMMENDATIONS))
    assert fewer <= set(touched([*texts, word], RECOMMENDATIONS))
    assert {"1.6"} <= fewer
