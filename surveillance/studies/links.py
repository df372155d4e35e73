"""Which registered trials a record names, and in which words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from surveillance.records import Record

LISTED, TITLE, ABSTRACT = "list of registrations", "title", "abstract"

# "NCT05009394", "nct05009394", "NCT 05009394", "NCT: 05009394", "NCT-05009394", "NCT No. 05009394".
# Eight digits exactly, and no ASCII letter, digit or underscore may touch the number, so that a
# longer token is not one. Chinese and Japanese, which put no space there, may.
_NUMBER = re.compile(
    r"(?<![A-Za-z0-9_])NCT(?:\s?No\.?)?[\s:#+\-\u2010-\u2013]{0,3}([0-9]{8})(?![A-Za-z0-9_])",
    re.IGNORECASE,
)
_AROUND = 40


@dataclass(frozen=True, slots=True)
class Link:
    """A registration that a record names: where in the record, and the words around it."""

    number: str
    where: str
    words: str


def registration_numbers(record: Record) -> tuple[str, ...]:
    """Every ClinicalTrials.gov number that the record names, sorted."""
    return tuple(sorted(_links(record)))


def find_links(record: Record, registrations: Iterable[str]) -> tuple[Link, ...]:
    """The links of a record to those of `registrations` that it names, by number.

    A number that stands in several places is linked once, where it is surest: in the list of
    registrations that the source itself gives (PubMed: DataBankList), the title, the abstract.
    """
    found = _links(record)
    return tuple(found[nct] for nct in sorted(set(registrations) & found.keys()))


def _links(record: Record) -> dict[str, Link]:
    found: dict[str, Link] = {}
    for where, text in _places(record):
        for match in _NUMBER.finditer(text):
            nct = f"NCT{match[1]}"
            found.setdefault(nct, Link(nct, where, _words_around(text, *match.span())))
    return found


def _places(record: Record) -> Iterator[tuple[str, str]]:
    yield from ((LISTED, number) for number in record.registrations)
    yield from ((TITLE, title) for title in (record.title, record.original_title))
    yield from ((ABSTRACT, text) for text in (record.abstract or "", *record.other_abstracts))


def _words_around(text: str, start: int, end: int) -> str:
    """A few whole words on either side: enough to judge the link, never the abstract."""
    before, after = text[max(0, start - _AROUND) : start], text[end : end + _AROUND]
    if start > _AROUND:
        before = "…" + before.partition(" ")[2]
    if end + _AROUND < len(text):
        after = after.rpartition(" ")[0] + "…"
    return " ".join(f"{before}{text[start:end]}{after}".split())
