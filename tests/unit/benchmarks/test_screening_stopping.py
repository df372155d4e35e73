from __future__ import annotations

import random
from math import comb, floor

import pytest

from benchmarks.screening_stopping import buscar_stop, our_stop, sampled_stop
from surveillance.screening.stopping import Promise


@pytest.mark.parametrize("seed", range(12))
def test_the_peer_is_its_published_test_over_every_window(seed: int) -> None:
    """All windows, each with its own hypergeometric sum, as buscar's calculate_h0 has them."""
    draw = random.Random(seed)
    size = draw.randint(10, 60)
    labels = [draw.random() < 0.2 / (1 + place / 8) for place in range(size)]
    assert buscar_stop(labels, Promise(0.9)) == _over_every_window(labels, 0.9)


def _over_every_window(labels: list[bool], recall: float) -> int:
    for read in range(1, len(labels) + 1):
        if min(_chance(labels, start, read, recall) for start in range(read)) < 0.05:
            return read
    return len(labels)


def _chance(labels: list[bool], start: int, read: int, recall: float) -> float:
    left, drawn, found = len(labels) - start, read - start, sum(labels[start:read])
    held = floor(sum(labels[:read]) / recall + 1 - sum(labels[:start]))
    if held > left:
        return 0.0
    ways = sum(comb(held, hits) * comb(left - held, drawn - hits) for hits in range(found + 1))
    return ways / comb(left, drawn)


def test_a_perfect_order_is_cheaper_in_order_than_by_lot() -> None:
    labels = [True] * 60 + [False] * 940
    assert 60 < our_stop(labels) < sampled_stop(labels, 1) < 1000
