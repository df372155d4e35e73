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
    Exclusion,
    Languages,
    Participants,
    PublicationTypes,
    Years,
    read_criteria,
)
from surveillance.screening.designs import Design

ROOT = Path(__file__).resolve().parents[3]
PAGE = (ROOT / "docs/criteria.md").read_text(encoding="utf-8")
KINDS = {
    "population`, `intervention`, `comparator`, `outcome`, `concept": Concept,
    "exclusion": Exclusion,
    "abbreviation": Abbreviation,
    "designs": Designs,
    "publication types": PublicationTypes,
    "languages": Languages,
    "years": Years,
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
        ('kind = "concept"', 'kind = "outcome"\ndenied = "exclude"', 5, 1, "denied"),
        ('words = ["amput*"]', 'words = ["amput*"]\nunless = []', 8, 1, "unless"),
        ('words = ["amput*"]', "", 4, 1, "nothing|words, patterns or headings"),
        ('"amput*"', '"limb",\n  "a*"', 8, 3, "too much"),
        ('"made up"', '"made up"\nsafety_events = ["sepsis", "a*"]', 2, 28, "too much"),
        ('"made up"', '"made up"\nsafety_events = ["–"]', 2, 18, "no letters"),
        ('"amput*"', '"limb", "am*put"', 7, 18, "too much"),
        ('"amput*"', '"**"', 7, 10, "no letters"),
        ('words = ["amput*"]', "patterns = ['limb', '(a+)+b']", 7, 21, "10 times"),
        ('words = ["amput*"]', "patterns = ['(a']", 7, 13, "no regular expression"),
        ('words = ["amput*"]', "patterns = ['.']", 7, 13, "almost any text"),
        ('words = ["amput*"]', 'patterns = ["\\\\w+"]', 7, 13, "almost any text"),
        ('name = "size"', 'name = "Population"', 11, 1, "two criteria are called"),
        ('name = "size"', 'name = " "', 11, 1, "no words"),
        ('["case series"]', '["case series", "case series"]', 14, 12, "cannot have a limit"),
        (
            'designs = ["case series"]',
            'designs = ["case series"]\n\n[[criteria]]\n'
            'kind = "designs"\nname = "x"\nreason = "x"\nexclude = ["case series"]',
            14,
            12,
            "cannot have a limit",
        ),
        (
            'designs = ["case series"]',
            'designs = ["case series"]\n\n[[criteria]]\n'
            'kind = "designs"\nname = "x"\nreason = "x"\nonly = ["randomised trial"]',
            14,
            12,
            "cannot have a limit",
        ),
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
    assert re.search(word, str(caught.value)), str(caught.value)


BLOCK = """\
source = "made up"

[[criteria]]
name = "x"
reason = "y"
"""


@pytest.mark.parametrize(
    ("block", "line", "words"),
    [
        ('kind = "years"', 6, "“first” or “last”"),
        ('kind = "years"\nfirst = 2020\nlast = 2019', 8, "before the first"),
        ('kind = "years"\nfirst = 20', 7, "first"),
        ('kind = "languages"\nonly = ["Elvish"]', 7, "no language"),
        ('kind = "designs"', 6, "either"),
        ('kind = "designs"\nexclude = ["news"]\nonly = ["letter"]', 8, "either"),
        ('kind = "publication types"\nexclude = ["Letter"]\nonly = ["Review"]', 8, "either"),
        ('kind = "abbreviation"\nabbreviation = "T M"\nmeans = ["the one"]', 7, "no abbreviation"),
        ('kind = "abbreviation"\nabbreviation = "TM"\nmeans = ["this"]\notherwise = ["This"]',
         9, "“means” as well"),
        ('kind = "designs"\nexclude = ["news"]\n[[criteria]]\nname = "z"\nreason = "y"\n'
         'kind = "designs"\nonly = ["news"]', 7, "asked for by “z”"),
        ('kind = "designs"\nonly = ["news"]\nunless = [""]', 8, "unless"),
    ],
)  # fmt: skip
def test_a_combination_that_cannot_be_meant_is_named_with_its_line(
    tmp_path: Path, block: str, line: int, words: str
) -> None:
    with pytest.raises(UnreadableInput) as caught:
        read_criteria(written(tmp_path, BLOCK + block + "\n"))
    place = caught.value.place
    assert place is not None
    assert place.line == line, str(caught.value)
    assert words in str(caught.value)


def test_a_limit_and_an_exclusion_with_exceptions_may_stand_together(tmp_path: Path) -> None:
    more = (
        '[[criteria]]\nkind = "designs"\nname = "x"\nreason = "x"\n'
        'exclude = ["case series"]\nunless = ["death"]\n'
    )
    assert len(read_criteria(written(tmp_path, SOUND + more)).criteria) == 3


def test_what_is_absent_is_for_a_person_unless_the_file_says_otherwise(tmp_path: Path) -> None:
    concept = read_criteria(written(tmp_path, SOUND)).criteria[0]
    assert isinstance(concept, Concept)
    assert (concept.absent, concept.denied) == ("unsure", "unsure")


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
    common = {"kind", "name", "reason", "unless"}
    assert documented == {field.name for field in fields(KINDS[kind])} - common


def test_the_keys_of_every_criterion_and_of_the_file_are_documented() -> None:
    section = PAGE.split("\n## The file\n")[1].split("\n## ")[0]
    documented = set(re.findall(r"^\| `(\w+)` \|", section, re.MULTILINE))
    common = {"kind", "name", "reason", "unless"}
    assert documented == {field.name for field in fields(Criteria)} | common


def test_every_design_is_documented() -> None:
    section = PAGE.split("\n## Designs\n")[1].split("\n## ")[0]
    assert set(re.findall(r"^\| `([\w -]+)` \|", section, re.MULTILINE)) == set(Design)
