"""Strategies drawn by a seed from the words of the records, as information specialists write them.

Two to four concepts joined by AND, each an OR of words, phrases and truncated words, some with a
NOT at the end: the operators that every engine has. `full` adds what only the compiler has.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random

from benchmarks.texts import Text
from surveillance.strategy.evaluate.words import STOP_WORDS
from surveillance.strategy.nodes import (
    ANY,
    NOWHERE,
    Adjacency,
    And,
    Fielded,
    Heading,
    Node,
    Not,
    Or,
    Phrase,
    Wildcard,
    Word,
)
from surveillance.strategy.strategy import Line, Strategy

STRATEGIES = 200
SHORTEST_ROOT = 4
FIELDS = ("ti", "ab")

Draw = Callable[[Random, "Vocabulary"], Node]


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Words by how many records have them, and phrases as they stand in the texts."""

    words: tuple[str, ...]
    weights: tuple[float, ...]
    texts: Sequence[Text]

    @classmethod
    def of(cls, texts: Sequence[Text]) -> Vocabulary:
        """The words that at least three records have; frequent ones are drawn more often."""
        counts: Counter[str] = Counter()
        for text in texts:
            counts.update(set(f"{text.title} {text.abstract}".split()))
        kept = {w: n for w, n in sorted(counts.items()) if n >= 3 and is_searched(w)}
        return cls(tuple(kept), tuple(n**0.5 for n in kept.values()), texts)

    def word(self, random: Random) -> str:
        """One word."""
        return random.choices(self.words, self.weights)[0]

    def phrase(self, random: Random) -> tuple[str, ...]:
        """Two or three words that stand next to each other in a record."""
        length = random.choice((2, 2, 3))
        while True:
            words = random.choice(self.texts).title.split()
            start = random.randrange(max(len(words) - length, 0) + 1)
            found = tuple(words[start : start + length])
            if len(found) == length and all(map(is_searched, found)):
                return found


def is_searched(word: str) -> bool:
    """A word that no engine treats as anything else."""
    return len(word) >= 3 and word.isalpha() and word not in STOP_WORDS


def shared_trees(texts: Sequence[Text], *, seed: int, count: int = STRATEGIES) -> list[Node]:
    """Trees of words, phrases, truncation, AND, OR and NOT."""
    random, vocabulary = Random(seed), Vocabulary.of(texts)
    return [_tree(random, vocabulary, _leaf) for _ in range(count)]


def full_trees(texts: Sequence[Text], *, seed: int, count: int = STRATEGIES) -> list[Node]:
    """The same with adjacency, wildcards inside words and exploded headings in them."""
    random, vocabulary = Random(seed), Vocabulary.of(texts)
    return [_tree(random, vocabulary, _full_leaf) for _ in range(count)]


def near_trees(texts: Sequence[Text], *, seed: int, count: int = STRATEGIES) -> list[Node]:
    """Adjacency of words and truncated words, alone and in groups, no word on both sides."""
    random, vocabulary = Random(seed), Vocabulary.of(texts)
    return [_near(random, vocabulary) for _ in range(count)]


def as_strategies(trees: Sequence[Node]) -> list[Strategy]:
    """Each tree as a strategy of one line, in title and abstract."""
    return [
        Strategy("ovid-medline", (Line(1, "", NOWHERE, Fielded(tree, FIELDS)),)) for tree in trees
    ]


def _tree(random: Random, vocabulary: Vocabulary, leaf: Draw) -> Node:
    concepts = [_concept(random, vocabulary, leaf) for _ in range(random.randint(2, 4))]
    tree: Node = And(tuple(concepts))
    if random.random() < 0.3:
        tree = Not(tree, _concept(random, vocabulary, leaf))
    return tree


def _concept(random: Random, vocabulary: Vocabulary, leaf: Draw) -> Node:
    leaves = tuple(dict.fromkeys(leaf(random, vocabulary) for _ in range(random.randint(2, 10))))
    return Or(leaves) if len(leaves) > 1 else leaves[0]


def _leaf(random: Random, vocabulary: Vocabulary) -> Node:
    kind = random.random()
    if kind < 0.4:
        return Word((vocabulary.word(random),))
    if kind < 0.75:
        return _truncated(random, vocabulary)
    return Phrase(tuple(Word((word,)) for word in vocabulary.phrase(random)), quoted=True)


def _truncated(random: Random, vocabulary: Vocabulary) -> Word:
    word = vocabulary.word(random)
    return Word((word[: max(SHORTEST_ROOT, len(word) - random.randint(0, 3))], ANY))


def _full_leaf(random: Random, vocabulary: Vocabulary) -> Node:
    kind = random.random()
    if kind < 0.5:
        return _leaf(random, vocabulary)
    if kind < 0.8:
        return _near(random, vocabulary)
    if kind < 0.9:
        word = vocabulary.word(random)
        return Word((word[:2], Wildcard(0, 1), word[2:])) if len(word) > 3 else Word((word,))
    name = random.choice(("Neoplasms", "Pain", "Nervous System Diseases", "Mice", "Humans"))
    return Heading(name, explode=random.random() < 0.7, focus=random.random() < 0.2)


def _near(random: Random, vocabulary: Vocabulary) -> Node:
    first, second = vocabulary.phrase(random)[:2]
    left, right = _group(random, vocabulary, first), _group(random, vocabulary, second)
    if random.random() < 0.2:
        return Adjacency(left, right, 0, ordered=True)
    return Adjacency(left, right, random.randint(0, 5))


def _group(random: Random, vocabulary: Vocabulary, word: str) -> Node:
    words: list[Word] = [Word((word,)) if random.random() < 0.5 else Word((word[:6], ANY))]
    words += [Word((vocabulary.word(random),)) for _ in range(random.randint(0, 3))]
    distinct = tuple(dict.fromkeys(words))
    return Or(distinct) if len(distinct) > 1 else distinct[0]
