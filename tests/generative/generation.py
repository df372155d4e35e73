"""Trees, strategies and records for generative tests: few words, so that they meet often."""

from __future__ import annotations

from hypothesis import strategies as st

from surveillance.records.model import IndexedHeading, Qualifier, Record
from surveillance.strategy.mesh import MeshTree
from surveillance.strategy.nodes import (
    ANY,
    NOWHERE,
    Adjacency,
    And,
    Fielded,
    Heading,
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
from surveillance.strategy.strategy import Line, Strategy
from surveillance.strategy.subheadings import SUBHEADINGS

TREE = MeshTree.of(
    [
        ("Nerves", "A08.800"),
        ("Cranial Nerves", "A08.800.120"),
        ("Optic Nerve", "A08.800.120.680"),
        ("Optic Nerve", "A09.371.700"),
        ("Pain", "C23.888"),
        ("Animals", "B01.050"),
        ("Humans", "B01.150"),
    ],
    year=2024,
)
HEADINGS = ("Nerves", "Cranial Nerves", "Optic Nerve", "Pain", "Animals", "Humans")
CODES = ("su", "tr", "ir")
TEXT_WORDS = ("nerve", "nerves", "pain", "painful", "limb", "of", "the", "névralgie")

words = st.sampled_from(
    [
        *(Word((text,)) for text in ("nerve", "nerves", "pain", "limb", "nevralgie")),
        *(Word((root, ANY)) for root in ("nerv", "pai", "limb", "painf")),
        Word(("ner", Wildcard(1, 1), "e")),
        Word(("nerve", Wildcard(0, 1))),
        Word(("pain", Wildcard(0, 3))),
    ]
)
phrase_words = st.one_of(words, st.sampled_from([Word(("of",)), Word(("the",))]))
phrases = st.builds(
    Phrase, st.lists(phrase_words, min_size=2, max_size=3).map(tuple), quoted=st.booleans()
)
field_codes = st.sampled_from([("ti",), ("ab",), ("tw",), ("ti", "ab")])
windows = st.integers(0, 4)


def _operands(nodes: st.SearchStrategy[Node]) -> st.SearchStrategy[tuple[Node, ...]]:
    return st.lists(nodes, min_size=2, max_size=3).map(tuple)


def _places_above(places: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
    return st.one_of(
        st.builds(Or, _operands(places)),
        st.builds(Adjacency, places, places, st.just(0), st.just(True)),
        st.builds(Adjacency, places, places, windows, st.just(False)),
    )


def _beside_adjacency(nodes: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
    return st.one_of(
        st.builds(And, _operands(nodes)),
        st.builds(Or, _operands(nodes)),
        st.builds(Fielded, nodes, field_codes),
        st.builds(Adjacency, nodes, nodes, windows, st.just(False)),
    )


places: st.SearchStrategy[Node] = st.recursive(
    st.one_of(words, phrases), _places_above, max_leaves=4
)
adjacencies: st.SearchStrategy[Node] = st.builds(
    Adjacency,
    st.recursive(st.one_of(words, phrases), _beside_adjacency, max_leaves=3),
    st.recursive(words, _beside_adjacency, max_leaves=2),
    windows,
    st.just(False),
)
headings = st.builds(
    Heading,
    st.sampled_from(HEADINGS),
    explode=st.booleans(),
    focus=st.booleans(),
    subheadings=st.lists(st.sampled_from(CODES), max_size=2, unique=True).map(tuple),
)
leaves: st.SearchStrategy[Node] = st.one_of(
    st.builds(Fielded, st.one_of(places, adjacencies), field_codes), headings
)


def _above(nodes: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
    return st.one_of(
        st.builds(And, _operands(nodes)),
        st.builds(Or, _operands(nodes)),
        st.builds(Not, nodes, nodes),
        st.builds(Fielded, nodes, field_codes),
    )


trees: st.SearchStrategy[Node] = st.recursive(leaves, _above, max_leaves=5)


@st.composite
def strategies(draw: st.DrawFn) -> Strategy:
    """One to four lines; later ones may combine earlier ones, some refer to what is missing."""
    built: list[Line] = []
    for number in range(1, draw(st.integers(1, 4)) + 1):
        tree = draw(st.one_of(trees, _combinations(number)) if number > 1 else trees)
        built.append(Line(number, "", NOWHERE, tree))
    return Strategy("ovid-medline", tuple(built))


def _combinations(number: int) -> st.SearchStrategy[Node]:
    earlier = st.integers(1, number - 1)
    references: st.SearchStrategy[Node] = st.builds(LineReference, earlier)
    operands = st.one_of(references, leaves, st.just(Missing("a line")))
    return st.one_of(
        st.builds(
            LineRange,
            st.sampled_from(Operator),
            earlier.map(lambda first: ((first, number - 1),)),
        ),
        st.builds(Not, operands, operands),
        st.builds(Or, _operands(operands)),
        st.builds(And, _operands(operands)),
    )


def alone(tree: Node) -> Strategy:
    """A strategy of one line."""
    return Strategy("ovid-medline", (Line(1, "", NOWHERE, tree),))


@st.composite
def texts(draw: st.DrawFn) -> str:
    """One to eight words with the separators of real titles."""
    text = ""
    for word in draw(st.lists(st.sampled_from(TEXT_WORDS), min_size=1, max_size=8)):
        text += draw(st.sampled_from(["", "", "", "Of "])) + word
        text += draw(st.sampled_from([" ", " ", "-", ". ", ", "]))
    return text.strip()


indexed_headings = st.builds(
    IndexedHeading,
    name=st.sampled_from(HEADINGS),
    major=st.booleans(),
    qualifiers=st.lists(
        st.builds(
            Qualifier,
            name=st.sampled_from([SUBHEADINGS[code] for code in CODES]),
            major=st.booleans(),
        ),
        max_size=2,
    ).map(tuple),
)
meshes = st.lists(indexed_headings, max_size=3).map(tuple)

records = st.builds(
    Record,
    source=st.just("pubmed"),
    source_id=st.just("1"),
    title=texts(),
    abstract=st.one_of(st.none(), texts()),
    mesh=st.one_of(st.none(), meshes),
    keywords=st.lists(texts(), max_size=2).map(tuple),
    other_abstracts=st.lists(texts(), max_size=1).map(tuple),
    status=st.sampled_from(["", "Publisher", "MEDLINE"]),
)
whole_records = st.builds(
    Record,
    source=st.just("pubmed"),
    source_id=st.just("1"),
    title=texts(),
    abstract=texts(),
    mesh=meshes,
)
