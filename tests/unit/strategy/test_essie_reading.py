"""Essie expressions: what the registry's own pages say of its search language."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveillance.strategy.evaluate.essie import NotEssie, NotUnderstood, matches, parse_query

TRIAL = {
    "BriefTitle": ["Targeted muscle reinnervation in amputees"],
    "BriefSummary": ["Heart and lung disease are excluded; re-routing of nerves is not."],
    "Condition": ["Phantom Limb", "Neuroma"],
    "ConditionMeshTerm": ["Phantom Limb"],
    "ConditionAncestorTerm": ["Pain"],
    "StudyFirstPostDate": ["2024-05-17"],
    "EligibilityCriteria": ["Adults with diabetes"],
    "EnrollmentCount": ["110"],
    "LeadSponsorName": ["Riverside Hospital"],
    "OrgStudyId": ["R-17"],
}

FOUND = [
    # words in any case, and anywhere; a hyphen separates
    "reinnervation",
    "REINNERVATION",
    "routing",
    "heart disease",
    '"muscle reinnervation"',
    # AND before OR, NOT before AND, parentheses first
    "neuroma OR asthma AND diabetes",
    "neuroma AND NOT asthma",
    "neuroma NOT asthma",
    "(neuroma OR asthma) AND amputees",
    # operators in small letters are words
    "heart and lung",
    # context operators
    "AREA[BriefTitle]amputees",
    "AREA[TitleSearch]amputees",
    "AREA[ConditionAncestorTerm]pain AND neuroma",
    'AREA[Condition]COVERAGE[FullMatch]"phantom limb"',
    "AREA[BriefTitle]COVERAGE[StartsWith]targeted",
    "AREA[BriefTitle]COVERAGE[EndsWith]amputees",
    "EXPANSION[None]neuroma",
    "AREA[EligibilityCriteria]diabetes",
    "AREA[StudyFirstPostDate]RANGE[2024-01-01,MAX]",
    "AREA[StudyFirstPostDate]RANGE[MIN, 2024-05-17]",
    "AREA[ResultsFirstPostDate]MISSING",
    "ALL AND NOT asthma",
    # numbers are no texts: 41 is less than 110
    "AREA[EnrollmentCount]RANGE[41,MAX]",
    "AREA[EnrollmentCount]RANGE[MIN, 200]",
    "AREA[SponsorSearch]riverside",
    "AREA[IdSearch]R-17",
]
NOT_FOUND = [
    "asthma",
    '"reinnervation muscle"',
    "diabetes",
    "neuroma AND asthma",
    "(neuroma OR asthma) AND diabetes",
    "NOT neuroma",
    "AREA[BriefTitle]neuroma",
    "AREA[Condition]COVERAGE[FullMatch]phantom",
    "AREA[BriefTitle]COVERAGE[StartsWith]muscle",
    "AREA[BriefTitle]COVERAGE[EndsWith]muscle",
    "AREA[StudyFirstPostDate]RANGE[2025-01-01,MAX]",
    "AREA[StudyFirstPostDate]RANGE[MIN,2024-05-16]",
    "AREA[StudyFirstPostDate]MISSING",
    "AREA[EnrollmentCount]RANGE[MIN,41]",
    "AREA[IdSearch]riverside",
]
FAULTY = {
    "(neuroma": "never closed",
    "neuroma)": "never opened",
    "neuroma AND": "operand is missing",
    "OR neuroma": "operand is missing",
    '"neuroma': "never closed",
    "": "operand is missing",
    "()": "operand is missing",
    "EXPANSION[Some]neuroma": "not understood",
    "COVERAGE[Half]neuroma": "not understood",
    "AREA[StudyFirstPostDate]RANGE[2024]": "not understood",
    "SEARCH[Location](boston)": "not understood",
    "(" * 500 + "a" + ")" * 500: "too deeply",
    "neuroma AND *": "operand is missing",
}


@pytest.mark.parametrize("query", FOUND)
def test_it_finds(query: str) -> None:
    assert matches(parse_query(query), TRIAL)


@pytest.mark.parametrize("query", NOT_FOUND)
def test_it_does_not_find(query: str) -> None:
    assert not matches(parse_query(query), TRIAL)


@pytest.mark.parametrize(("query", "reason"), FAULTY.items(), ids=lambda text: text[:30])
def test_what_can_not_be_read_is_refused_with_its_place(query: str, reason: str) -> None:
    with pytest.raises(NotEssie, match=reason) as caught:
        parse_query(query)
    assert caught.value.column >= 1


def test_the_place_is_that_of_the_fault() -> None:
    with pytest.raises(NotEssie) as caught:
        parse_query("neuroma AND SEARCH[Location]boston")
    assert caught.value.column == 13


@given(st.text(alphabet='ab() "[]ANDOR\\*', max_size=60))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        query = parse_query(text)
    except NotEssie:
        return
    matches(query, TRIAL)


def test_a_long_expression_is_refused() -> None:
    with pytest.raises(NotEssie, match="more than"):
        parse_query("a " * 500_001)


def test_an_area_that_registrations_do_not_have_is_refused_where_they_are_known() -> None:
    with pytest.raises(NotUnderstood, match="unknown area `BriefTitel`"):
        parse_query("AREA[BriefTitel]MISSING", TRIAL)
    assert matches(
        parse_query("AREA[BriefTitle]amputees AND AREA[TitleSearch]muscle", TRIAL), TRIAL
    )


def test_an_expression_is_asked_of_the_area_of_its_search_box() -> None:
    assert matches(parse_query("amputees"), TRIAL, "TitleSearch")
    assert not matches(parse_query("neuroma"), TRIAL, "TitleSearch")
