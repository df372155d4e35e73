"""What the stopping rule, the samples and the bounds promise holds in populations made at random.

The rates are counted over whole populations, not over single draws: a rule that stops too early
now and then does so in each of them.
"""

from __future__ import annotations

import random
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from surveillance.screening.exact_bounds import (
    at_least,
    at_most,
    chance_of_at_least,
    chance_of_at_most,
    chance_of_none,
)
from surveillance.screening.sampling import Batch, left_in_pile, sample, sample_size
from surveillance.screening.stopping import (
    NO_WORSE_THAN_CHANCE,
    Basis,
    Promise,
    Read,
    advice,
    first_stop,
)

TIMES = 400
#: What chance adds to a rate over so many times, seen once in a thousand: three standard errors.
ALLOWANCE = 3 * (0.05 * 0.95 / TIMES) ** 0.5


@pytest.mark.parametrize("basis", list(Basis))
@pytest.mark.parametrize(("size", "included"), [(120, 3), (200, 21), (300, 19), (400, 100)])
def test_the_promise_holds_where_the_order_is_chance(
    size: int, included: int, basis: Basis
) -> None:
    """The hardest case that is assumed: an order that finds includes no better than chance."""
    draw = random.Random(f"{size} {included} {basis}")
    broken = 0
    for _ in range(TIMES):
        labels = _shuffled(size, included, draw)
        reads = [Read(label, at_random=basis is Basis.SAMPLE) for label in labels]
        broken += _is_broken(labels, first_stop(reads, size, basis=basis))
    assert broken / TIMES <= 0.05 + ALLOWANCE


@pytest.mark.parametrize("advantage", [3.0, 8.0])
def test_the_promise_holds_where_the_order_keeps_its_advantage(advantage: float) -> None:
    draw = random.Random(7)
    broken = saved = 0.0
    for _ in range(TIMES):
        labels = _ordered(300, 30, advantage, draw)
        stop = first_stop([Read(label) for label in labels], 300)
        broken += _is_broken(labels, stop)
        saved += 1 - (stop or 300) / 300
    assert broken / TIMES <= 0.05 + ALLOWANCE
    assert saved / TIMES > 0.03


def test_the_sample_keeps_the_promise_under_an_order_that_hides_the_includes() -> None:
    """An order that puts some includes last breaks what is assumed of orders, never the sample."""
    draw = random.Random(11)
    broken = 0
    for _ in range(TIMES):
        first, rest = [True] * 30 + [False] * 70, _shuffled(300, 4, draw)
        reads = [*map(Read, first), *(Read(label, at_random=True) for label in rest)]
        labels = first + rest
        broken += _is_broken(labels, first_stop(reads, len(labels), basis=Basis.SAMPLE))
    assert broken / TIMES <= 0.05 + ALLOWANCE


def test_a_rule_that_looks_without_counting_would_be_caught() -> None:
    """The same populations tell a promise that is too bold: half of the limit is not kept."""
    draw = random.Random(13)
    bold = Promise(confidence=0.7)
    broken = sum(
        _is_broken(labels, first_stop([Read(each) for each in labels], 200, bold))
        for labels in (_shuffled(200, 21, draw) for _ in range(TIMES))
    )
    assert broken / TIMES > 0.05 + ALLOWANCE


@given(
    st.lists(st.tuples(st.booleans(), st.booleans()), max_size=60),
    st.integers(0, 40),
    st.sampled_from(list(Basis)),
)
def test_advice_and_first_stop_say_the_same(
    drawn: list[tuple[bool, bool]], more: int, basis: Basis
) -> None:
    reads = [Read(*each) for each in drawn]
    size = len(reads) + more
    stop = first_stop(reads, size, basis=basis)
    says = [advice(reads[:n], size, basis=basis) for n in range(len(reads) + 1)]
    assert stop == next((n for n, said in enumerate(says) if said.may_stop), None)
    for said in says:
        assert 0 <= said.cost <= said.unread
        assert said.may_stop == (said.cost == 0)
        assert said.advantage >= NO_WORSE_THAN_CHANCE


