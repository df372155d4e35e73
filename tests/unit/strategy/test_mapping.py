"""Embase as mapped: what a topic's table puts in the place of Emtree's headings and fields."""

from __future__ import annotations

from pathlib import Path

import pytest

from surveillance.errors import UnreadableInput
from surveillance.records.model import IndexedHeading, Record
from surveillance.strategy.evaluate.reference import evaluate
from surveillance.strategy.mapping import (
    Entry,
    Mapping,
    MappingUnreadable,
    mapped,
    unmapped,
    words_of,
)
from surveillance.strategy.mesh import MeshTree
from surveillance.strategy.nodes import Heading, Mapped, Node
from surveillance.strategy.parse import read_strategy
from surveillance.strategy.strategy import Strategy
from surveillance.strategy.translate.losses import Direction
from surveillance.strategy.translate.pubmed import translate
from surveillance.strategy_files import read_mapped_strategy_file, read_mapping_file

TOPIC = Path(__file__).parents[3] / "search_strategies" / "targeted_muscle_reinnervation"

TABLE = Mapping.of(
    [
        ("Nerve Transplantation", Entry("one heading", mesh=("Nerve Transfer",))),
        ("amputation", Entry("the operation", mesh=("Amputation, Surgical",))),
        ("stump", Entry("both", mesh=("Amputation Stumps",), words=(words_of("stump*"),))),
        ("innervation", Entry("a subheading", mesh=("Muscle, Skeletal/ir",))),
        ("words", Entry("no heading", words=(words_of("a1 adj3 b1"), words_of("c1.ti.")))),
        ("nothing", Entry("no such thing in MeSH")),
        ("human", Entry("check tag", mesh=("Humans",), explode=False)),
    ],
    [("db", Entry("Embase's own")), ("su", Entry("Embase's own"))],
)

QUERIES = {
    "nerve transplantation/": '"Nerve Transfer"[mh:noexp]',
    "exp amputation/": '"Amputation, Surgical"[mh]',
    "*amputation/": '"Amputation, Surgical"[majr:noexp]',
    "amputation/su": '"Amputation, Surgical/surgery"[mh:noexp]',
    "amputation/dm": '"Amputation, Surgical"[mh:noexp]',
    "stump/": '("Amputation Stumps"[mh:noexp] OR stump*[tiab])',
    "innervation/": '"Muscle, Skeletal/innervation"[mh:noexp]',
    "words/": '("a1 b1"[tiab:~2] OR c1[ti])',
    "exp human/": '"Humans"[mh:noexp]',
    "pain.tw. or nothing/": "pain[tiab]",
    "pain.tw. not nothing/": "pain[tiab]",
    "pain.tw. not human/": '(pain[tiab] NOT "Humans"[mh:noexp])',
    "pain.tw. not conference.db,su.": "pain[tiab]",
    "pain.tw. or conference.db.": "pain[tiab]",
}


def as_mapped(text: str) -> Strategy:
    return mapped(read_strategy(f"1. {text}", "ovid-embase"), TABLE)


@pytest.mark.parametrize("text", QUERIES)
def test_a_heading_is_asked_as_mapped(text: str) -> None:
    translation = translate(as_mapped(text))
    assert translation.query == QUERIES[text]
    assert translation.diagnostics == ()


@pytest.mark.parametrize(
    ("text", "direction", "step"),
    [
        ("nerve transplantation/", Direction.UNKNOWN, "as mapped: one heading"),
        ("amputation/dm", Direction.UNKNOWN, "Without /dm, which MeSH has not."),
        ("pain.tw. or nothing/", Direction.SUBSET, "as mapped: no such thing in MeSH"),
        ("pain.tw. or conference.db.", Direction.SUBSET, "as mapped: Embase's own"),
    ],
)
def test_what_was_mapped_is_a_loss_with_its_reason(
    text: str, direction: Direction, step: str
) -> None:
    strategy = as_mapped(text)
    (line,) = strategy.lines
    assert line.tree is not None
    (place,) = [node.span for node in line.tree.walk() if isinstance(node, Mapped)]
    (loss,) = [one for one in translate(strategy).losses if "as mapped" in one.step]
    assert (loss.line, loss.column) == (place.line, place.column)
    assert loss.direction is direction
    assert step in loss.step
    assert loss.verified_locally


def record(*headings: str) -> Record:
    return Record(
        source="pubmed",
        source_id="1",
        title="A study",
        abstract="Of stumps",
        mesh=tuple(IndexedHeading(name, major=False) for name in headings),
        status="MEDLINE",
    )


