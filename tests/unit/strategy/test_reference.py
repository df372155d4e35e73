"""The reference engine where no spelling of Ovid leads: refusals, hostile records, open lines."""

from __future__ import annotations

from time import process_time

import pytest

from surveillance.records.model import IndexedHeading, Qualifier, Record
from surveillance.strategy.evaluate.reference import evaluate, evaluate_lines
from surveillance.strategy.evaluate.semantics import ConjunctionInAdjacency, Semantics
from surveillance.strategy.evaluate.verdict import NotEvaluable, Verdict
from surveillance.strategy.evaluate.words import finds, fold
from surveillance.strategy.mesh import MeshTree
from surveillance.strategy.nodes import (
    ANY,
    NOWHERE,
    Adjacency,
    And,
    Fielded,
    Heading,
    Limitation,
    LineReference,
    Missing,
    Node,
    Not,
    Or,
    Phrase,
    Wildcard,
    Word,
)
from surveillance.strategy.strategy import Line, Strategy

PAIN, LIMB, NERVE = Word(("pain",)), Word(("limb",)), Word(("nerv", ANY))


def strategy(*trees: Node | None) -> Strategy:
    lines = (Line(n, "", NOWHERE, tree) for n, tree in enumerate(trees, start=1))
    return Strategy("ovid-medline", tuple(lines))


def titled(title: str, **fields: object) -> Record:
    return Record(source="pubmed", source_id="1", title=title, **fields)  # type: ignore[arg-type]


def in_title(node: Node, title: str, options: Semantics | None = None) -> Verdict:
    asked = strategy(Fielded(node, ("ti",)))
    return evaluate(asked, titled(title), options=options or Semantics())


# Lines


def test_the_result_is_the_last_line_unless_another_is_named() -> None:
    two = strategy(Fielded(PAIN, ("ti",)), Fielded(LIMB, ("ti",)))
    assert evaluate(two, titled("pain")) is Verdict.NO_MATCH
    assert evaluate(two, titled("pain"), line=1) is Verdict.MATCH
    assert evaluate_lines(two, titled("pain")) == {1: Verdict.MATCH, 2: Verdict.NO_MATCH}


@pytest.mark.parametrize(
    ("asked", "line", "said"),
    [(strategy(), None, "has no line that"), (strategy(PAIN), 4, "no line 4. .* the last is 1")],
)
def test_a_line_that_is_not_there_is_refused(asked: Strategy, line: int | None, said: str) -> None:
    with pytest.raises(NotEvaluable, match=said):
        evaluate(asked, titled("pain"), line=line)


@pytest.mark.parametrize(
    "asked",
    [
        strategy(None),
        strategy(None, LineReference(1)),
        strategy(LineReference(9)),
        strategy(LineReference(1)),
        strategy(LineReference(2), LineReference(1)),
        strategy(Missing("line 2")),
    ],
    ids=["not understood", "refers to it", "absent", "itself", "each other", "missing"],
)
def test_a_line_without_a_meaning_leaves_the_verdict_open(asked: Strategy) -> None:
    assert evaluate(asked, titled("pain")) is Verdict.CANNOT_TELL


# What is not known is open, and the rest of the strategy goes on (decision 0010)


@pytest.mark.parametrize(
    "operand",
    [Not(PAIN, LIMB), Heading("Pain"), LineReference(1), Limitation("humans")],
    ids=lambda operand: type(operand).__name__,
)
def test_what_has_no_place_beside_adj_leaves_the_verdict_open(operand: Node) -> None:
    assert in_title(Adjacency(operand, NERVE, 3), "nerve pain") is Verdict.CANNOT_TELL
    either = Adjacency(Or((operand, LIMB)), NERVE, 3)
    assert in_title(either, "nerve of a limb") is Verdict.MATCH


def test_a_missing_operand_beside_adj_leaves_the_verdict_open() -> None:
    assert in_title(Adjacency(Missing("?"), NERVE, 3), "nerve") is Verdict.CANNOT_TELL
    either = Adjacency(Or((PAIN, Missing("?"))), NERVE, 3)
    assert in_title(either, "nerve pain") is Verdict.MATCH


