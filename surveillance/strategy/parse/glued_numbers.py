"""Numbers that a copied table has glued to their searches: `1exp Pain/`, `31 or 2` for line 3."""

from __future__ import annotations

import re
from collections.abc import Sequence

from surveillance.strategy.parse.source import Piece

FEWEST = 3
# Of the lines so many must count upwards: what begins with a digit may as well be a term.
_SHARE = 0.6
_COMBINES = re.compile(r"\d{1,3}\s+(?:and|or|not)\b|\(\d", re.IGNORECASE)


def set_apart(pieces: Sequence[Piece]) -> list[Piece]:
    """Each glued number as a piece of its own, where the lines count 1, 2, 3 …; else as it was."""
    numbered = _counting(pieces)
    if len(numbered) < max(FEWEST, _SHARE * len(pieces)):
        return list(pieces)
    apart: list[Piece] = []
    for at, piece in enumerate(pieces):
        digits = numbered.get(at, 0)
        if digits:
            apart.append(Piece(piece.line, piece.column, piece.text[:digits]))
        apart.append(piece.without_first(digits))
    return apart


def _counting(pieces: Sequence[Piece]) -> dict[int, int]:
    """Where the lines 1, 2, 3 … begin, and how many digits their numbers have."""
    found: dict[int, int] = {}
    for at, piece in enumerate(pieces):
        number = str(len(found) + 1)
        if piece.text.startswith(number) and _is_search(piece.text[len(number) :], bool(found)):
            found[at] = len(number)
    return found


def _is_search(rest: str, counting: bool) -> bool:
    """True for what can stand right behind a number: a word, a group, or lines combined."""
    if rest[:1].isdigit():
        return counting and _COMBINES.match(rest) is not None
    return bool(rest) and (rest[0].isalpha() or rest[0] in '("“*[')
