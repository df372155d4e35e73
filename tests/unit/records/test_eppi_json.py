"""EPPI-Reviewer's JSON report: its references as records, and what is hostile refused."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from surveillance.errors import UnreadableInput
from surveillance.records import eppi_json
from surveillance.records.detection import format_of
from surveillance.records.eppi_json import read_eppi_json
from surveillance.records.reading import read_records

#: A reference with the keys that EPPI-Reviewer writes (constructed content).
REFERENCE = {
    "Codes": [{"AttributeId": 1, "AdditionalText": "", "ArmId": 0, "ArmTitle": ""}],
    "Outcomes": [], "ItemId": 54780091, "Title": "Stump  pain\r\nafter amputation",
    "ParentTitle": "A journal", "ShortTitle": "Dal-Ré (2019)", "Year": "2019", "Month": "",
    "StandardNumber": "1588-2861", "Volume": "85", "Pages": "2179-2181", "Issue": "9",
    "URL": "https://example.org/", "OldItemId": "", "Abstract": "Pain.", "Comments": "",
    "TypeName": "Journal, Article", "Authors": "Dal-Ré Rafael ; Okoye AB; Study Group; ",
    "ParentAuthors": "", "DOI": "10.1111/bcp.14021 ", "Keywords": "pain\r\nstump; limb",
    "ItemStatus": "I", "ItemStatusTooltip": "Included in review",
}  # fmt: skip


def report(*references: object) -> str:
    return json.dumps({"CodeSets": [], "References": list(references)})


def test_a_reference_becomes_a_record() -> None:
    (item,), unread = read_eppi_json(report(REFERENCE), source="eppi")
    record = item.record
    assert unread == ()
    assert (record.source, record.source_id) == ("eppi", "54780091")
    assert (record.title, record.journal) == ("Stump pain after amputation", "A journal")
    assert (record.year, record.volume, record.issue, record.pages) == (
        2019,
        "85",
        "9",
        "2179-2181",
    )
    assert (record.doi, record.issn, record.abstract) == ("10.1111/bcp.14021", "1588-2861", "Pain.")
    assert list(map(str, record.authors)) == ["Dal-Ré R", "Okoye AB", "Study G"]
    assert record.keywords == ("pain", "stump", "limb")


def test_an_identifier_that_was_imported_is_the_records_own() -> None:
    (item,), _ = read_eppi_json(report({**REFERENCE, "OldItemId": "L2001"}), source="embase")
    assert item.record.source_id == "L2001"


@pytest.mark.parametrize("text", ['{"CodeSets":[', '\n{\n  "References" : [', '{ "CodeSets": []'])
def test_the_report_is_told_by_how_it_begins(text: str) -> None:
    assert format_of(text) == "eppi-json"
    assert format_of('{"source":"pubmed","source_id":"1"}') == "json-lines"


def test_a_reference_without_title_or_number_is_named(tmp_path: Path) -> None:
    path = tmp_path / "report.json"
    path.write_text(report(REFERENCE, {"Title": "", "Codes": []}))
    read = read_records(path, source="eppi")
    assert len(list(read.captured)) == 1
    assert read.unread[0].reason == "reference 2 has neither title nor number"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('{"CodeSets":[]}', "no list “References”"),
        ('{"References":{}}', "no list “References”"),
        ('{"References":[1]}', "reference 1 is no object"),
        ('{"References":[{"Title":"x"}', "damaged"),
        ('{"References":' + "[" * 200_000, "cannot be read"),
        ('{"References":[{"ItemId":' + "9" * 5_000 + "}]}", "cannot be read"),
        (report({**REFERENCE, "Abstract": "a" * (1024**2 + 1)}), "more than 1,048,576 characters"),
    ],
)
def test_hostile_reports_are_refused_in_a_sentence(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "report.json"
    path.write_text(text)
    with pytest.raises(UnreadableInput, match=message) as refused:
        read_records(path)
    assert str(path) in str(refused.value)


def test_more_members_than_memory_holds_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(eppi_json, "MAX_MEMBERS", 50)
    with pytest.raises(UnreadableInput, match="more than 50 members"):
        read_eppi_json(report(*[REFERENCE] * 3), source="x")


def test_values_of_other_kinds_are_no_text() -> None:
    odd = {**REFERENCE, "Year": 2019, "Title": ["a"], "DOI": None, "Volume": True, "Authors": None}
    (item,), _ = read_eppi_json(report(odd), source="x")
    assert (item.record.title, item.record.year, item.record.doi) == ("", 2019, "")
    assert (item.record.volume, item.record.authors) == ("", ())
