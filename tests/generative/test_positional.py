"""The positional engine says of every record and line what the reference engine says."""

from __future__ import annotations

from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from surveillance.records.model import Record
from surveillance.strategy.evaluate.positional import Index, evaluate_all
from surveillance.strategy.evaluate.positional.vocabulary import Lookup, Vocabulary
from surveillance.strategy.evaluate.reference import evaluate_lines
from surveillance.strategy.evaluate.semantics import (
    ChainAnchor,
    ConjunctionInAdjacency,
    EntryDate,
    NearCount,
    Semantics,
)
from surveillance.strategy.evaluate.verdict import Verdict
from surveillance.strategy.evaluate.words import finds, fold
from surveillance.strategy.mesh import MeshTree
from surveillance.strategy.nodes import ANY, NOWHERE, Node, Wildcard, Word
from surveillance.strategy.strategy import Line, Strategy
from tests.generative.generation import DIALECTS, TREE, crowd, strategies, trees

readings = st.builds(
    Semantics,
    stop_words_counted=st.booleans(),
    fold_accents=st.booleans(),
    sentences_are_barriers=st.booleans(),
    conjunction=st.sampled_from(ConjunctionInAdjacency),
    chain=st.sampled_from(ChainAnchor),
    subheadings_explode=st.booleans(),
    cochrane_near=st.sampled_from(NearCount),
    cochrane_mark_may_be_empty=st.booleans(),
    cochrane_star_may_be_empty=st.booleans(),
    ovid_entry_date=st.sampled_from(EntryDate),
)
crowds = st.integers(0, 1_000_000).map(crowd)


def by_reference(
    strategy: Strategy, records: list[Record], mesh: MeshTree | None, options: Semantics
) -> list[dict[int, Verdict]]:
    return [evaluate_lines(strategy, record, mesh=mesh, options=options) for record in records]


def by_position(
    strategy: Strategy, records: list[Record], mesh: MeshTree | None, options: Semantics
) -> list[dict[int, Verdict]]:
    (lines,) = evaluate_all([strategy], Index.of(records, options), mesh=mesh)
    return [
        {number: found.of(place) for number, found in lines.items()}
        for place in range(len(records))
    ]


@settings(max_examples=400, deadline=None)
@given(strategies(), crowds)
def test_strategies_mean_the_same(strategy: Strategy, records: list[Record]) -> None:
    expected = by_reference(strategy, records, TREE, Semantics())
    assert by_position(strategy, records, TREE, Semantics()) == expected


@settings(max_examples=400, deadline=None)
@given(strategies(), crowds, readings, st.sampled_from([None, TREE]))
def test_they_do_under_every_reading(
    strategy: Strategy, records: list[Record], options: Semantics, mesh: MeshTree | None
) -> None:
    expected = by_reference(strategy, records, mesh, options)
    assert by_position(strategy, records, mesh, options) == expected


@settings(max_examples=400, deadline=None)
@given(trees(), st.sampled_from(DIALECTS), crowds, readings)
def test_a_tree_means_the_same_in_every_dialect(
    tree: Node, dialect: str, records: list[Record], options: Semantics
) -> None:
    strategy = Strategy(dialect, (Line(1, "", NOWHERE, tree),))
    expected = by_reference(strategy, records, TREE, options)
    assert by_position(strategy, records, TREE, options) == expected


@settings(max_examples=50, deadline=None)
@given(st.lists(strategies(), min_size=2, max_size=5), crowds)
def test_strategies_evaluated_together_don_t_disturb_one_another(
    several: list[Strategy], records: list[Record]
) -> None:
    index = Index.of(records)
    together = evaluate_all(several, index, mesh=TREE)
    assert together == [evaluate_all([one], Index.of(records), mesh=TREE)[0] for one in several]


letters = st.text("abné", min_size=1, max_size=6)
gaps = st.sampled_from(
    [ANY, Wildcard(1, None), Wildcard(0, 1), Wildcard(1, 1), Wildcard(2, 5), Wildcard(0, 10**12)]
)


@st.composite
def searched_words(draw: st.DrawFn) -> Word:
    """Letters with wildcards anywhere."""
    parts: list[str | Wildcard] = [draw(letters)]
    for _ in range(draw(st.integers(0, 3))):
        parts += [draw(gaps), draw(letters)]
    begins, ends = draw(st.booleans()), draw(st.booleans())
    return Word((*[draw(gaps)] * begins, *parts, *[draw(gaps)] * ends))


@settings(max_examples=300, deadline=None)
@given(st.sets(letters, max_size=40), searched_words(), st.booleans())
def test_a_word_finds_in_a_vocabulary_what_it_finds_word_by_word(
    found: set[str], searched: Word, folded: bool
) -> None:
    options = Semantics(fold_accents=folded)
    vocabulary = Vocabulary({fold(word, options) for word in found})
    stretches = Lookup(vocabulary, options).found_by(searched)
    numbers = [number for first, after in stretches for number in range(first, after)]
    assert [vocabulary.words[number] for number in numbers] == [
        word for word in vocabulary.words if finds(searched, word, options)
    ]


@settings(deadline=None)
@given(strategies(), crowds, st.randoms(use_true_random=False))
def test_the_order_of_the_records_changes_no_verdict(
    strategy: Strategy, records: list[Record], random: Random
) -> None:
    order = list(range(len(records)))
    random.shuffle(order)
    straight = by_position(strategy, records, TREE, Semantics())
    shuffled = by_position(strategy, [records[place] for place in order], TREE, Semantics())
    assert shuffled == [straight[place] for place in order]