MESH = MeshTree.of(
    [("Amputation, Surgical", "E04.080"), ("Disarticulation", "E04.080.320")], year=2024
)


@pytest.mark.parametrize(
    ("text", "headings", "verdict"),
    [
        ("exp amputation/", ("Disarticulation",), "match"),
        ("amputation/", ("Disarticulation",), "no match"),
        ("amputation/", ("Amputation",), "no match"),
        ("stump/", (), "match"),
        ("nothing/", ("Nothing",), "no match"),
        ("unknown/", ("Unknown",), "cannot tell"),
    ],
)
def test_records_are_verified_as_mapped(text: str, headings: tuple[str, ...], verdict: str) -> None:
    assert evaluate(as_mapped(text), record(*headings), mesh=MESH) == verdict


def test_a_heading_without_an_entry_stays_and_is_named() -> None:
    strategy = as_mapped("amputation/ or phantom limb/")
    assert [heading.name for heading in unmapped(strategy)] == ["phantom limb"]
    translation = translate(strategy)
    assert "Phantom" not in translation.query
    assert [found.code for found in translation.diagnostics] == ["unmapped-heading", "finds-less"]


def test_a_limit_to_humans_goes_by_the_table() -> None:
    strategy = mapped(read_strategy("1. pain.tw.\n2. limit 1 to human", "ovid-embase"), TABLE)
    assert translate(strategy).query == '(pain[tiab] AND "Humans"[mh:noexp])'
    assert unmapped(strategy) == ()


def test_other_dialects_have_mesh_already() -> None:
    strategy = read_strategy("1. exp Amputation, Surgical/", "ovid-medline")
    assert mapped(strategy, TABLE) is strategy
    assert unmapped(strategy) == ()


@pytest.mark.parametrize("words", ["", "nerve adj", "(a or b", "1 or 2 not"])
def test_words_that_cannot_be_read_are_refused(words: str) -> None:
    with pytest.raises(MappingUnreadable):
        words_of(words)


def test_a_subheading_that_mesh_has_not_is_refused() -> None:
    with pytest.raises(MappingUnreadable, match="two-letter subheading"):
        Entry("reason", mesh=("Pain/zz",))


GOOD = '[[headings]]\nname = "pain"\nmesh = ["Pain"]\nreason = "the same"\n'
FAULTS = {
    "unknown key": (GOOD + "explod = true\n", 5, "unknown key"),
    "no reason": ('[[headings]]\nname = "pain"\nmesh = ["Pain"]\n', 1, "reason"),
    "says nothing": (GOOD + '[[headings]]\nname = "limb"\nreason = "x"\n', 5, "nothing = true"),
    "says both": (GOOD + "nothing = true\n", 1, "nothing = true"),
    "twice": (GOOD + GOOD.replace("pain", "PAIN"), 5, "twice"),
    "words": (GOOD.replace('mesh = ["Pain"]', 'words = ["pain adj"]'), 1, "pain"),
    "field": ('[[fields]]\ncode = "db"\nnothing = false\nreason = "x"\n', 1, "nothing"),
    "subheading": (GOOD.replace('"Pain"', '"Pain/zz"'), 1, "subheading"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_faulty_table_is_named_with_its_line(fault: str, tmp_path: Path) -> None:
    text, line, message = FAULTS[fault]
    file = tmp_path / "emtree.toml"
    file.write_text(text, "utf-8")
    with pytest.raises(UnreadableInput, match=message) as raised:
        read_mapping_file(file)
    assert raised.value.place is not None
    assert raised.value.place.line == line


def headings(node: Node) -> list[Heading]:
    if isinstance(node, Mapped):
        return []
    found = [node] if isinstance(node, Heading) else []
    return found + [heading for child in node.children for heading in headings(child)]


def test_the_published_embase_strategy_is_mapped_whole() -> None:
    strategy = read_mapped_strategy_file(TOPIC / "embase.ovid.txt", "ovid-embase")
    assert [
        heading for line in strategy.lines if line.tree for heading in headings(line.tree)
    ] == []
    translation = translate(strategy)
    assert translation.diagnostics == ()
    assert translation.query.endswith(' NOT ("Animals"[mh:noexp] NOT "Humans"[mh:noexp]))')
    assert translation == translate(strategy)
    table = read_mapping_file(TOPIC / "emtree.toml")
    assert all(len(entry.reason) > 20 for entry in table.headings.values())
