"""Tree → Ovid text that reads back as the same tree."""

from __future__ import annotations

import re
from collections.abc import Iterable

from surveillance.strategy.nodes import (
    ANY,
    Adjacency,
    And,
    Fielded,
    Heading,
    LineRange,
    LineReference,
    Missing,
    Node,
    Not,
    Or,
    Phrase,
    Wildcard,
    Word,
)
from surveillance.strategy.parse.ovid import AN_OPERAND

_RESERVED = re.compile(r"and|or|not|adj\d*|exp|limit|remove|from|use", re.IGNORECASE)
_LINE = re.compile(r"line (\d+)")


def to_ovid(node: Node) -> str:
    """A tree in Ovid's syntax, every group of operators in parentheses."""
    match node:
        case Word():
            return _word(node)
        case Phrase():
            return _phrase(node)
        case Adjacency():
            operator = "adj" if node.ordered else f"adj{node.between + 1}"
            return _joined(node.children, operator)
        case And() | Or():
            return _joined(node.operands, type(node).__name__.lower())
        case Not():
            return _joined(node.children, "not")
        case Fielded():
            return f"{_suffixed(node.operand)}.{','.join(node.codes)}."
        case Heading():
            return _heading(node)
        case LineReference():
            return str(node.number)
        case LineRange():
            return f"{node.operator}/{','.join(_range(r) for r in node.ranges)}"
        case Missing():
            return _missing(node)
    raise TypeError(f"{type(node).__name__} has no syntax in Ovid")


def _joined(operands: Iterable[Node], operator: str) -> str:
    return f" {operator} ".join(_operand(operand) for operand in operands)


def _operand(node: Node) -> str:
    """An operand; in parentheses unless it is one piece anyway."""
    if isinstance(node, Word | Phrase | Heading | LineReference | LineRange | Fielded):
        return to_ovid(node)
    return f"({to_ovid(node)})"


def _suffixed(node: Node) -> str:
    """What a field suffix stands on: in parentheses unless it is text."""
    return to_ovid(node) if isinstance(node, Word | Phrase) else f"({to_ovid(node)})"


def _word(word: Word) -> str:
    text = _letters(word)
    needs_quotes = text.isdigit() or _RESERVED.fullmatch(text)
    return f'"{text}"' if needs_quotes else text


def _letters(word: Word) -> str:
    following = (*word.parts[1:], "")
    return "".join(map(_part, word.parts, following))


def _part(part: str | Wildcard, following: str | Wildcard) -> str:
    """Letters or wildcard; `:` where a digit behind `*` would read as a limit (`mmp*9`)."""
    if isinstance(part, str):
        return part
    if part == ANY:
        return ":" if isinstance(following, str) and following[:1].isdigit() else "*"
    if part.least == 0 and part.most is not None and part.most > 1 and following == "":
        return f"${part.most}"
    optional = "*" if part.most is None else "?" * (part.most - part.least)
    return "#" * part.least + optional


def _phrase(phrase: Phrase) -> str:
    if phrase.quoted:
        return '"' + " ".join(map(_letters, phrase.words)) + '"'
    return " ".join(map(_word, phrase.words))


def _heading(heading: Heading) -> str:
    plain = re.fullmatch(r"[A-Za-z][A-Za-z, -]*", heading.name)
    reserved = any(_RESERVED.fullmatch(word) for word in re.split(r"\W+", heading.name))
    name = heading.name if plain and not reserved else f'"{heading.name}"'
    explode, focus = "exp " * heading.explode, "*" * heading.focus
    return f"{explode}{focus}{name}/{','.join(heading.subheadings)}"


def _range(ends: tuple[int, int]) -> str:
    first, last = ends
    return str(first) if first == last else f"{first}-{last}"


def _missing(missing: Missing) -> str:
    """What is missing stands empty; a line that lacks, by its number; the rest as it was typed."""
    if missing.what == AN_OPERAND:
        return "()"
    line = _LINE.fullmatch(missing.what)
    return line[1] if line else missing.what
