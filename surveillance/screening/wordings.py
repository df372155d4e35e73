"""Wordings with wildcards, choices and gaps, as information specialists write them.

Designs are told by some hundreds of wordings, most of which do not stand in a given text: the
text's own words tell that at once, and only then a regular expression looks for the whole wording.
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
_PIECE = re.compile(r"\w+")
_WORDS = re.compile(r"[^\W_]+")
_BARRIER = re.compile(r"[.;:!?]|\b(?:but|however|although|whereas)\b")
_WINDOW = 90
_STEM = 5
#: Of words that end in a wildcard a text is asked for so many letters of the beginning.
_SHORT, _LONG = 4, 7
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
    """A passage, and its text in lower case, character by character, so that places hold.

    `pieces` are its words, and of each the beginning in two lengths.
    """

    passage: Passage
    lower: str
    pieces: frozenset[str]


@dataclass(frozen=True, slots=True)
class _Wording:
    """`needles`: of each of these groups, a text with the wording has at least one piece."""

    needles: tuple[tuple[str, ...], ...]
    pattern: re.Pattern[str]

    def possible(self, prose: Prose) -> bool:
        """Whether the wording may stand in a text."""
        return not any(map(prose.pieces.isdisjoint, self.needles))


@dataclass(frozen=True, slots=True)
class _Wordings:
    """Wordings in their order, and by the pieces of which a text with them must have one.

    `always`: the places of those that any text may have, since a wildcard begins them too soon.
    """

    ordered: tuple[_Wording, ...]
    pieces: frozenset[str]
    by_piece: Mapping[str, tuple[int, ...]]
    always: frozenset[int]

    def possible(self, prose: Prose) -> Iterator[_Wording]:
        """Those that may stand in a text."""
        places = set(self.always)
        for piece in self.pieces & prose.pieces:
            places.update(self.by_piece[piece])
        for place in sorted(places):
            if self.ordered[place].possible(prose):
                yield self.ordered[place]


def prose_of(passage: Passage) -> Prose:
    """`passage` made ready to be searched."""
    lower = passage.text.lower()
    if len(lower) != len(passage.text):
        lower = "".join(c.lower() if len(c.lower()) == 1 else c for c in passage.text)
    words = set(_PIECE.findall(lower))
    longer = [word for word in words if len(word) > _SHORT]
    beginnings = {word[:length] for length in (_SHORT, _LONG) for word in longer}
    return Prose(passage, lower, frozenset(words | beginnings))


def mentions(prose: Prose, wordings: tuple[str, ...]) -> Iterator[Evidence]:
    """Where a wording stands and is meant: neither denied nor wished for.

    A word may end in `*`; `?` is one letter or none; `a|b` is either; `~4` are up to four words
    of the same clause. Between words may be hyphens, commas and brackets.
    """
    for found in islice(_places(prose, wordings), _MOST_PLACES):
        if not _denied(prose.lower, found.start(), found.end()):
            yield prose.passage.quote(found.start(), found.end())


def mention(prose: Prose, wordings: tuple[str, ...]) -> Evidence | None:
    """The first of `mentions`, in the order of the wordings."""
    return next(mentions(prose, wordings), None)


def own_mention(prose: Prose, wordings: tuple[str, ...]) -> Evidence | None:
    """The first mention that is not of somebody else's work ("several randomised trials")."""
    for evidence in mentions(prose, wordings):
        if _OTHERS.isdisjoint(_before(prose.lower, evidence.start)):
            return evidence
    return None


def _places(prose: Prose, wordings: tuple[str, ...]) -> Iterator[re.Match[str]]:
    for wording in _compiled(wordings).possible(prose):
        yield from wording.pattern.finditer(prose.lower)


def _denied(lower: str, start: int, end: int) -> bool:
    return not (
        _DENIED_WITHIN.isdisjoint(lower[start:end].split())
        and _DENIED_BEFORE.isdisjoint(_before(lower, start))
        and _DENIED_AFTER.isdisjoint(_after(lower, end))
    )


def _before(lower: str, start: int) -> list[str]:
    clause = _BARRIER.split(lower[max(0, start - _WINDOW) : start])[-1]
    return _WORDS.findall(clause)[-_REACH_BEFORE:]


def _after(lower: str, end: int) -> list[str]:
    clause = _BARRIER.split(lower[end : end + _WINDOW], maxsplit=1)[0]
    return _WORDS.findall(clause)[:_REACH_AFTER]


@lru_cache(maxsize=256)
def _compiled(wordings: tuple[str, ...]) -> _Wordings:
    """The wordings, those together that share the beginning of their longest piece."""
    groups: dict[str, list[_Wording]] = {}
    for words in (wording.split() for wording in wordings):
        for first in words[0].split("|"):
            groups.setdefault(_stem([first, *words[1:]]), []).append(_wording(first, words[1:]))
    ordered = tuple(wording for alike in groups.values() for wording in alike)
    by_piece: dict[str, tuple[int, ...]] = {}
    for place, wording in enumerate(ordered):
        for piece in wording.needles[0] if wording.needles else ():
            by_piece[piece] = (*by_piece.get(piece, ()), place)
    always = frozenset(place for place, it in enumerate(ordered) if not it.needles)
    return _Wordings(ordered, frozenset(by_piece), by_piece, always)


def _stem(words: list[str]) -> str:
    single = [word for word in words if not _GAP.fullmatch(word) and "|" not in word]
    pieces = [max(_LITERAL.findall(word), key=len) for word in reversed(single)]
    return max(pieces, key=len, default="")[:_STEM]


def _wording(first: str, others: list[str]) -> _Wording:
    """A regular expression that begins with plain letters: Python looks for these fast."""
    pattern = _first_word(first)
    for word in others:
        if gap := _GAP.fullmatch(word):
            pattern += rf"(?:{_BETWEEN}\w+){{0,{gap[1]}}}?"
        else:
            pattern += rf"{_BETWEEN}(?:{'|'.join(map(_word, word.split('|')))})"
    words = [first, *(word for word in others if not _GAP.fullmatch(word))]
    needles = filter(None, map(_pieces, words))
    rarest_first = sorted(needles, key=lambda it: min(map(len, it)), reverse=True)
    return _Wording(tuple(rarest_first), re.compile(rf"{pattern}(?!\w)"))


def _first_word(word: str) -> str:
    beginning = _BEGINNING.match(word)
    letters = re.escape(beginning[0]) if beginning else ""
    return rf"{letters}(?<!\w{letters}){_word(word[len(beginning[0]) :] if beginning else word)}"


def _word(word: str) -> str:
    return re.escape(word).replace(r"\*", r"\w*").replace(r"\?", r"\w?")


def _pieces(word: str) -> tuple[str, ...]:
    """The pieces of which a text with the word has one; none where that may be any."""
    pieces = tuple(map(_piece, word.split("|")))
    return pieces if all(pieces) else ()


def _piece(word: str) -> str:
    """What `Prose.pieces` holds of a word: all of it, or as much as stands before a wildcard."""
    letters = _PIECE.match(word)
    beginning = letters[0] if letters else ""
    if word[len(beginning) :][:1] not in {"*", "?"}:
        return beginning
    return next((beginning[:it] for it in (_LONG, _SHORT) if len(beginning) >= it), "")
