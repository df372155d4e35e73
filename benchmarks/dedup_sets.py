"""The labelled sets of duplicates, as records: from ../shared, else from the package bib-dedupe.

People said of every record which work it is (`group_id`). The package ships six of the seven sets,
with the same records and labels; `copper` is in ../shared alone. Its other sets are not read:
they are kept aside for checking. The sets' own faults (authors run together, pages that a
spreadsheet made a date of) stay what they are, but that names are told apart.
"""

from __future__ import annotations

import csv
import gzip
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from lxml import etree

from surveillance.dedup.candidates import Entry
from surveillance.records import Author, Record

ROOT = Path(__file__).resolve().parents[1]
SHARED = ROOT.parent / "shared" / "data" / "dedup"
#: Where `make bench` installs the package: an environment of its own, for it needs an older NumPy.
PEER = ROOT / ".bench" / "bib_dedupe"

SETS = (
    "copper", "cytology_screening", "diabetes", "haematology", "stroke", "srsr", "depression",
)  # fmt: skip
#: What the package calls otherwise than the files in ../shared.
_PACKAGE_NAMES = {"record_id": "ID"}
_COLUMNS = (
    "record_id", "title", "author", "year", "journal", "volume", "number", "pages", "doi",
    "abstract", "isbn",
)  # fmt: skip

Row = Mapping[str, str]


class SetAbsent(RuntimeError):
    """A set is neither in ../shared nor in the package; the message says how to get it."""


@dataclass(frozen=True, slots=True)
class LabelledSet:
    """A set's rows as they are printed; its records are numbered from 1 in their order."""

    name: str
    rows: Sequence[Row]

    def entries(self) -> list[Entry]:
        """The rows as records."""
        return [Entry(number, as_record(row)) for number, row in enumerate(self.rows, start=1)]

    def works(self) -> dict[int, str]:
        """The work that people say each record is."""
        return {number: row["group_id"] for number, row in enumerate(self.rows, start=1)}


def read_set(name: str, *, shared: Path = SHARED, peer: Path = PEER) -> LabelledSet:
    """A labelled set; raises `SetAbsent`."""
    # An abstract is longer than the csv module allows by itself.
    csv.field_size_limit(min(sys.maxsize, 10_000_000))
    file = shared / f"{name}.csv.gz"
    if file.is_file():
        with gzip.open(file, "rt", encoding="utf-8", newline="") as stream:
            return LabelledSet(name, list(csv.DictReader(stream)))
    folder = next(peer.glob(f"lib/python*/site-packages/bib_dedupe/data/{name}"), None)
    if folder is None:
        raise SetAbsent(
            f"The labelled set {name} is not here: `make bench` fetches those of {peer.name}."
        )
    return LabelledSet(name, list(_package_rows(folder)))


def as_record(row: Row) -> Record:
    """What a reader of exports would make of the row."""
    year = re.search(r"\d{4}", row["year"])
    return Record(
        source="file",
        source_id=row["record_id"],
        title=row["title"],
        abstract=row["abstract"] or None,
        authors=read_authors(row["author"]),
        journal=row["journal"],
        issn=row["isbn"][:9],
        year=int(year[0]) if year else None,
        volume=row["volume"],
        issue=row["number"],
        pages=row["pages"],
        doi=row["doi"],
    )


