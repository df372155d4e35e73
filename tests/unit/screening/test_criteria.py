from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path

import pytest

from surveillance.errors import UnreadableInput
from surveillance.screening.criteria import (
    Abbreviation,
    Concept,
    Criteria,
    Designs,
    Participants,
    read_criteria,
)
from surveillance.screening.designs import Design

ROOT = Path(__file__).resolve().parents[3]
PAGE = (ROOT / "docs/criteria.md").read_text(encoding="utf-8")
KINDS = {
    "abbreviation": Abbreviation,
    "designs": Designs,
    "concept": Concept,
    "participants": Participants,
}

SOUND = """\
source = "made up"

[[criteria]]
kind = "concept"
name = "population"
reason = "no amputation"
words = ["amput*"]

[[criteria]]
kind = "participants"
name = "size"
reason = "too few"
least = 20
designs = ["case series"]
"""


def written(folder: Path, text: str) -> Path:
    file = folder / "criteria.toml"
    file.write_text(text, encoding="utf-8")
    return file


def test_criteria_keep_the_order_of_the_file(tmp_path: Path) -> None:
    criteria = read_criteria(written(tmp_path, SOUND))
    assert [criterion.name for criterion in criteria.criteria] == ["population", "size"]


@pytest.mark.parametrize(
    ("old", "new", "line", "column", "word"),
    [
        ('words = ["amput*"]', 'words = ["amput*"]\nwrods = ["x"]', 8, 1, "unknown key"),
        ("least = 20", "least = 0", 13, 1, "least"),
        ("least = 20", 'least = "many"', 13, 1, "least"),
        ('designs = ["case series"]', 'designs = ["case seris"]', 14, 1, "designs"),
        ('reason = "too few"\n', "", 9, 1, "missing"),
        ('source = "made up"', 'source = "made up', 1, 18, "TOML"),
        ('words = ["amput*"]', "words = []", 7, 1, "words"),
        ('kind = "concept"', 'kind = "conzept"', 3, 1, "kind"),
    ],
)
def test_a_fault_is_named_with_its_place(
    tmp_path: Path, old: str, new: str, line: int, column: int, word: str
) -> None:
    file = written(tmp_path, SOUND.replace(old, new))
    with pytest.raises(UnreadableInput) as caught:
        read_criteria(file)
    place = caught.value.place
    assert place is not None
    assert (place.file, place.line, place.column) == (file, line, column)
    assert word in str(caught.value)


def test_a_file_without_criteria_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnreadableInput, match="criteria"):
        read_criteria(written(tmp_path, 'source = "x"\ncriteria = []\n'))


def test_the_example_topics_criteria_are_sound() -> None:
    folder = ROOT / "search_strategies/targeted_muscle_reinnervation"
    assert read_criteria(folder / "criteria.toml").criteria


@pytest.mark.parametrize("kind", KINDS)
def test_every_key_is_documented_and_every_documented_key_exists(kind: str) -> None:
    section = PAGE.split(f"\n### `{kind}`\n")[1].split("\n### ")[0].split("\n## ")[0]
    documented = set(re.findall(r"^\| `(\w+)` \|", section, re.MULTILINE))
    common = {"kind", "name", "reason"}
    assert documented == {field.name for field in fields(KINDS[kind])} - common


def test_the_keys_of_every_criterion_and_of_the_file_are_documented() -> None:
    section = PAGE.split("\n## The file\n")[1].split("\n## ")[0]
    documented = set(re.findall(r"^\| `(\w+)` \|", section, re.MULTILINE))
    assert documented == {field.name for field in fields(Criteria)} | {"kind", "name", "reason"}


def test_every_design_is_documented() -> None:
    section = PAGE.split("\n## Designs\n")[1].split("\n## ")[0]
    assert set(re.findall(r"^\| `([\w -]+)` \|", section, re.MULTILINE)) == set(Design)
