"""Words, phrases and lines as the Cochrane Library and INAHTA write them."""

from __future__ import annotations

import re

from surveillance.strategy.nodes import ANY, LineRange, Missing, Node, Phrase, Wildcard, Word
from surveillance.strategy.parse.hash_expressions import AN_OPERAND, AT_MOST_ONE

_LINE = re.compile(r"line (\d+)")


def plain_word(word: Word, reserved: re.Pattern[str]) -> str:
    """A word; in quotation marks where it would read as something else.

    Raises `TypeError` for a wildcard that these hosts don't have.
    """
    text = letters(word)
    return f'"{text}"' if reserved.fullmatch(text) else text


def letters(word: Word) -> str:
    """The letters and wildcards of a word."""
    return "".join(map(_part, word.parts))


def _part(part: str | Wildcard) -> str:
    if isinstance(part, str):
        return part
    if part == ANY:
        return "*"
    if part == AT_MOST_ONE:
        return "?"
    raise TypeError(f"no wildcard stands for {part.least} to {part.most} characters here")


def phrase(node: Phrase) -> str:
    """Words in quotation marks; those that were joined by a hyphen, with one."""
    texts = map(letters, node.words)
    return f'"{" ".join(texts)}"' if node.quoted else "-".join(texts)


def in_parentheses(node: Node, text: str, in_one_piece: tuple[type[Node], ...]) -> str:
    """The text of an operand; in parentheses unless it is one piece anyway."""
    missing_piece = isinstance(node, Missing) and is_whole(node)
    return text if missing_piece or isinstance(node, in_one_piece) else f"({text})"


def line_range(node: LineRange) -> str:
    """`{or #1-#9}`."""
    ranges = (f"#{first}" if first == last else f"#{first}-#{last}" for first, last in node.ranges)
    return f"{{{node.operator} {','.join(ranges)}}}"


def missing(node: Missing) -> str:
    """What is missing stands empty; a line that lacks, by its number; the rest as it was typed."""
    if node.what == AN_OPERAND:
        return "()"
    line = _LINE.fullmatch(node.what)
    return f"#{line[1]}" if line else node.what


def is_whole(node: Missing) -> bool:
    """True where what is missing needs no parentheses: an operand or a line."""
    return node.what == AN_OPERAND or _LINE.fullmatch(node.what) is not None
