"""Is a translated query usable? A check from outside: of trees, losses and the bytes sent.

Usable: every leaf is in the query or in the loss report, the output reads again in the target's
grammar with nothing ignored, and no line number is left dangling in it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping

from surveillance.strategy.evaluate import essie, europe_pmc, pubmed
from surveillance.strategy.limits import meaning_of
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
from surveillance.strategy.strategy import Strategy
from surveillance.strategy.translate import Translation
from surveillance.strategy.translate.walk import printed

LANGUAGE_CODE = 3
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
    sent = _plain(translation.query)
    result = strategy.line(strategy.result_line or 0)
    if result and result.tree:
        seen: dict[Node, None] = dict.fromkeys(_Accounting(strategy, translation).open(result.tree))
        for leaf in seen:
            if not _is_said(leaf, sent, strategy.dialect):
                text = printed(leaf, strategy.dialect)
                yield f"line {leaf.span.line} of the file: “{text}” is neither sent nor reported"


class _Accounting:
    """Walks from the result line down to the leaves, and stops where a loss speaks."""

    def __init__(self, strategy: Strategy, translation: Translation) -> None:
        self._strategy = strategy
        self._lost = {(loss.line, loss.column, loss.source) for loss in translation.losses}
        self._places = {(line, column) for line, column, _ in self._lost}
        self._walked: set[int] = set()

    def open(self, node: Node) -> Iterator[Node]:
        """The leaves that no loss speaks of, neither on themselves nor on a node above."""
        if self._is_lost(node):
            return
        if isinstance(node, _LEAVES):
            yield node
        for number in _numbers(node):
            line = self._strategy.line(number)
            if line and line.tree and number not in self._walked:
                self._walked.add(number)
                yield from self.open(line.tree)
        for child in () if isinstance(node, _LEAVES) else node.children:
            yield from self.open(child)

    def _is_lost(self, node: Node) -> bool:
        place = (node.span.line, node.span.column)
        return (
            place in self._places and (*place, printed(node, self._strategy.dialect)) in self._lost
        )


def _numbers(node: Node) -> tuple[int, ...]:
    if isinstance(node, LineReference):
        return (node.number,)
    return node.numbers if isinstance(node, LineRange) else ()


def _is_said(leaf: Node, sent: str, dialect: str) -> bool:
    match leaf:
        case Word():
            return all(part in sent for part in _letters(leaf))
        case Phrase() | Near():
            return all(_is_said(word, sent, dialect) for word in leaf.words)
        case Heading():
            return _plain(leaf.name) in sent
        case DateRange():
            return all(day is None or day[:4] in sent for day in (leaf.first, leaf.last))
        case Limitation():
            return _is_limit_said(leaf, sent, dialect)
    return False


def _is_limit_said(limit: Limitation, sent: str, dialect: str) -> bool:
    """A limit is said by the parts of its meaning; a language by the first letters, its code."""
    meaning = meaning_of(limit, dialect)
    parts = [part for part in meaning.walk() if isinstance(part, _LEAVES)] if meaning else []
    return bool(parts) and all(
        _is_said(part, sent, dialect)
        or (isinstance(part, Word) and _letters(part)[0][:LANGUAGE_CODE] in sent)
        for part in parts
    )


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
