"""Authors as they are compared: by every name that a database prints, in whatever order."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from itertools import chain
from typing import NamedTuple

from surveillance.dedup.normalise import fold, without_diacritics
from surveillance.records.model import Author

_NO_AUTHOR = frozenset({"anonymous", "anon", "no authors listed", ""})
_NOBODY = frozenset({"anonymous", "anon", "authors", "listed"})
# Exports run names together, "Leslie MonicaSilva Paulo": a capital begins a name.
_NAME = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")
_LONGEST_INITIALS = 3


def surname(author: Author) -> str:
    """An author's last name folded; a group's whole name; empty for "Anonymous"."""
    name = _folded(author.last or author.collective)
    return "" if name in _NO_AUTHOR else name


def names_of(authors: tuple[Author, ...]) -> frozenset[str]:
    """All names of all authors, initials left out: which is the family's is often mistaken."""
    found: set[str] = set()
    for author in authors:
        found.update(_names(author.collective or f"{author.last} {author.fore}"))
    return frozenset(found - _NOBODY)


@lru_cache(maxsize=131_072)
def _folded(name: str) -> str:
    return fold(name)


def _names(printed: str) -> Iterable[str]:
    latin = without_diacritics(printed)
    if not latin.isascii():
        return [word for word in fold(printed).split() if len(word) > 1]
    words = [_names_in(word) for word in latin.split()]
    # Where all is printed in capitals, initials cannot be told from a short name.
    in_capitals = all(word.in_capitals for word in words)
    return chain.from_iterable(word.names if in_capitals else word.full for word in words)


class _Names(NamedTuple):
    """The names in a printed word, those among them that are no initials, and how it is printed."""

    names: tuple[str, ...]
    full: tuple[str, ...]
    in_capitals: bool


# By the word: few of a million authors share a whole name, but many a part of it.
@lru_cache(maxsize=131_072)
def _names_in(word: str) -> _Names:
    names = [name for name in _NAME.findall(word.replace("'", "")) if len(name) > 1]
    full = (name.lower() for name in names if not _is_initials(name))
    return _Names(tuple(map(str.lower, names)), tuple(full), all(map(str.isupper, names)))


def _is_initials(name: str) -> bool:
    return len(name) <= _LONGEST_INITIALS and name.isupper()
