"""What the benchmark of the ranking prints: means over sets, paired, and the sets that we lose."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks import screening
from benchmarks.halves import half_of
from benchmarks.screening_scores import mean_of
from benchmarks.screening_sets import MEASURES, Result, SetAbsent, read_set


def result(name: str, seed: int, wss95: float, atd: float = 0.1) -> Result:
    return Result(name, seed, wss95, wss95, wss95, atd, 1.0)


OURS = [result("a", 1, 0.5), result("a", 2, 0.7), result("b", 1, 0.2, atd=0.3)]
THEIRS = [result("a", 1, 0.5), result("b", 1, 0.4, atd=0.4)]


def test_a_set_counts_once_however_many_seeds_it_has() -> None:
    assert screening.by_set(OURS, "wss95") == pytest.approx({"a": 0.6, "b": 0.2})
    assert mean_of([0.6, 0.2]).value == pytest.approx(0.4)


def test_an_interval_is_of_the_sets_drawn_anew() -> None:
    mean = mean_of([0.0, 1.0] * 50)
    assert mean.low == pytest.approx(0.4, abs=0.02)
    assert mean.high == pytest.approx(0.6, abs=0.02)
    assert mean_of([0.3]) == mean_of([0.3])
    assert mean_of([0.3]).low == mean_of([0.3]).high


def test_a_set_that_we_lose_is_named_and_a_smaller_atd_is_better() -> None:
    lines = list(screening.losses(OURS, THEIRS))
    assert lines[0] == "wss95: ASReview is ahead on 1 of 2 sets: b (+0.200)"
    assert lines[2] == "atd: ASReview is ahead on 0 of 2 sets: none"


def test_the_halves_are_those_of_the_brief() -> None:
    assert half_of("wilson") == "A"
    assert half_of("wallace_copd") == "B"


def test_a_set_that_is_not_here_is_said(tmp_path: Path) -> None:
    with pytest.raises(SetAbsent, match=r"wilson\.csv\.gz"):
        read_set("wilson", tmp_path)


def test_every_measure_of_a_result_is_a_figure_of_a_replay() -> None:
    assert all(hasattr(OURS[0], measure) for measure in MEASURES)
