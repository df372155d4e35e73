"""Files of people's decisions, as screening tools export them → rows that name a report.

RIS and tables (CSV and its kin), from anybody: each fault has its line, and every fault is told
before anything is stored. docs/screening.md says which columns and tags are read, and whose.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from surveillance.errors import Place, UnreadableInput
from surveillance.records import Record
from surveillance.records.columns import tag_of
from surveillance.records.ris import looks_like_ris, tagged_ris
from surveillance.records.ris_fields import read_fields
from surveillance.records.tagged import TaggedRecord
from surveillance.records.text import MAX_FIELD, numbered_lines, on_one_line, read_text_records
from surveillance.screening.decision_words import (
    DecisionWord,
    UnknownWord,
    read_notes,
    read_stage,
    read_word,
    reason_in_notes,
)
from surveillance.screening.rules import Verdict

_NAMED = re.compile(r"\bsurveil-report-(\d{1,18})\b")
#: A table has at most so many columns; a spreadsheet's width is 16,384.
MAX_COLUMNS = 16_384
_DELIMITERS = ",;\t|"

#: Columns by what they say, without case, blanks and signs.
_NUMBER = frozenset(("report", "reportnumber", "surveilreport"))
_NAMES = frozenset(("key", "id", "recordid", "ref", "accessionnumber", "importedid", "olditemid"))
_NOTES = frozenset(("notes", "note"))
_WORD = frozenset(("decision", "verdict", "screeningdecision", "finaldecision", "code", "codes"))
_STAGE = frozenset(("stage", "screeningstage"))
_REASON = frozenset(("reason", "exclusionreason", "exclusionreasons", "reasonforexclusion"))
_BY = frozenset(("by", "reviewer", "decidedby", "screenedby"))
_MEANT = _NUMBER | _NAMES | _NOTES | _WORD | _STAGE | _REASON | _BY
#: Tags of RIS that hold names, and those in which people keep a word of their own.
_NAMING_TAGS = frozenset(("AN", "ID", "N1", "M1", "U1", "U2", "U3", "U4", "U5", "C1", "LB"))
_WORD_TAGS = frozenset(("C1", "C2", "C3", "C4", "C5", "C6", "C7", "C8", "LB", "U3", "U4", "U5"))
#: How a decision begins that cannot be about anything else.
_TELLING = ("includ", "exclud", "unsure", "maybe")
_TICKED = frozenset(("1", "x", "yes", "true", "✓"))
_PARTS = re.compile(r"[;|\n]")


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong in one line of a file."""

    line: int
    message: str


@dataclass(frozen=True, slots=True)
class DecisionRow:
    """One record of a file: how it names its report, and what it says of it.

    `numbers` are the reports that it names by our own name for them.
    """

    line: int
    numbers: frozenset[int]
    record: Record | None
    words: tuple[DecisionWord, ...]


@dataclass(slots=True)
class DecisionFile:
    """What was read of a file: rows, what is wrong in it, and how many lines are no record's."""

    path: Path
    rows: list[DecisionRow] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    unread_lines: int = 0


def read_decisions(path: Path) -> DecisionFile:
    """The decisions in a file of RIS or a table.

    Raises `UnreadableInput` where it is neither, damaged or too large.
    """
    try:
        text = read_text_records(path)
        found = DecisionFile(path)
        if looks_like_ris(text):
            _read_ris(text, found)
        elif text.strip():
            _read_table(text, found)
    except UnreadableInput as fault:
        raise _in_file(fault, path) from None
    if not found.rows and not found.faults:
        raise UnreadableInput("there is no record in the file.", place=Place(path))
    return found


def _in_file(fault: UnreadableInput, path: Path) -> UnreadableInput:
    place = Place(path, fault.place.line, fault.place.column) if fault.place else Place(path)
    return UnreadableInput(fault.message, place=place, hint=fault.hint)


def _read_ris(text: str, found: DecisionFile) -> None:
    records, unread = tagged_ris(text)
    found.unread_lines = len(unread)
    for record in records:
        try:
            found.rows.append(_of_ris(record))
        except UnknownWord as word:
            found.faults.append(_unknown(record.begins.number, word))


def _of_ris(tagged: TaggedRecord) -> DecisionRow:
    texts = [(item.tag, on_one_line(item.text)) for item in tagged.fields]
    values: dict[str, tuple[str, ...]] = {}
    for tag, text in texts:
        values[tag] = (*values.get(tag, ()), text)
    notes = [text for tag, text in texts if tag == "N1"]
    codes = (_own_word(text) for tag, text in texts if tag in _WORD_TAGS)
    return DecisionRow(
        line=tagged.begins.number,
        numbers=_numbers(text for tag, text in texts if tag in _NAMING_TAGS),
        record=read_fields(values, "file", ""),
        words=_with_notes([word for word in codes if word], notes, "", "", ""),
    )


def _own_word(text: str) -> DecisionWord | None:
    """A custom field holds whatever people put there: a bare “no” is not about inclusion."""
    if not text.strip().casefold().startswith(_TELLING):
        return None
    try:
        return read_word(text)
    except UnknownWord:
        return None


@dataclass(frozen=True, slots=True)
class _Columns:
    """The places of a table's columns by what they say, and the codes that are columns."""

    names: tuple[str, ...]
    tags: tuple[str, ...]
    codes: tuple[DecisionWord | None, ...]

    def cells(self, row: Sequence[str], names: frozenset[str]) -> list[str]:
        return [row[place] for place, name in enumerate(self.names) if name in names and row[place]]

    def first(self, row: Sequence[str], names: frozenset[str]) -> str:
        return next(iter(self.cells(row, names)), "")


