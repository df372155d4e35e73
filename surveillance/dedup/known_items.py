"""Known items recognised among records, by the same rules that say which records are the same."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from surveillance.dedup.candidates import Entry, keys_of
from surveillance.dedup.conflicts import find_conflicts
from surveillance.dedup.decide import Verdict, decide_pair
from surveillance.dedup.similarity import compare
from surveillance.records.model import Author, Record
from surveillance.topics import KnownItem


def recognise(
    items: Sequence[KnownItem], entries: Sequence[Entry]
) -> Iterator[tuple[KnownItem, Entry]]:
    """Each known item with each record that is certainly it.

    A guidance document cites without identifiers, so an item is compared as if it were a record
    that has only its citation. What is doubtful is not recognised: an item that then shows as
    not found is looked at by a person, a wrong one would carry an include that nobody gave.
    """
    looked_for: dict[str, set[int]] = defaultdict(set)
    cited = [Entry(-1, as_record(item)) for item in items]
    for number, citation in enumerate(cited):
        for key in keys_of(citation.form):
            looked_for[key].add(number)
    for entry in entries:
        shared = looked_for.keys() & keys_of(entry.form)
        for number in sorted(set().union(*(looked_for[key] for key in shared))):
            if _is_it(cited[number], entry):
                yield items[number], entry


def _is_it(cited: Entry, entry: Entry) -> bool:
    if decide_pair(cited, entry).verdict is Verdict.SAME:
        return True
    if cited.record.volume or cited.record.pages:
        return False
    # Cited ahead of print there is no volume or page to agree on: the rest must, wholly.
    values = compare(cited.form, entry.form)
    exact = ("title", "first author", "year", "journal")
    return not find_conflicts(cited.form, entry.form, one_place=False) and all(
        values[field] == 1.0 for field in exact
    )


def as_record(item: KnownItem) -> Record:
    """The citation of a known item in the shape of a record."""
    last, _, initials = item.first_author.rpartition(" ")
    return Record(
        source="guidance",
        source_id=item.key,
        title=item.title,
        authors=(Author(last=last or initials, initials=initials if last else ""),),
        year=item.year,
        journal=item.journal,
        volume=item.volume,
        pages=item.pages,
        doi=item.doi,
        pmid=item.pmid,
    )
