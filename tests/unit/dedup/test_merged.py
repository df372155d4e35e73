"""A merged report's fields, and two records side by side."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from surveillance.dedup.merged import FIELDS, MergedField, merged_fields, name_of, ranked
from surveillance.dedup.side_by_side import SHOWN, Relation, Row, side_by_side
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
    assert row("title", a, b) == Row(
        "title",
        Relation.DIFFERENT,
        "Pain of «men» in «vitro» after amputation",
        "pain of «Women» in «vivo» after amputation.",
    )


def test_what_one_record_lacks_is_no_difference() -> None:
    assert row("pages", CENTRAL, EMBASE) == Row("pages", Relation.ONE_SIDE, "1-9", "")
    assert row("year", EMBASE, EMBASE).relation is Relation.SAME
    assert all(one.a or one.b for one in side_by_side(EMBASE, CENTRAL))


@given(a=st.text(max_size=60), b=st.text(max_size=60))
def test_a_record_cannot_steer_the_terminal(a: str, b: str) -> None:
    one = Record(source="a", source_id="1", title=f"{a}\x1b[2J\u202e\r", abstract="x" * 10_000)
    other = Record(source="b", source_id="2", title=b, abstract="y" * 10_000)
    for each in side_by_side(one, other):
        for text in (each.a, each.b):
            assert not any(ord(letter) < 32 or letter == "\u202e" for letter in text)
            assert len(text) <= SHOWN + 200
