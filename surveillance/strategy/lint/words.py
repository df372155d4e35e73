"""Words and truncation: what a text word opens, and what it leaves shut."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence

from surveillance.strategy.lint.patterns import finds_all_of
from surveillance.strategy.lint.rule import Context, Finding, Press, rule, within
from surveillance.strategy.lint.scope import is_text, placed
from surveillance.strategy.lint.spelling import counterpart
from surveillance.strategy.nodes import And, Node, Or, Wildcard, Word
from surveillance.strategy.strategy import Severity, Strategy

#: PubMed refuses a root that is shorter (PubMed User Guide, "Wildcards and truncation").
SHORTEST_ROOT = 4

OVID = frozenset({"ovid-medline", "ovid-embase"})

_NEAR = re.compile(r'(?P<quoted>"[^"]{0,1000}")|(?P<near>\bNEAR\b(?!\s*/))', re.IGNORECASE)
_TYPOGRAPHIC = re.compile("[‐‑‒–—―−“”„‟«»‘’‚‛´`\u00a0\u2007\u2009\u202f\u200b]")


@rule(
    "short-root",
    Severity.WARNING,
    Press.TEXT_WORDS,
    hint="Use a longer root, or write the words out.",
    example="1 (nerve* adj4 cut*).tw.",
    instead="1 (nerve* adj4 (cut or cuts or cutting)).tw.",
)
def short_root(strategy: Strategy, context: Context) -> Iterator[Finding]:
    """Truncation after fewer than four letters.

    `cut*` finds cut and cutting, and cutaneous, cuticle, cutis. PubMed ignores the `*` altogether:
    it wants four letters; of a PubMed strategy the reader of the dialect says so, not this rule.
    With records at hand (`--records`) the message says how many words the root opens in them.
    """
    for line in strategy.lines if strategy.dialect != "pubmed" else ():
        for place in placed(line.tree, strategy.dialect) if line.tree else ():
            word = place.node
            if isinstance(word, Word) and (root := _short(word)):
                yield Finding(
                    word.span,
                    f"“{root}*” finds every word that begins with {root}"
                    f"{_opened(root, context.vocabulary)}.",
                )


def _short(word: Word) -> str | None:
    root = word.truncated_root
    return root if root is not None and len(root) < SHORTEST_ROOT else None


def _opened(root: str, vocabulary: Sequence[str]) -> str:
    """How many words begin so, and the first of them."""
    start = bisect_left(vocabulary, root)
    end = bisect_left(vocabulary, root + "\U0010ffff")
    if not vocabulary:
        return ""
    some = ", ".join(vocabulary[start : min(end, start + 5)])
    return f": {end - start:,} words of the records given" + (f", such as {some}" if some else "")


@rule(
    "wildcard-inside",
    Severity.INFO,
    Press.TEXT_WORDS,
    hint="Use # for one character, ? for none or one, or write the words out.",
    example="1 behavio*r.tw.",
    instead="1 behavio?r.tw.",
)
def wildcard_inside(strategy: Strategy, context: Context) -> Iterator[Finding]:  # noqa: ARG001
    """An open wildcard inside a word.

    Ovid documents `*` and `$` at the end of a word; inside a word they are accepted, but nobody
    says what they stand for.
    """
    for line in strategy.lines if strategy.dialect in OVID else ():
        for node in line.tree.walk() if line.tree else ():
            if isinstance(node, Word) and any(
                isinstance(part, Wildcard) and part.most is None for part in node.parts[1:-1]
            ):
                yield Finding(
                    node.span,
                    "An open wildcard stands inside a word; or is a space missing here?",
                )


@rule(
    "unquoted-words",
    Severity.WARNING,
    Press.TEXT_WORDS,
    hint="Put quotation marks around a phrase, or use NEXT where a word is truncated.",
    example="#1 targeted muscle reinnervation",
    instead='#1 "targeted muscle reinnervation"',
    dialect="cochrane",
)
def unquoted_words(strategy: Strategy, context: Context) -> Iterator[Finding]:  # noqa: ARG001
    """Several words side by side without quotation marks, in the Cochrane Library or at INAHTA.

    There the words are searched apart and combined with AND, anywhere in the record; on Ovid the
    same words would be a phrase (Cochrane Library, Search help).
    """
    if strategy.dialect not in {"cochrane", "inahta"}:
        return
    for line in strategy.lines:
        for node in line.tree.walk() if line.tree else ():
            if isinstance(node, And) and node.implied:
                yield Finding(
                    node.span,
                    f"{len(node.operands)} words side by side are combined with AND here; "
                    "they are not a phrase.",
                )


@rule(
    "near-without-number",
    Severity.WARNING,
    Press.OPERATORS,
    hint="Write the distance: NEAR/3.",
    example="#1 nerve* near transfer*",
    instead="#1 nerve* near/3 transfer*",
    dialect="cochrane",
)
def near_without_number(strategy: Strategy, context: Context) -> Iterator[Finding]:  # noqa: ARG001
    """`NEAR` without a number, in the Cochrane Library.

    It then means NEAR/6, wider than most authors have in mind who know adj3 from Ovid.
    """
    if strategy.dialect != "cochrane":
        return
    for line in strategy.lines:
        for found in _NEAR.finditer(line.text) if line.tree else ():
            if found["near"]:
                yield Finding(
                    within(line, *found.span()), "NEAR without a number means within 6 words."
                )


@rule(
    "spelling-variant",
    Severity.INFO,
    Press.SPELLING,
    hint="Add the other spelling, or use a wildcard that finds both.",
    example="1 (tumour* or neoplas*).tw.",
    instead="1 (tumour* or tumor* or neoplas*).tw.",
)
def spelling_variant(strategy: Strategy, context: Context) -> Iterator[Finding]:  # noqa: ARG001
    """A word in British or American spelling whose other spelling is nowhere in the strategy.

    Authors write both. Only words of a list of spellings are looked at (haem-/hem-, oedema/edema,
    tumour/tumor, -isation/-ization and the like).
    """
    words = [
        place.node
        for line in strategy.lines
        for place in (placed(line.tree, strategy.dialect) if line.tree else ())
        if isinstance(place.node, Word) and is_text(place, strategy.dialect)
    ]
    told = _of_validated_filters({_beginning(word) for word in words})
    for word in words:
        other = counterpart(_beginning(word))
        if other is None or other in told:
            continue
        told.add(other)
        if not _is_found(other, words):
            yield Finding(
                word.span,
                f"“{_beginning(word)}” is searched, and nothing in the strategy finds “{other}”.",
            )


def _of_validated_filters(beginnings: set[str]) -> set[str]:
    """What Cochrane's filter for randomised trials leaves out, and was validated without.

    Source: Cochrane Handbook, boxes 4.4.a and b: `randomized.ab.` beside placebo and randomly.
    """
    return {"randomis"} if {"placebo", "randomly"} <= beginnings else set()


def _beginning(word: Word) -> str:
    """The letters before the first wildcard."""
    first = word.parts[0]
    return first.casefold() if isinstance(first, str) else ""


def _is_found(other: str, words: Sequence[Word]) -> bool:
    """Does some word of the strategy find the other spelling, or begin with it?"""
    spelt = Word((other,))
    return any(_beginning(word).startswith(other) or finds_all_of(word, spelt) for word in words)


@rule(
    "typographic-character",
    Severity.INFO,
    Press.SPELLING,
    hint="Type it as a plain character before the strategy is pasted into a host.",
    example="1 “nerve transfer”.tw.",
    instead='1 "nerve transfer".tw.',
)
def typographic_character(strategy: Strategy, context: Context) -> Iterator[Finding]:  # noqa: ARG001
    """Curly quotation marks, long hyphens or special spaces, as print and word processors make.

    They are read here as the plain characters; a host may take them as letters or drop them, and
    then a phrase is no phrase and a line finds nothing. Told once a line.
    """
    for line in strategy.lines:
        found = _TYPOGRAPHIC.search(line.text)
        if found and line.tree is not None:
            yield Finding(
                within(line, *found.span()),
                f"“{found[0]}” (U+{ord(found[0]):04X}) is read as the plain character.",
            )


@rule(
    "repeated-term",
    Severity.INFO,
    Press.SPELLING,
    hint="Take one out, or write what was meant.",
    example="1 (neuroma* or stump* or neuroma*).tw.",
    instead="1 (neuroma* or stump*).tw.",
)
def repeated_term(strategy: Strategy, context: Context) -> Iterator[Finding]:  # noqa: ARG001
    """The same term twice in one group of alternatives.

    Harmless by itself; but the second may have been meant to be another spelling.
    """
    for line in strategy.lines:
        for group in line.tree.walk() if line.tree else ():
            if isinstance(group, Or):
                yield from _repeated(group)


def _repeated(group: Or) -> Iterator[Finding]:
    seen: set[Node] = set()
    for term in group.operands:
        if term in seen:
            yield Finding(term.span, "This term stood in the group before.")
        seen.add(term)
