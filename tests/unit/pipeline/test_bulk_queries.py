"""What the bulk route takes for PubMed's answer, against what PubMed means by a query."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from surveillance.errors import UnreadableInput
from surveillance.pipeline.bulk_queries import (
    BulkQueries,
    BulkQuery,
    closed_record,
    closed_tree,
    remarks_on_tree,
)
from surveillance.pipeline.strategies import ReadyStrategy
from surveillance.records import Captured, Record
from surveillance.records.bounded import open_records
from surveillance.records.model import IndexedHeading, Qualifier, RecordDates
from surveillance.records.pubmed_xml import read_pubmed_xml
from surveillance.strategy.evaluate.pubmed import PubMedQueryRefused, matches, parse_query
from surveillance.strategy.mesh import MeshTree
from surveillance.strategy.parse import read_strategy
from surveillance.strategy.translate import Target, translate
from surveillance.topics import TopicStrategy

TREE = MeshTree.of([("Stroke", "C10"), ("Brain Infarction", "C10.100"), ("Sepsis", "C01")])
WORDS = ["stroke", "strokes", "nerve", "transfer", "sepsis", "of", "the", "infarction", "mouse"]


def ready(
    text: str, mesh: MeshTree | None = TREE, dialect: str = "ovid-medline", name: str = "s"
) -> ReadyStrategy:
    strategy = read_strategy(text, dialect)
    described = TopicStrategy(name, "s.txt", "ovid-medline", "pubmed", "MEDLINE", date(2020, 1, 1))
    return ReadyStrategy(
        described, strategy, translate(strategy, Target.PUBMED), mesh, ("text", str(id(mesh)))
    )


def found(one: ReadyStrategy, records: list[Record]) -> list[bool]:
    return [bool(keys) for keys in BulkQueries([BulkQuery(one, 0)]).on(records, 0)]


def meant(one: ReadyStrategy, records: list[Record]) -> list[bool]:
    queries = [parse_query(part) for part in one.translation.parts]
    return [any(matches(query, record, one.mesh) for query in queries) for record in records]


texts = st.lists(st.sampled_from(WORDS), max_size=7).map(" ".join)
headings = st.builds(
    IndexedHeading,
    st.sampled_from(["Stroke", "Brain Infarction", "Sepsis", "Mice", "Humans", "Animals"]),
    major=st.booleans(),
    qualifiers=st.lists(
        st.builds(Qualifier, st.sampled_from(["therapy", "surgery"]), st.booleans()), max_size=2
    ).map(tuple),
)
records = st.builds(
    Record,
    source=st.just("pubmed"),
    source_id=st.just("1"),
    pmid=st.just("1"),
    title=texts,
    abstract=st.none() | texts,
    mesh=st.none() | st.lists(headings, max_size=3).map(tuple),
    keywords=st.lists(texts, max_size=2).map(tuple),
    publication_types=st.lists(
        st.sampled_from(["Journal Article", "Review", "Randomized Controlled Trial"]), max_size=2
    ).map(tuple),
    languages=st.just(("eng",)),
    status=st.sampled_from(["MEDLINE", "Publisher", "In-Data-Review"]),
    dates=st.just(RecordDates(published=date(2021, 1, 1), created=date(2021, 1, 1))),
)
lines = st.lists(
    st.sampled_from(
        [
            "exp Stroke/",
            "*Stroke/",
            "Stroke/th",
            "exp Mice/",
            "exp Animals/ not Humans/",
            "stroke*.tw.",
            "(nerve* adj3 transfer*).tw.",
            '"transfer of the nerve".ti,ab.',
            "sepsis.mp.",
            "review.pt.",
            "(stroke or sepsis).ti.",
            "infarction.kf.",
        ]
    ),
    min_size=1,
    max_size=4,
)


@settings(max_examples=200, deadline=None)
@given(lines, st.sampled_from(["or", "and", "not"]), st.lists(records, min_size=1, max_size=6))
def test_what_is_found_is_what_pubmed_would_find(
    asked: list[str], operator: str, held: list[Record]
) -> None:
    numbered = [f"{number}. {line}" for number, line in enumerate(asked, 1)]
    together = f" {operator} ".join(str(number) for number in range(1, len(asked) + 1))
    one = ready("\n".join([*numbered, f"{len(asked) + 1}. {together}"]))
    assert found(one, held) == meant(one, held)


def test_queries_are_told_apart_and_asked_only_of_the_files_that_are_new_to_them() -> None:
    held = [
        Record(source="pubmed", source_id="1", title="Stroke"),
        Record(source="pubmed", source_id="2", title="Sepsis after stroke"),
    ]
    other_tree = MeshTree.of([("Sepsis", "C01")])
    queries = BulkQueries(
        [
            BulkQuery(ready("1. stroke.tw."), 0),
            BulkQuery(ready("1. sepsis.tw.", other_tree), 1),
            BulkQuery(ready("1. sepsis.tw.\n2. stroke.tw.\n3. 1 or 2"), 1),
        ]
    )
    assert [sorted(keys) for keys in queries.on(held, 0)] == [[0], [0]]
    assert [sorted(keys) for keys in queries.on(held, 1)] == [[0, 2], [0, 1, 2]]


def test_a_query_in_parts_finds_what_any_part_finds() -> None:
    words = [f"somewhatlongword{number}" for number in range(3_100)]
    lines = [
        f"{line}. ({' or '.join(words[line * 100 : line * 100 + 100])}).tw."
        for line in range(1, 31)
    ]
    one = ready("\n".join([*lines, "31. or/1-30"]))
    assert len(one.translation.parts) > 1
    held = [
        Record(source="pubmed", source_id=str(number), title=f"Somewhatlongword{number}")
        for number in (100, 1_500, 3_099, 3_100)
    ]
    assert found(one, held) == [True, True, True, False]


def test_closing_leaves_nothing_open() -> None:
    bare = closed_record(Record(source="pubmed", source_id="1", status="Publisher"))
    assert (bare.headings(), bare.passages("abstract")) == ((), ())
    closed = closed_tree(TREE)
    assert closed.explosion("Stroke") == frozenset({"Stroke", "Brain Infarction"})
    assert closed.explosion("Not a heading") == frozenset({"Not a heading"})
    assert closed_tree(None).explosion("Stroke") == frozenset({"Stroke"})


def test_what_a_partial_tree_lacks_is_said() -> None:
    (remark,) = remarks_on_tree(ready("1. exp Mice/\n2. exp Stroke/\n3. Humans/\n4. or/1-3\n"))
    assert remark.startswith("Mice: not in the MeSH tree")
    assert remarks_on_tree(ready("1. exp Stroke/\n2. Humans/\n3. 1 or 2\n")) == ()


def test_exploding_without_any_tree_is_refused() -> None:
    with pytest.raises(UnreadableInput, match="explodes headings"):
        BulkQueries([BulkQuery(ready("1. exp Stroke/", None), 0)])


@pytest.mark.shared
@pytest.mark.slow
def test_published_strategies_on_real_records(shared: Path) -> None:
    with open_records(shared / "data" / "pubmed" / "pubmed21n1298.xml.gz") as stream:
        entries = zip(range(1_000), read_pubmed_xml(stream), strict=False)
        held = [entry.record for _, entry in entries if isinstance(entry, Captured)]
    for file in sorted((shared / "data" / "pubmed" / "efetch-single").glob("[0-9]*.xml")):
        with open_records(file) as stream:
            held += [e.record for e in read_pubmed_xml(stream) if isinstance(e, Captured)]
    compared = hits = 0
    for file in sorted((shared / "data" / "strategies").rglob("*.txt"))[::6]:
        strategy = read_strategy(file.read_text(encoding="utf-8", errors="replace"))
        translation = translate(strategy, Target.PUBMED)
        if not translation.parts or len(translation.parts) > 3:
            continue
        one = ready("1. stroke.tw.", closed_tree(None), name=file.name)
        one = ReadyStrategy(one.described, strategy, translation, one.mesh, one.hashes)
        try:
            wanted = meant(one, held)
        except PubMedQueryRefused:  # asks for a field that our records don't carry
            continue
        assert found(one, held) == wanted, file.name
        compared += 1
        hits += sum(wanted)
    assert compared > 10
    assert hits > 10
