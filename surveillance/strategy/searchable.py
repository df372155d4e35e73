"""What the engines evaluate: anything that can show its texts and its headings."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Protocol


class IndexedQualifier(Protocol):
    """A subheading attached to a heading."""

    @property
    def name(self) -> str: ...
    @property
    def major(self) -> bool: ...


class IndexedDescriptor(Protocol):
    """A heading as the indexer gave it; `major` is the descriptor's own star."""

    @property
    def name(self) -> str: ...
    @property
    def major(self) -> bool: ...
    @property
    def qualifiers(self) -> Sequence[IndexedQualifier]: ...


class RecordDateSet(Protocol):
    """The dates that PubMed's date tags ask for: [crdt], [edat], [mhda], [lr], [dp]."""

    @property
    def created(self) -> date | None: ...
    @property
    def entered(self) -> date | None: ...
    @property
    def indexed(self) -> date | None: ...
    @property
    def revised(self) -> date | None: ...
    @property
    def published(self) -> date | None: ...


class Searchable(Protocol):
    """One record. `None` means: cannot tell, this is not there yet; empty means: known empty."""

    @property
    def identifier(self) -> str: ...

    def passages(self, part: str) -> Sequence[str] | None:
        """The texts of one part: title, abstract, other_abstract, original_title,
        collection_title, keyword, substance, publication_type, journal, author, language,
        identifier."""

    def headings(self) -> Sequence[IndexedDescriptor] | None:
        """The record's headings."""


class DatedSearchable(Searchable, Protocol):
    """A record that also has PubMed's dates."""

    @property
    def dates(self) -> RecordDateSet: ...
