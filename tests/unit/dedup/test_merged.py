"""A merged report's fields, and two records side by side."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveillance.dedup.merged import FIELDS, MergedField, merged_fields, name_of, ranked
from surveillance.dedup.side_by_side import SHOWN, Agreement, Piece, Relation, Row, side_by_side
from surveillance.records import Author, Record

PUBMED = Record(source="pubmed", source_id="1", title="From PubMed", pmid="1", year=2020)
EMBASE = Record(
    source="embase",
    source_id="L2",
    title="From Embase",
    abstract="Background.",
    authors=(Author("Souza", initials="JM"), Author("Dumanian", initials="GA")),
    year=2019,
)
CENTRAL = Record(source="central", source_id="CN-3", title="From CENTRAL", pages="1-9")

TEXT = st.sampled_from(["", " ", "a", "b"])
RECORDS = st.lists(
    st.builds(
        Record,
        source=st.sampled_from(["pubmed", "embase", "central", "inahta"]),
        source_id=st.sampled_from("1234"),
        title=TEXT,
        pages=TEXT,
        abstract=TEXT | st.none(),
    ),
    min_size=1,
    max_size=5,
)


def test_each_value_comes_from_the_first_source_that_has_one() -> None:
    assert merged_fields([CENTRAL, EMBASE, PUBMED]) == (
        MergedField("title", "From PubMed", "pubmed:1"),
        MergedField("authors", "Souza JM; Dumanian GA", "embase:L2"),
        MergedField("year", "2020", "pubmed:1"),
        MergedField("pages", "1-9", "central:CN-3"),
        MergedField("pmid", "1", "pubmed:1"),
        MergedField("abstract", "Background.", "embase:L2"),
    )


def test_the_topic_says_whose_word_counts_first() -> None:
    found = {one.field: one.source_record for one in merged_fields([PUBMED, EMBASE], ["embase"])}
    assert (found["title"], found["year"], found["pmid"]) == ("embase:L2", "embase:L2", "pubmed:1")


def test_equals_are_ranked_as_they_came() -> None:
    other = Record(source="inahta", source_id="4")
    assert ranked([other, CENTRAL, EMBASE, PUBMED], ["pubmed", "pubmed", "embase"]) == [
        PUBMED,
        EMBASE,
        other,
        CENTRAL,
    ]


@given(records=RECORDS, priority=st.lists(st.sampled_from(["pubmed", "embase", "central"])))
def test_no_field_is_blanked_and_no_value_invented(
    records: list[Record], priority: list[str]
) -> None:
    found = merged_fields(records, priority)
    by_name = {(name_of(record), name) for record in records for name in FIELDS}
    for one in found:
        assert one.value.strip()
        assert (one.source_record, one.field) in by_name
        assert any(
            FIELDS[one.field](record).strip() == one.value and name_of(record) == one.source_record
            for record in records
        )
    told = {one.field for one in found}
    assert told == {name for name in FIELDS if any(FIELDS[name](r).strip() for r in records)}


def row(field: str, a: Record, b: Record) -> Row:
    return next(one for one in side_by_side(a, b) if one.field == field)


def test_the_words_that_differ_are_marked() -> None:
    a = Record(source="a", source_id="1", title="Pain of men in vitro after amputation")
    b = Record(source="b", source_id="2", title="pain of Women in vivo after amputation.")
    marked = row("title", a, b)
    assert (marked.relation, marked.agreement) == (Relation.DIFFERENT, Agreement.DIFFERENT)
    assert marked.a == "Pain of «men» in «vitro» after amputation"
    assert marked.b == "pain of «Women» in «vivo» after amputation."
    assert [one.words for one in marked.pieces_b if one.differs] == ["Women", "vivo"]


def test_quotation_marks_of_a_source_are_no_marks_of_ours() -> None:
    a = Record(source="a", source_id="1", title="La douleur «fantôme» du moignon")
    b = Record(source="b", source_id="2", title="La douleur «fantôme» des moignons")
    differing = [one.words for one in row("title", a, b).pieces_a if one.differs]
    assert differing == ["du moignon"]


def test_what_one_record_lacks_is_no_difference() -> None:
    assert row("pages", CENTRAL, EMBASE) == Row(
        "pages", Relation.ONE_SIDE, Agreement.MISSING, (Piece("1-9"),), ()
    )
    assert row("year", EMBASE, EMBASE).relation is Relation.SAME
    assert row("year", EMBASE, EMBASE).agreement is Agreement.SAME
    assert all(one.a or one.b for one in side_by_side(EMBASE, CENTRAL))


OSSEO = Record(
    source="embase",
    source_id="3",
    title="TGF-β in the stump: a trial",
    original_title="TGF-β im Stumpf",
    authors=(Author("Marsh", initials="E"), Author("Ito", initials="F")),
    journal="Prosthetics and Orthotics International",
    issn="0309-3646",
    year=2019,
    volume="43",
    pages="348-58",
    doi="10.1234/ABC.x",
    keywords=("Stump",),
    abstract="Nerves were moved to muscles. " * 5,
)

#: What another database prints, and whether the comparison takes it for the same.
PRINTED_OTHERWISE = {
    "title": ("TGF-beta in the Stump. A trial", "TGF-β in the stump: two trials"),
    "original title": ("TGF-beta im Stumpf.", "TGF-β im Arm"),
    "authors": ("Ito, Fumiko|Marsh, Emma", "Marsh, Emma|Sato, Fumiko"),
    "journal": ("Prosthet Orthot Int", "Stroke"),
    "issn": ("03093646", "0309-3647"),
    "volume": ("43 Suppl 1", "44"),
    "pages": ("348-358", "348-359"),
    "doi": ("https://doi.org/10.1234/abc.x", "10.1234/abc.y"),
    "keywords": ("STUMP", "nerve"),
    "abstract": ("NERVES were moved to muscles! " * 5, "Nerves were left where they were. " * 5),
}


def with_field(field: str, value: str) -> Record:
    name = {"original title": "original_title"}.get(field, field)
    if field == "authors":
        names = [one.split(", ") for one in value.split("|")]
        return replace(OSSEO, authors=tuple(Author(last, fore=fore) for last, fore in names))
    # Else an equal number would speak for another name, an equal original for another title.
    silent = {"journal": {"issn": ""}, "title": {"original_title": ""}}.get(field, {})
    changed: dict[str, Any] = {**silent, name: (value,) if field == "keywords" else value}
    return replace(OSSEO, **changed)


@pytest.mark.parametrize("field", PRINTED_OTHERWISE)
def test_what_is_printed_otherwise_is_alike_and_nothing_in_it_is_marked(field: str) -> None:
    alike, different = (with_field(field, value) for value in PRINTED_OTHERWISE[field])
    found = row(field, OSSEO, alike)
    assert found.agreement is Agreement.ALIKE
    assert "«" not in found.a + found.b
    assert found.a == row(field, OSSEO, OSSEO).a
    other = row(field, OSSEO, different)
    assert (other.agreement, other.relation) == (Agreement.DIFFERENT, Relation.DIFFERENT)
    assert "«" in other.a + other.b


def test_two_translations_of_one_title_are_alike() -> None:
    one, other = (replace(OSSEO, title=title) for title in ("In the stump", "On the stump"))
    assert row("title", one, other).agreement is Agreement.ALIKE


def test_what_has_no_form_at_all_is_not_alike() -> None:
    a, b = (Record(source="a", source_id="1", original_title=signs) for signs in ("…", "???"))
    assert row("original title", a, b).agreement is Agreement.DIFFERENT


@given(records=st.tuples(RECORDS, RECORDS))
def test_both_ways_round_the_fields_agree_alike(records: tuple[list[Record], list[Record]]) -> None:
    a, b = records[0][0], records[1][0]
    there, back = side_by_side(a, b), side_by_side(b, a)
    assert [one.agreement for one in there] == [one.agreement for one in back]
    assert [(one.field, one.a, one.b) for one in there] == [(x.field, x.b, x.a) for x in back]


@given(a=st.text(max_size=60), b=st.text(max_size=60))
def test_a_record_cannot_steer_the_terminal(a: str, b: str) -> None:
    one = Record(source="a", source_id="1", title=f"{a}\x1b[2J\u202e\r", abstract="x" * 10_000)
    other = Record(source="b", source_id="2", title=b, abstract="y" * 10_000)
    for each in side_by_side(one, other):
        for text in (each.a, each.b):
            assert not any(ord(letter) < 32 or letter == "\u202e" for letter in text)
            assert len(text) <= SHOWN + 200


@pytest.mark.parametrize(
    ("ours", "theirs", "agreement"),
    [
        (("English",), ("eng",), Agreement.ALIKE),
        (("ger", "eng"), ("English", "German"), Agreement.ALIKE),
        (("English",), ("fre",), Agreement.DIFFERENT),
        (("English",), ("eng", "fre"), Agreement.DIFFERENT),
        (("Klingon",), ("tlh",), Agreement.DIFFERENT),
        (("eng",), ("eng",), Agreement.SAME),
    ],
)
def test_one_language_under_two_names_is_alike(
    ours: tuple[str, ...], theirs: tuple[str, ...], agreement: Agreement
) -> None:
    one, other = (replace(OSSEO, languages=names) for names in (ours, theirs))
    assert row("language", one, other).agreement is agreement
