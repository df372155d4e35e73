"""Real records cut into words once, so that every engine is given the same tokens."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from surveillance.records import Record
from surveillance.records.reading import read_records
from surveillance.strategy.searchable import IndexedDescriptor

_WORD = re.compile(r"[a-z0-9]+")


@dataclass(frozen=True, slots=True)
class Text:
    """A record as title and abstract, words parted by one space; what is missing is empty."""

    identifier: str
    title: str
    abstract: str

    def passages(self, part: str) -> Sequence[str]:
        """The texts of one part."""
        found = {"title": self.title, "abstract": self.abstract}.get(part, "")
        return [found] if found else []

    def headings(self) -> Sequence[IndexedDescriptor]:
        """Known to be none: these records are text alone."""
        return ()


def records_of(file: Path) -> list[Record]:
    """The newest version of every record in a file of PubMed XML, in its order."""
    newest: dict[str, Record] = {}
    for captured in read_records(file).captured:
        newest[captured.record.identifier] = captured.record
    return list(newest.values())


def texts_of(records: Iterable[Record]) -> list[Text]:
    """The records as words of plain letters and digits; the identifier is the place in the list."""
    return [
        Text(str(place), plain_words(record, "title"), plain_words(record, "abstract"))
        for place, record in enumerate(records)
    ]


def plain_words(record: Record, part: str) -> str:
    """The words of a part: lower case, without accents, everything else a separator."""
    text = unicodedata.normalize("NFKD", " ".join(record.passages(part) or ()))
    letters = "".join(letter for letter in text if not unicodedata.combining(letter))
    return " ".join(_WORD.findall(letters.casefold()))
