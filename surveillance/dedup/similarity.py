"""How alike two records are, field by field; a field that one of them lacks is no evidence."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from rapidfuzz import fuzz

from surveillance.dedup.conflicts import Conflict, find_conflicts
from surveillance.dedup.normalise import Comparable, comparable
from surveillance.records.model import Record


@dataclass(frozen=True, slots=True)
class FieldEvidence:
    """One field of a pair: what each record prints, and how alike (0–1; None: one lacks it)."""

    field: str
    a: str
    b: str
    similarity: float | None


@dataclass(frozen=True, slots=True)
class Similarity:
    """A pair's evidence, and the signs against a merge whatever the evidence."""

    fields: tuple[FieldEvidence, ...]
    conflicts: tuple[Conflict, ...]

    def of(self, field: str) -> float | None:
        """The similarity of one field; None where it is missing evidence."""
        return next(item.similarity for item in self.fields if item.field == field)


def compare(a: Record, b: Record) -> Similarity:
    """The evidence on `a` and `b`; symmetrical but for the order of the values printed."""
    ours, theirs = comparable(a), comparable(b)
    fields = tuple(
        FieldEvidence(name, _PRINTED[name](a), _PRINTED[name](b), measure(ours, theirs))
        for name, measure in _MEASURES.items()
    )
    return Similarity(fields, find_conflicts(a, b))


def _title(a: Comparable, b: Comparable) -> float | None:
    ours = tuple(filter(None, (a.title, a.original_title)))
    theirs = tuple(filter(None, (b.title, b.original_title)))
    return max((_text(x, y) for x in ours for y in theirs), default=None)


def _text(a: str, b: str) -> float:
    if a.replace(" ", "") == b.replace(" ", ""):
        return 1.0
    return max(fuzz.ratio(a, b), 0.98 * fuzz.token_sort_ratio(a, b)) / 100


def _abstract(a: Comparable, b: Comparable) -> float | None:
    if not a.abstract or not b.abstract:
        return None
    # Databases cut abstracts off and add headings: the shorter one decides.
    length = min(len(a.abstract), len(b.abstract))
    return (
        max(
            fuzz.ratio(a.abstract[:length], b.abstract[:length]),
            fuzz.token_set_ratio(a.abstract, b.abstract) if length >= 200 else 0.0,
        )
        / 100
    )


def _authors(a: Comparable, b: Comparable) -> float | None:
    if not a.surnames or not b.surnames:
        return None
    few, many = _shorter_first(a.surnames, b.surnames)
    alike = sum(any(_one_surname(x, y) for y in many) for x in few)
    return alike / len(few)


def _shorter_first(a: tuple[str, ...], b: tuple[str, ...]) -> list[tuple[str, ...]]:
    """Both in an order of their own, so that a pair is judged alike from either side."""
    return sorted((a, b), key=lambda words: (len(words), words))


def _first_author(a: Comparable, b: Comparable) -> float | None:
    if not a.surnames or not b.surnames:
        return None
    return 1.0 if _one_surname(a.surnames[0], b.surnames[0]) else 0.0


def _one_surname(a: str, b: str) -> bool:
    """One name in two spellings, or a double name of which one database prints a part."""
    if a == b or fuzz.ratio(a, b) >= 84:
        return True
    return bool(set(a.split()) & set(b.split()))


def _journal(a: Comparable, b: Comparable) -> float | None:
    if a.issn and a.issn == b.issn:
        return 1.0
    if not a.journal or not b.journal:
        return None
    few, many = _shorter_first(a.journal, b.journal)
    if _abbreviates(few, many) or "".join(few) == "".join(word[0] for word in many):
        return 1.0
    return fuzz.token_set_ratio(" ".join(a.journal), " ".join(b.journal)) / 100


def _abbreviates(few: tuple[str, ...], many: tuple[str, ...]) -> bool:
    """Each short word begins one of the long words, in order: "j hosp infect"."""
    rest = iter(many)
    return all(any(_begins(word, full) for full in rest) for word in few)


def _begins(a: str, b: str) -> bool:
    return a.startswith(b) or b.startswith(a)


def _year(a: Comparable, b: Comparable) -> float | None:
    if a.year is None or b.year is None:
        return None
    # In print a year after it was first online: seen in every pair of databases.
    return {0: 1.0, 1: 0.8}.get(abs(a.year - b.year), 0.0)


def _pages(a: Comparable, b: Comparable) -> float | None:
    if a.pages is None or b.pages is None:
        return None
    if a.pages.first == b.pages.first:
        lasts = {a.pages.last, b.pages.last} - {""}
        return 1.0 if len(lasts) < 2 else 0.7
    # An online journal's "1-12" counts the pages of one article: nothing to hold against a number.
    return None if "1" in (a.pages.first, b.pages.first) else 0.0


def _equal(read: Callable[[Comparable], str]) -> Callable[[Comparable, Comparable], float | None]:
    def measure(a: Comparable, b: Comparable) -> float | None:
        if not read(a) or not read(b):
            return None
        return 1.0 if read(a) == read(b) else 0.0

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
    "doi": _equal(lambda form: form.doi),
    "pmid": _equal(lambda form: form.pmid),
    "abstract": _abstract,
}

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
