"""PubMed's text and tree: any text gives a strategy; a printed tree reads back as the same."""

from __future__ import annotations

import pytest
from hypothesis import Phase, assume, find, given, settings
from hypothesis import strategies as st

from surveillance.strategy.nodes import (
    ANY,
    And,
    DateRange,
    Fielded,
    Heading,
    Limit,
    Limitation,
    LineReference,
    Missing,
    Near,
    Node,
    Not,
    Or,
    Wildcard,
    Word,
)
from surveillance.strategy.nodes import Phrase as WordsInOrder
from surveillance.strategy.parse import read_strategy
from surveillance.strategy.printing.pubmed import to_pubmed
from surveillance.strategy.strategy import Strategy

LINES_BEFORE = 9
PUBLISHED = """#1 "Phantom Limb"[Mesh] OR (phantom[tiab] AND (limb*[tiab] OR "pain"[tiab:~0])) 1,234
#2 amputat*[tiab] OR "Amputation, Surgical/rehabilitation"[mh:noexp]
#3 #1 AND #2 AND 2000:3000[dp] NOT (animals[mh] NOT humans[mh])
"""
SYNTAX = st.sampled_from(
    [
        *'()*$?#:"/.,[]& -\n\t0123456789“‐éβ',
        *(" AND ", " OR ", " NOT ", " and ", " or ", "AND NOT", "#1", "#10", "or/1-9", "\n#4 "),
        *("[tiab]", "[mh]", "[Mesh:NoExp]", "[tiab:~3]", "[tiabb]", "[dp]", "2000:2010[dp]", ":"),
        *("pain", "nerve*", '"nerve transfer"', "Filters: Humans", "Search ", " 1,234 10:20:11"),
    ]
)

letters = st.text("abcnorst19é", min_size=1, max_size=6)
plain_words = letters.map(lambda text: Word((text,)))
gaps = st.sampled_from([ANY, Wildcard(1, 1), Wildcard(0, 1)])
words = st.one_of(
    plain_words,
    st.sampled_from(["and", "or", "not", "of", "7", "AND", "search"]).map(
        lambda text: Word((text,))
    ),
    st.builds(lambda root, end: Word((root, end)), letters, gaps),
    st.builds(lambda root, gap, rest: Word((root, gap, rest)), letters, gaps, letters),
)
quoted = st.builds(
    WordsInOrder, st.lists(words, min_size=2, max_size=4).map(tuple), st.just(value=True)
)
unquoted = st.builds(WordsInOrder, st.lists(plain_words, min_size=2, max_size=4).map(tuple)).filter(
    lambda phrase: not {"or", "not", "and"} & {word.literal for word in phrase.words}
)
nears = st.builds(
    Near, st.lists(plain_words, min_size=2, max_size=4).map(tuple), st.integers(0, 1000)
)
headings = st.builds(
    Heading,
    st.sampled_from(["Pain", "Amputation, Surgical", "Wounds and Injuries", "Crohn's Disease"]),
    st.booleans(),
    st.booleans(),
    st.lists(st.sampled_from(["ir", "su", "th", "dt", "ae"]), max_size=2, unique=True).map(tuple),
)
years = st.integers(1900, 2050)
dates = st.builds(
    lambda code, ends, open_end: DateRange(
        code, f"{min(ends)}-05", None if open_end else f"{max(ends)}-05-17"
    ),
    st.sampled_from(["dp", "edat", "crdt", "mhda", "lr"]),
    st.tuples(years, years),
    st.booleans(),
)
codes = st.sampled_from(["ti", "tiab", "tw", "pt:noexp", "nm", "la", "au", "sb", "1au"])
tagged: st.SearchStrategy[Node] = st.one_of(
    st.builds(lambda text, code: Fielded(text, (code,)), st.one_of(words, quoted), codes),
    st.builds(lambda text, code: Fielded(text, (code,)), unquoted, codes),
    st.builds(lambda near, code: Fielded(near, (code,)), nears, st.sampled_from(["ti", "tiab"])),
)
leaves: st.SearchStrategy[Node] = st.one_of(
    tagged,
    words,
    quoted,
    headings,
    dates,
    st.builds(LineReference, st.integers(1, LINES_BEFORE)),
    st.just(Missing("an operand")),
    st.just(Missing("line 99")),
    st.just(Missing("[tiab]")),
)


