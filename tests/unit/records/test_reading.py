from __future__ import annotations

import gzip
import json
import subprocess
import sys
from pathlib import Path

import pytest

from surveillance.errors import UnreadableInput
from surveillance.records import Record
from surveillance.records.json_lines import to_json
from surveillance.records.reading import ReadRecords, read_records
from surveillance.records.text import decode

RIS = "TY  - JOUR\nTI  - Müller’s stump\nAN  - 1\nER  - \n"
NBIB = "PMID- 1\nTI  - A stump\n"
XML = (
    "<PubmedArticleSet><PubmedArticle><MedlineCitation><PMID>1</PMID><Article>"
    "<ArticleTitle>A stump</ArticleTitle></Article></MedlineCitation></PubmedArticle>"
    "</PubmedArticleSet>"
)
JSON_LINE = json.dumps({"source": "pubmed", "source_id": "1", "title": "A stump"})
ENDNOTE = "<xml><records><record><titles><title>A stump</title></titles></record></records></xml>"
CSV = "record_id,title\n1,A stump\n"
EMBASE_ROWS = '"TITLE","A stump"\n"AUTHOR NAMES","Okoye A.B."\n"DOI","10.5555/a"\n'
OVID_TAGGED = "<1. >\nVN  - Ovid Technologies\nUI  - 1\nTI  - A stump\n"
OVID_LABELLED = "<1>\nUnique Identifier\n  1\nTitle\n  A stump\n"
A_STUMP = {
    "RIS": RIS.replace("Müller’s", "A"),
    "NBIB": NBIB,
    "NBIB after blank lines": f"\n\n{NBIB}",
    "PubMed XML": XML,
    "EndNote XML": f'<?xml version="1.0" encoding="UTF-8"?>\n<!-- <Set> -->{ENDNOTE}',
    "JSON lines": JSON_LINE,
    "CSV": CSV,
    "semicolons for Excel": "sep=;\nTitle;Year\nA stump;2024\n",
    "tabs": "Title\tYear\nA stump\t2024\n",
    "Embase.com's rows": EMBASE_ROWS,
    "Ovid tagged": OVID_TAGGED,
    "Ovid tagged without numbers": "UI  - 1\nTI  - A stump\n",
    "Ovid labelled": OVID_LABELLED,
    "RIS of Ovid": f"1.\n{RIS.replace('Müller’s', 'A')}",
}


def read(tmp_path: Path, content: bytes, name: str = "records.dat") -> ReadRecords:
    path = tmp_path / name
    path.write_bytes(content)
    return read_records(path)


def titles(found: ReadRecords) -> list[str]:
    return [item.record.title for item in found.captured]


@pytest.mark.parametrize("text", A_STUMP.values(), ids=A_STUMP)
@pytest.mark.parametrize("packed", [False, True])
def test_the_format_is_told_by_content_whatever_the_name(
    tmp_path: Path, text: str, packed: bool
) -> None:
    content = gzip.compress(text.encode()) if packed else text.encode()
    found = read(tmp_path, content, "misleading.csv")
    assert titles(found) == ["A stump"]
    assert [line for line in found.unread if "no end" not in line.reason] == []


@pytest.mark.parametrize("text", A_STUMP.values(), ids=A_STUMP)
def test_a_payload_reads_back_to_the_same_record(tmp_path: Path, text: str) -> None:
    [item] = read(tmp_path, text.encode()).captured
    [again] = read(tmp_path, item.payload.content).captured
    assert again.record == item.record


@pytest.mark.parametrize("text", A_STUMP.values(), ids=A_STUMP)
@pytest.mark.parametrize("line_end", ["\r\n", "\r"])
def test_line_ends_of_every_system_are_read(tmp_path: Path, text: str, line_end: str) -> None:
    assert titles(read(tmp_path, text.replace("\n", line_end).encode())) == ["A stump"]


