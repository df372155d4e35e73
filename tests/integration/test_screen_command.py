"""`surveil screen` as a script calls it: the contract's table, from files of every kind."""

from __future__ import annotations

import csv
import gzip
import io
import json
import re
import shutil
from pathlib import Path
from typing import Any

import pytest

from surveillance.pipeline.results_folder import write_together
from surveillance.screening.rules import RULES_VERSION
from surveillance.simulator.snapshot_builder import SNAPSHOT
from tests.command_line import Surveil, caller

ROOT = Path(__file__).resolve().parents[2]
CRITERIA = ROOT / "search_strategies/targeted_muscle_reinnervation/criteria.toml"
SETS = ROOT.parent / "shared" / "data" / "screening"
COLUMNS = ("record_id", "decision", "reason", "criteria", "evidence")
FITS = (
    "Forty people with a leg amputation had targeted muscle reinnervation (TMR) and were followed "
    "for one year. No new neuroma was observed, and it was as good as this at the end."
)
FEED = "A total mixed ration (TMR) was fed to the cows for forty days, and the milk was the same."


@pytest.fixture
def surveil(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Surveil:
    """The command as a user calls it: exit code, what was printed, what was said on the side."""

    return caller(monkeypatch, capsys, "screen")


def table(*rows: tuple[str, ...], columns: str = "record_id,title,abstract,year") -> bytes:
    made = io.StringIO()
    csv.writer(made, lineterminator="\n").writerows([columns.split(","), *rows])
    return made.getvalue().encode()


def written(folder: Path, content: bytes, name: str = "records.csv") -> Path:
    file = folder / name
    file.write_bytes(content)
    return file


def rows(folder: Path) -> list[dict[str, str]]:
    with (folder / "screened.csv").open(encoding="utf-8", newline="") as opened:
        return list(csv.DictReader(opened))


def screened(
    surveil: Surveil, file: Path, out: Path
) -> tuple[dict[str, Any], dict[str, dict[str, str]]]:
    code, said, aside = surveil(file, "--criteria", CRITERIA, "--out", out, "--json")
    assert code == 0, aside
    return json.loads(said), {row["record_id"]: row for row in rows(out)}


def refused(surveil: Surveil, *arguments: object) -> str:
    """The one sentence of a call that ends with exit code 2."""
    code, said, aside = surveil(*arguments)
    assert (code, said) == (2, ""), aside
    lines = [line for line in aside.splitlines() if line.startswith("surveil: ")]
    assert len(lines) == 1, aside
    assert "Traceback" not in aside
    return lines[0]


def test_every_record_has_its_decision_its_reason_and_its_words(
    surveil: Surveil, tmp_path: Path
) -> None:
    file = written(
        tmp_path,
        table(
            ("a1", "Nerve surgery after amputation", FITS, "2020"),
            ("a2", "TMR for dairy cows", FEED, "2021"),
            ("a3", "TMR after amputation", "", "2022"),
        ),
    )
    document, by_name = screened(surveil, file, tmp_path / "out")
    assert list(by_name) == ["a1", "a2", "a3"]
    assert tuple(by_name["a1"]) == COLUMNS
    decisions = {name: row["decision"] for name, row in by_name.items()}
    assert decisions == {"a1": "include", "a2": "exclude", "a3": "unsure"}
    assert by_name["a2"]["reason"].startswith("intervention: meaning of TMR: ")
    assert by_name["a3"]["reason"] == "abstract: there is no abstract"
    counts = {key: document[key] for key in ("records", "include", "exclude", "unsure")}
    assert counts == {"records": 3, "include": 1, "exclude": 1, "unsure": 1}
    assert document["excluded_for"] == {"intervention: meaning of TMR": 1}
    assert document["rules_version"] == RULES_VERSION
    checks = json.loads(by_name["a1"]["criteria"])
    assert {check["verdict"] for check in checks} == {"met"}
    assert [check["criterion"] for check in checks][-1] == "number of people"


def test_the_evidence_is_where_it_says(surveil: Surveil, tmp_path: Path) -> None:
    file = written(tmp_path, table(("a1", "Nerve surgery after amputation", FITS, "2020")))
    _, by_name = screened(surveil, file, tmp_path / "out")
    evidence = json.loads(by_name["a1"]["evidence"])
    texts = {"title": "Nerve surgery after amputation", "abstract": FITS}
    for item in evidence:
        text = texts[item["part"]]
        assert text[item["start"] : item["end"]] == item["text"]
        assert item["text"] in item["sentence"]
        assert item["sentence"] in text
    (people,) = [item for item in evidence if item["criterion"] == "number of people"]
    assert people["text"] == "Forty people"


def test_for_people_it_says_what_was_proposed_and_for_what(
    surveil: Surveil, tmp_path: Path
) -> None:
    file = written(tmp_path, table(("a2", "TMR for dairy cows", FEED, "2021")))
    code, said, _ = surveil(file, "--criteria", CRITERIA, "--out", tmp_path / "out")
    assert code == 0
    assert "proposed: exclude" in said
    assert "meaning of TMR" in said
    assert "an exclusion is a proposal" in said


@pytest.mark.parametrize("suffix", [".xml", ".xml.gz", ".ris"])
def test_other_formats_do_as_well(surveil: Surveil, tmp_path: Path, suffix: str) -> None:
    day = SNAPSHOT / "2024-08-02"
    if suffix == ".ris":
        file = Path(shutil.copy(day / "exports" / "embase.ris", tmp_path))
    else:
        content = (day / "pubmed.xml").read_bytes()
        file = written(
            tmp_path, gzip.compress(content) if suffix.endswith("gz") else content, f"r{suffix}"
        )
    document, by_name = screened(surveil, file, tmp_path / "out")
    assert document["records"] == len(by_name) > 10
    assert document["include"] and document["exclude"]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (
            table(("1", "T", "2020"), columns="record_id,title,year"),
            "line 1.*is an abstract",
        ),
        (b"A search\n\nrecord_id;title;year\n1;T;2020\n", "line 3.*no column is an abstract"),
        (
            table(("1", "A", "2020"), columns="record_id,abstract,year"),
            "line 1.*is a title",
        ),
        (table(), "no record"),
        (b"", "empty"),
        (b"\x00\x01\x02\x03" * 100, ""),
        (b"PK\x03\x04" + b"x" * 100, ""),
        (table(("1", "T", "a" * 1_100_000, "2020")), "more than 1,048,576 characters"),
    ],
)
def test_a_file_that_cannot_be_screened_is_refused_in_one_sentence(
    surveil: Surveil, tmp_path: Path, content: bytes, words: str
) -> None:
    file = written(tmp_path, content)
    out = tmp_path / "out"
    sentence = refused(surveil, file, "--criteria", CRITERIA, "--out", out, "--json")
    assert str(file) in sentence
    assert re.search(words, sentence), sentence
    assert not out.exists()


