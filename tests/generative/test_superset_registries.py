"""What the exact meaning finds, ClinicalTrials.gov and Europe PMC must return: nothing is lost.

The claim holds for a query that no diagnostic calls shortened and, on Europe PMC, whose losses
name no direction *unknown*. On ClinicalTrials.gov the exact meaning is that of the strategy on the
registration's own text and on the MeSH terms that the registry derives.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from random import Random

import pytest
from hypothesis import Phase, find, given, settings
from hypothesis import strategies as st

from surveillance.records.model import IndexedHeading, Record
from surveillance.strategy import nodes
from surveillance.strategy.evaluate import essie, europe_pmc
from surveillance.strategy.evaluate.reference import evaluate
from surveillance.strategy.evaluate.verdict import Verdict
from surveillance.strategy.nodes import Fielded, Heading, Missing, Node, Not, Word
from surveillance.strategy.strategy import Strategy
from surveillance.strategy.translate import clinicaltrials
from surveillance.strategy.translate import europe_pmc as to_europe_pmc
from surveillance.strategy.translate.losses import Direction
from surveillance.strategy.translate.walk import Translation
from tests.generative.generation import (
    HEADINGS,
    TEXT_WORDS,
    TREE,
    alone,
    crowd,
    headings,
    strategies,
    trees,
)

seeds = st.integers(0, 2**32)
# Something that is often there, without what is seldom bounded from below.
often = st.sampled_from([Fielded(Word((word,)), ("tw",)) for word in ("pain", "nerve", "limb")])
differences = st.builds(
    lambda left, right: alone(Not(left, right)), often, st.one_of(trees(), headings)
)
KINDS_WITH_A_QUERY = [
    value
    for value in vars(nodes).values()
    if isinstance(value, type) and issubclass(value, Node) and value not in (Node, Missing)
]
FOUND = settings(max_examples=20_000, database=None, phases=[Phase.generate])


@dataclass(frozen=True)
class Registered:
    """A registration as the engines see it: its words, and the MeSH terms derived for it."""

    pieces: Mapping[str, Sequence[str]]
    identifier: str = "NCT00000001"

    def passages(self, part: str) -> Sequence[str]:
        named = {
            "title": ("BriefTitle", "OfficialTitle", "Acronym"),
            "abstract": ("BriefSummary",),
            "keyword": ("Keyword", "Condition", "InterventionName"),
        }
        return [text for piece in named.get(part, ()) for text in self.pieces.get(piece, ())]

    def headings(self) -> Sequence[IndexedHeading]:
        terms = (*self.pieces["ConditionMeshTerm"], *self.pieces["InterventionMeshTerm"])
        return [IndexedHeading(term) for term in terms]


def registrations(seed: int, size: int = 30) -> list[Registered]:
    """Many registrations at the price of one draw."""
    random = Random(seed)
    return [Registered(_pieces_by(random)) for _ in range(size)]


def _pieces_by(random: Random) -> dict[str, list[str]]:
    texts = ("BriefTitle", "OfficialTitle", "BriefSummary", "Keyword", "Condition")
    pieces = {piece: _texts_by(random) for piece in (*texts, "InterventionName")}
    for kind in ("Condition", "Intervention"):
        terms = random.sample([h for h in HEADINGS if h not in ("Animals", "Humans")], 1)
        terms *= random.randint(0, 1)
        pieces[f"{kind}MeshTerm"] = terms
        pieces[f"{kind}AncestorTerm"] = [above for term in terms for above in _above(term)]
    return pieces


def _texts_by(random: Random) -> list[str]:
    return [
        random.choice([" ", "-", ". "]).join(random.choices(TEXT_WORDS, k=random.randint(1, 6)))
        for _ in range(random.randint(0, 2))
    ]


def _above(term: str) -> list[str]:
    below = {name: TREE.explosion(name) or frozenset() for name in HEADINGS}
    return [name for name, names in below.items() if term in names and term != name]


def is_whole(translation: Translation) -> bool:
    """True for a query of which no diagnostic says that it was shortened."""
    codes = {found.code for found in translation.diagnostics}
    return bool(translation.query) and "finds-less" not in codes


def is_certain(translation: Translation) -> bool:
    directions = {loss.direction for loss in translation.losses}
    return is_whole(translation) and Direction.UNKNOWN not in directions


def held(records: Sequence[Record]) -> list[Record]:
    """The records as Europe PMC holds them: without the title in its original language."""
    return [replace(record, original_title="") for record in records]


def lost_registrations(strategy: Strategy, seed: int) -> list[Registered]:
    """The registrations that match exactly and that ClinicalTrials.gov would not return."""
    translation = clinicaltrials.translate(strategy)
    if not is_whole(translation):
        return []
    asked = essie.parse_query(translation.query)
    return [
        registration
        for registration in registrations(seed)
        if evaluate(strategy, registration, mesh=TREE) is Verdict.MATCH
        and not essie.matches(asked, registration.pieces)
    ]


def lost_records(strategy: Strategy, seed: int) -> list[Record]:
    """The records that match exactly and that Europe PMC would not return."""
    translation = to_europe_pmc.translate(strategy, mesh=TREE)
    if not is_certain(translation):
        return []
    asked = europe_pmc.parse_query(translation.query)
    return [
        record
        for record in held(crowd(seed))
        if evaluate(strategy, record, mesh=TREE) is Verdict.MATCH
        and not europe_pmc.matches(asked, record)
    ]


@settings(max_examples=300, deadline=None)
@given(strategies(), seeds)
def test_a_registration_that_matches_is_retrieved(strategy: Strategy, seed: int) -> None:
    assert lost_registrations(strategy, seed) == []


@settings(max_examples=300, deadline=None)
@given(strategies(), seeds)
def test_a_record_that_matches_is_retrieved(strategy: Strategy, seed: int) -> None:
    assert lost_records(strategy, seed) == []


@settings(max_examples=200, deadline=None)
@given(differences, seeds)
def test_nothing_is_lost_behind_not(strategy: Strategy, seed: int) -> None:
    assert lost_records(strategy, seed) == []
    assert lost_registrations(strategy, seed) == []


def reached(strategy: Strategy) -> list[Node]:
    """The nodes that the result line rests on."""
    numbers = strategy.reached_from(strategy.result_line or 0)
    lines = [strategy.line(number) for number in numbers]
    return [node for line in lines if line and line.tree for node in line.tree.walk()]


@pytest.mark.parametrize("kind", KINDS_WITH_A_QUERY, ids=lambda kind: kind.__name__)
@pytest.mark.parametrize("translate", [clinicaltrials.translate, to_europe_pmc.translate])
def test_every_kind_of_node_is_translated_somewhere(
    translate: Callable[[Strategy], Translation], kind: type[Node]
) -> None:
    assert find(
        strategies(),
        lambda s: any(isinstance(node, kind) for node in reached(s)) and bool(translate(s).query),
        settings=FOUND,
    )


def test_some_query_of_europe_pmc_says_not() -> None:
    """The claim about NOT is empty if it is always dropped."""

    def says_not(strategy: Strategy) -> bool:
        translation = to_europe_pmc.translate(strategy, mesh=TREE)
        return " NOT " in translation.query and is_certain(translation)

    assert find(differences, says_not, settings=FOUND)


def test_some_whole_query_asks_the_registry_for_a_heading() -> None:
    assert find(
        strategies(),
        lambda s: (
            any(isinstance(node, Heading) for node in reached(s))
            and "AncestorTerm" in clinicaltrials.translate(s).query
            and is_whole(clinicaltrials.translate(s))
        ),
        settings=FOUND,
    )
