"""The positional engine where generated records don't lead: crowded texts, real files, sharing."""

from __future__ import annotations

import gzip
import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from surveillance.records.model import Record
from surveillance.records.pubmed_xml import latest_versions, read_pubmed_xml
from surveillance.strategy.evaluate.positional import Index, VerdictSet, evaluate_all, numbers
from surveillance.strategy.evaluate.positional.holders import FREQUENT
from surveillance.strategy.evaluate.reference import evaluate_lines
from surveillance.strategy.evaluate.verdict import NotEvaluable, Verdict
from surveillance.strategy.mesh import MeshTree
from surveillance.strategy.nodes import (
    ANY,
    NOWHERE,
    Adjacency,
    Fielded,
    LineReference,
    Near,
    Node,
    Or,
    Phrase,
    Wildcard,
    Word,
)
from surveillance.strategy.parse import read_strategy
from surveillance.strategy.strategy import Line, Strategy

TOPIC = Path(__file__).parents[3] / "search_strategies" / "targeted_muscle_reinnervation"
PAIN, LIMB, NERVE = Word(("pain",)), Word(("limb",)), Word(("nerv", ANY))
QUALITY_OF_LIFE = Phrase((Word(("quality",)), Word(("of",)), Word(("life",))))


def titled(*titles: str) -> list[Record]:
    return [
        Record(source="pubmed", source_id=str(number), title=title, status="MEDLINE")
        for number, title in enumerate(titles, start=1)
    ]


def strategy(*trees: Node | None, dialect: str = "ovid-medline") -> Strategy:
    lines = (Line(n, "", NOWHERE, tree) for n, tree in enumerate(trees, start=1))
    return Strategy(dialect, tuple(lines))


def agree(asked: Strategy, records: list[Record], mesh: MeshTree | None = None) -> list[Verdict]:
    """The verdicts on the last line, once both engines gave the same on every line."""
    (found,) = evaluate_all([asked], Index.of(records), mesh=mesh)
    expected = [evaluate_lines(asked, record, mesh=mesh) for record in records]
    for place, lines in enumerate(expected):
        assert {number: verdicts.of(place) for number, verdicts in found.items()} == lines
    return [lines[max(lines)] for lines in expected]


@pytest.mark.parametrize(
    ("node", "titles"),
    [
        (Word(("nerves",)), ("Nerves", "nerve", "", "a-nerves.")),
        (Word((ANY, "algia")), ("Neuralgia", "algia", "myalgias", "Pain, neuralgia")),
        (Word(("n", Wildcard(1, 2), "ve")), ("nerve", "naive", "nave", "nve")),
        (QUALITY_OF_LIFE, ("quality of life", "quality good life", "life quality", "quality life")),
        (Phrase((PAIN, LIMB)), ("pain limb", "pain", "limb pain", "pain, pain limb")),
        (Near((PAIN, LIMB, NERVE), 1), ("nerve limb x pain", "nerve x limb y pain", "pain limb")),
        (Adjacency(Or((PAIN, LIMB)), NERVE, 1), ("pain of nerve", "nerve pain", "limb a b nerve")),
        (Adjacency(PAIN, Or((PAIN, Phrase((LIMB, PAIN)))), 3), ("pain", "pain pain", "limb pain")),
    ],
    ids=str,
)
def test_words_stand_where_the_reference_finds_them(node: Node, titles: tuple[str, ...]) -> None:
    verdicts = agree(strategy(Fielded(node, ("ti",))), titled(*titles))
    assert {Verdict.MATCH, Verdict.NO_MATCH} == set(verdicts)


def test_a_phrase_does_not_leave_its_passage() -> None:
    keywords = ("pain of", "limb")
    apart = Record(source="pubmed", source_id="1", keywords=keywords, status="MEDLINE")
    whole = Record(source="pubmed", source_id="2", keywords=("pain of limb",), status="MEDLINE")
    asked = strategy(Fielded(Phrase((PAIN, Word(("of",)), LIMB)), ("kf",)))
    assert agree(asked, [apart, whole, apart]) == [
        Verdict.NO_MATCH,
        Verdict.MATCH,
        Verdict.NO_MATCH,
    ]


OFTEN = ("nerve", "nerves", "limb", "pain")
RARE = ("nervous", "painful", "painless", "limbs")


