"""What the lint calls contained is contained: whatever the narrower tree finds, the wider finds."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import product

from hypothesis import example, given, settings
from hypothesis import strategies as st

from surveillance.strategy.evaluate.reference import evaluate_lines
from surveillance.strategy.evaluate.verdict import Verdict
from surveillance.strategy.lint.containment import Containment
from surveillance.strategy.lint.patterns import finds_all_of
from surveillance.strategy.nodes import (
    ANY,
    NOWHERE,
    Adjacency,
    And,
    Fielded,
    Heading,
    LineReference,
    Node,
    Not,
    Or,
    Phrase,
    Wildcard,
    Word,
)
from surveillance.strategy.strategy import Line, Strategy
from tests.generative.generation import DIALECTS, TREE, crowd, trees

_PARTS: st.SearchStrategy[str | Wildcard] = st.sampled_from(
    ["a", "b", "ab", ANY, Wildcard(1, 1), Wildcard(0, 1), Wildcard(0, 2)]
)
searched_words = (
    st.lists(_PARTS, min_size=1, max_size=4)
    .filter(lambda parts: any(isinstance(part, str) for part in parts))
    .map(lambda parts: Word(tuple(parts)))
)
SPELLINGS = ["".join(letters) for size in range(1, 6) for letters in product("abc", repeat=size)]


def _pattern(word: Word) -> re.Pattern[str]:
    return re.compile("".join(map(_as_regex, word.parts)))


def _as_regex(part: str | Wildcard) -> str:
    if isinstance(part, str):
        return part
    return f".{{{part.least},{'' if part.most is None else part.most}}}"


@given(searched_words, searched_words)
@settings(max_examples=400)
@example(Word(("a", ANY)), Word(("a", Wildcard(0, 2), "b")))
@example(Word(("a", Wildcard(0, 1), "b")), Word(("ab",)))
def test_words_contain_each_other_as_their_spellings_do(wider: Word, narrower: Word) -> None:
    found = {spelling for spelling in SPELLINGS if _pattern(narrower).fullmatch(spelling)}
    if finds_all_of(wider, narrower):
        assert all(_pattern(wider).fullmatch(spelling) for spelling in found)
    elif len(narrower.parts) == 1 and isinstance(narrower.parts[0], str):
        # Against a word without wildcards the answer is exact.
        assert not all(_pattern(wider).fullmatch(spelling) for spelling in found)


@st.composite
def widened(draw: st.DrawFn, node: Node) -> Node:
    """A tree that often finds more: a word cut off, a window or a group made wider."""
    if draw(st.integers(0, 3)) == 0:
        return node
    match node:
        case Word(parts=(str(letters), *_)):
            return Word((letters[: draw(st.integers(3, 6))], ANY))
        case Phrase(words=words):
            return Phrase(tuple([draw(widened(word)) for word in words]))  # type: ignore[misc]
        case Adjacency():
            left, right = draw(widened(node.left)), draw(widened(node.right))
            more = draw(st.integers(0, 2))
            return Adjacency(left, right, node.between + more, node.ordered and more == 0)
        case Heading():
            return replace(node, explode=True, focus=False, subheadings=())
        case Or(operands=operands):
            return Or(tuple([draw(widened(operand)) for operand in operands]))
        case And(operands=operands):
            kept = [draw(widened(operand)) for operand in operands]
            return kept[0] if draw(st.booleans()) else And(tuple(kept))
        case Not(left=left):
            return draw(widened(left))
        case Fielded(operand=operand, codes=codes):
            wider = draw(st.sampled_from([codes, codes, ("tw",), ("mp",), ("af",)]))
            return Fielded(draw(widened(operand)), wider)
    return node


@st.composite
def pairs(draw: st.DrawFn) -> tuple[str, Node, Node]:
    """A dialect with a tree and another, that was made of it, of it and more, or of nothing."""
    dialect = draw(st.sampled_from(DIALECTS))
    narrower = draw(trees(2, dialect))
    other = draw(trees(1, dialect))
    wider = draw(st.one_of(widened(narrower), st.just(Or((narrower, other))), st.just(other)))
    less = draw(st.sampled_from([narrower, And((narrower, other)), Not(narrower, other)]))
    return dialect, wider, less


def test_containment_is_not_always_denied() -> None:
    """The claim below would hold of an answer that is always no."""
    said = [
        Containment(_strategy(*pair), TREE).contains(LineReference(1), LineReference(2))
        for pair in (
            ("ovid-medline", Word(("nerv", ANY)), Word(("nerves",))),
            ("ovid-medline", Heading("Nerves", explode=True), Heading("Optic Nerve")),
            ("pubmed", Fielded(Word(("pain",)), ("tiab",)), Fielded(Word(("pain",)), ("ti",))),
            ("cochrane", Adjacency(_A, _B, 3), Adjacency(_B, _A, 2, ordered=True)),
        )
    ]
    assert said == [True] * 4


_A, _B = Word(("nerve",)), Word(("pain",))


def _strategy(dialect: str, wider: Node, narrower: Node) -> Strategy:
    return Strategy(dialect, (Line(1, "", NOWHERE, wider), Line(2, "", NOWHERE, narrower)))


@given(pairs(), st.integers(0, 1_000_000))
@settings(max_examples=300, deadline=None)
def test_what_is_called_contained_is_contained(pair: tuple[str, Node, Node], seed: int) -> None:
    strategy = _strategy(*pair)
    if not Containment(strategy, TREE).contains(LineReference(1), LineReference(2)):
        return
    for record in crowd(seed, 40):
        verdicts = evaluate_lines(strategy, record, mesh=TREE)
        if verdicts[2] is Verdict.MATCH:
            assert verdicts[1] is Verdict.MATCH, record
