"""Ovid's syntax → tree: one table of text and tree, and one of faults."""

import pytest

from surveillance.strategy.nodes import (
    ANY,
    Adjacency,
    And,
    DateRange,
    Deduplicated,
    Fielded,
    Frequency,
    Heading,
    InDatabase,
    Kept,
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
    Span,
    Wildcard,
    Word,
)
from surveillance.strategy.parse import read_strategy
from surveillance.strategy.strategy import Severity, Strategy


def w(text: str) -> Word:
    """A word; a `*` at its end truncates."""
    return Word((text[:-1], ANY)) if text.endswith("*") else Word((text,))


def phrase(*words: str, quoted: bool = False) -> Phrase:
    return Phrase(tuple(map(w, words)), quoted=quoted)


def tw(operand: Node) -> Fielded:
    return Fielded(operand, ("tw",))


a, b, c, d = w("a"), w("b"), w("c"), w("d")
nine = LineReference(9)

# Text of line 10 of a strategy whose lines 1 to 9 exist, and its tree.
TREES: dict[str, Node] = {
    # words (ovid-semantics 3 and 4)
    "TMR.tw.": tw(w("TMR")),
    "nerve*": w("nerve*"),
    "nerve$": w("nerve*"),
    "clin:.tw.": tw(w("clin*")),
    "dog$1": Word(("dog", Wildcard(0, 1))),
    "randomi*3": Word(("randomi", Wildcard(0, 3))),
    "wom#n": Word(("wom", Wildcard(1, 1), "n")),
    "colo?r": Word(("colo", Wildcard(0, 1), "r")),
    "mmp*9a": Word(("mmp", ANY, "9a")),
    "re-rout*": phrase("re", "rout*"),
    "Crohn's disease": phrase("Crohn", "s", "disease"),
    "Crohn’s": phrase("Crohn", "s"),
    "HIV/AIDS.tw.": tw(phrase("HIV", "AIDS")),
    "targeted muscle reinnervation.tw.": tw(phrase("targeted", "muscle", "reinnervation")),
    '"skin to skin".tw.': tw(phrase("skin", "to", "skin", quoted=True)),
    "“skin to skin”.tw.": tw(phrase("skin", "to", "skin", quoted=True)),
    '"random*".ab,ti.': Fielded(w("random*"), ("ab", "ti")),
    '"and".tw.': tw(w("and")),
    'skin "and" bone': phrase("skin", "and", "bone"),
    '"P. aeruginosa".tw.': tw(phrase("P", "aeruginosa", quoted=True)),
    # fields (ovid-semantics 5)
    "pain.ti,ab.": Fielded(w("pain"), ("ti", "ab")),
    "pain.ti,ab": Fielded(w("pain"), ("ti", "ab")),
    "pain.TI, AB.": Fielded(w("pain"), ("ti", "ab")),
    "pain.ti.ab.": Fielded(w("pain"), ("ti", "ab")),
    "pain.ti. ": Fielded(w("pain"), ("ti",)),
    "random$.ab or b": Or((Fielded(w("random*"), ("ab",)), b)),
    "(a or b).tw.": tw(Or((a, b))),
    "((a).tw. and b).ti,ab.": Fielded(And((tw(a), b)), ("ti", "ab")),
    "(a.tw.).tw.": tw(tw(a)),
    "drug therapy.fs.": Fielded(phrase("drug", "therapy"), ("fs",)),
    "palliat*.mp. [mp=title, abstract]": Fielded(w("palliat*"), ("mp",)),
    "a.ti. ab .": Fielded(a, ("ti", "ab")),
    "a.ab,": Fielded(a, ("ab",)),
    "a.ab,.": Fielded(a, ("ab",)),
    "a.no.": Fielded(a, ("no",)),
    "a.ti.ab": Fielded(a, ("ti", "ab")),
    # a suffix behind ADJ without parentheses belongs to both sides (BMA Library's guide to Ovid)
    "a adj4 b.mp": Fielded(Adjacency(a, b, 3), ("mp",)),
    "a adj b adj4 c.ti.": Fielded(Adjacency(Adjacency(a, b, 0, ordered=True), c, 3), ("ti",)),
    "a adj4 (b.mp)": Adjacency(a, Fielded(b, ("mp",)), 3),
    "a.ti. adj4 b.tw.": Adjacency(Fielded(a, ("ti",)), tw(b), 3),
    "a or b adj4 c.tw.": Or((a, tw(Adjacency(b, c, 3)))),
    # adjacency (ovid-semantics 2)
    "a adj b": Adjacency(a, b, 0, ordered=True),
    "a adj1 b": Adjacency(a, b, 0),
    "a ADJ4 b": Adjacency(a, b, 3),
    "a adj99 b": Adjacency(a, b, 98),
    "a adj b adj4 c": Adjacency(Adjacency(a, b, 0, ordered=True), c, 3),
    "a b adj2 c": Adjacency(Phrase((a, b)), c, 1),
    "a (b or c)": Adjacency(a, Or((b, c)), 0, ordered=True),
    "(a and b) adj4 c": Adjacency(And((a, b)), c, 3),
    # precedence (ovid-semantics 2): ADJ, then AND, then NOT, then OR
    "a or b and c": Or((a, And((b, c)))),
    "a and b or c": Or((And((a, b)), c)),
    "a not b and c": Not(a, And((b, c))),
    "a or b not c": Or((a, Not(b, c))),
    "a not b not c": Not(Not(a, b), c),
    "a and b adj c": And((a, Adjacency(b, c, 0, ordered=True))),
    "(a or b) and c": And((Or((a, b)), c)),
    "a or (b or c)": Or((a, Or((b, c)))),
    "a OR b Or c": Or((a, b, c)),
    # headings (ovid-semantics 6)
    "Nerve Transfer/": Heading("Nerve Transfer"),
    "exp Amputation, Surgical/": Heading("Amputation, Surgical", explode=True),
    "*Weight Loss/": Heading("Weight Loss", focus=True),
    "exp *Pain/": Heading("Pain", explode=True, focus=True),
    '*"Wounds and Injuries"/': Heading("Wounds and Injuries", focus=True),
    "*exp Pain/": Heading("Pain", explode=True, focus=True),
    "Muscle, Skeletal/ir [Innervation]": Heading("Muscle, Skeletal", subheadings=("ir",)),
    "Pain/dt, th": Heading("Pain", subheadings=("dt", "th")),
    "Pain/dt, th [Drug Therapy, Therapy] or a": Or((Heading("Pain", subheadings=("dt", "th")), a)),
    '"Wounds and Injuries"/': Heading("Wounds and Injuries"),
    "exp Wounds and Injuries/": Heading("Wounds and Injuries", explode=True),
    'exp "Diet, Food, and Nutrition"/': Heading("Diet, Food, and Nutrition", explode=True),
    "power (psychology)/": Heading("power (psychology)"),
    "Animals/ not Humans/": Not(Heading("Animals"), Heading("Humans")),
    "tai chi.mp. or tai ji/": Or((Fielded(phrase("tai", "chi"), ("mp",)), Heading("tai ji"))),
    # lines (ovid-semantics 1)
    "1": LineReference(1),
    "1 or 2": Or((LineReference(1), LineReference(2))),
    "8 not 9": Not(LineReference(8), LineReference(9)),
    "1 or (8 and 7)": Or((LineReference(1), And((LineReference(8), LineReference(7))))),
    "3 and exp Pain/": And((LineReference(3), Heading("Pain", explode=True))),
    "9 not (case reports/ or 7)": Not(
        LineReference(9), Or((Heading("case reports"), LineReference(7)))
    ),
    "or/1-9": LineRange(Operator.OR, ((1, 9),)),
    "OR / 1 - 9": LineRange(Operator.OR, ((1, 9),)),
    "or/1‐9": LineRange(Operator.OR, ((1, 9),)),
    "and/1,3": LineRange(Operator.AND, ((1, 1), (3, 3))),
    "or/1,3,5-7": LineRange(Operator.OR, ((1, 1), (3, 3), (5, 7))),
    "1-7/or": LineRange(Operator.OR, ((1, 7),)),
    "a and or/1-3": And((a, LineRange(Operator.OR, ((1, 3),)))),
    "type 1": phrase("type", "1"),
    # commands (ovid-semantics 1 and 7)
    "limit 9 to english language": Limit(nine, Limitation("english language")),
    "Limit 9 to Humans": Limit(nine, Limitation("humans")),
    'limit 9 to (english language and yr="2000 -Current")': Limit(
        nine, And((Limitation("english language"), DateRange("yr", "2000")))
    ),
    "limit 9 to (danish or english)": Limit(
        nine, Or((Limitation("danish"), Limitation("english")))
    ),
    "limit 9 to humans and (male or female)": Limit(
        nine, And((Limitation("humans"), Or((Limitation("male"), Limitation("female")))))
    ),
    'limit 9 to "all adult (19 plus years)"': Limit(nine, Limitation("all adult (19 plus years)")),
    "limit 9 to therapy (maximizes sensitivity)": Limit(
        nine, Limitation("therapy (maximizes sensitivity)")
    ),
    'limit 9 to "therapy (best balance of sensitivity and specificity)"': Limit(
        nine, Limitation("therapy (best balance of sensitivity and specificity)")
    ),
    "limit 9 to ed=19480101-20170630": Limit(nine, DateRange("ed", "1948-01-01", "2017-06-30")),
    'limit 9 to ED = "19480101-20170630"': Limit(nine, DateRange("ed", "1948-01-01", "2017-06-30")),
    'limit 9 to yr="1966 - 1992"': Limit(nine, DateRange("yr", "1966", "1992")),
    'limit 9 to yr="-1992"': Limit(nine, DateRange("yr", None, "1992")),
    "limit 9 to yr=2012": Limit(nine, DateRange("yr", "2012", "2012")),
    "limit or/8-9 to humans": Limit(LineRange(Operator.OR, ((8, 9),)), Limitation("humans")),
    "limit (8 not 9) to humans": Limit(Not(LineReference(8), nine), Limitation("humans")),
    "(limit 9 to humans) or a": Or((Limit(nine, Limitation("humans")), a)),
    "..l/9 yr=2000-2020": Limit(nine, DateRange("yr", "2000", "2020")),
    "..l/9 yr=2000-2020 lg=en": Limit(
        nine, And((DateRange("yr", "2000", "2020"), Limitation("lg=en")))
    ),
    "limit switch.tw.": tw(phrase("limit", "switch")),
    "(limit or limits) to": Adjacency(Or((w("limit"), w("limits"))), w("to"), 0, ordered=True),
    "remove duplicates from 9": Deduplicated(nine),
    "remove duplicates from 7-8,9": Deduplicated(LineRange(Operator.OR, ((7, 8), (9, 9)))),
    "remove duplicates from (8 or 9)": Deduplicated(Or((LineReference(8), nine))),
    "from 9 keep 1-10,12": Kept(nine, ((1, 10), (12, 12))),
    "9 use ppez": InDatabase(nine, ("ppez",)),
    "9 use medall, emez": InDatabase(nine, ("medall", "emez")),
    "9 use xyzz": InDatabase(nine, ("xyzz",)),
    "(a or b) use ppez": InDatabase(Or((a, b)), ("ppez",)),
    "8 use ppez or 9 use emez": Or(
        (InDatabase(LineReference(8), ("ppez",)), InDatabase(nine, ("emez",)))
    ),
    "drug use disorder.tw.": tw(phrase("drug", "use", "disorder")),
    "((a or b) use disorder).tw.": tw(
        Adjacency(Or((a, b)), phrase("use", "disorder"), 0, ordered=True)
    ),
    # comments in brackets
    "limit 9 to humans [Limit not valid in DARE; records were retained]": Limit(
        nine, Limitation("humans")
    ),
    "8 or 9 [both concepts]": Or((LineReference(8), nine)),
    "9 use medall [MEDLINE]": InDatabase(nine, ("medall",)),
    "a [18F] b": phrase("a", "18F", "b"),
    # numbers of lines with a sign
    "#8 or #9": Or((LineReference(8), nine)),
    "S8 or S9": Or((LineReference(8), nine)),
    "S9 and a.tw.": And((w("S9"), tw(a))),
    # frequency (ovid-semantics 7)
    "a.ab. /freq=2": Frequency(Fielded(a, ("ab",)), 2),
    "a.ab./FREQ=2": Frequency(Fielded(a, ("ab",)), 2),
    "a /freq=2 .ab": Frequency(Fielded(a, ("ab",)), 2),
    "a b.ab. /freq=3": Frequency(Fielded(Phrase((a, b)), ("ab",)), 3),
    "a adj4 b.ab. /freq=3": Frequency(Fielded(Adjacency(a, b, 3), ("ab",)), 3),
    "(a /freq=2).ab.": Fielded(Frequency(a, 2), ("ab",)),
    "a or b.ab. /freq=2": Or((a, Frequency(Fielded(b, ("ab",)), 2))),
    # dates in fields (ovid-semantics 5)
    "2012*.ed.": DateRange("ed", "2012", "2012"),
    "2012.ed.": DateRange("ed", "2012", "2012"),
    "201501$.dc": DateRange("dc", "2015-01", "2015-01"),
    "20150131.dt.": DateRange("dt", "2015-01-31", "2015-01-31"),
    '("2000" or 2001).yr.': Or((DateRange("yr", "2000", "2000"), DateRange("yr", "2001", "2001"))),
    "20120101:20121231.(ed).": DateRange("ed", "2012-01-01", "2012-12-31"),
    "2012:2013.(sa_year).": DateRange("yr", "2012", "2013"),
    "2012*.dt,ez.": Or((DateRange("dt", "2012", "2012"), DateRange("ez", "2012", "2012"))),
    "2012.ed,ti.": Fielded(w("2012"), ("ed", "ti")),
    "20121301.ed.": Fielded(w("20121301"), ("ed",)),
    "(2012 or a).ed.": Fielded(Or((w("2012"), a)), ("ed",)),
    "a or 12": Or((a, w("12"))),
    "12.tw.": tw(w("12")),
}


