"""Tree → PubMed text that reads back as the same tree, every group in parentheses."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from surveillance.strategy.nodes import (
    ANY,
    And,
    DateRange,
    Fielded,
    Heading,
    Limit,
    Limitation,
    LineRange,
    LineReference,
    Missing,
    Near,
    Node,
    Not,
    Or,
    Phrase,
    Wildcard,
    Word,
)
from surveillance.strategy.parse.pubmed_expression import AN_OPERAND
from surveillance.strategy.pubmed_stop_words import STOP_WORDS
from surveillance.strategy.subheadings import SUBHEADINGS

_LINE = re.compile(r"line (\d+)")
_OPERATORS = frozenset({"and", "or", "not"})
# What PubMed's history prints before a query, and what would be left out of a printed one.
_COMMANDS = frozenset({"add", "search"})


def to_pubmed(node: Node) -> str:
    """A tree in PubMed's syntax. Raises `TypeError` for a node that PubMed has no syntax for."""
    match node:
        case Word():
            return _word(node)
        case Phrase():
            return _quoted(node.words)
        case And(implied=True):
            return _side_by_side(node.operands)
        case And() | Or():
            return _joined(node.operands, type(node).__name__.upper())
        case Not():
            return _joined(node.children, "NOT")
        case Fielded():
            return _fielded(node)
        case Heading():
            return _heading(node)
        case DateRange():
            return _dates(node)
        case LineReference():
            return f"#{node.number}"
        case LineRange():
            return f" {node.operator.upper()} ".join(f"#{number}" for number in node.numbers)
        case Limit():
            return f"{to_pubmed(node.operand)} Filters: {', '.join(_filters(node.condition))}"
        case Missing():
            return _missing(node)
    raise TypeError(f"{type(node).__name__} has no syntax in PubMed")


def _joined(operands: Iterable[Node], operator: str) -> str:
    return f" {operator} ".join(map(_operand, operands))


def _operand(node: Node) -> str:
    """An operand; in parentheses unless it is one piece anyway."""
    return (
        f"({to_pubmed(node)})" if isinstance(node, And | Or | Not | LineRange) else to_pubmed(node)
    )


def _side_by_side(operands: Iterable[Node]) -> str:
    """The operands of an AND that nobody typed; a word beside a tagged term would go to its tag."""
    found = tuple(operands)
    if all(isinstance(node, Word) and not _is_reserved(node) for node in found):
        return " ".join(map(to_pubmed, found))
    return " ".join(
        f"({to_pubmed(node)})" if isinstance(node, Word) else _operand(node) for node in found
    )


def _fielded(node: Fielded) -> str:
    tag = f"[{node.codes[0]}]"
    match node.operand:
        case Near(words=words, between=between):
            return f"{_quoted(words)}[{node.codes[0]}:~{between}]"
        case Phrase(words=words, quoted=False):
            text = " ".join(map(_letters, words)) + tag
            return f"({text})" if _letters(words[0]).casefold() in _COMMANDS else text
        case Word() as word:
            return _tagged_word(word) + tag
        case Phrase() as phrase:
            return _quoted(phrase.words) + tag
    raise TypeError(f"a tag stands on one term in PubMed, not on {type(node.operand).__name__}")


def _word(word: Word) -> str:
    """An untagged word; in quotation marks where it would be a line, a Boolean or a stop word."""
    return f'"{_letters(word)}"' if _is_reserved(word) else _letters(word)


def _is_reserved(word: Word) -> bool:
    text = _letters(word).casefold()
    return text.isdigit() or text in STOP_WORDS | _OPERATORS | _COMMANDS


def _tagged_word(word: Word) -> str:
    text = _letters(word)
    return f'"{text}"' if text.casefold() in _OPERATORS | _COMMANDS else text


def _letters(word: Word) -> str:
    return "".join(map(_part, word.parts))


def _part(part: str | Wildcard) -> str:
    if isinstance(part, str):
        return part
    if part == ANY:
        return "*"
    optional = "*" if part.most is None else "?" * (part.most - part.least)
    return "#" * part.least + optional


def _quoted(words: Iterable[Word]) -> str:
    return '"' + " ".join(map(_letters, words)) + '"'


def _heading(heading: Heading) -> str:
    code = "majr" if heading.focus else "mh"
    tag = f"[{code}]" if heading.explode else f"[{code}:noexp]"
    names = ",".join(SUBHEADINGS.get(code, code) for code in heading.subheadings)
    return f'"{heading.name}{"/" * bool(names)}{names}"{tag}'


def _dates(dates: DateRange) -> str:
    """3000 is PubMed's “no end”; 0001 is “no beginning”."""
    first, last = dates.first or "0001", dates.last or "3000"
    text = first if first == last else f"{first}:{last}"
    return f"{text.replace('-', '/')}[{dates.code}]"


def _filters(condition: Node) -> Iterator[str]:
    """The names of the filters, those of one kind together as they were read."""
    for node in condition.walk():
        if isinstance(node, Limitation):
            yield node.name
        elif isinstance(node, DateRange):
            first, last = node.first or "0001", node.last or "3000"
            yield f"from {first.replace('-', '/')} - {last.replace('-', '/')}"


def _missing(missing: Missing) -> str:
    """What is missing stands empty; a line that lacks, by its number; the rest as it was typed.

    A tag without a term stands in parentheses, or it would go to the term before it.
    """
    if missing.what == AN_OPERAND:
        return "()"
    line = _LINE.fullmatch(missing.what)
    if line:
        return f"#{line[1]}"
    return f"({missing.what})" if missing.what.startswith("[") else missing.what
