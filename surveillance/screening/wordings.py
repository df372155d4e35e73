"""Wordings with wildcards, choices and gaps, as information specialists write them.

Designs are told by some hundreds of wordings, most of which do not stand in a given text: a
substring tells that at once, and only then a regular expression looks for the whole wording.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice

from surveillance.screening.language import Evidence, Passage

# Between the words of a wording: anything but the end of a sentence or of a clause.
_BETWEEN = r"[^\w.;:!?]+"
_GAP = re.compile(r"~(\d)")
_LITERAL = re.compile(r"[^*?]+")
_BEGINNING = re.compile(r"[^*?]*")
_WORDS = re.compile(r"[^\W_]+")
_BARRIER = re.compile(r"[.;:!?]|\b(?:but|however|although|whereas)\b", re.IGNORECASE)
_WINDOW = 90
_STEM = 5
# An abstract that says a thing more often than this was not written for readers.
_MOST_PLACES = 300

_DENIED_BEFORE = frozenset(
    {
        "no", "not", "non", "without", "neither", "nor", "never", "excluding", "except", "unlike",
        "future", "further", "need", "needs", "needed", "lack", "lacking", "await", "awaiting",
        "absence", "ideally", "should", "instead",
    }
)  # fmt: skip
_DENIED_WITHIN = frozenset({"not", "never", "without", "neither"})
_DENIED_AFTER = frozenset(
    {
        "needed", "warranted", "required", "necessary", "excluded", "ineligible", "awaited",
        "lacking", "encouraged", "recommended",
    }
)  # fmt: skip
_OTHERS = frozenset(
    {
        "previous", "previously", "prior", "earlier", "past", "recent", "recently", "published",
        "several", "many", "most", "some", "few", "other", "existing", "only",
    }
)  # fmt: skip
_REACH_BEFORE = 3
_REACH_AFTER = 6


@dataclass(frozen=True, slots=True)
class Prose:
    """A passage, and its text in lower case, character by character, so that places hold."""

    passage: Passage
    lower: str


@dataclass(frozen=True, slots=True)
class _Wording:
    """`needles`: of each of these groups, a text with the wording holds at least one piece."""

    needles: tuple[tuple[str, ...], ...]
    pattern: re.Pattern[str]

    def possible(self, lower: str) -> bool:
        """Whether the wording may stand in a text."""
        return all(any(piece in lower for piece in pieces) for pieces in self.needles)


def prose_of(passage: Passage) -> Prose:
    """`passage` made ready to be searched."""
    lower = passage.text.lower()
    if len(lower) != len(passage.text):
        lower = "".join(c.lower() if len(c.lower()) == 1 else c for c in passage.text)
    return Prose(passage, lower)


def mentions(prose: Prose, wordings: tuple[str, ...]) -> Iterator[Evidence]:
    """Where a wording stands and is meant: neither denied nor wished for.

    A word may end in `*`; `?` is one letter or none; `a|b` is either; `~4` are up to four words
    of the same clause. Between words may be hyphens, commas and brackets.
    """
    for found in islice(_places(prose, wordings), _MOST_PLACES):
        if not _denied(prose.passage.text, found.start(), found.end()):
            yield prose.passage.quote(found.start(), found.end())


def mention(prose: Prose, wordings: tuple[str, ...]) -> Evidence | None:
    """The first of `mentions`, in the order of the wordings."""
    return next(mentions(prose, wordings), None)


def own_mention(prose: Prose, wordings: tuple[str, ...]) -> Evidence | None:
    """The first mention that is not of somebody else's work ("several randomised trials")."""
    for evidence in mentions(prose, wordings):
        if not _OTHERS.intersection(_before(prose.passage.text, evidence.start)):
            return evidence
    return None


def _places(prose: Prose, wordings: tuple[str, ...]) -> Iterator[re.Match[str]]:
    for stem, alike in _compiled(wordings).items():
        if stem in prose.lower:
            for wording in alike:
                if wording.possible(prose.lower):
                    yield from wording.pattern.finditer(prose.lower)


def _denied(text: str, start: int, end: int) -> bool:
    return bool(
        _DENIED_WITHIN.intersection(text[start:end].lower().split())
        or _DENIED_BEFORE.intersection(_before(text, start))
        or _DENIED_AFTER.intersection(_after(text, end))
    )


def _before(text: str, start: int) -> list[str]:
    clause = _BARRIER.split(text[max(0, start - _WINDOW) : start])[-1]
    return [word.lower() for word in _WORDS.findall(clause)[-_REACH_BEFORE:]]


def _after(text: str, end: int) -> list[str]:
    clause = _BARRIER.split(text[end : end + _WINDOW])[0]
    return [word.lower() for word in _WORDS.findall(clause)[:_REACH_AFTER]]


@lru_cache(maxsize=256)
def _compiled(wordings: tuple[str, ...]) -> Mapping[str, list[_Wording]]:
    """The wordings by the letters that all of a group need, so that most groups cost one look."""
    groups: dict[str, list[_Wording]] = {}
    for words in (wording.split() for wording in wordings):
        for first in words[0].split("|"):
            wording = _wording(first, words[1:])
            groups.setdefault(_stem(wording), []).append(wording)
    return groups


def _stem(wording: _Wording) -> str:
    single = [pieces[0] for pieces in wording.needles if len(pieces) == 1]
    return max(single, key=len)[:_STEM] if single else ""


def _wording(first: str, others: list[str]) -> _Wording:
    """A regular expression that begins with plain letters: Python looks for these fast."""
    pattern = _first_word(first)
    for word in others:
        if gap := _GAP.fullmatch(word):
            pattern += rf"(?:{_BETWEEN}\w+){{0,{gap[1]}}}?"
        else:
            pattern += rf"{_BETWEEN}(?:{'|'.join(map(_word, word.split('|')))})"
    words = [first, *(word for word in others if not _GAP.fullmatch(word))]
    needles = sorted((_pieces(word) for word in words), key=lambda it: min(map(len, it)))
    return _Wording(tuple(reversed(needles)), re.compile(rf"{pattern}(?!\w)"))


def _first_word(word: str) -> str:
    beginning = _BEGINNING.match(word)
    letters = re.escape(beginning[0]) if beginning else ""
    return rf"{letters}(?<!\w{letters}){_word(word[len(beginning[0]) :] if beginning else word)}"


def _word(word: str) -> str:
    return re.escape(word).replace(r"\*", r"\w*").replace(r"\?", r"\w?")


def _pieces(word: str) -> tuple[str, ...]:
    """The longest piece of each choice that a word leaves."""
    return tuple(max(_LITERAL.findall(choice), key=len) for choice in word.split("|"))
