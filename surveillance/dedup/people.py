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


@lru_cache(maxsize=131_072)
def _folded(name: str) -> str:
    return fold(name)


def names_of(authors: tuple[Author, ...]) -> frozenset[str]:
    """All names of all authors, initials left out: which is the family's is often mistaken."""
    printed = [author.collective or f"{author.last} {author.fore}" for author in authors]
    together = _names(" ".join(printed))
    # Where one is printed in capitals, initials cannot be told from a short name.
    found = together if together is not None else chain.from_iterable(map(_names_alone, printed))
    return frozenset(found).difference(_NOBODY)


def is_plain_name(last: str) -> bool:
    """Whether a last name is surely one name to compare: a word that is no initials."""
    plain = len(last) > _LONGEST_INITIALS and last.isascii() and last.isalpha()
    return plain and last.lower() not in _NOBODY


def _names(printed: str) -> list[str] | None:
    """The names in a text in Latin letters that has nothing like initials; else None."""
    if not printed.isascii():
        return None
    words = [_names_in(word) for word in printed.split()]
    if any(word.names is not word.full for word in words):
        return None
    return [name for word in words for name in word.full]


def _names_alone(printed: str) -> Iterable[str]:
    """The names of one author."""
    latin = without_diacritics(printed)
    if not latin.isascii():
        return [word for word in fold(printed).split() if len(word) > 1]
    words = [_names_in(word) for word in latin.split()]
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
    printed = [name for name in _NAME.findall(word.replace("'", "")) if len(name) > 1]
    names = tuple(name.lower() for name in printed)
    full = tuple(name.lower() for name in printed if not _is_initials(name))
    in_capitals = all(map(str.isupper, printed))
    return _Names(names, names if full == names else full, in_capitals)


def _is_initials(name: str) -> bool:
    return len(name) <= _LONGEST_INITIALS and name.isupper()
