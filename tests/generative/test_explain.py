"""An explanation says what the engine says, and shows what is really there."""

from __future__ import annotations

import pytest
from hypothesis import Phase, find, given, settings
from hypothesis import strategies as st

from surveillance.records.model import Record
from surveillance.strategy.evaluate.explain import LineExplanation, explain
from surveillance.strategy.evaluate.reference import evaluate_lines
from surveillance.strategy.evaluate.semantics import (
    ChainAnchor,
    ConjunctionInAdjacency,
    Semantics,
)
from surveillance.strategy.evaluate.verdict import Verdict
from surveillance.strategy.evaluate.words import finds, fold
from surveillance.strategy.nodes import Heading, Mapped, Node, Not, Word
from surveillance.strategy.strategy import Strategy
from tests.generative.generation import TREE, crowd, records, strategies

UNSHRUNK = settings(max_examples=20_000, database=None, phases=[Phase.generate])
readings = st.builds(
    Semantics,
    stop_words_counted=st.booleans(),
    sentences_are_barriers=st.booleans(),
    conjunction=st.sampled_from(ConjunctionInAdjacency),
    chain=st.sampled_from(ChainAnchor),
)


def nodes_of(strategy: Strategy, line: LineExplanation) -> list[Node]:
    asked = strategy.line(line.number)
    return list(asked.tree.walk()) if asked and asked.tree else []


@settings(max_examples=300)
@given(strategies(), records, readings)
def test_the_verdicts_are_those_of_the_engine(
    strategy: Strategy, record: Record, options: Semantics
) -> None:
    explained = explain(strategy, record, mesh=TREE, options=options)
    verdicts = {line.number: line.verdict for line in explained}
    assert verdicts == evaluate_lines(strategy, record, mesh=TREE, options=options)


@settings(max_examples=300)
@given(strategies(), records)
def test_what_is_open_says_what_is_missing_and_nothing_else_does(
    strategy: Strategy, record: Record
) -> None:
    for line in explain(strategy, record, mesh=TREE):
        assert bool(line.missing) is (line.verdict is Verdict.CANNOT_TELL)


@settings(max_examples=300)
@given(strategies(), records)
def test_a_match_without_not_rests_on_something_found(strategy: Strategy, record: Record) -> None:
    for line in explain(strategy, record, mesh=TREE):
        if line.verdict is Verdict.MATCH and not any(
            isinstance(node, Not) for node in nodes_of(strategy, line)
        ):
            assert line.texts or line.headings or line.dates or line.lines


@settings(max_examples=300)
@given(strategies(), records)
def test_a_found_word_stands_where_it_is_said_to_and_was_searched(
    strategy: Strategy, record: Record
) -> None:
    plain = Semantics()
    for line in explain(strategy, record, mesh=TREE):
        searched = [node for node in nodes_of(strategy, line) if isinstance(node, Word)]
        by_limit = any(text.part == "language" for text in line.texts)
        for text in line.texts:
            for word in text.words:
                assert text.text[word.start : word.end] == word.text
                # What a limit means and the author's truncated initials stand in no tree.
                assert (
                    by_limit
                    or text.part in ("author", "publication_type")
                    or any(finds(one, fold(word.text, plain), plain) for one in searched)
                )


@settings(max_examples=300)
@given(strategies(), records)
def test_a_found_heading_is_one_of_the_record(strategy: Strategy, record: Record) -> None:
    names = {heading.name for heading in record.headings() or ()}
    for line in explain(strategy, record, mesh=TREE):
        assert {found.name for found in line.headings} <= names


@pytest.mark.parametrize("kind", ["texts", "headings", "dates", "lines"])
def test_every_kind_of_evidence_is_found_somewhere(kind: str) -> None:
    pairs = st.tuples(strategies(), records)
    assert find(
        pairs,
        lambda pair: any(getattr(line, kind) for line in explain(*pair, mesh=TREE)),
        settings=UNSHRUNK,
    )


def test_a_heading_below_the_searched_one_is_shown_as_such() -> None:
    pairs = st.tuples(strategies(), records)
    assert find(
        pairs,
        lambda pair: any(h.exploded for x in explain(*pair, mesh=TREE) for h in x.headings),
        settings=UNSHRUNK,
    )


def test_mapped_headings_are_explained_by_what_they_are_mapped_to() -> None:
    def shows_it(pair: tuple[Strategy, int]) -> bool:
        strategy, seed = pair
        return any(
            line.headings
            and all(isinstance(node, Mapped | Heading) for node in nodes_of(strategy, line))
            for record in crowd(seed)
            for line in explain(strategy, record, mesh=TREE)
        )

    of_embase = strategies(dialects=("ovid-embase",))
    assert find(st.tuples(of_embase, st.integers(0, 2**32)), shows_it, settings=UNSHRUNK)
