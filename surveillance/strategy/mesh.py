"""The MeSH descriptor tree: which headings lie below a heading, so that a strategy can explode it.

Reads a tab-separated file (`DescriptorUI`, `DescriptorName`, `tree_location`; one row for each
place of a descriptor in the tree), plain or gzipped. Lines that begin with `#` are comments.
"""

from __future__ import annotations

import gzip
import re
import zlib
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import IO, Self

COLUMNS = ("DescriptorUI", "DescriptorName", "tree_location")

# MeSH 2024 has 64,342 rows of at most 130 characters: room for growth, none for a bomb.
MOST_ROWS = 1_000_000
LONGEST_ROW = 1_000

_TREE_NUMBER = re.compile(r"[A-Z][0-9]{2}(\.[0-9]{3})*")
_YEAR = re.compile(r"\b(?:19|20)[0-9]{2}\b")
_YEAR_IN_NAME = re.compile(r"(?<![0-9])(?:19|20)[0-9]{2}(?![0-9])")
_GZIP = b"\x1f\x8b"


class MeshUnreadable(ValueError):
    """A MeSH file that cannot be read as one; `str()` names the file, the line and what to do."""

    def __init__(self, path: Path, line: int | None, message: str) -> None:
        self.path = path
        self.line = line
        place = f"{path}, line {line}" if line else str(path)
        super().__init__(
            f"{place}: {message} Give a tab-separated file with the columns {', '.join(COLUMNS)}."
        )


@dataclass(frozen=True, slots=True)
class MeshTree:
    """The descriptors of one MeSH year; names are compared without regard to case.

    Explosion depends on the tree of the search year (ovid-semantics 6). `numbers_of` has the tree
    numbers of a name in lower case; `places` all tree numbers in order with the name as printed.
    """

    year: int | None
    numbers_of: Mapping[str, tuple[str, ...]]
    places: tuple[tuple[str, str], ...]

    @classmethod
    def load(cls, path: Path) -> Self:
        """The tree in a file; its year is the first that a comment or else the file's name says.

        Raises `MeshUnreadable`.
        """
        try:
            with _open_text(path) as lines:
                return cls._read(path, lines)
        except UnicodeDecodeError as error:
            raise MeshUnreadable(path, None, "this is not UTF-8 text.") from error
        except (OSError, EOFError, zlib.error) as error:
            reason = getattr(error, "strerror", None) or "it is damaged or cut short"
            raise MeshUnreadable(path, None, f"cannot be read: {reason}.") from error

    @classmethod
    def _read(cls, path: Path, lines: IO[str]) -> Self:
        comments: list[str] = []
        rows = list(_rows(path, lines, comments))
        if not rows:
            raise MeshUnreadable(path, None, "there is no descriptor in it.")
        return cls.of(rows, year=_year(path, comments))

    @classmethod
    def of(cls, rows: Iterable[tuple[str, str]], *, year: int | None = None) -> Self:
        """The tree of (descriptor name, tree number) pairs; without a number: outside the tree."""
        numbers: dict[str, tuple[str, ...]] = {}
        places: list[tuple[str, str]] = []
        for name, number in rows:
            key = name.casefold()
            numbers[key] = (*numbers.get(key, ()), number) if number else numbers.get(key, ())
            if number:
                places.append((number, name))
        return cls(year, MappingProxyType(numbers), tuple(sorted(places)))

    def knows(self, name: str) -> bool:
        """True where the tree has a heading of that name."""
        return name.casefold() in self.numbers_of

    def explosion(self, name: str) -> frozenset[str] | None:
        """The heading and all below it, at every place that it has; None: not a heading here."""
        if not self.knows(name):
            return None
        below = (found for number in self.numbers_of[name.casefold()] for found in self._at(number))
        return frozenset(below) or frozenset({name})

    def _at(self, number: str) -> Iterator[str]:
        """The descriptors at a tree number and below it: `A01` covers `A01.378`, not `A011`."""
        for index in range(bisect_left(self.places, (number, "")), len(self.places)):
            place, name = self.places[index]
            if not place.startswith(number):
                return
            if place == number or place.startswith(f"{number}."):
                yield name


def _open_text(path: Path) -> IO[str]:
    with path.open("rb") as file:
        zipped = file.read(2) == _GZIP
    if zipped:
        return gzip.open(path, "rt", encoding="utf-8")
    return path.open(encoding="utf-8")


def _rows(path: Path, lines: IO[str], comments: list[str]) -> Iterator[tuple[str, str]]:
    """(name, tree number) of each row; comment lines go to `comments`."""
    headed = False
    number = 0
    while line := lines.readline(LONGEST_ROW + 1):
        number += 1
        if len(line) > LONGEST_ROW:
            raise MeshUnreadable(path, number, f"a row is longer than {LONGEST_ROW} characters.")
        if number > MOST_ROWS:
            raise MeshUnreadable(path, number, f"there are more than {MOST_ROWS:,} rows.")
        if line.startswith("#"):
            comments.append(line)
        elif not line.strip():
            continue
        elif headed:
            yield _row(path, number, line)
        elif tuple(line.strip().split("\t")) == COLUMNS:
            headed = True
        else:
            raise MeshUnreadable(path, number, "the first row does not name the columns.")


def _row(path: Path, line: int, text: str) -> tuple[str, str]:
    cells = [cell.strip() for cell in text.rstrip("\r\n").split("\t")]
    if len(cells) != len(COLUMNS):
        raise MeshUnreadable(path, line, f"{len(cells)} columns where there should be 3.")
    _, name, number = cells
    if not name:
        raise MeshUnreadable(path, line, "a descriptor has no name.")
    if number and not _TREE_NUMBER.fullmatch(number):
        raise MeshUnreadable(path, line, f"{number!r} is not a tree number such as E04.555.080.")
    return name, number


def _year(path: Path, comments: Iterable[str]) -> int | None:
    stated = next((found for line in comments if (found := _YEAR.search(line))), None)
    stated = stated or _YEAR_IN_NAME.search(path.name)
    return int(stated[0]) if stated else None