def test_a_missing_file_and_bad_criteria_are_refused(surveil: Surveil, tmp_path: Path) -> None:
    out = tmp_path / "out"
    missing = refused(surveil, tmp_path / "none.csv", "--criteria", CRITERIA, "--out", out)
    assert "no such file" in missing
    file = written(tmp_path, table(("1", "T", FITS, "2020")))
    assert "no such file" in refused(surveil, file, "--criteria", tmp_path / "x", "--out", out)
    criteria = tmp_path / "criteria.toml"
    text = CRITERIA.read_text(encoding="utf-8")
    criteria.write_text(text.replace("least = 20", "least = 0"), encoding="utf-8")
    line = text[: text.index("least = 20")].count("\n") + 1
    sentence = refused(surveil, file, "--criteria", criteria, "--out", out)
    assert f"{criteria}, line {line}, column 1" in sentence
    assert not out.exists()


@pytest.mark.parametrize(
    ("title", "abstract"),
    [
        ("", ""),
        ("", "y " * 500_000),
        ("x" * 500_000, "n" * 500_000),
        ("切断後の疼痛", "四肢の切断後の疼痛に対する手術の効果を検討した。" * 20),
        ("Боль", "боль после ампутации конечности " * 20),
        ("ألم الأطراف", "ألم الأطراف بعد البتر " * 20),
        ("&lt;b&gt;T&lt;/b&gt;", "&amp;" * 200),
        ("T", "\u202e\u200b\ufeff" * 50),
    ],
)
def test_what_is_no_usable_text_is_unsure_and_never_excluded(
    surveil: Surveil, tmp_path: Path, title: str, abstract: str
) -> None:
    file = written(tmp_path, table(("r1", title, abstract, "2020"), ("r2", "A", FITS, "2020")))
    _, by_name = screened(surveil, file, tmp_path / "out")
    assert by_name["r1"]["decision"] == "unsure"
    assert by_name["r2"]["decision"] == "include"


