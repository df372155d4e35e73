"""Text and tree: any text gives a strategy; a printed tree reads back as the same tree."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, find, given, settings
from hypothesis import strategies as st

from surveillance.strategy import nodes
from surveillance.strategy.nodes import (
    ANY,
    Adjacency,
    And,
    DateRange,
    Deduplicated,
    Fielded,
    Frequency,
    Heading,
    InDatabase,
    Kept,
    Limit,
    Limitation,
    LineRange,
    LineReference,
    Missing,
    Node,
    Not,
    Operator,
    Or,
    Phrase,
    Wildcard,
    Word,
)
from surveillance.strategy.parse import read_strategy
from surveillance.strategy.printing.ovid import to_ovid
from surveillance.strategy.strategy import Strategy
from surveillance.strategy.translate.pubmed import translate

TOPIC = Path(__file__).parents[2] / "search_strategies" / "targeted_muscle_reinnervation"
PUBLISHED = [(TOPIC / name).read_text("utf-8") for name in ("medline.ovid.txt", "embase.ovid.txt")]
SYNTAX = st.sampled_from(
    [
        *'()*$?#:"/.,[] -\n0123456789“‐éβ',
        *(" and ", " or ", " not ", " adj3 ", " adj ", "exp ", ".tw.", ".ti,ab", "or/1-9"),
        *("limit 3 to ", "remove duplicates from ", "from 3 keep ", " use ppez", "..l/3 "),
        *('yr="2000 -Current"', "ed=2012", "/su", "/freq=2", "pain", "nerve*"),
    ]
)
LINES_BEFORE = 9

letters = st.text("abcnorst19é", min_size=1, max_size=6)
gaps = st.sampled_from([ANY, Wildcard(1, 1), Wildcard(0, 1)])
ends = st.one_of(gaps, st.builds(Wildcard, st.just(0), st.integers(2, 30)))
words = st.one_of(
    letters.map(lambda text: Word((text,))),
    st.sampled_from(["and", "or", "not", "adj", "adj4", "exp", "limit", "7"]).map(
        lambda text: Word((text,))
    ),
    st.builds(lambda root, end: Word((root, end)), letters, ends),
    st.builds(lambda root, gap, rest: Word((root, gap, rest)), letters, gaps, letters),
)
phrases = st.builds(Phrase, st.lists(words, min_size=2, max_size=4).map(tuple), st.booleans())
names = st.sampled_from(
    [
        *("Pain", "Amputation, Surgical", "Wounds and Injuries", "power (psychology)"),
        *("Aged, 80 and over", "Kv1.1 Potassium Channel", "Crohn's Disease", "11-beta-Steroids"),
    ]
)
headings = st.builds(
    Heading,
    names,
    st.booleans(),
    st.booleans(),
    st.lists(st.sampled_from(["ir", "su", "th", "dt"]), max_size=2, unique=True).map(tuple),
)
numbers = st.integers(1, LINES_BEFORE)
ranges = st.tuples(numbers, numbers).map(lambda ends: (min(ends), max(ends)))
days = st.sampled_from(["1948", "2020", "2020-02", "2012-12-31"])
dates = st.one_of(
    st.builds(DateRange, st.sampled_from(["yr", "ed", "dc"]), days, st.one_of(st.none(), days)),
    st.builds(DateRange, st.sampled_from(["yr", "ed", "dc"]), st.none(), days),
)
limitations = st.sampled_from(
    [
        *("english language", "humans", "all adult (19 plus years)", "lg=en", "and or", "yr 2000"),
        *("infant <to one year>", "therapy (maximizes sensitivity)", "clinical trial, phase i"),
    ]
).map(Limitation)
conditions: st.SearchStrategy[Node] = st.recursive(
    st.one_of(dates, limitations, st.just(Missing("an operand"))),
    lambda below: st.one_of(
        st.builds(And, st.lists(below, min_size=2, max_size=3).map(tuple)),
        st.builds(Or, st.lists(below, min_size=2, max_size=3).map(tuple)),
    ),
    max_leaves=4,
)
databases = st.lists(st.sampled_from(["ppez", "medall", "emez"]), min_size=1, unique=True)
leaves: st.SearchStrategy[Node] = st.one_of(
    words,
    phrases,
    headings,
    st.builds(LineReference, numbers),
    st.builds(
        LineRange, st.sampled_from(Operator), st.lists(ranges, min_size=1, max_size=3).map(tuple)
    ),
    st.just(Missing("an operand")),
    st.integers(LINES_BEFORE + 1, 99).map(lambda number: Missing(f"line {number}")),
    dates,
)
codes = st.lists(
    st.sampled_from(["ti", "ab", "tw", "kf", "zz"]), min_size=1, max_size=3, unique=True
)


def _above(below: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
    several = st.lists(below, min_size=2, max_size=4).map(tuple)
    return st.one_of(
        st.builds(And, several),
        st.builds(Or, several),
        st.builds(Not, below, below),
        st.builds(Fielded, below, codes.map(tuple)),
        st.builds(Adjacency, below, below, st.integers(0, 98)),
        st.builds(Adjacency, below, below, st.just(0), st.just(True)),
        st.builds(Frequency, below, st.integers(1, 999)),
        st.builds(Limit, below, conditions),
        st.builds(Deduplicated, below),
        st.builds(Kept, below, st.lists(ranges, min_size=1, max_size=3).map(tuple)),
        st.builds(InDatabase, below, databases.map(tuple)),
    )


trees = st.recursive(leaves, _above, max_leaves=8)


def read(text: str) -> Strategy:
    """The text as a line after nine others."""
    before = "".join(f"{number}. x.tw.\n" for number in range(1, LINES_BEFORE + 1))
    return read_strategy(f"{before}{LINES_BEFORE + 1}. {text}")


@st.composite
def damaged(draw: st.DrawFn) -> str:
    """A published strategy with a few pieces taken out, put in or swapped."""
    text = draw(st.sampled_from(PUBLISHED))
    for _ in range(draw(st.integers(1, 6))):
        at = draw(st.integers(0, len(text)))
        taken = draw(st.integers(0, 8))
        text = text[:at] + draw(st.one_of(st.just(""), SYNTAX)) + text[at + taken :]
    return text


def check_sound(strategy: Strategy) -> None:
    """What holds for every strategy, whatever it was read from."""
    named = {found.line for found in strategy.errors}
    for found in strategy.diagnostics:
        assert found.line >= 1
        assert 1 <= found.column < found.end_column or found.code == "no-lines"
        assert found.code
        assert found.message
    for line in strategy.lines:
        assert line.tree is not None or line.span.line in named
        missing = line.tree is not None and any(isinstance(n, Missing) for n in line.tree.walk())
        places = range(line.span.line, line.span.end_line + 1)
        assert not missing or any(place in named for place in places)
    translate(strategy)


@settings(deadline=None, max_examples=300)
@given(st.one_of(st.text(), st.lists(SYNTAX, max_size=40).map("".join)))
def test_no_text_raises_and_nothing_is_missing_without_an_error(text: str) -> None:
    check_sound(read_strategy(text))


@settings(deadline=None, max_examples=150, suppress_health_check=[HealthCheck.too_slow])
@given(damaged())
def test_no_damage_to_a_published_strategy_raises(text: str) -> None:
    check_sound(read_strategy(text))


@settings(deadline=None, max_examples=500)
@given(trees)
def test_a_printed_tree_reads_back_as_the_same_tree(tree: Node) -> None:
    text = to_ovid(tree)
    line = read(text).lines[-1]
    if not any(isinstance(node, _SAYS_SOMETHING) for node in tree.walk()):
        return  # nothing but what is missing: such a line has no tree
    assert line.tree == tree, text
    assert to_ovid(line.tree) == text


_SAYS_SOMETHING = (Word, Phrase, Heading, LineReference, LineRange, DateRange, Limit, Kept)


@pytest.mark.parametrize("text", PUBLISHED, ids=["medline", "embase"])
def test_a_published_strategy_printed_reads_back_as_the_same_trees(text: str) -> None:
    strategy = read_strategy(text)
    printed = "\n".join(f"{x.number}. {to_ovid(x.tree)}" for x in strategy.lines if x.tree)
    again = read_strategy(printed)
    assert [line.tree for line in again.lines] == [line.tree for line in strategy.lines]
    assert again.diagnostics == ()


# PubMed's own proximity; and what comes into a tree behind the parser.
_NOT_IN_OVID = (Node, nodes.Near, nodes.Mapped)


@pytest.mark.parametrize(
    "kind",
    [
        k
        for k in vars(nodes).values()
        if isinstance(k, type) and issubclass(k, Node) and k not in _NOT_IN_OVID
    ],
    ids=lambda kind: kind.__name__,
)
def test_every_kind_of_node_is_generated(kind: type[Node]) -> None:
    once = settings(max_examples=2_000, database=None, phases=[Phase.generate])
    assert find(trees, lambda tree: any(type(n) is kind for n in tree.walk()), settings=once)
