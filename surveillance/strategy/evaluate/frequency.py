"""Frequency: how often something stands in one part of a record (Ovid's `/freq=n`).

Ovid: at least n occurrences in the field (ovid-semantics 7). What counts as another occurrence
where they overlap no text says. Here occurrences share no word, counted from the left by where
they end; those of several passages of one part (keywords, sentences) are added, those of several
parts (`.ti,ab.`) are not.
"""

from __future__ import annotations

from collections.abc import Iterable

from surveillance.strategy.evaluate.adjacency import Match, matches
from surveillance.strategy.evaluate.scope import Scope
from surveillance.strategy.evaluate.semantics import Semantics
from surveillance.strategy.evaluate.words import Passage
from surveillance.strategy.nodes import Node


def occurrences(
    node: Node, passages: Iterable[Passage], scope: Scope, semantics: Semantics
) -> list[tuple[Passage, Match]]:
    """The occurrences of what has a place in the passages of one part.

    Raises `TooRepetitive`.
    """
    return [
        (passage, match)
        for passage in passages
        for match in _apart(matches(node, passage, scope, semantics))
    ]


def _apart(found: Iterable[Match]) -> list[Match]:
    """Matches that share no word, those that end first before others."""
    kept: list[Match] = []
    used: set[int] = set()
    for match in sorted(found, key=lambda match: (match[-1], len(match), match)):
        if used.isdisjoint(match):
            kept.append(match)
            used.update(match)
    return kept
