"""A report on its way to another program: its fields, its records, what was decided of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from surveillance.alerts.wording import one_line
from surveillance.dedup.merged import MergedField
from surveillance.records import Record
from surveillance.records.carried import CarriedReport, CarriedWord
from surveillance.records.json_lines import from_json, to_json

#: How a report is named in a field of somebody else's file.
NAME = "surveil-report-{}"
_PUBMED = "https://pubmed.ncbi.nlm.nih.gov/"


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportedReport:
    """A report of a topic: `shown` is what its records say together, `fields` which says what.

    `records` stand in the order in which they speak for it. `words` are what people said, at both
    stages, oldest first; `decided` the one that counts at the last stage reached, None where none
    does. `proposal` is the rules' verdict and why, empty where a rule said nothing.
    """

    number: int
    records: tuple[Record, ...]
    shown: Record
    fields: tuple[MergedField, ...]
    words: tuple[CarriedWord, ...]
    decided: CarriedWord | None
    proposal: str
    proposal_reason: str
    known_item: str
    first_seen_on: date

    @property
    def name(self) -> str:
        """How it is called in other programs."""
        return NAME.format(self.number)

    @property
    def carried(self) -> CarriedReport:
        """All of it that reading the export back needs."""
        return CarriedReport(self.name, self.records, self.words)

    @property
    def printed(self) -> Record:
        """`shown` under our name of the report, its texts in lines that any program can read.

        The source's own number would stand where screening tools look for our name.
        """
        named = replace(self.shown, source="surveil", source_id=self.name)
        return from_json(_printable(to_json(named)))

    @property
    def url(self) -> str:
        """Where it can be looked at, if PubMed has it."""
        return f"{_PUBMED}{self.shown.pmid}/" if self.shown.pmid.isdecimal() else ""

    @property
    def fields_from(self) -> str:
        """Which record each field comes from, in one sentence: “pubmed:1 (title, authors)”."""
        by_record: dict[str, list[str]] = {}
        for one in self.fields:
            by_record.setdefault(one.source_record, []).append(one.field)
        return "; ".join(f"{record} ({', '.join(names)})" for record, names in by_record.items())


def _printable(value: Any) -> Any:
    """JSON whose texts have no control characters and no ends of lines."""
    if isinstance(value, str):
        return one_line(value)
    if isinstance(value, list):
        return [_printable(one) for one in value]
    if isinstance(value, dict):
        return {name: _printable(one) for name, one in value.items()}
    return value


@dataclass(frozen=True, slots=True, kw_only=True)
class Exported:
    """The reports of a topic that an export holds, and what the file says of itself."""

    title: str
    guidance: str
    program: str
    state: str
    reports: tuple[ExportedReport, ...]


def said(word: CarriedWord) -> str:
    """A word as screening tools write it: “EXCLUDE on population” has no stage, so ours has."""
    return f"{word.verdict} on {'title & abstract' if word.stage == 'abstract' else 'full text'}"


def why(word: CarriedWord) -> str:
    """The reason of a word, with its criterion where it names one."""
    parts = dict.fromkeys(filter(None, (word.criterion, word.reason)))
    return ": ".join(parts)


def told(words: Iterable[CarriedWord]) -> str:
    """All that people said, for a cell or a note."""
    return "; ".join(
        f"{said(one)}{f' ({why(one)})' if why(one) else ''}, {one.by}, {one.on}" for one in words
    )
