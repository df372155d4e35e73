"""NLM's files in a folder: listed in their order, checked by both forms of MD5, read or refused."""

from __future__ import annotations

import gzip
from datetime import date
from pathlib import Path

import pytest

from surveillance.errors import SourceFailed, UnreadableInput
from surveillance.records import Captured
from surveillance.sources.update_files import PubMedFile, PubMedFiles
from tests.nlm import Article, article_set, put_file

CONTENT = article_set([Article(1, "One", date(2026, 1, 1))])


def put(folder: Path, *numbers: int, year: int = 26) -> None:
    for number in numbers:
        put_file(folder, f"pubmed{year}n{number:04}.xml.gz", CONTENT)


def listed(folder: Path) -> list[tuple[str, bool]]:
    files = PubMedFiles(str(folder)).listing().files
    return [(file.path, file.is_baseline) for file in files]


def test_files_of_one_folder_are_ordered_by_number(tmp_path: Path) -> None:
    put(tmp_path, 1337, 1335, 1336)
    (tmp_path / "README.txt").write_text("not a file of PubMed")
    names = [f"pubmed26n{number}.xml.gz" for number in (1335, 1336, 1337)]
    assert listed(tmp_path) == [(name, False) for name in names]


def test_numbers_go_on_from_the_baseline_to_the_updates(tmp_path: Path) -> None:
    put(tmp_path / "baseline", 1, 2)
    put(tmp_path / "updatefiles", 2, 3, 4)
    assert listed(tmp_path) == [
        ("baseline/pubmed26n0001.xml.gz", True),
        ("baseline/pubmed26n0002.xml.gz", True),
        ("updatefiles/pubmed26n0003.xml.gz", False),
        ("updatefiles/pubmed26n0004.xml.gz", False),
    ]
    (remark,) = PubMedFiles(str(tmp_path)).listing().remarks
    assert remark == "Older than the baseline and left out: pubmed26n0002.xml.gz."
    assert [is_baseline for _, is_baseline in listed(tmp_path / "baseline")] == [True, True]


def test_more_than_9_999_files_are_ordered_by_number(tmp_path: Path) -> None:
    put(tmp_path, 10_000, 9_999)
    assert [name for name, _ in listed(tmp_path)] == [
        "pubmed26n9999.xml.gz",
        "pubmed26n10000.xml.gz",
    ]


def test_a_gap_is_named(tmp_path: Path) -> None:
    put(tmp_path, 1335, 1337)
    with pytest.raises(SourceFailed, match=r"pubmed26n1336\.xml\.gz is missing"):
        PubMedFiles(str(tmp_path)).listing()


def test_an_earlier_year_is_left_out_and_said(tmp_path: Path) -> None:
    put(tmp_path, 1500, 1501, year=25)
    put(tmp_path, 1335)
    listing = PubMedFiles(str(tmp_path)).listing()
    assert [file.name for file in listing.files] == ["pubmed26n1335.xml.gz"]
    assert "2 files (pubmed25n1500.xml.gz … pubmed25n1501.xml.gz)" in listing.remarks[0]


def test_nothing_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(UnreadableInput, match="no file of PubMed here"):
        PubMedFiles(str(tmp_path)).listing()
    with pytest.raises(UnreadableInput, match="no such folder"):
        PubMedFiles(str(tmp_path / "nowhere"))


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ("MD5(pubmed26n1335.xml.gz)= {md5}\n", True),
        ("MD5 (pubmed26n1335.xml.gz) = {md5}", True),
        ("{md5}  pubmed26n1335.xml.gz\n", True),
        ("{md5} *pubmed26n1335.xml.gz", True),
        ("{md5}  updatefiles/pubmed26n1335.xml.gz", True),
        ("{md5}\n", True),
        ("{MD5}", True),
        ("MD5(pubmed26n1336.xml.gz)= {md5}", False),
        ("{md5}  pubmed26n1336.xml.gz", False),
        ("<html>404</html>", False),
        ("", False),
        ("{md5}" + " " * 2_000, False),
    ],
)
def test_an_md5_is_read_in_both_forms(tmp_path: Path, text: str, is_one: bool) -> None:
    put(tmp_path, 1335)
    found = "0123456789abcdef" * 2
    beside = tmp_path / "pubmed26n1335.xml.gz.md5"
    beside.write_text(text.replace("{md5}", found).replace("{MD5}", found.upper()))
    files = PubMedFiles(str(tmp_path))
    file = files.listing().files[0]
    if is_one:
        assert files.md5_of(file) == found
    else:
        with pytest.raises(SourceFailed, match=r"beside pubmed26n1335\.xml\.gz there is no MD5"):
            files.md5_of(file)


def read(folder: Path) -> list[object]:
    files = PubMedFiles(str(folder))
    (file,) = files.listing().files
    with files.entries(file, files.md5_of(file)) as entries:
        return list(entries)


def test_a_file_is_read_entry_by_entry(tmp_path: Path) -> None:
    put(tmp_path, 1335)
    (entry,) = read(tmp_path)
    assert isinstance(entry, Captured)
    assert entry.record.title == "One"


@pytest.mark.parametrize(
    "packed",
    [
        gzip.compress(CONTENT)[:-20],
        gzip.compress(CONTENT[:-30]),
        gzip.compress(b"<html><body>Sorry</body></html>"),
        gzip.compress(b'<!DOCTYPE a [<!ENTITY b "c">]><PubmedArticleSet>&b;</PubmedArticleSet>'),
        gzip.compress(b""),
    ],
    ids=["gzip cut short", "XML cut short", "web page", "entities", "empty"],
)
def test_a_file_that_is_not_whole_is_named(tmp_path: Path, packed: bytes) -> None:
    put_file(tmp_path, "pubmed26n1335.xml.gz", packed)
    with pytest.raises(SourceFailed, match=r"pubmed26n1335\.xml\.gz cannot be read"):
        read(tmp_path)


def test_a_damaged_file_is_not_opened(tmp_path: Path) -> None:
    put(tmp_path, 1335)
    (tmp_path / "pubmed26n1335.xml.gz").write_bytes(b"something else")
    with pytest.raises(SourceFailed, match="is damaged: its MD5 is"):
        read(tmp_path)


def test_a_file_knows_its_place() -> None:
    file = PubMedFile("pubmed26n1335.xml.gz", "updatefiles", is_baseline=False)
    assert (file.order, file.path) == ((26, 1335), "updatefiles/pubmed26n1335.xml.gz")