def read(text: str) -> Strategy:
    """The text as line 10, after nine lines."""
    before = "".join(f"{number}. x.tw.\n" for number in range(1, 10))
    return read_strategy(f"{before}10. {text}")


def tree_of(strategy: Strategy) -> Node:
    tree = strategy.lines[-1].tree
    assert tree is not None
    return tree


@pytest.mark.parametrize("text", TREES)
def test_a_text_has_its_tree_and_no_fault(text: str) -> None:
    strategy = read(text)
    assert tree_of(strategy) == TREES[text]
    assert strategy.diagnostics == ()


# Text, code of the fault, its column in the file (the text begins in column 5), the tree.
FAULTS: dict[str, tuple[str, Severity, int, Node]] = {
    "(Pain* adj4 (a or b).tw.": (
        "unbalanced-parenthesis",
        Severity.WARNING,
        5,
        tw(Adjacency(w("Pain*"), Or((a, b)), 3)),
    ),
    "(a or b": ("unbalanced-parenthesis", Severity.WARNING, 5, Or((a, b))),
    "a or b).tw.": ("unbalanced-parenthesis", Severity.WARNING, 11, tw(Or((a, b)))),
    "a or": ("missing-operand", Severity.ERROR, 7, Or((a, Missing("an operand")))),
    "and a": ("missing-operand", Severity.ERROR, 5, And((Missing("an operand"), a))),
    "a and or b": ("missing-operand", Severity.ERROR, 11, Or((And((a, Missing("an operand"))), b))),
    'a or (exp ")': ("missing-operand", Severity.ERROR, 16, Or((a, Missing("an operand")))),
    "a or ()": ("missing-operand", Severity.ERROR, 11, Or((a, Missing("an operand")))),
    "a or 3 and 2 or Pain/ b": (
        "missing-operator",
        Severity.ERROR,
        21,
        Or((a, And((LineReference(3), LineReference(2))), Missing("Pain/ b"))),
    ),
    "3 or 11": ("missing-line", Severity.ERROR, 10, Or((LineReference(3), Missing("line 11")))),
    "3 or 10": ("missing-line", Severity.ERROR, 10, Or((LineReference(3), Missing("line 10")))),
    "and/9-10": ("missing-line", Severity.ERROR, 5, And((LineReference(9), Missing("line 10")))),
    "or/9-3": ("line-range", Severity.ERROR, 5, Missing("or/9-3")),
    "a adj0 b": ("adjacency-range", Severity.ERROR, 7, Adjacency(a, b, 0)),
    "a adj100 b": ("adjacency-range", Severity.ERROR, 7, Adjacency(a, b, 98)),
    "exp Pain or a": (
        "heading-without-slash",
        Severity.WARNING,
        5,
        Or((Heading("Pain", explode=True), a)),
    ),
    "therap*/": ("truncated-heading", Severity.ERROR, 5, Missing("therap*/")),
    "?estrogen.tw.": (
        "leading-wildcard",
        Severity.WARNING,
        5,
        tw(Word((Wildcard(0, 1), "estrogen"))),
    ),
    "$53": ("leading-wildcard", Severity.WARNING, 5, Word((ANY, "53"))),
    "limit 10 to humans": (
        "missing-line",
        Severity.ERROR,
        11,
        Limit(Missing("line 10"), Limitation("humans")),
    ),
    "limit 9 to": (
        "missing-operand",
        Severity.ERROR,
        13,
        Limit(LineReference(9), Missing("an operand")),
    ),
    "limit 9 to yr=last": (
        "date-unreadable",
        Severity.ERROR,
        16,
        Limit(LineReference(9), Missing("yr=last")),
    ),
    "limit 9 to ed=20201301": (
        "date-unreadable",
        Severity.ERROR,
        16,
        Limit(LineReference(9), Missing("ed=20201301")),
    ),
    "from 9 keep 7-3": ("keep-range", Severity.ERROR, 5, Missing("from 9 keep 7-3")),
    "a.ab. /freq=0": ("frequency-range", Severity.ERROR, 11, Frequency(Fielded(a, ("ab",)), 1)),
    "OR 1-9": ("range-without-slash", Severity.WARNING, 7, LineRange(Operator.OR, ((1, 9),))),
    "Aged, 80 and over/": (
        "heading-without-quotes",
        Severity.WARNING,
        5,
        Heading("Aged, 80 and over"),
    ),
    "Pain/ EXP": ("exp-behind-heading", Severity.WARNING, 11, Heading("Pain", explode=True)),
}


