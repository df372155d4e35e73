"""Published strategies as they stand: NICE's MEDLINE strategy tree for tree, and a corpus."""

import json
from collections import Counter
from pathlib import Path

import pytest

from surveillance.strategy.nodes import (
    ANY,
    Adjacency,
    And,
    Fielded,
    Heading,
    LineRange,
    LineReference,
    Node,
    Not,
    Operator,
    Or,
    Phrase,
    Word,
)
from surveillance.strategy.parse import read_strategy
from surveillance.strategy.printing.ovid import to_ovid

TOPIC = Path(__file__).parents[3] / "search_strategies" / "targeted_muscle_reinnervation"
MEDLINE, EMBASE = TOPIC / "medline.ovid.txt", TOPIC / "embase.ovid.txt"


def w(text: str) -> Node:
    """Words as typed; a `*` at the end truncates."""
    words = tuple(Word((t[:-1], ANY)) if t.endswith("*") else Word((t,)) for t in text.split())
    return words[0] if len(words) == 1 else Phrase(words)


def any_of(text: str) -> Or:
    """Alternatives, separated by bars."""
    return Or(tuple(w(alternative.strip()) for alternative in text.split("|")))


def tw(operand: Node) -> Fielded:
    return Fielded(operand, ("tw",))


def near4(left: Node, right: Node) -> Adjacency:
    return Adjacency(left, right, 3)


def beside(left: Node, right: Node) -> Adjacency:
    return Adjacency(left, right, 0, ordered=True)


def exploded(name: str) -> Heading:
    return Heading(name, explode=True)


def one_to(first: int, last: int) -> LineRange:
    return LineRange(Operator.OR, ((first, last),))


TRANSFER = "transfer* | transplant* | re rout* | rerout* | crossover* | dock* | regenerat*"
MUSCLES = "skeletal* | voluntary | tibial | gastrocnemius | plantaris | soleus"
SEVERITY = "refract* | intractab* | severe* | constant* | debilitating*"
LASTING = "chronic* | persist* | continual* | constant* | nerve*"

# Line: tree and printed count.
LINES: dict[int, tuple[Node, int]] = {
    1: (tw(w("targeted muscle reinnervation")), 294),
    2: (tw(w("TMR")), 2815),
    3: (Heading("Nerve Transfer"), 2661),
    4: (tw(near4(w("nerve*"), any_of(TRANSFER))), 18294),
    5: (tw(w("neurotizat*")), 884),
    6: (Heading("Muscle, Skeletal", subheadings=("ir",)), 12541),
    7: (tw(near4(w("muscle*"), any_of(MUSCLES))), 158412),
    8: (Heading("Peripheral Nerves", subheadings=("su",)), 2315),
    9: (
        tw(
            Or(
                (
                    near4(w("peripheral*"), w("nerve*")),
                    w("endoneurium*"),
                    w("epineurium*"),
                    w("perineurium*"),
                )
            )
        ),
        54304,
    ),
    10: (one_to(1, 9), 235304),
    11: (exploded("Amputation, Surgical"), 25111),
    12: (exploded("Amputation Stumps"), 3261),
    13: (Heading("Amputation, Traumatic"), 5141),
    14: (tw(w("Amputat*")), 51676),
    15: (tw(near4(w("nerve*"), w("cut*"))), 7351),
    16: (one_to(11, 15), 70063),
    17: (Heading("Phantom Limb"), 2134),
    18: (tw(beside(w("phantom"), any_of("Limb* | pain* | sensation*"))), 2534),
    19: (tw(near4(beside(w("residual*"), w("Limb*")), any_of("pain* | sensation*"))), 252),
    20: (tw(w("Pseudomelia*")), 0),
    21: (exploded("Pain, Intractable"), 6430),
    22: (tw(near4(w("Pain*"), any_of(SEVERITY))), 48538),
    23: (Heading("Neuritis"), 5100),
    24: (Heading("Neuralgia"), 18610),
    25: (tw(any_of("Neurit* | Neuralg* | polyneurit* | neurodynia*")), 62634),
    26: (Heading("Chronic Pain"), 24934),
    27: (tw(near4(And((any_of(LASTING), w("neuropath*"))), w("pain"))), 20967),
    28: (one_to(17, 27), 164444),
    29: (And((LineReference(10), LineReference(16), LineReference(28))), 448),
    30: (Not(Heading("Animals"), Heading("Humans")), 5210707),
    31: (Not(LineReference(29), LineReference(30)), 386),
}


