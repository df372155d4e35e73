"""Trees, strategies and records for generative tests: few words, so that they meet often."""

from __future__ import annotations

from random import Random

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
plain_words = st.sampled_from([Word((text,)) for text in ("nerve", "pain", "limb", "of")])
phrase_words = st.one_of(words, st.sampled_from([Word(("of",)), Word(("the",))]))
phrases = st.builds(
    Phrase, st.lists(phrase_words, min_size=2, max_size=3).map(tuple), quoted=st.booleans()
)
text_codes = st.sampled_from([("ti",), ("ab",), ("tw",), ("ti", "ab")])
other_codes = st.sampled_from(
    [("mp",), ("af",), ("kf",), ("kw",), ("hw",), ("sh",), ("fs",), ("pt",), ("ti", "kw")]
)
field_codes = st.one_of(text_codes, text_codes, text_codes, other_codes)
windows = st.integers(0, 4)
headings = st.builds(
    Heading,
    st.sampled_from(HEADINGS),
    explode=st.booleans(),
    focus=st.booleans(),
    subheadings=st.lists(st.sampled_from(CODES), max_size=2, unique=True).map(tuple),
)


# Drawn by hand to a fixed depth: nested `st.recursive` takes a hundred times as long.


@st.composite
def places(draw: st.DrawFn, depth: int = 2) -> Node:
    """What stands at places in a text: words, phrases, OR and adjacency of them."""
    kind = draw(st.sampled_from(["word", "phrase", "or", "adj", "adjN"][: 5 if depth else 2]))
    match kind:
        case "word":
            return draw(words)
        case "phrase":
            return draw(phrases)
        case "or":
            return Or((draw(places(depth - 1)), draw(places(depth - 1))))
    between = draw(windows) if kind == "adjN" else 0
    sides = draw(places(depth - 1)), draw(places(depth - 1))
    return Adjacency(*sides, between, ordered=kind == "adj")


@st.composite
def plain_places(draw: st.DrawFn, depth: int = 2) -> Node:
    """Places without a wildcard, which a translation can say by proximity."""
    kind = draw(st.sampled_from(["word", "phrase", "or", "adj", "adjN"][: 5 if depth else 1]))
    if kind == "word":
        return draw(plain_words)
    if kind == "phrase":
        return Phrase(tuple(draw(st.lists(plain_words, min_size=2, max_size=3))))
    sides = draw(plain_places(depth - 1)), draw(plain_places(depth - 1))
    if kind == "or":
        return Or(sides)
    return Adjacency(*sides, draw(windows) if kind == "adjN" else 0, ordered=kind == "adj")


@st.composite
def adjacencies(draw: st.DrawFn) -> Node:
    """Adjacency with AND and field suffixes in it."""
    group = draw(st.sampled_from([And, Or]))((draw(places(1)), draw(words)))
    side = Fielded(group, draw(field_codes)) if draw(st.booleans()) else group
    other = draw(places(1))
    left, right = (side, other) if draw(st.booleans()) else (other, side)
    return Adjacency(left, right, draw(windows))


@st.composite
def trees(draw: st.DrawFn, depth: int = 2) -> Node:
    """Any tree of one line that refers to no other."""
    kinds = ["words", "heading", "unfielded", "adjacency", "or", "and", "not", "field"]
    match draw(st.sampled_from(kinds if depth else kinds[:3])):
        case "words":
            return Fielded(draw(places()), draw(field_codes))
        case "unfielded":
            return draw(places())
        case "heading":
            return draw(headings)
        case "adjacency":
            return Fielded(draw(adjacencies()), draw(field_codes))
        case "field":
            return Fielded(draw(trees(depth - 1)), draw(field_codes))
        case "not":
            return Not(draw(trees(depth - 1)), draw(trees(depth - 1)))
        case kind:
            operands = draw(trees(depth - 1)), draw(trees(depth - 1))
            return Or(operands) if kind == "or" else And(operands)


@st.composite
def strategies(draw: st.DrawFn) -> Strategy:
    """One to four lines; later ones may combine earlier ones, some refer to what is missing."""
    built: list[Line] = []
    for number in range(1, draw(st.integers(1, 4)) + 1):
        combines = number > 1 and draw(st.booleans())
        tree = draw(_combinations(number)) if combines else draw(trees())
        built.append(Line(number, "", NOWHERE, tree))
    return Strategy("ovid-medline", tuple(built))


@st.composite
def _combinations(draw: st.DrawFn, number: int) -> Node:
    earlier = st.integers(1, number - 1)
    if draw(st.booleans()):
        return LineRange(draw(st.sampled_from(Operator)), ((draw(earlier), number - 1),))
    references = st.builds(LineReference, earlier)
    operand = st.one_of(references, references, trees(0), st.just(Missing("a line")))
    left, right = draw(operand), draw(operand)
    match draw(st.sampled_from(["or", "and", "not"])):
        case "or":
            return Or((left, right))
        case "and":
            return And((left, right))
    return Not(left, right)


def alone(tree: Node) -> Strategy:
    """A strategy of one line."""
    return Strategy("ovid-medline", (Line(1, "", NOWHERE, tree),))


_SEPARATORS = (" ", " ", "-", ". ", ", ")


@st.composite
def texts(draw: st.DrawFn) -> str:
    """One to eight words with the separators of real titles."""
    found = draw(st.lists(st.sampled_from(TEXT_WORDS), min_size=1, max_size=8))
    return draw(st.sampled_from(_SEPARATORS)).join(found) + draw(st.sampled_from(["", "."]))


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


def crowd(seed: int, size: int = 30) -> list[Record]:
    """Many records at the price of one draw: for claims about few of the records."""
    random = Random(seed)
    return [_drawn_by(random) for _ in range(size)]


def _drawn_by(random: Random) -> Record:
    return Record(
        source="pubmed",
        source_id="1",
        title=_text_by(random),
        abstract=random.choice([None, _text_by(random)]),
        mesh=random.choice([None, *[_mesh_by(random)] * 3]),
        keywords=(_text_by(random),) * random.randint(0, 1),
        original_title=random.choice(["", _text_by(random)]),
        publication_types=random.choice([(), ("Pain",), ("Pain Limb",)]),
        substances=random.choice([(), ("Nerve",), ("Nerve Pain Limb",)]),
        status=random.choice(["", "MEDLINE"]),
    )


def _text_by(random: Random) -> str:
    return random.choice(_SEPARATORS).join(random.choices(TEXT_WORDS, k=random.randint(1, 8)))


def _mesh_by(random: Random) -> tuple[IndexedHeading, ...]:
    def star() -> bool:
        return random.random() < 0.4

    return tuple(
        IndexedHeading(
            name,
            major=star(),
            qualifiers=tuple(
                Qualifier(SUBHEADINGS[code], star())
                for code in random.sample(CODES, random.randint(0, 2))
            ),
        )
        for name in random.sample(HEADINGS, random.randint(0, 3))
    )
