"""Is a translated query usable? A check from outside: of trees, losses and the bytes sent.

Usable: every leaf is in the query or in the loss report, the output reads again in the target's
grammar with nothing ignored, and no line number is left dangling in it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping

from surveillance.strategy.evaluate import essie, europe_pmc, pubmed
from surveillance.strategy.nodes import (
    DateRange,
    Heading,
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
from surveillance.strategy.printing import to_text
from surveillance.strategy.strategy import Strategy
from surveillance.strategy.translate import Translation

_DANGLING = re.compile(r"#\d")
_LEAVES = (Word, Phrase, Near, Heading, DateRange, Limitation, Mapped, Missing)


def faults(strategy: Strategy, translation: Translation, target: str) -> list[str]:
    """Why the translation is not usable; empty where it is."""
    if not translation.query:
        return [f"no query: {'; '.join(d.message for d in translation.diagnostics) or 'unsaid'}"]
    found = [fault for part in translation.parts for fault in _READ[target](part)]
    if _DANGLING.search(translation.query):
        found.append("a line number is left in the query")
    return found + list(_unaccounted(strategy, translation))


def _unaccounted(strategy: Strategy, translation: Translation) -> Iterator[str]:
    """The leaves that are neither in the query nor under a node of the loss report."""
    lost = {(loss.line, loss.column, loss.source) for loss in translation.losses}
    sent = _plain(translation.query)
    result = strategy.result_line
    for number in strategy.reached_from(result) if result else ():
        line = strategy.line(number)
        if line and line.tree:
            for leaf in _leaves(line.tree, strategy.dialect, lost):
                if not _is_said(leaf, sent):
                    text = to_text(leaf, strategy.dialect)
                    yield f"line {number}: “{text}” is neither sent nor reported"


def _leaves(node: Node, dialect: str, lost: set[tuple[int, int, str]]) -> Iterator[Node]:
    """The leaves that no loss speaks of, neither on themselves nor on a node above."""
    if (node.span.line, node.span.column, to_text(node, dialect)) in lost:
        return
    if isinstance(node, _LEAVES):
        yield node
        return
    for child in node.children:
        yield from _leaves(child, dialect, lost)


def _is_said(leaf: Node, sent: str) -> bool:
    match leaf:
        case Word():
            return all(part in sent for part in _letters(leaf))
        case Phrase() | Near():
            return all(_is_said(word, sent) for word in leaf.words)
        case Heading():
            return _plain(leaf.name) in sent
        case DateRange():
            return all(day is None or day[:4] in sent for day in (leaf.first, leaf.last))
        case LineReference() | LineRange():
            return True
    return False


def _letters(word: Word) -> list[str]:
    return [_plain(part) for part in word.parts if isinstance(part, str)]


def _plain(text: str) -> str:
    spelt = unicodedata.normalize("NFKD", text)
    return "".join(letter for letter in spelt if not unicodedata.combining(letter)).casefold()


def _in_pubmed(query: str) -> list[str]:
    try:
        read = pubmed.parse_query(query)
    except pubmed.PubMedQueryRefused as refused:
        return [f"PubMed would not read it: {refused}"]
    return [
        f"PubMed would ignore: {part}" for part in (*read.silently_ignored, *read.fields_ignored)
    ]


def _in_registry(query: str) -> list[str]:
    try:
        essie.parse_query(query)
    except essie.NotEssie as refused:
        return [f"ClinicalTrials.gov would not read it: {refused}"]
    return []


def _in_europe_pmc(query: str) -> list[str]:
    try:
        europe_pmc.parse_query(query)
    except europe_pmc.NotEuropePmc as refused:
        return [f"Europe PMC would not read it: {refused}"]
    return []


_READ: Mapping[str, Callable[[str], list[str]]] = {
    "pubmed": _in_pubmed,
    "clinicaltrials": _in_registry,
    "europepmc": _in_europe_pmc,
}