@pytest.mark.parametrize("number", LINES)
def test_each_line_of_the_medline_strategy_has_its_tree_and_count(number: int) -> None:
    line = read_strategy(MEDLINE.read_text(encoding="utf-8")).line(number)
    assert line is not None
    assert (line.tree, line.count) == LINES[number]


def test_the_medline_strategy_has_31_lines_and_its_faults_are_reported_where_they_stand() -> None:
    strategy = read_strategy(MEDLINE.read_text(encoding="utf-8"))
    assert [line.number for line in strategy.lines] == list(LINES)
    assert [(found.code, found.line, found.column) for found in strategy.diagnostics] == [
        ("page-furniture", 9, 1),
        ("page-furniture", 45, 1),
        ("unbalanced-parenthesis", 47, 6),
    ]
    assert strategy.errors == ()


@pytest.mark.shared
def test_the_mended_strategy_has_the_trees_of_the_published_one(shared: Path) -> None:
    mended = shared / "data" / "strategies" / "seed" / "medline-ovid.fixed.txt"
    strategy = read_strategy(mended.read_text(encoding="utf-8"))
    assert {line.number: line.tree for line in strategy.lines} == {
        number: tree for number, (tree, _) in LINES.items()
    }
    assert strategy.diagnostics == ()


# Every line of the Embase strategy as its tree prints, and its count; written by hand.
EMBASE_LINES: dict[int, tuple[str, int | None]] = {
    1: ("muscle reinnervation/", 2028),
    2: ("TMR.tw.", None),
    3: ("nerve transplantation/", 5404),
    4: (
        "(nerve* adj4 (transfer* or transplant* or re rout* or rerout* or crossover* or dock* or "
        "regenerat*)).tw.",
        None,
    ),
    5: ("neurotizat*.tw.", 966),
    6: ("innervation/", 40102),
    7: ("(muscle* adj4 skeletal*).tw.", 170288),
    8: ("peripheral nerve/su", 463),
    9: ("(peripheral* adj4 nerve*).tw.", 68075),
    10: ("innervat*.tw.", 72854),
    11: ("or/1-10", 345840),
    12: ("exp amputation/", 60084),
    13: ("amputat*.tw.", 65926),
    14: ("exp amputation stump/", None),
    15: ("(nerve adj4 cut*).tw.", 6954),
    16: ("or/12-15", 90781),
    17: ("phantom limb/", 476),
    18: ("(((Phantom* or residual*) adj Limb*) adj4 (pain* or sensation*)).tw.", 2207),
    19: ("(((Phantom* or residual*) adj Limb*) adj4 (pain* or sensation* or syndrom*)).tw.", None),
    20: ("exp intractable pain/", 5752),
    21: (
        "(Pain adj4 (refract* or intractab* or severe* or constant* or debilitating*)).tw.",
        74768,
    ),
    22: ("neuritis/", 5761),
    23: ("neuralgia/", 9897),
    24: ("(Neurit* or Neuralg* or polyneurit* or neurodynia*).tw.", 78921),
    25: ("chronic pain/", 83303),
    26: ("((chronic* or persist* or continual* or constant*) adj4 pain).tw.", 156389),
    27: ("or/17-26", 318208),
    28: ("11 and 16 and 27", 719),
    29: ("Nonhuman/ not Human/", 5503992),
    30: ("28 not 29", 659),
    31: (
        "(conference abstract* or conference review or conference paper or conference "
        "proceeding).db,pt,su.",
        5993676,
    ),
    32: ("30 not 31", 438),
}


def test_each_line_of_the_embase_strategy_has_its_tree_and_count() -> None:
    strategy = read_strategy(EMBASE.read_text(encoding="utf-8"), "ovid-embase")
    read = {x.number: (to_ovid(x.tree), x.count) for x in strategy.lines if x.tree}
    assert read == EMBASE_LINES


