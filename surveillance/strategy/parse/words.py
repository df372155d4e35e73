"""Words with their truncation and wildcards (ovid-semantics 3 and 4)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from surveillance.strategy.nodes import ANY, NOWHERE, Span, Wildcard, Word

ONE = Wildcard(1, 1)
AT_MOST_ONE = Wildcard(0, 1)

WORD = re.compile(r"[*$?#:]{0,9}[^\W_][^\W_*$?#:]*(?:[*$?#:]+[^\W_]*)*")
_PART = re.compile(
    r"""(?P<limited>(?<=[^\W_])[*$](?P<most>\d{1,3})(?!\w|[*$?\#:]))
      | (?P<any>[*$:]+) | (?P<one>\#) | (?P<optional>\?) | (?P<letters>[^\W_]+)""",
    re.VERBOSE,
)


def word(text: str, span: Span = NOWHERE) -> Word:
    """One word as typed, without separators: `randomi?ed`, `dog$1`, `wom#n`, `nerve*`."""
    return Word(tuple(_parts(text)), span=span)


def _parts(text: str) -> Iterator[str | Wildcard]:
    for match in _PART.finditer(text):
        if match["letters"]:
            yield match["letters"]
        elif match["limited"] and int(match["most"]) > 0:
            yield Wildcard(0, int(match["most"]))
        elif match["any"]:
            yield ANY
        elif match["one"]:
            yield ONE
        elif match["optional"]:
            yield AT_MOST_ONE


def begins_with_wildcard(searched: Word) -> bool:
    """True for `?estrogen*`, which Ovid does not take (ovid-semantics 4)."""
    return isinstance(searched.parts[0], Wildcard)
