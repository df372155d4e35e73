"""Trees, strategies and records for generative tests: few words, so that they meet often."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from random import Random

from hypothesis import strategies as st

from surveillance.records.model import IndexedHeading, Qualifier, Record, RecordDates
from surveillance.strategy.mesh import MeshTree
from surveillance.strategy.nodes import (
    ANY,
    NOWHERE,
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
    Mapped,
    Missing,
    Near,
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
        ("Clinical Trial", "V03.175.250"),
        ("Randomized Controlled Trial", "V03.175.250.500"),
    ],
    year=2024,
)
HEADINGS = ("Nerves", "Cranial Nerves", "Optic Nerve", "Pain", "Animals", "Humans")
CODES = ("su", "tr", "ir")
TEXT_WORDS = ("nerve", "nerves", "pain", "painful", "limb", "of", "the", "névralgie")

# What every dialect can be asked; Ovid's own default first.
DIALECTS = ("ovid-medline", "ovid-embase", "cochrane", "inahta", "pubmed")
OVID = DIALECTS[:2]

words = st.sampled_from(
    [
        *(Word((text,)) for text in ("nerve", "nerves", "pain", "limb", "nevralgie")),
        *(Word((root, ANY)) for root in ("nerv", "pai", "limb", "painf")),
        Word(("ner", Wildcard(1, 1), "e")),
        Word(("nerve", Wildcard(0, 1))),
        Word(("pain", Wildcard(0, 3))),
    ]
)
left_truncated = st.sampled_from([Word((ANY, "nerve")), Word((ANY, "limb", ANY))])
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

# By dialect the codes of texts, and those of names and of what records don't carry.
_TEXT_CODES: Mapping[str, tuple[tuple[str, ...], ...]] = {
    **dict.fromkeys(OVID, (("ti",), ("ab",), ("tw",), ("ti", "ab"))),
    "cochrane": (("ti",), ("ab",), ("ti", "ab", "kw"), ("all",)),
    "inahta": (("title",), ("abs",), ("all",)),
    "pubmed": (("ti",), ("tiab",), ("tw",), ("all",)),
}
_OTHER_CODES: Mapping[str, tuple[tuple[str, ...], ...]] = {
    "ovid-medline": (
        *(("mp",), ("af",), ("kf",), ("kw",), ("hw",), ("sh",), ("fs",), ("pt",), ("ti", "kw")),
        *(("nm",), ("in",), ("ti", "in")),
    ),
    "ovid-embase": (("mp",), ("kw",), ("hw",), ("pt",), ("tn",), ("db", "pt", "su"), ("fs",)),
    "cochrane": (("kw",), ("au",), ("so",), ("pt",)),
    "inahta": (("kw",), ("au",)),
    "pubmed": (
        *(("mh",), ("sh",), ("sh:noexp",), ("pt",), ("pt:noexp",), ("au",), ("la",), ("ta",)),
        *(("nm",), ("ot",), ("ab",), ("tt",), ("filter",)),
    ),
}
_DATE_CODES: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys(OVID, ("yr", "ed", "dt", "dc")),
    **dict.fromkeys(("cochrane", "inahta"), ("yr",)),
    "pubmed": ("dp", "edat", "crdt", "mhda", "lr"),
}
_LIMITS = ("english language", "humans", "randomized controlled trial", "abstracts")
_DATABASES = (("ppez",), ("oemezd",), ("ppez", "oemezd"), ("psyh",), ("zzzz",))
headings = st.builds(
    Heading,
    st.sampled_from(HEADINGS),
    explode=st.booleans(),
    focus=st.booleans(),
    subheadings=st.lists(st.sampled_from(CODES), max_size=2, unique=True).map(tuple),
)


dates = st.sampled_from(["2019", "2020", "2020-05", "2020-05-17", "2021"])


def codes_of(dialect: str) -> st.SearchStrategy[tuple[str, ...]]:
    """Field codes of a dialect, those of texts three times as often as others."""
    in_text, other = st.sampled_from(_TEXT_CODES[dialect]), st.sampled_from(_OTHER_CODES[dialect])
    return st.one_of(in_text, in_text, in_text, other)


@st.composite
def date_ranges(draw: st.DrawFn, dialect: str) -> DateRange:
    """A date field of a dialect, open at one end or at none; some ranges are empty."""
    first, last = draw(st.one_of(st.none(), dates)), draw(dates)
    code = draw(st.sampled_from(_DATE_CODES[dialect]))
    return DateRange(code, first, draw(st.sampled_from([last, last, None])) if first else last)


nears = st.builds(
    Near, st.lists(st.one_of(words, plain_words), min_size=2, max_size=3).map(tuple), windows
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


_OPERATORS = ["adjacency", "or", "and", "not", "field"]
_OWN_KINDS: Mapping[str, tuple[str, ...]] = {
    "ovid-medline": ("frequency", "date", "command"),
    "ovid-embase": ("frequency", "date", "command", "mapped"),
    "cochrane": ("left truncated", "date"),
    "inahta": ("date",),
    "pubmed": ("near", "date"),
}


@st.composite
def trees(draw: st.DrawFn, depth: int = 2, dialect: str = "ovid-medline") -> Node:
    """Any tree of one line that refers to no other, with what the dialect has of its own."""
    codes = codes_of(dialect)
    kinds = ["words", "words", "heading", "unfielded"]
    kinds += _OPERATORS * 2 + [*_OWN_KINDS[dialect]] if depth else []
    match draw(st.sampled_from(kinds)):
        case "words":
            return Fielded(draw(places()), draw(codes))
        case "unfielded":
            return draw(places())
        case "heading":
            return draw(headings)
        case "adjacency":
            return Fielded(draw(adjacencies()), draw(codes))
        case "field":
            return Fielded(draw(trees(depth - 1, dialect)), draw(codes))
        case "not":
            return Not(draw(trees(depth - 1, dialect)), draw(trees(depth - 1, dialect)))
        case "or" | "and" as kind:
            operands = draw(trees(depth - 1, dialect)), draw(trees(depth - 1, dialect))
            implied = dialect not in OVID and draw(st.booleans())
            return Or(operands) if kind == "or" else And(operands, implied=implied)
        case kind:
            return draw(_own(kind, depth, dialect))


@st.composite
def _own(draw: st.DrawFn, kind: str, depth: int, dialect: str) -> Node:
    """What only some dialects have."""
    match kind:
        case "frequency":
            counted = st.one_of(places(), trees(depth - 1, dialect))
            return Frequency(Fielded(draw(counted), draw(codes_of(dialect))), draw(windows) + 1)
        case "near":
            return Fielded(draw(nears), draw(st.sampled_from([("ti",), ("tiab",)])))
        case "left truncated":
            return Fielded(draw(left_truncated), draw(codes_of(dialect)))
        case "date":
            return draw(date_ranges(dialect))
        case "mapped":
            to = st.one_of(st.none(), headings, st.builds(Fielded, places(), st.just(("tw",))))
            return Mapped(draw(headings), draw(to), "the topic's table says so")
    return draw(commands(trees(depth - 1, dialect), dialect))


@st.composite
def commands(draw: st.DrawFn, operands: st.SearchStrategy[Node], dialect: str) -> Node:
    """What Ovid's commands do with a set."""
    operand = draw(operands)
    match draw(st.sampled_from(["limit", "limit", "database", "duplicates", "keep"])):
        case "limit":
            named = st.builds(Limitation, st.sampled_from(_LIMITS))
            condition = draw(st.one_of(named, date_ranges(dialect)))
            if draw(st.booleans()):
                condition = draw(st.sampled_from([And, Or]))((condition, draw(named)))
            return Limit(operand, condition)
        case "database":
            return InDatabase(operand, draw(st.sampled_from(_DATABASES)))
        case "duplicates":
            return Deduplicated(operand)
    return Kept(operand, ((1, 10),))


