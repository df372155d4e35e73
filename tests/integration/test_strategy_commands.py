"""`surveil strategy …` as a stranger calls it: contract keys, odd files, several files, speed."""

from __future__ import annotations

import gzip
import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from surveillance.cli.strategy.several import repeated
from surveillance.pipeline.demonstration import PUBLISHED_SEARCH, SNAPSHOT
from tests.command_line import Surveil, caller

TOPIC = Path(__file__).parents[2] / "search_strategies" / "targeted_muscle_reinnervation"
RECORDS = SNAPSHOT / "2025-01-31" / "pubmed.xml"
EXPORT = SNAPSHOT / PUBLISHED_SEARCH.isoformat() / "exports" / "embase.ris"
STRATEGIES = {
    "medline.ovid.txt": "ovid-medline",
    "embase.ovid.txt": "ovid-embase",
    "cochrane.txt": "cochrane",
    "inahta.txt": "inahta",
}
SOUND = "1. neuroma*.tw.\n2. pain.tw.\n3. 1 and 2\n"


@pytest.fixture
def surveil(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> Surveil:
    monkeypatch.setenv("SURVEIL_WORKSPACE", str(tmp_path / "workspace"))
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.delenv("SURVEIL_DEBUG", raising=False)

    return caller(monkeypatch, capsys, "strategy")


def written(folder: Path, content: str | bytes, name: str = "strategy.txt") -> Path:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def in_json(done: tuple[int, str, str]) -> dict[str, Any]:
    code, out, err = done
    assert code in {0, 1}, err
    document: dict[str, Any] = json.loads(out)
    return document


DIAGNOSTIC = {
    "code": str,
    "severity": str,
    "line": int,
    "column": int,
    "end_column": int,
    "message": str,
    "hint": str,
}
COMMANDS: dict[str, tuple[list[object], dict[str, type]]] = {
    "lint": ([], {"dialect": str, "lines": int, "diagnostics": list}),
    "parse": ([], {"dialect": str, "result_line": int, "lines": list, "diagnostics": list}),
    "translate": (
        ["--to", "europepmc"],
        {
            "dialect": str,
            "target": str,
            "query": str,
            "lines": list,
            "losses": list,
            "diagnostics": list,
        },
    ),
    "evaluate": (["--records", RECORDS], {"records": int, "lines": list, "result": list}),
    "explain": (
        ["--records", RECORDS, "--record", "90000102"],
        {"record": str, "dialect": str, "lines": list},
    ),
}


@pytest.mark.parametrize("name", STRATEGIES)
@pytest.mark.parametrize("command", COMMANDS)
def test_a_published_strategy_of_any_dialect_gives_the_documents_of_the_contract(
    surveil: Surveil, command: str, name: str
) -> None:
    more, kinds = COMMANDS[command]
    document = in_json(surveil(command, TOPIC / name, *more, "--json"))
    assert {key: type(document[key]) for key in kinds} == kinds
    if "dialect" in kinds:
        assert document["dialect"] == STRATEGIES[name]
        named = surveil(command, TOPIC / name, *more, "--dialect", STRATEGIES[name], "--json")
        assert in_json(named) == document
    for diagnostic in document.get("diagnostics", []):
        assert {key: type(value) for key, value in diagnostic.items()} == DIAGNOSTIC
    assert all({"line", "column", "direction"} <= set(loss) for loss in document.get("losses", []))


def test_bench_counts_strategies_and_records(surveil: Surveil) -> None:
    document = in_json(surveil("bench", TOPIC, "--records", RECORDS, EXPORT, "--json"))
    assert document["strategies"] == len(STRATEGIES)
    alone = in_json(surveil("bench", TOPIC, "--records", EXPORT, "--json"))
    assert document["records"] > alone["records"] > 10
    assert {"index_seconds", "query_seconds", "pairs_per_second"} <= set(document)


def test_bench_names_what_cannot_be_read_and_measures_the_rest(
    surveil: Surveil, tmp_path: Path
) -> None:
    written(tmp_path, SOUND)
    written(tmp_path, b"PK\x03\x04 a document", "word.txt")
    written(tmp_path, "\n", "blank.txt")
    code, out, err = surveil("bench", tmp_path, "--records", RECORDS, "--json")
    assert (code, json.loads(out)["strategies"]) == (0, 1)
    assert [row.partition(":")[0] for row in err.splitlines()] == ["left out", "left out"]


READ_ALIKE = {
    "UTF-8 with a mark": b"\xef\xbb\xbf" + SOUND.encode(),
    "UTF-16": SOUND.encode("utf-16"),
    "UTF-16 without its mark": SOUND.encode("utf-16-le"),
    "CRLF": SOUND.replace("\n", "\r\n").encode(),
    "CR": SOUND.replace("\n", "\r").encode(),
}


@pytest.mark.parametrize("content", READ_ALIKE.values(), ids=READ_ALIKE)
def test_how_a_file_was_saved_does_not_matter(
    surveil: Surveil, tmp_path: Path, content: bytes
) -> None:
    sound = in_json(surveil("parse", written(tmp_path, SOUND), "--json"))
    assert in_json(surveil("parse", written(tmp_path, content, "other.txt"), "--json")) == sound
    code, out, _ = surveil("lint", tmp_path / "other.txt")
    assert (code, "3 lines" in out) == (0, True)


def test_letters_of_windows_are_read(surveil: Surveil, tmp_path: Path) -> None:
    file = written(tmp_path, "1. M\xe9ni\xe8re*.tw.\n".encode("cp1252"))
    assert in_json(surveil("parse", file, "--json"))["lines"][0]["text"] == "Ménière*.tw."


REFUSED = {
    "an empty file": b"",
    "blank lines": b"\n \n\t\n",
    "bytes of all kinds": bytes(range(256)) * 20,
    "a Word file": b"PK\x03\x04word/document.xml",
    "a web page": b"\n<!DOCTYPE html>\n<html><body>1. pain.tw.</body></html>\n",
    "XML": b'<?xml version="1.0"?>\n<PubmedArticleSet/>\n',
    "a compressed file": gzip.compress(SOUND.encode()),
    "UTF-16 cut short": SOUND.encode("utf-16")[:-1],
    "a huge file": b"1. pain.tw.\n" * 100_000,
}


@pytest.mark.parametrize("command", ["lint", "parse", "translate", "evaluate", "explain"])
@pytest.mark.parametrize("content", REFUSED.values(), ids=REFUSED)
def test_a_file_that_holds_no_strategy_is_one_sentence_with_its_name(
    surveil: Surveil, tmp_path: Path, command: str, content: bytes
) -> None:
    file = written(tmp_path, content)
    refused_at(surveil(command, file, *COMMANDS[command][0], "--json"), file)


@pytest.mark.parametrize("command", ["lint", "parse", "translate", "evaluate", "explain"])
def test_a_folder_or_nothing_in_the_place_of_a_file_is_one_sentence(
    surveil: Surveil, tmp_path: Path, command: str
) -> None:
    for file in (tmp_path, tmp_path / "nowhere.txt"):
        refused_at(surveil(command, file, *COMMANDS[command][0], "--json"), file)


def refused_at(done: tuple[int, str, str], file: Path) -> None:
    code, out, err = done
    assert (code, out) == (2, "")
    assert err.startswith(f"surveil: {file}")
    assert len(err.splitlines()) == 1
    assert "Errno" not in err
    assert "codec" not in err


def test_a_strategy_of_which_no_line_is_understood_is_still_a_document(
    surveil: Surveil, tmp_path: Path
) -> None:
    file = written(tmp_path, "1. ((((\n")
    document = in_json(surveil("parse", file, "--json"))
    assert [line["tree"] for line in document["lines"]] == [None]
    assert [d["line"] for d in document["diagnostics"] if d["severity"] == "error"] == [1]
    assert surveil("lint", file, "--json")[0] == 1
    assert in_json(surveil("translate", file, "--to", "pubmed", "--json"))["query"] == ""
    found = in_json(surveil("evaluate", file, "--records", RECORDS, "--json"))
    assert found["result"] == []


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["translate", "--to", "pubmed", "--line", "99"], "no line 99; its last is 31"),
        (["evaluate", "--records", RECORDS, "--line", "0"], "no line 0"),
        (["parse", "--dialect", "nope"], "ovid-medline, ovid-embase, cochrane, inahta, pubmed"),
        (["translate", "--to", "nope"], "'pubmed', 'clinicaltrials', 'europepmc'"),
        (["translate"], "'--to'"),
        (["evaluate"], "'--records'"),
        (["evaluate", "--records", RECORDS, TOPIC / "nowhere.xml"], "nowhere.xml: there is no"),
        (["evaluate", "--records", TOPIC], "this is a folder"),
        (["evaluate", "--records", TOPIC / "topic.toml"], "topic.toml, line 1, column 1: this is"),
        (["evaluate", "--records", RECORDS, "--mesh", RECORDS], "not a DescriptorRecordSet"),
        (["translate", "--to", "pubmed", "--mesh", TOPIC / "no.tsv"], "no.tsv: cannot be read"),
    ],
)
def test_wrong_arguments_are_named(surveil: Surveil, arguments: list[object], said: str) -> None:
    command, *more = arguments
    code, out, err = surveil(command, TOPIC / "medline.ovid.txt", *more)
    assert (code, out) == (2, "")
    assert said in " ".join(err.split())
    assert "Traceback" not in err


