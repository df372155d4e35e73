"""`surveil strategy explain` as a script calls it."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from surveillance.cli import app, main
from surveillance.pipeline.demonstration import SNAPSHOT
from surveillance.strategy.evaluate.verdict import Verdict
from tests.command_line import caller

TOPIC = Path(__file__).parents[2] / "search_strategies" / "targeted_muscle_reinnervation"
STRATEGY = str(TOPIC / "medline.ovid.txt")
RECORDS = str(SNAPSHOT / "2025-01-31" / "pubmed.xml")


def explained(record: str, *more: str, records: str = RECORDS) -> dict[str, object]:
    arguments = [
        "strategy",
        "explain",
        STRATEGY,
        "--record",
        record,
        "--records",
        records,
        "--json",
    ]
    done = CliRunner().invoke(app, [*arguments, *more])
    assert done.exit_code == 0, done.stderr
    document: dict[str, object] = json.loads(done.stdout)
    return document


@pytest.mark.parametrize("name", ["90000102", "pubmed:90000102", "PubMed:90000102"])
def test_each_line_says_on_which_words(name: str) -> None:
    document = explained(name)
    assert (document["record"], document["verdict"]) == ("pubmed:90000102", Verdict.MATCH)
    lines = {line["number"]: line for line in document["lines"]}  # type: ignore[attr-defined]
    assert len(lines) == 31
    title = next(text for text in lines[1]["texts"] if text["part"] == "title")
    assert [word["text"] for word in title["words"]] == ["Targeted", "muscle", "reinnervation"]
    for word in title["words"]:
        assert title["text"][word["start"] : word["end"]] == word["text"]
    assert lines[6]["headings"][0]["name"] == "Muscle, Skeletal"
    assert lines[31]["lines"] == [
        {"number": 29, "verdict": "match", "excluded": False},
        {"number": 30, "verdict": "no match", "excluded": True},
    ]


def test_people_see_the_words_marked(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    surveil = caller(monkeypatch, capsys, "strategy", "explain", STRATEGY)
    code, said, _ = surveil("--record", "90000102", "--records", RECORDS)
    assert code == 0
    assert "«Targeted» «muscle» «reinnervation»" in said


@pytest.mark.parametrize("name", ["1", "pubmed:1", "ovid:90000102", ""])
def test_a_record_that_is_not_there_is_one_sentence_and_exit_code_two(
    name: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = ["surveil", "strategy", "explain", STRATEGY, "--record", name, "--records", RECORDS]
    monkeypatch.setattr(sys, "argv", asked)
    with pytest.raises(SystemExit) as end:
        main()
    said = capsys.readouterr()
    assert (end.value.code, said.out) == (2, "")
    assert f"there is no record {name or '“”'} in these files." in " ".join(said.err.split())