@given(st.integers(0, 40), st.integers(0, 40), st.floats(0.01, 0.99))
def test_tails_add_up(hits: int, more: int, share: float) -> None:
    tries = hits + more
    both = chance_of_at_most(hits, tries, share) + chance_of_at_least(hits + 1, tries, share)
    assert both == pytest.approx(1, abs=1e-9)


@given(st.integers(1, 60), st.data(), st.sampled_from([0.5, 0.9, 0.95, 0.99]))
def test_an_exact_bound_leaves_out_just_what_is_too_improbable(
    tries: int, data: st.DataObject, confidence: float
) -> None:
    hits = data.draw(st.integers(0, tries))
    low, high = at_least(hits, tries, confidence), at_most(hits, tries, confidence)
    if hits:
        assert chance_of_at_least(hits, tries, low) == pytest.approx(1 - confidence, abs=1e-6)
    if hits < tries:
        assert chance_of_at_most(hits, tries, high) == pytest.approx(1 - confidence, abs=1e-6)


@given(st.integers(1, 300), st.floats(0.01, 1), st.floats(0.05, 0.99))
def test_a_sample_is_large_enough_and_no_larger(pile: int, share: float, chance: float) -> None:
    size = sample_size(pile, share, chance)
    misses = next(n for n in range(1, pile + 1) if n >= share * pile - 1e-9)
    assert 1 - chance_of_none(pile, misses, size) >= chance
    assert size == 0 or 1 - chance_of_none(pile, misses, size - 1) < chance


@given(st.sets(st.integers(1, 10_000), max_size=80), st.integers(0, 90), st.text(max_size=5))
def test_who_is_drawn_does_not_depend_on_the_order(reports: set[int], size: int, seed: str) -> None:
    drawn = sample(sorted(reports), size, seed)
    assert drawn == sample(sorted(reports, reverse=True), size, seed)
    assert set(drawn) <= reports
    assert len(drawn) == len(set(drawn)) == min(size, len(reports))
    assert set(drawn) <= set(sample(reports, size + 1, seed))


def test_everybody_is_drawn_equally_often() -> None:
    counts = dict.fromkeys(range(20), 0)
    for week in range(2_000):
        for report in sample(range(20), 5, f"topic 2026-{week}"):
            counts[report] += 1
    # 500 are expected of each, with a standard deviation of 19.
    assert all(abs(count - 500) < 90 for count in counts.values())


@settings(max_examples=25)
@given(
    st.lists(
        st.tuples(st.integers(5, 40), st.integers(0, 8), st.integers(1, 30)), min_size=1, max_size=4
    ),
    st.integers(0, 2**32),
)
def test_what_is_left_lies_in_the_interval(weeks: list[tuple[int, int, int]], seed: int) -> None:
    """However the misses lie in the weeks, the interval misses them in no more than 1 of 20."""
    outside = sum(_is_outside(weeks, random.Random(f"{seed} {n}")) for n in range(TIMES))
    # Hypothesis looks for the worst of many populations: four standard errors.
    assert outside / TIMES <= 0.05 + 4 / 3 * ALLOWANCE


def _is_outside(weeks: list[tuple[int, int, int]], draw: random.Random) -> bool:
    batches, left = [], 0
    for excluded, misses, wanted in weeks:
        pile = [report < misses for report in range(excluded)]
        drawn = draw.sample(pile, min(wanted, excluded))
        batches.append(Batch(excluded, len(drawn), sum(drawn)))
        left += sum(pile) - sum(drawn)
    found = left_in_pile(batches)
    return not found.low <= left <= found.high


def _is_broken(labels: list[bool], stop: int | None) -> bool:
    found = sum(labels if stop is None else labels[:stop])
    return found < 0.95 * sum(labels) - 1e-9


def _shuffled(size: int, included: int, draw: random.Random) -> list[bool]:
    labels = [True] * included + [False] * (size - included)
    draw.shuffle(labels)
    return labels


def _ordered(size: int, included: int, advantage: float, draw: random.Random) -> list[bool]:
    """Labels as an order reads them that finds includes so many times as readily as chance."""
    return list(_next(size, included, advantage, draw))


def _next(size: int, included: int, advantage: float, draw: random.Random) -> Iterator[bool]:
    others = size - included
    while included or others:
        weight = advantage * included
        found = draw.random() * (weight + others) < weight
        included, others = included - found, others - (not found)
        yield found