def _above(below: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
    several = st.lists(below, min_size=2, max_size=4).map(tuple)
    return st.one_of(
        st.builds(And, several),
        st.builds(And, several, st.just(value=True)),
        st.builds(Or, several),
        st.builds(Not, below, below),
    )


expressions = st.recursive(leaves, _above, max_leaves=8)
limitations = st.sampled_from(["humans", "english"]).map(Limitation)
trees = st.one_of(expressions, st.builds(Limit, expressions, limitations))


def read(text: str) -> Strategy:
    """The text as a line after nine others."""
    before = "".join(f"#{number} x[ti]\n" for number in range(1, LINES_BEFORE + 1))
    return read_strategy(f"{before}#{LINES_BEFORE + 1} {text}", "pubmed")


@st.composite
def damaged(draw: st.DrawFn) -> str:
    """A strategy with a few pieces taken out, put in or swapped."""
    text = PUBLISHED
    for _ in range(draw(st.integers(1, 6))):
        at = draw(st.integers(0, len(text)))
        taken = draw(st.integers(0, 8))
        text = text[:at] + draw(st.one_of(st.just(""), SYNTAX)) + text[at + taken :]
    return text


def check_sound(text: str, strategy: Strategy) -> None:
    """What holds for every strategy, whatever it was read from."""
    lengths = [len(line) for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n")]
    named = {found.line for found in strategy.errors}
    for found in strategy.diagnostics:
        assert 1 <= found.line <= len(lengths), found
        assert 1 <= found.column <= lengths[found.line - 1] + 1, found
    for line in strategy.lines:
        missing = line.tree is None or any(isinstance(n, Missing) for n in line.tree.walk())
        places = range(line.span.line, line.span.end_line + 1)
        assert not missing or any(place in named for place in places)


@settings(deadline=None, max_examples=400)
@given(st.one_of(st.text(), st.lists(SYNTAX, max_size=40).map("".join), damaged()))
def test_no_text_raises_and_nothing_is_missing_without_an_error(text: str) -> None:
    check_sound(text, read_strategy(text, "pubmed"))


@settings(deadline=None, max_examples=300)
@given(st.one_of(st.lists(SYNTAX, max_size=40).map("".join), damaged()))
def test_whatever_was_read_prints_to_text_that_reads_as_the_same_trees(text: str) -> None:
    strategy = read_strategy(text, "pubmed")
    # Of lines that were renumbered, a reference to one that lacks may now be another's number.
    assume(not {"renumbered", "missing-line"} <= {d.code for d in strategy.diagnostics})
    kept = [(line.number, line.tree) for line in strategy.lines]
    printed = "\n".join(f"#{number} {to_pubmed(tree) if tree else '()'}" for number, tree in kept)
    again = read_strategy(printed, "pubmed")
    assert [(line.number, line.tree) for line in again.lines] == kept, printed


@settings(deadline=None, max_examples=500)
@given(trees)
def test_a_printed_tree_reads_back_as_the_same_tree(tree: Node) -> None:
    text = to_pubmed(tree)
    line = read(text).lines[-1]
    searched = (node for node in tree.walk() if not node.children)
    if any(not isinstance(node, Missing | Limitation) for node in searched):
        assert line.tree == tree, text
        assert to_pubmed(line.tree) == text


@pytest.mark.parametrize(
    "kind",
    [
        *(And, DateRange, Fielded, Heading, Limit, Limitation, LineReference, Missing, Near, Not),
        *(Or, WordsInOrder, Word),
    ],
    ids=lambda kind: kind.__name__,
)
def test_every_kind_of_node_that_pubmed_has_is_generated(kind: type[Node]) -> None:
    once = settings(max_examples=2_000, database=None, phases=[Phase.generate])
    assert find(trees, lambda tree: any(type(n) is kind for n in tree.walk()), settings=once)
