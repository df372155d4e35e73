"""What a million records cost: reading, normalising and matching, at several sizes.

    python -m benchmarks.dedup_scale [N…] [--plot FILE.svg] [--json]

The records are those of the generator `recombined-pubmed-1` (`benchmarks/dedup_generated.py`) in a
table of CSV, read as `surveil dedup` reads it. One process a size, on one core; seconds are of the
processor. A record's comparable forms are made as it is read; matching is the rest. The plot is
logarithmic on both axes: along the dotted line cost grows with the number of records.
"""

from __future__ import annotations

import argparse
import gc
import json
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from benchmarks.dedup import answer_of, in_a_process, peak
from benchmarks.dedup_generated import NAME, parts_of, write_records
from benchmarks.dedup_scores import Score, score
from benchmarks.line_plot import Line, line_plot
from surveillance.dedup.deduplicate import deduplicate
from surveillance.pipeline.dedup_files import gather

FILE = Path(".bench/data/pubmed21n1298.xml.gz")
SIZES = (10_000, 100_000, 1_000_000)
PLOT = Path(".bench/dedup_scale.svg")
WIDE = 130


@dataclass(frozen=True, slots=True)
class Run:
    """One size: what each step took, and how right it was."""

    records: int
    reading: float
    matching: float
    peak_bytes: int
    score: Score

    @property
    def total(self) -> float:
        """From the file to the clusters."""
        return self.reading + self.matching


def main() -> int:
    """Measure, print and plot."""
    asked = _arguments()
    runs = []
    for count in asked.sizes:
        print(f"{count:,} records of {NAME} …", file=sys.stderr, flush=True)
        runs.append(_run(asked.file, count))
    asked.plot.parent.mkdir(parents=True, exist_ok=True)
    asked.plot.write_text(_plot(runs), encoding="utf-8")
    if asked.json:
        print(json.dumps([_as_json(run) for run in runs], indent=2))
    else:
        Console(width=None if sys.stdout.isatty() else WIDE).print(_table(runs))
        print(f"plot: {asked.plot}")
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("sizes", nargs="*", type=int, metavar="N")
    parser.add_argument("--file", type=Path, default=FILE, help="real records, as PubMed XML")
    parser.add_argument("--plot", type=Path, default=PLOT)
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    asked.sizes = sorted(set(asked.sizes)) or list(SIZES)
    if asked.sizes[0] < 1:
        parser.error("a table needs at least one record")
    if not asked.file.is_file():
        sys.exit(f"{asked.file} is missing: `make bench` fetches it.")
    return asked


def _run(file: Path, count: int) -> Run:
    with TemporaryDirectory() as folder:
        table, truth = Path(folder, "records.csv"), Path(folder, "works.txt")
        in_a_process(_write, file, table, truth, count)
        run: Run = in_a_process(_deduplicate, table, truth)
        return run


def _write(file: Path, table: Path, truth: Path, count: int) -> None:
    write_records(table, truth, parts_of(file), count)


def _deduplicate(table: Path, truth: Path) -> Run:
    # As the command does: what is made here lives to the end.
    gc.disable()
    before = peak()
    begun = time.process_time()
    entries = gather([table]).entries
    read = time.process_time()
    found = deduplicate(entries)
    done = time.process_time()
    answer = answer_of(found, done - read, peak() - before)
    names = truth.read_text().split()
    if len(names) != len(entries):
        raise RuntimeError(f"{len(entries):,} of {len(names):,} records were read")
    works = {entry.id: name for entry, name in zip(entries, names, strict=True)}
    return Run(
        records=len(entries),
        reading=read - begun,
        matching=answer.seconds,
        peak_bytes=answer.peak_bytes,
        score=score(works, answer),
    )


def _plot(runs: Sequence[Run]) -> str:
    sizes = [run.records for run in runs]
    first = runs[0]
    return line_plot(
        f"Seconds for records of {NAME}",
        [
            Line("reading, normalising and matching", sizes, [run.total for run in runs]),
            Line("matching alone", sizes, [run.matching for run in runs]),
            Line(
                "linear",
                sizes,
                [first.total * size / first.records for size in sizes],
                dotted=True,
            ),
        ],
    )


def _as_json(run: Run) -> dict[str, object]:
    return {**asdict(run), "total": run.total}


def _table(runs: Sequence[Run]) -> Table:
    table = Table(title=f"{NAME}: seconds", title_justify="left", box=SIMPLE_HEAD)
    for header in (
        "records", "reading and normalising", "matching", "total", "µs a record", "peak MB",
        "found", "wrongly removed", "pairs to review", "found after review",
    ):  # fmt: skip
        table.add_column(header, justify="right")
    for run in runs:
        of = run.score
        seconds = (run.reading, run.matching, run.total)
        table.add_row(
            f"{run.records:,}",
            *(f"{value:.1f}" for value in seconds),
            f"{1e6 * run.total / run.records:.0f}",
            f"{run.peak_bytes / 1e6:,.0f}",
            f"{of.sensitivity:.4f}",
            f"{of.wrongly_removed:,}",
            f"{of.review_pairs:,}",
            f"{of.sensitivity_after_review:.4f}",
        )
    return table


if __name__ == "__main__":
    sys.exit(main())
