"""A screening replayed: the figures by hand, the start by seed, and what may not be looked at."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveillance.screening.rank_replay import Figures, Replay, figures, replay
from surveillance.screening.rank_words import RankText

START = (90, 91)


def labelled(count: int, included: int, seed: int = 7) -> tuple[list[RankText], list[bool]]:
    draw = random.Random(seed)
    texts, labels = [], []
    for number in range(count):
        fits = number < included
        words = ("nerve", "muscle", "stump") if fits else ("heart", "valve", "vessel")
        common = ("study", "patients", "outcome", "trial", "pain")
        texts.append(RankText(" ".join(draw.choices((*words, *common), k=12))))
        labels.append(fits)
    mixed = list(zip(texts, labels, strict=True))
    draw.shuffle(mixed)
    return [text for text, _ in mixed], [label for _, label in mixed]


@pytest.mark.parametrize(
    ("found_at", "read", "expected"),
    [
        pytest.param([1], 10, Figures(0.85, 0.9, 1.0, 0.0), id="the first of ten"),
        pytest.param([10], 10, Figures(-0.05, 0.0, 0.0, 0.9), id="the last of ten"),
        pytest.param([1, 3], 10, Figures(0.65, 0.7, 0.5, 0.1), id="95 % of two are two"),
        # 95 % of 20 are 19, the 19th of which is the 19th read; the 20th is the last of 100.
        pytest.param([*range(1, 20), 100], 100, Figures(0.76, 0.0, 0.5, 0.135), id="one late"),
    ],
)
def test_the_figures_by_hand(found_at: list[int], read: int, expected: Figures) -> None:
    included = [place + 1 in found_at for place in range(read)]
    found = figures(Replay(START, tuple(range(read))), included)
    assert (found.wss95, found.wss100) == pytest.approx((expected.wss95, expected.wss100))
    assert (found.rrf10, found.atd) == pytest.approx((expected.rrf10, expected.atd))


def test_with_nothing_left_to_find_there_are_no_figures() -> None:
    texts = [RankText("one word"), RankText("two words")]
    replayed = replay(texts, [True, False], seed=1)
    assert replayed == Replay((0, 1), ())
    assert figures(replayed, [True, False]) == Figures(None, None, None, None)


def test_the_start_is_one_included_and_one_excluded_text_by_seed() -> None:
    texts, included = labelled(60, 12)
    starts = {replay(texts, included, seed).start for seed in range(6)}
    assert all(included[first] and not included[second] for first, second in starts)
    assert len(starts) > 1


def test_known_items_alone_are_a_start() -> None:
    texts, included = labelled(300, 30)
    replayed = replay(texts, included, 1, known_items=5)
    assert len(replayed.start) == 5
    assert all(included[place] for place in replayed.start)
    found = figures(replayed, included)
    assert found.wss95 is not None
    assert found.wss95 > 0.7


def test_more_known_items_than_there_are_leave_nothing_to_find() -> None:
    texts, included = labelled(30, 3)
    assert figures(replay(texts, included, 1, known_items=9), included).wss95 is None


def test_the_same_seed_gives_the_same_order() -> None:
    texts, included = labelled(150, 20)
    assert replay(texts, included, 3) == replay(texts, included, 3)


def test_every_text_is_read_once_and_the_start_is_not_read_again() -> None:
    texts, included = labelled(260, 30)
    replayed = replay(texts, included, 1)
    assert sorted([*replayed.start, *replayed.order]) == list(range(260))


def test_learning_finds_the_included_early() -> None:
    texts, included = labelled(400, 30)
    found = figures(replay(texts, included, 1), included)
    assert found.wss95 is not None
    assert found.wss95 > 0.7


def test_a_label_that_was_not_read_yet_changes_nothing_before() -> None:
    """The order up to a text cannot know what people will say of it."""
    texts, included = labelled(200, 30)
    replayed = replay(texts, included, 2)
    at = 60
    other = list(included)
    other[replayed.order[at]] = not other[replayed.order[at]]
    again = replay(texts, other, 2)
    if again.start == replayed.start:
        assert again.order[: at + 1] == replayed.order[: at + 1]


@given(st.integers(0, 2**32 - 1), st.integers(2, 20), st.integers(1, 19))
def test_no_order_of_no_set_breaks_a_figure(seed: int, count: int, wanted: int) -> None:
    texts = [RankText("" if place % 3 else "same") for place in range(count)]
    included = [place < min(wanted, count - 1) for place in range(count)]
    found = figures(replay(texts, included, seed), included)
    if found.wss95 is not None and found.atd is not None:
        assert -0.05 <= found.wss95 <= 0.95
        assert 0 <= found.atd < 1
