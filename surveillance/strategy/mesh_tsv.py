"""MeSH as tab-separated text: one row for each place of a descriptor in the tree.

Columns `DescriptorUI`, `DescriptorName`, `tree_location`; the project's own files have a fourth,
`entry_terms`, filled in the first row of a descriptor and parted by `|`. Lines that begin with
`#` are comments. A thesaurus is a file of terms (`DescriptorUI`, …, `TermName`), one a row.
"""

from __future__ import annotations

import gzip
import os
import re
import zlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import IO

from surveillance.strategy.mesh_descriptors import Descriptor, MeshEdition, MeshUnreadable

COLUMNS = ("DescriptorUI", "DescriptorName", "tree_location")
WITH_TERMS = (*COLUMNS, "entry_terms")
BETWEEN_TERMS = "|"

# MeSH 2024 has 64,342 rows of at most 130 characters, its entry terms 252,000; a row of ours with
# all entry terms of a heading has up to 15,000: room for growth, none for a bomb.
MOST_ROWS = 1_000_000
LONGEST_ROW = 20_000
MOST_CHARACTERS = 500_000_000

_OF_THESAURUS = ("DescriptorUI", "TermName", "DescriptorName")
_TREE_NUMBER = re.compile(r"[A-Z][0-9]{2}(\.[0-9]{3})*")
_YEAR = re.compile(r"\b(?:19|20)[0-9]{2}\b")
_YEAR_IN_NAME = re.compile(r"(?<![0-9])(?:19|20)[0-9]{2}(?![0-9])")
_GZIP = b"\x1f\x8b"


def read_tsv(path: Path) -> MeshEdition:
    """The descriptors in a file, plain or gzipped; its year is that of a comment or of its name.

    Raises `MeshUnreadable` with the line at fault.
    """
    comments: list[str] = []
    found: dict[str, Descriptor] = {}
    for number, cells in _cells(path, (COLUMNS, WITH_TERMS), comments):
        _add(found, path, number, cells)
    if not found:
        raise MeshUnreadable(path, None, "there is no descriptor in it.")
    return MeshEdition(_year(path, comments), tuple(found.values()))


def with_thesaurus(edition: MeshEdition, path: Path) -> MeshEdition:
    """The edition with the entry terms of a thesaurus file, and the headings that only that has.

    Those have no place in the tree then. Raises `MeshUnreadable`.
    """
    terms: dict[str, list[str]] = {}
    names: dict[str, str] = {}
    for _, (ui, term, name) in _cells(path, None, []):
        terms.setdefault(ui, []).append(term)
        names.setdefault(ui, name)
    known = {descriptor.ui for descriptor in edition.descriptors}
    others = tuple(Descriptor(ui, name) for ui, name in names.items() if ui not in known)
    return replace(
        edition,
        descriptors=tuple(
            replace(
                descriptor,
                entry_terms=_other_names(descriptor.name, terms.get(descriptor.ui, ())),
            )
            for descriptor in (*edition.descriptors, *others)
        ),
    )


def write_tsv(edition: MeshEdition, path: Path) -> None:
    """Write the edition so that `read_tsv` reads the same; whole or not at all.

    Raises `OSError`. The file is written beside and renamed, so that a reader sees the old or
    the new one.
    """
    beside = path.with_name(f"{path.name}.{os.getpid()}.new")
    try:
        with beside.open("w", encoding="utf-8", newline="\n") as file:
            file.writelines(_printed(edition))
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)


def _printed(edition: MeshEdition) -> Iterator[str]:
    if edition.year:
        yield f"# MeSH {edition.year}\n"
    yield "\t".join(WITH_TERMS) + "\n"
    for descriptor in edition.descriptors:
        terms = BETWEEN_TERMS.join(descriptor.entry_terms)
        for place in descriptor.tree_numbers or ("",):
            yield f"{descriptor.ui}\t{descriptor.name}\t{place}\t{terms}\n"
            terms = ""


