"""PubMed's syntax cut into tokens (NLM, PubMed User Guide; ovid-semantics 11)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What a token is."""

    LINES = "lines"  # or/1-9, which is Ovid's
    QUOTED = "quoted"
    TAG = "tag"
    OPERATOR = "operator"
    OPEN = "open"
    CLOSE = "close"
    REFERENCE = "reference"  # #3
    WORD = "word"
    STRAY = "stray"  # a quotation mark or bracket without its partner


@dataclass(frozen=True, slots=True)
class Token:
    """A token; `start` and `end` are offsets in the entry's text."""

    kind: Kind
    text: str
    start: int
    end: int

    @property
    def in_lower_case(self) -> bool:
        """True for `and`, which PubMed's guide does not call an operator."""
        return self.text.isalpha() and not self.text.isupper()


_NUMBERS = r"\#?\d{1,5}(?:\s?[,-]\s?\#?\d{1,5}){0,200}"

# A bracket with a letter or hyphen close behind it belongs to the word (benzo[a]pyrene).
# Every repetition is bounded or cannot backtrack.
_TOKEN = re.compile(
    rf"""
      (?P<lines>\b(?:and|or)/\s?{_NUMBERS}(?![\w*?$/-]))
    | (?P<quoted>"(?:[^"\[\]]|\[[^"\[\]\s]{{1,20}}\](?=[^\W_]|-))*+")
    | (?P<tag>\[[^\[\]"]{{0,80}}\])
    | (?P<open>\() | (?P<close>\))
    | (?P<operator>(?:\b(?:and|or|not)\b(?![*?$\#]|[-/'.,]\w)|[&|]))
    | (?P<reference>\#\d{{1,5}}(?![\w*?$]))
    | (?P<stray>["\[\]])
    | (?P<word>[^\s()\[\]"&|]+(?:\[[a-z\d](?:,[a-z\d])?'?\](?=[a-z-])[^\s()\[\]"&|]+)*)
    """,
    re.VERBOSE | re.IGNORECASE,
)


def tokens(text: str) -> Iterator[Token]:
    """The tokens of an entry, without the spaces between them."""
    for match in _TOKEN.finditer(text):
        yield Token(Kind(match.lastgroup or Kind.WORD), match[0], match.start(), match.end())
