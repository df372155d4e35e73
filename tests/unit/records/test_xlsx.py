"""Workbooks of Excel: rows as a person sees them; hostile archives refused before they unpack."""

from __future__ import annotations

import zipfile
from datetime import date, datetime
from io import BytesIO
from pathlib import Path

import pytest
from openpyxl import Workbook

from surveillance.errors import UnreadableInput
from surveillance.records import xlsx
from surveillance.records.reading import read_records
from surveillance.records.xlsx import xlsx_rows


def workbook(*sheets: list[list[object]]) -> bytes:
    book = Workbook()
    book.remove(book.active)
    for place, rows in enumerate(sheets):
        sheet = book.create_sheet(f"s{place}")
        for row in rows:
            sheet.append(row)
    made = BytesIO()
    book.save(made)
    return made.getvalue()


def saved(folder: Path, content: bytes) -> Path:
    path = folder / "records.xlsx"
    path.write_bytes(content)
    return path


TABLE: list[list[object]] = [
    ["An export", None],
    ["Title", "Authors", "Year", "DOI", "Publication Date"],
    ["Stump pain", "Chang BL; Okoye A", 2024, "10.1000/x", date(2024, 7, 26)],
    [None, None],
    ["Nerves", None, 2023.0, None, datetime(2023, 5, 1)],
]


def with_part(content: bytes, name: str, change: str) -> bytes:
    """A workbook with one part changed by a sed-like `old=>new`."""
    old, _, new = change.partition("=>")
    made = BytesIO()
    with zipfile.ZipFile(BytesIO(content)) as archive, zipfile.ZipFile(made, "w") as copy:
        for part in archive.namelist():
            text = archive.read(part)
            copy.writestr(part, text.replace(old.encode(), new.encode()) if part == name else text)
    return made.getvalue()


def test_the_first_sheet_of_records_is_read_as_it_is_shown(tmp_path: Path) -> None:
    path = saved(tmp_path, workbook([["about"], ["nothing"]], TABLE))
    rows = list(xlsx_rows(path))
    assert rows[2] == (3, ["Stump pain", "Chang BL; Okoye A", "2024", "10.1000/x", "2024-07-26"])
    assert [number for number, _ in rows] == [1, 2, 3, 5]
    read = read_records(path, source="embase")
    first, second = [item.record for item in read.captured]
    assert (first.title, first.year, first.doi, len(first.authors)) == (
        "Stump pain",
        2024,
        "10.1000/x",
        2,
    )
    assert (second.title, second.year, str(second.dates.published)) == (
        "Nerves",
        2023,
        "2023-05-01",
    )


def test_a_row_that_fits_no_header_is_named_by_its_number(tmp_path: Path) -> None:
    table = [*TABLE, ["Too", "many", 1, "cells", "in", "this row"]]
    read = read_records(saved(tmp_path, workbook(table)), source="x")
    assert (6, "a row of 6 cells where the header has 5") in [
        (one.line, one.reason) for one in read.unread
    ]


def test_a_workbook_without_a_sheet_of_records_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnreadableInput, match="no sheet has a header"):
        read_records(saved(tmp_path, workbook([["a"], ["b"]])))


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"PK\x03\x04" + b"\x00" * 50, "damaged"),
        (workbook(TABLE)[:-300], "damaged"),
        (
            with_part(workbook(TABLE), "xl/worksheets/sheet1.xml", "<sheetData>=><sheetData"),
            "cannot be read",
        ),
        (
            with_part(
                workbook(TABLE),
                "xl/workbook.xml",
                '<workbook=><!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><workbook',
            ),
            "document type",
        ),
        (
            with_part(
                workbook(TABLE),
                "xl/worksheets/sheet1.xml",
                "<worksheet=><!doctype x [<!entity a 'b'>]><worksheet",
            ),
            "document type",
        ),
    ],
    ids=["no archive", "cut short", "damaged XML", "external entity", "entity in a sheet"],
)
def test_damage_and_declarations_are_refused_in_a_sentence(
    tmp_path: Path, content: bytes, message: str
) -> None:
    with pytest.raises(UnreadableInput, match=message):
        list(read_records(saved(tmp_path, content)).captured)


def test_another_archive_says_what_it_is_not(tmp_path: Path) -> None:
    made = BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr("word/document.xml", "<x/>")
    with pytest.raises(UnreadableInput, match="no workbook of Excel"):
        read_records(saved(tmp_path, made.getvalue()))


def test_a_bomb_is_refused_by_what_it_would_unpack_to(tmp_path: Path) -> None:
    made = BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
        archive.writestr("xl/worksheets/sheet1.xml", b" " * (xlsx.FREE_BYTES + 1))
    assert len(made.getvalue()) < 100_000
    with pytest.raises(UnreadableInput, match="unpacks to"):
        read_records(saved(tmp_path, made.getvalue()))


def test_too_many_parts_are_refused(tmp_path: Path) -> None:
    made = BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
        for number in range(xlsx.MAX_PARTS):
            archive.writestr(f"xl/media/{number}", b"")
    with pytest.raises(UnreadableInput, match="2,001 parts"):
        read_records(saved(tmp_path, made.getvalue()))


def test_a_row_far_away_does_not_stand_for_all_before_it(tmp_path: Path) -> None:
    """One element may claim to be row a thousand million; what is empty before it is not gone
    through."""
    content = with_part(
        workbook(TABLE), "xl/worksheets/sheet1.xml", '<row r="5"=><row r="999999999"'
    )
    with pytest.raises(UnreadableInput, match="more than 200,000 rows"):
        list(read_records(saved(tmp_path, content)).captured)


def test_too_many_cells_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xlsx, "MAX_CELLS", 10)
    with pytest.raises(UnreadableInput, match="more than 10 cells up to row 3"):
        read_records(saved(tmp_path, workbook(TABLE)))


def test_too_many_tags_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xlsx, "MAX_TAGS", 100)
    with pytest.raises(UnreadableInput, match="more than 100 tags"):
        read_records(saved(tmp_path, workbook(TABLE)))


def test_a_formula_is_read_by_its_last_value_and_never_worked_out(tmp_path: Path) -> None:
    table = [*TABLE, ["=1+1", '=HYPERLINK("http://x")', 2024]]
    read = read_records(saved(tmp_path, workbook(table)), source="x")
    assert [item.record.title for item in read.captured] == ["Stump pain", "Nerves"]
