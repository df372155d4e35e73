"""What the exact meaning finds, PubMed must return for the translated query: nothing is lost.

The claim, for every strategy that has a query and every record as it stands: an exact *match* is
retrieved, under NOT too. Of *cannot tell* nothing is claimed for the record as it stands (PubMed
takes what isn't there for absent); once abstract and headings have arrived, the claim holds for the
whole record. Of *no match* nothing is claimed: that is what verifying is for.
"""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import Phase, find, given, settings
from hypothesis import strategies as st

from surveillance.records.model import IndexedHeading
from surveillance.strategy import nodes
from surveillance.strategy.evaluate.pubmed import matches, parse_query
from surveillance.strategy.evaluate.reference import evaluate
from surveillance.strategy.evaluate.verdict import Verdict
from surveillance.strategy.nodes import Fielded, Missing, Node, Not
from surveillance.strategy.strategy import Strategy
from surveillance.strategy.translate.pubmed import translate
from tests.generative.generation import (
    DIALECTS,
    TREE,
    alone,
    crowd,
    field_codes,
    meshes,
    plain_places,
    strategies,
    texts,
)
from tests.generative.superset import lost

KINDS_WITH_A_QUERY = [
    value
    for value in vars(nodes).values()
    if isinstance(value, type) and issubclass(value, Node) and value not in (Node, Missing)
]
seeds = st.integers(0, 2**32)
FOUND = settings(max_examples=20_000, database=None, phases=[Phase.generate])


def walked(strategy: Strategy) -> list[Node]:
    """The nodes that the result line rests on."""
    last = strategy.result_line
    assert last is not None
    reached = map(strategy.line, strategy.reached_from(last))
    return [node for line in reached if line and line.tree for node in line.tree.walk()]


@settings(max_examples=200, deadline=None)
@given(strategies(), seeds)
def test_an_exact_match_is_retrieved(strategy: Strategy, seed: int) -> None:
    assert lost(strategy, crowd(seed)) == [], translate(strategy).query


@settings(max_examples=300, deadline=None)
@given(plain_places(), field_codes, seeds)
def test_a_proximity_is_as_wide_as_what_it_stands_for(
    tree: Node, codes: tuple[str, ...], seed: int
) -> None:
    strategy = alone(Fielded(tree, codes))
    assert lost(strategy, crowd(seed)) == [], translate(strategy).query


@settings(max_examples=50, deadline=None)
@given(strategies(), seeds, texts(), meshes)
def test_what_was_open_and_turns_out_a_match_is_retrieved_then(
    strategy: Strategy, seed: int, abstract: str, mesh: tuple[IndexedHeading, ...]
) -> None:
    arrived = [
        replace(record, abstract=record.abstract or abstract, mesh=record.mesh or mesh)
        for record in crowd(seed)
        if evaluate(strategy, record, mesh=TREE) is Verdict.CANNOT_TELL
    ]
    assert lost(strategy, arrived) == [], translate(strategy).query


@settings(max_examples=300, deadline=None)
@given(strategies(), seeds)
def test_what_differs_is_in_the_loss_report(strategy: Strategy, seed: int) -> None:
    """A query without a loss finds what the strategy finds, no more and no less."""
    last = strategy.result_line
    translation = translate(strategy, line=last)
    if translation.losses or not translation.query:
        return
    asked = parse_query(translation.query)
    for record in crowd(seed):
        verdict = evaluate(strategy, record, mesh=TREE)
        if verdict is not Verdict.CANNOT_TELL:
            found = matches(asked, record, TREE)
            assert found is (verdict is Verdict.MATCH), (translation.query, record)


# Of Embase nothing is said without a loss: its headings are mapped, its fields are others.
@pytest.mark.parametrize("dialect", [dialect for dialect in DIALECTS if "embase" not in dialect])
def test_some_query_is_without_a_loss(dialect: str) -> None:
    assert find(
        strategies((dialect,)),
        lambda s: bool(translate(s).query) and not translate(s).losses,
        settings=FOUND,
    )


@pytest.mark.parametrize("kind", KINDS_WITH_A_QUERY, ids=lambda kind: kind.__name__)
def test_every_kind_of_node_is_translated_somewhere(kind: type[Node]) -> None:
    assert find(
        strategies(),
        lambda s: any(isinstance(node, kind) for node in walked(s)) and bool(translate(s).query),
        settings=FOUND,
    )


def test_some_query_says_a_proximity() -> None:
    assert find(
        plain_places(),
        lambda tree: ":~2]" in translate(alone(Fielded(tree, ("ti",)))).query,
        settings=FOUND,
    )


def test_some_query_says_not() -> None:
    """Under NOT a wider operand loses records: the claim is empty if NOT is always dropped."""
    assert find(
        strategies(),
        lambda s: any(isinstance(n, Not) for n in walked(s)) and " NOT " in translate(s).query,
        settings=FOUND,
    )
