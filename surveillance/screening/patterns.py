"""Regular expressions that criteria.toml may hold: only such as cannot run away.

Python's engine goes back and tries again, and a badly made pattern has it try for hours
(Davis et al. 2018, "The impact of regular expression denial of service in practice"). A time
limit would make a verdict depend on the machine, so the number of ways in which a pattern can
match from one place is bounded when the file is read, and with it the time.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import takewhile
from typing import Any

from surveillance.screening.character_classes import apart, is_character, longest_run, parsed

#: No pattern is longer, and groups stand in one another only so deep.
MAX_PATTERN = 300
_DEEPEST = 8
#: A pattern is looked for in pieces of so many characters.
MAX_PIECE = 1000
#: Nothing that is longer than this without a blank is a word.
LONGEST_WORD = 60
#: In so many ways may a pattern match from one place, and so often may a group come again.
_MOST_WAYS = 5000
_MOST_TURNS = 10

#: A pattern that matches one of these says nothing of what a text is about.
_NEUTRAL = ("Qzx vwk, (jyq) 3.75% – ßé!", "x", "7", " ", "1 2 3", "XKJ Q7")
_NO_WORDS = re.compile(rf"\w{{{LONGEST_WORD + 1},}}|\s{{{LONGEST_WORD + 1},}}")

_TOO_MANY_WAYS = (
    "it can match in too many ways and could take hours; bound its repeats, as in “.{0,40}”, "
    "and use few of them"
)


class UnsafePattern(ValueError):
    """Why a pattern is refused: the end of a sentence."""


@lru_cache(maxsize=1024)
def compiled(pattern: str) -> re.Pattern[str]:
    """The pattern in any case; raises `UnsafePattern` where it is not sound."""
    if len(pattern) > MAX_PATTERN:
        raise UnsafePattern(f"it is longer than {MAX_PATTERN} characters")
    try:
        made, tree = re.compile(pattern, re.IGNORECASE), parsed(pattern)
    except re.error as fault:
        raise UnsafePattern(f"it is no regular expression: {fault}") from None
    except (RecursionError, OverflowError):
        raise UnsafePattern("it is nested too deeply") from None
    if _ways(tree, (), 0) > _MOST_WAYS:
        raise UnsafePattern(_TOO_MANY_WAYS)
    if any(map(made.search, ("", *_NEUTRAL))):
        raise UnsafePattern("it matches almost any text")
    return made


def occurrences(pattern: str, text: str) -> Iterator[tuple[int, int]]:
    """Where the pattern stands in a text: from and to which character."""
    searched = compiled(pattern)
    # A thousand letters in a row hold no word, and would cost the most time.
    text = _NO_WORDS.sub(lambda run: "\x00" * len(run[0]), text)
    for start in range(0, len(text), MAX_PIECE):
        for found in searched.finditer(text[start : start + MAX_PIECE]):
            if found.end() > found.start():
                yield start + found.start(), start + found.end()


def _ways(items: Sequence[Any], then: Sequence[Any], depth: int) -> int:
    """In how many ways a sequence can match from one place, if one of `then` comes behind it."""
    if depth > _DEEPEST:
        raise UnsafePattern("its groups are nested too deeply")
    ways = 1
    for place, (code, argument) in enumerate(items):
        ways *= _ways_of(str(code), argument, _after(items, place) or then, depth)
        if ways > _MOST_WAYS:
            raise UnsafePattern(_TOO_MANY_WAYS)
    return ways


def _after(items: Sequence[Any], place: int) -> Sequence[Any]:
    """What comes next; a word's edge (`\\b`) takes no character and is looked through."""
    rest = items[place + 1 :]
    edges = len(list(takewhile(lambda item: str(item[0]) == "AT", rest)))
    return rest[edges : edges + 1]


def _ways_of(code: str, argument: Any, then: Sequence[Any], depth: int) -> int:
    match code:
        case "MAX_REPEAT" | "MIN_REPEAT":
            least, most, repeated = argument
            return _ways_to_repeat(least, int(most), list(repeated), then, depth)
        case "BRANCH":
            return sum(_ways(list(branch), then, depth + 1) for branch in argument[1])
        case "SUBPATTERN":
            return _ways(list(argument[3]), then, depth + 1)
        case "AT" | "LITERAL" | "NOT_LITERAL" | "ANY" | "IN":
            return 1
    raise UnsafePattern("it uses look-around, a back-reference or another rare construct")


def _ways_to_repeat(
    least: int, most: int, items: Sequence[Any], then: Sequence[Any], depth: int
) -> int:
    if len(items) == 1 and is_character(items[0]):
        # A run that ends where something else must begin has one end; others have many.
        if all(apart(items[0], following) for following in then):
            return 1
        return max(1, min(most, _longest(items[0])) - least + 1)
    if most > _MOST_TURNS:
        raise UnsafePattern(
            f"a group may come {_MOST_TURNS} times at most; write “{{0,5}}” behind it, not “*”"
        )
    once = _ways(items, (*items[:1], *then), depth + 1)
    return sum(once**turns for turns in range(least, most + 1))


def _longest(item: Any) -> int:
    return longest_run(item, LONGEST_WORD, MAX_PIECE)