@st.composite
def strategies(draw: st.DrawFn, dialects: tuple[str, ...] = DIALECTS) -> Strategy:
    """One to four lines; later ones may combine earlier ones, some refer to what is missing."""
    dialect = draw(st.sampled_from(dialects))
    built: list[Line] = []
    for number in range(1, draw(st.integers(1, 4)) + 1):
        combines = number > 1 and draw(st.booleans())
        tree = draw(_combinations(number, dialect) if combines else trees(2, dialect))
        built.append(Line(number, "", NOWHERE, tree))
    return Strategy(dialect, tuple(built))


@st.composite
def _combinations(draw: st.DrawFn, number: int, dialect: str) -> Node:
    earlier = st.integers(1, number - 1)
    if draw(st.booleans()):
        return LineRange(draw(st.sampled_from(Operator)), ((draw(earlier), number - 1),))
    references = st.builds(LineReference, earlier)
    if dialect in OVID and draw(st.booleans()):
        return draw(commands(references, dialect))
    operand = st.one_of(references, references, trees(0, dialect), st.just(Missing("a line")))
    left, right = draw(operand), draw(operand)
    match draw(st.sampled_from(["or", "and", "not"])):
        case "or":
            return Or((left, right))
        case "and":
            return And((left, right))
    return Not(left, right)


def alone(tree: Node, dialect: str = "ovid-medline") -> Strategy:
    """A strategy of one line."""
    return Strategy(dialect, (Line(1, "", NOWHERE, tree),))


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

days = st.one_of(st.none(), st.dates(date(2019, 1, 1), date(2021, 12, 31)))
PUBLICATION_TYPES = ("Pain", "Pain Limb", "Clinical Trial", "Randomized Controlled Trial")

records = st.builds(
    Record,
    source=st.just("pubmed"),
    source_id=st.just("1"),
    title=texts(),
    abstract=st.one_of(st.none(), texts()),
    mesh=st.one_of(st.none(), meshes),
    publication_types=st.lists(st.sampled_from(PUBLICATION_TYPES), max_size=1).map(tuple),
    languages=st.sampled_from([(), ("eng",), ("English",), ("fre",)]),
    dates=st.builds(RecordDates, days, days, days, days, days),
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
        publication_types=random.choice([(), *((kind,) for kind in PUBLICATION_TYPES)]),
        languages=random.choice([(), ("eng",), ("eng", "fre"), ("fre",)]),
        journal=random.choice(["", "Pain", "Nerve Pain"]),
        dates=RecordDates(*(_day_by(random) for _ in range(5))),
        substances=random.choice([(), ("Nerve",), ("Nerve Pain Limb",)]),
        status=random.choice(["", "MEDLINE"]),
    )


def _day_by(random: Random) -> date | None:
    days_after = random.choice([None, random.randrange(3 * 365)])
    return None if days_after is None else date(2019, 1, 1) + timedelta(days_after)


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
