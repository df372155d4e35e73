"""A record's comparable forms, made once and kept for every pair that it is compared in."""

from __future__ import annotations

import re

from surveillance.dedup.kinds import Kind, kind_of
from surveillance.dedup.normalise import doi_form, fold, leading_number
from surveillance.dedup.people import names_of, surname
from surveillance.dedup.places import journal_words, pages_form, printed_place
from surveillance.dedup.titles import is_generic, numerals, title_form
from surveillance.records.model import Record

_MAX_ABSTRACT = 4_000
_NOT_ISSN = re.compile(r"[^0-9X]")


class Comparable:
    """The forms of one record; an empty form is missing evidence, never a difference.

    What only pairs that are alike are asked for (authors, abstract, the numbers of the title) is
    made when it is first asked for.
    """

    __slots__ = (
        "_abstract", "_abstract_words", "_kind", "_names", "_numerals", "doi", "generic", "issue",
        "journal", "original_title", "pages", "pmid", "record", "solid", "surname",
        "title", "volume", "year",
    )  # fmt: skip

    def __init__(self, record: Record) -> None:
        self.record = record
        place = printed_place(record)
        self.title = title_form(record.title)
        self.original_title = title_form(record.original_title) if record.original_title else ""
        self.solid = self.title.replace(" ", "")
        self.generic = is_generic(self.title)
        self.surname = surname(record.authors[0]) if record.authors else ""
        self.journal = journal_words(place.journal)
        self.year = record.year
        self.volume = leading_number(place.volume)
        self.issue = leading_number(place.issue)
        self.pages = pages_form(place.pages, record.year)
        self.doi = doi_form(record.doi) if record.doi else ""
        self.pmid = record.pmid.strip()
        self._names: frozenset[str] | None = None
        self._kind: Kind | None = None
        self._numerals: tuple[str, ...] | None = None
        self._abstract: str | None = None
        self._abstract_words: frozenset[str] | None = None

    @property
    def first_page(self) -> str:
        """The first page, empty where nothing is said of it."""
        return self.pages.first if self.pages else ""

    @property
    def issn(self) -> str:
        """The journal's number, eight signs; empty without one."""
        return _NOT_ISSN.sub("", self.record.issn.upper())[:8]

    @property
    def titles(self) -> tuple[str, ...]:
        """The title and the original one, as far as there are."""
        return tuple(filter(None, (self.title, self.original_title)))

    @property
    def names(self) -> frozenset[str]:
        """All names of all authors."""
        if self._names is None:
            self._names = names_of(self.record.authors)
        return self._names

    @property
    def kind(self) -> Kind:
        """What kind of publication it is."""
        if self._kind is None:
            self._kind = kind_of(self.record, self.title, self.journal, self.doi)
        return self._kind

    @property
    def numerals(self) -> tuple[str, ...]:
        """The numbers in the title."""
        if self._numerals is None:
            self._numerals = numerals(self.title)
        return self._numerals

    @property
    def abstract(self) -> str:
        """The abstract folded, as far as it is compared."""
        if self._abstract is None:
            self._abstract = fold((self.record.abstract or "")[:_MAX_ABSTRACT])
        return self._abstract

    @property
    def abstract_words(self) -> frozenset[str]:
        """The words of the abstract."""
        if self._abstract_words is None:
            self._abstract_words = frozenset(self.abstract.split())
        return self._abstract_words