FILE_AND_SEVERAL = [
    (["FILE", "--records", "a", "b", "--json"], ["FILE", "--records a", "--records b", "--json"]),
    (["--records", "a", "b", "FILE"], ["--records a", "--records b", "FILE"]),
    (["--records=a", "b", "FILE"], ["--records a", "--records b", "FILE"]),
    (["--records", "a", "b", "--json", "FILE"], ["--records a", "--records b", "--json", "FILE"]),
    (["--records", "a", "--records", "b", "FILE"], ["--records a", "--records b", "FILE"]),
    (["--line", "3", "--records", "a", "FILE"], ["--line", "3", "--records a", "FILE"]),
    (["--line=3", "FILE", "--records", "a", "b"], ["--line=3 FILE --records a --records b"]),
    (["--records", "a", "b", "--", "FILE"], ["--records a", "--records b", "--", "FILE"]),
    (["--records", "a"], ["--records a"]),
    (["FILE", "--records"], ["FILE", "--records"]),
    ([], []),
]


@pytest.mark.parametrize(("given", "read"), FILE_AND_SEVERAL)
def test_several_files_stand_behind_one_option_or_each_behind_its_own(
    given: list[str], read: list[str]
) -> None:
    assert repeated(given, {"--records"}, {"--json"}) == " ".join(read).split()


