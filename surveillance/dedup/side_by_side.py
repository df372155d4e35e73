"""Two records field by field, with what differs marked in words that need no colour."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum

from surveillance.dedup.comparable import Comparable
from surveillance.dedup.merged import FIELDS
from surveillance.dedup.similarity import compare
from surveillance.records.languages import language_of
from surveillance.records.model import Record

#: Characters of a value that are shown and compared word by word: an abstract's beginning.
SHOWN = 400
_UNPRINTED = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]+")


class Relation(StrEnum):
    """How two values are printed, whatever their case; what one record lacks is no difference."""

    SAME = "same"
    DIFFERENT = "different"
    ONE_SIDE = "one side"


class Agreement(StrEnum):
    """What two values say of a pair: alike is what the comparison holds to be one thing."""

    SAME = "same"
    ALIKE = "alike"
    DIFFERENT = "different"
    MISSING = "missing"


@dataclass(frozen=True, slots=True)
class Piece:
    """Words of a value; `differs` where the other record does not have them at that place."""

    words: str
    differs: bool = False

    def __str__(self) -> str:
        return f"«{self.words}»" if self.differs else self.words


@dataclass(frozen=True, slots=True)
class Row:
    """One field of two records, as printed, in pieces where they differ."""

    field: str
    relation: Relation
    agreement: Agreement
    pieces_a: tuple[Piece, ...]
    pieces_b: tuple[Piece, ...]

    @property
    def a(self) -> str:
        """The first record's value; what the other lacks in «…»."""
        return " ".join(map(str, self.pieces_a))

    @property
    def b(self) -> str:
        """The second record's value, in the same way."""
        return " ".join(map(str, self.pieces_b))


def side_by_side(a: Record, b: Record) -> tuple[Row, ...]:
    """The fields that at least one of the records has."""
    return tuple(_rows(a, b))


def _rows(a: Record, b: Record) -> Iterator[Row]:
    alike = _alike(Comparable(a), Comparable(b))
    for field, read in FIELDS.items():
        ours, theirs = printable(read(a)), printable(read(b))
        if ours or theirs:
            yield _row(field, ours, theirs, alike=field in alike)


def _row(field: str, ours: str, theirs: str, *, alike: bool) -> Row:
    texts = shown(ours), shown(theirs)
    whole = [(Piece(text),) if text else () for text in texts]
    if not ours or not theirs:
        return Row(field, Relation.ONE_SIDE, Agreement.MISSING, *whole)
    if ours.casefold() == theirs.casefold():
        agreement = Agreement.SAME if ours == theirs else Agreement.ALIKE
        return Row(field, Relation.SAME, agreement, *whole)
    if alike:
        return Row(field, Relation.DIFFERENT, Agreement.ALIKE, *whole)
    return Row(field, Relation.DIFFERENT, Agreement.DIFFERENT, *_marked(*texts))


#: What only keys and other fields look at is compared by its form.
_FORMS: Mapping[str, Callable[[Comparable], str]] = {
    "original title": lambda form: form.original_title,
    "issn": lambda form: form.issn,
}


def _alike(a: Comparable, b: Comparable) -> frozenset[str]:
    """The fields that the comparison holds to be one thing, however they are printed."""
    compared = {field for field, value in compare(a, b).items() if value == 1.0}
    formed = {field for field, form in _FORMS.items() if form(a) and form(a) == form(b)}
    languages = _languages(a.record)
    spoken = {"language"} if languages and languages == _languages(b.record) else set()
    return frozenset(compared | formed | spoken)


def _languages(record: Record) -> frozenset[str]:
    """The languages of a record by name: one source says “eng” where another says “English”."""
    return frozenset(filter(None, map(language_of, record.languages)))


def printable(text: str) -> str:
    """One line without control characters: a record may not steer the terminal."""
    return " ".join(_UNPRINTED.sub(" ", text).split())


def shown(text: str) -> str:
    """The beginning of a long text."""
    return text if len(text) <= SHOWN else f"{text[:SHOWN].rstrip()} …"


def _marked(ours: str, theirs: str) -> tuple[tuple[Piece, ...], tuple[Piece, ...]]:
    """Both texts in pieces: what they share, and what the other does not have at that place."""
    left, right = ours.split(), theirs.split()
    match = SequenceMatcher(None, _forms(left), _forms(right), autojunk=False)
    marked_left: list[Piece] = []
    marked_right: list[Piece] = []
    for kind, from_a, to_a, from_b, to_b in match.get_opcodes():
        differs = kind != "equal"
        marked_left += _piece(left[from_a:to_a], differs=differs)
        marked_right += _piece(right[from_b:to_b], differs=differs)
    return tuple(marked_left), tuple(marked_right)


def _forms(words: Sequence[str]) -> list[str]:
    return [word.casefold().strip(".,;:") or word for word in words]


def _piece(words: Sequence[str], *, differs: bool) -> list[Piece]:
    return [Piece(" ".join(words), differs)] if words else []
