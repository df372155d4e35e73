"""Subject headings: which headings of a record fit a searched one (ovid-semantics 6).

PubMed differs from Ovid in two things: a heading that explodes takes the narrower subheadings
too, and with a subheading the star of a major topic sits on that combination or on the heading
(User Guide, "MeSH Terms", "MeSH Major Topic").
"""

from __future__ import annotations

from collections.abc import Sequence

from surveillance.strategy.evaluate.scope import Scope
from surveillance.strategy.evaluate.semantics import Semantics
from surveillance.strategy.evaluate.verdict import Verdict, any_of
from surveillance.strategy.mesh import MeshTree
from surveillance.strategy.mesh_descriptors import name_key
from surveillance.strategy.nodes import Heading
from surveillance.strategy.searchable import IndexedDescriptor
from surveillance.strategy.subheadings import SUBHEADINGS, subheading_family

# Signs of truncation; no name of MeSH has one.
WILDCARDS = frozenset("*$#?")


def heading_verdict(
    node: Heading,
    headings: Sequence[IndexedDescriptor],
    mesh: MeshTree | None,
    scope: Scope,
    options: Semantics,
) -> Verdict:
    """Does one of a record's headings fit?

    Cannot tell: a subheading that MeSH doesn't have, on a heading that otherwise fits; a heading
    that could lie below one that the tree doesn't know; a name truncated in the middle.
    """
    known = [code for code in node.subheadings if code.casefold() in SUBHEADINGS]
    verdicts = []
    if known or not node.subheadings:
        fitting = fitting_headings(node, headings, scope, options)
        verdicts.append(_named(node, fitting, mesh))
    if len(known) < len(node.subheadings):
        anyhow = [heading for heading in headings if not node.focus or _is_starred(heading)]
        verdicts.append(_named(node, anyhow, mesh) & Verdict.CANNOT_TELL)
    return any_of(verdicts)


def fitting_headings(
    node: Heading, headings: Sequence[IndexedDescriptor], scope: Scope, options: Semantics
) -> list[IndexedDescriptor]:
    """The headings of any name with the focus and one of the subheadings that are wanted."""
    wanted = wanted_subheadings(node, scope, options)
    return [h for h in headings if _is_fitting(h, node, wanted, combined=scope.pubmed)]


def names_wanted(node: Heading, mesh: MeshTree | None) -> frozenset[str] | None:
    """The keys of the names that a heading finds; None: what lies below it is not known."""
    if not node.explode:
        return frozenset({name_key(node.name)})
    below = mesh.explosion(node.name) if mesh else None
    return None if below is None else frozenset(map(name_key, below))


def wanted_subheadings(node: Heading, scope: Scope, options: Semantics) -> frozenset[str]:
    """The names of the subheadings that a heading asks for, those below them where they count."""
    names = {SUBHEADINGS.get(code.casefold(), "") for code in node.subheadings} - {""}
    explodes = node.explode if scope.pubmed else options.subheadings_explode
    return frozenset().union(*map(subheading_family, names)) if explodes else frozenset(names)


def _named(node: Heading, fitting: Sequence[IndexedDescriptor], mesh: MeshTree | None) -> Verdict:
    names = {name_key(heading.name) for heading in fitting}
    if not WILDCARDS.isdisjoint(node.name):
        return _truncated(node.name, names)
    wanted = name_key(node.name)
    if wanted in names:
        return Verdict.MATCH
    below = names_wanted(node, mesh)
    if below is None:
        return Verdict.CANNOT_TELL if names else Verdict.NO_MATCH
    return Verdict.of(not names.isdisjoint(below))


def _truncated(wanted: str, names: set[str]) -> Verdict:
    """`neuralg*[mh]`: the names that begin so; truncation turns off explosion (User Guide)."""
    root = wanted.removesuffix("*")
    if not names:
        return Verdict.NO_MATCH
    if not root or not WILDCARDS.isdisjoint(root):
        return Verdict.CANNOT_TELL
    return Verdict.of(any(name.startswith(name_key(root)) for name in names))


def _is_fitting(
    heading: IndexedDescriptor, node: Heading, wanted: frozenset[str], *, combined: bool
) -> bool:
    attached = [q for q in heading.qualifiers if not wanted or q.name.casefold() in wanted]
    if wanted and not attached:
        return False
    if not node.focus:
        return True
    return heading.major or any(q.major for q in (attached if combined else heading.qualifiers))


def _is_starred(heading: IndexedDescriptor) -> bool:
    return heading.major or any(qualifier.major for qualifier in heading.qualifiers)