@pytest.mark.parametrize(
    "node",
    [
        PAIN,
        NERVE,
        Word(("nervous",)),
        Word(("pain", ANY)),
        Word(("p", ANY)),
        Word(("zoster", ANY)),
        Word((ANY, "s")),
        Word(("limb", Wildcard(0, 1))),
        Or((PAIN, NERVE, Word(("limbs",)), Word(("absent",)))),
        Or((PAIN, Word(("pain", ANY)), Word(("painful",)))),
        Phrase((PAIN, LIMB)),
        Phrase((NERVE, Word(("painless",)))),
        Phrase((PAIN, Word(("absent",)))),
        Adjacency(PAIN, NERVE, 0, ordered=True),
        Adjacency(NERVE, Word(("painful",)), 1, ordered=True),
        Adjacency(NERVE, Word(("painful",)), 1),
        Adjacency(PAIN, PAIN, 2),
        Adjacency(Or((PAIN, LIMB)), Or((LIMB, Word(("pain", ANY)))), 0),
    ],
    ids=str,
)
def test_words_that_many_records_have_are_found_as_others_are(node: Node) -> None:
    chance = random.Random(7)
    titles = [
        " ".join([*chance.choices(OFTEN, k=4), *chance.choices(RARE, k=int(n % 7 == 0)), "end"])
        for n in range(4 * FREQUENT)
    ]
    agree(strategy(Fielded(node, ("ti",)), node), titled(*titles))


@pytest.mark.parametrize("window", [0, 5, 60])
def test_what_repeats_without_end_is_left_to_the_reference(window: int) -> None:
    chain: Node = Adjacency(Adjacency(PAIN, PAIN, 60), Adjacency(PAIN, PAIN, 60), 60)
    records = titled("pain " * 700, "pain pain", "pain pain pain pain", "pain " * 700)
    asked = strategy(
        Fielded(chain, ("ti",)), Fielded(Adjacency(chain, LIMB, window), ("ti",)), None
    )
    agree(asked, records)
    (found,) = evaluate_all([asked], Index.of(records))
    assert numbers(found[1].cannot_tell) == [0, 3]
    assert numbers(found[1].match) == [2]


@pytest.mark.parametrize(
    "trees",
    [
        (None,),
        (LineReference(1),),
        (LineReference(2), LineReference(1)),
        (LineReference(2), Fielded(PAIN, ("ti",))),
        (LineReference(9),),
    ],
    ids=["not understood", "itself", "each other", "below it", "absent"],
)
def test_lines_rest_on_others_as_in_the_reference(trees: tuple[Node | None, ...]) -> None:
    agree(strategy(*trees), titled("pain", "limb"))


def test_an_unknown_dialect_is_refused() -> None:
    with pytest.raises(NotEvaluable, match="dialect klingon"):
        evaluate_all([strategy(PAIN, dialect="klingon")], Index.of(titled("pain")))


def test_no_records_and_no_strategies_give_nothing() -> None:
    (found,) = evaluate_all([strategy(Fielded(PAIN, ("ti",)))], Index.of([]))
    assert found == {1: VerdictSet(0, 0)}
    assert evaluate_all([], Index.of(titled("pain"))) == []


def test_the_verdict_sets_follow_kleene() -> None:
    every = list(Verdict)
    left = VerdictSet.collected(one for one in every for _ in every)
    right = VerdictSet.collected(other for _ in every for other in every)
    pairs = [(one, other) for one in every for other in every]
    for place, (one, other) in enumerate(pairs):
        assert (left & right).of(place) is one & other
        assert (left | right).of(place) is one | other
        assert left.without(right).of(place) is one & ~other
        assert left.opened().of(place) is one & Verdict.CANNOT_TELL


# On the real records and strategies


@pytest.fixture(scope="module")
def real_records(shared: Path) -> list[Record]:
    with gzip.open(shared / "data" / "pubmed" / "pubmed21n1298.xml.gz") as stream:
        entries: Iterator[object] = read_pubmed_xml(stream)
        return [found.record for found in latest_versions(entries)]  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def mesh(shared: Path) -> MeshTree:
    return MeshTree.load(shared / "data" / "mesh" / "mesh_trees_2024.tsv.gz")


@pytest.mark.shared
@pytest.mark.slow
def test_the_published_strategy_finds_what_the_reference_counted(
    real_records: list[Record], mesh: MeshTree
) -> None:
    tmr = read_strategy((TOPIC / "medline.ovid.txt").read_text(encoding="utf-8"))
    (found,) = evaluate_all([tmr], Index.of(real_records), mesh=mesh)
    hits = {number: lines.match.bit_count() for number, lines in found.items() if lines.match}
    assert hits == {
        2: 1,
        4: 17,
        5: 1,
        7: 63,
        9: 26,
        10: 102,
        14: 29,
        15: 6,
        16: 35,
        22: 30,
        25: 31,
        26: 1,
        27: 11,
        28: 70,
        30: 47,
    }
    assert found[31].cannot_tell.bit_count() == 17_150


@pytest.mark.shared
@pytest.mark.slow
def test_published_strategies_mean_the_same_on_a_sample(
    shared: Path, real_records: list[Record], mesh: MeshTree
) -> None:
    sample = random.Random(1).sample(real_records, 40)
    files = sorted((shared / "data" / "strategies").rglob("*.ovid.txt"))
    assert len(files) > 100
    for file in files:
        agree(read_strategy(file.read_text(encoding="utf-8", errors="replace")), sample, mesh)
