"""Is every word that one searched word finds also found by another? Decided on their spellings."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from surveillance.strategy.nodes import Wildcard, Word

#: Wildcards of a bounded number of characters are unrolled up to here; beyond: not decided.
LONGEST_GAP = 20
#: Words with more wildcards are not decided: following them costs too much, and nobody types them.
MOST_WILDCARDS = 4
#: Pairs of states looked at before the question is given up (and answered no).
MOST_STATES = 500

# A state machine of one word: at each place a letter that leads on, whether any character leads
# on, whether any character stays (an open wildcard), and whether the place may be skipped.
_Step = tuple[str | None, bool, bool]  # letter (None: any), may be skipped, may be repeated


@lru_cache(maxsize=20_000)
def finds_all_of(wider: Word, narrower: Word) -> bool:
    """True where `wider` finds every word that `narrower` finds; False also where undecided."""
    if wider.parts == narrower.parts:
        return True
    if wider.literal is not None:
        return wider.literal == narrower.literal
    first, other = wider.parts[0], narrower.parts[0]
    if isinstance(first, str) and isinstance(other, str) and first[0] != other[0]:
        return False
    big, small = _steps(wider), _steps(narrower)
    return big is not None and small is not None and _includes(big, small)


def _steps(word: Word) -> tuple[_Step, ...] | None:
    steps: list[_Step] = []
    if sum(isinstance(part, Wildcard) for part in word.parts) > MOST_WILDCARDS:
        return None
    for part in word.parts:
        if isinstance(part, str):
            steps += [(letter, False, False) for letter in part]
            continue
        gap = _gap(part)
        if gap is None:
            return None
        steps += gap
    return tuple(steps)


def _gap(part: Wildcard) -> list[_Step] | None:
    if part.least > LONGEST_GAP or (part.most or 0) > LONGEST_GAP:
        return None
    any_one: _Step = (None, False, False)
    perhaps_one: _Step = (None, True, False)
    any_number: _Step = (None, True, True)
    if part.most is None:
        return [any_one] * part.least + [any_number]
    return [any_one] * part.least + [perhaps_one] * (part.most - part.least)


def _includes(big: tuple[_Step, ...], small: tuple[_Step, ...]) -> bool:
    """Follow both machines at once: wherever the small one may end, so may the big one."""
    pending = [(_closed(small, {0}), _closed(big, {0}))]
    seen = set(pending)
    while pending:
        here, there = pending.pop()
        if len(small) in here and len(big) not in there:
            return False
        for letter in _letters(small, here):
            following = (_after(small, here, letter), _after(big, there, letter))
            if following[0] and following not in seen:
                if len(seen) > MOST_STATES:
                    return False
                seen.add(following)
                pending.append(following)
    return True


def _letters(steps: tuple[_Step, ...], states: frozenset[int]) -> Iterator[str | None]:
    """What the machine may read next; None stands for a character that neither word spells.

    A wildcard may read a letter that the other word spells, too; but whatever finds the unspelt
    one by a wildcard finds every letter by it, so None decides for all of them.
    """
    yield from {steps[state][0] for state in states if state < len(steps)}


def _after(steps: tuple[_Step, ...], states: frozenset[int], letter: str | None) -> frozenset[int]:
    reached: set[int] = set()
    for state in states:
        if state == len(steps):
            continue
        wanted, _, repeated = steps[state]
        if wanted is None or wanted == letter:
            reached.add(state if repeated else state + 1)
    return _closed(steps, reached)


def _closed(steps: tuple[_Step, ...], states: set[int]) -> frozenset[int]:
    """With the states that are reached by skipping what may be left out."""
    reached = set(states)
    for state in range(len(steps)):
        if state in reached and steps[state][1]:
            reached.add(state + 1)
    return frozenset(reached)
