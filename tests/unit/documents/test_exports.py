"""Exports: read back they are what was written, whatever the records hold; nothing in them runs."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from surveillance.dedup.merged import FIELDS, merged_fields, merged_record, ranked
from surveillance.documents.exports.exported import Exported, ExportedReport
from surveillance.documents.exports.formats import FORMATS, format_named
from surveillance.documents.exports.tables import COLUMNS
from surveillance.errors import UnreadableInput
from surveillance.records import Author, Record
from surveillance.records.carried import CarriedReport, CarriedWord, reports_in
from surveillance.records.model import Correction, IndexedHeading, Qualifier, RecordDates
from surveillance.records.reading import read_records
from tests.unit.records.test_cells import RUN

#: What records hold: any text that a source can send, and what is awkward in some format.
TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=30)
AWKWARD = st.sampled_from(
    [
        '=HYPERLINK("http://x")', "@SUM(1)", "-1+2", "'=x", "a\tb", "line\none", "ER  - ",
        "TY  - JOUR", "PMID- 5", "<b>&amp;</b>", '"quoted", and; divided | so', "漢字 😀",
        "  two  blanks  ", "\x0bcontrol\x1f", "]]>", "\ufeffmark", "\u2028line", "a" * 40_000,
    ]
)  # fmt: skip
ANY = TEXT | AWKWARD
DAYS = st.dates(date(1900, 1, 1), date(2100, 1, 1))
SOME = st.lists(ANY, max_size=3).map(tuple)
AUTHORS = st.lists(
    st.builds(Author, last=ANY, fore=ANY, initials=TEXT, collective=TEXT), max_size=3
)
HEADINGS = st.lists(
    st.builds(
        IndexedHeading,
        name=ANY,
        ui=TEXT,
        major=st.booleans(),
        qualifiers=st.lists(st.builds(Qualifier, name=TEXT, major=st.booleans()), max_size=2).map(
            tuple
        ),
    ),
    max_size=3,
).map(tuple)
RECORDS = st.builds(
    Record,
    source=st.sampled_from(["pubmed", "embase", "central"]),
    source_id=st.text("0123456789L", min_size=1, max_size=9),
    title=ANY,
    abstract=st.none() | ANY,
    other_abstracts=SOME,
    original_title=ANY,
    authors=AUTHORS.map(tuple),
    journal=ANY,
    year=st.none() | st.integers(1500, 2099),
    volume=TEXT,
    pages=ANY,
    doi=ANY,
    pmid=st.text("0123456789", max_size=8),
    languages=SOME,
    publication_types=SOME,
    mesh=st.none() | HEADINGS,
    keywords=SOME,
    substances=SOME,
    registrations=SOME,
    corrections=st.lists(st.builds(Correction, kind=TEXT, pmid=TEXT, citation=ANY), max_size=2).map(
        tuple
    ),
    dates=st.builds(RecordDates, created=st.none() | DAYS, published=st.none() | DAYS),
    status=TEXT,
    version=st.integers(1, 9),
)
WORDS = st.builds(
    CarriedWord,
    stage=st.sampled_from(["abstract", "full text"]),
    verdict=st.sampled_from(["include", "exclude", "unsure"]),
    criterion=ANY,
    reason=ANY,
    by=ANY,
    on=DAYS,
)


def report_of(
    records: Sequence[Record], words: Sequence[CarriedWord] = (), number: int = 7
) -> ExportedReport:
    return ExportedReport(
        number=number,
        records=tuple(ranked(records, ("pubmed", "embase"))),
        shown=merged_record(records),
        fields=merged_fields(records),
        words=tuple(words),
        decided=words[-1] if words else None,
        proposal="exclude",
        proposal_reason="no limb",
        known_item="",
        first_seen_on=date(2025, 1, 31),
    )


def exported(*reports: ExportedReport) -> Exported:
    return Exported(title="A topic", guidance="=G", program="p 1", state="run 1", reports=reports)


def read_back(content: bytes) -> tuple[tuple[CarriedReport, ...], list[Record], list[str]]:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "export"
        path.write_bytes(content)
        read = read_records(path, source="elsewhere")
        captured = list(read.captured)
    return (
        reports_in(captured),
        [item.record for item in captured],
        [one.reason for one in read.unread],
    )


@pytest.mark.parametrize("format_", FORMATS)
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    reports=st.lists(
        st.tuples(st.lists(RECORDS, min_size=1, max_size=3), st.lists(WORDS, max_size=3)),
        min_size=1,
        max_size=3,
    )
)
def test_every_format_is_read_back_to_the_same_records_and_words(
    format_: str, reports: list[tuple[list[Record], list[CarriedWord]]]
) -> None:
    made = [report_of(*one, number=number) for number, one in enumerate(reports, 1)]
    found, records, unread = read_back(FORMATS[format_](exported(*made)))
    assert found == tuple(report.carried for report in made)
    assert records == [record for report in made for record in report.records]
    assert unread == []


LEAD = Record(
    source="pubmed", source_id="90000001", pmid="90000001", title="Stump pain", year=2024,
    authors=(Author("Chang", "Brian L", "BL"), Author("Okoye", "Ada", "A")), journal="A journal",
    doi="10.5555/a", volume="4", pages="1-9", languages=("eng",), keywords=("pain",),
    dates=RecordDates(published=date(2024, 7, 26)), registrations=("NCT05009394",),
)  # fmt: skip
OTHER = replace(
    LEAD,
    source="embase",
    source_id="L2",
    pmid="",
    abstract="Pain of the stump.",
    title="Stump pain!",
)
WORD = CarriedWord("abstract", "exclude", "population", "no limb", "A. Reviewer", date(2025, 1, 31))
REPORT = report_of([OTHER, LEAD], [WORD])


def without_carried(content: bytes, format_: str) -> bytes:
    """An export as another program hands it on: what it does not know is gone."""
    text = content.decode("utf-8-sig")
    if format_ == "ris":
        return re.sub(r"^U5 .*\n", "", text, flags=re.M).encode()
    if format_ == "nbib":
        return re.sub(r"^SURV.*\n", "", text, flags=re.M).encode()
    if format_ == "eppi-json":
        document = json.loads(text)
        for reference in document["References"]:
            del reference["Surveil"]
        return json.dumps(document).encode()
    rows = list(csv.reader(io.StringIO(text)))
    made = io.StringIO()
    csv.writer(made).writerows(row[: len(COLUMNS)] for row in rows)
    return made.getvalue().encode()


@pytest.mark.parametrize("format_", ["ris", "csv", "nbib", "eppi-json"])
def test_the_fields_alone_are_a_record_for_whoever_reads_no_more(format_: str) -> None:
    content = without_carried(FORMATS[format_](exported(REPORT)), format_)
    carried, (record,), _ = read_back(content)
    assert carried == ()
    assert (record.title, record.year, record.doi) == ("Stump pain", 2024, "10.5555/a")
    assert record.abstract == "Pain of the stump."
    assert (record.journal, record.volume, record.pages) == ("A journal", "4", "1-9")
    assert [str(author) for author in record.authors] == ["Chang BL", "Okoye A"]
    assert record.keywords == ("pain",)
    if format_ != "eppi-json":
        assert (record.pmid, record.registrations) == ("90000001", ("NCT05009394",))


@pytest.mark.parametrize("format_", ["ris", "csv", "xlsx", "nbib", "eppi-json"])
def test_what_is_damaged_is_remarked_and_the_fields_are_read(format_: str) -> None:
    content = FORMATS[format_](exported(REPORT))
    if format_ == "xlsx":
        book = load_workbook(io.BytesIO(content))
        for cell in book.worksheets[0][2]:
            cell.value = str(cell.value or "").replace("source_id", "source-id")
        made = io.BytesIO()
        book.save(made)
        content = made.getvalue()
    carried, records, unread = read_back(content.replace(b"source_id", b"source-id"))
    assert carried == ()
    assert [record.title for record in records] == ["Stump pain"]
    assert "damaged, so they count" in " ".join(unread)


def test_where_each_field_comes_from_stands_in_every_format() -> None:
    fields = {one.field: one.source_record for one in REPORT.fields}
    assert (fields["title"], fields["abstract"]) == ("pubmed:90000001", "embase:L2")
    for format_ in FORMATS:
        content = FORMATS[format_](exported(REPORT))
        if format_ == "xlsx":
            rows = list(load_workbook(io.BytesIO(content))["Fields"].values)
            assert ("surveil-report-7", "abstract", "embase:L2") in rows
        else:
            assert "embase:L2 (abstract)" in content.decode()


def test_the_merged_record_is_what_the_merged_fields_tell() -> None:
    record = merged_record([OTHER, LEAD])
    for one in merged_fields([OTHER, LEAD]):
        assert FIELDS[one.field](record).strip() == one.value, one.field


@given(records=st.lists(RECORDS, min_size=1, max_size=3))
def test_any_merged_record_is_what_the_merged_fields_tell(records: list[Record]) -> None:
    record = merged_record(records)
    told = {one.field: one.value for one in merged_fields(records)}
    for name in ("title", "year", "abstract", "pmid", "volume", "pages"):
        assert FIELDS[name](record).strip() == told.get(name, ""), name


HOSTILE = report_of(
    [replace(LEAD, title="=cmd|' /C calc'!A0", journal="@x", keywords=("-1+1",), pages="+a")],
    [replace(WORD, reason="=2+5", by="@boss", criterion="")],
)


def is_number(cell: str) -> bool:
    return re.fullmatch(r"[+-]?\d[\d.,]*", cell) is not None


def test_no_cell_of_a_csv_begins_as_a_formula() -> None:
    rows = list(csv.reader(io.StringIO(FORMATS["csv"](exported(HOSTILE)).decode("utf-8-sig"))))
    assert "'=cmd|' /C calc'!A0" in rows[1]
    assert not [
        cell for row in rows for cell in row if cell.startswith(RUN) and not is_number(cell)
    ]


def test_no_cell_of_a_workbook_is_a_formula() -> None:
    book = load_workbook(io.BytesIO(FORMATS["xlsx"](exported(HOSTILE))))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value]
    assert {cell.data_type for cell in cells} == {"s"}
    assert not [
        c.value for c in cells if str(c.value).startswith(RUN) and not is_number(str(c.value))
    ]
    assert "'=2+5" in [cell.value for cell in cells]


def test_a_workbook_is_laid_out_for_people() -> None:
    book = load_workbook(io.BytesIO(FORMATS["xlsx"](exported(REPORT, HOSTILE))))
    assert book.sheetnames == ["Reports", "Decisions", "Fields", "About"]
    sheet = book["Reports"]
    assert sheet.freeze_panes == "A2"
    assert sheet.auto_filter.ref == f"A1:{sheet.cell(1, sheet.max_column).column_letter}3"
    header = {cell.value: cell for cell in sheet[1]}
    assert all(cell.font.bold for cell in header.values())
    widths = {name: sheet.column_dimensions[cell.column_letter] for name, cell in header.items()}
    assert (widths["title"].width, widths["year"].width) == (60, 7)
    assert {name for name, one in widths.items() if one.hidden} == {"surveil"}
    assert [
        row[1:5] for row in book["Decisions"].iter_rows(min_row=2, max_row=2, values_only=True)
    ] == [("Stump pain", "abstract", "exclude", "population")]


def test_long_texts_are_cut_for_the_eye_and_carried_whole() -> None:
    long = report_of([replace(LEAD, abstract="pain " * 20_000)])
    content = FORMATS["xlsx"](exported(long))
    cells = [
        cell for row in load_workbook(io.BytesIO(content))["Reports"].values for cell in row if cell
    ]
    assert max(len(str(cell)) for cell in cells) <= 32_767
    assert read_back(content)[1] == [long.records[0]]


def test_eppi_reviewers_json_has_its_keys_and_a_code_for_each_word() -> None:
    later = replace(WORD, stage="full text", verdict="include", criterion="", reason="")
    document = json.loads(FORMATS["eppi-json"](exported(report_of([LEAD], [WORD, later]))))
    (first, second) = document["CodeSets"]
    assert [one["SetType"]["SetTypeName"] for one in (first, second)] == ["Screening"] * 2
    codes = {
        one["AttributeId"]: (one["AttributeName"], one["AttributeType"])
        for code_set in (first, second)
        for one in code_set["Attributes"]["AttributesList"]
    }
    (reference,) = document["References"]
    given_codes = [codes[one["AttributeId"]] for one in reference["Codes"]]
    assert given_codes == [("EXCLUDE on population", "Exclude"), ("INCLUDE", "Include")]
    assert reference["Codes"][0]["AdditionalText"] == "population: no limb; A. Reviewer; 2025-01-31"
    assert reference["OldItemId"] == "surveil-report-7"
    assert reference["Authors"] == "Chang Brian L; Okoye Ada; "


def test_an_unknown_format_names_those_there_are() -> None:
    with pytest.raises(UnreadableInput, match="ris, csv, xlsx, nbib, eppi-json"):
        format_named("bibtex")


def test_a_file_is_what_its_ending_says() -> None:
    assert format_named(None) == "ris"
    assert format_named("CSV") == "csv"
    assert format_named(None, Path("reports.XLSX")) == "xlsx"
    assert format_named(None, Path("reports.json")) == "eppi-json"
    assert format_named(None, Path("reports.txt")) == "ris"
    assert format_named("ris", Path("reports.txt")) == "ris"
    with pytest.raises(UnreadableInput, match=r"“reports.csv” would hold ris"):
        format_named("ris", Path("reports.csv"))
    with pytest.raises(UnreadableInput, match="cannot be written as “bibtex”"):
        format_named("bibtex")