@pytest.mark.parametrize("text", FAULTS)
def test_a_fault_is_repaired_or_missing_and_reported_where_it_stands(text: str) -> None:
    code, severity, column, tree = FAULTS[text]
    strategy = read(text)
    assert tree_of(strategy) == tree
    (found,) = strategy.diagnostics
    assert (found.code, found.severity, found.line, found.column) == (code, severity, 10, column)
    assert found.message.endswith((".", "”."))
    assert found.hint or severity is Severity.INFO


@pytest.mark.parametrize("text", ["...", "()", ", ;", "[comment]", "/"])
def test_a_line_without_a_term_has_no_tree_and_an_error(text: str) -> None:
    strategy = read(text if text != "[comment]" else "[]")
    assert strategy.lines[-1].tree is None
    assert [found.code for found in strategy.errors] == ["nothing-to-read"]


@pytest.mark.parametrize(
    "text",
    [
        "(" * 101 + "a" + ")" * 101,
        " adj ".join("a" * 200),
        " not ".join("a" * 200),
        ("(" * 99) + "a" + " not b)" * 99 + " not c" * 90,
    ],
)
def test_what_nests_too_deep_is_an_error_and_no_tree(text: str) -> None:
    strategy = read(text)
    assert strategy.lines[-1].tree is None
    assert [found.code for found in strategy.errors] == ["too-deep"]


