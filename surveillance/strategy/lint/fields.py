"""Field codes: suffixes that disagree, and codes that nothing here can search."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from surveillance.strategy.fields import parts_of, unqualified
from surveillance.strategy.limits import date_of
from surveillance.strategy.lint.rule import Context, Finding, Press, rule
from surveillance.strategy.lint.scope import placed
from surveillance.strategy.mapping import EMBASE
from surveillance.strategy.nodes import Adjacency, And, Fielded, Node, Or, Phrase, Word
from surveillance.strategy.strategy import Severity, Strategy


def _suffixes(strategy: Strategy) -> Iterator[Fielded]:
    for line in strategy.lines:
        for node in line.tree.walk() if line.tree else ():
            if isinstance(node, Fielded):
                yield node


@rule(
    "fields-disagree",
    Severity.WARNING,
    Press.SPELLING,
    hint="Keep one of the two field suffixes.",
    example="1 ((neuroma* or stump*).tw. and pain).ti.",
    instead="1 (neuroma* or stump*).tw. and pain.ti.",
)
def fields_disagree(strategy: Strategy, context: Context) -> Iterator[Finding]:  # noqa: ARG001
    """A term with a field suffix inside a group that has another one.

    The inner suffix is taken (ovid-semantics 5). Whoever put the outer one there may think that it
    holds for the whole group.
    """
    for outer in _suffixes(strategy):
        for inner in outer.operand.walk():
            if isinstance(inner, Fielded) and set(inner.codes) != set(outer.codes):
                yield Finding(
                    inner.span,
                    f"Inside a group in {_said(outer.codes, strategy.dialect)} this is searched in "
                    f"{_said(inner.codes, strategy.dialect)}.",
                )
                break


def _said(codes: Sequence[str], dialect: str) -> str:
    """Field codes as the dialect writes them."""
    if dialect in {"pubmed", "inahta"}:
        return "".join(f"[{code}]" for code in codes)
    return f":{','.join(codes)}" if dialect == "cochrane" else f".{','.join(codes)}."


@rule(
    "field-repeated",
    Severity.INFO,
    Press.SPELLING,
    hint="Take the inner one out.",
    example="1 ((neuroma*.tw.) or stump*).tw.",
    instead="1 (neuroma* or stump*).tw.",
)
def field_repeated(strategy: Strategy, context: Context) -> Iterator[Finding]:  # noqa: ARG001
    """A field suffix on a term whose group has the same one.

    Harmless, where the parentheses are right.
    """
    for outer in _suffixes(strategy):
        for inner in outer.operand.walk():
            if isinstance(inner, Fielded) and set(inner.codes) == set(outer.codes):
                yield Finding(
                    inner.span,
                    f"The group has the suffix {_said(outer.codes, strategy.dialect)} already.",
                )
                break


@rule(
    "field-not-carried",
    Severity.INFO,
    Press.TEXT_WORDS,
    hint="Search the term in title and abstract, too, if the field is not meant.",
    example="1 hospital.in.",
    instead="1 hospital.tw.",
)
def field_not_carried(strategy: Strategy, context: Context) -> Iterator[Finding]:
    """A field code for which the records here have no part, or one that the dialect does not have.

    The term stays open on every record (cannot tell), and is a loss in every translated query. Not
    told of a field of Embase that the topic's mapping table sets to nothing.
    """
    dialect = strategy.dialect
    settled = context.mapping.fields if context.mapping and dialect == EMBASE else {}
    for node in _suffixes(strategy):
        lacking = [
            code for code in node.codes if not _is_carried(code, dialect) and code not in settled
        ]
        if lacking:
            codes = _said(lacking, dialect)
            yield Finding(node.span, f"Records here have no part for the field {codes}")


def _is_carried(code: str, dialect: str) -> bool:
    return bool(parts_of(code, dialect)) or date_of(code) is not None


@rule(
    "field-missing-on-some",
    Severity.WARNING,
    Press.SPELLING,
    hint="Put the alternatives in parentheses before the field suffix.",
    example="1 neuroma* or stump*.tw.",
    instead="1 (neuroma* or stump*).tw.",
)
def field_missing_on_some(strategy: Strategy, context: Context) -> Iterator[Finding]:  # noqa: ARG001
    """A field suffix on the last of several alternatives alone.

    A suffix belongs to the word or the group before it. Without parentheses the words before
    are searched in all fields that an unqualified word is (`.mp.` on Ovid), which is seldom meant.
    """
    if strategy.dialect not in {"ovid-medline", "ovid-embase"}:
        return
    default = unqualified(strategy.dialect)
    for line in strategy.lines:
        for place in placed(line.tree, strategy.dialect):
            operands = place.node.children if isinstance(place.node, Or | And) else ()
            bare = [operand for operand in operands if _is_bare(operand)]
            last = operands[-1] if operands else None
            if (
                isinstance(last, Fielded)
                and last.codes != default
                and place.codes == default
                and len(bare) == len(operands) - 1
            ):
                yield Finding(
                    bare[0].span,
                    f"Only the last term is searched in {_said(last.codes, strategy.dialect)}; "
                    f"what stands before it in {_said(default, strategy.dialect)}",
                )


def _is_bare(node: Node) -> bool:
    return isinstance(node, Word | Phrase | Adjacency) and not any(
        isinstance(part, Fielded) for part in node.walk()
    )
