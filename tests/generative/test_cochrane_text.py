"""Cochrane Library and INAHTA: any text gives a strategy; a printed tree reads back as it was."""

from __future__ import annotations

from pathlib import Path
from time import process_time

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from surveillance.strategy.nodes import (
    ANY,
    Adjacency,
    And,
    DateRange,
    Fielded,
    Heading,
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
from surveillance.strategy.printing import to_text
from surveillance.strategy.strategy import Strategy
from surveillance.strategy.subheadings import SUBHEADINGS

TOPIC = Path(__file__).parents[2] / "search_strategies" / "targeted_muscle_reinnervation"
PUBLISHED = {"cochrane": "cochrane.txt", "inahta": "inahta.txt"}
LINES_BEFORE = 9
SYNTAX = st.sampled_from(
    [
        *"()[]{}*$?#:\"/.,^ -\n0123456789“‐éβ'",
        *(" and ", " or ", " not ", " near/3 ", " near ", " next ", ":ti,ab,kw", "{or #1-#9}"),
        *("MeSH descriptor: [", "] explode all trees", " this term only", '[mh "', "[mh /SU]"),
        *(" in Trials", " with Publication Year from 2000 to 2020", "\n#3 ", "\n4 , ", " , 12\n"),
        *(" and with qualifier(s): [surgery - SU]", '"Pain"[mh]', "[mhe]", "pain", "nerve*"),
    ]
)

letters = st.text("abcnorst19é", min_size=1, max_size=6)
reserved = st.sampled_from(
    [
        "and",
        "or",
        "not",
        "near",
        "near4",
        "adj3",
        "next",
        "in",
        "with",
        "MeSH",
        "Trials",
        "7",
        "from",
        "to",
    ]
)
gaps = st.sampled_from([ANY, Wildcard(0, 1)])
words = st.one_of(
    letters.map(lambda text: Word((text,))),
    reserved.map(lambda text: Word((text,))),
    st.builds(lambda root, end: Word((root, end)), letters, gaps),
    st.builds(lambda end, root: Word((end, root)), gaps, letters),
    st.builds(lambda root, gap, rest: Word((root, gap, rest)), letters, gaps, letters),
)
phrases = st.builds(Phrase, st.lists(words, min_size=2, max_size=4).map(tuple), st.booleans())
names = st.sampled_from(
    [
        *("Pain", "Amputation, Surgical", "Wounds and Injuries", "power (psychology)"),
        *("Aged, 80 and over", "Kv1.1 Potassium Channel", "Crohn's Disease", "11-beta-Steroids"),
    ]
)
subheadings = st.lists(st.sampled_from(sorted(SUBHEADINGS)), max_size=2, unique=True).map(tuple)
numbers = st.integers(1, LINES_BEFORE)
ranges = st.tuples(numbers, numbers).map(lambda ends: (min(ends), max(ends)))
lines = st.one_of(
    st.builds(LineReference, numbers),
    st.builds(
        LineRange, st.sampled_from(Operator), st.lists(ranges, min_size=1, max_size=3).map(tuple)
    ),
)
operand_missing = st.just(Missing("an operand"))
days = st.dates().map(lambda day: f"{day:%Y-%m-%d}".zfill(10))
dates = st.one_of(days, days.map(lambda day: day[:7]), days.map(lambda day: day[:4]))
databases = st.sampled_from(["trials", "cochrane reviews", "cochrane protocols", "editorials"])
parts_of_library = st.one_of(
    st.builds(Limitation, databases),
    st.lists(st.builds(Limitation, databases), min_size=2, max_size=3).map(lambda x: Or(tuple(x))),
)
date_ranges = st.one_of(
    st.builds(DateRange, st.sampled_from(["yr", "cl"]), dates, st.one_of(st.none(), dates)),
    st.builds(DateRange, st.sampled_from(["yr", "cl"]), st.none(), dates),
)
conditions = st.one_of(
    parts_of_library,
    date_ranges,
    st.tuples(date_ranges, parts_of_library).map(And),
    st.tuples(parts_of_library, date_ranges).map(And),
)


def _above(
    below: st.SearchStrategy[Node], codes: list[str], *, adjacency: bool
) -> st.SearchStrategy[Node]:
    several = st.lists(below, min_size=2, max_size=4).map(tuple)
    fields = st.lists(st.sampled_from(codes), min_size=1, max_size=3, unique=True).map(tuple)
    near = [
        st.builds(Adjacency, below, below, st.integers(0, 98)),
        st.builds(Adjacency, below, below, st.integers(0, 98), st.just(True)),
    ]
    return st.one_of(
        st.builds(And, several, st.booleans()),
        st.builds(Or, several),
        st.builds(Not, below, below),
        st.builds(Fielded, below, fields),
        *(near if adjacency else ()),
    )


cochrane_leaves: st.SearchStrategy[Node] = st.one_of(
    words,
    phrases,
    lines,
    operand_missing,
    st.builds(Heading, names, st.booleans(), st.booleans(), subheadings),
)
cochrane_searches = st.recursive(
    cochrane_leaves,
    lambda below: _above(below, ["ti", "ab", "kw", "au", "sh", "mh", "an"], adjacency=True),
    max_leaves=8,
)
cochrane_trees = st.one_of(
    cochrane_searches, cochrane_searches, st.builds(Limit, cochrane_searches, conditions)
)
inahta_leaves: st.SearchStrategy[Node] = st.one_of(
    words, phrases, lines, operand_missing, st.builds(Heading, names, st.booleans())
)
inahta_searches = st.recursive(
    inahta_leaves,
    lambda below: _above(below, ["title", "abs", "la", "mhw"], adjacency=False),
    max_leaves=8,
)
years = st.integers(1980, 2030).map(str)
inahta_trees = st.one_of(
    inahta_searches,
    inahta_searches,
    st.builds(Limit, inahta_searches, st.builds(DateRange, st.just("yr"), years, years)),
)
TREES = {"cochrane": cochrane_trees, "inahta": inahta_trees}
SAYS_SOMETHING = (Word, Phrase, Heading, LineReference, LineRange)


def read(text: str, dialect: str) -> Strategy:
    """The text as a line after nine others."""
    before = "".join(f"#{number} x\n" for number in range(1, LINES_BEFORE + 1))
    return read_strategy(f"{before}#{LINES_BEFORE + 1} {text}", dialect)


def check_sound(strategy: Strategy) -> None:
    """What holds for every strategy, whatever it was read from."""
    named = {found.line for found in strategy.errors}
    for found in strategy.diagnostics:
        assert found.line >= 1
        assert 1 <= found.column < found.end_column or found.code == "no-lines"
        assert found.message
    for line in strategy.lines:
        assert line.tree is not None or line.span.line in named
        missing = line.tree is not None and any(isinstance(n, Missing) for n in line.tree.walk())
        places = range(line.span.line, line.span.end_line + 1)
        assert not missing or any(place in named for place in places)


@st.composite
def damaged(draw: st.DrawFn, dialect: str) -> str:
    """A published strategy with a few pieces taken out, put in or swapped."""
    text = (TOPIC / PUBLISHED[dialect]).read_text("utf-8")
    for _ in range(draw(st.integers(1, 6))):
        at = draw(st.integers(0, len(text)))
        taken = draw(st.integers(0, 8))
        text = text[:at] + draw(st.one_of(st.just(""), SYNTAX)) + text[at + taken :]
    return text


@pytest.mark.parametrize("dialect", PUBLISHED)
@settings(deadline=None, max_examples=300)
@given(text=st.one_of(st.text(), st.lists(SYNTAX, max_size=40).map("".join)))
def test_no_text_raises_and_nothing_is_missing_without_an_error(text: str, dialect: str) -> None:
    check_sound(read_strategy(text, dialect))


@pytest.mark.parametrize("dialect", PUBLISHED)
@settings(deadline=None, max_examples=100, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_no_damage_to_a_published_strategy_raises(data: st.DataObject, dialect: str) -> None:
    check_sound(read_strategy(data.draw(damaged(dialect)), dialect))


@pytest.mark.parametrize("dialect", PUBLISHED)
@settings(deadline=None, max_examples=500)
@given(data=st.data())
def test_a_printed_tree_reads_back_as_the_same_tree(data: st.DataObject, dialect: str) -> None:
    tree = data.draw(TREES[dialect])
    text = to_text(tree, dialect)
    line = read(text, dialect).lines[-1]
    if any(isinstance(node, SAYS_SOMETHING) for node in tree.walk()):
        assert line.tree == tree, text
        assert to_text(line.tree, dialect) == text


@pytest.mark.parametrize("dialect", PUBLISHED)
def test_a_published_strategy_printed_reads_back_as_the_same_trees(dialect: str) -> None:
    strategy = read_strategy((TOPIC / PUBLISHED[dialect]).read_text("utf-8"), dialect)
    printed = "\n".join(f"#{x.number} {to_text(x.tree, dialect)}" for x in strategy.lines if x.tree)
    again = read_strategy(printed, dialect)
    assert [line.tree for line in again.lines] == [line.tree for line in strategy.lines]


COMMON = {
    *(Limit, DateRange, Word, Phrase, And, Or, Not, Fielded, Heading),
    *(LineReference, LineRange, Missing),
}
KINDS = {"cochrane": COMMON | {Adjacency, Limitation}, "inahta": COMMON}


@pytest.mark.parametrize("dialect", KINDS)
def test_every_kind_of_node_that_the_dialect_has_is_generated(dialect: str) -> None:
    seen: set[type[Node]] = set()

    @settings(max_examples=300, deadline=None, database=None, phases=[Phase.generate])
    @given(TREES[dialect])
    def collect(tree: Node) -> None:
        seen.update(type(node) for node in tree.walk())

    collect()
    assert seen == KINDS[dialect]


HOSTILE = {
    "words": "pain " * 10_000,
    "open parentheses": "(" * 50_000,
    "quotation marks": '"' * 49_999,
    "colons": "a:" * 25_000,
    "open brackets": "[mh " * 12_000,
    "descriptors": "MeSH descriptor " * 3_000,
    "wildcards": "*" * 49_999 + "a",
    "hyphens": "a-" * 25_000,
    "near": "a near/3 " * 5_000,
    "spaces": "in" + " " * 49_000 + "Trials",
    "with": "with Publication Year from " * 1_800,
    "numbers": "{or #1,#1" + ",#1" * 15_000,
    "entries": " ".join(f"#{number} a" for number in range(1, 9_000)),
    "short lines": "1 x\n" * 100_000,
    "open lines": "#1 a or\nb or\n" * 50_000,
}


@pytest.mark.parametrize("dialect", PUBLISHED)
@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_text_is_read_in_short_time(name: str, dialect: str) -> None:
    begin = process_time()
    read_strategy(HOSTILE[name], dialect)
    assert process_time() - begin < 5
