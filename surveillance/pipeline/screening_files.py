"""A file of records held against criteria, and the table of what was proposed: no store."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from surveillance.errors import Place, UnreadableInput
from surveillance.pipeline.dedup_files import Gathered, gather
from surveillance.pipeline.results_folder import write_table
from surveillance.records.bounded import open_records
from surveillance.records.cells import harmless
from surveillance.records.csv_files import table_file
from surveillance.screening.criteria import Criteria
from surveillance.screening.rules import ScreeningProposal, Verdict, screen

if TYPE_CHECKING:
    from surveillance.pipeline.walk import Progress

SCREENED = "screened.csv"
RESULTS = (SCREENED,)
HEADER = ("record_id", "decision", "reason", "criteria", "evidence")

#: A header further down is named without its line.
_HEADER_WITHIN = 20


@dataclass(frozen=True, slots=True)
class Screening:
    """What the rules propose on each record of a file, in its order."""

    names: tuple[str, ...]
    proposals: tuple[ScreeningProposal, ...]

    def count(self, verdict: Verdict) -> int:
        """How many records have this verdict."""
        return sum(proposal.verdict is verdict for proposal in self.proposals)

    def reasons(self, verdict: Verdict) -> dict[str, int]:
        """The criteria that led to a verdict and how often each did, the most frequent first."""
        counts = Counter(one.criterion for one in self.proposals if one.verdict is verdict)
        return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))


def read_file(path: Path, progress: Progress) -> Gathered:
    """The records of a file of any format in docs/formats.md.

    Raises `UnreadableInput` where it cannot be read, or is a table without abstracts: every
    record of it would be *unsure*, and nobody would know why.
    """
    table = table_file(path)
    if table and "AB" not in table.header.tags:
        names = ", ".join(table.header.names)
        raise UnreadableInput(
            f"this is a table, but no column is an abstract: {names[:200]}.",
            place=Place(path, _line_of(path, table.header.names), 1),
            hint="Name the columns in its first row: record_id, title, abstract, year.",
        )
    return gather([path], progress)


def screened(gathered: Gathered, criteria: Criteria, progress: Progress) -> Screening:
    """Every record judged by itself: duplicates in the file are not looked for."""
    entries = progress.follow(gathered.entries, "Screening", len(gathered.entries))
    proposals = tuple(screen([entry.record], criteria) for entry in entries)
    return Screening(tuple(gathered.named.names), proposals)


def write_screened(found: Screening, folder: Path) -> None:
    """The table of proposals in `folder`."""
    write_table(folder / SCREENED, HEADER, _rows(found))


def _rows(found: Screening) -> Iterable[Sequence[str]]:
    for name, proposal in zip(found.names, found.proposals, strict=True):
        yield (name, proposal.verdict, _reason(proposal), _criteria(proposal), _evidence(proposal))


def _reason(proposal: ScreeningProposal) -> str:
    before = f"{proposal.criterion}: " if proposal.criterion else ""
    return harmless(" ".join(f"{before}{proposal.reason}".split()))


def _criteria(proposal: ScreeningProposal) -> str:
    """What every criterion says, in the order of the criteria's file."""
    checks = [
        {"criterion": one.criterion, "verdict": one.outcome, "reason": one.reason}
        for one in proposal.checks
    ]
    return json.dumps(checks, ensure_ascii=False)


def _evidence(proposal: ScreeningProposal) -> str:
    """The words that each criterion rests on, their place, and the sentence around them."""
    found = [
        {"criterion": one.criterion, **asdict(item)}
        for one in proposal.checks
        for item in one.evidence
    ]
    return json.dumps(found, ensure_ascii=False)


def _line_of(path: Path, names: Sequence[str]) -> int | None:
    """The line on which a header begins."""
    with open_records(path) as stream:
        head = stream.read(64 * 1024).decode("utf-8-sig", "replace").splitlines()
    lines = enumerate(head[:_HEADER_WITHIN], 1)
    return next((number for number, line in lines if all(name in line for name in names)), None)
