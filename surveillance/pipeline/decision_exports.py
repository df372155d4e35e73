"""What waits for a decision → RIS or CSV for another screening tool, with our name of each report.

The name stands in several fields, because each tool keeps others: Covidence the accession number,
Rayyan the notes, EPPI-Reviewer the notes and the imported identifier (docs/screening.md).
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from surveillance.documents.exports.exported import NAME
from surveillance.errors import Place, UnreadableInput
from surveillance.pipeline.decision_queue import Waiting
from surveillance.records import Captured, Payload, Record
from surveillance.records.cells import harmless
from surveillance.records.ris_writing import to_ris
from surveillance.records.text import on_one_line

#: Columns that Rayyan and spreadsheets read; people fill in those after `abstract`.
COLUMNS = (
    *("key", "report", "title", "authors", "journal", "volume", "issue", "pages", "year"),
    *("doi", "pubmed_id", "url", "abstract"),
    *("decision", "stage", "reason", "notes", "proposal", "criterion"),
)
_PUBMED = "https://pubmed.ncbi.nlm.nih.gov/"


def export_format(file: Path) -> str:
    """“ris” or “csv”, by the file's name; raises `UnreadableInput` for another."""
    ending = file.suffix.casefold().removeprefix(".")
    if ending not in ("ris", "csv"):
        raise UnreadableInput(
            "what waits is written as RIS or CSV.",
            place=Place(file),
            hint="Name a file that ends in .ris or .csv.",
        )
    return ending


def export_waiting(queue: Iterable[Waiting], stage: str, ending: str) -> bytes:
    """The reports of a queue in one of the two formats."""
    text = _csv(queue, stage) if ending == "csv" else _ris(queue)
    return text.encode("utf-8", errors="backslashreplace")


def _ris(queue: Iterable[Waiting]) -> str:
    return "\n".join(map(_ris_record, queue))


def _ris_record(waiting: Waiting) -> str:
    name = NAME.format(waiting.report)
    # The source's own number would stand where the tools look for ours.
    record = replace(waiting.lead, source="surveil", source_id=name)
    lines = to_ris(Captured(record, Payload(b"", "text/plain"))).splitlines()
    more = [f"ID  - {name}", f"N1  - {name}"]
    more += [f"UR  - {url}"] if (url := _url(record)) else []
    return "".join(f"{line}\n" for line in (*lines[:-1], *more, lines[-1]))


def _csv(queue: Iterable[Waiting], stage: str) -> str:
    made = io.StringIO()
    table = csv.writer(made, lineterminator="\r\n")
    table.writerow(COLUMNS)
    for waiting in queue:
        cells = _cells(waiting, stage)
        table.writerow([harmless(on_one_line(cells.get(column, ""))) for column in COLUMNS])
    # Excel takes a table for Windows-1252 unless it begins with the mark.
    return f"\ufeff{made.getvalue()}"


def _cells(waiting: Waiting, stage: str) -> dict[str, str]:
    record, name = waiting.lead, NAME.format(waiting.report)
    proposal = waiting.proposal
    return {
        "key": name,
        "report": str(waiting.report),
        "title": record.title,
        "authors": "; ".join(map(str, record.authors)),
        "journal": record.journal or record.journal_abbreviation,
        "volume": record.volume,
        "issue": record.issue,
        "pages": record.pages,
        "year": str(record.year or ""),
        "doi": record.doi,
        "pubmed_id": record.pmid,
        "url": _url(record),
        "abstract": record.abstract or "",
        "stage": stage,
        "notes": name,
        "proposal": str(proposal.verdict) if proposal else "",
        "criterion": (proposal.criterion or proposal.reason) if proposal else "",
    }


def _url(record: Record) -> str:
    return f"{_PUBMED}{record.pmid}/" if record.pmid.isdecimal() else ""
