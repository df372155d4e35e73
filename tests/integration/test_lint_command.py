"""`surveil strategy lint` as a user calls it."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.command_line import Surveil, caller

TOPIC = Path(__file__).parents[2] / "search_strategies" / "targeted_muscle_reinnervation"
KEYS = {"code", "severity", "line", "column", "end_column", "message", "hint"}


@pytest.fixture
def surveil(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> Surveil:
    monkeypatch.setenv("SURVEIL_WORKSPACE", str(tmp_path / "workspace"))

    return caller(monkeypatch, capsys, "strategy", "lint")


def written(folder: Path, text: str, name: str = "strategy.ovid.txt") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_the_document_has_the_keys_of_the_contract(surveil: Surveil, tmp_path: Path) -> None:
    file = written(tmp_path, "1 (nerve adj4 cut*).tw.\n2 pain.tw.\n3 1 and 2\n")
    code, out, _ = surveil(file, "--dialect", "ovid-medline", "--json")
    said = json.loads(out)
    assert code == 0
    assert said["dialect"] == "ovid-medline"
    assert said["lines"] == 3
    assert all(set(diagnostic) == KEYS for diagnostic in said["diagnostics"])
    (short,) = [d for d in said["diagnostics"] if d["code"] == "short-root"]
    assert (short["line"], short["column"], short["end_column"]) == (1, 15, 19)
    assert short["severity"] == "warning"


def test_an_error_ends_with_exit_code_1(surveil: Surveil, tmp_path: Path) -> None:
    file = written(tmp_path, "1 nerve.tw.\n2 pain.tw.\n3 1 and 9\n")
    code, out, _ = surveil(file, "--json")
    assert code == 1
    assert {"missing-line"} == {
        d["code"] for d in json.loads(out)["diagnostics"] if d["severity"] == "error"
    }


def test_people_see_the_line_and_a_caret_under_the_place(surveil: Surveil, tmp_path: Path) -> None:
    file = written(tmp_path, "1 (nerve adj4 cut*).tw.\n")
    code, out, _ = surveil(file, "--dialect", "ovid-medline")
    rows = out.splitlines()
    assert code == 0
    place = next(i for i, row in enumerate(rows) if row.startswith("line 1, column 15"))
    text, carets = rows[place + 2 : place + 4]
    assert text[carets.index("^") : carets.rindex("^") + 1] == "cut*"
    assert rows[-1] == "1 warning."


def test_a_long_line_is_shown_around_the_place(surveil: Surveil, tmp_path: Path) -> None:
    words = " or ".join(f"word{number:03}" for number in range(200))
    file = written(tmp_path, f"1 ({words} or cut*).tw.\n")
    _, out, _ = surveil(file, "--dialect", "ovid-medline")
    rows = out.splitlines()
    carets = next(i for i, row in enumerate(rows) if row.strip() == "^^^^")
    assert rows[carets - 1][rows[carets].index("^") :].startswith("cut*")
    assert len(rows[carets - 1]) < 110


def test_headings_are_held_against_the_mesh_given(surveil: Surveil, tmp_path: Path) -> None:
    mesh = written(
        tmp_path,
        "DescriptorUI\tDescriptorName\ttree_location\tentry_terms\n"
        "D1\tPhantom Limb\tC10.597\tPhantom Pain|Pseudomelia\n",
        "mesh.tsv",
    )
    file = written(tmp_path, "1 exp Phantom Pain/\n")
    code, out, _ = surveil(file, "--dialect", "ovid-medline", "--mesh", mesh, "--json")
    assert code == 0
    assert [d["code"] for d in json.loads(out)["diagnostics"]].count("renamed-heading") == 1
    # Found by itself beside the strategy, too.
    _, out, _ = surveil(file, "--dialect", "ovid-medline", "--json")
    assert "renamed-heading" in out


def test_known_items_and_records_are_read(surveil: Surveil, tmp_path: Path) -> None:
    items = written(
        tmp_path,
        "PMID- 1\nTI  - Neuromas of the stump after cutaneous surgery\nAB  - Stumps.\n\n",
        "items.nbib",
    )
    file = written(tmp_path, "1 neuroma*.tw.\n2 stump*.tw.\n3 cut*.tw.\n4 (1 or 3) not 2\n")
    code, out, _ = surveil(
        file, "--dialect", "ovid-medline", "--known-items", items, "--records", items, "--json"
    )
    found = {d["code"]: d["message"] for d in json.loads(out)["diagnostics"]}
    assert code == 0
    assert "excludes 1 of the known items: 1" in found["known-item-excluded"]
    assert "1 words of the records given, such as cutaneous" in found["short-root"]


def test_a_heading_of_embase_without_an_entry_is_told(surveil: Surveil, tmp_path: Path) -> None:
    written(
        tmp_path,
        '[[headings]]\nname = "phantom limb"\nmesh = ["Phantom Limb"]\nreason = "same"\n',
        "emtree.toml",
    )
    file = written(tmp_path, "1 phantom limb/\n2 nerve surgery/\n3 1 or 2\n")
    _, out, _ = surveil(file, "--dialect", "ovid-embase", "--json")
    told = [d for d in json.loads(out)["diagnostics"] if d["code"] == "emtree-not-mapped"]
    assert [d["line"] for d in told] == [2]


@pytest.mark.parametrize("name", ["medline.ovid.txt", "embase.ovid.txt", "cochrane.txt"])
def test_the_worked_example_is_linted(surveil: Surveil, name: str) -> None:
    code, out, _ = surveil(TOPIC / name, "--json")
    assert code in {0, 1}
    assert json.loads(out)["diagnostics"]


def test_a_file_that_is_not_there_is_one_sentence(surveil: Surveil) -> None:
    code, out, err = surveil("nowhere.txt")
    assert (code, out) == (2, "")
    assert err.startswith("surveil: nowhere.txt")


def test_it_loads_nothing_heavy() -> None:
    """Half a second to begin: neither Prefect nor SQLAlchemy nor a store is needed."""
    begun = time.perf_counter()
    script = (
        "import sys; from surveillance.cli import app; from surveillance.strategy.lint import lint;"
        "print(' '.join(sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=60
    )
    assert time.perf_counter() - begun < 30
    loaded = set(done.stdout.split())
    assert not loaded & {"prefect", "sqlalchemy", "spacy", "fastapi", "numpy", "rapidfuzz"}
