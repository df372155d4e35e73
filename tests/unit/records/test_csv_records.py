"""Tables as each vendor writes them → records, and the rows that are named as unread."""

from __future__ import annotations

import io
from datetime import date
from pathlib import Path

import pytest

from surveillance.errors import UnreadableInput
from surveillance.records import Author, Record, RecordDates
from surveillance.records.columns import header_of
from surveillance.records.csv_records import (
    TableRecord,
    read_csv,
    read_csv_by_rows,
    table_records,
)
from surveillance.records.reading import read_records
from surveillance.records.text import UnreadLines

OKOYE = Author("Okoye", initials="AB")
BERG = Author("van der Berg", initials="C")
IN_2024 = RecordDates(published=date(2024, 1, 1))


SAME = "A stump,Journal of Stumps,eng; fre\n"


def rows_of(text: str) -> list[TableRecord]:
    header = header_of(text)
    assert header is not None
    unread = UnreadLines()
    found = list(table_records(io.StringIO(text), header, source="embase", unread=unread))
    assert unread.in_order() == ()
    return found


def one(text: str) -> Record:
    captured, unread = read_csv(text, source="embase")
    assert unread == ()
    [item] = captured
    return item.record


EMBASE_COM = (
    '"Title","Author Names","Author Addresses","Source","Source title","Publication Year",'
    '"Volume","Issue","First Page","Last Page","Date of Publication","Publication Type","DOI",'
    '"Medline PMID","PUI","Embase Accession ID","ISSN","Article Language","Author Keywords",'
    '"Emtree Drug Index Terms (Major Focus)","Emtree Medical Index Terms",'
    '"Clinical Trial Numbers","Abstract","Embase Link"\n'
    '"A stump","Okoye A.B.; van der Berg C.","Lagos","Journal of Stumps (2024) 12:3 (221-228)",'
    '"Journal of Stumps","2024","12","3","221","228","26 July 2024","Article","10.5555/stumps.1",'
    '"39000001","L2030000001","2030000001","1234-567X","English","stump; pain","capsaicin",'
    '"amputation stump; neuroma","ClinicalTrials.gov (NCT05009394)","Pain, as we\nknow.",'
    '"https://www.embase.com/a"\n'
)
CENTRAL = (
    '"CENTRAL ID","Title","Author(s)","Source","Publication Type","Year","Volume","Issue",'
    '"Pages","PubMed ID","Embase ID","DOI","Keywords","Abstract","URL"\n'
    '"CN-02000001","A stump","Okoye, AB; van der Berg, C","Journal of Stumps","Journal article",'
    '"2024","12","3","221‐228","39000001","2030000001","10.5555/stumps.1","Amputation; *Neuroma",'
    '"Pain.","https://www.cochranelibrary.com/a"\n'
)
PUBMED = (
    "PMID,Title,Authors,Citation,First Author,Journal/Book,Publication Year,Create Date,PMCID,"
    "NIHMS ID,DOI\r\n"
    '"39000001","A stump","Okoye AB, van der Berg C.","J Stumps. 2024 Jul;12(3):221-8.",'
    '"Okoye AB","J Stumps","2024","2024/07/26","PMC1234567","","10.5555/stumps.1"\r\n'
)
RAYYAN = (
    "key,title,year,month,day,journal,issn,volume,issue,pages,authors,url,language,publisher,"
    "location,abstract,notes,doi,keywords,pubmed_id,pmc_id\n"
    'rayyan-123456789,A stump,2024,7,26,Journal of Stumps,1234-567X,12,3,221-228,"Okoye, Ada B.'
    ' and van der Berg, C.",,eng,,,Pain.,"RAYYAN-INCLUSION: {""Ada""=>""Included""}",'
    "10.5555/stumps.1,,39000001,PMC1234567\n"
)
COVIDENCE = (
    "Title,Authors,Abstract,Published Year,Published Month,Journal,Volume,Issue,Pages,"
    "Accession Number,DOI,Ref,Covidence #,Study,Notes,Tags\n"
    'A stump,"Okoye, A.B.; van der Berg, C.",Pain.,2024,July,Journal of Stumps,12,3,221-8,'
    "39000001,10.5555/stumps.1,,#123,Okoye 2024,,\n"
)
UNIFORM = (
    '"record_id","title","author","year","journal","volume","number","pages","doi","abstract"\n'
    '"id_0000001","A stump","Okoye, A. B.; van der Berg, C.","2024","Journal of Stumps","12","3",'
    '"221-8","10.5555/stumps.1","Pain."\n'
)
ENDNOTE_TABS = (
    "Reference Type\tAuthor\tYear\tTitle\tJournal\tVolume\tIssue\tPages\tISBN/ISSN\tDOI\t"
    "Accession Number\n"
    "Journal Article\tOkoye, A. B.; van der Berg, C.\t2024\tA stump\tJournal of Stumps\t12\t3\t"
    "221-8\t1234-567X\t10.5555/stumps.1\t39000001\n"
)
EPPI_REVIEWER = (
    "ItemId;Title;Authors;Parent Title;Year;Volume;Issue;Pages;DOI;Abstract\n"
    '71234567;A stump;"Okoye A B; van der Berg C";Journal of Stumps;2024;12;3;221-8;'
    "10.5555/stumps.1;Pain.\n"
)