def _read_table(text: str, found: DecisionFile) -> None:
    rows = _rows(text, _delimiter(text))
    line, header = next(((n, row) for n, row in rows if not row[0].startswith("sep=")), (1, []))
    columns = _columns_of(line, header)
    for line, cells in rows:
        if any(cells[len(header) :]) or len(cells) < len(header):
            words = f"a row of {len(cells)} cells where the header has {len(header)}."
            found.faults.append(Fault(line, words))
            continue
        try:
            found.rows.append(_of_table(line, cells, columns))
        except UnknownWord as word:
            found.faults.append(_unknown(line, word))


def _columns_of(line: int, header: Sequence[str]) -> _Columns:
    if len(header) > MAX_COLUMNS:
        raise UnreadableInput(
            f"the table has more than {MAX_COLUMNS:,} columns.", place=Place("the text", line)
        )
    names = tuple(re.sub(r"[\W_]", "", name.casefold()) for name in header)
    columns = _Columns(names, tuple(map(tag_of, header)), tuple(map(_code_column, header)))
    identified = {"TI", "DO", "PM"} & set(columns.tags) or (_NUMBER | _NAMES | _NOTES) & set(names)
    if not identified:
        raise UnreadableInput(
            "no column says which report a row is about.",
            place=Place("the text", line),
            hint="It needs one of: report, key, accession number, PMID, DOI, title.",
        )
    return columns


def _code_column(name: str) -> DecisionWord | None:
    """A table with a column a code says with a tick that the code was given."""
    if re.sub(r"[\W_]", "", name.casefold()) in _MEANT:
        return None
    return _own_word(name)


def _of_table(line: int, cells: Sequence[str], columns: _Columns) -> DecisionRow:
    values: dict[str, tuple[str, ...]] = {}
    for place, tag in enumerate(columns.tags):
        if tag and cells[place]:
            values[tag] = (*values.get(tag, ()), on_one_line(cells[place]))
    notes = columns.cells(cells, _NOTES)
    numbered = (cell for cell in columns.cells(cells, _NUMBER) if _is_number(cell))
    names = _numbers([*columns.cells(cells, _NAMES | _NUMBER), *notes])
    said = [
        word
        for cell in columns.cells(cells, _WORD)
        for part in _PARTS.split(cell)
        if (word := read_word(part))
    ]
    said += [
        code
        for place, code in enumerate(columns.codes)
        if code and cells[place].casefold() in _TICKED
    ]
    return DecisionRow(
        line=line,
        numbers=names | {int(cell) for cell in numbered},
        record=read_fields(values, "file", ""),
        words=_with_notes(
            said,
            notes,
            stage=read_stage(columns.first(cells, _STAGE)),
            reason=on_one_line(columns.first(cells, _REASON)),
            by=columns.first(cells, _BY),
        ),
    )


def _with_notes(
    said: Sequence[DecisionWord], notes: Sequence[str], stage: str, reason: str, by: str
) -> tuple[DecisionWord, ...]:
    """The row's own words, else those in its notes, each with what the row says beside them."""
    in_notes = [word for note in notes for word in read_notes(note)]
    why = reason or next(filter(None, map(reason_in_notes, notes)), "")
    if not said and not in_notes and why:
        said = [DecisionWord(Verdict.EXCLUDE)]
    completed = (
        DecisionWord(
            word.verdict,
            stage or word.stage,
            (reason or word.reason or why) if word.verdict is Verdict.EXCLUDE else reason,
            word.by or by,
        )
        for word in [*said, *in_notes]
    )
    return tuple(dict.fromkeys(completed))


def _numbers(texts: Iterable[str]) -> frozenset[int]:
    return frozenset(int(number) for text in texts for number in _NAMED.findall(text))


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) <= 18


def _unknown(line: int, word: UnknownWord) -> Fault:
    return Fault(line, f"“{_cut(str(word))}” is no decision; write include, exclude or unsure.")


def _cut(text: str) -> str:
    """What stands in a file, short and without what would move a terminal's cursor."""
    printable = "".join(letter if letter.isprintable() else "�" for letter in text)
    return printable if len(printable) <= 60 else f"{printable[:60]}…"


def _delimiter(text: str) -> str:
    """The sign that divides the header into most columns of ours."""
    lines = [line for line in text[:MAX_FIELD].splitlines() if line.strip()][:2]
    header = lines[-1] if lines and lines[0].startswith("sep=") else "".join(lines[:1])

    def known(delimiter: str) -> int:
        names = (cell.strip().strip('"') for cell in header.split(delimiter))
        plain = [(name, re.sub(r"[\W_]", "", name.casefold())) for name in names]
        return sum(bool(tag_of(name)) or short in _MEANT for name, short in plain)

    return max(_DELIMITERS, key=known)


def _rows(text: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """Every row that has a cell with something in it, with the line it begins on."""
    csv.field_size_limit(MAX_FIELD)
    reader = csv.reader(
        (f"{line.text}\n" for line in numbered_lines(text)), delimiter=delimiter, strict=True
    )
    begins = 1
    try:
        for cells in reader:
            stripped = [cell.strip() for cell in cells]
            if any(stripped):
                yield begins, stripped
            begins = reader.line_num + 1
    except csv.Error as fault:
        raise UnreadableInput(
            f"the table cannot be read from here on: {fault}.",
            place=Place("the text", begins),
            hint="Look for a quotation mark without its partner.",
        ) from None