def test_the_faults_of_the_embase_strategy_are_reported_where_they_stand() -> None:
    strategy = read_strategy(EMBASE.read_text(encoding="utf-8"), "ovid-embase")
    assert [(found.code, found.line, found.column) for found in strategy.diagnostics] == [
        ("count-unreadable", 3, 15),
        ("unbalanced-parenthesis", 7, 5),
        ("count-unreadable", 8, 28),
        ("page-furniture", 14, 1),
        ("count-unreadable", 23, 32),
        ("count-unreadable", 28, 89),
        ("page-furniture", 34, 1),
    ]
    assert strategy.errors == ()


def test_the_unclosed_group_of_embase_line_4_is_closed_before_its_suffix() -> None:
    line = read_strategy(EMBASE.read_text(encoding="utf-8"), "ovid-embase").line(4)
    assert line is not None
    moved = "transfer* | transplant* | re rout* | rerout* | crossover* | dock* | regenerat*"
    assert line.tree == tw(near4(w("nerve*"), any_of(moved)))


@pytest.mark.shared
def test_the_damaged_counts_of_the_embase_strategy_are_kept_as_printed(shared: Path) -> None:
    raw = shared / "data" / "strategies" / "seed" / "embase-ovid.raw.txt"
    strategy = read_strategy(raw.read_text(encoding="utf-8"), "ovid-embase")
    damaged = {line.number: line.count_raw for line in strategy.lines if line.count is None}
    assert damaged == {2: "3,21", 4: "21,27", 14: "2,30", 19: "2,27"}
    assert len(strategy.lines) == 32
    assert all(line.tree for line in strategy.lines)


@pytest.mark.shared
def test_every_published_ovid_strategy_is_read_and_each_fault_has_a_place(shared: Path) -> None:
    files = sorted((shared / "data" / "strategies").rglob("*.txt"))
    texts = {file.name: file.read_text("utf-8", "replace") for file in files if "ovid" in file.name}
    faulty: Counter[str] = Counter()
    for name, text in texts.items():
        strategy = read_strategy(text)
        lengths = [len(line) for line in text.split("\n")]
        for found in strategy.diagnostics:
            assert 1 <= found.line <= len(lengths), (name, found)
            assert 1 <= found.column <= lengths[found.line - 1] + 1, (name, found)
        named = {found.line for found in strategy.errors}
        assert all(line.tree or line.span.line in named for line in strategy.lines), name
        faulty.update({found.code for found in strategy.errors})
    print(f"{len(texts)} strategies; with errors by code: {dict(faulty)}")
    assert len(texts) > 180
    # A range into lines that lack, numbers used twice, an OR without its left side.
    faulty_files = [name for name, text in texts.items() if read_strategy(text).errors]
    assert len(faulty_files) < 0.025 * len(texts), faulty_files


@pytest.mark.shared
def test_every_line_of_the_corpus_prints_as_text_that_reads_back_as_its_tree(shared: Path) -> None:
    files = sorted((shared / "data" / "strategies").rglob("*ovid*.txt"))
    lines = 0
    for file in files:
        strategy = read_strategy(file.read_text("utf-8", "replace"), "ovid-medline")
        whole = [line for line in strategy.lines if line.tree]
        printed = "\n".join(f"{line.number}. {to_ovid(line.tree)}" for line in whole if line.tree)
        again = read_strategy(printed, "ovid-medline")
        lines += len(whole)
        for first, second in zip(whole, again.lines, strict=True):
            assert first.tree == second.tree, (file.name, first.number, first.text)
            assert first.tree and second.tree and to_ovid(first.tree) == to_ovid(second.tree)
    assert lines > 6_000


@pytest.mark.shared
def test_every_ovid_query_that_peers_test_with_is_read(shared: Path) -> None:
    cases = json.loads((shared / "data" / "strategies" / "peer-testcases.json").read_text("utf-8"))
    queries = {case["input"] for case in cases if case["input_syntax"].startswith("ovid")}
    # Operators and wildcards without a word, a number alone, and one query in PubMed's syntax.
    no_search = {"ADJ", "ADJ3", "*", "#", "?", "$", "1"}
    unread = {
        query
        for query in queries - no_search
        if not (lines := read_strategy(query, "ovid-medline").lines) or lines[-1].tree is None
    }
    assert len(queries) > 200
    assert unread == set()
