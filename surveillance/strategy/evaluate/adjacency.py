"""Phrases and adjacency: where in a passage words stand together (ovid-semantics 2).

A match is the positions, from 0 and ascending, of the words that it uses. No word is used twice.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from functools import lru_cache

from surveillance.strategy.evaluate.scope import Scope
from surveillance.strategy.evaluate.semantics import ChainAnchor, Semantics
from surveillance.strategy.evaluate.words import Passage, finds, is_stop_word
from surveillance.strategy.nodes import ANY, Adjacency, Fielded, Near, Node, Or, Phrase, Word

Match = tuple[int, ...]

# A record that repeats one word ten thousand times would give millions of matches.
MOST_MATCHES = 50_000


class TooRepetitive(Exception):
    """A passage in which an adjacency holds in more ways than are worth following."""


def matches(node: Node, passage: Passage, scope: Scope, semantics: Semantics) -> set[Match]:
    """Every way in which words, phrases, their OR and their adjacency hold in a passage.

    `scope` says which parts of a record the unfielded words of `node` search. Raises
    `TooRepetitive`.
    """
    match node:
        case Word() | Phrase():
            return set(_leaf(node, passage, scope, semantics))
        case Near():
            return _window(node, passage, semantics) if passage.part in scope.parts else set()
        case Or():
            return set().union(*(matches(o, passage, scope, semantics) for o in node.operands))
        case Fielded():
            return matches(node.operand, passage, scope.inside(node), semantics)
        case Adjacency():
            left = matches(node.left, passage, scope, semantics)
            right = matches(node.right, passage, scope, semantics)
            return _limited(_near(node, left, right, semantics))
    raise TypeError(f"{type(node).__name__} does not stand at a place in a text")


def _limited(found: Iterable[Match]) -> set[Match]:
    kept: set[Match] = set()
    for match in found:
        kept.add(match)
        if len(kept) > MOST_MATCHES:
            raise TooRepetitive
    return kept


def _leaf(
    node: Word | Phrase, passage: Passage, scope: Scope, semantics: Semantics
) -> Iterator[Match]:
    part = passage.part
    if part not in scope.parts:
        return
    slots = slots_of(node, scope, part, semantics)
    for match in _next_to_each_other(slots, passage, semantics):
        if is_name(node, scope, part, len(slots) == len(passage.words), match[0] == 0):
            yield match


def is_name(node: Word | Phrase, scope: Scope, part: str, whole: bool, at_beginning: bool) -> bool:
    """True where a match is as much of its passage as the field wants.

    That is anything in a text and the whole of a name; in PubMed the beginning of a name that is
    truncated (`neuralg*[mh]`) and, unquoted, of an author's.
    """
    if not scope.whole(part):
        return True
    begins = scope.pubmed and _is_truncated(node)
    return at_beginning and (whole or begins or _truncates(node, scope, part))


def slots_of(
    node: Word | Phrase, scope: Scope, part: str, semantics: Semantics
) -> tuple[Word | None, ...]:
    """The searched words by position in a part; None where any one word may stand.

    In quotation marks, in whole names and outside Ovid stop words are words.
    """
    if isinstance(node, Word):
        return (node,)
    every_word = node.quoted or not scope.ovid or scope.whole(part)
    slots = node.words if every_word else _slots(node)
    if not semantics.stop_words_counted:
        slots = tuple(word for word in slots if word and not is_stop_word(word)) or slots
    if _truncates(node, scope, part) and not _is_truncated(node):
        *others, initials = slots
        return (*others, initials and Word((*initials.parts, ANY), span=initials.span))
    return slots


def _truncates(node: Word | Phrase, scope: Scope, part: str) -> bool:
    quoted = isinstance(node, Phrase) and node.quoted
    return scope.truncates_initials(part) and not quoted


def _is_truncated(node: Word | Phrase) -> bool:
    last = node.words[-1] if isinstance(node, Phrase) else node
    return last.parts[-1] == ANY


@lru_cache(maxsize=4096)
def _slots(phrase: Phrase) -> tuple[Word | None, ...]:
    """The searched words by position; None where any one word may stand.

    A stop word in an unquoted phrase is not matched as a word but keeps its place; at the ends it
    asks for nothing. In a phrase of nothing but stop words every word is meant (ovid-semantics 3).
    """
    searched = [at for at, word in enumerate(phrase.words) if not is_stop_word(word)]
    if not searched:
        return phrase.words
    return tuple(
        phrase.words[at] if at in searched else None for at in range(searched[0], searched[-1] + 1)
    )


def _next_to_each_other(
    slots: tuple[Word | None, ...], passage: Passage, semantics: Semantics
) -> Iterator[Match]:
    first, *others = slots
    for start in passage.where(first, semantics) if first else ():
        following = passage.words[start + 1 : start + len(slots)]
        if len(following) == len(others) and all(
            word is None or finds(word, found, semantics)
            for word, found in zip(others, following, strict=True)
        ):
            yield tuple(start + offset for offset, word in enumerate(slots) if word)


def _window(node: Near, passage: Passage, semantics: Semantics) -> set[Match]:
    """All words in one stretch with at most `between` others in it (ovid-semantics 11.2, 4)."""
    reach = len(node.words) + node.between - 1
    found: set[Match] = {()}
    for word in node.words:
        places = sorted(passage.where(word, semantics))
        found = _limited(
            tuple(sorted((*match, place)))
            for match in found
            for place in _reached(places, match, reach)
            if place not in match
        )
    return found


def _reached(places: list[int], match: Match, reach: int) -> list[int]:
    """The places that lie in one stretch with a match."""
    if not match:
        return places
    first, last = match[-1] - reach, match[0] + reach
    return places[bisect_left(places, first) : bisect_right(places, last)]


def _near(
    node: Adjacency, left: set[Match], right: set[Match], semantics: Semantics
) -> Iterator[Match]:
    others = sorted(right)
    longest = max((other[-1] - other[0] for other in others), default=0)
    reach = node.between + 1
    for one in left:
        first = bisect_left(others, (one[0] - reach - longest,))
        last = bisect_right(others, (one[-1] + reach + 1,))
        for other in others[first:last]:
            if _within(node, one, other):
                yield _joined(one, other, semantics)


def _within(node: Adjacency, left: Match, right: Match) -> bool:
    """At most `between` words lie between the nearest edges; either order may also interlock."""
    if not set(left).isdisjoint(right):
        return False
    after, before = right[0] - left[-1] - 1, left[0] - right[-1] - 1
    if node.ordered:
        return 0 <= after <= node.between
    return max(after, before) <= node.between


def _joined(left: Match, right: Match, semantics: Semantics) -> Match:
    if semantics.chain is ChainAnchor.LAST_OPERAND:
        return right
    return tuple(sorted((*left, *right)))