@pytest.mark.parametrize("order", ["behind", "before", "each"])
def test_records_of_several_files_are_read_together(surveil: Surveil, order: str) -> None:
    file, both = TOPIC / "medline.ovid.txt", ["--records", RECORDS, EXPORT]
    asked = {
        "behind": [file, *both],
        "before": [*both, "--json", file],
        "each": [file, "--records", RECORDS, "--records", EXPORT],
    }[order]
    one = in_json(surveil("evaluate", file, "--records", RECORDS, "--json"))["records"]
    other = in_json(surveil("evaluate", file, "--records", EXPORT, "--json"))["records"]
    assert in_json(surveil("evaluate", *asked, "--json"))["records"] == one + other


MESH = (
    "DescriptorUI\tDescriptorName\ttree_location\n"
    "D1\tAmputation, Surgical\tE04.080\nD2\tHemipelvectomy\tE04.080.400\n"
)


@pytest.mark.parametrize("where", ["named", "beside", "workspace"])
def test_what_lies_below_a_heading_is_asked_of_europe_pmc(
    surveil: Surveil, tmp_path: Path, where: str
) -> None:
    file = written(tmp_path, "1. exp Amputation, Surgical/\n")
    asked = ["translate", file, "--dialect", "ovid-medline", "--to", "europepmc", "--json"]
    alone = in_json(surveil(*asked))
    assert "unknown" in {loss["direction"] for loss in alone["losses"]}
    (tmp_path / "workspace").mkdir()
    folder = tmp_path / {"named": "workspace", "beside": ".", "workspace": "workspace"}[where]
    mesh = written(folder, MESH, "other.tsv" if where == "named" else "mesh.tsv")
    with_mesh = in_json(surveil(*asked, *(["--mesh", mesh] if where == "named" else [])))
    assert 'MESH:"Hemipelvectomy"' in with_mesh["query"]
    assert {loss["direction"] for loss in with_mesh["losses"]} == {"superset"}


def test_the_workspaces_mesh_explodes_for_a_strategy_that_lies_elsewhere(
    surveil: Surveil, tmp_path: Path
) -> None:
    file = written(tmp_path, "1. exp Amputation, Surgical/\n")
    records = written(tmp_path, "PMID- 1\nTI  - A\nMH  - Hemipelvectomy\n\n", "one.nbib")
    asked = ["evaluate", file, "--dialect", "ovid-medline", "--records", records, "--json"]
    assert in_json(surveil(*asked))["result"] == []
    (tmp_path / "workspace").mkdir()
    written(tmp_path / "workspace", MESH, "mesh.tsv")
    assert in_json(surveil(*asked))["result"] == ["1"]


