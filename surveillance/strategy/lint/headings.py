"""Subject headings: does MeSH have them, what do they open, and do words stand beside them?"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from surveillance.strategy.lint.rule import Context, Finding, Press, rule
from surveillance.strategy.lint.scope import blocks, placed, text_terms, wanted, without_frame
from surveillance.strategy.mapping import EMBASE, mapped, unmapped
from surveillance.strategy.mesh import MeshTree
from surveillance.strategy.mesh_descriptors import name_key
from surveillance.strategy.nodes import (
    Heading,
    LineRange,
    LineReference,
    Mapped,
    Node,
    Or,
    Phrase,
    Word,
)
from surveillance.strategy.strategy import Severity, Strategy
from surveillance.strategy.subheadings import SUBHEADINGS

#: Dialects whose headings are MeSH; Embase's are Emtree.
MESH_DIALECTS = frozenset({"ovid-medline", "cochrane", "pubmed", "inahta"})
#: A name less alike than this is another name, not the same mistyped.
ALIKE = 88.0

_LETTERS = re.compile(r"\w+")


def _headings(strategy: Strategy) -> Iterator[Heading]:
    """The MeSH headings of a strategy, in order."""
    for line in strategy.lines if strategy.dialect in MESH_DIALECTS else ():
        for node in line.tree.walk() if line.tree else ():
            if isinstance(node, Heading):
                yield node


def _asked_of_mesh(strategy: Strategy, context: Context) -> Iterator[tuple[Heading, str]]:
    """The MeSH headings of a strategy; of an Embase one those that its table puts in their place.

    Each with what is said of the table, and where the strategy has it: a table has no place.
    """
    for heading in _headings(strategy):
        yield heading, ""
    if strategy.dialect != EMBASE or context.mapping is None:
        return
    for line in mapped(strategy, context.mapping).lines:
        for place in line.tree.walk() if line.tree else ():
            if isinstance(place, Mapped) and isinstance(place.heading, Heading):
                said = f" The mapping table puts it in the place of “{place.heading.name}”."
                for node in place.walk():
                    if isinstance(node, Heading):
                        yield replace(node, span=place.span), said


@rule(
    "unknown-heading",
    Severity.ERROR,
    Press.HEADINGS,
    hint="Look it up in the MeSH browser; a name that is no heading finds nothing.",
    example="1 Amputation Stupms/",
    instead="1 Amputation Stumps/",
    needs="mesh",
)
def unknown_heading(strategy: Strategy, context: Context) -> Iterator[Finding]:
    """A heading that the MeSH given does not have, under any name.

    It is mistyped, was taken out of MeSH, or belongs to another thesaurus (Emtree). Asked only of a
    whole MeSH: a part of the tree says nothing about the headings that it lacks. Of an Embase
    strategy, the headings that its mapping table gives are looked up.
    """
    mesh = context.mesh
    if mesh is None or not mesh.is_whole:
        return
    asked = _asked_of_mesh(strategy, context)
    unknown = [(one, table) for one, table in asked if mesh.heading_for(one.name) is None]
    # Print and hosts differ in commas, hyphens and apostrophes: those make no other name.
    names = set(map(name_key, mesh.preferred)) if unknown else set()
    for heading, table in unknown:
        if name_key(heading.name) not in names:
            nearest = _nearest(mesh, heading.name)
            hint = f"Did you mean “{nearest}”?" if nearest else ""
            said = f"MeSH{_year(mesh)} has no heading “{heading.name}”.{table}"
            if mesh.entry_terms or mesh.has_tops:
                yield Finding(heading.span, said, hint)
            else:
                yield Finding(heading.span, f"{said} {_NO_TOPS}", hint, Severity.WARNING)


_NO_TOPS = "The MeSH given lacks the headings at the top of the tree, such as Neoplasms."


def _nearest(mesh: MeshTree, name: str) -> str | None:
    """The heading that is spelt most alike, where one is."""
    # Half a second of import that only a mistyped heading should cost.
    from rapidfuzz import process  # noqa: PLC0415

    found = process.extractOne(name.casefold(), mesh.preferred.keys(), score_cutoff=ALIKE)
    return mesh.preferred[found[0]] if found else None


def _year(mesh: MeshTree) -> str:
    return f" {mesh.year}" if mesh.year else ""


@rule(
    "renamed-heading",
    Severity.WARNING,
    Press.HEADINGS,
    hint="Search the heading by its present name.",
    example="1 exp Phantom Pain/",
    instead="1 exp Phantom Limb/",
    needs="mesh",
)
def renamed_heading(strategy: Strategy, context: Context) -> Iterator[Finding]:
    """An entry term in the place of a heading: another name, often a former one, of a heading.

    A host that does not map it finds nothing; and records are indexed under the present name.
    """
    mesh = context.mesh
    if mesh is None:
        return
    for heading, table in _asked_of_mesh(strategy, context):
        preferred = mesh.heading_for(heading.name)
        if preferred is not None and not mesh.knows(heading.name):
            yield Finding(
                heading.span,
                f"“{heading.name}” is no heading of MeSH{_year(mesh)}; “{preferred}” is.{table}",
                f"Search {preferred}.",
            )


@rule(
    "unknown-subheading",
    Severity.WARNING,
    Press.HEADINGS,
    hint="Use the two letters of a MeSH subheading.",
    example="1 Amputation Stumps/zq",
    instead="1 Amputation Stumps/su",
)
def unknown_subheading(strategy: Strategy, context: Context) -> Iterator[Finding]:  # noqa: ARG001
    """A subheading that MeSH never had.

    Source: NLM, Qualifiers by Two-Letter Abbreviation, with those of earlier years.
    """
    for heading in _headings(strategy):
        for code in heading.subheadings:
            if code not in SUBHEADINGS:
                yield Finding(heading.span, f"MeSH has no subheading “{code}”.")


@rule(
    "explode-without-narrower",
    Severity.INFO,
    Press.HEADINGS,
    hint="exp can be left out.",
    example="1 exp Amputation Stumps/",
    instead="1 Amputation Stumps/",
    needs="mesh",
)
def explode_without_narrower(strategy: Strategy, context: Context) -> Iterator[Finding]:
    """A heading that is exploded although nothing lies below it.

    Harmless, and safe against narrower headings of later years; worth knowing when two headings are
    compared. PubMed explodes by default, so that nobody asked for it there.
    """
    mesh = context.mesh
    asked = mesh is not None and mesh.is_whole and strategy.dialect != "pubmed"
    for heading in _headings(strategy) if asked else ():
        below = mesh.explosion(heading.name) if mesh and heading.explode else None
        if below is not None and len(below) == 1:
            yield Finding(heading.span, f"No heading lies below “{heading.name}”.")


@rule(
    "not-exploded",
    Severity.INFO,
    Press.HEADINGS,
    hint="Explode it, unless the narrower headings are left out on purpose.",
    example="1 Amputation, Surgical/",
    instead="1 exp Amputation, Surgical/",
    needs="mesh",
)
def not_exploded(strategy: Strategy, context: Context) -> Iterator[Finding]:
    """A heading that is searched alone although others lie below it.

    Records are indexed with the narrowest heading that fits, and these are then not found. Not told
    where the strategy also searches the narrower ones, nor behind NOT, nor of check tags.
    """
    mesh = context.mesh
    if mesh is None or strategy.dialect not in MESH_DIALECTS:
        return
    searched = {name.casefold() for name in _searched_headings(strategy, mesh)}
    opened = {h.name.casefold() for h in _headings(strategy) if h.explode}
    for heading in _included(strategy):
        below = mesh.explosion(heading.name) or frozenset()
        narrower = {name.casefold() for name in below} - {heading.name.casefold()}
        if (
            narrower
            and not heading.explode
            and not heading.subheadings
            and heading.name.casefold() not in opened | CHECK_TAGS
            and not narrower <= searched
        ):
            own = heading.name.casefold()
            some = ", ".join(sorted(name for name in below if name.casefold() != own)[:3])
            yield Finding(
                heading.span,
                f"{_lie(len(narrower))} below “{heading.name}” and not searched: "
                f"{some}{' …' if len(narrower) > 3 else ''}.",
            )


def _lie(number: int) -> str:
    return "1 heading lies" if number == 1 else f"{number} headings lie"


# Check tags and headings of ages and publication types: those who type them mean them alone.
CHECK_TAGS = frozenset(
    [
        *("animals", "humans", "male", "female", "pregnancy", "adult", "aged", "infant", "child"),
        *("adolescent", "middle aged", "young adult", "randomized controlled trial"),
        *("randomized controlled trials as topic", "clinical trial", "controlled clinical trial"),
        *("clinical trials as topic", "review", "letter", "editorial", "case reports"),
    ]
)


#: What filters ask in text words, the heading being another question.
NOT_SUBJECTS = CHECK_TAGS | {"systematic review", "meta-analysis", "pubmed", "medline", "placebos"}


def _included(strategy: Strategy) -> Iterator[Heading]:
    """The headings whose records are wanted, not excluded."""
    for place in wanted(strategy):
        if isinstance(place.node, Heading):
            yield place.node


@rule(
    "heading-without-words",
    Severity.INFO,
    Press.TEXT_WORDS,
    hint="Search its words in title and abstract, too.",
    example="1 Neuroma/",
    instead="""
    1 Neuroma/
    2 neuroma*.tw.
    3 1 or 2
    """,
    needs="mesh",
)
def heading_without_words(strategy: Strategy, context: Context) -> Iterator[Finding]:
    """A heading of which neither the name nor any entry term is searched as text.

    New records have no headings for weeks or months, and some never get any: a subject that is
    searched by its heading alone is not found in them. A word is taken as searched where any
    text word of the strategy could find it.
    """
    mesh = context.mesh
    if mesh is None or not mesh.entry_terms or strategy.dialect not in MESH_DIALECTS:
        return
    roots = tuple(_text_roots(strategy))
    told: set[str] = set()
    for heading in _included(strategy):
        key = heading.name.casefold()
        if key in CHECK_TAGS or key in told or not mesh.knows(heading.name):
            continue
        told.add(key)
        names = (heading.name, *mesh.entry_terms.get(key, ()))
        if not any(_is_searched(name, roots) for name in names):
            yield Finding(
                heading.span,
                f"No text word of the strategy finds “{heading.name}” or one of its "
                f"{len(names) - 1} entry terms.",
            )


def _text_roots(strategy: Strategy) -> Iterator[str]:
    """The beginnings of all text words of a strategy."""
    for term in text_terms(wanted(strategy), strategy.dialect):
        for word in term.node.walk():
            if isinstance(word, Word) and isinstance(word.parts[0], str):
                yield word.parts[0].casefold()


def _is_searched(name: str, roots: tuple[str, ...]) -> bool:
    """True where the words that make the name are begun by text words of the strategy.

    One of them is enough: `residual limb*` stands for Amputation Stumps' entry term Limb, Residual.
    """
    words = [word.casefold() for word in _LETTERS.findall(name) if len(word) > 3]
    return any(word.startswith(roots) or word.rstrip("s") in roots for word in words)


@rule(
    "words-without-heading",
    Severity.INFO,
    Press.HEADINGS,
    hint="Search the heading, too.",
    example="1 neuroma.tw.",
    instead="""
    1 Neuroma/
    2 neuroma.tw.
    3 1 or 2
    """,
    needs="mesh",
)
def words_without_heading(strategy: Strategy, context: Context) -> Iterator[Finding]:
    """A concept that is searched in text words alone, although MeSH has a heading for one of them.

    A concept is a line, or the lines that are combined by OR. Only whole terms are compared (a line
    or an alternative of its own, without truncation or adjacency). Told once a concept, by its
    first such term; a concept with any heading is left alone.
    """
    mesh = context.mesh
    if mesh is None or not mesh.is_whole or strategy.dialect not in MESH_DIALECTS:
        return
    searched = _searched_headings(strategy, mesh)
    excluded = _only_excluded(strategy)
    all_trees = {line.number: line.tree for line in strategy.lines if line.tree}
    for numbers in blocks(strategy):
        trees = [all_trees[number] for number in numbers if number in all_trees]
        if excluded.issuperset(numbers) or any(map(_holds_heading, trees)):
            continue
        yield from _first_with_heading(trees, searched, mesh, strategy.dialect)


def _only_excluded(strategy: Strategy) -> frozenset[int]:
    """The lines of which nothing is wanted."""
    some = {place.node.span.line for place in wanted(strategy)}
    return frozenset(line.number for line in strategy.lines if line.span.line not in some)


def _holds_heading(tree: Node) -> bool:
    return any(isinstance(node, Heading | LineReference | LineRange) for node in tree.walk())


def _first_with_heading(
    trees: list[Node], searched: frozenset[str], mesh: MeshTree, dialect: str
) -> Iterator[Finding]:
    for tree in trees:
        for term in _whole_terms(tree, dialect):
            heading = mesh.heading_for(_spelt(term))
            if heading and heading.casefold() not in searched | NOT_SUBJECTS:
                yield Finding(
                    term.span,
                    f"“{_spelt(term)}” is searched as text only; MeSH has the heading “{heading}”.",
                )
                return


def _searched_headings(strategy: Strategy, mesh: MeshTree) -> frozenset[str]:
    """The headings that are searched, with those below the exploded ones, in lower case."""
    names: set[str] = set()
    for heading in _headings(strategy):
        preferred = mesh.heading_for(heading.name) or heading.name
        names.add(preferred.casefold())
        if heading.explode:
            names.update(name.casefold() for name in mesh.explosion(preferred) or ())
    return frozenset(names)


def _whole_terms(tree: Node, dialect: str) -> Iterator[Node]:
    """Words and phrases without wildcards that are a line, or an alternative in one."""
    alternatives = {id(node) for node in _alternatives(tree)}
    for term in text_terms(placed(tree, dialect), dialect):
        if id(term.node) in alternatives and _spelt(term.node):
            yield term.node


def _alternatives(tree: Node) -> Iterator[Node]:
    """The nodes above which nothing but field suffixes and OR stand."""
    pending = [tree]
    while pending:
        node = without_frame(pending.pop())
        yield node
        if isinstance(node, Or):
            pending.extend(node.operands)


def _spelt(term: Node) -> str:
    """The text of a word or phrase without wildcards; else empty."""
    words = term.words if isinstance(term, Phrase) else (term,) if isinstance(term, Word) else ()
    letters = [word.literal for word in words]
    return "" if None in letters else " ".join(letter for letter in letters if letter)


@rule(
    "emtree-not-mapped",
    Severity.WARNING,
    Press.HEADINGS,
    hint="Add it to the topic's mapping table, with MeSH headings, text words, or nothing.",
    example="1 muscle reinnervation/",
    instead="1 nerve transplantation/",
    dialect="ovid-embase",
    needs="mapping",
)
def emtree_not_mapped(strategy: Strategy, context: Context) -> Iterator[Finding]:
    """A heading of Emtree that the topic's mapping table does not have.

    Embase runs on PubMed as mapped. A heading without an entry is left out of the query and stays
    open on every record; a MeSH heading of the same name is coincidence and never taken.
    """
    if context.mapping is None:
        return
    for heading in unmapped(mapped(strategy, context.mapping)):
        yield Finding(heading.span, f"The mapping table has no entry for “{heading.name}”.")
