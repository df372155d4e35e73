"""Reports → tables: CSV, and a workbook of Excel with a sheet for decisions and one for fields.

Every cell is made harmless: no text of others begins a formula. What the fields cannot say stands
in the last columns, which a workbook hides.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from surveillance.alerts.wording import one_line
from surveillance.documents.exports.exported import Exported, ExportedReport, told, why
from surveillance.records.carried import pieces_of
from surveillance.records.cells import harmless
from surveillance.records.columns import CARRIED

#: The columns of a report with their widths in letters, as a workbook shows them.
COLUMNS = {
    "key": 20, "report": 8, "title": 60, "original_title": 20, "authors": 30, "year": 7,
    "journal": 28, "volume": 8, "issue": 8, "pages": 12, "issn": 11, "doi": 24, "pubmed_id": 11,
    "pmcid": 12, "registration_number": 16, "language": 10, "publication_type": 20,
    "keywords": 24, "headings": 24, "abstract": 80, "url": 24, "decision": 10, "stage": 10,
    "reason": 30, "by": 18, "decided_on": 12, "decisions": 40, "proposal": 10,
    "proposal_reason": 30, "known_item": 16, "first_seen": 12, "records": 30, "fields_from": 60,
}  # fmt: skip
DECISIONS = {
    "key": 20, "title": 60, "stage": 10, "decision": 10, "criterion": 30, "reason": 40, "by": 18,
    "on": 12,
}  # fmt: skip
FIELDS = {"key": 20, "field": 18, "record": 28}
#: Excel's limit for a cell is 32,767 characters.
MOST_SHOWN = 32_000

_Rows = Iterable[Sequence[str]]


def as_csv(exported: Exported) -> bytes:
    """A table, a row a report. Excel takes one for Windows-1252 unless it begins with the mark."""
    made = io.StringIO()
    table = csv.writer(made, lineterminator="\r\n")
    table.writerow([*COLUMNS, *_carrying(exported)])
    table.writerows(_report_rows(exported))
    return f"\ufeff{made.getvalue()}".encode("utf-8", errors="backslashreplace")


def as_xlsx(exported: Exported) -> bytes:
    """A workbook: reports, what people said of them, whence each field comes, and about it all."""
    # openpyxl takes a quarter of a second to import, and only this format needs it.
    from openpyxl import Workbook  # noqa: PLC0415

    book = Workbook(write_only=True)
    carrying = _carrying(exported)
    _add_sheet(book, "Reports", {**COLUMNS, **dict.fromkeys(carrying, 4)}, _report_rows(exported))
    _add_sheet(book, "Decisions", DECISIONS, _decision_rows(exported))
    _add_sheet(book, "Fields", FIELDS, _field_rows(exported))
    _add_sheet(book, "About", {"what": 20, "": 90}, _about_rows(exported))
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


def _add_sheet(book: Any, name: str, columns: dict[str, int], rows: _Rows) -> None:
    from openpyxl.cell import WriteOnlyCell  # noqa: PLC0415
    from openpyxl.styles import Font  # noqa: PLC0415
    from openpyxl.utils import get_column_letter  # noqa: PLC0415

    sheet = book.create_sheet(name)
    sheet.freeze_panes = "A2"
    for place, (column, width) in enumerate(columns.items(), 1):
        dimension = sheet.column_dimensions[get_column_letter(place)]
        dimension.width = width
        dimension.hidden = column.startswith(CARRIED)
    header = [WriteOnlyCell(sheet, value=column) for column in columns]
    for cell in header:
        cell.font = Font(bold=True)
    sheet.append(header)
    written = 1
    for row in rows:
        sheet.append([_printable(cell) for cell in row])
        written += 1
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(columns))}{written}"


def _printable(text: str) -> str:
    """Text that XML can hold and Excel shows whole; a cut is marked."""
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE  # noqa: PLC0415

    clean: str = ILLEGAL_CHARACTERS_RE.sub(" ", text)
    clean = clean.encode("utf-8", errors="replace").decode()
    return clean if len(clean) <= MOST_SHOWN else f"{clean[:MOST_SHOWN]}…"


def _carrying(exported: Exported) -> list[str]:
    """The columns that carry the reports: as many as the longest of them needs."""
    most = max((len(pieces_of(report.carried)) for report in exported.reports), default=1)
    return [CARRIED, *(f"{CARRIED} {number}" for number in range(2, most + 1))]


def _report_rows(exported: Exported) -> Iterator[list[str]]:
    carrying = len(_carrying(exported))
    for report in exported.reports:
        pieces = [harmless(piece) for piece in pieces_of(report.carried)]
        cells = [harmless(one_line(cell)) for cell in _cells(report)]
        yield [*cells, *pieces, *[""] * (carrying - len(pieces))]


def _cells(report: ExportedReport) -> Iterator[str]:
    record, decided = report.shown, report.decided
    shown = {one.field: one.value for one in report.fields}
    cells = {
        **{column: shown.get(column.replace("_", " "), "") for column in COLUMNS},
        "key": report.name,
        "report": str(report.number),
        "pubmed_id": record.pmid,
        "registration_number": "; ".join(record.registrations),
        "url": report.url,
        "decision": decided.verdict if decided else "",
        "stage": decided.stage if decided else "",
        "reason": why(decided) if decided else "",
        "by": decided.by if decided else "",
        "decided_on": str(decided.on) if decided else "",
        "decisions": told(report.words),
        "proposal": report.proposal,
        "proposal_reason": report.proposal_reason,
        "known_item": report.known_item,
        "first_seen": str(report.first_seen_on),
        "records": "; ".join(f"{one.source}:{one.source_id}" for one in report.records),
        "fields_from": report.fields_from,
    }
    return (cells[column] for column in COLUMNS)


def _decision_rows(exported: Exported) -> Iterator[list[str]]:
    for report in exported.reports:
        for word in report.words:
            cells = (
                *(report.name, report.shown.title, word.stage, word.verdict, word.criterion),
                *(word.reason, word.by, str(word.on)),
            )
            yield [harmless(one_line(cell)) for cell in cells]


def _field_rows(exported: Exported) -> Iterator[list[str]]:
    for report in exported.reports:
        for one in report.fields:
            yield [harmless(one_line(cell)) for cell in (report.name, one.field, one.source_record)]


def _about_rows(exported: Exported) -> Iterator[list[str]]:
    rows = (
        ("topic", exported.title),
        ("guidance", exported.guidance),
        ("state", exported.state),
        ("written by", exported.program),
        ("reports", f"{len(exported.reports):,}"),
        ("formulas", "A cell that a spreadsheet would run as a formula begins with an apostrophe."),
        (
            "read back",
            "surveil import reads the hidden columns; edits of other cells do not count.",
        ),
    )
    return ([harmless(one_line(cell)) for cell in row] for row in rows)
