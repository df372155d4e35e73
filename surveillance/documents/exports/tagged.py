"""Reports → RIS and NBIB: the standard's fields, and in fields of our own what they cannot say."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from surveillance.alerts.wording import one_line
from surveillance.documents.exports.exported import Exported, ExportedReport, said, told, why
from surveillance.records import Captured, Payload, medline, ris
from surveillance.records.carried import pieces_of
from surveillance.records.medline_writing import to_nbib
from surveillance.records.ris_writing import to_ris


def as_ris(exported: Exported) -> bytes:
    """A file of RIS, an entry a report."""
    return "\n".join(map(_ris_entry, exported.reports)).encode()


def as_nbib(exported: Exported) -> bytes:
    """A file of NBIB, an entry a report; one without a PMID begins with an empty one."""
    return "".join(map(_nbib_entry, exported.reports)).encode()


def _ris_entry(report: ExportedReport) -> str:
    lines = to_ris(Captured(report.printed, Payload(b"", "text/plain"))).rstrip("\n").split("\n")
    more = [f"ID  - {report.name}", *(f"N1  - {note}" for note in _notes(report))]
    more += [f"UR  - {report.url}"] if report.url else []
    more += [f"C1  - {said(report.decided)}"] if report.decided else []
    more += [f"{ris.CARRIED}  - {piece}" for piece in pieces_of(report.carried)]
    return "".join(f"{line}\n" for line in (*lines[:-1], *more, lines[-1]))


def _nbib_entry(report: ExportedReport) -> str:
    notes = [("GN", note) for note in _notes(report)]
    carried = [(medline.CARRIED, piece) for piece in pieces_of(report.carried)]
    return to_nbib(report.printed, [*notes, *carried])


def _notes(report: ExportedReport) -> Iterator[str]:
    notes: Iterable[str] = (
        report.name,
        f"Fields from: {report.fields_from}",
        f"Decisions: {told(report.words)}" if report.words else "",
        f"Exclusion reason: {why(report.decided)}" if _excluded(report) and report.decided else "",
        f"Proposed by rule: {report.proposal} ({report.proposal_reason})"
        if report.proposal
        else "",
        f"Known item: {report.known_item}" if report.known_item else "",
    )
    return (one_line(note) for note in notes if note)


def _excluded(report: ExportedReport) -> bool:
    return report.decided is not None and report.decided.verdict == "exclude"
