"""Tree → the Cochrane Library's syntax, that reads back as the same tree."""

from __future__ import annotations

import re
from collections.abc import Iterable

from surveillance.strategy.nodes import (
    Adjacency,
    And,
    DateRange,
    Fielded,
    Heading,
    Limit,
    Limitation,
    LineRange,
    LineReference,
    Missing,
    Node,
    Not,
    Or,
    Phrase,
    Word,
)
from surveillance.strategy.parse.cochrane_headings import words_of_subheading
from surveillance.strategy.parse.cochrane_limits import DATABASES, MONTHS, PUBLICATION_YEAR
from surveillance.strategy.parse.hash_expressions import DEFAULT_NEAR
from surveillance.strategy.printing.hash_words import (
    in_parentheses,
    letters,
    line_range,
    missing,
    phrase,
    plain_word,
)
from surveillance.strategy.subheadings import SUBHEADINGS

_RESERVED = re.compile(
    r"and|or|not|near\d*|adj\d*|next|in|with|mesh|word|variations|\d+", re.IGNORECASE
)
_DATABASE_BY_NAME = {name.casefold(): name for name in reversed(DATABASES)}
_CODE_BY_WORDS = {words_of_subheading(code): code for code in sorted(SUBHEADINGS)}
_WHOLE = (Word, Phrase, Heading, LineReference, LineRange, Fielded)


def to_cochrane(node: Node) -> str:
    """A tree in the syntax of the Search Manager, every group in parentheses.

    Raises `TypeError` for what the Cochrane Library has no syntax for.
    """
    if isinstance(node, Limit):
        return f"{to_cochrane(node.operand)} {_condition(node.condition)}"
    return _text(node)


def _text(node: Node) -> str:
    match node:
        case Word():
            return plain_word(node, _RESERVED)
        case Phrase():
            return phrase(node)
        case Adjacency():
            return _joined(node.children, f" {_proximity(node)} ")
        case And(implied=True):
            return _joined(node.operands, " ")
        case And() | Or():
            return _joined(node.operands, f" {type(node).__name__.lower()} ")
        case Not():
            return _joined(node.children, " not ")
        case Fielded():
            return _fielded(node)
        case Heading():
            return _heading(node)
        case LineReference():
            return f"#{node.number}"
        case LineRange():
            return line_range(node)
        case Missing():
            return missing(node)
    raise TypeError(f"{type(node).__name__} has no syntax in the Cochrane Library")


def _joined(operands: Iterable[Node], operator: str) -> str:
    return operator.join(map(_operand, operands))


def _operand(node: Node) -> str:
    return in_parentheses(node, _text(node), _WHOLE)


def _proximity(node: Adjacency) -> str:
    if node.ordered:
        return f"next/{node.between}" if node.between else "next"
    return "near" if node.between == DEFAULT_NEAR else f"near/{node.between}"


def _fielded(node: Fielded) -> str:
    if node.codes == ("sh",) and (codes := _codes(node.operand)):
        return f"[mh /{','.join(codes).upper()}]"
    if node.codes == ("mh",) and (words := _truncated(node.operand)):
        return f'[mh "{words}"]'
    operand = node.operand
    inner = _text(operand)
    suffix = ",".join(node.codes)
    return f"{inner}:{suffix}" if isinstance(operand, Word | Phrase) else f"({inner}):{suffix}"


def _codes(operand: Node) -> tuple[str, ...]:
    """The codes of qualifiers that stand there by name; none where something else stands there."""
    named = operand.operands if isinstance(operand, Or) else (operand,)
    codes = tuple(_CODE_BY_WORDS.get(_literals(each), "") for each in named)
    return codes if all(codes) and len(set(codes)) == len(codes) else ()


def _literals(node: Node) -> tuple[str, ...]:
    words = node.words if isinstance(node, Phrase) and node.quoted else (node,)
    return tuple(each.literal or "" for each in words if isinstance(each, Word))


def _truncated(operand: Node) -> str:
    """The words of a truncated heading; none where it would read as a heading by name."""
    words = operand.words if isinstance(operand, Phrase) and operand.quoted else (operand,)
    texts = [letters(each) for each in words if isinstance(each, Word)]
    whole = len(texts) == len(words) and any("*" in text or "?" in text for text in texts)
    return " ".join(texts) if whole else ""


def _heading(heading: Heading) -> str:
    single = "" if heading.explode else "^"
    focus = "[mj]" if heading.focus else ""
    codes = f"/{','.join(heading.subheadings).upper()}" if heading.subheadings else ""
    return f'[mh {single}"{heading.name}"{focus}{codes}]'


# -- limits --------------------------------------------------------------------------------------


def _condition(node: Node) -> str:
    match node:
        case And():
            return ", ".join(map(_condition, node.operands))
        case Or():
            return f"in {', '.join(map(_database, node.operands))}"
        case Limitation():
            return f"in {_database(node)}"
        case DateRange():
            return _dates(node)
        case Missing():
            return node.what
    raise TypeError(f"{type(node).__name__} is no limit of the Cochrane Library")


def _database(node: Node) -> str:
    name = node.name if isinstance(node, Limitation) else ""
    if name not in _DATABASE_BY_NAME:
        raise TypeError(f"{node!r} is no part of the Cochrane Library")
    return _DATABASE_BY_NAME[name]


def _dates(node: DateRange) -> str:
    year = node.code == PUBLICATION_YEAR
    field = "Publication Year" if year else "Cochrane Library publication date"
    if node.first is None:
        return f"with {field} until {_day(node.last or '')}"
    last = _day(node.last) if node.last else "present"
    return f"with {field} from {_day(node.first)} to {last}"


def _day(text: str) -> str:
    """`2021`, `Jun 2021` or `17 Jun 2021`."""
    year, *others = text.split("-")
    month = [MONTHS[int(others[0]) - 1]] if others else []
    return " ".join([*others[1:], *month, year])
