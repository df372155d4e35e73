"""Candidate pairs: which records are worth comparing, found by several cheap keys.

A key that misses (a DOI misprinted, a page left out) is not a pair missed: any one key that two
entries share makes them a candidate.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

from surveillance.dedup.normalise import Comparable, comparable
from surveillance.records.model import Record

#: How many sorted neighbours an entry is compared with under one key. It bounds the cost where
#: thousands share a key (the title "Editorial") and compares all with all in an ordinary block.
NEIGHBOURS = 40

_TITLE_KEY_LENGTH = 28


@dataclass(frozen=True, slots=True)
class Entry:
    """A record under the number that the store knows it by."""

    id: int
    record: Record


def candidate_pairs(new: Sequence[Entry], known: Sequence[Entry]) -> list[tuple[Entry, Entry]]:
    """Pairs that may be one publication, new×known and new×new, sorted by their numbers.

    The lower number stands first; a pair appears once however many keys it shares. An entry that
    is both new and known counts as new.
    """
    fresh = {entry.id for entry in new}
    by_id = {entry.id: entry for entry in chain(known, new)}
    found: set[tuple[int, int]] = set()
    for block in _blocks(list(by_id.values())):
        found.update(pair for pair in _neighbours(block) if fresh.intersection(pair))
    return [(by_id[a], by_id[b]) for a, b in sorted(found)]


def keys(record: Record) -> frozenset[str]:
    """The keys under which a record looks for its duplicates."""
    return frozenset(_keys(comparable(record)))


def _keys(form: Comparable) -> Iterator[str]:
    if form.doi:
        yield f"doi:{form.doi}"
    if form.pmid:
        yield f"pmid:{form.pmid}"
    for title in filter(None, (form.title, form.original_title)):
        yield from _title_keys(title)
    yield from _place_keys(form)


def _title_keys(title: str) -> Iterator[str]:
    solid = title.replace(" ", "")
    yield f"begins:{solid[:_TITLE_KEY_LENGTH]}"
    yield f"ends:{solid[-_TITLE_KEY_LENGTH:]}"
    longest = sorted(set(title.split()), key=lambda word: (-len(word), word))[:4]
    if len(longest) == 4:
        yield f"words:{' '.join(sorted(longest))}"


def _place_keys(form: Comparable) -> Iterator[str]:
    first_page = form.pages.first if form.pages else ""
    if form.year and form.surnames:
        author = form.surnames[0]
        if first_page:
            yield f"author-year-page:{author} {form.year} {first_page}"
        if form.volume:
            yield f"author-year-volume:{author} {form.year} {form.volume}"
    if form.year and form.volume and first_page:
        yield f"year-volume-page:{form.year} {form.volume} {first_page}"


def _blocks(entries: Sequence[Entry]) -> list[list[Entry]]:
    blocks: dict[str, list[Entry]] = defaultdict(list)
    for entry in entries:
        for key in keys(entry.record):
            blocks[key].append(entry)
    return [block for block in blocks.values() if len(block) > 1]


def _neighbours(block: list[Entry]) -> Iterator[tuple[int, int]]:
    """Each entry with those that stand near it when the block is sorted by what tells apart."""
    ordered = sorted(block, key=_order)
    for place, entry in enumerate(ordered):
        for other in ordered[place + 1 : place + 1 + NEIGHBOURS]:
            yield min(entry.id, other.id), max(entry.id, other.id)


def _order(entry: Entry) -> tuple[str, int, str, str, int]:
    form = comparable(entry.record)
    author = form.surnames[0] if form.surnames else ""
    return form.title, form.year or 0, author, form.volume, entry.id
