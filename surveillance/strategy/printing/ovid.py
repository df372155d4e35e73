"""Tree → Ovid text that reads back as the same tree."""

from __future__ import annotations

import re
from collections.abc import Iterable

from surveillance.strategy.nodes import (
    ANY,
    Adjacency,
    And,
    DateRange,
    Deduplicated,
    Fielded,
    Frequency,
    Heading,
    InDatabase,
    Kept,
    Limit,
    Limitation,
    LineRange,
    LineReference,
    Mapped,
    Missing,
    Node,
    Not,
    Or,
    Phrase,
    Wildcard,
    Word,
)
from surveillance.strategy.parse.ovid_cursor import AN_OPERAND
from surveillance.strategy.parse.ovid_dates import OPEN_FIRST, OPEN_LAST

_RESERVED = re.compile(r"and|or|not|adj\d*|exp|limit|remove|from|use", re.IGNORECASE)
_LINE = re.compile(r"line (\d+)")
_NUMBER = re.compile(r"[#sS]\d+")


def to_ovid(node: Node) -> str:
    """A tree in Ovid's syntax, every group of operators in parentheses.

    A heading that a table has mapped is printed as it was published. Raises `TypeError` for a node
    that only another dialect has (`Near`).
    """
    match node:
        case Word():
            return _word(node)
        case Phrase():
            return _phrase(node)
        case Adjacency():
            return _adjacency(node)
        case And() | Or():
            return _joined(node.operands, type(node).__name__.lower())
        case Not():
            return _joined(node.children, "not")
        case Fielded():
            return f"{_suffixed(node.operand)}.{','.join(node.codes)}."
        case Heading():
            return _heading(node)
        case Mapped():
            return to_ovid(node.heading)
        case DateRange():
            return _dates(node)
        case LineReference():
            return str(node.number)
        case LineRange():
            return f"{node.operator}/{_ranges(node.ranges)}"
        case Missing():
            return _missing(node)
    return _command(node)


def _command(node: Node) -> str:
    match node:
        case Frequency(operand=Fielded() as operand):
            return f"{to_ovid(operand)} /freq={node.times}"
        case Frequency():
            return f"{_suffixed(node.operand)} /freq={node.times}"
        case Limit():
            return f"limit {_operand_lines(node.operand)} to {_condition(node.condition)}"
        case Deduplicated():
            return f"remove duplicates from {_operand_lines(node.operand)}"
        case Kept():
            return f"from {_operand_lines(node.operand)} keep {_ranges(node.ranges)}"
        case InDatabase():
            return f"{_operand_lines(node.operand)} use {','.join(node.databases)}"
        case Limitation():
            return _condition(node)
    raise TypeError(f"{type(node).__name__} has no syntax in Ovid")


def _adjacency(node: Adjacency) -> str:
    """A suffix stands on both sides unless it is in parentheses with its own."""
    operator = "adj" if node.ordered else f"adj{node.between + 1}"
    sides = (_operand(side) for side in node.children)
    return f" {operator} ".join(
        f"({text})" if isinstance(side, Fielded) else text
        for side, text in zip(node.children, sides, strict=True)
    )


def _joined(operands: Iterable[Node], operator: str) -> str:
    return f" {operator} ".join(_operand(operand) for operand in operands)


def _operand(node: Node) -> str:
    """An operand; in parentheses unless it is one piece anyway."""
    if isinstance(node, _IN_ONE_PIECE):
        return to_ovid(node)
    return f"({to_ovid(node)})"


_IN_ONE_PIECE = (*(Word, Phrase, Heading, Mapped, LineReference, LineRange, Fielded, DateRange),)


def _operand_lines(node: Node) -> str:
    """What a command is about: lines as they are, anything else in parentheses."""
    lacks = isinstance(node, Missing) and _LINE.fullmatch(node.what)
    is_line = isinstance(node, LineReference | LineRange) or lacks
    return to_ovid(node) if is_line else f"({to_ovid(node)})"


def _condition(node: Node) -> str:
    match node:
        case Limitation():
            return f'"{node.name}"'
        case DateRange():
            return f'{node.code}="{_ends(node)}"'
        case And() | Or():
            operator = f" {type(node).__name__.lower()} "
            return f"({operator.join(map(_condition, node.children))})"
    return to_ovid(node)


def _ends(dates: DateRange) -> str:
    """`2000 -2005`, and as Ovid prints an open end: `2000 -Current`."""
    if dates.first == dates.last:
        return _digits(dates.first)
    return f"{_digits(dates.first)} -{_digits(dates.last) or 'Current'}".strip()


def _dates(dates: DateRange) -> str:
    """Dates as a field of their own: a beginning truncated, or both ends with a colon."""
    if dates.first == dates.last:
        return f"{_digits(dates.first)}*.{dates.code}."
    first, last = _digits(dates.first) or OPEN_FIRST, _digits(dates.last) or OPEN_LAST
    return f"{first}:{last}.({dates.code})."


def _digits(day: str | None) -> str:
    return (day or "").replace("-", "")


def _suffixed(node: Node) -> str:
    """What a field suffix stands on: in parentheses unless it is text."""
    return to_ovid(node) if isinstance(node, Word | Phrase) else f"({to_ovid(node)})"


def _word(word: Word) -> str:
    text = _letters(word)
    needs_quotes = text.isdigit() or _RESERVED.fullmatch(text) or _NUMBER.fullmatch(text)
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


def _ranges(ranges: Iterable[tuple[int, int]]) -> str:
    return ",".join(map(_range, ranges))


def _range(ends: tuple[int, int]) -> str:
    first, last = ends
    return str(first) if first == last else f"{first}-{last}"


def _missing(missing: Missing) -> str:
    """What is missing stands empty; a line that lacks, by its number; the rest as it was typed."""
    if missing.what == AN_OPERAND:
        return "()"
    line = _LINE.fullmatch(missing.what)
    return f"#{line[1]}" if line else missing.what
