"""How alike two records are, field by field; a field that one of them lacks is no evidence."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz import fuzz, process

from surveillance.dedup.comparable import Comparable
from surveillance.dedup.people import is_plain_name
from surveillance.records.model import Author, Record
from surveillance.records.quick_making import quick_maker

#: A similarity of each field (0–1; None: one record lacks it).
Values = Mapping[str, float | None]

# Titles less alike than this, and no identifier shared: nothing else need be looked at.
_STRANGERS = 55.0
#: What titles of the same words in another order are worth to equal ones.
SORTED_TITLE = 0.98
_ONE_NAME = 80.0
_ONE_SURNAME = 84.0
_MOST_NAMES = 60
_BEGINNING = 3
# Abstracts are compared by their beginnings: databases cut them off and add headings.
_ABSTRACT_BEGINS = 800
_SHORTEST_ABSTRACT = 80


@dataclass(frozen=True, slots=True)
class FieldEvidence:
    """One field of a pair: what each record prints, and how alike (0–1; None: one lacks it)."""

    field: str
    a: str
    b: str
    similarity: float | None


# Eleven of them are kept of each pair.
_evidence = quick_maker(FieldEvidence)


def strangers(a: Comparable, b: Comparable) -> bool:
    """Whether two records need not be compared: no title alike, no identifier shared."""
    if (a.doi and a.doi == b.doi) or (a.pmid and a.pmid == b.pmid):
        return False
    if not a.title or not b.title:
        return not (a.titles and b.titles) and not (a.abstract and a.abstract == b.abstract)
    if a.original_title or b.original_title:
        return False
    return not fuzz.ratio(a.title, b.title, score_cutoff=_STRANGERS) and not contained(a, b)


def compare(a: Comparable, b: Comparable) -> dict[str, float | None]:
    """The similarity of each field of `FIELDS`; symmetrical."""
    return {name: measure(a, b) for name, measure in _MEASURES.items()}


def evidence(a: Comparable, b: Comparable, values: Values) -> tuple[FieldEvidence, ...]:
    """What each record prints in each field, with how alike it is."""
    return tuple(
        _evidence(name, printed(a.record), printed(b.record), values[name])
        for name, printed in _PRINTED.items()
    )


def bare_evidence(values: Values) -> tuple[FieldEvidence, ...]:
    """How alike each field is, without what is printed: enough for a pair nobody will look at."""
    return tuple(_evidence(name, "", "", value) for name, value in values.items())


def contained(a: Comparable, b: Comparable) -> bool:
    """Whether one title is the other with something before or behind it: a subtitle, a rubric."""
    few, many = sorted((a.title, b.title), key=lambda title: (len(title), title))
    if len(few.split()) < _FEWEST_WORDS or len(few) < _SHORTEST_CONTAINED:
        return False
    return f" {few} " in f" {many} " or many.replace(" ", "").startswith(few.replace(" ", ""))


_FEWEST_WORDS = 3
_SHORTEST_CONTAINED = 12


def _title(a: Comparable, b: Comparable) -> float | None:
    if a.solid and a.solid == b.solid:
        return 1.0
    return max((_text(x, y) for x in a.titles for y in b.titles), default=None)


def _text(a: str, b: str) -> float:
    if a.replace(" ", "") == b.replace(" ", ""):
        return 1.0
    return max(fuzz.ratio(a, b), SORTED_TITLE * fuzz.token_sort_ratio(a, b)) / 100


def _authors(a: Comparable, b: Comparable) -> float | None:
    """The share of the shorter list's names that stand in the other."""
    if _printed_alike(a.record.authors, b.record.authors):
        return 1.0
    few, many = (a.names, b.names) if len(a.names) <= len(b.names) else (b.names, a.names)
    if not few:
        return None
    ours, theirs = few - many, many - few
    unmatched = _unmatched(ours, theirs)
    if len(few) == len(many):
        # Two lists of one length have no shorter one: the answer must not hang on the order.
        unmatched = max(unmatched, _unmatched(theirs, ours))
    return 1.0 - unmatched / len(few)


def _printed_alike(ours: Sequence[Author], theirs: Sequence[Author]) -> bool:
    """Whether two lists print the same names, the first a name for certain: most copies do.

    Then none need be taken apart. Initials do not count.
    """
    if len(ours) != len(theirs) or not ours or not is_plain_name(ours[0].last):
        return False
    return all(
        one.last == other.last and one.fore == other.fore and one.collective == other.collective
        for one, other in zip(ours, theirs, strict=True)
    )


def _unmatched(names: frozenset[str], others: frozenset[str]) -> int:
    """How many names are none of the others in another spelling, or the beginning of one.

    Of hundreds of names in a collaboration's list the exact ones must do.
    """
    if not others or len(names) > _MOST_NAMES:
        return len(names)
    choices = sorted(others)
    return sum(
        not _begins_one(name, choices, others)
        and process.extractOne(name, choices, scorer=fuzz.ratio, score_cutoff=_ONE_NAME) is None
        for name in names
    )


def _begins_one(name: str, choices: Sequence[str], others: frozenset[str]) -> bool:
    """Whether a name is the beginning of one of the others (`choices`, sorted), or one of its."""
    place = bisect_left(choices, name)
    if len(name) >= _BEGINNING and place < len(choices) and choices[place].startswith(name):
        return True
    return any(name[:length] in others for length in range(_BEGINNING, len(name)))


