"""Tree → INAHTA's syntax, that reads back as the same tree."""

from __future__ import annotations

import re
from collections.abc import Iterable

from surveillance.strategy.nodes import (
    And,
    DateRange,
    Fielded,
    Heading,
    Limit,
    LineRange,
    LineReference,
    Missing,
    Node,
    Not,
    Or,
    Phrase,
    Word,
)
from surveillance.strategy.printing.hash_words import (
    in_parentheses,
    line_range,
    missing,
    phrase,
    plain_word,
)

_RESERVED = re.compile(r"and|or|not|from|\d+", re.IGNORECASE)
_YEAR = re.compile(r"\d{4}")
_WHOLE = (Word, Phrase, Heading, LineReference, LineRange, Fielded)


def to_inahta(node: Node) -> str:
    """A tree in INAHTA's syntax, every group in parentheses.

    Raises `TypeError` for what INAHTA has no syntax for, adjacency first of all.
    """
    if isinstance(node, Limit):
        return f"{_text(node.operand)} {_years(node.condition)}"
    return _text(node)


def _text(node: Node) -> str:
    match node:
        case Word():
            return plain_word(node, _RESERVED)
        case Phrase():
            return phrase(node)
        case And(implied=True):
            return _joined(node.operands, " ")
        case And() | Or():
            return _joined(node.operands, f" {type(node).__name__.upper()} ")
        case Not():
            return _joined(node.children, " NOT ")
        case Fielded():
            return f"{_tagged(node.operand)}[{','.join(node.codes)}]"
        case Heading():
            return _heading(node)
        case LineReference():
            return f"#{node.number}"
        case LineRange():
            return line_range(node)
        case Missing():
            return missing(node)
    raise TypeError(f"{type(node).__name__} has no syntax in INAHTA's database")


def _joined(operands: Iterable[Node], operator: str) -> str:
    return operator.join(map(_operand, operands))


def _operand(node: Node) -> str:
    return in_parentheses(node, _text(node), _WHOLE)


def _tagged(node: Node) -> str:
    """What a tag stands on: in parentheses unless it is text."""
    return _text(node) if isinstance(node, Word | Phrase) else f"({_text(node)})"


def _years(node: Node) -> str:
    if isinstance(node, DateRange) and node.code == "yr":
        ends = (node.first or "", node.last or "")
        if all(map(_YEAR.fullmatch, ends)):
            return f"FROM {ends[0]} TO {ends[1]}"
    raise TypeError("INAHTA limits to a range of publication years alone")


def _heading(heading: Heading) -> str:
    if heading.focus or heading.subheadings:
        raise TypeError("INAHTA's headings have neither focus nor subheadings")
    return f'"{heading.name}"[{"mhe" if heading.explode else "mh"}]'
