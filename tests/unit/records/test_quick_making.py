"""A value made quickly is the value: nothing can tell the two apart."""

from __future__ import annotations

import pickle
from dataclasses import FrozenInstanceError, replace
from typing import Any

import pytest

from surveillance.records import Author, Record
from surveillance.records.quick_making import quick_maker

quick_author = quick_maker(Author)
quick_record = quick_maker(Record)

GIVEN: list[dict[str, Any]] = [
    {},
    {"title": "A stump", "authors": (Author("Okoye", initials="AB"),), "year": 2024},
    {"abstract": "Pain.", "mesh": (), "registrations": ("NCT00000001",), "version": 2},
]


@pytest.mark.parametrize("given", GIVEN)
def test_it_is_equal_hashes_alike_and_is_of_the_class(given: dict[str, Any]) -> None:
    made = quick_record(source="file", source_id="1", **given)
    slow = Record(source="file", source_id="1", **given)
    assert type(made) is Record
    assert (made, hash(made), repr(made)) == (slow, hash(slow), repr(slow))
    assert pickle.loads(pickle.dumps(made)) == slow
    assert replace(made, volume="12") == replace(slow, volume="12")


def test_it_is_frozen() -> None:
    made = quick_author("Okoye", "", "AB")
    assert made == Author("Okoye", "", "AB")
    with pytest.raises(FrozenInstanceError):
        made.last = "Berg"  # type: ignore[misc]
    with pytest.raises(FrozenInstanceError):
        del made.last


def test_it_is_checked_as_the_class_checks_itself() -> None:
    with pytest.raises(ValueError, match="needs its source"):
        quick_record(source="file", source_id="")
    with pytest.raises(TypeError):
        quick_record("file", "1")  # type: ignore[call-arg]
