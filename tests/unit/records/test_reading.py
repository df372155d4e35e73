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


def read(tmp_path: Path, content: bytes, name: str = "records.dat") -> ReadRecords:
    path = tmp_path / name
    path.write_bytes(content)
    return read_records(path)


def titles(found: ReadRecords) -> list[str]:
    return [item.record.title for item in found.captured]


@pytest.mark.parametrize(
    "text", [RIS.replace("Müller’s", "A"), NBIB, XML, JSON_LINE, f"\n\n{NBIB}"]
)
@pytest.mark.parametrize("packed", [False, True])
def test_the_format_is_told_by_content_whatever_the_name(
    tmp_path: Path, text: str, packed: bool
) -> None:
    content = gzip.compress(text.encode()) if packed else text.encode()
    assert titles(read(tmp_path, content, "misleading.csv")) == ["A stump"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_umlauts_survive_every_encoding(tmp_path: Path, encoding: str) -> None:
    assert titles(read(tmp_path, RIS.encode(encoding))) == ["Müller’s stump"]


def test_a_file_put_together_from_two_encodings_is_read_line_by_line(tmp_path: Path) -> None:
    content = RIS.encode("cp1252") + RIS.encode("utf-8")
    assert titles(read(tmp_path, content)) == ["Müller’s stump", "Müller’s stump"]


def test_half_a_character_of_utf_16_is_refused() -> None:
    with pytest.raises(UnreadableInput, match="UTF-16"):
        decode("TY".encode("utf-16") + b"\x00")


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "empty"),
        (b" \n ", "empty"),
        (b"record_id,title\n1,A\n", "no format that is read here"),
        (b"\x00\xff\x00\xff" * 100, "no format that is read here"),
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