def test_control_characters_are_refused_or_unsure(surveil: Surveil, tmp_path: Path) -> None:
    file = written(tmp_path, table(("r1", "T", "\x01\x02 " * 40, "2020")))
    code, _, aside = surveil(file, "--criteria", CRITERIA, "--out", tmp_path / "out", "--json")
    assert code in {0, 2}, aside
    if code == 0:
        assert rows(tmp_path / "out")[0]["decision"] == "unsure"


def test_what_a_spreadsheet_would_run_is_made_harmless(surveil: Surveil, tmp_path: Path) -> None:
    formula = '=HYPERLINK("http://example.org")'
    file = written(tmp_path, table((formula, "=1+1", f"=2+2 {FITS}", "2020")))
    code, _, aside = surveil(file, "--criteria", CRITERIA, "--out", tmp_path / "out")
    assert code == 0
    assert "apostrophe" in aside
    (row,) = rows(tmp_path / "out")
    assert row["record_id"] == f"'{formula}"
    assert not any(cell.startswith(("=", "+", "-", "@")) for cell in row.values())


def test_two_records_of_one_name_stay_two(surveil: Surveil, tmp_path: Path) -> None:
    file = written(tmp_path, table(("r1", "A", FITS, "2020"), ("r1", "B", "", "2020")))
    _, by_name = screened(surveil, file, tmp_path / "out")
    assert [row["decision"] for row in by_name.values()] == ["include", "unsure"]
    assert len(by_name) == 2


def test_the_same_file_gives_the_same_table(surveil: Surveil, tmp_path: Path) -> None:
    file = Path(shutil.copy(SNAPSHOT / "2024-08-02" / "pubmed.xml", tmp_path))
    for out in ("first", "second"):
        screened(surveil, file, tmp_path / out)
    first, second = ((tmp_path / out / "screened.csv").read_bytes() for out in ("first", "second"))
    assert first == second


def test_the_table_is_replaced_whole_and_the_rest_of_the_folder_stays(
    surveil: Surveil, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    out.mkdir()
    (out / "screened.csv").write_text("old")
    (out / "mine.txt").write_text("mine")

    def broken(folder: Path) -> None:
        (folder / "screened.csv").write_text("half")
        raise RuntimeError

    with pytest.raises(RuntimeError):
        write_together(out, ("screened.csv",), broken)
    assert (out / "screened.csv").read_text() == "old"
    file = written(tmp_path, table(("r1", "A", FITS, "2020")))
    screened(surveil, file, out)
    assert sorted(place.name for place in out.iterdir()) == ["mine.txt", "screened.csv"]
    assert rows(out)[0]["record_id"] == "r1"


@pytest.mark.shared
def test_a_real_set_is_read_and_none_without_an_abstract_is_excluded(
    surveil: Surveil, tmp_path: Path
) -> None:
    file = SETS / "cohen_Antihistamines.csv.gz"
    if not file.exists():
        pytest.skip("needs ../shared/data")
    document, by_name = screened(surveil, file, tmp_path / "out")
    with gzip.open(file, "rt", encoding="utf-8", newline="") as opened:
        given = {row["record_id"]: row for row in csv.DictReader(opened)}
    assert document["records"] == len(given)
    assert by_name.keys() == given.keys()
    for name, row in given.items():
        if not row["abstract"].strip():
            assert by_name[name]["decision"] == "unsure"
