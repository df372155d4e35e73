"""Kleene's strong logic: the truth tables."""

from __future__ import annotations

import pytest

from surveillance.strategy.evaluate.verdict import Verdict, all_of, any_of

M, N, C = Verdict.MATCH, Verdict.NO_MATCH, Verdict.CANNOT_TELL


@pytest.mark.parametrize(
    ("left", "right", "both", "either"),
    [
        (M, M, M, M),
        (M, N, N, M),
        (M, C, C, M),
        (N, M, N, M),
        (N, N, N, N),
        (N, C, N, C),
        (C, M, C, M),
        (C, N, N, C),
        (C, C, C, C),
    ],
)
def test_and_and_or_are_certain_where_one_operand_decides(
    left: Verdict, right: Verdict, both: Verdict, either: Verdict
) -> None:
    assert left & right is both
    assert left | right is either


def test_not_keeps_what_cannot_be_told() -> None:
    assert (~M, ~N, ~C) == (N, M, C)


def test_no_operand_is_the_neutral_verdict() -> None:
    assert all_of([]) is M
    assert any_of([]) is N


def test_the_words_are_those_of_the_glossary() -> None:
    assert [str(verdict) for verdict in Verdict] == ["match", "no match", "cannot tell"]
