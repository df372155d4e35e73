"""Which characters one item of a regular expression can match, as far as two can be told apart.

A hundred and thirty signs stand for all of Unicode: those of ASCII for themselves, three more for
the letters, the blanks and the other signs beyond it. What may match is never left out.
"""

from __future__ import annotations

import importlib
import re
from functools import lru_cache
from typing import Any

#: The one place that has a pattern as a tree; Python gives it no public name.
_PARSER: Any = importlib.import_module("re._parser")
_CHARACTERS = frozenset({"LITERAL", "NOT_LITERAL", "ANY", "IN"})

_LETTER, _SPACE, _SIGN = "\x80", "\x81", "\x82"
_ASCII = frozenset(map(chr, range(128)))
_BEYOND = frozenset({_LETTER, _SPACE, _SIGN})
_ALL = _ASCII | _BEYOND
_WORDS = frozenset(c for c in _ASCII if re.match(r"\w", c)) | {_LETTER}
_SPACES = frozenset(c for c in _ASCII if c.isspace()) | {_SPACE}
_DIGITS = frozenset("0123456789")
#: What each category can match, and what it surely matches.
_CATEGORIES = {
    "CATEGORY_WORD": (_WORDS, _WORDS),
    "CATEGORY_NOT_WORD": (_ALL - _WORDS, _ALL - _WORDS),
    "CATEGORY_SPACE": (_SPACES, _SPACES),
    "CATEGORY_NOT_SPACE": (_ALL - _SPACES, _ALL - _SPACES),
    "CATEGORY_DIGIT": (_DIGITS | {_LETTER}, _DIGITS),
    "CATEGORY_NOT_DIGIT": (_ALL - _DIGITS, _ALL - _DIGITS - {_LETTER}),
}
#: Letters that are the same as one beyond ASCII when case does not count (ı, ſ, K).
_WITH_FOREIGN_CASE = frozenset("iks")


def parsed(pattern: str) -> list[Any]:
    """The pattern as a list of items, each a pair of code and argument."""
    return list(_PARSER.parse(pattern, re.IGNORECASE))


def is_character(item: Any) -> bool:
    """Whether an item matches exactly one character."""
    return str(item[0]) in _CHARACTERS


def apart(item: Any, other: Any) -> bool:
    """Whether two items are one character each and never the same."""
    return is_character(other) and not _can_match(item) & _can_match(other)


def longest_run(item: Any, word: int, most: int) -> int:
    """How many characters of this kind stand in a row: words and gaps end, others need not."""
    kinds = _can_match(item)
    return word if kinds <= _WORDS or kinds <= _SPACES else most


def _can_match(item: Any) -> frozenset[str]:
    code, argument = str(item[0]), item[1]
    if code == "ANY":
        return _ALL
    if code == "LITERAL":
        return _either_case(argument)
    if code == "NOT_LITERAL":
        return _ALL - (_either_case(argument) - _BEYOND)
    return _of_class(argument)


def _of_class(members: Any) -> frozenset[str]:
    negated = str(members[0][0]) == "NEGATE"
    possible, certain = frozenset[str](), frozenset[str]()
    for code, argument in members[1:] if negated else members:
        may, must = _of_member(str(code), argument)
        possible, certain = possible | may, certain | must
    return _ALL - certain if negated else possible


def _of_member(code: str, argument: Any) -> tuple[frozenset[str], frozenset[str]]:
    if code == "CATEGORY":
        return _CATEGORIES[str(argument)]
    first, last = argument if code == "RANGE" else (argument, argument)
    found = frozenset[str]()
    for character in range(first, min(last, 127) + 1):
        found |= _either_case(character)
    if last > 127:
        found |= _either_case(last) if first == last else _BEYOND
    return found, found & _ASCII


@lru_cache(maxsize=1024)
def _either_case(code: int) -> frozenset[str]:
    character = chr(code)
    if code > 127:
        kind = _LETTER if character.isalnum() else _SPACE if character.isspace() else _SIGN
        # Some (ſ, K) are the same as a letter of ASCII when case does not count.
        return frozenset({kind}) | (_ASCII & {character.lower(), character.upper()})
    cases = frozenset({character, character.lower(), character.upper()})
    return cases | {_LETTER} if character.lower() in _WITH_FOREIGN_CASE else cases
