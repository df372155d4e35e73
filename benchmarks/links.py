"""Links by number on real records: how many are found, and how many of the certain ones are right.

    python -m benchmarks.links [--file FILE.xml.gz] [--write] [--json]

In one of NLM's update files 170 records list a ClinicalTrials.gov number (DataBankList) and 152 of
them print one as well. The list is hidden, and the text must do; then all is read again with the
list. Every certain link was judged by hand, whether the report is of that trial: its design, its
conduct, its participants or their data. The verdicts (yes, no, unclear) are in
`benchmarks/links_judged.csv`; a certain link that nobody judged is an error, and *unclear* counts
as wrong. Ends with 1 where a bar is missed.
"""

from __future__ import annotations

import argparse
import csv
import json
import sys
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from rich.console import Console
from rich.table import Table

from benchmarks.docs_page import ROOT, markdown_table, write_figures
from benchmarks.halves import wilson
from benchmarks.texts import records_of
from surveillance.records import Record
from surveillance.studies.links import Link, find_links, registration_numbers
from surveillance.studies.one_trial import Trials

FILE = Path("../shared/data/pubmed/pubmed21n1298.xml.gz")
JUDGED = Path(__file__).with_name("links_judged.csv")
PAGE = ROOT / "docs" / "studies.md"
LEAST_RECALL, LEAST_PRECISION = 0.95, 0.99

_Verdicts = dict[tuple[str, str], str]


@dataclass(frozen=True, slots=True)
class Result:
    """What was linked of one reading; `printing` are the records that list a number and print it.

    `found` of them are linked to a number that NLM lists, `found_certain` with certainty;
    `naming_one` name no other number, and `one_certain` of those are linked with certainty.
    `certain` and `doubtful` count the links of all records of the file, `right` the certain ones
    that were judged so.
    """

    reading: str
    printing: int
    found: int
    found_certain: int
    naming_one: int
    one_certain: int
    records: int
    certain: int
    doubtful: int
    right: int
    unjudged: tuple[tuple[str, str], ...]

    @property
    def recall(self) -> float:
        """Share of the records that print their number which are linked to it."""
        return self.found / self.printing

    @property
    def precision(self) -> float:
        """Share of the certain links that are right."""
        return self.right / self.certain

    @property
    def passes(self) -> bool:
        """Whether both bars are reached and every certain link was judged."""
        reached = self.recall >= LEAST_RECALL and self.precision >= LEAST_PRECISION
        return reached and not self.unjudged


def main() -> int:
    """Print the table; 1 where a bar is missed or a certain link was never judged."""
    asked = _arguments()
    records, verdicts = records_of(asked.file), judged()
    hidden = [replace(record, registrations=()) for record in records]
    results = (
        measure("list hidden", records, hidden, verdicts),
        measure("with the list", records, records, verdicts),
    )
    if asked.write:
        write_figures(PAGE, "links-real", markdown_table(_HEADERS, map(_cells, results)))
    if asked.json:
        print(json.dumps(list(map(asdict, results))))
    else:
        Console().print(_table(results))
    for result in results:
        for pmid, number in result.unjudged:
            print(f"not judged: PMID {pmid} and {number} ({result.reading})", file=sys.stderr)
    return int(not all(result.passes for result in results))


def judged() -> _Verdicts:
    """The verdicts that were given by hand, by PMID and number."""
    with JUDGED.open(encoding="utf-8", newline="") as file:
        return {(row["pmid"], row["number"]): row["verdict"] for row in csv.DictReader(file)}


def measure(
    reading: str, records: Sequence[Record], read: Sequence[Record], verdicts: _Verdicts
) -> Result:
    """The figures of one reading of the records."""
    links = [linked(record) for record in read]
    certain = [
        (record.pmid, link.number)
        for record, found in zip(read, links, strict=True)
        for link in found
        if link.certain
    ]
    listing = [
        (_listed(record) & {link.number for link in found}, found)
        for record, found in zip(records, links, strict=True)
        if _listed(record) and _prints_one(record)
    ]
    return Result(
        reading=reading,
        printing=len(listing),
        found=sum(bool(numbers) for numbers, _ in listing),
        found_certain=sum(_certain_of(numbers, found) for numbers, found in listing),
        naming_one=sum(len(found) == 1 for _, found in listing),
        one_certain=sum(len(found) == 1 and found[0].certain for _, found in listing),
        records=sum(map(bool, links)),
        certain=len(certain),
        doubtful=sum(map(len, links)) - len(certain),
        right=sum(verdicts.get(pair) == "yes" for pair in certain),
        unjudged=tuple(pair for pair in certain if pair not in verdicts),
    )


def linked(record: Record) -> tuple[Link, ...]:
    """A record's links where somebody watches one of the numbers that it names, each in turn."""
    numbers = registration_numbers(record)
    return tuple(
        link for number in numbers for link in find_links(record, Trials.numbered([number]))
    )


def _listed(record: Record) -> set[str]:
    return {number for number in record.registrations if number.startswith("NCT")}


def _prints_one(record: Record) -> bool:
    printed = registration_numbers(replace(record, registrations=()))
    return any(number.startswith("NCT") for number in printed)


def _certain_of(numbers: set[str], found: Iterable[Link]) -> bool:
    return any(link.certain and link.number in numbers for link in found)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else "")
    parser.add_argument("--file", type=Path, default=FILE)
    parser.add_argument("--write", action="store_true", help="write the table into docs/studies.md")
    parser.add_argument("--json", action="store_true")
    return parser.parse_args()


_HEADERS = (
    "reading",
    "found, of those that print their number",
    "recall",
    "of these certain",
    "certain, of those that name one number",
    "certain links in the file",
    "right",
    "precision (95 % interval)",
    "doubtful links",
)


def _cells(result: Result) -> tuple[str, ...]:
    low, high = wilson(result.right, result.certain)
    return (
        result.reading,
        f"{result.found} of {result.printing}",
        f"{result.recall:.3f}",
        str(result.found_certain),
        f"{result.one_certain} of {result.naming_one}",
        str(result.certain),
        str(result.right),
        f"{result.precision:.3f} ({low:.3f} to {high:.3f})",
        str(result.doubtful),
    )


def _table(results: Iterable[Result]) -> Table:
    table = Table()
    for header in _HEADERS:
        table.add_column(header)
    for result in results:
        table.add_row(*_cells(result))
    return table


if __name__ == "__main__":
    sys.exit(main())
