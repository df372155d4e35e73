"""A table read piece by piece gives what it gives as one text, and is refused for the same."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from surveillance.errors import UnreadableInput
from surveillance.records import Record
from surveillance.records.csv_files import NotUtf8, table_file
from surveillance.records.reading import read_records
from surveillance.records.text import MAX_TEXT_BYTES, UnreadLine, UnreadLines

HEADER = ["record_id", "title", "author", "year", "journal", "pages", "abstract"]
#: What ends lines for Python but not in a table, quotes, delimiters, wide letters, blanks.
LETTERS = st.sampled_from([*'ab;,"', "\n", "\r", "\u2028", "\x85", "\f", "ü", "π", "😀", " "])
CELLS = st.text(LETTERS, max_size=12)
ROWS = st.lists(st.lists(CELLS, min_size=5, max_size=8), max_size=8)


def pieces_of(path: Path, size: int) -> tuple[list[Record], tuple[UnreadLine, ...]]:
    table = table_file(path)
    assert table is not None
    unread = UnreadLines()
    found = [item.record for item in table.records(table.read(size), unread)]
    return found, unread.in_order()


def without_hashes(records: Iterable[Record]) -> list[Record]:
    """A row without a number is known by a hash of its cells or of its bytes."""
    return [
        replace(record, source_id="hash") if record.source_id.startswith("sha256:") else record
        for record in records
    ]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "records.csv"


@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=ROWS, size=st.integers(1, 60), line_end=st.sampled_from(["\n", "\r\n", "\r"]))
def test_read_in_pieces_as_read_whole(
    file: Path, rows: list[list[str]], size: int, line_end: str
) -> None:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator=line_end)
    writer.writerows([HEADER, ["1", "A stump", "Okoye A", "2024", "J", "1-2", ""], *rows])
    file.write_bytes(text.getvalue().encode())
    records, unread = pieces_of(file, size)
    whole = read_records(file)
    assert without_hashes(records) == without_hashes(item.record for item in whole.captured)
    assert [(line.line, line.reason) for line in unread] == [
        (line.line, line.reason) for line in whole.unread
    ]


@pytest.mark.parametrize("size", [1, 7, 64, 4096])
def test_where_a_piece_ends_moves_no_line_number(file: Path, size: int) -> None:
    file.write_bytes("title,year\r\n“A\r\nstump”,2024\r\n\r\ntoo,many,cells\r\nü,2020".encode())
    _, unread = pieces_of(file, size)
    assert [line.line for line in unread] == [2, 5]


FAULTS = {
    "binary data": (
        b"Another stump,2024\n" * 20_000 + b"a\x00b,2024\n",
        20_004,
        "here stands binary data",
    ),
    "control characters": (b"a\x01\x02\x03b,2024\n", 4, "here stands binary data"),
    "an endless line": (b"a" * 1_100_000 + b"\n", 4, "has more than 1,048,576"),
    "an open quotation mark": (b'"a\n' + b"b\n" * 600_000, 4, "cannot be read from here on"),
    "100,001 rows of one cell": (b"a\n" * 100_001, 100_004, "more than 100,000 lines"),
}


@pytest.mark.parametrize("size", [64, 4_000_000])
def test_what_a_pdf_left_in_a_long_abstract_is_borne(file: Path, size: int) -> None:
    """A few control characters, far apart: a line of a labelled set has three."""
    abstract = "\x01 74 people were seen. Most had pain in the stump, as was told before. " * 2
    abstract = (abstract + "Nobody had been asked for longer than a year. " * 4) * 5
    file.write_text(f'title,abstract,year\nA stump,"{abstract}",2024\n')
    records, unread = pieces_of(file, size)
    assert [record.year for record in records] == [2024]
    assert [item.record.year for item in read_records(file).captured] == [2024]
    assert not unread


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("size", [50_000, 4_000_000])
def test_a_fault_is_placed_as_it_is_in_the_whole_text(file: Path, fault: str, size: int) -> None:
    content, line, says = FAULTS[fault]
    file.write_bytes(b"title,year\nA stump,2024\n,\n" + content)
    with pytest.raises(UnreadableInput, match=says) as refused:
        pieces_of(file, size)
    assert str(refused.value).startswith(f"{file}, line {line}, column 1: ")
    with pytest.raises(UnreadableInput, match=says) as whole:
        read_records(file)
    assert str(whole.value) == str(refused.value)


def test_a_table_larger_than_a_text_may_be_is_read(file: Path) -> None:
    abstract = "a" * 900_000
    rows = MAX_TEXT_BYTES // len(abstract) + 1
    with file.open("w") as opened:
        opened.write("record_id,title,abstract\n")
        opened.writelines(f"{n},Title {n},{abstract}\n" for n in range(rows))
    table = table_file(file)
    assert table is not None
    read = table.records(table.read(), UnreadLines())
    assert sum(item.name.isdecimal() for item in read) == rows
    with pytest.raises(UnreadableInput, match="unpacks to more than"):
        read_records(file)


def test_another_encoding_late_in_a_table_is_told(file: Path) -> None:
    file.write_bytes(
        b"title,year\n" + b"A stump,2024\n" * 25_000 + "Müller,2024\n".encode("cp1252")
    )
    with pytest.raises(NotUtf8):
        pieces_of(file, 4096)


@pytest.mark.parametrize(
    "content",
    [
        b"TY  - JOUR\nTI  - A stump\nER  - \n",
        b"<xml><records/></xml>",
        b"a,b,c\n1,2,3\n",
        b"title,year\nM\xfcller,2024\n",
        "title,year\nA stump,2024\n".encode("utf-16"),
        b"title,year\n\x00,2024\n",
        b'"TITLE","A stump"\n"AUTHOR NAMES","Okoye A.B."\n',
        b"",
    ],
)
def test_what_is_no_table_in_utf_8_is_left_to_the_other_reader(file: Path, content: bytes) -> None:
    file.write_bytes(content)
    assert table_file(file) is None
