"""The texts that a report is judged by, read once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from surveillance.records.model import Record
from surveillance.screening.language import Passage, read, unusable
from surveillance.screening.participants import Count, count_people


@dataclass(frozen=True, slots=True)
class Texts:
    """Title and abstract of a report's most informative record, the keywords of all.

    `fault` says why there is no usable abstract; `abstract` is then None. `people` is the number
    of participants that title and abstract count.
    """

    title: Passage
    abstract: Passage | None
    keywords: Passage
    people: Count | None
    fault: str

    @property
    def prose(self) -> tuple[Passage, ...]:
        """Title and abstract."""
        return (self.title, self.abstract) if self.abstract else (self.title,)

    @property
    def passages(self) -> tuple[Passage, ...]:
        """Everything that words are looked for in."""
        return (*self.prose, self.keywords)


def telling(records: Sequence[Record]) -> Record:
    """The record whose title and abstract are read: the one with the longest usable abstract."""
    if len(records) == 1:  # as most reports: nothing needs to be compared
        return records[0]
    return min(
        records,
        key=lambda r: (
            bool(unusable(r.abstract or "")), -len(r.abstract or ""), r.source, r.source_id,
        ),
    )  # fmt: skip


def read_texts(records: Sequence[Record]) -> Texts:
    """The texts of the report that `records` are, whatever their order."""
    lead = telling(records)
    fault = unusable(lead.abstract or "")
    title = read("title", lead.title)
    abstract = None if fault else read("abstract", lead.abstract or "")
    keywords = sorted({keyword for record in records for keyword in record.keywords})
    return Texts(
        title=title,
        abstract=abstract,
        keywords=read("keyword", "; ".join(keywords)),
        people=count_people([title, abstract] if abstract else [title]),
        fault=fault,
    )
