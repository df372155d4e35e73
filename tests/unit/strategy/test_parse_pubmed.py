"""PubMed's syntax read: each construct with its tree, and what is said of it."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest

from surveillance.strategy.nodes import (
    ANY,
    And,
    DateRange,
    Fielded,
    Heading,
    Limit,
    Limitation,
    LineReference,
    Missing,
    Near,
    Node,
    Not,
    Or,
    Phrase,
    Wildcard,
    Word,
)
from surveillance.strategy.parse import read_strategy
from surveillance.strategy.printing import to_text
from surveillance.strategy.strategy import Severity, Strategy


def w(text: str) -> Word:
    root = text.removesuffix("*")
    return Word((root,) if root == text else (root, ANY))


def words(text: str) -> tuple[Word, ...]:
    return tuple(map(w, text.split()))


def quoted(text: str) -> Phrase:
    return Phrase(words(text), quoted=True)


def unquoted(text: str) -> Phrase:
    return Phrase(words(text))


def tiab(text: str | Node) -> Fielded:
    return Fielded(w(text) if isinstance(text, str) else text, ("tiab",))


def side_by_side(*operands: Node) -> And:
    return And(operands, implied=True)


def read(text: str) -> tuple[Node | None, set[str]]:
    """The tree of the one search in a text, and the codes of errors and warnings."""
    strategy = read_strategy(text, "pubmed")
    assert len(strategy.lines) == 1, strategy.lines
    return strategy.lines[0].tree, codes(strategy)


def codes(strategy: Strategy) -> set[str]:
    return {d.code for d in strategy.diagnostics if d.severity is not Severity.INFO}


A, B, C = tiab("a"), tiab("b"), tiab("c")

READ: dict[str, Node] = {
    # Booleans: left to right (User Guide, "Combining search terms with Boolean operators")
    "a[tiab] OR b[tiab] AND c[tiab]": And((Or((A, B)), C)),
    "a[tiab] AND b[tiab] OR c[tiab]": Or((And((A, B)), C)),
    "a[tiab] NOT b[tiab] OR c[tiab]": Or((Not(A, B), C)),
    "a[tiab] NOT b[tiab] NOT c[tiab]": Not(Not(A, B), C),
    "a[tiab] AND b[tiab] AND c[tiab]": And((A, B, C)),
    "(a[tiab] AND b[tiab]) AND c[tiab]": And((And((A, B)), C)),
    "a[tiab] OR (b[tiab] AND c[tiab])": Or((A, And((B, C)))),
    "a[tiab] & b[tiab] | c[tiab]": Or((And((A, B)), C)),
    # side by side
    "a[tiab] b[tiab]": side_by_side(A, B),
    "a[tiab] b[tiab] OR c[tiab]": Or((side_by_side(A, B), C)),
    "(a[tiab] OR b[tiab])(c[tiab])": side_by_side(Or((A, B)), C),
    "phantom pain": side_by_side(w("phantom"), w("pain")),
    "pain of phantom limb": side_by_side(w("pain"), w("phantom"), w("limb")),
    "phantom pain OR a[tiab]": Or((side_by_side(w("phantom"), w("pain")), A)),
    "cut-off value": side_by_side(quoted("cut off"), w("value")),
    "search strategy": side_by_side(w("search"), w("strategy")),
    "benzo[a]pyrene[tiab]": tiab(quoted("benzo a pyrene")),
    # tags, by their shortest name, whatever stands around them
    "pain[Title/Abstract]": tiab("pain"),
    "pain [TIAB]": tiab("pain"),
    "pain[ tiab ]": tiab("pain"),
    "pain[Text Word]": Fielded(w("pain"), ("tw",)),
    "pain[all]": Fielded(w("pain"), ("all",)),
    "pain": w("pain"),
    "“phantom pain”[tiab]": tiab(quoted("phantom pain")),
    "\u00a0phantom\u00a0pain[ti]": Fielded(unquoted("phantom pain"), ("ti",)),
    '"phantom limb pain*"[tiab]': tiab(quoted("phantom limb pain*")),
    "re-rout*[tiab]": tiab(quoted("re rout*")),
    "“1,25-dihydroxyvitamin D3”[tiab]": tiab(quoted("1 25 dihydroxyvitamin D3")),
    "english[lang]": Fielded(w("english"), ("la",)),
    "randomized controlled trial[pt]": Fielded(unquoted("randomized controlled trial"), ("pt",)),
    "review[ptyp:noexp]": Fielded(w("review"), ("pt:noexp",)),
    "drug therapy[sh]": Fielded(unquoted("drug therapy"), ("sh",)),
    "systematic[sb]": Fielded(w("systematic"), ("sb",)),
    "hasabstract[text]": Fielded(w("hasabstract"), ("sb",)),
    "humans[filter]": Fielded(w("humans"), ("sb",)),
    "12345678[pmid]": Fielded(w("12345678"), ("pmid",)),
    "Smith J[au]": Fielded(unquoted("Smith J"), ("au",)),
    "COVID-19[Supplementary Concept]": Fielded(quoted("COVID 19"), ("nm",)),
    "Glucans[Pharmacological Action]": Fielded(w("Glucans"), ("pa",)),
    # headings
    '"Phantom Limb"[Mesh]': Heading("Phantom Limb", explode=True),
    '"Phantom Limb "[MeSH Terms]': Heading("Phantom Limb", explode=True),
    "Phantom Limb [mh]": Heading("Phantom Limb", explode=True),
    "Phantom Limb[Mesh:NoExp]": Heading("Phantom Limb"),
    "Phantom Limb[majr]": Heading("Phantom Limb", explode=True, focus=True),
    "Phantom Limb[MeSH Major Topic:noexp]": Heading("Phantom Limb", focus=True),
    "Amputation, Surgical[mh]": Heading("Amputation, Surgical", explode=True),
    "Wounds and Injuries[mh]": Heading("Wounds and Injuries", explode=True),
    '"Knee/surgery"[mh]': Heading("Knee", explode=True, subheadings=("su",)),
    "Knee/su[mh:noexp]": Heading("Knee", subheadings=("su",)),
    "Knee/prevention and control[mh]": Heading("Knee", explode=True, subheadings=("pc",)),
    # proximity: one window over all words
    '"nerve transfer"[tiab:~4]': tiab(Near(words("nerve transfer"), 4)),
    '"pain phantom limb"[Title:~0]': Fielded(Near(words("pain phantom limb"), 0), ("ti",)),
    # dates
    "2020[dp]": DateRange("dp", "2020", "2020"),
    "2000:2010[dp]": DateRange("dp", "2000", "2010"),
    "2000/5 : 2010/12/3[edat]": DateRange("edat", "2000-05", "2010-12-03"),
    '"2000/01/01"[PDAT] : "2020/12/31"[PDAT]': DateRange("dp", "2000-01-01", "2020-12-31"),
    '("1995"[Date - Publication]:"3000"[Date - Publication])': DateRange("dp", "1995"),
    "1966/01/01:2017/03/30[crdt]": DateRange("crdt", "1966-01-01", "2017-03-30"),
    # filters, as the history prints them
    "a[tiab] Filters: Humans, English": Limit(
        A, And((Limitation("humans"), Limitation("english")))
    ),
    "a[tiab] Limits: Humans; English": Limit(A, And((Limitation("humans"), Limitation("english")))),
    "a[tiab] Filters: Review, Meta-Analysis": Limit(
        A, Or((Limitation("review"), Limitation("meta-analysis")))
    ),
    "a[tiab] Filters: from 2000 - 2010/5": Limit(A, DateRange("dp", "2000", "2010-05")),
}


@pytest.mark.parametrize(("text", "tree"), READ.items(), ids=list(READ))
def test_text_is_read_as_its_tree_without_a_warning(text: str, tree: Node) -> None:
    assert read(text) == (tree, set())


@pytest.mark.parametrize("text", READ)
def test_a_printed_tree_reads_back_as_the_same_tree(text: str) -> None:
    tree, _ = read(text)
    assert tree is not None
    assert read(to_text(tree, "pubmed"))[0] == tree


# What PubMed ignores in silence is read as PubMed runs it; what was meant stands in the message.
FAULTY: dict[str, tuple[Node, set[str]]] = {
    "a[tiab] or b[tiab]": (Or((A, B)), {"lower-case-operator"}),
    "search and rescue[tiab]": (And((w("search"), tiab("rescue"))), {"lower-case-operator"}),
    "aged or elderly[tiab]": (Or((w("aged"), tiab("elderly"))), {"lower-case-operator"}),
    "a[tiab] AND NOT b[tiab]": (Not(A, B), {"and-not"}),
    "(a[ti] OR b[ti])[tiab]": (
        Or((Fielded(w("a"), ("ti",)), Fielded(w("b"), ("ti",)))),
        {"tag-on-group"},
    ),
    "pain[tiabb]": (w("pain"), {"unknown-tag"}),
    "pain[sb:~5]": (Fielded(w("pain"), ("sb",)), {"proximity-ignored"}),
    "pain[ti:exp]": (Fielded(w("pain"), ("ti",)), {"unknown-modifier"}),
    '"nerve* transfer"[tiab:~4]': (
        tiab(quoted("nerve* transfer")),
        {"proximity-ignored", "inner-truncation"},
    ),
    "digital health[tiab:~5]": (tiab(unquoted("digital health")), {"proximity-ignored"}),
    "health[tiab:~5]": (tiab("health"), {"proximity-ignored"}),
    '"a b"[tiab:~1001]': (tiab(quoted("a b")), {"proximity-ignored"}),
    "cut*[tiab]": (tiab("cut*"), {"short-truncation"}),
    "mmp*9[tiab]": (tiab(Word(("mmp", ANY, "9"))), {"inner-truncation"}),
    "wom?n[tiab]": (tiab(Word(("wom", Wildcard(0, 1), "n"))), {"wildcard-ignored"}),
    "wom#n[tiab]": (tiab(Word(("wom", Wildcard(1, 1), "n"))), {"wildcard-ignored"}),
    "random$[tiab]": (tiab("random*"), {"wildcard-ignored"}),
    "*cephaly[tiab]": (tiab(Word((ANY, "cephaly"))), {"leading-wildcard"}),
    "arthrit*[mh]": (Fielded(w("arthrit*"), ("mh",)), {"truncated-heading"}),
    "exp Child[mh]": (Heading("Child", explode=True), {"exp-in-pubmed"}),
    "Knee/sugery[mh]": (Heading("Knee", explode=True), {"unknown-subheading"}),
    '"last 5 years"[dp]': (Fielded(quoted("last 5 years"), ("dp",)), {"relative-date"}),
    "2020/13[dp]": (Missing('"2020/13"[dp]'), {"date-unreadable"}),
    "a[tiab] AND": (And((A, Missing("an operand"))), {"missing-operand"}),
    "OR a[tiab]": (Or((Missing("an operand"), A)), {"missing-operand"}),
    "a[tiab] OR AND b[tiab]": (And((Or((A, Missing("an operand"))), B)), {"missing-operand"}),
    "a[tiab] OR ()": (Or((A, Missing("an operand"))), {"missing-operand"}),
    "a[tiab] OR #7": (Or((A, Missing("line 7"))), {"missing-line"}),
    "a[tiab] AND [tiab]": (And((A, Missing("[tiab]"))), {"misplaced"}),
    "((a[tiab] OR b[tiab]) AND c[tiab]": (And((Or((A, B)), C)), {"unbalanced-parenthesis"}),
    "a[tiab] OR b[tiab]) AND c[tiab]": (And((Or((A, B)), C)), {"unbalanced-parenthesis"}),
    'Serology"[MeSH]': (Heading("Serology", explode=True), {"unbalanced-quote"}),
    '"a[tiab] OR b[tiab]"': (Or((A, B)), {"unbalanced-quote"}),
    '"digital[tiab] OR "b"[tiab]': (Or((tiab("digital"), B)), {"unbalanced-quote"}),
}


@pytest.mark.parametrize("text", FAULTY)
def test_a_fault_is_reported_and_read_as_pubmed_does(text: str) -> None:
    assert read(text) == FAULTY[text]


def test_a_diagnostic_names_line_and_column_in_a_wrapped_search() -> None:
    strategy = read_strategy("(pain[tiab]\n  OR ache[tiabb])\nAND nerve[tiab]", "pubmed")
    (found,) = [d for d in strategy.diagnostics if d.severity is Severity.ERROR]
    assert (found.code, found.line, found.column, found.end_column) == ("unknown-tag", 2, 10, 17)
    assert len(strategy.lines) == 1


def test_untagged_words_are_said_to_be_mapped_by_pubmed() -> None:
    strategy = read_strategy("phantom limb AND pain*", "pubmed")
    (found,) = strategy.diagnostics
    assert (found.code, found.severity) == ("automatic-term-mapping", Severity.INFO)
    assert "phantom limb" in found.message


@pytest.mark.parametrize("text", ["((((", "[tiab]", '"', "AND OR", "\u200b-", "#1"])
def test_what_says_nothing_is_an_error_not_an_exception(text: str) -> None:
    assert read_strategy(text, "pubmed").errors


@pytest.mark.parametrize(
    "text", ["(" * 101 + "a" + ")" * 101, "a[ti] OR b[ti] AND " * 80 + "c[ti]", "pain " * 11_000]
)
def test_what_is_too_deep_or_too_long_is_refused(text: str) -> None:
    strategy = read_strategy(text, "pubmed")
    assert strategy.lines[0].tree is None
    assert {d.code for d in strategy.errors} <= {"too-deep", "too-long"}


# -- lines ---------------------------------------------------------------------------------------

COMBINED = {
    1: (A, 12),
    2: (Or((B, C)), 3450),
    3: (And((LineReference(1), LineReference(2))), 7),
}
NUMBERED = {
    "#1 a[tiab] 12\n#2 b[tiab] OR c[tiab] 3,450\n#3 #1 AND #2 7": "hash",
    "1. a[tiab] (0012)\n2. b[tiab] OR c[tiab] (3,450)\n3. #1 AND #2 7": "mark",
    "PubMed search strategy\n1 a[tiab] 12\n2 b[tiab]\nOR c[tiab] 3,450\n3 1 AND 2 7": "wrapped",
    "#3 Search #1 AND #2 7 10:22:13\n#2 Search b[tiab] OR c[tiab] 3450 10:21:00\n"
    "#1 Search a[tiab] 12 10:20:59": "newest first",
    "Search\tAdd to builder\tQuery\tItems found\tTime\n#3\tAdd\tSearch (#1) AND #2\t7\t10:22:13\n"
    "#2\tAdd\tSearch b[tiab] OR c[tiab]\t3450\t10:21:00\n#1\tAdd\tSearch a[tiab]\t12\t10:20:59": (
        "history"
    ),
    "Search number,Query,Sort By,Filters,Search Details,Results,Time\n"
    '3,#1 AND #2,,,"x, y",7,10:22:13\n2,b[tiab] OR c[tiab],Most Recent,,,"3,450",10:21:00\n'
    "1,a[tiab],,,,12,10:20:59": "export",
    "#1\na[tiab]\n12\n#2\nb[tiab] OR c[tiab]\n3,450\n#3\n#1 AND #2\n7": "one below the other",
    "(1) a[tiab] 12\n(2) b[tiab] OR c[tiab] 3450\n(3) (1) AND (2) 7": "parentheses",
    "Search #1 a[tiab] 12\nSearch #2 b[tiab] OR c[tiab] 3450\nSearch #3 #1 AND #2 7": "search",
}


@pytest.mark.parametrize("text", NUMBERED, ids=list(NUMBERED.values()))
def test_numbered_lines_are_read_in_any_style(text: str) -> None:
    strategy = read_strategy(text, "pubmed")
    assert {line.number: (line.tree, line.count) for line in strategy.lines} == COMBINED
    assert strategy.errors == ()


def test_lines_without_numbers_are_counted_where_they_refer_to_one_another() -> None:
    strategy = read_strategy('a[tiab]\n"b"[tiab]\n#1 OR 2', "pubmed")
    assert [line.tree for line in strategy.lines] == [
        A,
        B,
        Or((LineReference(1), LineReference(2))),
    ]


def test_lines_with_letters_are_numbered_anew_and_their_references_follow() -> None:
    text = "1 Pain: words\n1a\na[tiab]\n1b\nb[tiab]\n2. Limbs\nc[tiab]\nA. (1a OR 1b) AND 2"
    strategy = read_strategy(text, "pubmed")
    assert strategy.lines[-1].tree == And(
        (Or((LineReference(1), LineReference(2))), LineReference(3))
    )


def test_a_range_of_lines_is_read_line_by_line() -> None:
    strategy = read_strategy("#1 a[tiab]\n#2 b[tiab]\n#3 or/1-2", "pubmed")
    assert strategy.lines[-1].tree == Or((LineReference(1), LineReference(2)))
    assert codes(strategy) == {"range-in-pubmed"}


def test_a_count_that_is_no_number_is_kept_as_printed() -> None:
    strategy = read_strategy("#1 a[tiab] 2,30\n#2 b[tiab] 17", "pubmed")
    assert [(line.count_raw, line.count) for line in strategy.lines] == [("2,30", None), ("17", 17)]


def test_a_number_that_belongs_to_a_term_is_no_count() -> None:
    (line,) = read_strategy("diabetes type 2", "pubmed").lines
    assert (line.tree, line.count_raw) == (side_by_side(*words("diabetes type 2")), None)


# -- the corpus ----------------------------------------------------------------------------------

# What authors did that PubMed does not take; everything else must be read without an error.
OF_THE_SOURCE = {"exp-in-pubmed"}


@pytest.mark.shared
def test_every_published_pubmed_strategy_is_read_and_printed_to_the_same_trees(
    shared: Path,
) -> None:
    faulty: Counter[str] = Counter()
    files = sorted((shared / "data" / "strategies").rglob("*.pubmed.txt"))
    for file in files:
        strategy = read_strategy(file.read_text("utf-8"), "pubmed")
        printed = "\n".join(
            f"#{line.number} {to_text(line.tree, 'pubmed')}" for line in strategy.lines if line.tree
        )
        again = read_strategy(printed, "pubmed")
        assert [line.tree for line in again.lines] == [line.tree for line in strategy.lines], file
        faulty.update({found.code for found in strategy.errors} - OF_THE_SOURCE)
    print(f"{len(files)} PubMed strategies; errors by code: {dict(faulty)}")
    assert len(files) > 60
    assert not faulty


@pytest.mark.shared
def test_the_cases_of_peers_are_read(shared: Path) -> None:
    cases = json.loads((shared / "data" / "strategies" / "peer-testcases.json").read_text("utf-8"))
    texts = {case["input"] for case in cases if case["input_syntax"] == "pubmed"}
    assert texts
    for text in texts:
        strategy = read_strategy(text, "pubmed")
        assert strategy.lines, text
        assert all(line.tree for line in strategy.lines), text