def test_a_heading_that_the_mapping_table_gives_is_held_against_mesh(
    surveil: Surveil, tmp_path: Path
) -> None:
    table = '[[headings]]\nname = "stump pain"\nmesh = ["Phantom Pain"]\nreason = "the same"\n'
    written(tmp_path, table, "emtree.toml")
    columns = "DescriptorUI\tDescriptorName\ttree_location\tentry_terms\n"
    written(tmp_path, f"{columns}D1\tPhantom Limb\tC10.597\tPhantom Pain\n", "mesh.tsv")
    file = written(tmp_path, "1. pain.tw.\n2. exp stump pain/\n3. 1 or 2\n")
    document = in_json(surveil("lint", file, "--dialect", "ovid-embase", "--json"))
    (told,) = [d for d in document["diagnostics"] if d["code"] == "renamed-heading"]
    assert (told["line"], told["column"]) == (2, 4)
    assert "The mapping table puts it in the place of “stump pain”." in told["message"]


def test_a_broken_mapping_table_stops_embase_alone(surveil: Surveil, tmp_path: Path) -> None:
    table = written(tmp_path, "[[headings]]\nname = 'x'\n", "emtree.toml")
    file = written(tmp_path, SOUND)
    for command in ("lint", "translate", "evaluate", "explain"):
        asked = [command, file, *COMMANDS[command][0], "--json"]
        refused_at(surveil(*asked, "--dialect", "ovid-embase"), table)
        assert surveil(*asked, "--dialect", "ovid-medline")[0] == 0


def test_brackets_of_a_title_are_shown_as_they_stand(surveil: Surveil, tmp_path: Path) -> None:
    """PubMed puts translated titles in brackets; rich would take them for its markup."""
    title = "[/b] [Pain] after [red]."
    records = written(tmp_path, f"PMID- 7\nTI  - {title}\nAB  - pain\n", "one.nbib")
    file = written(tmp_path, SOUND, "strategy[1].txt")
    code, out, err = surveil("explain", file, "--records", records, "--record", "7")
    assert code == 0, err
    assert title in " ".join(out.split())
    assert "strategy[1].txt" in "".join(out.split())


def test_a_terminal_that_lacks_a_character_is_shown_its_number(tmp_path: Path) -> None:
    records = written(tmp_path, "PMID- 7\nTI  - Painé\nAB  - pain\n", "one.nbib")
    file = written(tmp_path, SOUND)
    environment = {"PYTHONIOENCODING": "ascii", "PATH": ""}
    asked = ["explain", str(file), "--records", str(records), "--record", "7"]
    more: list[str]
    for more in ([], ["--json"]):
        done = subprocess.run(
            [str(Path(sys.executable).with_name("surveil")), "strategy", *asked, *more],
            capture_output=True,
            env=environment,
            check=True,
            timeout=60,
        )
        assert done.stdout.isascii()
    assert json.loads(done.stdout)["title"] == "Painé"


HEAVY = {"numpy", "spacy", "sqlalchemy", "prefect", "pydantic_settings", "httpx", "rapidfuzz"}


@pytest.mark.parametrize("command", ["lint", "parse", "translate", "explain"])
def test_a_command_loads_only_what_it_needs(command: str, tmp_path: Path) -> None:
    """`surveil strategy …` begins within half a second."""
    asked = ["surveil", "strategy", command, str(TOPIC / "medline.ovid.txt"), "--json"]
    script = (
        f"import sys; sys.argv = {[*asked, *map(str, COMMANDS[command][0])]!r}\n"
        "from surveillance.cli import main\n"
        "try:\n    main()\nfinally:\n    print(*sys.modules, file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        env={"PATH": ""},
        timeout=60,
        check=True,
    )
    assert json.loads(done.stdout)
    assert not HEAVY & set(done.stderr.split())


def test_what_the_page_shows_of_lint_and_explain_is_what_they_print(
    surveil: Surveil, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "112")
    page = (Path(__file__).parents[2] / "docs" / "commands.md").read_text(encoding="utf-8")
    finding, rows = re.findall(r"```text\n(.*?)```", page, re.DOTALL)
    assert finding in surveil("lint", TOPIC / "embase.ovid.txt")[1]
    asked = [TOPIC / "medline.ovid.txt", "--record", "90000102", "--records", RECORDS]
    shown = surveil("explain", *asked)[1].splitlines()
    assert set(rows.splitlines()) <= set(shown)
