"""NOT and limits: what they take away that was wanted."""

from __future__ import annotations

from collections.abc import Iterator

from surveillance.strategy.fields import parts_of
from surveillance.strategy.lint.rule import Context, Finding, Press, rule
from surveillance.strategy.lint.scope import resolved, text_terms
from surveillance.strategy.nodes import (
    Fielded,
    Heading,
    Limit,
    Limitation,
    Node,
    Not,
)
from surveillance.strategy.strategy import Severity, Strategy

# Limits that Ovid answers from index terms (ovid-semantics 7): what is not indexed is lost.
_INDEXED = frozenset(
    [
        "humans",
        "human",
        "animals",
        "male",
        "female",
        "adult",
        "aged",
        "child",
        "infant",
        "adolescent",
    ]
)
_AGES = (
    "all adult",
    "all child",
    "all infant",
    "all aged",
    "adult",
    "aged",
    "child",
    "infant",
    "newborn",
    "preschool",
    "adolescen",
    "young adult",
    "middle age",
)
_ANIMALS = frozenset({"animals", "animal", "animal experiment", "animal experimentation"})
_HUMANS = frozenset({"humans", "human"})


def _differences(strategy: Strategy) -> Iterator[Not]:
    for line in strategy.lines:
        for node in line.tree.walk() if line.tree else ():
            if isinstance(node, Not):
                yield node


@rule(
    "not-on-text-words",
    Severity.WARNING,
    Press.OPERATORS,
    hint="Exclude by headings or publication types, or screen these records by hand.",
    example="""
    1 neuroma*.tw.
    2 1 not (rat or rats).tw.
    """,
    instead="""
    1 neuroma*.tw.
    2 1 not (exp Animals/ not Humans/)
    """,
)
def not_on_text_words(strategy: Strategy, context: Context) -> Iterator[Finding]:  # noqa: ARG001
    """NOT with words of title or abstract behind it.

    A record that only mentions the word is lost with those that are about it: “unlike in
    rats, patients …”. PRESS asks that NOT be avoided or justified.
    """
    for node in _differences(strategy):
        trees = list(resolved(strategy, node.right))
        terms = [t for tree in trees for t in text_terms(tree, strategy.dialect) if not t.excluded]
        if terms:
            yield Finding(
                node.right.span,
                "What follows NOT searches words of title or abstract: a wanted record that "
                "mentions one is lost.",
            )


@rule(
    "not-animals",
    Severity.WARNING,
    Press.LIMITS,
    hint="Write: not (exp animals/ not humans/).",
    example="""
    1 neuroma*.tw.
    2 1 not exp animals/
    """,
    instead="""
    1 neuroma*.tw.
    2 1 not (exp animals/ not humans/)
    """,
)
def not_animals(strategy: Strategy, context: Context) -> Iterator[Finding]:  # noqa: ARG001
    """Animals excluded without sparing humans.

    Studies of both carry both headings, and exploded, Animals holds Humans in MeSH: `not exp
    animals/` takes nearly every study of people away. The Cochrane Handbook excludes animals that
    are not humans.
    """
    for node in _differences(strategy):
        for found in _bare_animals(strategy, node.right):
            also = ", and exploded it holds Humans" if found.explode else ""
            yield Finding(
                node.right.span,
                f"“{found.name}” is excluded, humans or not: studies of both are lost{also}.",
            )


def _bare_animals(strategy: Strategy, tree: Node) -> Iterator[Heading]:
    """Headings of animals that are excluded, not being the left side of `animals not humans`."""
    spared = {
        id(part)
        for top in resolved(strategy, tree)
        for node in top.walk()
        if isinstance(node, Not) and _names(strategy, node.right) & _HUMANS
        for below in resolved(strategy, node.left)
        for part in below.walk()
    }
    for top in resolved(strategy, tree):
        for node in top.walk():
            if (
                isinstance(node, Heading)
                and node.name.casefold() in _ANIMALS
                and id(node) not in spared
            ):
                yield node
                return


def _names(strategy: Strategy, tree: Node) -> set[str]:
    return {
        node.name.casefold()
        for top in resolved(strategy, tree)
        for node in top.walk()
        if isinstance(node, Heading)
    }


@rule(
    "limit-on-index-terms",
    Severity.WARNING,
    Press.LIMITS,
    hint="Leave the limit out, or exclude the opposite: not (animals/ not humans/).",
    example="""
    1 neuroma*.tw.
    2 limit 1 to humans
    """,
    instead="""
    1 neuroma*.tw.
    2 1 not (exp animals/ not humans/)
    """,
)
def limit_on_index_terms(strategy: Strategy, context: Context) -> Iterator[Finding]:  # noqa: ARG001
    """A limit to humans, a sex or an age, which the host answers from index terms.

    Records that have not been indexed yet, and those that never will be, are lost: the newest ones,
    which surveillance is for.
    """
    for limit, name in _limits(strategy):
        if name in _INDEXED or name.startswith(_AGES):
            yield Finding(
                limit.span,
                f"The limit “{name}” rests on index terms: records without them are lost.",
            )


def _limits(strategy: Strategy) -> Iterator[tuple[Limit, str]]:
    for line in strategy.lines:
        for node in line.tree.walk() if line.tree else ():
            if isinstance(node, Limit):
                for part in node.condition.walk():
                    if isinstance(part, Limitation):
                        yield node, part.name


@rule(
    "limit-to-language",
    Severity.INFO,
    Press.LIMITS,
    hint="Say why in the methods, or leave the limit out.",
    example="""
    1 neuroma*.tw.
    2 limit 1 to english language
    """,
    instead="1 neuroma*.tw.",
)
def limit_to_language(strategy: Strategy, context: Context) -> Iterator[Finding]:  # noqa: ARG001
    """A limit to one language, or NOT with a language.

    The Cochrane Handbook advises against limits of language; PRESS asks that they be justified.
    """
    for limit, name in _limits(strategy):
        if name.endswith(" language") or name == "english":
            yield Finding(limit.span, f"The limit “{name}” leaves out studies in other languages.")
    for node in _differences(strategy):
        for part in node.right.walk():
            if isinstance(part, Fielded) and _is_language(part, strategy.dialect):
                yield Finding(part.span, "A language is excluded.")


def _is_language(node: Fielded, dialect: str) -> bool:
    return all(parts_of(code, dialect) == ("language",) for code in node.codes)


@rule(
    "known-item-excluded",
    Severity.WARNING,
    Press.OPERATORS,
    hint="Narrow what follows NOT.",
    example="""
    1 neuroma*.tw.
    2 stump*.tw.
    3 1 not 2
    """,
    instead="""
    1 neuroma*.tw.
    2 exp Stroke/
    3 1 not 2
    """,
    needs="known items",
)
def known_item_excluded(strategy: Strategy, context: Context) -> Iterator[Finding]:
    """A study that the strategy must find, and that a NOT takes away.

    Both sides of every NOT are evaluated on the known items given: what matches both is lost by
    this NOT and by nothing else.
    """
    # The engine is only needed, and only imported, where records are given.
    from surveillance.strategy.lint.known_items import lost_to  # noqa: PLC0415

    for node in _differences(strategy) if context.known_items else ():
        lost = lost_to(node, strategy, context.known_items, context.mesh)
        if lost:
            names = ", ".join(lost[:5]) + (" …" if len(lost) > 5 else "")
            yield Finding(
                node.right.span, f"This NOT excludes {len(lost)} of the known items: {names}."
            )
