"""What a million records cost: reading, normalising and matching, at several sizes.

    python -m benchmarks.dedup_scale [N…] [--plot FILE.svg | --write-docs] [--json]

The records are those of the generator `recombined-pubmed-1` (`benchmarks/dedup_generated.py`) in a
table of CSV, read as `surveil dedup` reads it. One process a size, on one core; seconds are of the
processor. A record's comparable forms are made as it is read; matching is the rest. The plot is
logarithmic on both axes: along the dotted line cost grows with the number of records. With
`--write-docs` it goes to docs/pictures, and its figures as a table to docs/dedup.md.
"""

from __future__ import annotations

import argparse
import gc
import json
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from benchmarks.dedup import answer_of, in_a_process, peak
from benchmarks.dedup_generated import NAME, parts_of, write_records
from benchmarks.dedup_scores import Score, score
from benchmarks.docs_page import PAGE, PICTURES, markdown_table, write_figures
from benchmarks.line_plot import Line, line_plot
from surveillance.dedup.deduplicate import deduplicate
from surveillance.pipeline.dedup_files import gather

FILE = Path(".bench/data/pubmed21n1298.xml.gz")
SIZES = (10_000, 100_000, 1_000_000)
PLOT = Path(".bench/dedup_scale.svg")
DOCS = "dedup_scale"
WIDE = 130
HEADERS = (
    "records", "reading and normalising", "matching", "total", "µs a record", "peak MB",
    "found", "wrongly removed", "pairs to review", "found after review",
)  # fmt: skip


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
    asked.plot.write_text(plot(runs), encoding="utf-8")
    if asked.write_docs:
        write_figures(PAGE, DOCS, markdown_table(HEADERS, map(list, map(cells, runs))))
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
    where = parser.add_mutually_exclusive_group()
    where.add_argument("--plot", type=Path, default=PLOT)
    where.add_argument("--write-docs", action="store_true", help="into docs/")
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    asked.sizes = sorted(set(asked.sizes)) or list(SIZES)
    asked.plot = PICTURES / f"{DOCS}.svg" if asked.write_docs else asked.plot
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


def plot(runs: Sequence[Run]) -> str:
    """Seconds against records, and what they would be if each record cost the same."""
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
        across="records",
        up="seconds of the processor",
    )


def cells(run: Run) -> Iterator[str]:
    """A size as a row of the table."""
    of = run.score
    yield f"{run.records:,}"
    yield from (f"{value:.1f}" for value in (run.reading, run.matching, run.total))
    yield from (f"{1e6 * run.total / run.records:.0f}", f"{run.peak_bytes / 1e6:,.0f}")
    yield from (f"{of.sensitivity:.4f}", f"{of.wrongly_removed:,}", f"{of.review_pairs:,}")
    yield f"{of.sensitivity_after_review:.4f}"


def _as_json(run: Run) -> dict[str, object]:
    return {**asdict(run), "total": run.total}


def _table(runs: Sequence[Run]) -> Table:
    table = Table(title=f"{NAME}: seconds", title_justify="left", box=SIMPLE_HEAD)
    for header in HEADERS:
        table.add_column(header, justify="right")
    for run in runs:
        table.add_row(*cells(run))
    return table


if __name__ == "__main__":
    sys.exit(main())
