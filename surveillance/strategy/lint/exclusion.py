"""NOT and limits: what they take away that was wanted."""

from __future__ import annotations

from collections.abc import Iterator

from surveillance.strategy.fields import parts_of
from surveillance.strategy.lint.rule import Context, Finding, Press, rule
from surveillance.strategy.lint.scope import Placed, reached, text_terms, wanted
from surveillance.strategy.nodes import (
    Fielded,
    Heading,
    Limit,
    Limitation,
    Not,
    Word,
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
_HUMANS = frozenset({"humans", "human", "human experiment"})


def _differences(strategy: Strategy) -> Iterator[tuple[Not, Placed]]:
    """Each NOT that takes records from the result, with what it takes."""
    for place in wanted(strategy):
        if isinstance(place.node, Not):
            yield place.node, Placed(place.node.right, place.codes)


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
    for node, taken in _differences(strategy):
        terms = text_terms(reached(strategy, taken), strategy.dialect)
        if any(not term.excluded for term in terms):
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
    for node, taken in _differences(strategy):
        found = _bare_animals(strategy, taken)
        if found:
            name, exploded = found
            also = ", and exploded it holds Humans" if exploded else ""
            yield Finding(
                node.right.span,
                f"“{name}” is excluded, humans or not: studies of both are lost{also}.",
            )


def _bare_animals(strategy: Strategy, taken: Placed) -> tuple[str, bool] | None:
    """A heading of animals that is taken away (and is it exploded?); None: humans are spared."""
    found: tuple[str, bool] | None = None
    spared: set[int] = set()
    for place in reached(strategy, taken):
        node = place.node
        if isinstance(node, Not) and _names_humans(strategy, Placed(node.right, place.codes)):
            left = Placed(node.left, place.codes)
            spared.update(id(below.node) for below in reached(strategy, left))
        name = _heading_name(place)
        if name in _ANIMALS and not place.excluded and id(node) not in spared and found is None:
            found = name, isinstance(node, Heading) and node.explode
    return found


def _names_humans(strategy: Strategy, start: Placed) -> bool:
    return any(_heading_name(place) in _HUMANS for place in reached(strategy, start))


def _heading_name(place: Placed) -> str:
    """The name of a heading, also of one written as a word in `.sh.`, in lower case."""
    match place.node:
        case Heading(name=name):
            return name.casefold()
        case Word(literal=str(name)) if set(place.codes) & {"sh", "hw", "mh"}:
            return name.casefold()
    return ""


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
    for place in wanted(strategy):
        if isinstance(place.node, Limit):
            for part in place.node.condition.walk():
                if isinstance(part, Limitation):
                    yield place.node, part.name


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
    for node, _ in _differences(strategy):
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

    for node, _ in _differences(strategy) if context.known_items else ():
        lost = lost_to(node, strategy, context.known_items, context.mesh)
        if lost:
            names = ", ".join(lost[:5]) + (" …" if len(lost) > 5 else "")
            yield Finding(
                node.right.span, f"This NOT excludes {len(lost)} of the known items: {names}."
            )
