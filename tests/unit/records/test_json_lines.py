from __future__ import annotations

import json
from dataclasses import fields
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from surveillance.errors import UnreadableInput
from surveillance.records import (
    Author,
    Correction,
    IndexedHeading,
    Qualifier,
    Record,
    RecordDates,
)
from surveillance.records.json_lines import from_json, to_json

TEXT = st.text(max_size=6)
SOME = st.lists(TEXT, max_size=2).map(tuple)
DAY = st.none() | st.dates()
HEADING = st.builds(
    IndexedHeading,
    name=TEXT,
    ui=TEXT,
    major=st.booleans(),
    qualifiers=st.lists(st.builds(Qualifier, name=TEXT, major=st.booleans()), max_size=2).map(
        tuple
    ),
)
KINDS = {
    "str": TEXT,
    "str | None": st.none() | TEXT,
    "int": st.integers(1, 9),
    "int | None": st.none() | st.integers(1500, 2100),
    "tuple[str, ...]": SOME,
    "tuple[Author, ...]": st.lists(st.builds(Author, TEXT, TEXT, TEXT, TEXT), max_size=2).map(
        tuple
    ),
    "tuple[IndexedHeading, ...] | None": st.none() | st.lists(HEADING, max_size=2).map(tuple),
    "tuple[Correction, ...]": st.lists(st.builds(Correction, TEXT, TEXT), max_size=2).map(tuple),
    "RecordDates": st.builds(RecordDates, DAY, DAY, DAY, DAY, DAY),
}
# Every field is generated: one that is added to Record has a type in KINDS, or this fails.
FIELDS = {field.name: KINDS[str(field.type)] for field in fields(Record)}
NAMED = {"source": TEXT.filter(bool), "source_id": TEXT.filter(bool)}
RECORDS = st.builds(Record, **{**FIELDS, **NAMED})


@given(RECORDS)
@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow], deadline=None)
def test_every_record_comes_back_from_json_as_it_was(record: Record) -> None:
    assert from_json(json.loads(json.dumps(to_json(record)))) == record


def test_indexed_without_headings_is_not_the_same_as_not_indexed() -> None:
    bare = Record(source="pubmed", source_id="1")
    indexed = Record(source="pubmed", source_id="1", mesh=())
    assert "mesh" not in to_json(bare)
    assert to_json(indexed)["mesh"] == []


def test_what_has_its_default_is_left_out() -> None:
    assert to_json(Record(source="pubmed", source_id="1")) == {"source": "pubmed", "source_id": "1"}


@pytest.mark.parametrize(
    ("document", "says"),
    [
        ({"source": "pubmed", "source_id": "1", "titel": "A"}, "“titel”"),
        ({"source": "pubmed"}, "source_id"),
        ({"source": "", "source_id": "1"}, "needs its source"),
        ({"source": "pubmed", "source_id": "1", "dates": {"created": "soon"}}, "dates.created"),
        ({"source": "pubmed", "source_id": "1", "title": 3}, "title"),
        (["pubmed", "1"], "the record"),
    ],
)
def test_what_is_no_record_is_refused_by_the_name_of_the_key(document: object, says: str) -> None:
    with pytest.raises(UnreadableInput, match=says):
        from_json(document)


def test_dates_are_written_as_iso_dates() -> None:
    record = from_json({"source": "p", "source_id": "1", "dates": {"created": "2024-07-26"}})
    assert record.dates.created == date(2024, 7, 26)
    assert to_json(record)["dates"] == {"created": "2024-07-26"}
