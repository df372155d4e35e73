"""INAHTA's syntax → tree: texts and trees, faults, and NICE's strategy with its missing lines."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from surveillance.strategy.nodes import (
    ANY,
    And,
    DateRange,
    Fielded,
    Heading,
    Limit,
    LineRange,
    LineReference,
    Missing,
    Node,
    Not,
    Operator,
    Or,
    Phrase,
    Word,
)
from surveillance.strategy.parse import read_strategy
from surveillance.strategy.printing import to_text
from surveillance.strategy.strategy import Severity, Strategy

TOPIC = Path(__file__).parents[3] / "search_strategies" / "targeted_muscle_reinnervation"
INAHTA = TOPIC / "inahta.txt"


def w(text: str) -> Word:
    """A word; a `*` at its end truncates."""
    return Word((text[:-1], ANY)) if text.endswith("*") else Word((text,))


def quoted(*words: str) -> Phrase:
    return Phrase(tuple(map(w, words)), quoted=True)


def side_by_side(*nodes: Node) -> And:
    return And(nodes, implied=True)


def of(number: int) -> LineReference:
    return LineReference(number)


a, b, c = w("a"), w("b"), w("c")

# Text of line 10 of a strategy whose lines 1 to 9 exist, and its tree (ovid-semantics 9).
TREES: dict[str, Node] = {
    "TMR": w("TMR"),
    "neurotizat*": w("neurotizat*"),
    "targeted muscle reinnervation": side_by_side(w("targeted"), w("muscle"), w("reinnervation")),
    '"closed loop"': quoted("closed", "loop"),
    "re-rout*": Phrase((w("re"), w("rout*"))),
    "a near b": side_by_side(a, w("near"), b),
    "a AND b OR c": Or((And((a, b)), c)),
    "a NOT b": Not(a, b),
    "(a or b) and c": And((Or((a, b)), c)),
    '"Nerve Transfer"[mh]': Heading("Nerve Transfer"),
    '"Amputation, Surgical"[mhe]': Heading("Amputation, Surgical", explode=True),
    "Neuralgia[mh]": Heading("Neuralgia"),
    "Amputation, Surgical[mhe]": Heading("Amputation, Surgical", explode=True),
    '("Nerve Transfer")[mh]': Heading("Nerve Transfer"),
    'a AND "Pain"[mh]': And((a, Heading("Pain"))),
    "(diabetes)[Title]": Fielded(w("diabetes"), ("title",)),
    "pain[title]": Fielded(w("pain"), ("title",)),
    '"closed loop"[abs]': Fielded(quoted("closed", "loop"), ("abs",)),
    "(a or b)[Title]": Fielded(Or((a, b)), ("title",)),
    "nerve pain[title]": side_by_side(w("nerve"), Fielded(w("pain"), ("title",))),
    "#1": of(1),
    "#9 OR #8 OR #7": Or((of(9), of(8), of(7))),
    "{or #1-#9}": LineRange(Operator.OR, ((1, 9),)),
    "#3 AND (English)[Language]": And((of(3), Fielded(w("English"), ("la",)))),
    "#3 FROM 2010 TO 2020": Limit(of(3), DateRange("yr", "2010", "2020")),
}

FAULTS: dict[str, tuple[str, Severity, Node | None]] = {
    "a OR": ("missing-operand", Severity.ERROR, Or((a, Missing("an operand")))),
    "#11 OR a": ("missing-line", Severity.ERROR, Or((Missing("line 11"), a))),
    "[mh]": ("nothing-to-read", Severity.ERROR, None),
    "a OR [mh]": ("misplaced", Severity.ERROR, Or((a, Missing("[mh]")))),
    "(a OR b": ("unbalanced-parenthesis", Severity.WARNING, Or((a, b))),
    "neural*[mh]": ("truncated-heading", Severity.WARNING, Fielded(w("neural*"), ("mhw",))),
    "a[zz]": ("unknown-field", Severity.WARNING, Fielded(a, ("zz",))),
    '#1 "Pain"[mh]': (
        "missing-operator",
        Severity.WARNING,
        side_by_side(of(1), Heading("Pain")),
    ),
    '"nerve transfer*"': (
        "wildcard-in-phrase",
        Severity.WARNING,
        quoted("nerve", "transfer*"),
    ),
}


def read(text: str) -> Strategy:
    """The text as line 10, after nine lines, in the layout of NICE's appendix."""
    before = "".join(f"{number} , x , {number}\n" for number in range(1, 10))
    return read_strategy(f"{before}10 , {text} , 12", "inahta")


def tree_of(strategy: Strategy) -> Node | None:
    return strategy.lines[-1].tree


@pytest.mark.parametrize("text", TREES)
def test_a_text_has_its_tree_and_no_fault(text: str) -> None:
    strategy = read(text)
    assert tree_of(strategy) == TREES[text]
    assert strategy.diagnostics == ()
    assert [line.count for line in strategy.lines] == [*range(1, 10), 12]