def test_a_field_that_records_do_not_carry_is_open_unless_the_rest_decides() -> None:
    affiliation = Fielded(PAIN, ("in",))
    asked = strategy(
        affiliation,
        Or((Fielded(PAIN, ("ti",)), affiliation)),
        Not(Fielded(PAIN, ("ti",)), affiliation),
        Fielded(PAIN, ("in", "ti")),
    )
    assert list(evaluate_lines(asked, titled("pain")).values()) == [
        Verdict.CANNOT_TELL,
        Verdict.MATCH,
        Verdict.CANNOT_TELL,
        Verdict.MATCH,
    ]
    assert evaluate(asked, titled("limb"), line=3) is Verdict.NO_MATCH
    assert evaluate(asked, titled("limb"), line=4) is Verdict.CANNOT_TELL


def test_an_unknown_subheading_is_open_on_a_heading_that_otherwise_fits() -> None:
    asked = strategy(Heading("Pain", focus=True, subheadings=("zz", "su")))

    def indexed(*headings: IndexedHeading) -> Verdict:
        return evaluate(asked, titled("-", mesh=headings))

    surgery = (Qualifier("surgery"),)
    assert indexed(IndexedHeading("Pain", major=True)) is Verdict.CANNOT_TELL
    assert indexed(IndexedHeading("Pain", major=True, qualifiers=surgery)) is Verdict.MATCH
    assert indexed(IndexedHeading("Pain", qualifiers=surgery)) is Verdict.NO_MATCH
    assert indexed(IndexedHeading("Limb", major=True)) is Verdict.NO_MATCH


def test_an_unknown_dialect_is_refused_not_answered() -> None:
    asked = Strategy("esperanto", (Line(1, "", NOWHERE, PAIN),))
    with pytest.raises(NotEvaluable, match="dialect esperanto"):
        evaluate(asked, titled("pain"))


# Words


@pytest.mark.parametrize(
    ("word", "text", "found"),
    [
        (Word(("Naïve",)), "NAI\u0308VE", True),
        (Word(("naive",)), "na\u00efve", True),
        (Word(("m²",)), "m2", True),
        (Word(("straße",)), "STRASSE", True),
        (Word((Wildcard(0, 1), "estrogen", ANY)), "oestrogens", True),
        (Word((Wildcard(0, 1), "estrogen", ANY)), "proestrogens", False),
        (Word(("mmp", ANY, "9")), "mmp99", True),
        (Word(("mmp", ANY, "9")), "mmp98", False),
        (Word(("dog", Wildcard(1, 1))), "dog", False),
        (Word(("gene",)), "gene_x", True),
    ],
)
def test_a_word_finds_what_is_spelt_so(word: Word, text: str, found: bool) -> None:
    assert (in_title(word, text) is Verdict.MATCH) is found


def test_many_wildcards_in_a_long_word_take_no_time() -> None:
    trap = Word((*(("a", ANY) * 20), "b"))
    began = process_time()
    assert not finds(trap, "a" * 500, Semantics())
    assert process_time() - began < 5


def test_folding_without_accents_still_composes_them() -> None:
    kept = Semantics(fold_accents=False)
    assert fold("Ne\u0301vralgie", kept) == fold("n\u00e9vralgie", kept) != "nevralgie"


# Adjacency


def test_a_gap_of_a_phrase_is_not_a_place_for_its_own_words() -> None:
    within = Adjacency(Phrase((Word(("a",)), Word(("b",)), Word(("c",)))), Word(("b",)), 3)
    assert in_title(within, "a b c") is Verdict.NO_MATCH
    assert in_title(within, "a b c b") is Verdict.MATCH


def test_interlocking_chains_stand_together() -> None:
    a, b, c, d = (Word((letter,)) for letter in "abcd")
    chain = Adjacency(Adjacency(a, c, 1), Adjacency(b, d, 1), 0)
    assert in_title(chain, "a b c d") is Verdict.MATCH


def test_and_on_both_sides_of_adj_asks_for_every_pair() -> None:
    both = Adjacency(And((PAIN, LIMB)), And((Word(("x",)), Word(("y",)))), 1)
    assert in_title(both, "x pain y x limb y") is Verdict.MATCH
    assert in_title(both, "x pain z z y limb") is Verdict.NO_MATCH


def test_a_field_inside_adj_holds_the_words_to_it() -> None:
    mixed = Adjacency(Fielded(And((PAIN, LIMB)), ("ti",)), Fielded(NERVE, ("ti", "ab")), 2)
    record = titled("pain nerve limb", abstract="nerve pain limb")
    assert evaluate(strategy(mixed), record) is Verdict.MATCH
    elsewhere = titled("pain limb", abstract="pain nerve limb")
    assert evaluate(strategy(mixed), elsewhere) is Verdict.NO_MATCH