def _first_author(a: Comparable, b: Comparable) -> float | None:
    ours, theirs = a.surname, b.surname
    if not ours or not theirs:
        return None
    if ours == theirs or fuzz.ratio(ours, theirs) >= _ONE_SURNAME:
        return 1.0
    # A double name of which one database prints a part; a given name in the family's place.
    shared = not set(ours.split()).isdisjoint(theirs.split())
    return 1.0 if shared or ours in b.names or theirs in a.names else 0.0


def _year(a: Comparable, b: Comparable) -> float | None:
    if a.year is None or b.year is None:
        return None
    # In print a year after it was first online: seen in every pair of databases.
    return {0: 1.0, 1: 0.8}.get(abs(a.year - b.year), 0.0)


def _journal(a: Comparable, b: Comparable) -> float | None:
    if a.issn and a.issn == b.issn:
        return 1.0
    if not a.journal or not b.journal:
        return None
    if a.journal == b.journal:
        return 1.0
    few, many = sorted((a.journal, b.journal), key=lambda words: (len(words), words))
    return _journals(few, many)


@lru_cache(maxsize=65_536)
def _journals(few: tuple[str, ...], many: tuple[str, ...]) -> float:
    if _abbreviates(few, many) or "".join(few) == "".join(word[0] for word in many):
        return 1.0
    return fuzz.token_set_ratio(" ".join(few), " ".join(many)) / 100


def _abbreviates(few: tuple[str, ...], many: tuple[str, ...]) -> bool:
    """Each short word stands for one of the long words, in order: "proc natl acad sci"."""
    rest = iter(many)
    return all(any(_stands_for(word, full) for full in rest) for word in few)


def _stands_for(a: str, b: str) -> bool:
    few, many = (a, b) if len(a) <= len(b) else (b, a)
    if few[0] != many[0]:
        return False
    letters = iter(many)
    return many.startswith(few) or (len(few) > 1 and all(letter in letters for letter in few))


def _pages(a: Comparable, b: Comparable) -> float | None:
    if a.pages is None or b.pages is None:
        return None
    if a.pages.first == b.pages.first:
        lasts = {a.pages.last, b.pages.last} - {""}
        return 1.0 if len(lasts) < 2 else 0.7
    # An online journal's "1-12" counts the pages of one article: nothing to hold against a number.
    if "1" in (a.pages.first, b.pages.first):
        return None
    # "2141-2147", "2142-2147": a first page misprinted; a single page has no last one.
    if a.pages.last and a.pages.last == b.pages.last:
        return 0.7
    # "S77-S92" of a supplement, printed "77-92" where the volume says so.
    return 0.8 if a.pages.first.lstrip("s") == b.pages.first.lstrip("s") else 0.0


def _doi(a: Comparable, b: Comparable) -> float | None:
    ours, theirs = a.doi, b.doi
    if not ours or not theirs:
        return None
    if ours == theirs:
        return 1.0
    if ours.startswith(theirs) or theirs.startswith(ours):
        return 0.9
    differing = sum(x != y for x, y in zip(ours, theirs, strict=False))
    return 0.5 if len(ours) == len(theirs) and differing == 1 else 0.0


def _abstract(a: Comparable, b: Comparable) -> float | None:
    if not a.record.abstract or not b.record.abstract:
        return None
    if a.record.abstract == b.record.abstract:
        return 1.0
    length = min(len(a.abstract), len(b.abstract), _ABSTRACT_BEGINS)
    if length < _SHORTEST_ABSTRACT:
        return None
    alike = fuzz.ratio(a.abstract[:length], b.abstract[:length]) / 100
    if alike >= 0.9:
        return alike
    few, many = sorted((a.abstract_words, b.abstract_words), key=len)
    return max(alike, len(few & many) / len(few))


def _equal(read: Callable[[Comparable], str]) -> Callable[[Comparable, Comparable], float | None]:
    def measure(a: Comparable, b: Comparable) -> float | None:
        ours, theirs = read(a), read(b)
        if not ours or not theirs:
            return None
        return 1.0 if ours == theirs else 0.0

    return measure


_MEASURES: Mapping[str, Callable[[Comparable, Comparable], float | None]] = {
    "title": _title,
    "authors": _authors,
    "first author": _first_author,
    "year": _year,
    "journal": _journal,
    "volume": _equal(lambda form: form.volume),
    "issue": _equal(lambda form: form.issue),
    "pages": _pages,
    "doi": _doi,
    "pmid": _equal(lambda form: form.pmid),
    "abstract": _abstract,
}
#: The fields that are compared, in the order in which people read them.
FIELDS = tuple(_MEASURES)

_PRINTED: Mapping[str, Callable[[Record], str]] = {
    "title": lambda r: r.title,
    "authors": lambda r: "; ".join(str(author) for author in r.authors[:6]),
    "first author": lambda r: str(r.authors[0]) if r.authors else "",
    "year": lambda r: str(r.year or ""),
    "journal": lambda r: r.journal or r.journal_abbreviation,
    "volume": lambda r: r.volume,
    "issue": lambda r: r.issue,
    "pages": lambda r: r.pages,
    "doi": lambda r: r.doi,
    "pmid": lambda r: r.pmid,
    # A publisher's abstract is not copied into a decision: how alike says enough.
    "abstract": lambda r: "present" if r.abstract else "",
}
