"""Texts as words and sentences: spaCy's blank English pipeline, phrases, and what negates them.

No trained model: on the package index there is none under its own name (source-facts: spaCy), and
a word that decides must be one that an information specialist can read in criteria.toml.
"""

from __future__ import annotations

import html
import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

#: A text beyond this many characters is not an abstract; it is not read.
MAX_TEXT = 50_000

# How many words an abstract has at least: below, it is a stub ("No abstract available.").
_FEWEST_WORDS = 12
# English prose is a third function words; other languages share a few ("in", "an", "was").
_FEWEST_FUNCTION_WORDS = 0.15

_MARKUP = re.compile(r"<[^<>]{1,80}>|&#?\w{2,8};")
_WORD = re.compile(r"[^\W\d_]+")
_PHRASE_WORD = re.compile(r"[^\W_]+\*?|'")
_HYPHEN = {"ORTH": {"IN": ["-", "‐", "‑", "–"]}, "OP": "?"}

_NEGATIONS = frozenset(
    {
        "no", "not", "non", "without", "neither", "nor", "never", "excluding", "except", "unlike",
    }
)  # fmt: skip
_NEGATED_AFTER = frozenset({"excluded", "ineligible"})
_HYPOTHETICAL = frozenset(
    {
        "future", "further", "needed", "need", "warranted", "required", "encouraged", "lack",
        "lacking", "await", "awaited",
    }
)  # fmt: skip
_BARRIERS = frozenset({",", ";", ":", "but", "however", "although", "whereas"})
_REACH_BEFORE = 3
_REACH_AFTER = 6


@dataclass(frozen=True, slots=True)
class Evidence:
    """The words that a check rests on: which part of the record, from where to where."""

    part: str
    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Passage:
    """One part of a record, read: its text, spaCy's words in it, and which words there are.

    `sentences` are texts with the character at which each begins; `vocabulary` is sorted.
    """

    part: str
    text: str
    doc: Any
    sentences: tuple[tuple[int, str], ...]
    vocabulary: tuple[str, ...]

    def quote(self, start: int, end: int) -> Evidence:
        """The words between two characters as evidence."""
        return Evidence(self.part, start, end, self.text[start:end])


def read(part: str, text: str) -> Passage:
    """`text` read into words and sentences; markup is blanked so that positions still hold."""
    clean = _MARKUP.sub(_blank, text[:MAX_TEXT])
    doc = _pipeline()(clean)
    sentences = tuple((sentence.start_char, sentence.text) for sentence in doc.sents)
    vocabulary = tuple(sorted({word.lower_ for word in doc}))
    return Passage(part, clean, doc, sentences, vocabulary)


def unusable(text: str) -> str:
    """Why `text` cannot be judged as an abstract, in words; empty where it can."""
    if not text.strip():
        return "there is no abstract"
    if len(text) > MAX_TEXT:
        return f"the text is longer than {MAX_TEXT:,} characters, which no abstract is"
    words = _WORD.findall(_MARKUP.sub(" ", text.lower()))
    if len(words) < _FEWEST_WORDS:
        return f"the abstract has fewer than {_FEWEST_WORDS} words"
    function_words = _pipeline().Defaults.stop_words
    if sum(word in function_words for word in words) < _FEWEST_FUNCTION_WORDS * len(words):
        return "the abstract is not in English"
    return ""


def find(passages: Sequence[Passage], phrases: tuple[str, ...]) -> tuple[Evidence, ...]:
    """Where one of `phrases` stands and is meant: not negated, not a wish for future research.

    A phrase is words in any case, with or without hyphens between them; a word may end in `*`.
    """
    return tuple(
        passage.quote(span.start_char, span.end_char)
        for passage in passages
        for span in _spans(passage, phrases)
        if _asserted(span)
    )


def find_any(passages: Sequence[Passage], phrases: tuple[str, ...]) -> tuple[Evidence, ...]:
    """Where one of `phrases` stands, negated or not."""
    return tuple(
        passage.quote(span.start_char, span.end_char)
        for passage in passages
        for span in _spans(passage, phrases)
    )


def _spans(passage: Passage, phrases: tuple[str, ...]) -> Iterator[Any]:
    possible = tuple(phrase for phrase in phrases if _possible(phrase, passage.vocabulary))
    if possible:
        yield from _matcher(possible)(passage.doc, as_spans=True)


def _possible(phrase: str, vocabulary: Sequence[str]) -> bool:
    """Whether every word of `phrase` stands somewhere: the matcher is slow, a look-up is not."""
    words = _phrase_words(phrase)
    return bool(words) and all(_stands(word, vocabulary) for word in words)


def _stands(word: str, vocabulary: Sequence[str]) -> bool:
    beginning = word.removesuffix("*")
    place = bisect_left(vocabulary, beginning)
    if place == len(vocabulary):
        return False
    found = vocabulary[place]
    return found.startswith(beginning) if word.endswith("*") else found == beginning


@lru_cache(maxsize=4096)
def _phrase_words(phrase: str) -> tuple[str, ...]:
    return tuple(_PHRASE_WORD.findall(phrase.lower()))


def _asserted(span: Any) -> bool:
    sentence = span.sent
    before = _until_barrier(reversed(span.doc[sentence.start : span.start]), _REACH_BEFORE)
    after = _until_barrier(span.doc[span.end : sentence.end], _REACH_AFTER)
    if _NEGATIONS.intersection(before) or _HYPOTHETICAL.intersection(before):
        return False
    if _NEGATED_AFTER.intersection(after) or _HYPOTHETICAL.intersection(after):
        return False
    return not ("not" in after and {"included", "eligible", "performed"}.intersection(after))


def _until_barrier(words: Any, reach: int) -> list[str]:
    found: list[str] = []
    for word in words:
        if word.lower_ in _BARRIERS or len(found) == reach:
            break
        if not word.is_punct and not word.is_space:
            found.append(word.lower_)
    return found


@lru_cache(maxsize=1)
def _pipeline() -> Any:
    import spacy  # noqa: PLC0415  # seconds, and only screening needs it

    pipeline = spacy.blank("en")
    pipeline.add_pipe("sentencizer")
    return pipeline


@lru_cache(maxsize=2048)
def _matcher(phrases: tuple[str, ...]) -> Any:
    from spacy.matcher import Matcher  # noqa: PLC0415

    matcher = Matcher(_pipeline().vocab)
    matcher.add("phrases", [_pattern(phrase) for phrase in phrases], greedy="LONGEST")
    return matcher


def _pattern(phrase: str) -> list[dict[str, Any]]:
    pattern: list[dict[str, Any]] = []
    for word in _phrase_words(phrase):
        if pattern:
            pattern.append(_HYPHEN)
        pattern.append({"LOWER": {"REGEX": f"^{word[:-1]}"} if word.endswith("*") else word})
    return pattern


def _blank(markup: re.Match[str]) -> str:
    plain = html.unescape(markup[0]) if markup[0].startswith("&") else ""
    return plain[: len(markup[0])].ljust(len(markup[0]))