def test_and_in_adj_that_stands_for_too_many_pairs_is_open() -> None:
    group = And(tuple(Word((f"w{n}",)) for n in range(40)))
    assert in_title(Adjacency(group, group, 3), "pain") is Verdict.CANNOT_TELL


def test_the_looser_reading_of_and_in_adj_is_a_superset() -> None:
    loose = Semantics(conjunction=ConjunctionInAdjacency.ANY_OPERAND)
    node = Adjacency(And((NERVE, LIMB)), PAIN, 0)
    assert in_title(node, "nerve pain of some limb", loose) is Verdict.MATCH
    assert in_title(node, "nerve pain of some limb") is Verdict.NO_MATCH
    assert in_title(node, "nerve limb of some pain", loose) is Verdict.NO_MATCH


def test_a_record_that_repeats_itself_ends_in_cannot_tell_and_soon() -> None:
    chain = Adjacency(Adjacency(Adjacency(PAIN, PAIN, 98), PAIN, 98), LIMB, 98)
    began = process_time()
    assert in_title(chain, "pain " * 5_000) is Verdict.CANNOT_TELL
    assert process_time() - began < 10


# Headings


def test_without_a_tree_an_exploded_heading_matches_by_its_name_alone() -> None:
    asked = strategy(Heading("Pain", explode=True))

    def indexed(*headings: IndexedHeading) -> Verdict:
        return evaluate(asked, titled("-", mesh=headings))

    assert indexed(IndexedHeading("Pain")) is Verdict.MATCH
    assert indexed(IndexedHeading("Neuralgia")) is Verdict.CANNOT_TELL
    assert indexed() is Verdict.NO_MATCH


def test_focus_and_subheading_are_asked_of_the_same_heading() -> None:
    asked = strategy(Heading("Pain", focus=True, subheadings=("su", "dt")))
    surgery, starred = Qualifier("surgery"), Qualifier("surgery", major=True)

    def indexed(*headings: IndexedHeading) -> Verdict:
        return evaluate(asked, titled("-", mesh=headings))

    assert indexed(IndexedHeading("Pain", qualifiers=(starred,))) is Verdict.MATCH
    assert indexed(IndexedHeading("Pain", major=True, qualifiers=(surgery,))) is Verdict.MATCH
    assert indexed(IndexedHeading("Pain", qualifiers=(surgery,))) is Verdict.NO_MATCH
    assert (
        indexed(IndexedHeading("Pain", major=True), IndexedHeading("Limb", qualifiers=(surgery,)))
        is Verdict.NO_MATCH
    )


# Publication types in PubMed: what lies above those of the record

TYPES = MeshTree.of(
    [("Clinical Trial", "V03.175.250"), ("Randomized Controlled Trial", "V03.175.250.500.500")]
)
TRIAL = Phrase((Word(("clinical",)), Word(("trial",))))


@pytest.mark.parametrize(
    ("code", "tree", "kind", "expected"),
    [
        ("pt", TYPES, "Randomized Controlled Trial", Verdict.MATCH),
        ("pt", TYPES, "Clinical Trial", Verdict.MATCH),
        ("pt:noexp", TYPES, "Clinical Trial", Verdict.MATCH),
        ("pt:noexp", TYPES, "Randomized Controlled Trial", Verdict.NO_MATCH),
        ("pt", None, "Clinical Trial", Verdict.MATCH),
        ("pt", None, "Randomized Controlled Trial", Verdict.CANNOT_TELL),
        ("pt", TYPES, "Review", Verdict.CANNOT_TELL),
    ],
)
def test_a_publication_type_finds_what_is_narrower_where_the_tree_tells(
    code: str, tree: MeshTree | None, kind: str, expected: Verdict
) -> None:
    asked = Strategy("pubmed", (Line(1, "", NOWHERE, Fielded(TRIAL, (code,))),))
    record = titled("-", publication_types=(kind,))
    assert evaluate(asked, record, mesh=tree) is expected


def test_a_stop_word_alone_finds_nothing_in_pubmed_where_it_has_a_tag() -> None:
    the = Word(("the",))

    def asked(tree: Node) -> Verdict:
        return evaluate(Strategy("pubmed", (Line(1, "", NOWHERE, tree),)), titled("the pain"))

    assert asked(Fielded(the, ("ti",))) is Verdict.NO_MATCH
    assert asked(the) is Verdict.CANNOT_TELL
    assert asked(And((the, PAIN), implied=True)) is Verdict.MATCH
