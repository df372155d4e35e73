"""An explanation on one record: the words as they stand, the headings, what is missing."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from surveillance.cli.strategy.explaining import highlighted
from surveillance.records.model import IndexedHeading, Qualifier, Record, RecordDates
from surveillance.strategy.evaluate.explain import (
    FoundDate,
    FoundHeading,
    FoundLine,
    FoundText,
    FoundWord,
    LineExplanation,
    explain,
)
from surveillance.strategy.evaluate.reference import evaluate_lines
from surveillance.strategy.evaluate.semantics import Semantics
from surveillance.strategy.evaluate.verdict import Verdict
from surveillance.strategy.mesh import MeshTree
from surveillance.strategy.nodes import (
    ANY,
    NOWHERE,
    Adjacency,
    And,
    DateRange,
    Fielded,
    Frequency,
    Heading,
    InDatabase,
    Kept,
    Limit,
    Limitation,
    LineRange,
    LineReference,
    Mapped,
    Missing,
    Node,
    Not,
    Operator,
    Or,
    Phrase,
    Word,
)
from surveillance.strategy.parse import read_strategy
from surveillance.strategy.strategy import Line, Strategy

PAIN, SEVERE, NERVE = Word(("pain", ANY)), Word(("severe",)), Word(("nerve",))
TREE = MeshTree.of([("Pain", "C23.888"), ("Neuralgia", "C23.888.592")])
RECORD = Record(
    source="pubmed",
    source_id="1",
    title="Severe phantom pain: a nerve's pain",
    abstract="Painful limbs. Névralgie.",
    mesh=(IndexedHeading("Neuralgia", qualifiers=(Qualifier("surgery", major=True),)),),
    dates=RecordDates(published=date(2020, 5, 17)),
)


def explained(
    *trees: Node,
    record: Record = RECORD,
    dialect: str = "ovid-medline",
    mesh: MeshTree | None = TREE,
) -> LineExplanation:
    """The explanation of the last of these lines."""
    lines = tuple(Line(n, f"line {n}", NOWHERE, tree) for n, tree in enumerate(trees, start=1))
    return explain(Strategy(dialect, lines), record, mesh=mesh)[-1]


def words_of(found: FoundText) -> list[str]:
    return [word.text for word in found.words]


def test_words_are_shown_as_they_stand_with_their_characters() -> None:
    line = explained(Fielded(Adjacency(SEVERE, PAIN, 3), ("tw",)))
    assert line.verdict is Verdict.MATCH
    assert line.texts == (
        FoundText(
            "title", RECORD.title, (FoundWord(0, 6, "Severe"), FoundWord(15, 19, "pain")), False
        ),
    )
    assert RECORD.title[15:19] == "pain"


def test_every_place_of_a_word_is_shown_accents_and_all() -> None:
    line = explained(Fielded(Or((PAIN, Word(("nevralgie",)))), ("ti", "ab")))
    assert [(found.part, words_of(found)) for found in line.texts] == [
        ("abstract", ["Painful", "Névralgie"]),
        ("title", ["pain", "pain"]),
    ]


def test_sentences_that_are_barriers_do_not_move_the_characters() -> None:
    line = explain(
        Strategy("ovid-medline", (Line(1, "", NOWHERE, Fielded(Word(("nevralgie",)), ("ab",))),)),
        RECORD,
        options=Semantics(sentences_are_barriers=True),
    )[0]
    assert line.texts[0].words == (FoundWord(15, 24, "Névralgie"),)


def test_only_occurrences_that_are_often_enough_count() -> None:
    often = Frequency(Fielded(Word(("pain",)), ("ti", "ab")), 2)
    line = explained(often)
    assert [(found.part, words_of(found)) for found in line.texts] == [("title", ["pain", "pain"])]
    assert explained(Frequency(Fielded(Word(("pain",)), ("ti", "ab")), 3)).texts == ()


def test_a_heading_is_shown_with_where_it_was_exploded_from() -> None:
    line = explained(Heading("Pain", explode=True, subheadings=("su",)))
    assert line.headings == (FoundHeading("Neuralgia", False, ("*surgery",), "Pain", True, False),)
    mapped = Mapped(Heading("neuralgia"), Heading("Neuralgia"), "the same")
    assert explained(mapped, dialect="ovid-embase").headings == (
        FoundHeading("Neuralgia", False, ("*surgery",), "Neuralgia", False, False),
    )


def test_a_heading_word_is_shown_in_the_name() -> None:
    line = explained(Fielded(Word(("neuralgia",)), ("hw",)))
    assert [(found.part, found.text) for found in line.texts] == [("heading", "Neuralgia")]


def test_dates_and_lines_are_shown() -> None:
    wanted = DateRange("yr", "2020", "2020")
    assert explained(wanted).dates == (FoundDate("yr", "2020-05-17", False),)
    title = Fielded(PAIN, ("ti",))
    nowhere = Fielded(Word(("arm",)), ("ti",))
    line = explained(title, nowhere, LineRange(Operator.OR, ((1, 2),)))
    assert line.lines == (
        FoundLine(1, Verdict.MATCH, False),
        FoundLine(2, Verdict.NO_MATCH, False),
    )


def test_what_stands_behind_not_speaks_against_the_record() -> None:
    line = explained(Not(Fielded(PAIN, ("ti",)), Fielded(NERVE, ("ti",))))
    assert line.verdict is Verdict.NO_MATCH
    assert [(words_of(found), found.excluded) for found in line.texts] == [
        (["pain", "pain"], False),
        (["nerve"], True),
    ]
    twice = explained(
        Not(Fielded(PAIN, ("ti",)), Not(Fielded(PAIN, ("ti",)), Fielded(NERVE, ("ti",))))
    )
    assert [(words_of(found), found.excluded) for found in twice.texts] == [
        (["pain", "nerve", "pain"], False),
        (["pain", "pain"], True),
    ]


NEW = Record(source="pubmed", source_id="2", title="Pain")
UNSPLIT = Phrase((NERVE, Word(("severe",))))


@pytest.mark.parametrize(
    ("tree", "dialect", "record", "missing"),
    [
        (Fielded(NERVE, ("ab",)), "ovid-medline", NEW, ["the record's abstract"]),
        (Heading("Pain"), "ovid-medline", NEW, ["the record's headings"]),
        (Fielded(NERVE, ("hw",)), "ovid-medline", NEW, ["the record's headings"]),
        (
            Fielded(NERVE, ("in",)),
            "ovid-medline",
            RECORD,
            ["the field in, which records here do not carry"],
        ),
        (
            Adjacency(Fielded(NERVE, ("in",)), Fielded(PAIN, ("ab",)), 3),
            "ovid-medline",
            RECORD,
            ["the field in, which records here do not carry"],
        ),
        (
            Heading("Phantom", explode=True),
            "ovid-medline",
            RECORD,
            ["what lies below Phantom in the MeSH tree"],
        ),
        (
            Heading("Neuralgia", subheadings=("zz",)),
            "ovid-medline",
            RECORD,
            ["the subheading /zz, which MeSH does not have"],
        ),
        (Heading("pain"), "ovid-embase", RECORD, ["what the Emtree heading pain is mapped to"]),
        (Missing("a line"), "ovid-medline", RECORD, ["a line"]),
        (LineReference(9), "ovid-medline", RECORD, ["line 9, which the strategy does not have"]),
        (LineReference(1), "ovid-medline", RECORD, ["a line that does not rest on itself"]),
        (DateRange("yr", "2020"), "ovid-medline", NEW, ["the record's date (published)"]),
        (
            DateRange("dc", "2020"),
            "ovid-embase",
            RECORD,
            ["the date dc, which records here do not carry"],
        ),
        (
            Limit(Fielded(PAIN, ("ti",)), Limitation("full text")),
            "ovid-medline",
            RECORD,
            ["what the limit “full text” means"],
        ),
        (
            InDatabase(Fielded(PAIN, ("ti",)), ("zzzz",)),
            "ovid-medline",
            RECORD,
            ["whether the record is in zzzz"],
        ),
        (
            Kept(Fielded(PAIN, ("ti",)), ((1, 3),)),
            "ovid-medline",
            RECORD,
            ["which records were picked by hand (1-3)"],
        ),
        (
            Fielded(UNSPLIT, ("ti",)),
            "pubmed",
            RECORD,
            ["whether PubMed's phrase index has these words as a phrase"],
        ),
        (
            Fielded(NERVE, ("filter",)),
            "pubmed",
            RECORD,
            ["the field filter, which records here do not carry"],
        ),
        (
            Fielded(Adjacency(Not(NERVE, PAIN), PAIN, 3), ("ti",)),
            "ovid-medline",
            RECORD,
            ["a documented meaning of NOT beside ADJ"],
        ),
        (
            Frequency(And((Heading("Neuralgia"), Fielded(PAIN, ("ti",)))), 2),
            "ovid-medline",
            RECORD,
            ["how often something occurs that is no text"],
        ),
    ],
)
def test_what_is_open_says_what_is_missing(
    tree: Node, dialect: str, record: Record, missing: list[str]
) -> None:
    line = explained(tree, dialect=dialect, record=record)
    assert line.verdict is Verdict.CANNOT_TELL
    assert list(line.missing) == missing


def test_only_what_keeps_the_line_open_is_missing() -> None:
    settled = And((Fielded(PAIN, ("ti",)), Or((Fielded(PAIN, ("in",)), Fielded(PAIN, ("ti",))))))
    assert explained(settled).missing == ()
    open_ = And((Fielded(PAIN, ("ti",)), Fielded(PAIN, ("in",))))
    assert len(explained(open_).missing) == 1


@pytest.mark.parametrize(
    ("text", "spans", "shown"),
    [
        ("Severe pain", [(0, 6), (7, 11)], "«Severe» «pain»"),
        ("of pain", [(3, 7)], "of «pain»"),
        (
            "a long beginning of many words, then pain, and a long end of as many words as that",
            [(37, 41)],
            "… of many words, then «pain», and a long end of as many …",
        ),
        ("x" * 100 + "-pain-" + "y" * 100, [(101, 105)], "… «pain» …"),
        ("pain " + "and " * 40 + "pain", [(0, 4), (165, 169)], None),
    ],
)
def test_words_are_marked_without_colour(
    text: str, spans: list[tuple[int, int]], shown: str | None
) -> None:
    words = tuple(FoundWord(start, end, text[start:end]) for start, end in spans)
    marked = highlighted(FoundText("title", text, words, False))
    if shown is None:
        assert marked.startswith("«pain» and") and marked.endswith("and «pain»")
        assert marked.count("…") == 1
    else:
        assert marked == shown


@pytest.mark.shared
@pytest.mark.slow
def test_every_published_strategy_is_explained_as_it_is_evaluated(shared: Path) -> None:
    files = sorted((shared / "data" / "strategies").rglob("*.txt"))
    assert files
    for file in files:
        strategy = read_strategy(file.read_text(encoding="utf-8", errors="replace"))
        lines = explain(strategy, RECORD)
        assert {line.number: line.verdict for line in lines} == evaluate_lines(strategy, RECORD)
        for line in lines:
            assert bool(line.missing) is (line.verdict is Verdict.CANNOT_TELL), file.name
