"""A labelled table for `surveil rank simulate`: records with what people decided on them."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from surveillance.errors import Place, UnreadableInput
from surveillance.records.text import MAX_FIELD, read_text_records
from surveillance.screening.rank_words import RankText

COLUMNS = ("record_id", "title", "abstract", "label")
_DELIMITERS = ",;\t"
_LABELS = {"1": True, "0": False}


@dataclass(frozen=True, slots=True)
class LabelledTable:
    """The records of a table: their names, texts, and whether people included them.

    Real tables give a name twice: a record is known by its place.
    """

    names: tuple[str, ...]
    texts: tuple[RankText, ...]
    included: tuple[bool, ...]


@dataclass(frozen=True, slots=True)
class _Row:
    line: int
    cells: dict[str, str]


def read_labelled(path: Path) -> LabelledTable:
    """The labelled table in `path`, CSV, gzipped or not; raises `UnreadableInput` with its line."""
    rows = list(_rows(path))
    included = tuple(_label(row, path) for row in rows)
    for said, what in ((True, "included (1)"), (False, "excluded (0)")):
        if said not in included:
            raise UnreadableInput(
                f"no record is labelled {what}.",
                place=Place(path),
                hint="A replay begins with one included and one excluded record.",
            )
    names = tuple(_name(row, path) for row in rows)
    texts = tuple(RankText(row.cells["title"], row.cells["abstract"]) for row in rows)
    return LabelledTable(names, texts, included)


def _rows(path: Path) -> Iterator[_Row]:
    text = _text(path)
    csv.field_size_limit(MAX_FIELD)
    first = text.split("\n", 1)[0]
    delimiter = max(_DELIMITERS, key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        columns = _columns(next(reader, []), path)
        before = reader.line_num
        for cells in reader:
            if any(cells):
                yield _row(before + 1, cells, columns, path)
            before = reader.line_num
    except csv.Error as fault:
        raise UnreadableInput(
            f"the table cannot be read from here on: {fault}.",
            place=Place(path, reader.line_num, 1),
            hint="Look for a quotation mark without its partner.",
        ) from None


def _text(path: Path) -> str:
    try:
        return read_text_records(path).removeprefix("\ufeff")
    except UnreadableInput as fault:
        line = fault.place.line if fault.place else None
        raise UnreadableInput(fault.message, place=Place(path, line), hint=fault.hint) from None


def _columns(header: Sequence[str], path: Path) -> dict[str, int]:
    places = {name.strip().lower(): place for place, name in enumerate(header)}
    if missing := [name for name in COLUMNS if name not in places]:
        raise UnreadableInput(
            f"the table has no column {', '.join(missing)}.",
            place=Place(path, 1, 1),
            hint=f"Its first line must name {', '.join(COLUMNS)}; others are not read.",
        )
    return {name: places[name] for name in COLUMNS}


def _row(line: int, cells: Sequence[str], columns: dict[str, int], path: Path) -> _Row:
    if len(cells) <= max(columns.values()):
        raise UnreadableInput(
            f"the row has {len(cells)} cells, too few for the columns of the first line.",
            place=Place(path, line, 1),
            hint="Look for a quotation mark without its partner, or a separator that is another.",
        )
    return _Row(line, {name: cells[place].strip() for name, place in columns.items()})


def _label(row: _Row, path: Path) -> bool:
    said = row.cells["label"]
    if said not in _LABELS:
        raise UnreadableInput(
            f"the label is “{said[:40]}”, neither 0 nor 1.",
            place=Place(path, row.line, 1),
            hint="1 is included, 0 excluded; leave out records that nobody decided on.",
        )
    return _LABELS[said]


def _name(row: _Row, path: Path) -> str:
    if not row.cells["record_id"]:
        raise UnreadableInput(
            "the record has no record_id.",
            place=Place(path, row.line, 1),
            hint="Number the records.",
        )
    return row.cells["record_id"]
