"""TOML files that people edit: what is wrong is said in a sentence, at its line and column."""

from __future__ import annotations

from dataclasses import field
from datetime import date
from pathlib import Path

import pytest
from pydantic.dataclasses import dataclass

from surveillance.errors import UnreadableInput
from surveillance.toml_files import MAX_BYTES, STRICT, locate, read_text, read_toml


@dataclass(frozen=True, config=STRICT)
class Part:
    name: str
    size: int = 0
    words: tuple[str, ...] = ()


@dataclass(frozen=True, config=STRICT)
class Whole:
    title: str
    day: date | None = None
    first: Part | None = None
    parts: tuple[Part, ...] = field(default=())


SOUND = """\
title = "A title"
day = 2024-08-02

[first]
name = "one"

[[parts]]
name = "two"

[[parts]]
name = "three"
words = [
    "a",
    "b",
]
"""


def read(tmp_path: Path, text: str) -> Whole:
    file = tmp_path / "sample.toml"
    file.write_text(text, encoding="utf-8")
    return read_toml(file, Whole)


def test_a_sound_file_becomes_values(tmp_path: Path) -> None:
    whole = read(tmp_path, SOUND)
    assert whole.day == date(2024, 8, 2)
    assert whole.first == Part("one")
    assert whole.parts[1].words == ("a", "b")


def test_a_byte_order_mark_does_no_harm(tmp_path: Path) -> None:
    assert read(tmp_path, "\ufeff" + SOUND).title == "A title"


@pytest.mark.parametrize(
    ("before", "after", "place", "sentence"),
    [
        ('title = "A title"', 'titel = "A title"', "line 1, column 1", "unknown key “titel”"),
        ('title = "A title"', "", "line 1, column 1", "the key “title” is missing"),
        ('name = "one"', 'nmae = "one"', "line 5, column 1", "unknown key “first.nmae”"),
        ('name = "one"', "", "line 4, column 1", "the key “first.name” is missing"),
        ('name = "one"', 'name = "one"\n  colour = 1', "line 6, column 3", "unknown key “first.co"),
        (
            'name = "three"',
            'name = "three"\nsizes = 3',
            "line 12, column 1",
            "unknown key “parts.s",
        ),
        ('name = "two"', 'name = "two"\nsize = "large"', "line 9, column 1", "“parts.size”"),
        ('    "b",', "    7,", "line 12, column 1", "“parts.words”"),
        ("day = 2024-08-02", 'day = "soon"', "line 2, column 1", "“day”"),
        ("[first]", "[frist]", "line 4, column 1", "unknown key “frist”"),
        ("[first]", "[first", "line 4, column 7", "not valid TOML"),
        ("day = 2024-08-02", "day = 2024-13-02", "line 2, column 11", "not valid TOML"),
        ('    "b",\n]\n', '    "b",\n', "line 14", "not valid TOML"),
    ],
)
def test_a_fault_is_named_at_its_place(
    tmp_path: Path, before: str, after: str, place: str, sentence: str
) -> None:
    assert SOUND.count(before) == 1
    with pytest.raises(UnreadableInput) as raised:
        read(tmp_path, SOUND.replace(before, after))
    assert str(raised.value.place).endswith(f"sample.toml, {place}")
    assert sentence in raised.value.message
    assert "\n" not in str(raised.value)


def test_a_top_level_key_is_not_looked_for_in_a_table() -> None:
    assert locate('[first]\nname = "one"\ntitle = "another title"\n', ["title"]) == (1, 1)


@pytest.mark.parametrize(
    "text",
    ["title = " + "[" * 100_000, "title = " + "9" * 10_000, "title = " + "{a=" * 50_000],
    ids=["nested lists", "a number without end", "nested tables"],
)
def test_a_hostile_file_is_one_sentence(tmp_path: Path, text: str) -> None:
    with pytest.raises(UnreadableInput, match=r"sample\.toml"):
        read(tmp_path, text)


def test_a_file_that_is_too_large_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnreadableInput, match="larger than 1,000,000 bytes"):
        read(tmp_path, "#" * (MAX_BYTES + 1))


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(UnreadableInput, match=r"nowhere\.toml: there is no such file"):
        read_text(tmp_path / "nowhere.toml")


def test_a_file_that_is_not_text_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "picture.toml"
    file.write_bytes(b"\x89PNG\r\n\xff\xfe")
    with pytest.raises(UnreadableInput, match="cannot be read"):
        read_text(file)
    with pytest.raises(UnreadableInput, match="cannot be read"):
        read_text(tmp_path)