TABLES = {
    "Embase.com": EMBASE_COM,
    "Cochrane CENTRAL": CENTRAL,
    "PubMed": PUBMED,
    "Rayyan": RAYYAN,
    "Covidence": COVIDENCE,
    "uniform columns": UNIFORM,
    "EndNote, tabs": ENDNOTE_TABS,
    "EPPI-Reviewer, semicolons": EPPI_REVIEWER,
}
NUMBERS = {
    "Embase.com": "2030000001",
    "Cochrane CENTRAL": "CN-02000001",
    "PubMed": "39000001",
    "Rayyan": "rayyan-123456789",
    "Covidence": "39000001",
    "uniform columns": "id_0000001",
    "EndNote, tabs": "39000001",
    "EPPI-Reviewer, semicolons": "71234567",
}


@pytest.mark.parametrize("vendor", TABLES)
def test_each_vendor_s_table_gives_the_same_record(vendor: str) -> None:
    record = one(TABLES[vendor])
    assert record.title == "A stump"
    assert [author.last for author in record.authors] == ["Okoye", "van der Berg"]
    assert record.journal in ("Journal of Stumps", "J Stumps")
    assert (record.year, record.doi) == (2024, "10.5555/stumps.1")
    assert record.source_id == NUMBERS[vendor]
    if vendor != "PubMed":
        assert (record.volume, record.issue) == ("12", "3")
        assert record.pages in ("221-8", "221-228", "221‐228")


@pytest.mark.parametrize("vendor", TABLES)
def test_row_by_row_each_vendor_s_table_gives_the_record_that_it_gives_whole(vendor: str) -> None:
    [item] = rows_of(TABLES[vendor])
    assert item == TableRecord(one(TABLES[vendor]), NUMBERS[vendor])


def test_rows_share_the_texts_that_they_have_in_common() -> None:
    first, second = (item.record for item in rows_of(f"title,journal,language\n{SAME}{SAME}"))
    assert first == second
    assert first.journal is second.journal
    assert first.languages is second.languages


@pytest.mark.parametrize(
    ("cell", "names"),
    [
        ("Okoye A; Berg C;; Okoye A", ["Okoye A", "Berg C"]),
        ("Okoye A| Berg C", ["Okoye A", "Berg C"]),
        ("Okoye A\nBerg C", ["Okoye A", "Berg C"]),
        ("Okoye  A; Berg\tC", ["Okoye A", "Berg C"]),
        ("Okoye A and Berg C", ["Okoye A", "Berg C"]),
        ("Okoye A, Berg C.", ["Okoye A", "Berg C"]),
        (";", []),
    ],
)
def test_names_are_told_apart_however_they_are_divided(cell: str, names: list[str]) -> None:
    record = one(f'title,authors\nA stump,"{cell}"\n')
    assert [str(author) for author in record.authors] == names


def test_a_row_of_embase_com_is_read_whole() -> None:
    assert one(EMBASE_COM) == Record(
        source="embase",
        source_id="2030000001",
        pmid="39000001",
        doi="10.5555/stumps.1",
        title="A stump",
        abstract="Pain, as we know.",
        authors=(OKOYE, BERG),
        journal="Journal of Stumps",
        issn="1234-567X",
        year=2024,
        volume="12",
        issue="3",
        pages="221-228",
        languages=("English",),
        publication_types=("Article",),
        keywords=("stump", "pain", "amputation stump", "neuroma", "capsaicin"),
        registrations=("NCT05009394",),
        dates=IN_2024,
    )


@pytest.mark.parametrize("text", TABLES.values(), ids=TABLES)
def test_the_payload_is_header_and_row_and_reads_back_equal(text: str) -> None:
    [item], _ = read_csv(text, source="embase")
    again, _ = read_csv(item.payload.content.decode(), source="embase")
    assert again == (item,)


