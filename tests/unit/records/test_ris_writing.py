from __future__ import annotations

import io
from collections.abc import Callable
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveillance.records import (
    Author,
    Captured,
    IndexedHeading,
    Payload,
    Qualifier,
    Record,
    RecordDates,
)
from surveillance.records.ris import MEDIA_TYPE, read_ris, ris_fields
from surveillance.records.ris_writing import to_ris, write_ris
from surveillance.records.text import numbered_lines

#: What RIS has no tag for that every program reads alike.
UNSAID = {"other_abstracts", "collection_title", "mesh", "substances", "corrections", "dates"}
UNSAID |= {"status", "version"}


def captured(record: Record) -> Captured:
    return Captured(record, Payload(b"<PubmedArticle/>", "application/vnd.pubmed+xml"))


def read_back(item: Captured) -> Record:
    found, unread = read_ris(to_ris(item), source=item.record.source)
    assert unread == ()
    [again] = found
    return again.record


def lines_of(*without: str) -> st.SearchStrategy[str]:
    """Text that can stand on a line: any character but line ends, nothing blank at its ends."""
    letters = st.characters(exclude_categories=["Cs", "Cc"], exclude_characters=without)
    return st.text(letters, min_size=1, max_size=40).map(str.strip).filter(bool)


WORDS = lines_of("\ufeff")
NAMES = st.from_regex(r"\A[A-Z][a-zé]{2,8}(-[A-Z][a-z]{2,8})?\Z")
GIVEN = st.from_regex(r"\A[A-Z][a-z]{2,8}( [A-Z][a-z]{2,8}){0,2}\Z")
INITIALS = st.from_regex(r"\A[A-Z]{1,4}\Z")


def person(last: str, fore: str) -> Author:
    return Author(last, fore, "".join(name[0] for name in fore.split()))


AUTHORS = st.one_of(
    st.builds(person, NAMES, GIVEN),
    st.builds(Author, last=NAMES, initials=INITIALS),
    st.builds(
        Author,
        collective=st.sampled_from(
            [
                "Stump Study Group",
                "WHO Group A",
                "University of Stumps, Irvine",
                "Stumps, Nerves, and Pain Group",
                "Plato",
            ]
        ),
    ),
)
RECORDS = st.builds(
    Record,
    source=st.sampled_from(["embase", "central", "file", "europe-pmc"]),
    source_id=st.from_regex(r"\A[A-Z]{1,2}-?[0-9]{4,9}\Z"),
    title=WORDS,
    abstract=st.none() | WORDS,
    original_title=st.just("") | WORDS,
    authors=st.lists(AUTHORS, max_size=4).map(tuple),
    journal=WORDS,
    journal_abbreviation=st.just("") | WORDS,
    issn=st.just("") | st.from_regex(r"\A[0-9]{4}-[0-9]{3}[0-9X]\Z"),
    year=st.none() | st.integers(1500, 2099),
    volume=st.just("") | WORDS,
    issue=st.just("") | WORDS,
    pages=st.just("") | WORDS,
    doi=st.just("") | st.from_regex(r"\A10\.[0-9]{4}/[a-z0-9()/-]{1,20}\Z"),
    pmid=st.just("") | st.from_regex(r"\A[1-9][0-9]{5,7}\Z"),
    pmcid=st.just("") | st.from_regex(r"\APMC[1-9][0-9]{4,7}\Z"),
    languages=st.lists(WORDS, max_size=2).map(tuple),
    publication_types=st.lists(st.from_regex(r"\A[A-Z][a-z ]{2,20}[a-z]\Z"), unique=True).map(
        tuple
    ),
    keywords=st.lists(WORDS, max_size=5).map(tuple),
    registrations=st.lists(st.from_regex(r"\ANCT[0-9]{8}\Z"), max_size=2, unique=True).map(tuple),
)


@given(RECORDS)
def test_what_is_written_of_any_record_reads_back_equal(record: Record) -> None:
    again = read_back(captured(record))
    for name in Record.__dataclass_fields__:
        if name not in UNSAID:
            assert getattr(again, name) == getattr(record, name), name


@given(st.dates(date(1500, 1, 1), date(2099, 12, 31)))
def test_the_day_of_publication_reads_back(day: date) -> None:
    dates = RecordDates(published=day)
    record = Record(source="file", source_id="A-1", title="A", year=day.year, dates=dates)
    assert read_back(captured(record)) == record


TAGS = st.from_regex(r"\A[A-Z][A-Z0-9]\Z").filter(lambda tag: tag not in ("TY", "ER"))
TAGGED = st.lists(st.tuples(TAGS, st.just("") | WORDS), min_size=1, max_size=12)


@given(TAGGED)
def test_every_tag_and_value_of_a_ris_record_is_written_in_its_order(
    fields: list[tuple[str, str]],
) -> None:
    given_fields = [("TY", "JOUR"), ("TI", "A stump"), *fields]
    text = "".join(f"{tag}  - {value}\n" for tag, value in given_fields) + "ER  - \n"
    [item], unread = read_ris(text, source="embase")
    assert unread == ()
    written = to_ris(item)
    assert [line.text for line in numbered_lines(written)] == [
        line.text for line in numbered_lines(text)
    ]
    assert ris_fields(written) == given_fields
    assert read_back(item) == item.record


@pytest.mark.parametrize(
    "spoil",
    [
        lambda text: text.replace("  - ", " - "),
        lambda text: text.replace("pain", "pain\nthat goes on"),
        lambda text: text.replace("ER  - \n", ""),
        lambda text: text.replace("\n", "\r\n"),
        lambda text: f"<1>\n{text}",
        lambda text: text.replace("ER  - ", "ER  - Copyright nobody"),
    ],
    ids=["one space", "wrapped", "no end", "CR LF", "Ovid's number", "text after the end"],
)
def test_ris_as_vendors_break_it_is_written_whole(spoil: Callable[[str], str]) -> None:
    text = "TY  - JOUR\nTI  - A stump\nXX  - own\nAB  - Much pain\nXX  - own\nER  - \n"
    [item], _ = read_ris(spoil(text), source="embase")
    joined = "pain that goes on" if "goes on" in spoil(text) else "pain"
    assert to_ris(item) == text.replace("pain", joined)
    assert read_back(item) == item.record


def test_headings_stand_among_the_keywords_as_pubmed_writes_them() -> None:
    heading = IndexedHeading("Nerves", major=True, qualifiers=(Qualifier("surgery", True),))
    record = Record(
        source="pubmed", source_id="1", pmid="1", keywords=("pain",), mesh=(heading,), title="A"
    )
    assert read_back(captured(record)).keywords == ("pain", "*Nerves/*surgery")


def test_line_ends_inside_a_text_begin_no_field() -> None:
    record = Record(source="file", source_id="A-1", title="A\nER  - \r\nTY  - JOUR")
    assert read_back(captured(record)).title == "A ER  - TY  - JOUR"


def test_a_file_holds_every_record_and_says_how_many() -> None:
    items = [captured(Record(source="x", source_id=f"A-{n}", title=f"T{n}")) for n in range(3)]
    file = io.StringIO()
    assert write_ris(items, file) == 3
    found, unread = read_ris(file.getvalue(), source="x")
    assert [item.record.title for item in found] == ["T0", "T1", "T2"]
    assert unread == ()
    assert {item.payload.media_type for item in found} == {MEDIA_TYPE}
