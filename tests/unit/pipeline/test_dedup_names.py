"""Names of records over several files: those that are unique stay, and no two are equal."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveillance.pipeline.dedup_names import as_cell, unique_names

Files = list[tuple[str, list[str]]]
CASES: list[tuple[str, Files, list[str]]] = [
    ("unique names stay", [("a", ["1", "2"]), ("b", ["3"])], ["1", "2", "3"]),
    ("shared by files", [("a", ["1", "2"]), ("b", ["1"])], ["a:1", "2", "b:1"]),
    ("twice in a file", [("a", ["1", "1", "1"])], ["1", "1#2", "1#3"]),
    ("both", [("a", ["1", "1"]), ("b", ["1"])], ["a:1", "a:1#2", "b:1"]),
    ("none", [("a", ["", "x", ""])], ["a#1", "x", "a#3"]),
    ("a composed name is taken", [("a", ["1", "1", "1#2"])], ["1", "1#2#2", "1#2"]),
    ("so is that of one without", [("a", ["", "a#1"])], ["a#1#2", "a#1"]),
    ("a formula", [("a", ["=1"]), ("=b", ["=1", ""])], ["a:'=1", "'=b:'=1", "'=b#2"]),
    ("its apostrophe is taken", [("a", ["=1", "'=1"])], ["'=1", "'=1#2"]),
    ("too long, and a control", [("a", ["x" * 201, "\x1b[2J"])], ["a#1", "a#2"]),
]


@pytest.mark.parametrize(
    ("files", "names"), [case[1:] for case in CASES], ids=[c[0] for c in CASES]
)
def test_names(files: Files, names: list[str]) -> None:
    assert list(unique_names(files).names) == names


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        ("-17", "-17"),
        ("+1.5", "+1.5"),
        ("-", "'-"),
        ("-1-1", "'-1-1"),
        ("@x", "'@x"),
        ("a=1", "a=1"),
        ("\uff1d1", "'\uff1d1"),
        ("\ud800", ""),
        ("a\nb", ""),
        ("x" * 200, "x" * 200),
    ],
)
def test_a_cell_shows_and_does_not_run(text: str, cell: str) -> None:
    assert as_cell(text) == cell


NAMES = st.text(st.sampled_from("1a#:'=-"), max_size=4)
FILES = st.dictionaries(st.sampled_from(["a", "a#1", "=a", "1"]), st.lists(NAMES, max_size=5))


@given(files=FILES)
def test_no_two_are_equal_and_what_was_unique_stays(files: dict[str, list[str]]) -> None:
    named = unique_names(list(files.items())).names
    printed = [as_cell(name) for names in files.values() for name in names]
    times = Counter(printed)
    assert len(set(named)) == len(named) == len(printed)
    for before, after in zip(printed, named, strict=True):
        assert after == before or not before or times[before] > 1
        assert as_cell(after) == after
