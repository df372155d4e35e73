"""Europe PMC's query language: what its search syntax reference says."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveillance.records.model import IndexedHeading, Record, RecordDates
from surveillance.strategy.evaluate.europe_pmc import NotEuropePmc, matches, parse_query

RECORD = Record(
    source="europepmc",
    source_id="1",
    title="Targeted muscle reinnervation in amputees",
    abstract="Phantom-limb pain was measured.",
    keywords=("Neuroma pain",),
    mesh=(IndexedHeading("Pain, Intractable"),),
    publication_types=("Randomized Controlled Trial",),
    substances=("Aspirin",),
    dates=RecordDates(
        created=date(2024, 6, 2), entered=date(2024, 6, 1), published=date(2024, 5, 17)
    ),
)

FOUND = [
    "TITLE:reinnervation",
    "TITLE:REINNERVATION",
    "TITLE:amput*",
    "TITLE_ABS:pain",
    'ABSTRACT:"phantom limb"',
    "KW:neuroma",
    "KW:intractable",
    'MESH:"Pain, Intractable"',
    'PUB_TYPE:"randomized controlled trial"',
    "CHEM:aspirin",
    "neuroma",
    "TITLE:muscle TITLE:amputees",
    "TITLE:(muscle AND amputees)",
    "TITLE:asthma OR TITLE:muscle",
    "TITLE:muscle NOT TITLE:asthma",
    "TITLE:muscle AND NOT TITLE:asthma",
    "(TITLE:muscle NOT (TITLE:muscle NOT TITLE:amputees))",
    "FIRST_PDATE:[2024-05-17 TO 2024-05-17]",
    "FIRST_PDATE:[2024 TO 3000]",
    "PUB_YEAR:2024",
    "SRC:MED",
    'EXT_ID:"1"',
    "FIRST_IDATE:[2024-06-02 TO 2024-06-02]",
    "CREATION_DATE:[2024-06-01 TO 2024-06-01]",
    "TITLE:muscle NOT FIRST_IDATE:[2024-06-03 TO 3000-12-31]",
]
NOT_FOUND = [
    "TITLE:pain",
    "TITLE:amput",
    'TITLE:"reinnervation muscle"',
    'MESH:"Pain"',
    "PUB_TYPE:trial",
    "TITLE:muscle AND TITLE:asthma",
    "TITLE:muscle NOT TITLE:amputees",
    "NOT TITLE:muscle",
    "FIRST_PDATE:[2025-01-01 TO 3000-12-31]",
    "FIRST_PDATE:[1000-01-01 TO 2024-05-16]",
    "PUB_YEAR:2023",
    "SRC:PPR",
    "EXT_ID:11",
    "FIRST_IDATE:[2024-05-17 TO 2024-06-01]",
    "CREATION_DATE:[2024-06-02 TO 3000-12-31]",
]
FAULTY = {
    "(TITLE:pain": "never closed",
    "TITLE:pain)": "never opened",
    "TITLE:": "operand is missing",
    "TITLE:pain AND": "operand is missing",
    "": "operand is missing",
    '"pain': "not understood",
    "TITEL:pain": "not a field",
    "TITLE:[2020 TO 2021]": "has no range",
    "TITLE:p*n": "wildcard",
    "TITLE:*pain": "wildcard",
    'TITLE:"phantom lim*"': "wildcard",
    "TITLE:*": "operand is missing",
    'TITLE:"phantom limb"~3': "not understood",
    "(" * 500 + "a" + ")" * 500: "too deeply",
    "TITLE:" * 500 + "a": "too deeply",
}


@pytest.mark.parametrize("query", FOUND)
def test_it_finds(query: str) -> None:
    assert matches(parse_query(query), RECORD)


@pytest.mark.parametrize("query", NOT_FOUND)
def test_it_does_not_find(query: str) -> None:
    assert not matches(parse_query(query), RECORD)


@pytest.mark.parametrize(("query", "reason"), FAULTY.items(), ids=lambda text: text[:30])
def test_what_can_not_be_read_is_refused_with_its_place(query: str, reason: str) -> None:
    with pytest.raises(NotEuropePmc, match=reason) as caught:
        parse_query(query)
    assert caught.value.column >= 1


def test_a_record_of_europe_pmc_has_its_source_in_its_identifier() -> None:
    preprint = Record(source="europepmc", source_id="PPR:PPR17", title="Pain")
    for query in ("SRC:PPR", "EXT_ID:PPR17", '(EXT_ID:"PPR17" AND SRC:PPR)', "SRC:ppr"):
        assert matches(parse_query(query), preprint), query
    for query in ("SRC:MED", "EXT_ID:17", 'EXT_ID:"PPR:PPR17"'):
        assert not matches(parse_query(query), preprint), query


def test_a_record_without_dates_meets_none() -> None:
    undated = Record(source="europepmc", source_id="2", title="Pain")
    assert not matches(parse_query("FIRST_PDATE:[1000 TO 3000]"), undated)


@given(st.text(alphabet='ab() "[]ANDORTITLE:*~', max_size=60))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        query = parse_query(text)
    except NotEuropePmc:
        return
    matches(query, RECORD)


def test_a_long_query_is_refused() -> None:
    with pytest.raises(NotEuropePmc, match="more than"):
        parse_query("a " * 500_001)
