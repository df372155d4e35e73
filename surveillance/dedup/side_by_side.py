"""Two records field by field, with what differs marked in words that need no colour."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum

from surveillance.dedup.merged import FIELDS
from surveillance.records.model import Record

#: Characters of a value that are shown and compared word by word: an abstract's beginning.
SHOWN = 400
_UNPRINTED = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]+")


class Relation(StrEnum):
    """How two values stand to each other; what one record lacks is no difference."""

    SAME = "same"
    DIFFERENT = "different"
    ONE_SIDE = "one side"


@dataclass(frozen=True, slots=True)
class Row:
    """One field of two records, as printed, words that the other lacks in «…»."""

    field: str
    relation: Relation
    a: str
    b: str


def side_by_side(a: Record, b: Record) -> tuple[Row, ...]:
    """The fields that at least one of the records has."""
    return tuple(_rows(a, b))


def _rows(a: Record, b: Record) -> Iterator[Row]:
    for field, read in FIELDS.items():
        ours, theirs = printable(read(a)), printable(read(b))
        if ours or theirs:
            yield _row(field, ours, theirs)


def _row(field: str, ours: str, theirs: str) -> Row:
    if not ours or not theirs:
        return Row(field, Relation.ONE_SIDE, shown(ours), shown(theirs))
    if ours.casefold() == theirs.casefold():
        return Row(field, Relation.SAME, shown(ours), shown(theirs))
    return Row(field, Relation.DIFFERENT, *_marked(shown(ours), shown(theirs)))


def printable(text: str) -> str:
    """One line without control characters: a record may not steer the terminal."""
    return " ".join(_UNPRINTED.sub(" ", text).split())


def shown(text: str) -> str:
    """The beginning of a long text."""
    return text if len(text) <= SHOWN else f"{text[:SHOWN].rstrip()} …"


def _marked(ours: str, theirs: str) -> tuple[str, str]:
    """Both texts with the words in «…» that the other does not have at that place."""
    left, right = ours.split(), theirs.split()
    match = SequenceMatcher(None, _forms(left), _forms(right), autojunk=False)
    marked_left: list[str] = []
    marked_right: list[str] = []
    for kind, from_a, to_a, from_b, to_b in match.get_opcodes():
        differs = kind != "equal"
        marked_left += _words(left[from_a:to_a], differs=differs)
        marked_right += _words(right[from_b:to_b], differs=differs)
    return " ".join(marked_left), " ".join(marked_right)


def _forms(words: Sequence[str]) -> list[str]:
    return [word.casefold().strip(".,;:") or word for word in words]


def _words(words: Sequence[str], *, differs: bool) -> list[str]:
    return [f"«{' '.join(words)}»"] if differs and words else list(words)
