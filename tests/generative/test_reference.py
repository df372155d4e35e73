"""What must hold of the reference engine for every tree and every record."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import permutations, product

import pytest
from hypothesis import Phase, find, given, settings
from hypothesis import strategies as st

from surveillance.records.model import IndexedHeading, Record
from surveillance.strategy import nodes
from surveillance.strategy.evaluate.reference import evaluate, evaluate_lines
from surveillance.strategy.evaluate.verdict import Verdict, all_of
from surveillance.strategy.nodes import (
    Adjacency,
    And,
    DateRange,
    Deduplicated,
    Fielded,
    Frequency,
    InDatabase,
    Kept,
    Limit,
    Limitation,
    LineReference,
    Near,
    Node,
    Not,
    Or,
    Phrase,
    Wildcard,
    Word,
)
from surveillance.strategy.strategy import Line, Strategy
from tests.generative.generation import (
    DIALECTS,
    TREE,
    alone,
    date_ranges,
    field_codes,
    meshes,
    places,
    plain_words,
    records,
    strategies,
    texts,
    trees,
    whole_records,
    windows,
    words,
)

NODE_TYPES = [
    value
    for value in vars(nodes).values()
    if isinstance(value, type) and issubclass(value, Node) and value is not Node
]

# Whether there is an example at all is what counts, not how small it can be made.
UNSHRUNK = settings(max_examples=20_000, database=None, phases=[Phase.generate])


def verdict(tree: Node, record: Record) -> Verdict:
    return evaluate(alone(tree), record, mesh=TREE)


def implies(one: Verdict, other: Verdict) -> bool:
    return one is not Verdict.MATCH or other is Verdict.MATCH


@pytest.mark.parametrize("kind", NODE_TYPES, ids=lambda kind: kind.__name__)
def test_every_kind_of_node_is_generated(kind: type[Node]) -> None:
    def holds_it(strategy: Strategy) -> bool:
        lines = strategy.lines
        return any(isinstance(n, kind) for line in lines if line.tree for n in line.tree.walk())

    assert find(strategies(), holds_it, settings=UNSHRUNK)


@pytest.mark.parametrize("expected", list(Verdict))
def test_every_verdict_is_reached(expected: Verdict) -> None:
    pairs = st.tuples(strategies(), records)
    assert find(
        pairs,
        lambda pair: evaluate(pair[0], pair[1], mesh=TREE) is expected,
        settings=UNSHRUNK,
    )


@pytest.mark.parametrize("dialect", DIALECTS)
def test_every_dialect_is_generated(dialect: str) -> None:
    assert find(strategies(), lambda strategy: strategy.dialect == dialect, settings=UNSHRUNK)


@settings(max_examples=300)
@given(strategies(), records, texts(), meshes)
def test_what_comes_later_never_turns_a_certain_verdict(
    strategy: Strategy, record: Record, abstract: str, mesh: tuple[IndexedHeading, ...]
) -> None:
    filled = replace(
        record,
        abstract=abstract if record.passages("abstract") is None else record.abstract,
        mesh=mesh if record.headings() is None else record.mesh,
    )
    before = evaluate_lines(strategy, record, mesh=TREE)
    after = evaluate_lines(strategy, filled, mesh=TREE)
    assert all(
        earlier in (Verdict.CANNOT_TELL, after[number]) for number, earlier in before.items()
    )


@given(strategies(), whole_records)
def test_one_line_asked_alone_says_what_it_says_among_all(
    strategy: Strategy, record: Record
) -> None:
    for number, expected in evaluate_lines(strategy, record, mesh=TREE).items():
        assert evaluate(strategy, record, mesh=TREE, line=number) is expected


@given(trees(), records)
def test_a_reference_says_what_its_line_says(tree: Node, record: Record) -> None:
    first = alone(tree).lines[0]
    second = Line(2, "", nodes.NOWHERE, LineReference(1))
    strategy = Strategy("ovid-medline", (first, second))
    assert evaluate(strategy, record, mesh=TREE) is verdict(tree, record)


@given(trees(), trees(), trees(), records)
def test_and_or_and_not_obey_their_algebra(a: Node, b: Node, c: Node, record: Record) -> None:
    assert verdict(And((a, b)), record) is verdict(And((b, a)), record)
    assert verdict(Or((a, Or((b, c)))), record) is verdict(Or((a, b, c)), record)
    assert verdict(And((a, Or((b, c)))), record) is verdict(Or((And((a, b)), And((a, c)))), record)
    assert verdict(Not(a, Or((b, c))), record) is verdict(Not(Not(a, b), c), record)
    assert verdict(Not(a, a), record) is not Verdict.MATCH


@given(places(), field_codes, field_codes, records)
def test_the_inner_field_wins(
    tree: Node, inner: tuple[str, ...], outer: tuple[str, ...], record: Record
) -> None:
    fielded = Fielded(tree, inner)
    assert verdict(Fielded(fielded, outer), record) is verdict(fielded, record)


@given(places(), places(), places(), windows, whole_records)
def test_or_distributes_over_adjacency(
    a: Node, b: Node, c: Node, window: int, record: Record
) -> None:
    together = Adjacency(Or((a, b)), c, window)
    apart = Or((Adjacency(a, c, window), Adjacency(b, c, window)))
    assert verdict(Fielded(together, ("tw",)), record) is verdict(Fielded(apart, ("tw",)), record)


@given(places(), places(), windows, whole_records)
def test_a_window_has_no_sides_and_grows_monotonically(
    a: Node, b: Node, window: int, record: Record
) -> None:
    here = verdict(Adjacency(a, b, window), record)
    assert here is verdict(Adjacency(b, a, window), record)
    assert implies(here, verdict(Adjacency(a, b, window + 1), record))
    assert implies(verdict(Adjacency(a, b, window, ordered=True), record), here)


@given(st.lists(words, min_size=2, max_size=4), whole_records)
def test_a_phrase_is_a_chain_of_plain_adj(searched: list[Word], record: Record) -> None:
    chain: Node = searched[0]
    for word in searched[1:]:
        chain = Adjacency(chain, word, ordered=True)
    assert verdict(chain, record) is verdict(Phrase(tuple(searched)), record)


@given(trees(), whole_records)
def test_capitals_of_a_record_do_not_matter(tree: Node, record: Record) -> None:
    shouted = replace(record, title=record.title.upper(), abstract=(record.abstract or "").upper())
    assert verdict(tree, shouted) is verdict(tree, record)


@given(places(), field_codes, st.integers(1, 4), records)
def test_a_frequency_of_one_is_the_thing_itself_and_more_is_less(
    tree: Node, codes: tuple[str, ...], times: int, record: Record
) -> None:
    counted = Fielded(tree, codes)
    assert verdict(Frequency(counted, 1), record) is verdict(counted, record)
    often = verdict(Frequency(counted, times + 1), record)
    assert implies(often, verdict(Frequency(counted, times), record))


@given(trees(), trees(), records)
def test_what_a_host_does_with_a_set_never_adds_to_it(
    tree: Node, other: Node, record: Record
) -> None:
    here = verdict(tree, record)
    humans = Limitation("humans")
    assert verdict(Limit(tree, humans), record) is verdict(And((tree, humans)), record)
    assert verdict(Deduplicated(tree), record) is here
    assert verdict(Kept(tree, ((1, 10),)), record) is (here & Verdict.CANNOT_TELL)
    assert implies(verdict(InDatabase(Or((tree, other)), ("ppez",)), record), here) or implies(
        verdict(InDatabase(Or((tree, other)), ("ppez",)), record), verdict(other, record)
    )
    assert verdict(InDatabase(tree, ("oemezd",)), record) is Verdict.NO_MATCH


@given(plain_words, plain_words, words, windows, whole_records)
def test_a_window_over_all_words_has_no_order_and_holds_two_as_adjacency_does(
    a: Word, b: Word, c: Word, window: int, record: Record
) -> None:
    def pubmed(tree: Node) -> Verdict:
        return evaluate(alone(Fielded(tree, ("ti",)), "pubmed"), record)

    assert pubmed(Near((a, b), window)) is pubmed(Adjacency(a, b, window))
    assert pubmed(Near((a, b, c), window)) is pubmed(Near((c, a, b), window))
    assert implies(pubmed(Near((a, b, c), window)), pubmed(Near((a, b, c), window + 1)))
    assert implies(pubmed(Near((a, b, c), window)), pubmed(Near((a, b), window + 1)))


@given(date_ranges("pubmed"), records)
def test_a_range_of_dates_is_both_its_halves(wanted: DateRange, record: Record) -> None:
    halves = [DateRange(wanted.code, wanted.first)] if wanted.first else []
    halves += [DateRange(wanted.code, None, wanted.last)] if wanted.last else []
    assert verdict(wanted, record) is all_of(verdict(half, record) for half in halves)


# An oracle for places: every choice of OR, every assignment of words to different positions.


def choices(tree: Node) -> Iterator[Node]:
    """The tree with each OR replaced by one of its operands."""
    match tree:
        case Or():
            for operand in tree.operands:
                yield from choices(operand)
        case Adjacency():
            for left, right in product(choices(tree.left), choices(tree.right)):
                yield Adjacency(left, right, tree.between, tree.ordered)
        case _:
            yield tree


def leaf_words(tree: Node) -> list[Word]:
    return [node for node in tree.walk() if isinstance(node, Word)]


def spelled(word: Word, text: str) -> bool:
    """Generated words have one wildcard at most."""
    head, *rest = word.parts
    assert isinstance(head, str)
    if not rest:
        return text == head
    gap, tail = rest[0], "".join(str(part) for part in rest[1:])
    assert isinstance(gap, Wildcard)
    inner = len(text) - len(head) - len(tail)
    most = len(text) if gap.most is None else gap.most
    return text.startswith(head) and text.endswith(tail) and gap.least <= inner <= most


def stands(tree: Node, positions: Iterator[int]) -> list[int] | None:
    """The positions a tree takes, or None where they break one of its rules."""
    match tree:
        case Word():
            return [next(positions)]
        case Phrase():
            taken = [next(positions) for _ in tree.words]
            return taken if taken == list(range(taken[0], taken[0] + len(taken))) else None
        case Adjacency():
            left, right = stands(tree.left, positions), stands(tree.right, positions)
            if left is None or right is None:
                return None
            forth, back = min(right) - max(left), min(left) - max(right)
            allowed = range(1, tree.between + 2)
            if forth in allowed or (not tree.ordered and (back in allowed or max(forth, back) < 0)):
                return left + right
            return None
    raise AssertionError(tree)


def oracle(tree: Node, text: Sequence[str]) -> bool:
    for choice in choices(tree):
        searched = leaf_words(choice)
        for taken in permutations(range(len(text)), len(searched)):
            if all(spelled(w, text[p]) for w, p in zip(searched, taken, strict=True)) and stands(
                choice, iter(taken)
            ):
                return True
    return False


def without_stop_words(tree: Node) -> bool:
    return all(word.literal not in ("of", "the") for word in leaf_words(tree))


@settings(max_examples=300)
@given(
    places().filter(without_stop_words).filter(lambda tree: len(leaf_words(tree)) <= 5),
    st.lists(st.sampled_from(["nerve", "nerves", "pain", "painful", "limb", "of"]), max_size=6),
)
def test_places_are_those_that_trying_every_position_finds(tree: Node, text: list[str]) -> None:
    record = Record(source="pubmed", source_id="1", title=" ".join(text))
    assert verdict(Fielded(tree, ("ti",)), record) is Verdict.of(oracle(tree, text))