@pytest.mark.parametrize("text", A_STUMP.values(), ids=A_STUMP)
def test_every_format_is_read_in_utf_16(tmp_path: Path, text: str) -> None:
    content = text.replace("UTF-8", "UTF-16").encode("utf-16")
    assert titles(read(tmp_path, content)) == ["A stump"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_umlauts_survive_every_encoding(tmp_path: Path, encoding: str) -> None:
    assert titles(read(tmp_path, RIS.encode(encoding))) == ["Müller’s stump"]


def test_a_file_put_together_from_two_encodings_is_read_line_by_line(tmp_path: Path) -> None:
    content = RIS.encode("cp1252") + RIS.encode("utf-8")
    assert titles(read(tmp_path, content)) == ["Müller’s stump", "Müller’s stump"]


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf_16_without_its_mark_is_found_out(tmp_path: Path, encoding: str) -> None:
    assert titles(read(tmp_path, RIS.encode(encoding))) == ["Müller’s stump"]


@pytest.mark.parametrize(
    ("encoding", "title"),
    [
        ("cp1251", "Фантомная боль после ампутации конечности: исследование" * 2),
        ("cp1253", "Πόνος μετά από ακρωτηριασμό: τυχαιοποιημένη δοκιμή σε ασθενείς" * 2),
        ("gb18030", "截肢后幻肢痛的随机对照试验研究" * 4),
    ],
)
def test_another_script_in_no_unicode_is_refused_and_never_garbled(
    tmp_path: Path, encoding: str, title: str
) -> None:
    text = RIS.replace("Müller’s stump", title)
    assert titles(read(tmp_path, text.encode())) == [title]
    assert titles(read(tmp_path, text.encode("utf-16"))) == [title]
    with pytest.raises(UnreadableInput, match=r"records\.dat, line 2.*not Latin.*UTF-8"):
        read(tmp_path, text.encode(encoding))


def test_marks_of_utf_8_where_files_were_put_together_hide_no_record(tmp_path: Path) -> None:
    found = read(tmp_path, RIS.encode("utf-8-sig") * 3)
    assert len(titles(found)) == 3
    assert found.unread == ()


def test_half_a_character_of_utf_16_is_refused() -> None:
    with pytest.raises(UnreadableInput, match="UTF-16"):
        decode("TY".encode("utf-16") + b"\x00")


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "empty"),
        (b" \n ", "empty"),
        (b"record_id,year,label\n1,2024,1\n", "no column is a title: record_id, year, label"),
        (b"Dear colleague,\nplease find", "it begins “Dear colleague,”"),
        (b"C1  - 1001\nAU  - Okoye, A.\nTI  - A stump\n\n", "it begins “C1  - 1001”"),
        (b"FN Clarivate Analytics Web of Science\nPT J\n", "it begins “FN Clarivate"),
        (b"\x00\xff\x00\xff" * 100, "binary data"),
        (b"PK\x03\x04\x14\x00", "a file of Excel or Word"),
        (b"%PDF-1.7\n", "a PDF"),
        (b"{\\rtf1\\ansi", "a Rich Text file"),
        (b"title,year\n", "no record could be read"),
        (b"<records></records>", "no record could be read"),
        (b"TY  - JOUR\nER  -\n", "no record could be read"),
        (b'{"title": "no source"}\n', "no record could be read"),
    ],
)
def test_what_holds_no_records_is_refused_with_file_and_line(
    tmp_path: Path, content: bytes, says: str
) -> None:
    with pytest.raises(UnreadableInput, match=says) as refused:
        read(tmp_path, content)
    assert "records.dat, line 1" in str(refused.value)


def test_a_missing_file_and_a_folder_are_named(tmp_path: Path) -> None:
    with pytest.raises(UnreadableInput, match=r"none\.ris: there is no such file"):
        read_records(tmp_path / "none.ris")
    with pytest.raises(UnreadableInput, match="this is a folder"):
        read_records(tmp_path)


def test_a_text_file_that_unpacks_without_end_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("surveillance.records.text.MAX_TEXT_BYTES", 1_000_000)
    with pytest.raises(UnreadableInput, match="unpacks to more than 1,000,000 bytes"):
        read(tmp_path, gzip.compress(b"TY  - JOUR\n" * 1_000_000))


@pytest.mark.parametrize(
    ("binary", "line"), [(b"\x00", 3), (bytes(range(1, 9)), 3), (bytes(range(256)), 3)]
)
def test_binary_in_a_text_is_refused_with_its_line(
    tmp_path: Path, binary: bytes, line: int
) -> None:
    content = RIS.encode().replace(b"AN  - 1", b"AN  - 1" + binary)
    with pytest.raises(UnreadableInput, match=rf"records\.dat, line {line}.*binary data"):
        read(tmp_path, content)