def _add(found: dict[str, Descriptor], path: Path, line: int, cells: Sequence[str]) -> None:
    """One more row: a descriptor, or one more place of one."""
    ui, name, place = cells[:3]
    if not name:
        raise MeshUnreadable(path, line, "a descriptor has no name.")
    if place and not _TREE_NUMBER.fullmatch(place):
        raise MeshUnreadable(path, line, f"{place!r} is not a tree number such as E04.555.080.")
    places = (place,) if place else ()
    terms = tuple(filter(None, cells[3].split(BETWEEN_TERMS))) if len(cells) > 3 else ()
    # Two headings may carry one number in a file made by hand: the name tells them apart.
    known = found.get(ui + name)
    if known is None:
        found[ui + name] = Descriptor(ui, name, places, terms)
    else:
        found[ui + name] = Descriptor(
            ui, name, known.tree_numbers + places, known.entry_terms + terms
        )


def _other_names(name: str, terms: Iterable[str]) -> tuple[str, ...]:
    """The entry terms, each once, without the heading itself and what the file cannot hold."""
    kept = dict.fromkeys(term for term in terms if term != name and BETWEEN_TERMS not in term)
    return tuple(kept)


def _cells(
    path: Path, headers: tuple[tuple[str, ...], ...] | None, comments: list[str]
) -> Iterator[tuple[int, list[str]]]:
    """(line, cells) of each row; `headers` None: a thesaurus, of which three columns are kept."""
    columns: list[int] | None = None
    width = 0
    with _opened(path) as lines:
        for number, line in _bounded(path, lines):
            if line.startswith("#"):
                comments.append(line)
                continue
            cells = [cell.strip() for cell in line.rstrip("\r\n").split("\t")]
            if columns is None:
                columns, width = _columns(path, number, cells, headers), len(cells)
            elif len(cells) != width:
                said = f"{len(cells)} columns where there should be {width}."
                raise MeshUnreadable(path, number, said)
            else:
                yield number, [cells[column] for column in columns]


def _columns(
    path: Path, line: int, cells: list[str], headers: tuple[tuple[str, ...], ...] | None
) -> list[int]:
    """Which columns are kept."""
    if headers is None and set(_OF_THESAURUS) <= set(cells):
        return [cells.index(column) for column in _OF_THESAURUS]
    if headers is not None and tuple(cells) in headers:
        return list(range(len(cells)))
    raise MeshUnreadable(path, line, "the first row does not name the columns.")


def _bounded(path: Path, lines: IO[str]) -> Iterator[tuple[int, str]]:
    """The numbered lines that are not empty, within the limits."""
    number = read = 0
    while line := lines.readline(LONGEST_ROW + 1):
        number += 1
        read += len(line)
        if len(line) > LONGEST_ROW:
            raise MeshUnreadable(path, number, f"a row is longer than {LONGEST_ROW} characters.")
        if number > MOST_ROWS or read > MOST_CHARACTERS:
            raise MeshUnreadable(path, number, f"there are more than {MOST_ROWS:,} rows.")
        if line.strip():
            yield number, line


@contextmanager
def _opened(path: Path) -> Iterator[IO[str]]:
    """The text of a file, gzip seen through; damage becomes `MeshUnreadable`."""
    try:
        with _text(path) as lines:
            yield lines
    except UnicodeDecodeError as error:
        raise MeshUnreadable(path, None, "this is not UTF-8 text.") from error
    except (OSError, EOFError, zlib.error) as error:
        reason = getattr(error, "strerror", None) or "it is damaged or cut short"
        raise MeshUnreadable(path, None, f"cannot be read: {reason}.") from error


def _text(path: Path) -> IO[str]:
    with path.open("rb") as file:
        zipped = file.read(2) == _GZIP
    if zipped:
        return gzip.open(path, "rt", encoding="utf-8")
    return path.open(encoding="utf-8")


def _year(path: Path, comments: Iterable[str]) -> int | None:
    """The year that a comment says, else the file's name."""
    stated = next((found for line in comments if (found := _YEAR.search(line))), None)
    stated = stated or year_in_name(path)
    return int(stated[0]) if stated else None


def year_in_name(path: Path) -> re.Match[str] | None:
    """`2024` of `desc2024.xml`."""
    return _YEAR_IN_NAME.search(path.name)
