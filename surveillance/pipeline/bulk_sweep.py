"""One pass over NLM's files in their order: what they leave of the records that somebody wants.

Memory stays with a batch of records: of those that are wanted only the name and the dates are
kept, their payloads go to a file.
"""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import islice
from typing import BinaryIO

from surveillance.pipeline.bulk_queries import BulkQueries
from surveillance.records import Captured, Record
from surveillance.records.model import RecordDates
from surveillance.records.payload import Deleted
from surveillance.records.pubmed_xml import PubmedEntry, read_pubmed_xml

#: Entries evaluated together: few enough to stay far below 1 GB.
BATCH = 5_000
#: One record in so many may carry a day that is not the file's: 5 of 20,783 in pubmed21n1298.
STRAYS = 100
#: A file with fewer records is too small to tell a stray from a day of its own.
FEW = 1_000


@dataclass(frozen=True, slots=True)
class Days:
    """The days of a file, as the dates of its records tell: None where there are none.

    All that NLM revised after `first` is in this file or a later one. It reaches to `last`.
    """

    first: date | None
    last: date | None


@dataclass(frozen=True, slots=True)
class Found:
    """A wanted record in its newest state: the queries that find it, and the file it is from."""

    pmid: str
    dates: RecordDates
    queries: tuple[int, ...]
    file: int
    offset: int
    length: int

    @property
    def recency(self) -> tuple[date, int]:
        """The order in which PubMed names records: the last entered first."""
        return (self.dates.entered or self.dates.created or date.min, int(self.pmid))


class Sweep:
    """What a sequence of files leaves. `followed` are wanted whatever the queries say.

    `found` has the wanted records; `gone` the followed ones that were deleted and did not come
    back, each with the place of the file that said so.
    """

    def __init__(self, queries: BulkQueries, followed: Collection[str], payloads: BinaryIO) -> None:
        self._queries = queries
        self._followed = frozenset(followed)
        self._payloads = payloads
        self._versions: dict[str, int] = {}
        self.found: dict[str, Found] = {}
        self.gone: dict[str, int] = {}

    def read(self, entries: Iterable[PubmedEntry], file: int) -> Days:
        """Take in the entries of the file at this place; the days that it is of."""
        tally = _Tally()
        for batch in _batches(entries):
            captured = [entry for entry in batch if isinstance(entry, Captured)]
            tally.count(item.record for item in captured)
            matching = iter(self._queries.on([item.record for item in captured], file))
            for entry in batch:
                if isinstance(entry, Deleted):
                    self._delete(entry.pmids, file)
                else:
                    self._take(entry, next(matching), file)
        return tally.days()

    def captured(self, found: Found) -> Captured:
        """A wanted record with its payload."""
        self._payloads.seek(found.offset)
        content = self._payloads.read(found.length)
        (item,) = (
            entry
            for entry in read_pubmed_xml(io.BytesIO(content), name=f"PMID {found.pmid}")
            if isinstance(entry, Captured)
        )
        return item

    def _delete(self, pmids: Iterable[str], file: int) -> None:
        for pmid in pmids:
            self.found.pop(pmid, None)
            self._versions.pop(pmid, None)
            if pmid in self._followed:
                self.gone[pmid] = file

    def _take(self, item: Captured, queries: list[int], file: int) -> None:
        """The highest version counts, of equal ones the later (as `latest_versions`)."""
        pmid, version = item.record.source_id, item.record.version
        if version < self._versions.get(pmid, 1):
            return
        if version > 1:
            self._versions[pmid] = version
        self.gone.pop(pmid, None)
        self.found.pop(pmid, None)
        if queries or pmid in self._followed:
            offset = self._payloads.seek(0, io.SEEK_END)
            length = self._payloads.write(item.payload.content)
            dates = item.record.dates
            self.found[pmid] = Found(pmid, dates, tuple(queries), file, offset, length)


class _Tally:
    """How many records of a file were created and revised on each day."""

    def __init__(self) -> None:
        self._created: Counter[date] = Counter()
        self._revised: Counter[date] = Counter()
        self._records = 0

    def count(self, records: Iterable[Record]) -> None:
        for record in records:
            self._records += 1
            self._created.update(filter(None, (record.dates.created,)))
            self._revised.update(filter(None, (record.dates.revised,)))

    def days(self) -> Days:
        """Strays left out; of a small file all that is certain is that it is as new as it is."""
        created, revised = self._own(self._created), self._own(self._revised)
        newest = max((*self._created, *self._revised), default=None)
        first = newest if self._records < FEW else min(revised, default=newest)
        return Days(first, max((*created, *revised), default=None))

    def _own(self, counted: Counter[date]) -> set[date]:
        return {day for day, count in counted.items() if count * STRAYS >= self._records}


def _batches(entries: Iterable[PubmedEntry]) -> Iterator[list[PubmedEntry]]:
    remaining = iter(entries)
    while batch := list(islice(remaining, BATCH)):
        yield batch
