"""What a text says of words and patterns: where they stand, and whether they are meant."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from surveillance.screening.passages import (
    MAX_TEXT,
    Evidence,
    Passage,
    in_any_case,
    read,
    unusable,
)
from surveillance.screening.patterns import occurrences
from surveillance.screening.phrases import spans
from surveillance.screening.stances import Stance, stance

__all__ = [
    "MAX_TEXT", "Evidence", "Mention", "Passage", "Stance", "find", "find_any", "in_any_case",
    "mentions", "read", "unusable",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Mention:
    """Words that stand in a text, and how they are meant."""

    evidence: Evidence
    stance: Stance


def find(passages: Sequence[Passage], phrases: tuple[str, ...]) -> tuple[Evidence, ...]:
    """Where one of `phrases` stands and is meant: not negated, not a wish for future research.

    A phrase is words in any case, with or without hyphens between them; a word may end in `*`.
    """
    found = mentions(passages, phrases)
    return tuple(mention.evidence for mention in found if mention.stance is Stance.ASSERTED)


def find_any(passages: Sequence[Passage], phrases: tuple[str, ...]) -> tuple[Evidence, ...]:
    """Where one of `phrases` stands, negated or not."""
    return tuple(mention.evidence for mention in mentions(passages, phrases))


def mentions(
    passages: Sequence[Passage], phrases: tuple[str, ...], patterns: Sequence[str] = ()
) -> Iterator[Mention]:
    """Where one of `phrases` or `patterns` stands, passage by passage, and how it is meant.

    A pattern is a regular expression that `patterns.compiled` takes; it ends with its sentence.
    """
    for passage in passages:
        for first, end in spans(passage, phrases):
            yield _mention(passage, first, end)
        for first, end in _matched(passage, patterns):
            yield _mention(passage, first, end)


def _mention(passage: Passage, first: int, end: int) -> Mention:
    last = end - 1
    end_character = passage.starts[last] + len(passage.words[last])
    return Mention(passage.quote(passage.starts[first], end_character), stance(passage, first, end))


def _matched(passage: Passage, patterns: Sequence[str]) -> Iterator[tuple[int, int]]:
    """The words that a pattern touches, by number."""
    for pattern in patterns:
        for begin, sentence in passage.sentences:
            for start, end in occurrences(pattern, sentence):
                first = passage.word_at(begin + start)
                yield first, passage.word_at(begin + end - 1) + 1
