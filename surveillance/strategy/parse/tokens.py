"""Ovid's syntax cut into tokens (ovid-semantics 1, 2, 4 and 5)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from surveillance.strategy.fields import KNOWN_CODES
from surveillance.strategy.parse.ovid_dates import DATE_CODES


class Kind(StrEnum):
    """What a token is."""

    LINES = "lines"  # or/1-9   and/1,3   1-7/or
    QUOTED = "quoted"
    FREQUENCY = "frequency"  # /freq=2
    FIELD = "field"  # .tw.   .ti,ab
    SLASH = "slash"  # the end of a heading, with its subheadings
    EXPLODE = "explode"  # exp   exp *
    HEADING = "heading"  # Cochrane: [mh "x"], whole
    REFERENCE = "reference"  # Cochrane, INAHTA: #4
    OPERATOR = "operator"
    OPEN = "open"
    CLOSE = "close"
    WORD = "word"
    OTHER = "other"  # what separates words and says nothing else


@dataclass(frozen=True, slots=True)
class Token:
    """A token; `start` and `end` are offsets in the entry's text. Repairs have `start == end`."""

    kind: Kind
    text: str
    start: int
    end: int


# Typographic hyphens, quotation marks and spaces of print, each by one character, so that offsets
# stay what they are (ovid-semantics 1: "Unicode hyphens occur in published text").
_PLAIN = str.maketrans(
    {
        **dict.fromkeys("‐‑‒–—―−", "-"),
        **dict.fromkeys("“”„‟«»", '"'),
        **dict.fromkeys("‘’‚‛´`", "'"),
        **dict.fromkeys("\u00a0\u2007\u2009\u202f\u200b\t", " "),
    }
)

_CODE = r"(?!(?:or|no)\b)[a-z]{2}"
_CODES = rf"{_CODE}(?:\s?,\s?{_CODE}){{0,20}}"
_KNOWN = "(?:" + "|".join(sorted(KNOWN_CODES | DATE_CODES)) + ")"
_KNOWN_LIST = rf"{_KNOWN}(?:\s?,\s?{_KNOWN}){{0,20}}"
_NUMBERS = r"\d{1,5}(?:\s?[,-]\s?\d{1,5}){0,200}"

# Every repetition has a limit, so that no text, however hostile, takes long.
_TOKEN = re.compile(
    rf"""
      (?P<lines>
          \b(?:and|or)\s*/\s*{_NUMBERS}(?![\w*$?\#])
          | (?<![\w.,-])\d{{1,5}}\s?[,-]\s?{_NUMBERS}\s*/\s*(?:and|or)\b)
    | (?P<quoted>\*?\\?"[^"]*")
    | (?P<frequency>/\s{{0,9}}freq\s{{0,9}}=\s{{0,9}}\d{{1,9}})
    | (?P<field>
          \.(?:\s?{_KNOWN}(?:\s?[.,]\s{{0,2}}{_KNOWN}){{1,5}}\s?[.,]{{0,2}}
              (?=\s*(?:$|[)\[]|(?:and|or|not|adj\d*)\b))
          | {_CODES}(?:\.{_CODES}){{0,5}}(?:\s?,)?\s?\.
          | no\.(?=\s*(?:$|[)\[]|(?:and|or|not|adj\d*)\b))
          | {_KNOWN_LIST},?(?=\s*(?:$|[)\[]|(?:and|or|not|adj\d*)\b))
          | \s+{_KNOWN_LIST}\s*\.
          | \(\s?(?:sa_year|{_CODES})\s?\)\.?))
    | (?P<slash>/\s*(?:{_CODES}(?![\w*$?\#:.']) | (?=$|[\s)\]\[.,;])))
    | (?P<explode>(?:\*\s?)?\bexp\.?\s{{1,9}}\*?(?=["\w]))
    | (?P<operator>\b(?:and|or|not|adj\d*)\b(?![*$?\#:]))
    | (?P<open>\() | (?P<close>\))
    | (?P<word>[*$?\#:]{{0,9}}[^\W_][^\W_*$?\#:]*(?:[*$?\#:]+[^\W_]*)*)
    | (?P<other>\s+|.)
    """,
    re.VERBOSE | re.IGNORECASE | re.DOTALL,
)
_COMMENT = re.compile(r"\s{0,20}(\[[^\[\]]*\])")
# Behind a word or a line number brackets are a comment where the search could end.
_FINAL_COMMENT = re.compile(
    r"""\s{1,20}(\[[^\[\]]*\])(?=\s*(?:$|[)\[]|(?:and|or|not|adj\d*)\b|\d[\d,]{0,12}\s*$))""",
    re.VERBOSE | re.IGNORECASE,
)
_COMMENTED = frozenset({Kind.FIELD, Kind.SLASH, Kind.CLOSE, Kind.LINES})


def plain(text: str) -> str:
    """The text with typographic characters as typed on a keyboard, each at its old offset."""
    return text.translate(_PLAIN)


def tokens(text: str) -> Iterator[Token]:
    """The tokens of an entry, without spaces and without the comments that Ovid prints.

    A comment is what stands in brackets behind a field, a subheading, a group or a range of lines
    (ovid-semantics 1), and at the end of an operand: `limit 5 to humans [Limit not valid …]`.
    """
    position = 0
    after: Kind | None = None
    while position < len(text):
        comment = (_COMMENT if after in _COMMENTED else _FINAL_COMMENT).match(text, position)
        if comment and after is not None:
            position = comment.end()
            continue
        match = _TOKEN.match(text, position)
        assert match is not None  # noqa: S101 — `other` takes any character
        position = match.end()
        if match[0].isspace():
            continue
        after = Kind(match.lastgroup or Kind.OTHER)
        yield Token(after, match[0], match.start(), match.end())