@pytest.mark.parametrize("text", FAULTS)
def test_a_fault_is_found_with_its_place(text: str) -> None:
    code, severity, tree = FAULTS[text]
    strategy = read(text)
    assert tree_of(strategy) == tree
    (found,) = strategy.diagnostics
    assert (found.code, found.severity, found.line) == (code, severity, 10)
    assert 6 <= found.column < found.end_column <= len(text) + 7


@pytest.mark.parametrize("text", [*TREES, *FAULTS])
def test_a_tree_printed_reads_back_as_the_same_tree(text: str) -> None:
    tree = tree_of(read(text))
    if tree is not None:
        printed = to_text(tree, "inahta")
        assert tree_of(read(printed)) == tree, printed


def test_what_has_no_syntax_is_not_printed() -> None:
    with pytest.raises(TypeError, match="neither focus nor subheadings"):
        to_text(Heading("Pain", subheadings=("su",)), "inahta")
    with pytest.raises(TypeError, match="publication years"):
        to_text(Limit(a, DateRange("yr", "2010", None)), "inahta")


# -- NICE's strategy -----------------------------------------------------------------------------

PUBLISHED = {
    1: "targeted muscle reinnervation",
    2: "TMR",
    3: '"Nerve Transfer"[mh]',
    4: "nerve* AND (transfer* OR transplant* OR re-rout* OR rerout* OR crossover* OR dock* OR "
    "regenerat*)",
    5: "neurotizat*",
    6: '"Muscle, Skeletal"[mh]',
    7: "muscle* AND (skeletal* OR voluntary OR tibial OR gastrocnemius OR plantaris OR soleus)",
    8: '"Peripheral Nerves"[mhe]',
    9: "(peripheral* AND nerve*) OR endoneurium* OR epineurium* OR perineurium*",
    10: "#9 OR #8 OR #7 OR #6 OR #5 OR #4 OR #3 OR #2 OR #1",
    11: '"Amputation, Surgical"[mhe]',
    12: '"Amputation Stumps"[mhe]',
    14: "Amputat*",
    15: "nerve* AND cut*",
    16: "#15 OR #14 OR #13 OR #12 OR #11",
    17: '"Phantom Limb"[mh]',
    18: "phantom AND (Limb* OR pain* OR sensation*)",
    19: "residual* AND Limb* AND (pain* OR sensation*)",
    20: "Pseudomelia*",
    24: '"Neuralgia"[mh]',
    25: "Neurit* OR Neuralg* OR polyneurit* OR neurodynia*",
    26: '"Chronic Pain"[mh]',
    27: "((chronic* OR persist* OR continual* OR constant* OR nerve*) AND neuropath*) AND pain",
    28: "#27 OR #26 OR #25 OR #24 OR #23 OR #22 OR #21 OR #20 OR #19 OR #18 OR #17",
    29: "#28 AND #16 AND #10",
}

TREES_BY_HAND = {
    1: side_by_side(w("targeted"), w("muscle"), w("reinnervation")),
    8: Heading("Peripheral Nerves", explode=True),
    16: Or((of(15), of(14), Missing("line 13"), of(12), of(11))),
    28: Or(
        (
            *map(of, (27, 26, 25, 24)),
            *(Missing(f"line {number}") for number in (23, 22, 21)),
            *map(of, (20, 19, 18, 17)),
        )
    ),
    29: And((of(28), of(16), of(10))),
}


def test_nices_strategy_is_read_line_for_line() -> None:
    strategy = read_strategy(INAHTA.read_text("utf-8"), "inahta")
    printed = {x.number: to_text(x.tree, "inahta") for x in strategy.lines if x.tree}
    assert printed == PUBLISHED
    for number, tree in TREES_BY_HAND.items():
        line = strategy.line(number)
        assert line is not None
        assert line.tree == tree


def test_each_reference_to_a_missing_line_is_an_error_where_it_stands() -> None:
    strategy = read_strategy(INAHTA.read_text("utf-8"), "inahta")
    found = [(e.code, e.line, e.column, e.end_column) for e in strategy.errors]
    assert found == [
        ("missing-line", 34, 20, 23),
        ("missing-line", 52, 34, 37),
        ("missing-line", 52, 41, 44),
        ("missing-line", 52, 48, 51),
    ]
    left_out = {e.code for e in strategy.diagnostics} - {"missing-line"}
    assert left_out == {"page-furniture"}


@pytest.mark.shared
def test_the_printed_counts_are_those_of_the_source(shared: Path) -> None:
    seed = shared / "data" / "strategies" / "seed"
    printed = json.loads((seed / "inahta.counts.json").read_text("utf-8"))
    strategy = read_strategy(INAHTA.read_text("utf-8"), "inahta")
    assert {str(x.number): x.count_raw for x in strategy.lines} == printed


@pytest.mark.shared
@pytest.mark.parametrize("name", ["inahta.raw.txt", "inahta.clean.txt"])
def test_every_form_of_nices_strategy_has_the_same_trees(shared: Path, name: str) -> None:
    text = (shared / "data" / "strategies" / "seed" / name).read_text("utf-8")
    trees = [(x.number, x.tree) for x in read_strategy(text, "inahta").lines]
    published = read_strategy(INAHTA.read_text("utf-8"), "inahta")
    assert trees == [(x.number, x.tree) for x in published.lines]
