"""Long queries are split, not cut: together the parts find what the whole finds."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from surveillance.strategy.parse import read_strategy
from surveillance.strategy.translate.expression import Bound, Query, all_of, any_of, without
from surveillance.strategy.translate.pubmed import translate
from surveillance.strategy.translate.splitting import MOST_PARTS, split

A, B, C, D = (Query(letter * 8) for letter in "abcd")
LETTERS = "abcdefgh"


def made(bound: Bound) -> Query:
    assert isinstance(bound, Query)
    return bound


def either(*operands: Query) -> Query:
    return made(any_of(operands))


def both(*operands: Query) -> Query:
    return made(all_of(operands))


def but_not(left: Query, right: Query) -> Query:
    return made(without(left, right))


SPLIT = {
    "short": (either(A, B), 30, ["(aaaaaaaa OR bbbbbbbb)"]),
    "or": (either(A, B, C), 25, ["(aaaaaaaa OR bbbbbbbb)", "cccccccc"]),
    "and": (both(either(A, B), C), 24, ["(cccccccc AND aaaaaaaa)", "(cccccccc AND bbbbbbbb)"]),
    "not stays on each": (
        but_not(either(A, B), C),
        24,
        ["(aaaaaaaa NOT cccccccc)", "(bbbbbbbb NOT cccccccc)"],
    ),
    "not an and": (
        but_not(A, both(B, C)),
        24,
        ["(aaaaaaaa NOT bbbbbbbb)", "(aaaaaaaa NOT cccccccc)"],
    ),
    "the same operand twice": (
        both(both(A, B), both(A, C)),
        40,
        ["(aaaaaaaa AND bbbbbbbb AND cccccccc)"],
    ),
}


@pytest.mark.parametrize("case", SPLIT)
def test_a_query_is_split_at_its_operators(case: str) -> None:
    query, longest, parts = SPLIT[case]
    assert split(query, longest) == tuple(parts)


@pytest.mark.parametrize(
    ("query", "longest"),
    [(A, 7), (both(A, B), 20), (but_not(A, either(B, C)), 30)],
    ids=["a term", "an and of terms", "not of alternatives"],
)
def test_what_no_splitting_shortens_has_no_parts(query: Query, longest: int) -> None:
    assert split(query, longest) is None


def test_more_parts_than_anybody_asks_for_are_none() -> None:
    many = either(*(Query(f"term{number:04}") for number in range(MOST_PARTS + 1)))
    assert split(many, 10) is None


@st.composite
def queries(draw: st.DrawFn, depth: int = 4) -> Query:
    """Terms of one letter, combined."""
    kind = draw(st.sampled_from(["term", "or", "or", "and", "not"] if depth else ["term"]))
    if kind == "term":
        return Query(draw(st.sampled_from(LETTERS)))
    if kind == "not":
        return but_not(draw(queries(depth - 1)), draw(queries(depth - 1)))
    operands = draw(st.lists(queries(depth - 1), min_size=2, max_size=4))
    return either(*operands) if kind == "or" else both(*operands)


def finds(text: str, present: frozenset[str]) -> bool:
    """The Booleans of a query, each group in its own parentheses, by Python's own."""
    spelt = text.replace(" AND ", " and ").replace(" OR ", " or ").replace(" NOT ", " and not ")
    return bool(eval(spelt, {letter: letter in present for letter in LETTERS}))


PRESENT = [
    frozenset(letter for letter, there in zip(LETTERS, bits, strict=True) if there)
    for bits in product([False, True], repeat=len(LETTERS))
]


@settings(max_examples=150, deadline=None)
@given(queries(), st.integers(5, 40))
def test_the_union_of_the_parts_is_the_query(query: Query, longest: int) -> None:
    parts = split(query, longest)
    if parts is None:
        return
    assert all(len(part) <= longest for part in parts)
    for present in PRESENT:
        assert finds(query.text, present) == any(finds(part, present) for part in parts)


def test_a_long_strategy_is_asked_in_parts() -> None:
    words = [" or ".join(f"{root}{number}.tw." for number in range(1500)) for root in ("ab", "cd")]
    translation = translate(
        read_strategy(f"1. {words[0]}\n2. {words[1]}\n3. Pain/\n4. (1 or 2) and 3")
    )
    assert len(translation.query) > 30_000
    assert translation.diagnostics == ()
    assert len(translation.parts) > 1
    assert all(len(part) <= 30_000 for part in translation.parts)
    assert all('"Pain"[mh:noexp]' in part for part in translation.parts)
    sent = " ".join(translation.parts)
    assert all(f"{root}{n}[tiab]" in sent for root in ("ab", "cd") for n in range(1500))


def test_a_short_strategy_is_asked_as_it_is() -> None:
    translation = translate(read_strategy("1. pain.tw."))
    assert translation.parts == (translation.query,)
