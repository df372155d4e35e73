"""What is missing where a verdict is *cannot tell*, in words for reviewers."""

from __future__ import annotations

from collections.abc import Iterator

from surveillance.strategy.evaluate.conjunction import distributed, has_place
from surveillance.strategy.evaluate.headings import names_wanted
from surveillance.strategy.evaluate.reference import Reading, searched
from surveillance.strategy.evaluate.scope import BROADER_TYPE, NOT_CARRIED, Scope
from surveillance.strategy.evaluate.texts import OF_HEADINGS
from surveillance.strategy.evaluate.verdict import Verdict
from surveillance.strategy.fields import parts_of
from surveillance.strategy.limits import date_of, holds, meaning_of
from surveillance.strategy.nodes import (
    Adjacency,
    And,
    DateRange,
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
    Near,
    Node,
    Phrase,
    Word,
)
from surveillance.strategy.subheadings import SUBHEADINGS

_NO_HEADINGS = "the record's headings"
_NEVER_SETTLED = "a line that does not rest on itself"


def missing_of(reading: Reading, number: int) -> tuple[str, ...]:
    """What would settle a line, each once, left to right; empty where the line is settled."""
    if reading.line(number) is not Verdict.CANNOT_TELL:
        return ()
    tree = reading.tree(number)
    if tree is None:
        return ("a reading of this line",)
    others = dict.fromkeys(_open(reading, tree, reading.scope))
    others.pop(f"line {number}", None)
    return tuple(others) or (_NEVER_SETTLED,)


def _open(reading: Reading, node: Node, scope: Scope) -> Iterator[str]:
    """What is missing for a node; nothing where its verdict is certain."""
    if reading.verdict(node, scope) is not Verdict.CANNOT_TELL:
        return
    match node:
        case Fielded():
            yield from _open(reading, node.operand, scope.inside(node))
        case And():
            for operand in reading.asked(node, scope):
                yield from _open(reading, operand, scope)
        case Adjacency() if not has_place(node):
            yield from _open(reading, distributed(node, reading.options.conjunction), scope)
        case Word() | Phrase() | Near() | Adjacency():
            yield from _of_text(reading, node, scope)
        case Heading():
            yield from _of_heading(reading, node, scope)
        case LineReference():
            yield from _of_lines(reading, (node.number,))
        case LineRange():
            yield from _of_lines(reading, node.numbers)
        case _:
            yield from _of_command(reading, node, scope)


def _of_command(reading: Reading, node: Node, scope: Scope) -> Iterator[str]:
    anew = Scope.of(scope.dialect)
    match node:
        case Frequency():
            yield from _of_frequency(reading, node, scope)
        case Limit():
            yield from _open(reading, node.operand, scope)
            yield from _open(reading, node.condition, anew)
        case Limitation():
            meaning = meaning_of(node, scope.dialect)
            if meaning is None:
                yield f"what the limit “{node.name}” means"
            else:
                yield from _open(reading, meaning, anew)
        case DateRange():
            yield _of_date(node)
        case Mapped(to=Node() as to):
            yield from _open(reading, to, Scope.of("ovid-medline"))
        case Missing():
            yield node.what
        case _:
            yield from _of_set(node, scope)
            for child in node.children:
                yield from _open(reading, child, scope)


def _of_set(node: Node, scope: Scope) -> Iterator[str]:
    match node:
        case InDatabase() if holds(node.databases, scope.dialect) is None:
            yield f"whether the record is in {', '.join(node.databases)}"
        case Kept():
            places = ", ".join(f"{first}-{last}" for first, last in node.ranges)
            yield f"which records were picked by hand ({places})"


def _of_frequency(reading: Reading, node: Frequency, scope: Scope) -> Iterator[str]:
    if has_place(node.operand):
        yield from _of_text(reading, node.operand, scope)
    else:
        yield "how often something occurs that is no text"


def _of_text(reading: Reading, node: Node, scope: Scope) -> Iterator[str]:
    absent = [part for part in sorted(searched(node, scope)) if reading.texts.absent(part)]
    for part in absent:
        yield from _of_part(part, node, scope)
    if not absent:
        yield _of_words(node)


def _of_part(part: str, node: Node, scope: Scope) -> Iterator[str]:
    if part == NOT_CARRIED:
        yield from (
            f"the field {code}, which records here do not carry" for code in _gaps(node, scope)
        )
    elif part == BROADER_TYPE:
        yield "the MeSH tree above the record's publication types"
    elif part in OF_HEADINGS:
        yield _NO_HEADINGS
    else:
        yield f"the record's {part.replace('_', ' ')}"


def _gaps(node: Node, scope: Scope) -> Iterator[str]:
    """The codes without a part that stand on the words of a node."""
    match node:
        case Word() | Phrase() | Near():
            yield from (code for code in scope.codes if not parts_of(code, scope.dialect))
        case Fielded():
            yield from _gaps(node.operand, scope.inside(node))
        case _:
            for child in node.children:
                yield from _gaps(child, scope)


def _of_words(node: Node) -> str:
    """All the texts are there, and still it is open."""
    match node:
        case Word():
            return "what PubMed makes of a stop word alone"
        case Phrase():
            return "whether PubMed's phrase index has these words as a phrase"
    return "which of too many ways holds: the text repeats these words without end"


def _of_heading(reading: Reading, node: Heading, scope: Scope) -> Iterator[str]:
    if scope.dialect == "ovid-embase":
        yield f"what the Emtree heading {node.name} is mapped to"
    if reading.record.headings() is None:
        yield _NO_HEADINGS
        return
    for code in node.subheadings:
        if code.casefold() not in SUBHEADINGS:
            yield f"the subheading /{code}, which MeSH does not have"
    if scope.dialect != "ovid-embase" and names_wanted(node, reading.mesh) is None:
        yield f"what lies below {node.name} in the MeSH tree"


def _of_lines(reading: Reading, numbers: tuple[int, ...]) -> Iterator[str]:
    for number in numbers:
        if reading.strategy.line(number) is None:
            yield f"line {number}, which the strategy does not have"
        elif reading.result_of(number) is Verdict.CANNOT_TELL:
            yield f"line {number}"


def _of_date(node: DateRange) -> str:
    if date_of(node.code) is None:
        return f"the date {node.code}, which records here do not carry"
    return f"the record's date ({date_of(node.code)})"