def test_a_parenthesis_that_closes_inside_a_heading_is_no_part_of_its_name() -> None:
    strategy = read("exp A)mputation Stumps/ or a")
    assert tree_of(strategy) == Or((Missing("exp A)mputation Stumps/"), a))
    assert "unbalanced-parenthesis" in [d.code for d in strategy.diagnostics]
    assert tree_of(read("exp thyroid (usp) gland/")) == Heading("thyroid (usp) gland", explode=True)


def test_a_hundred_parentheses_are_read() -> None:
    assert tree_of(read("(" * 100 + "a" + ")" * 100 + ".tw.")) == tw(a)


def test_a_node_knows_where_it_stands_across_wrapped_lines() -> None:
    strategy = read_strategy("1. (pain* adj4\n   (severe or\n constant)).tw.\n2. b.tw.")
    tree = strategy.lines[0].tree
    assert tree is not None
    places = {str(node): node.span for node in tree.walk()}
    assert places[str(w("pain*"))] == Span(1, 5, 1, 10)
    assert places[str(w("severe"))] == Span(2, 5, 2, 11)
    assert places[str(w("constant"))] == Span(3, 2, 3, 10)
    assert tree.span == Span(1, 4, 3, 16)


def test_a_range_with_a_line_that_lacks_keeps_the_others() -> None:
    strategy = read_strategy("1. a.tw.\n3. b.tw.\n4. or/1-3")
    expected = Or((LineReference(1), Missing("line 2"), LineReference(3)))
    assert strategy.lines[-1].tree == expected
    assert [found.code for found in strategy.errors] == ["missing-line"]