def test_a_single_control_character_out_of_a_pdf_does_not_cost_the_file(tmp_path: Path) -> None:
    found = read(tmp_path, RIS.replace("stump", "stu\x02mp").encode() + b"\x1a")
    assert titles(found) == ["Müller’s stu\x02mp"]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("TI  - xxx", f"TY  - JOUR\nTI  - {'x' * 100_000_000}\nER  - \n"),
        ("TI  - xxx", "TY  - JOUR\nTI  - " + "xxxxxxxxx\n" * 200_000 + "ER  - \n"),
        ("TI  - xxx", f"PMID- 1\nTI  - {'x' * 2_000_000}\n"),
        ("TI  - xxx", "UI  - 1\nTI  - " + "xxxxxxxxx\n" * 200_000),
    ],
    ids=["RIS", "RIS, wrapped", "NBIB", "Ovid, wrapped"],
)
def test_a_title_without_end_is_refused_by_its_name_and_line(
    tmp_path: Path, name: str, content: str
) -> None:
    with pytest.raises(UnreadableInput, match=rf"line 2, .*“{name}.*1,048,576 characters"):
        read(tmp_path, content.encode())


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (f"title,year\n{'x' * 2_000_000},2024\n", r"line 2, .*1,048,576 characters"),
        ("title,year\n" + '"' + "x\n" * 2_000_000, r"line 2, .*quotation mark"),
        ("TY  - JOUR\n" + "KW  - x\n" * 100_001, r"line 100001, .*100,000 fields"),
        ("TY  - JOUR\nTI  - A\nER  - \n" + "x\n" * 100_001, r"line 100004, .*could not be read"),
        (
            f"<xml><records><record><titles><title>{'x' * 2_000_000}</title></titles></record>",
            r"line 1: .*1,048,576 characters",
        ),
        (f"<xml><records>{'<record>' * 300}", "line 1"),
    ],
    ids=["cell", "quotation mark", "fields", "unread lines", "XML field", "XML depth"],
)
def test_what_has_no_end_is_refused_with_its_line(tmp_path: Path, content: str, says: str) -> None:
    with pytest.raises(UnreadableInput, match=says):
        read(tmp_path, content.encode())


def test_formats_put_into_one_file_lose_no_record_in_silence(tmp_path: Path) -> None:
    both = read(tmp_path, f"{NBIB}\n{RIS}".encode())
    assert titles(both) == ["A stump"]
    assert [line.line for line in both.unread] == [4, 5, 6, 7]
    both = read(tmp_path, f"{RIS}\n{NBIB}".encode())
    assert titles(both) == ["Müller’s stump"]
    assert [line.line for line in both.unread] == [6, 7]


def test_pubmed_xml_cut_short_is_refused_when_it_is_read(tmp_path: Path) -> None:
    found = read(tmp_path, XML[:-40].encode())
    with pytest.raises(UnreadableInput, match=r"records\.dat, line 1"):
        list(found.captured)


def test_bad_json_lines_are_named_and_the_others_read(tmp_path: Path) -> None:
    deep = "[" * 100_000
    content = f'{JSON_LINE}\nnot json\n{{"source": "x", "source_id": "1", "titel": "A"}}\n{deep}\n'
    found = read(tmp_path, content.encode())
    assert titles(found) == ["A stump"]
    assert [line.line for line in found.unread] == [2, 3, 4]
    assert "titel" in found.unread[1].reason


def test_json_lines_are_written_as_they_are_read(tmp_path: Path) -> None:
    record = Record(source="embase", source_id="L1", title="A", mesh=(), year=2024)
    content = json.dumps(to_json(record)).encode()
    [item] = read(tmp_path, content).captured
    assert item.record == record
    assert item.payload.content == content


def test_reading_a_small_file_imports_no_reader_that_it_does_not_need() -> None:
    script = "import sys, surveillance.records.reading; print(sorted(sys.modules))"
    loaded = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    for heavy in ("lxml", "rispy", "Bio", "pydantic", "requests"):
        assert f"'{heavy}'" not in loaded.stdout
