"""Candidate pairs: which records are worth comparing, found by several cheap keys.

A key that misses (a DOI misprinted, a page left out) is not a pair missed: any one key that two
entries share makes them a candidate. A key is made of enough that few share it: a title that many
publications have makes none without author or place.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from surveillance.dedup.comparable import Comparable
from surveillance.records.model import Record

_TITLE_KEY_LENGTH = 28
_SHORTEST_TITLE = 18


@dataclass(frozen=True, slots=True)
class Entry:
    """A record under the number that the store knows it by."""

    id: int
    record: Record
    form: Comparable = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "form", Comparable(self.record))


def keys(record: Record) -> frozenset[str]:
    """The keys under which a record looks for its duplicates."""
    return keys_of(Comparable(record))


def keys_of(form: Comparable) -> frozenset[str]:
    """The keys of a record whose forms are made already."""
    return frozenset(_keys(form))


def _keys(form: Comparable) -> Iterator[str]:
    if form.doi:
        yield f"doi:{form.doi}"
    if form.pmid:
        yield f"pmid:{form.pmid}"
    if form.title and (form.generic or len(form.solid) < _SHORTEST_TITLE):
        yield from _generic_title_keys(form)
    elif form.title:
        yield from _title_keys(form.title, form.solid)
    if form.original_title:
        yield from _title_keys(form.original_title, form.original_title.replace(" ", ""))
    yield from _place_keys(form)


def _title_keys(title: str, solid: str) -> Iterator[str]:
    yield f"begins:{solid[:_TITLE_KEY_LENGTH]}"
    yield f"ends:{solid[-_TITLE_KEY_LENGTH:]}"
    # Sorted twice by what is quick to compare: of words of one length the last four are the first.
    longest = sorted(sorted(set(title.split()), reverse=True), key=len)[-4:]
    if len(longest) == 4:
        yield f"words:{' '.join(sorted(longest))}"


def _generic_title_keys(form: Comparable) -> Iterator[str]:
    if form.surname:
        yield f"title-author:{form.solid} {form.surname}"
    if form.first_page:
        yield f"title-page:{form.solid} {form.volume} {form.first_page}"
    if form.journal and form.year:
        place = f"{form.year} {form.volume} {form.issue} {' '.join(form.journal)}"
        yield f"title-journal:{form.solid} {place}"


def _place_keys(form: Comparable) -> Iterator[str]:
    page = form.first_page
    if not page:
        return
    if form.surname and form.year:
        yield f"author-year-page:{form.surname} {form.year} {page}"
    if form.surname and form.volume:
        yield f"author-volume-page:{form.surname} {form.volume} {page}"
    if form.year and form.volume:
        yield f"year-volume-page:{form.year} {form.volume} {page}"
