"""What people's words on one report amount to: with one reader, or two who read apart.

Two readers don't see each other's word before both are in; where they differ, a third settles it
(Cochrane Handbook, section 4.6.4: selection by at least two people, disagreements resolved).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, Protocol, TypeVar

from surveillance.screening.rules import Verdict

#: So many people read each report; more a third settles.
ONE, TWO = 1, 2


class Word(Protocol):
    """What one person says of a report."""

    @property
    def verdict(self) -> Verdict: ...
    @property
    def made_by(self) -> str: ...


Said = TypeVar("Said", bound=Word)


class State(StrEnum):
    """How far people are with a report at one stage of screening."""

    WAITS = "waits"
    SECOND = "waits for a second reader"
    CONFLICT = "conflict"
    DECIDED = "decided"


@dataclass(frozen=True, slots=True)
class Reviewing:
    """How a topic screens: how many people read each report.

    `guidance` is the body whose own inclusions stand without a second reader.
    """

    reviewers: int = ONE
    guidance: str = ""

    def is_guidance(self, name: str) -> bool:
        """Whether this is the guidance itself and no reader."""
        return bool(self.guidance) and name.casefold() == self.guidance.casefold()


@dataclass(frozen=True, slots=True)
class Settled(Generic[Said]):
    """How far people are, and the word that counts once they have decided."""

    state: State
    decision: Said | None = None


def settle(words: Sequence[Said], joined: Sequence[str], reviewing: Reviewing) -> Settled[Said]:
    """What the standing words of different people amount to.

    `words` are in the order in which they were said, `joined` the people in the order in which
    each spoke first. With one reader the last word counts. With two, both must say the same; the
    word of a third, who joined last, settles it whatever they said.
    """
    if not words:
        return Settled(State.WAITS)
    if reviewing.reviewers == ONE:
        return Settled(State.DECIDED, words[-1])
    readers = [word for word in words if not reviewing.is_guidance(word.made_by)]
    readers.sort(key=lambda word: joined.index(word.made_by))
    if len(readers) < TWO:
        return _before_the_second(words, readers)
    if len(readers) > TWO:
        return Settled(State.DECIDED, readers[-1])
    first, second = readers
    if first.verdict is not second.verdict:
        return Settled(State.CONFLICT)
    return Settled(State.DECIDED, first)


def _before_the_second(words: Sequence[Said], readers: Sequence[Said]) -> Settled[Said]:
    guidance = [word for word in words if word not in readers]
    if guidance:
        return Settled(State.DECIDED, guidance[-1])
    return Settled(State.SECOND)


def visible(words: Sequence[Said], state: State, by: str, reviewing: Reviewing) -> tuple[Said, ...]:
    """The words that `by` may see: with two readers one's own alone until both are in."""
    if reviewing.reviewers == ONE or state in (State.CONFLICT, State.DECIDED):
        return tuple(words)
    return tuple(word for word in words if word.made_by == by)
