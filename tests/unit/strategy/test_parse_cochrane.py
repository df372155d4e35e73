"""The Cochrane Library's syntax → tree: texts and trees, faults, numbering, published files."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from surveillance.strategy.nodes import (
    ANY,
    Adjacency,
    And,
    DateRange,
    Fielded,
    Heading,
    Limit,
    Limitation,
    LineRange,
    LineReference,
    Missing,
    Node,
    Not,
    Operator,
    Or,
    Phrase,
    Wildcard,
    Word,
)
from surveillance.strategy.parse import read_strategy
from surveillance.strategy.printing import to_text
from surveillance.strategy.strategy import Severity, Strategy

TOPIC = Path(__file__).parents[3] / "search_strategies" / "targeted_muscle_reinnervation"
COCHRANE = TOPIC / "cochrane.txt"


def w(text: str) -> Word:
    """A word; a `*` at its end truncates."""
    return Word((text[:-1], ANY)) if text.endswith("*") else Word((text,))


def quoted(*words: str) -> Phrase:
    return Phrase(tuple(map(w, words)), quoted=True)


def hyphenated(*words: str) -> Phrase:
    return Phrase(tuple(map(w, words)))


def side_by_side(*nodes: Node) -> And:
    return And(nodes, implied=True)


def tak(operand: Node) -> Fielded:
    return Fielded(operand, ("ti", "ab", "kw"))


def of(number: int) -> LineReference:
    return LineReference(number)


def any_line(*ranges: tuple[int, int]) -> LineRange:
    return LineRange(Operator.OR, ranges)


def published(first: str | None, last: str | None) -> DateRange:
    return DateRange("yr", first, last)


a, b, c, d = w("a"), w("b"), w("c"), w("d")
TRIALS = Limitation("trials")
PAIN = Heading("Pain", explode=True)

# Text of line 10 of a strategy whose lines 1 to 9 exist, and its tree.
TREES: dict[str, Node] = {
    # words (ovid-semantics 8)
    "TMR": w("TMR"),
    "nerve*": w("nerve*"),
    "*depress*": Word((ANY, "depress", ANY)),
    "isch*mic": Word(("isch", ANY, "mic")),
    "wom?n": Word(("wom", Wildcard(0, 1), "n")),
    "re-rout*": hyphenated("re", "rout*"),
    "Crohn’s": hyphenated("Crohn", "s"),
    '"burkitt\'s lymphoma"': quoted("burkitt", "s", "lymphoma"),
    "type 1": side_by_side(w("type"), w("1")),
    "targeted muscle reinnervation": side_by_side(w("targeted"), w("muscle"), w("reinnervation")),
    '"skin to skin"': quoted("skin", "to", "skin"),
    "“skin to skin”": quoted("skin", "to", "skin"),
    '"pain"': w("pain"),
    '"and"': w("and"),
    '"Food and Drug"': quoted("Food", "and", "Drug"),
    "near-death": hyphenated("near", "death"),
    "12": w("12"),
    # operators; in what order they bind is the choice of hash_expressions
    "a or b and c": Or((a, And((b, c)))),
    "a not b and c": Not(a, And((b, c))),
    "a or b not c": Or((a, Not(b, c))),
    "a AND b Or c": Or((And((a, b)), c)),
    "a b or c": Or((side_by_side(a, b), c)),
    "a b and c": And((side_by_side(a, b), c)),
    "a not b not c": Not(Not(a, b), c),
    "(a or b) c": side_by_side(Or((a, b)), c),
    "{a or b} and c": And((Or((a, b)), c)),
    # proximity: NEAR is NEAR/6, NEXT is ordered (ovid-semantics 8)
    "a near b": Adjacency(a, b, 6),
    "a NEAR/4 b": Adjacency(a, b, 4),
    "a near/0 b": Adjacency(a, b, 0),
    "a near4 b": Adjacency(a, b, 4),
    "a near / 4 b": Adjacency(a, b, 4),
    "a next b": Adjacency(a, b, 0, ordered=True),
    "a NEXT/3 b": Adjacency(a, b, 3, ordered=True),
    "a near b near/4 c": Adjacency(Adjacency(a, b, 6), c, 4),
    "a near/2 (b or c)": Adjacency(a, Or((b, c)), 2),
    "a b near/2 c d": side_by_side(a, Adjacency(b, c, 2), d),
    "a near/2 b and c": And((Adjacency(a, b, 2), c)),
    "hearing NEXT aid*": Adjacency(w("hearing"), w("aid*"), 0, ordered=True),
    "(a and b) near/4 c": Adjacency(And((a, b)), c, 4),
    # fields
    "pain:ti": Fielded(w("pain"), ("ti",)),
    "pain:ti,ab,kw": tak(w("pain")),
    "pain :TI, AB, KW": tak(w("pain")),
    '"skin to skin":ti': Fielded(quoted("skin", "to", "skin"), ("ti",)),
    "(a or b):ti,ab,kw": tak(Or((a, b))),
    "a b:ti": side_by_side(a, Fielded(b, ("ti",))),
    "a near/3 b:ti": Adjacency(a, Fielded(b, ("ti",)), 3),
    "(a:ti or b):ab": Fielded(Or((Fielded(a, ("ti",)), b)), ("ab",)),
    "a in Record Title": Fielded(a, ("ti",)),
    "a b in Title Abstract Keyword AND c in Abstract": And(
        (tak(side_by_side(a, b)), Fielded(c, ("ab",)))
    ),
    # headings
    "MeSH descriptor: [Pain] explode all trees": PAIN,
    "mesh descriptor: [Pain] Explode All Trees": PAIN,
    "MeSH descriptor: [Pain] this term only": Heading("Pain"),
    "MeSH descriptor Pain explode all trees": PAIN,
    "MeSH descriptor Wounds and Injuries explode all trees": Heading(
        "Wounds and Injuries", explode=True
    ),
    "MeSH descriptor Pain, this term only": Heading("Pain"),
    "MeSH descriptor: [Pain] explode all trees and with qualifier(s): [surgery - SU]": Heading(
        "Pain", explode=True, subheadings=("su",)
    ),
    "MeSH descriptor: [Pain] this term only and with qualifier(s): "
    "[administration & dosage - AD, therapy - TH]": Heading("Pain", subheadings=("ad", "th")),
    "MeSH descriptor Pain explode all trees with qualifiers: DT,TH": Heading(
        "Pain", explode=True, subheadings=("dt", "th")
    ),
    "MeSH descriptor: [Pain] this term only and with qualifier(s): [surgery]": Heading(
        "Pain", subheadings=("su",)
    ),
    '[mh "Pain"]': PAIN,
    "[mh Pain]": PAIN,
    "[mh Nerve Transfer]": Heading("Nerve Transfer", explode=True),
    '[mh ^"Amputation, Surgical"]': Heading("Amputation, Surgical"),
    '[mh "^Pain"]': Heading("Pain"),
    '[mh "Pain"/SU,TH]': Heading("Pain", explode=True, subheadings=("su", "th")),
    '[mh ^"Pain"/SU]': Heading("Pain", subheadings=("su",)),
    '[mh "Pain"[mj]]': Heading("Pain", explode=True, focus=True),
    '[mh ^"Pain"[mj]/DT]': Heading("Pain", focus=True, subheadings=("dt",)),
    '[mh "Pain"/DT[mj]]': Heading("Pain", explode=True, focus=True, subheadings=("dt",)),
    "[mh /SU]": Fielded(w("surgery"), ("sh",)),
    "[mh /AD,TH]": Fielded(Or((quoted("administration", "dosage"), w("therapy"))), ("sh",)),
    "Any MeSH descriptor with qualifier(s): [Surgery - SU]": Fielded(w("surgery"), ("sh",)),
    "[mh Pain] or [mh ^Neuralgia]": Or((PAIN, Heading("Neuralgia"))),
    "MeSH descriptor: [Pain] explode all trees or pain": Or((PAIN, w("pain"))),
    # lines
    "#1": of(1),
    "#1 or #2": Or((of(1), of(2))),
    "#1 AND (#8 OR #7)": And((of(1), Or((of(8), of(7))))),
    "#9 not (#8 not #7)": Not(of(9), Not(of(8), of(7))),
    "{or #1-#9}": any_line((1, 9)),
    "{OR #1 - #9}": any_line((1, 9)),
    "{or 1-9}": any_line((1, 9)),
    "{and #1,#3}": LineRange(Operator.AND, ((1, 1), (3, 3))),
    "{or #1-#3, #5}": any_line((1, 3), (5, 5)),
    "{or #1-#3} and {or #4-#6}": And((any_line((1, 3)), any_line((4, 6)))),
    "or/1-9": any_line((1, 9)),
    "or #1-#9": any_line((1, 9)),
    "#3 and a": And((of(3), a)),
    # limits
    "#3 and #8 in Trials": Limit(And((of(3), of(8))), TRIALS),
    "a in Cochrane Reviews, Trials": Limit(a, Or((Limitation("cochrane reviews"), TRIALS))),
    "a in Cochrane Reviews (Reviews and Protocols) and Trials": Limit(
        a, Or((Limitation("cochrane reviews (reviews and protocols)"), TRIALS))
    ),
    "#9 with Publication Year from 2012 to 2021, in Trials": Limit(
        of(9), And((published("2012", "2021"), TRIALS))
    ),
    "#9 with Publication Year from 2012 to 2021": Limit(of(9), published("2012", "2021")),
    "#9 with Publication Year from 2012 to present": Limit(of(9), published("2012", None)),
    "#9 Publication Year from 2012 to 2021": Limit(of(9), published("2012", "2021")),
    "#9 from 2012 to 2021": Limit(of(9), published("2012", "2021")),
    "a in Trials with Publication Year from 2012 to 2021": Limit(
        a, And((TRIALS, published("2012", "2021")))
    ),
    "a AND CENTRAL:TARGET": Limit(a, TRIALS),
    "#9 with Publication Year until 2012": Limit(of(9), published(None, "2012")),
    "(#1 AND #2), from 2000 to 2010": Limit(And((of(1), of(2))), published("2000", "2010")),
    "#9 with Cochrane Library publication date Between Jun 2021 and Sep 2022": Limit(
        of(9), DateRange("cl", "2021-06", "2022-09")
    ),
    "#9 with Cochrane Library publication date from 01/02/2021 to 17/06/2022, in Trials": Limit(
        of(9), And((DateRange("cl", "2021-02-01", "2022-06-17"), TRIALS))
    ),
    "a in Record Title in Trials": Limit(Fielded(a, ("ti",)), TRIALS),
    # no limits
    "women in trials": side_by_side(w("women"), w("in"), w("trials")),
    "a from 2012 to 2021": side_by_side(a, *map(w, ("from", "2012", "to", "2021"))),
    "publication year": side_by_side(w("publication"), w("year")),
    "a with b": side_by_side(a, w("with"), b),
}

# Text, the finding's code, and the tree that it is read as.
READ_WITH_A_WARNING: dict[str, tuple[str, Node]] = {
    '"outcome measure*"': ("wildcard-in-phrase", quoted("outcome", "measure*")),
    "randomi$": ("foreign-wildcard", w("randomi*")),
    "#1 and not #2": ("and-not", Not(of(1), of(2))),
    "1 or 2": ("reference-without-hash", Or((of(1), of(2)))),
    "#1-#5": ("range-without-operator", any_line((1, 5))),
    "#1 #2": ("missing-operator", side_by_side(of(1), of(2))),
    "(a or b:ti": ("unbalanced-parenthesis", Fielded(Or((a, b)), ("ti",))),
    "a or b)": ("unbalanced-parenthesis", Or((a, b))),
    '"a or b': ("unclosed-quotation", Or((a, b))),
    "a:xx": ("unknown-field", Fielded(a, ("xx",))),
    "MeSH descriptor: [Pain]": ("explode-unsaid", PAIN),
    "MeSH descriptor Pain explode trees 1, 4 and 5": ("explode-one-tree", PAIN),
    '"Pain"/exp': ("foreign-heading", PAIN),
    '"Pain"[mh:noexp]': ("foreign-heading", Heading("Pain")),
    "MeSH descriptor: [Pain] 2 tree(s) exploded": ("explode-one-tree", PAIN),
    "a adj3 b": ("foreign-operator", Adjacency(a, b, 3)),
    "a adj b": ("foreign-operator", Adjacency(a, b, 0, ordered=True)),
    "[mh neoplas*]": ("truncated-heading", Fielded(w("neoplas*"), ("mh",))),
    '[mh "Pain"/XYZ]': ("qualifier-unknown", PAIN),
    "a (Word variations have been searched)": ("word-variations", a),
}

ERRORS: dict[str, tuple[str, Node | None]] = {
    "a or": ("missing-operand", Or((a, Missing("an operand")))),
    "near/3 a": ("missing-operand", Adjacency(Missing("an operand"), a, 3)),
    "() and a": ("missing-operand", And((Missing("an operand"), a))),
    "#11": ("missing-line", Missing("line 11")),
    "#10 or #1": ("missing-line", Or((Missing("line 10"), of(1)))),
    "{or #8-#11}": ("missing-line", Or((of(8), of(9), Missing("line 10"), Missing("line 11")))),
    "{or #9-#1}": ("line-range", Missing("{or #9-#1}")),
    "a or :ti": ("misplaced", Or((a, Missing(":ti")))),
    "a near/100 b": ("adjacency-range", Adjacency(a, b, 98)),
    ":ti": ("nothing-to-read", None),
    "in Trials": ("nothing-to-read", None),
    "[mh]": ("heading-unreadable", Missing("[mh]")),
    "#9 with Publication Year in the last decade": (
        "limit-unreadable",
        Limit(of(9), Missing("with Publication Year in the last decade")),
    ),
}


def read(text: str) -> Strategy:
    """The text as line 10, after nine lines."""
    before = "".join(f"#{number} x\n" for number in range(1, 10))
    return read_strategy(f"{before}#10 {text}", "cochrane")


def tree_of(strategy: Strategy) -> Node | None:
    return strategy.lines[-1].tree


@pytest.mark.parametrize("text", TREES)
def test_a_text_has_its_tree_and_no_fault(text: str) -> None:
    strategy = read(text)
    assert tree_of(strategy) == TREES[text]
    assert strategy.diagnostics == ()


@pytest.mark.parametrize("text", READ_WITH_A_WARNING)
def test_what_leaves_one_reading_is_read_with_a_warning(text: str) -> None:
    code, tree = READ_WITH_A_WARNING[text]
    strategy = read(text)
    assert tree_of(strategy) == tree
    (found,) = strategy.diagnostics
    assert (found.code, found.severity, found.line) == (code, Severity.WARNING, 10)
    assert 5 <= found.column < found.end_column <= len(text) + 6


@pytest.mark.parametrize("text", ERRORS)
def test_a_fault_is_an_error_with_its_place(text: str) -> None:
    code, tree = ERRORS[text]
    strategy = read(text)
    assert tree_of(strategy) == tree
    assert {found.code for found in strategy.errors} == {code}
    assert all(found.line == 10 and found.column >= 5 for found in strategy.errors)


@pytest.mark.parametrize("text", [*TREES, *READ_WITH_A_WARNING, *ERRORS])
def test_a_tree_printed_reads_back_as_the_same_tree(text: str) -> None:
    tree = tree_of(read(text))
    if tree is not None:
        printed = to_text(tree, "cochrane")
        assert tree_of(read(printed)) == tree, printed


def test_a_tree_knows_where_it_stands_over_wrapped_lines() -> None:
    strategy = read_strategy("#1 pain and\nlimb* near/3\n(nerve) 12\n", "cochrane")
    tree = strategy.lines[0].tree
    assert isinstance(tree, And)
    assert [(n.span.line, n.span.column, n.span.end_line) for n in tree.operands] == [
        (1, 4, 1),
        (2, 1, 3),
    ]


def test_what_has_no_syntax_is_not_printed() -> None:
    with pytest.raises(TypeError, match="wildcard"):
        to_text(Word(("wom", Wildcard(1, 1), "n")), "cochrane")
    with pytest.raises(TypeError, match="part of the Cochrane Library"):
        to_text(Limit(a, Limitation("humans")), "cochrane")


# -- numbering, wrapped lines, counts ------------------------------------------------------------

LAYOUTS = {
    "hashes": "#1 pain\n#2 limb*\n#3 #1 and #2",
    "hashes and counts": "#1 pain 1,234\n#2 limb* 5\n#3 #1 and #2 1",
    "hashes and dots": "#1. pain\n#2. limb*\n#3. #1 and #2",
    "tabs": "ID\tSearch\tHits\n#1\tpain\t1,234\n#2\tlimb*\t5\n#3\t#1 and #2\t1",
    "dots": "1. pain\n2. limb*\n3. #1 and #2",
    "parentheses and counts": "1) pain (1234)\n2) limb* (5)\n3) #1 and #2 (1)",
    "commas": "1 , pain , 1,234\n2 , limb* , 5\n3 , #1 and #2 , 1",
    "bare numbers": "1 pain\n2 limb*\n3 #1 and #2",
    "no numbers": "pain\nlimb*\n#1 and #2",
    "numbers on lines of their own": "#1\npain\n1234\n#2\nlimb*\n5\n#3\n#1 and #2\n1",
    "wrapped": "#1 pain\n#2\nlimb* 5\n#3 #1\nand #2 1",
    "run together": "#1 pain #2 limb* #3 #1 and #2",
    "glued": "#1pain 1234\n#2(limb*)5\n#3#1 and #21",
    "another strategy behind": "#1 pain\n#2 limb*\n#3 #1 and #2\n"
    "Appendix 2. MEDLINE (Ovid) search\n1 exp Pain/\n2 limb*.tw.\n",
    "another strategy before": "MEDLINE (Ovid)\n1 exp Pain/\n2 1 not 2\nCochrane Library\n"
    "#1 pain\n#2 limb*\n#3 #1 and #2\n",
    "wrapped at a reference": "#1 pain\n#2 limb*\n#3 #1 and\n#2",
    "furniture": "Cochrane Library (Wiley)\nDate Run: 1/2/2020 11:00:01\n\nID Search Hits\n"
    "#1 pain 12\nPage 3 of 9\n#2 limb* 5\n© 2024 Somebody\n#3 #1 and #2 1\nNote: (CDSR 44)\n",
}


@pytest.mark.parametrize("name", LAYOUTS)
def test_a_strategy_is_read_in_every_layout(name: str) -> None:
    strategy = read_strategy(LAYOUTS[name], "cochrane")
    assert [(line.number, line.tree) for line in strategy.lines] == [
        (1, w("pain")),
        (2, w("limb*")),
        (3, And((of(1), of(2)))),
    ]
    assert strategy.errors == ()


@pytest.mark.parametrize(
    ("text", "counts"),
    [
        ("#1 pain 1,234\n#2 type 2 5\n#3 #1 or #2 2,30", [1234, 5, None]),
        ("#1 (pain) 12\n#2 type 2\n#3 limb\n#4 nerve", [12, None, None, None]),
        ("#1 pain 12\n#2 limb with Publication Year from 2000 to 2010", [12, None]),
        ("#1 pain 12\n#2 limb with Publication Year from 2000 to 2010 7", [12, 7]),
        ("pain 2", [None]),
    ],
)
def test_a_count_is_told_from_a_number_in_the_search(text: str, counts: list[int | None]) -> None:
    assert [line.count for line in read_strategy(text, "cochrane").lines] == counts


def test_a_count_glued_to_a_reference_is_told_from_it() -> None:
    """`#1 or #2241300` in line 3: no line before it but 2 makes a reference."""
    text = "#1[mh Pain]82548\n#2(limb*):ti,ab,kw232559\n#3#1 or #2241300"
    lines = read_strategy(text, "cochrane").lines
    assert [line.count for line in lines] == [82548, 232559, 241300]
    assert lines[2].tree == Or((of(1), of(2)))


def test_numbers_that_lack_stay_away_and_repeated_ones_are_left_out() -> None:
    strategy = read_strategy("#1 pain\n#4 limb\n#2 nerve\n#5 #1 or #3", "cochrane")
    assert [line.number for line in strategy.lines] == [1, 4, 5]
    assert strategy.lines[-1].tree == Or((of(1), Missing("line 3")))
    assert [found.code for found in strategy.errors] == ["number-repeated", "missing-line"]


def test_what_stands_behind_the_last_count_is_left_out_with_a_warning() -> None:
    strategy = read_strategy("#1 (pain) 12\n#2 (limb) 5\nSearched by A. Nybody", "cochrane")
    assert strategy.lines[-1].tree == w("limb")
    assert [found.code for found in strategy.diagnostics] == ["text-after-count"]


# -- published strategies ------------------------------------------------------------------------

# NICE's strategy line for line, as read and printed: what was typed, `near` and MeSH shortened.
PUBLISHED = {
    1: "targeted muscle reinnervation",
    2: "TMR",
    3: '[mh ^"Nerve Transfer"]',
    4: "nerve* near/4 (transfer* or transplant* or re-rout* or rerout* or crossover* or dock* or "
    "regenerat*)",
    5: "neurotizat*",
    6: '[mh ^"Muscle, Skeletal"/IR]',
    7: "muscle* near/4 (skeletal* or voluntary or tibial or gastrocnemius or plantaris or soleus)",
    8: '[mh "Peripheral Nerves"/SU]',
    9: "(peripheral* near/4 nerve*) or endoneurium* or epineurium* or perineurium*",
    10: "#1 or #2 or #3 or #4 or #5 or #6 or #7 or #8 or #9",
    11: '[mh "Amputation, Surgical"]',
    12: '[mh "Amputation Stumps"]',
    13: '[mh ^"Amputation, Traumatic"]',
    14: "Amputat*",
    15: "nerve* near/4 cut*",
    16: "#11 or #12 or #13 or #14 or #15",
    17: '[mh ^"Phantom Limb"]',
    18: "phantom near (Limb* or pain* or sensation*)",
    19: "(residual* near Limb*) near/4 (pain* or sensation*)",
    20: "Pseudomelia*",
    21: '[mh ^"Pain, Intractable"]',
    22: "Pain* near/4 (refract* or intractab* or severe* or constant* or debilitating*)",
    23: '[mh ^"Neuritis"]',
    24: '[mh ^"Neuralgia"]',
    25: "Neurit* or Neuralg* or polyneurit* or neurodynia*",
    26: '[mh ^"Chronic Pain"]',
    27: "((chronic* or persist* or continual* or constant* or nerve*) and neuropath*) near/4 pain",
    28: "#17 or #18 or #19 or #20 or #21 or #22 or #23 or #24 or #25 or #26 or #27",
    29: "#10 and #16 and #28",
}

# Trees by hand for lines of each kind: the printer could hide what the parser mistook.
TREES_BY_HAND = {
    1: side_by_side(w("targeted"), w("muscle"), w("reinnervation")),
    6: Heading("Muscle, Skeletal", subheadings=("ir",)),
    8: Heading("Peripheral Nerves", explode=True, subheadings=("su",)),
    15: Adjacency(w("nerve*"), w("cut*"), 4),
    16: Or(tuple(map(of, range(11, 16)))),
    18: Adjacency(w("phantom"), Or((w("Limb*"), w("pain*"), w("sensation*"))), 6),
    19: Adjacency(Adjacency(w("residual*"), w("Limb*"), 6), Or((w("pain*"), w("sensation*"))), 4),
    29: And((of(10), of(16), of(28))),
}


def test_nices_strategy_is_read_line_for_line() -> None:
    strategy = read_strategy(COCHRANE.read_text("utf-8"), "cochrane")
    printed = {x.number: to_text(x.tree, "cochrane") for x in strategy.lines if x.tree}
    assert printed == PUBLISHED
    for number, tree in TREES_BY_HAND.items():
        line = strategy.line(number)
        assert line is not None
        assert line.tree == tree


def test_nices_strategy_has_no_fault_and_what_is_left_out_is_named() -> None:
    strategy = read_strategy(COCHRANE.read_text("utf-8"), "cochrane")
    assert [(found.code, found.line) for found in strategy.diagnostics] == [
        ("page-furniture", 16),
        ("page-furniture", 55),
        ("page-furniture", 69),
    ]


@pytest.mark.shared
def test_the_printed_counts_are_those_of_the_source(shared: Path) -> None:
    seed = shared / "data" / "strategies" / "seed"
    printed = json.loads((seed / "cochrane.counts.json").read_text("utf-8"))
    strategy = read_strategy(COCHRANE.read_text("utf-8"), "cochrane")
    assert {str(x.number): x.count_raw for x in strategy.lines} == printed


def _files(shared: Path) -> list[Path]:
    return sorted((shared / "data" / "strategies").rglob("*cochrane*.txt"))


@pytest.mark.shared
def test_the_corpus_is_read_without_errors_and_reads_back(shared: Path) -> None:
    files = [
        path for path in _files(shared) if ".ovid." not in path.name and "hsss" not in path.name
    ]
    assert len(files) >= 5
    for path in files:
        strategy = read_strategy(path.read_text("utf-8"), "cochrane")
        assert strategy.errors == (), path.name
        assert all(line.tree for line in strategy.lines), path.name
        printed = "\n".join(
            f"#{x.number} {to_text(x.tree, 'cochrane')}" for x in strategy.lines if x.tree
        )
        again = read_strategy(printed, "cochrane")
        assert [x.tree for x in again.lines] == [x.tree for x in strategy.lines], path.name


# Appendices that print strategies of several databases: the last line of Cochrane's, its count.
APPENDICES = {
    "04_vita2023_antidepressants_08.ovid.txt": (18, "#3 and #8 and #17", None),
    "WHOLE_02_mcdonald2023_cachexia-physical-function.txt": (
        9,
        "#6 or #7 or #8 with Publication Year from 1990 to 2021, in Trials",
        2345,
    ),
}


@pytest.mark.shared
@pytest.mark.parametrize("name", APPENDICES)
def test_the_cochrane_strategy_of_an_appendix_is_read_from_among_others(
    shared: Path, name: str
) -> None:
    (path,) = (shared / "data" / "strategies").rglob(name)
    number, printed, count = APPENDICES[name]
    strategy = read_strategy(path.read_text("utf-8"), "cochrane")
    last = strategy.lines[-1]
    assert last.tree is not None
    assert (last.number, to_text(last.tree, "cochrane"), last.count) == (number, printed, count)
    assert [line.number for line in strategy.lines] == list(range(1, number + 1))
    assert strategy.errors == ()


@pytest.mark.shared
def test_what_peers_write_for_the_cochrane_library_is_read(shared: Path) -> None:
    """Peers' own outputs are Cochrane syntax; filters by name and lone operators are none, and
    /Test is no qualifier of MeSH."""
    cases = json.loads((shared / "data/strategies/peer-testcases.json").read_text("utf-8"))
    texts = {
        case["expected"]
        for case in cases
        if case["target_syntax"] == "Cochrane Library" and case["trust"] == "ok"
    }
    searches = {text for text in texts if _is_search(text)}
    assert len(searches) > 50
    for text in searches:
        strategy = read(text)
        assert not {found.code for found in strategy.errors} - {"missing-line"}, text
        tree = tree_of(strategy)
        assert tree is not None, text
        assert tree_of(read(to_text(tree, "cochrane"))) == tree, text


def _is_search(text: str) -> bool:
    lone = re.fullmatch(r"(?:AND|OR|NOT|NEXT|NEAR)?(?:/\d+)?|[*?]", text.strip())
    return not (lone or "<" in text or "Template:" in text or "/Test" in text)
