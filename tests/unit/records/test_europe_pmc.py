"""Results of Europe PMC → records: the documented fields, hostile values, and the way back."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveillance.errors import UnreadableInput
from surveillance.records.europe_pmc import (
    capture,
    lacking_in_pubmed,
    read_europe_pmc,
    read_result,
)
from surveillance.records.model import (
    Author,
    Correction,
    IndexedHeading,
    Qualifier,
    Record,
    RecordDates,
)

# Constructed after the fields that the Web Service Reference Guide 6.9 lists for `core`.
CITATION: dict[str, Any] = {
    "id": "90000001",
    "source": "MED",
    "pmid": "90000001",
    "pmcid": "PMC9000001",
    "doi": "10.5555/demo.one",
    "title": "Nerves <i>in vitro</i> &amp; pain: p < 0.05.",
    "authorString": "Alpha AB, Stump Group.",
    "authorList": {
        "author": [
            {"fullName": "Alpha AB", "firstName": "Ada B", "lastName": "Alpha", "initials": "AB"},
            {"collectiveName": "Stump Group"},
        ]
    },
    "journalInfo": {
        "issue": "2",
        "volume": "7",
        "journal": {
            "title": "Journal of Stumps",
            "ISOAbbreviation": "J. Stumps",
            "medlineAbbreviation": "J Stumps",
            "ISSN": "1234-5678",
            "essn": "8765-4321",
        },
    },
    "pubYear": "2024",
    "pageInfo": "11-19",
    "abstractText": "<h4>Background</h4>Pain.<h4>Results:</h4> Less <b>pain</b>.",
    "language": "eng",
    "pubTypeList": {"pubType": ["research-article", "Journal Article"]},
    "meshHeadingList": {
        "meshHeading": [
            {
                "majorTopic_YN": "N",
                "descriptorName": "Phantom Limb",
                "meshQualifierList": {
                    "meshQualifier": [
                        {"abbreviation": "SU", "qualifierName": "surgery", "majorTopic_YN": "Y"}
                    ]
                },
            },
            {"majorTopic_YN": "Y", "descriptorName": "Nerve Transfer"},
        ]
    },
    "keywordList": {"keyword": ["stump", "pain", "stump"]},
    "chemicalList": {"chemical": [{"name": "Aspirin", "registryNumber": "R16CO5Y76E"}]},
    "commentCorrectionList": {
        "commentCorrection": [
            {
                "id": "90000009",
                "source": "MED",
                "reference": "J Stumps. 2025;8(1):80",
                "type": "Retraction in",
                "orderIn": 1,
            },
            {"id": "PPR90000003", "source": "PPR", "type": "Preprint in"},
            {"id": "90000004", "source": "MED", "type": "Cites"},
        ]
    },
    "dateOfCreation": "2024-06-24",
    "firstIndexDate": "2024-06-25",
    "dateOfRevision": "2024-07-01",
    "firstPublicationDate": "2024-06-14",
    "citedByCount": 3,
}
PREPRINT = {
    "id": "PPR90000003",
    "source": "PPR",
    "title": "Nerves and pain",
    "authorString": "Alpha AB, Beta-Gamma C, The Stump Group.",
    "bookOrReportDetails": {"publisher": "A preprint server", "yearOfPublication": 2025},
    "pubTypeList": {"pubType": "Preprint"},
    "versionNumber": 2,
}


def test_every_field_of_a_citation_is_read() -> None:
    assert read_result(CITATION) == Record(
        source="europepmc",
        source_id="MED:90000001",
        title="Nerves in vitro & pain: p < 0.05.",
        abstract="BACKGROUND: Pain. RESULTS: Less pain.",
        authors=(Author("Alpha", "Ada B", "AB"), Author(collective="Stump Group")),
        journal="Journal of Stumps",
        journal_abbreviation="J Stumps",
        issn="1234-5678",
        year=2024,
        volume="7",
        issue="2",
        pages="11-19",
        doi="10.5555/demo.one",
        pmid="90000001",
        pmcid="PMC9000001",
        languages=("eng",),
        publication_types=("research-article", "Journal Article"),
        mesh=(
            IndexedHeading("Phantom Limb", qualifiers=(Qualifier("surgery", major=True),)),
            IndexedHeading("Nerve Transfer", major=True),
        ),
        keywords=("stump", "pain"),
        substances=("Aspirin",),
        corrections=(
            Correction("RetractionIn", "90000009", "J Stumps. 2025;8(1):80"),
            Correction("PreprintIn", "", "PPR:PPR90000003"),
        ),
        dates=RecordDates(
            created=date(2024, 6, 25),
            entered=date(2024, 6, 24),
            revised=date(2024, 7, 1),
            published=date(2024, 6, 14),
        ),
    )


def test_a_retraction_that_europe_pmc_knows_counts() -> None:
    assert read_result(CITATION).retracted


def test_a_preprint_has_its_server_its_version_and_never_headings() -> None:
    record = read_result(PREPRINT)
    assert record.source_id == "PPR:PPR90000003"
    assert (record.journal, record.version, record.publication_types) == (
        *("A preprint server", 2),
        ("Preprint",),
    )
    assert [*map(str, record.authors)] == ["Alpha AB", "Beta-Gamma C", "The Stump Group"]
    assert record.mesh == ()
    assert record.abstract is None
    assert lacking_in_pubmed(record)


def test_a_citation_without_headings_is_not_indexed_yet() -> None:
    bare = {name: value for name, value in CITATION.items() if name != "meshHeadingList"}
    assert read_result(bare).mesh is None
    assert not lacking_in_pubmed(read_result(bare))


def test_the_number_of_a_citation_is_its_pmid_though_it_is_not_said_twice() -> None:
    assert read_result({"source": "MED", "id": "90000001"}).pmid == "90000001"


def test_a_preprint_that_pubmed_holds_too_is_not_lacking_there() -> None:
    assert not lacking_in_pubmed(read_result({**PREPRINT, "pmid": "90000008"}))


@pytest.mark.parametrize(
    "result",
    [
        *(None, [], "MED:1", {}, {"source": "MED"}, {"id": "1"}),
        *({"source": "MED", "id": ""}, {"source": "med", "id": "1"}, {"source": "MED", "id": True}),
        *({"source": "MED", "id": '1" OR 1'}, {"source": "MED", "id": "1" * 101}),
    ],
)
def test_what_is_no_result_is_refused(result: object) -> None:
    with pytest.raises(UnreadableInput, match="Europe PMC"):
        read_result(result)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *(("pubYear", "20245"), ("pubYear", "soon"), ("versionNumber", "0"), ("pmid", "x")),
        *(("firstIndexDate", "2024-02-31"), ("authorList", {"author": [3, None, {}]})),
        *(("meshHeadingList", "Pain"), ("journalInfo", 7), ("keywordList", {"keyword": [1, {}]})),
        *(("commentCorrectionList", {"commentCorrection": {"type": ["x"]}}), ("title", ["a"])),
    ],
)
def test_a_value_of_another_shape_costs_that_field_alone(name: str, value: object) -> None:
    record = read_result({**PREPRINT, name: value})
    assert record.source_id == "PPR:PPR90000003"
    assert record.publication_types == ("Preprint",)


def test_the_payload_is_read_to_the_same_record() -> None:
    captured = capture(CITATION)
    assert read_europe_pmc(captured.payload.content) == captured.record
    kept = {name: value for name, value in CITATION.items() if name != "citedByCount"}
    assert json.loads(captured.payload.content) == kept


def test_being_cited_once_more_is_no_other_content() -> None:
    again = {**CITATION, "citedByCount": 4}
    assert capture(again).payload.sha256 == capture(CITATION).payload.sha256


def test_keys_in_another_order_are_the_same_content() -> None:
    turned = dict(reversed(CITATION.items()))
    assert capture(turned).payload.sha256 == capture(CITATION).payload.sha256


@pytest.mark.parametrize("content", [b"", b"{", b"[" * 100_000, b"\xff\xfe", b"[]"])
def test_bytes_that_are_no_payload_are_refused(content: bytes) -> None:
    with pytest.raises(UnreadableInput, match="no result of Europe PMC"):
        read_europe_pmc(content)


texts = st.text(max_size=12) | st.sampled_from(["<i>", "</h4>", "&#0;", "\ud800", "2024-01-01"])
values = st.recursive(
    st.none() | st.booleans() | st.integers() | texts,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["author", "lastName", "journal", "meshHeading", "descriptorName", "type", "name"]
            ),
            inner,
            max_size=3,
        )
    ),
    max_leaves=8,
)


@given(st.dictionaries(st.sampled_from(sorted(CITATION)), values, max_size=8))
def test_whatever_the_fields_hold_the_payload_gives_the_same_record(fields: dict[str, Any]) -> None:
    captured = capture({**fields, "id": "PPR1", "source": "PPR"})
    assert read_europe_pmc(captured.payload.content) == captured.record
    assert captured.record.source_id == "PPR:PPR1"
