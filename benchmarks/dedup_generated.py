"""The generator `recombined-pubmed-1`: as many publications as are asked for, out of real records.

A title is the head of one real title and the tail of another, a part of its words replaced by
words of others; names, journals and ISSNs are real and dealt out anew. A fifth of the records are
copies, as another database prints them: journal abbreviated, last page written out, fields
missing, letters transliterated, authors cut short. One work in two hundred is nearly another one:
its second part, an erratum, one word apart, the abstract before the paper. Everything follows from
the number of a work, so that a million of them need no memory.
"""

from __future__ import annotations

import csv
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random

from surveillance.records import Record
from surveillance.records.reading import read_records

NAME = "recombined-pubmed-1"
#: The share of records that are copies of another.
COPIES = 0.2
_REPLACED = 0.3
_SHORT_WORD = 3
_GREEK = str.maketrans({"α": "alpha", "β": "beta", "γ": "gamma", "δ": "delta", "κ": "kappa"})
COLUMNS = (
    "title", "authors", "journal", "year", "volume", "issue", "pages", "doi", "issn"
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Parts:
    """What publications are made of: pieces of real records."""

    titles: Sequence[Sequence[str]]
    words: Sequence[str]
    last_names: Sequence[str]
    initials: Sequence[str]
    journals: Sequence[tuple[str, str, str]]


@dataclass(frozen=True, slots=True)
class Publication:
    """One work as it is printed; pages are numbers, for each database writes them its way."""

    title: str
    authors: tuple[tuple[str, str], ...]
    journal: str
    abbreviation: str
    issn: str
    year: int
    volume: int
    issue: int
    first_page: int
    last_page: int
    doi: str
    prefix: str = ""


def parts_of(file: Path) -> Parts:
    """The pieces of the real records in a file of PubMed XML."""
    records = [captured.record for captured in read_records(file).captured]
    titles = [words for record in records if len(words := record.title.strip("[].").split()) > 4]
    authors = [author for record in records for author in record.authors if author.last]
    return Parts(
        titles=titles,
        words=[word for words in titles for word in words if len(word) > _SHORT_WORD],
        last_names=[author.last for author in authors],
        initials=[author.initials for author in authors if author.initials],
        journals=[_journal(record) for record in records if record.journal],
    )


def write_records(file: Path, truth: Path, parts: Parts, count: int) -> None:
    """A table of `count` records in a mixed order; in `truth` the work of each, a line each."""
    works = round(count * (1 - COPIES))
    order = Random(f"{NAME} {count}")
    numbers = [(work, False) for work in range(works)]
    numbers += [(order.randrange(works), True) for _ in range(count - works)]
    order.shuffle(numbers)
    with file.open("w", encoding="utf-8", newline="") as table, truth.open("w") as said:
        writer = csv.writer(table)
        writer.writerow(COLUMNS)
        for place, (work, is_copy) in enumerate(numbers):
            printed = publication(parts, work)
            how = Random(f"{NAME} copy {place}")
            writer.writerow(as_copied(printed, how) if is_copy else as_printed(printed))
            said.write(f"{work}\n")


def publication(parts: Parts, work: int) -> Publication:
    """The work of that number; some resemble the work before them without being it."""
    near = _NEAR.get(work % 1_000)
    if near is None or not work:
        return _alone(parts, work)
    rng = Random(f"{NAME} near {work}")
    other = _alone(parts, work - 1)
    return replace(near(other, parts, rng), doi=f"10.{rng.randrange(1000, 9999)}/n.{work}")


def as_printed(one: Publication) -> Iterator[str | int]:
    """As the first database has it: all fields, the last page shortened."""
    yield one.title + "."
    yield "; ".join(f"{last} {initials}" for last, initials in one.authors)
    yield from (one.journal, one.year, one.volume, one.issue)
    first, last = str(one.first_page), str(one.last_page)
    same = next((n for n, (a, b) in enumerate(zip(first, last, strict=False)) if a != b), 0)
    short = last[same:] if len(first) == len(last) else last
    yield f"{one.prefix}{first}-{short}" if first != last else f"{one.prefix}{first}"
    yield from (one.doi, one.issn)


def as_copied(one: Publication, rng: Random) -> Iterator[str | int]:
    """As another database has it."""

    def often(share: float) -> bool:
        return rng.random() < share

    plain = often(0.5)
    title = one.title.upper() if often(0.1) else one.title
    title += " [Article in French]" if often(0.02) else ""
    yield _plain(title) if plain else title
    shown = one.authors[:3] if often(0.1) else one.authors
    names = (f"{last}, {'. '.join(initials)}." for last, initials in shown)
    authors = "" if often(0.03) else "; ".join(names)
    yield _plain(authors) if plain else authors
    yield one.abbreviation if often(0.6) else one.journal
    yield one.year - 1 if often(0.04) else one.year
    yield "" if often(0.04) else one.volume
    yield "" if often(0.3) else one.issue
    pages = f"{one.prefix}{one.first_page}-{one.prefix}{one.last_page}"
    yield "" if often(0.08) else f"{one.prefix}{one.first_page}" if often(0.1) else pages
    yield "" if often(0.4) else one.doi.upper() if often(0.1) else one.doi
    yield "" if often(0.5) else one.issn


def _alone(parts: Parts, work: int) -> Publication:
    rng = Random(f"{NAME} {work}")
    journal, abbreviation, issn = rng.choice(parts.journals)
    year, first = rng.randrange(1985, 2022), rng.randrange(1, 2500)
    names = (
        (rng.choice(parts.last_names), rng.choice(parts.initials))
        for _ in range(rng.choice((1, 2, 3, 3, 4, 5, 6, 6, 8, 12)))
    )
    return Publication(
        title=_title(parts, rng),
        authors=tuple(names),
        journal=journal,
        abbreviation=abbreviation,
        issn=issn,
        year=year,
        volume=year - 1984 + rng.randrange(60),
        issue=rng.randrange(1, 13),
        first_page=first,
        last_page=first + rng.choice((0, 1, 3, 5, 7, 8, 9, 11, 14)),
        doi=f"10.{rng.randrange(1000, 9999)}/{issn.lower() or 'x'}.{work}" if year > 1999 else "",
    )


def _title(parts: Parts, rng: Random) -> str:
    head, tail = rng.choice(parts.titles), rng.choice(parts.titles)
    joined = [*head[: (len(head) + 1) // 2], *tail[len(tail) // 2 :]]
    return " ".join(
        rng.choice(parts.words) if len(word) > _SHORT_WORD and rng.random() < _REPLACED else word
        for word in joined
    )


def _second_part(one: Publication, _parts: Parts, _rng: Random) -> Publication:
    pages = (one.last_page + 1, one.last_page + 9)
    title = f"{one.title}. Part II"
    return replace(one, title=title, first_page=pages[0], last_page=pages[1])


def _one_word_apart(one: Publication, parts: Parts, rng: Random) -> Publication:
    words = one.title.split()
    words[rng.randrange(len(words))] = rng.choice(parts.words)
    place = replace(one, title=" ".join(words), issue=one.issue % 12 + 1)
    return replace(place, first_page=one.first_page + 40, last_page=one.last_page + 40)


def _erratum(one: Publication, _parts: Parts, _rng: Random) -> Publication:
    page = one.last_page + 200
    return replace(one, title=f"Erratum: {one.title}", first_page=page, last_page=page)


def _meeting_abstract(one: Publication, _parts: Parts, _rng: Random) -> Publication:
    page = one.first_page
    return replace(one, year=one.year - 1, volume=one.volume - 1, prefix="S", last_page=page)


def _editorial(one: Publication, parts: Parts, rng: Random) -> Publication:
    author = (rng.choice(parts.last_names), rng.choice(parts.initials))
    return replace(one, title="Editorial", authors=(author,), last_page=one.first_page)


_NEAR: dict[int, Callable[[Publication, Parts, Random], Publication]] = {
    100: _second_part,
    300: _one_word_apart,
    500: _erratum,
    700: _meeting_abstract,
    900: _editorial,
}


def _journal(record: Record) -> tuple[str, str, str]:
    return record.journal, record.journal_abbreviation or record.journal, record.issn


def _plain(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text.translate(_GREEK))
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter))
