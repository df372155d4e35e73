"""What `surveil export` writes beside a report's fields, so that reading it back loses nothing.

No format of other programs says all that a record holds, and a merged report shows the fields of
several records. So each entry of an export carries its records and people's decisions as JSON, in a
field that other programs leave alone. Where that is whole it is what counts, whatever became of
the fields beside it: a record is what its source returned, and nobody edits it in a spreadsheet.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from surveillance.errors import UnreadableInput
from surveillance.records.json_lines import from_json, to_json
from surveillance.records.model import Record
from surveillance.records.payload import Captured, Payload
from surveillance.records.text import NumberedLine, UnreadLines

MEDIA_TYPE = "application/vnd.surveil.report+json"
#: How what is carried begins, by which it is told from what others keep in the same field.
MARK = '{"surveil":1,'
#: Excel cuts a cell at 32,767 characters; longer texts are carried in several pieces.
PIECE = 30_000
# Blanks stand in the texts alone, for nothing else of the JSON has any.
_BLANKS = re.compile("  +")
#: The largest entry that is read: as large as the largest of PubMed's XML.
MAX_CHARACTERS = 16 * 1024**2
#: A report of more records, or with more words of people, is none.
MAX_RECORDS = MAX_WORDS = 10_000


@dataclass(frozen=True, slots=True)
class CarriedWord:
    """What one person said of a report, at which stage, when and why."""

    stage: str
    verdict: str
    criterion: str
    reason: str
    by: str
    on: date


@dataclass(frozen=True, slots=True)
class CarriedReport:
    """A report as an export carries it: its name there, its records, what people said."""

    name: str
    records: tuple[Record, ...]
    words: tuple[CarriedWord, ...] = ()


def pieces_of(report: CarriedReport, size: int = PIECE) -> tuple[str, ...]:
    """A report as text in pieces of at most `size` characters, all of them ASCII.

    No piece begins or ends with a blank, which readers strip; no two blanks stand together, which
    other programs make one.
    """
    text = _written(report)
    pieces: list[str] = []
    begins = 0
    while begins < len(text):
        ends = min(begins + size, len(text))
        while ends < len(text) and " " in (text[ends - 1], text[ends]):
            ends -= 1
        pieces.append(text[begins:ends])
        begins = ends
    return tuple(pieces)


def read_carried(text: str) -> CarriedReport:
    """What `pieces_of` wrote, joined; raises `UnreadableInput` where it is damaged."""
    if len(text) > MAX_CHARACTERS:
        raise UnreadableInput(f"it has more than {MAX_CHARACTERS:,} characters.")
    try:
        document = json.loads(text)
        if any(letter in text for letter in ("\\u0000", "\\ud", "\\uD")):
            # JSON can write what no text holds; pairs of surrogates come back as one letter.
            json.dumps(document, ensure_ascii=False).encode()
            _refuse_nul(document)
        return CarriedReport(
            name=_text(document["report"]),
            records=tuple(map(from_json, _listed(document["records"], MAX_RECORDS))),
            words=tuple(map(_word, _listed(document["words"], MAX_WORDS))),
        )
    except (ValueError, KeyError, TypeError, RecursionError) as fault:
        raise UnreadableInput(f"{type(fault).__name__}: {fault}.") from None


def taken_back(
    pieces: Iterable[str], line: NumberedLine, unread: UnreadLines
) -> tuple[Captured, ...]:
    """The records that an entry carries, each with all that is carried as its payload.

    None where it carries nothing, or where that is damaged, which is remarked: the fields beside
    it are then all there is.
    """
    text = "".join(pieces)
    if not text.startswith(MARK):
        return ()
    try:
        report = read_carried(text)
    except UnreadableInput as fault:
        why = f"what this program wrote beside the fields is damaged, so they count ({fault})"
        unread.leave(line, why)
        return ()
    payload = Payload(text.encode(), MEDIA_TYPE)
    return tuple(Captured(record, payload) for record in report.records)


def is_carried(item: Captured) -> bool:
    """Whether a record was carried by an export of this program."""
    return item.payload.media_type == MEDIA_TYPE


def reports_in(items: Iterable[Captured]) -> tuple[CarriedReport, ...]:
    """The reports that carried these records, each once, in their order."""
    payloads = dict.fromkeys(item.payload.content for item in items if is_carried(item))
    return tuple(read_carried(content.decode()) for content in payloads)


def _written(report: CarriedReport) -> str:
    document = {
        "surveil": 1,
        "report": report.name,
        "records": [to_json(record) for record in report.records],
        "words": [{**asdict(word), "on": word.on.isoformat()} for word in report.words],
    }
    text = json.dumps(document, separators=(",", ":"))
    return _BLANKS.sub(lambda found: "\\u0020" * len(found[0]), text)


def _listed(value: object, most: int) -> Sequence[Any]:
    if not isinstance(value, list) or len(value) > most:
        raise ValueError(f"not a list of up to {most:,}")
    return value


def _word(document: dict[str, Any]) -> CarriedWord:
    said = {
        name: _text(document[name]) for name in ("stage", "verdict", "criterion", "reason", "by")
    }
    return CarriedWord(**said, on=date.fromisoformat(_text(document["on"])))


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{value!r:.40} is no text")
    return value


def _refuse_nul(document: object) -> None:
    """Raise `ValueError` for a NUL, which no store takes."""
    pending = [document]
    while pending:
        one = pending.pop()
        if isinstance(one, str) and "\x00" in one:
            raise ValueError("a NUL stands in it")
        if isinstance(one, dict):
            pending += [*one.keys(), *one.values()]
        elif isinstance(one, list):
            pending += one