@pytest.mark.parametrize(
    ("cell", "last_names"),
    [
        ("Okoye AB", ["Okoye"]),
        ("Okoye AB, van der Berg C, de Oliveira Filho ASB.", ["Okoye", "van der Berg", ""]),
        ("Okoye, Ada B.", ["Okoye"]),
        ("Okoye, Ada B. and van der Berg, C.", ["Okoye", "van der Berg"]),
        ("Okoye, A.|van der Berg, C.", ["Okoye", "van der Berg"]),
        ("Okoye A\nvan der Berg C", ["Okoye", "van der Berg"]),
        ("Hand and Foot Group; Okoye, A.", ["", "Okoye"]),
    ],
)
def test_names_are_divided_as_vendors_divide_them(cell: str, last_names: list[str]) -> None:
    last_names = [name or "" for name in last_names]
    record = one(f'title,authors\nA stump,"{cell}"\n')
    found = [author.last for author in record.authors]
    assert len(found) == len(last_names)
    assert all(name in ("", last) for name, last in zip(last_names, found, strict=True))


def test_a_running_number_makes_no_strangers_the_same_record() -> None:
    first, _ = read_csv("id,title\n1,A\n2,A\n", source="embase")
    assert len({item.record.source_id for item in first}) == 2
    assert all(item.record.source_id.startswith("sha256:") for item in first)


def test_every_row_that_does_not_fit_is_named_with_its_line() -> None:
    text = (
        "My export\n"
        "title,year,doi\n"
        "A,2024,10.5555/a\n"
        "\n"
        "B,2024\n"
        '"C\nand on",2024,10.5555/c\n'
        "D,2024,10.5555/d,,\n"
        '"E\nand on",2024,10.5555/e,more\n'
        ",2024,\n"
        "F,2024,10.5555/f"
    )
    captured, unread = read_csv(text, source="embase")
    assert [item.record.title for item in captured] == ["A", "C and on", "D", "F"]
    assert [(line.line, line.reason) for line in unread] == [
        (1, "it stands before the header"),
        (5, "a row of 2 cells where the header has 3"),
        (9, "a row of 4 cells where the header has 3, up to line 10"),
        (11, "a row with neither title nor number"),
    ]


def test_a_quotation_mark_without_its_partner_loses_no_row_in_silence() -> None:
    text = 'title,year\nA,2024\n"B,2024\nC,2024\nD,2024\n'
    captured, unread = read_csv(text, source="embase")
    assert [item.record.title for item in captured] == ["A"]
    assert [(line.line, "up to line 6" in line.reason) for line in unread] == [(3, True)]


BY_ROWS = """\
"SEARCH QUERY","'amputation stump'/exp AND [2024]/py"
"TITLE","A stump"
"AUTHOR NAMES","Okoye A.B.","van der Berg C."
"SOURCE TITLE","Journal of Stumps"
"PUBLICATION YEAR","2024"
"VOLUME","12"
"ABSTRACT","Pain, as we know."
"EMTREE MEDICAL INDEX TERMS","amputation stump","neuroma"
"DOI","10.5555/stumps.1"
"MEDLINE PMID","39000001"
"EMBASE ACCESSION NUMBER","2030000001"
"EMBASE LINK","https://www.embase.com/a"

"a stray line"
"TITLE","Another stump"
"TITLE",""
"""


def test_embase_com_s_table_of_one_field_a_row_is_read() -> None:
    captured, unread = read_csv_by_rows(BY_ROWS, source="embase")
    first, second = (item.record for item in captured)
    assert first == Record(
        source="embase",
        source_id="2030000001",
        pmid="39000001",
        doi="10.5555/stumps.1",
        title="A stump",
        abstract="Pain, as we know.",
        authors=(OKOYE, BERG),
        journal="Journal of Stumps",
        year=2024,
        volume="12",
        keywords=("amputation stump", "neuroma"),
        dates=IN_2024,
    )
    assert second.title == "Another stump"
    assert [(line.line, line.reason) for line in unread] == [
        (14, "it belongs to no record"),
        (16, "a record with neither title nor number"),
    ]


def test_its_payload_reads_back_equal() -> None:
    captured, _ = read_csv_by_rows(BY_ROWS, source="embase")
    again, _ = read_csv_by_rows(captured[0].payload.content.decode(), source="embase")
    assert again == captured[:1]


def test_a_table_without_a_title_is_refused() -> None:
    with pytest.raises(UnreadableInput, match="no row names a title"):
        read_csv("id,year\n1,2024\n", source="embase")


@pytest.mark.shared
@pytest.mark.parametrize("name", ["cytology_screening", "copper", "stroke"])
def test_real_tables_of_uniform_columns_are_read_whole(shared: Path, name: str) -> None:
    found = read_records(shared / f"data/dedup/{name}.csv.gz")
    captured = list(found.captured)
    assert found.unread == ()
    assert len(captured) > 100
    assert len({item.record.source_id for item in captured}) == len(captured)