_UP, _LOW = "A-ZÀ-ÖØ-Þ", "a-zß-öø-ÿ"
_PARTICLES = (
    "Mc", "Mac", "Fitz", "Da", "De", "Del", "Della", "Di", "Du", "Dos", "El", "Al", "La", "Le",
    "Ten", "Ter", "Van", "Vanden", "Von", "da", "de", "van", "von",
)  # fmt: skip
_NO_PARTICLE = "".join(rf"(?<!\b{particle})" for particle in _PARTICLES)
# Names that lost what stood between them: "Slavin S. A.Lin S. J.", "RezinG.T.AmboniG.",
# "Griffith SCParker TH", "Lin Shih-ChiehHsiao Kuei-Yang" (but not in McDonald or DeWitt).
_GLUE = re.compile(
    rf"(?<=[{_UP}]\.)(?=[{_UP}][{_LOW}'’]|[{_LOW}]{{2}})"
    rf"|(?:(?<= [{_UP}])|(?<= [{_UP}]{{2}}))(?=[{_UP}][{_LOW}'’])"
    rf"|(?<=[{_LOW}]){_NO_PARTICLE}(?=[{_UP}][{_LOW}]+(?:-\w+)? )"
)
_WITH_INITIALS = re.compile(rf"(.+?)(?:\s+|(?<=[{_LOW}]))((?:[{_UP}][.\s-]*){{1,4}})")
# "Lin Shih-Chieh", "Oedegaard Ketil J.", but not "De Boer J. F.".
_WITH_FORE_NAME = re.compile(rf"[{_UP}][\w'’-]+{_NO_PARTICLE} (?:[{_UP}]\. )?[{_UP}][{_LOW}-]")


def read_authors(text: str) -> tuple[Author, ...]:
    """The authors of a cell, however they are divided."""
    for separator in (";", " and "):
        if separator in text:
            names = [name.strip() for name in text.split(separator)]
            return tuple(_author(name) for name in names if name)
    names = [name.strip() for name in _GLUE.split(text) if name.strip()]
    # One name without initials is left whole: "World Health Organization".
    several = len(names) > 1 or any(map(_WITH_INITIALS.fullmatch, names))
    fore_names = sum(_WITH_FORE_NAME.match(name) is not None for name in names)
    if several and 2 * fore_names >= len(names):
        return tuple(_family_name_first(name) for name in names)
    return tuple(_author(name) for name in names)


def _author(name: str) -> Author:
    last, comma, fore = name.partition(",")
    if comma:
        return Author(last=last.strip(), fore=fore.strip())
    if printed := _WITH_INITIALS.fullmatch(name):
        return Author(last=printed[1], initials=re.sub(r"[.\s-]", "", printed[2]))
    return Author(last=name)


def _family_name_first(name: str) -> Author:
    """Of a cell that prints fore names in full: "Hsiao Kuei-Yang"."""
    last, _, fore = name.partition(" ")
    return Author(last=last, fore=fore)


def _package_rows(folder: Path) -> Iterator[Row]:
    """The package's files with the labels, and the columns that ../shared has."""
    labels = _labels(folder / "merged_record_ids.csv")
    texts = iter(list(_endnote_texts(folder)))
    for row in chain.from_iterable(map(_csv_rows, sorted(folder.glob("records_pre_merged*.csv")))):
        printed = {column: row.get(_PACKAGE_NAMES.get(column, column), "") for column in _COLUMNS}
        yield {
            **printed,
            **next(texts, {}),
            "group_id": labels.get(printed["record_id"], printed["record_id"]),
        }


def _csv_rows(file: Path) -> Iterator[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as stream:
        yield from csv.DictReader(stream)


def _labels(file: Path) -> dict[str, str]:
    """A work's name is the record that its line names last, as in ../shared."""
    groups = [row["merged_ids"].split(";") for row in _csv_rows(file)]
    return {identifier: group[-1] for group in groups for identifier in group}


def _endnote_texts(folder: Path) -> Iterator[dict[str, str]]:
    """Abstract and ISSN where the table left them in the EndNote file, in the same order."""
    for file in folder.glob("*.xml"):
        elements = etree.iterparse(
            str(file), tag="record", resolve_entities=False, no_network=True, load_dtd=False
        )
        for _, element in elements:
            yield {name: _text(element, name) for name in ("abstract", "isbn")}
            element.clear()


def _text(element: etree._Element, name: str) -> str:
    return "".join("".join(map(str, part.itertext())) for part in element.findall(name))
