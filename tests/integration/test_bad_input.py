"""Bad input: one clear sentence with its place, the contract's exit code, nothing half-recorded."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from surveillance.pipeline.demonstration import PUBLISHED_SEARCH
from surveillance.simulator import Fault
from surveillance.simulator.answers import Answer
from surveillance.simulator.faults import Exchange
from tests.command_line import Surveil, caller
from tests.world import World, contents, payloads, world

TOPIC = "targeted_muscle_reinnervation"
UNREADABLE, SOURCE_FAILED, STOPPED = 2, 3, 130


@pytest.fixture
def surveil(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Surveil:
    """The command as a user calls it: exit code, what was printed, what was said on the side."""

    return caller(monkeypatch, capsys)


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    with world(tmp_path / "workspace") as made:
        for name, value in made.environment.items():
            monkeypatch.setenv(name, value)
        yield made


def one_sentence(said: str) -> str:
    lines = [line for line in said.splitlines() if line.startswith("surveil: ")]
    assert len(lines) == 1, said
    assert "Traceback" not in said
    return lines[0]


def edit(file: Path, old: str, new: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_an_unknown_key_in_the_criteria_is_named_with_line_and_column(
    surveil: Surveil, workspace: World
) -> None:
    file = workspace.topic.criteria_file
    text = file.read_text(encoding="utf-8")
    file.write_text(f"poplation = 1\n{text}", encoding="utf-8")
    code, _, said = surveil("run", TOPIC)
    assert code == UNREADABLE
    assert re.search(r"criteria\.toml, line 1, column 1: .*poplation", one_sentence(said))
    assert recorded(workspace) == []


def recorded(workspace: World) -> list[str]:
    """The tables that hold something, beside the log of attempts."""
    rows = contents(workspace.settings.store_url)
    return [name for name, found in rows.items() if found and name not in ("run", "stage")]


@pytest.mark.parametrize(
    ("file", "old", "new", "place"),
    [
        ("topic.toml", "[trials]", "[trials", r"topic\.toml, line \d+, column \d+: .*TOML"),
        ("topic.toml", "cron =", "crontab =", r"topic\.toml, line \d+, column 1: .*crontab"),
        ("topic.toml", 'medline.ovid.txt"', 'lost.txt"', r"lost\.txt: .*not there"),
        ("topic.toml", "NCT05009394", "NCT5009394", r"topic\.toml, line \d+"),
        ("known_items.csv", ",2023,", ",last year,", r"known_items\.csv, line 2"),
        ("medline.ovid.txt", "29 not 30", "29 not 77", r"medline\.ovid\.txt, line \d+, column \d+"),
        ("mesh.tsv", "E04.555", "E04,555", r"mesh\.tsv, line \d+"),
    ],
)
def test_a_fault_in_a_topics_folder_is_one_sentence_with_its_place(
    file: str, old: str, new: str, place: str, surveil: Surveil, workspace: World
) -> None:
    edit(workspace.topic.folder / file, old, new)
    for command in (["topics", "check", TOPIC], ["run", TOPIC]):
        code, _, said = surveil(*command)
        assert code == UNREADABLE, said
        assert re.search(place, one_sentence(said)), said
    assert recorded(workspace) == []


def test_a_strategy_without_a_line_cannot_be_parsed(surveil: Surveil, tmp_path: Path) -> None:
    file = tmp_path / "empty.txt"
    file.write_text("\n \n", encoding="utf-8")
    for command in ("parse", "evaluate", "translate"):
        extra = {"translate": ["--to", "pubmed"], "evaluate": ["--records", str(file)]}
        code, _, said = surveil("strategy", command, str(file), *extra.get(command, []))
        assert code == UNREADABLE
        assert re.search(r"empty\.txt, line 1, column 1: ", one_sentence(said))


@pytest.mark.parametrize(
    ("name", "content", "said_of_it"),
    [
        ("cut.xml", b"<PubmedArticleSet><PubmedArticle><MedlineCitation>", r"cut\.xml, line 1"),
        ("page.xml", b"<!DOCTYPE html><html><body>Sorry</body></html>", r"page\.xml"),
        ("empty.xml", b"", r"empty\.xml"),
        ("cut.xml.gz", b"\x1f\x8b\x08\x00garbage", r"cut\.xml\.gz"),
        ("noise.ris", bytes(range(256)) * 4, r"noise\.ris"),
    ],
)
def test_records_that_cannot_be_read_are_one_sentence(
    name: str, content: bytes, said_of_it: str, surveil: Surveil, tmp_path: Path, workspace: World
) -> None:
    file = tmp_path / name
    file.write_bytes(content)
    strategy = workspace.topic.folder / "medline.ovid.txt"
    code, _, said = surveil("strategy", "evaluate", str(strategy), "--records", str(file))
    assert code == UNREADABLE
    assert re.search(said_of_it, one_sentence(said))
    code, _, said = surveil("import", str(file), "--topic", TOPIC, "--database", "Embase")
    assert code == UNREADABLE
    assert re.search(said_of_it, one_sentence(said))
    assert recorded(workspace) == []


@pytest.mark.parametrize(
    "arguments",
    [
        ["run"],
        ["run", "no_such_topic"],
        ["run", TOPIC, "--all"],
        ["run", TOPIC, "--until", "31.1.2025"],
        ["run", TOPIC, "--since", "2025-02-01", "--until", "2025-01-31"],
        ["digest", TOPIC],
        ["digest", TOPIC, "--send", "--preview"],
        ["import", "nowhere.ris", "--topic", TOPIC, "--database", "Embase"],
        ["import", "nowhere.ris", "--topic", TOPIC, "--database", "Scopus"],
        ["strategy", "parse", "nowhere.txt"],
        ["strategy", "parse", __file__, "--dialect", "klingon"],
        ["strategy", "translate", __file__, "--to", "google"],
        ["no-such-command"],
    ],
    ids=" ".join,
)
def test_wrong_arguments_end_with_2_and_no_traceback(
    arguments: list[str], surveil: Surveil, workspace: World
) -> None:
    code, _, said = surveil(*arguments)
    assert code == UNREADABLE
    assert said.strip()
    assert "Traceback" not in said


FAULTS = {
    "a storm of 429": [Fault.status(429, '{"error":"API rate limit exceeded"}')] * 40,
    "a truncated XML": [Fault.truncated(path="efetch.fcgi")] * 40,
    "an empty answer": [Fault.status(200, "")] * 40,
    "a web page": [Fault.status(200, "<html><body>maintenance</body></html>")] * 40,
    "a reset connection": [Fault.reset()] * 40,
    "the registry is down": [Fault.status(503, "", path="studies")] * 40,
}


@pytest.mark.slow
@pytest.mark.parametrize("faults", FAULTS.values(), ids=FAULTS)
def test_a_source_that_fails_records_nothing_and_leaves_the_watermark(
    faults: list[Fault], surveil: Surveil, workspace: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("surveillance.sources.http.time.sleep", lambda _: None)
    assert surveil("run", TOPIC, "--until", PUBLISHED_SEARCH.isoformat())[0] == 0
    before = workspace.facts()
    workspace.simulator.as_of = date(2025, 1, 31)
    workspace.simulator.faults.extend(faults)
    code, _, said = surveil("run", TOPIC, "--until", "2025-01-31")
    assert code == SOURCE_FAILED, said
    one_sentence(said)
    after = workspace.facts()
    untouched = ["watermark", "signal", "alert", "report", "screening_decision"]
    rows = [dict(fact) for fact in after["watermark"]]
    marks = {row["strategy"]: str(row["covered_until"]) for row in rows}
    if "registry" not in said.lower() and "clinicaltrials" not in said.lower():
        assert {name: after[name] for name in untouched} == {n: before[n] for n in untouched}
        assert marks["medline"] == "2024-08-02"
    assert marks["trials query"] == "2024-08-02"
    workspace.simulator.faults.clear()
    assert surveil("run", TOPIC, "--until", "2025-01-31")[0] == 0
    assert len(workspace.facts()["signal"]) == 8


def test_ctrl_c_is_a_sentence_and_the_run_goes_on_from_there(
    surveil: Surveil, workspace: World
) -> None:
    asked, busy = threading.Event(), Fault.status(429, "")

    def respond(exchange: Exchange) -> Answer:
        asked.set()
        return busy.respond(exchange)

    workspace.simulator.faults.append(Fault(respond, times=10_000))
    # Of what runs in a shell's background Ctrl-C is ignored, and of the tests with it (POSIX).
    heard = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler)"
    program = f"{heard}; from surveillance.cli import main; main()"
    command = [sys.executable, "-c", program, "run", TOPIC, "--until", "2024-08-02"]
    environment = {**os.environ, **workspace.environment}
    with subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True) as running:
        assert asked.wait(60)
        running.send_signal(signal.SIGINT)
        said = running.communicate(timeout=60)[1]
    assert running.returncode == STOPPED
    assert "stopped" in one_sentence(said)
    workspace.simulator.faults.clear()
    assert surveil("run", TOPIC, "--until", "2024-08-02")[0] == 0


def test_a_plan_is_refused_for_the_day_that_its_run_would_be(
    surveil: Surveil, workspace: World
) -> None:
    code, printed, said = surveil("run", TOPIC, "--until", "2999-01-01", "--dry-run")
    assert (code, printed) == (UNREADABLE, "")
    assert "2999-01-01 has not come yet" in one_sentence(said)


def test_a_pipe_is_refused_and_a_name_in_another_encoding_taken(
    surveil: Surveil, workspace: World, tmp_path: Path
) -> None:
    pipe = tmp_path / "pipe.ris"
    os.mkfifo(pipe)
    brought = ("--topic", TOPIC, "--database", "Embase", "--searched-on", "2024-08-02")
    code, _, said = surveil("import", pipe, *brought)
    assert code == UNREADABLE
    assert "Save it as a file first." in one_sentence(said)
    named = Path(os.fsdecode(os.fsencode(tmp_path) + b"/M\xe9ni\xe8re.ris"))
    named.write_text("TY  - JOUR\nTI  - A title\nER  - \n", encoding="utf-8")
    code, printed, said = surveil("import", named, *brought)
    assert code == 0, said
    assert r"1 records from M\xe9ni\xe8re.ris" in printed


def test_json_goes_to_standard_output_alone(surveil: Surveil, workspace: World) -> None:
    strategy = str(workspace.topic.folder / "medline.ovid.txt")
    code, printed, _ = surveil("strategy", "parse", strategy, "--json")
    assert code == 0
    document = json.loads(printed)
    assert set(document) >= {"dialect", "result_line", "lines", "diagnostics"}
    assert document["result_line"] == 31
    line_22 = document["lines"][21]
    assert (line_22["number"], line_22["count_raw"], line_22["count"]) == (22, "48,538", 48538)
    assert [d["code"] for d in document["diagnostics"] if d["line"] == 47] == [
        "unbalanced-parenthesis"
    ]


def test_secrets_are_never_printed(
    surveil: Surveil, workspace: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NCBI_API_KEY", "s3cr3t-key-of-ours")
    monkeypatch.setattr("surveillance.sources.http.time.sleep", lambda _: None)
    workspace.simulator.faults.extend([Fault.status(500, "no")] * 40)
    code, printed, said = surveil("run", TOPIC)
    assert code == SOURCE_FAILED
    assert "s3cr3t" not in printed + said
    assert "test@example.org" not in printed + said
    assert not any(b"s3cr3t" in file.read_bytes() for file in workspace.folder.glob("surveil.db*"))
    assert "s3cr3t" not in str(contents(workspace.settings.store_url))
    assert b"s3cr3t" not in b"".join(payloads(workspace.settings.store_url))
