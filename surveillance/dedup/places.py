"""Where a publication stands: journal, volume and pages, as databases and spreadsheets print it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from surveillance.dedup.normalise import fold
from surveillance.records.model import Record

_MAX_JOURNAL = 1_000
_PAGE = re.compile(r"([a-z]*)(\d+)([a-z]*)(\d*)")
# As most are printed: "221-8", "221".
_PLAIN_PAGES = re.compile(r"0*([1-9][0-9]*)(?:-0*([1-9][0-9]*))?")
_PAGE_WORDS = re.compile(r"\b(?:pp?|pages?|art(?:icle)?|no)\b\.?|\s")
_MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
# A spreadsheet reads "7-17" as a date: "Jul-17", "17-Jul".
_DATE_OF_PAGES = re.compile(r"(?:([a-z]{3})-(\d{1,2})|(\d{1,2})-([a-z]{3}))")
_COCHRANE_NUMBER = re.compile(r"cd\d{6}")
_CONFERENCE_TAIL = re.compile(r"[.\s]+Conference(?: Publication)?:.*$", re.IGNORECASE | re.DOTALL)
_BRACKETS = re.compile(r"\([^)]*\)|\[[^\]]*\]")
_JOURNAL_STOPWORDS = frozenset(
    {"of", "the", "and", "in", "for", "on", "a", "de", "der", "et", "und"}
)
# Ovid's source line in the journal's place: "Genome Research.12 (3) ()(pp 357-366) 2002.Date of …".
_SOURCE_LINE = re.compile(
    r"(?P<journal>[^()]{2,300}?)\.\s*(?P<volume>\d[\w ]{0,20}?)?\s*"
    r"(?:\((?P<issue>[^()]{0,60})\)\s*)?(?:\([^()]{0,60}\)\s*){0,2}"
    r"\(pp?\.? (?P<pages>[^()]{1,40})\)",
)


@dataclass(frozen=True, slots=True)
class Pages:
    """First and last page as comparable forms; `last` is empty for a single page."""

    first: str
    last: str = ""


class PrintedPlace(NamedTuple):
    """Journal, volume, issue and pages as printed, wherever a record holds them."""

    journal: str
    volume: str
    issue: str
    pages: str


def printed_place(record: Record) -> PrintedPlace:
    """The place of a record, taken out of a source line where the journal's field holds one."""
    journal = record.journal or record.journal_abbreviation
    found = _SOURCE_LINE.match(journal[:_MAX_JOURNAL]) if "(p" in journal else None
    if found is None:
        return PrintedPlace(journal, record.volume, record.issue, record.pages)
    return PrintedPlace(
        found["journal"],
        record.volume or found["volume"] or "",
        record.issue or found["issue"] or "",
        found["pages"] or record.pages,
    )


@lru_cache(maxsize=65_536)
def journal_words(journal: str) -> tuple[str, ...]:
    """A journal's name as words, without little words, place in brackets or conference."""
    name = _CONFERENCE_TAIL.sub("", journal[:_MAX_JOURNAL])
    folded = fold(_BRACKETS.sub(" ", name))
    return tuple(word for word in folded.split() if word not in _JOURNAL_STOPWORDS)


@lru_cache(maxsize=65_536)
def pages_form(pages: str, year: int | None = None) -> Pages | None:
    """First and last page: `221-8`, `221-228` and `e221-e228` are alike, `S281` is not 281.

    None where nothing is said of pages: a Cochrane review's number, the year in their place.
    """
    text = pages.lower().strip()
    if not text or _COCHRANE_NUMBER.fullmatch(text) or text == str(year):
        return None
    if plain := _PLAIN_PAGES.fullmatch(text):
        return _pages(plain[1], plain[2] or "")
    if date := _DATE_OF_PAGES.fullmatch(text):
        return _dated_pages(*date.groups())
    parts = [_page(part) for part in re.split(r"[-–—,;]+", text)]
    # "Suppl-29" has lost its first page.
    if not parts[0]:
        return None
    return _pages(parts[0], parts[1] if len(parts) > 1 else "")


def _pages(first: str, last: str) -> Pages:
    return Pages(first, "" if last == first else _full_last(first, last))


def _dated_pages(
    first: str | None, last_day: str | None, day: str | None, month: str | None
) -> Pages | None:
    name = first or month or ""
    if name not in _MONTHS:
        return None
    number = str(_MONTHS.index(name) + 1)
    other = (last_day or day or "").lstrip("0")
    return Pages(number, other) if first else Pages(other, number)


def _page(text: str) -> str:
    found = _PAGE.search(_PAGE_WORDS.sub("", text))
    if not found:
        return ""
    before, number, after, sub = found.groups()
    # "70s" is how some databases print "S70"; "e221" is the electronic form of 221.
    marker = "s" if "s" in (before, after) else before.removeprefix("e")
    tail = f"{after}{sub}" if sub else ""
    return f"{marker}{number.lstrip('0')}{tail}"


def _full_last(first: str, last: str) -> str:
    """`221` to `8` is `228`: a shortened last page takes its beginning from the first."""
    if last.isdigit() and first.isdigit() and len(last) < len(first):
        return first[: len(first) - len(last)] + last
    return last
