from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from surveillance.errors import UnreadableInput
from surveillance.records import Author, Record
from surveillance.sources.files import (
    Export,
    is_conference_material,
    is_registry_record,
    read_export,
    source_of,
)

REPORT = """\
TY  - JOUR
AN  - {number}
TI  - A stump
JO  - {journal}
IS  - {issue}
M3  - {kind}
ER  -
"""


def ris(
    number: str, kind: str = "Journal article", journal: str = "Stumps", issue: str = "1"
) -> str:
    return REPORT.format(number=number, kind=kind, journal=journal, issue=issue)


CENTRAL = (
    ris("CN-1")
    + ris("CN-2", "Trial registry record", "https://clinicaltrials.gov/show/NCT05009394")
    + ris("CN-3", "Journal article; Conference proceeding")
    + ris("CN-4", "Trial registry record")
)


def export(tmp_path: Path, text: str, database: str) -> Export:
    path = tmp_path / "export.ris"
    path.write_text(text)
    return read_export(path, database)


def numbers(found: Export) -> list[str]:
    return [item.record.source_id for item in found.captured]


def test_registry_and_conference_records_of_central_are_left_out_with_their_count(
    tmp_path: Path,
) -> None:
    found = export(tmp_path, CENTRAL, "CENTRAL")
    assert numbers(found) == ["CN-1"]
    assert [(item.reason, item.count, item.source_ids) for item in found.dropped] == [
        ("trial registry records", 2, ("CN-2", "CN-4")),
        ("conference material", 1, ("CN-3",)),
    ]


@pytest.mark.parametrize("database", ["Embase", "CDSR", "INAHTA"])
def test_nothing_is_left_out_of_another_database(tmp_path: Path, database: str) -> None:
    found = export(tmp_path, CENTRAL, database)
    assert len(found.captured) == 4
    assert found.dropped == ()
    assert {item.record.source for item in found.captured} == {database.casefold()}


def test_a_file_of_nothing_but_registry_records_is_an_export(tmp_path: Path) -> None:
    found = export(tmp_path, ris("CN-2", "Trial registry record"), "CENTRAL")
    assert (found.captured, found.dropped[0].count) == ((), 1)


def test_the_hash_is_that_of_the_file_and_unread_lines_are_handed_on(tmp_path: Path) -> None:
    text = f"Heading of the export\n{CENTRAL}"
    found = export(tmp_path, text, "CENTRAL")
    assert found.sha256 == hashlib.sha256(text.encode()).hexdigest()
    assert [line.line for line in found.unread] == [1]


def test_an_export_without_records_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnreadableInput, match="no record"):
        export(tmp_path, "<PubmedArticleSet></PubmedArticleSet>", "CENTRAL")


def report(**fields: object) -> Record:
    return Record(source="central", source_id="CN-1", title="A", **fields)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "record",
    [
        report(publication_types=("Trial registry record",)),
        report(journal="https://clinicaltrials.gov/show/NCT05009394"),
        report(journal="https://trialsearch.who.int/Trial2.aspx?TrialID=ACTRN12600000000000"),
        report(journal="http://www.who.int/trialsearch/Trial2.aspx?TrialID=EUCTR"),
        report(authors=(Author(collective="NCT05009394"),)),
        report(authors=(Author(collective="EUCTR2019-000001-11-DE"),)),
        report(authors=(Author(collective="ISRCTN12345678"),)),
    ],
)
def test_a_registrys_own_entry_is_told_by_type_address_or_author(record: Record) -> None:
    assert is_registry_record(record)


@pytest.mark.parametrize(
    "record",
    [
        report(registrations=("NCT05009394",), authors=(Author("Okoye"),)),
        report(publication_types=("Journal article",)),
        report(authors=(Author(collective="NCT05009394"), Author("Okoye"))),
        report(journal="Journal of registries"),
    ],
)
def test_a_report_that_names_a_registration_is_no_registry_entry(record: Record) -> None:
    assert not is_registry_record(record)


@pytest.mark.parametrize(
    "record",
    [
        report(publication_types=("Conference proceeding",)),
        report(publication_types=("Journal: Conference Abstract",)),
        report(publication_types=("Journal article; Conference proceeding",)),
        report(journal="23rd Annual Meeting of the Society for Stumps"),
        report(journal="European Congress of Limbs"),
        report(issue="Suppl 1 Meeting Abstracts"),
    ],
)
def test_conference_material_is_told_by_type_journal_or_issue(record: Record) -> None:
    assert is_conference_material(record)


@pytest.mark.parametrize(
    "record",
    [
        report(journal="Proceedings of the Stump Academy", publication_types=("Journal article",)),
        report(issue="Suppl 1", pages="S12-S13"),
        report(),
    ],
)
def test_a_supplement_or_a_journal_called_proceedings_decides_nothing(record: Record) -> None:
    assert not is_conference_material(record)


@pytest.mark.parametrize(
    ("database", "source"),
    [("Embase", "embase"), ("CENTRAL", "central"), ("MEDLINE ALL (Ovid)", "medline-all-ovid")],
)
def test_a_database_names_the_source_of_its_records(database: str, source: str) -> None:
    assert source_of(database) == source


def test_a_database_without_a_name_is_refused() -> None:
    with pytest.raises(UnreadableInput, match="no name"):
        source_of(" - ")


def test_what_is_no_report_is_left_out_of_a_table_of_central_too(tmp_path: Path) -> None:
    rows = (
        "CENTRAL ID,Title,Author(s),Source,Publication Type\n"
        "CN-1,A stump,Okoye AB,Stumps,Journal article\n"
        "CN-2,A trial,NCT05009394,https://clinicaltrials.gov/show/NCT05009394,\n"
        "CN-3,A talk,Okoye AB,Stumps,Journal article; Conference proceeding\n"
    )
    found = export(tmp_path, rows, "CENTRAL")
    assert numbers(found) == ["CN-1"]
    assert [item.source_ids for item in found.dropped] == [("CN-2",), ("CN-3",)]
