"""What the compiler makes of the published strategies in ../shared, as a table with its failures.

    python -m benchmarks.corpus [--shared DIR] [--cases N] [--json]

Every figure is measured in this run; the files that fail a row stand below the table by name.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median
from textwrap import shorten

from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from benchmarks.published import SHARED, Published, published
from benchmarks.texts import records_of
from benchmarks.usable import faults
from surveillance.records import Record
from surveillance.strategy.evaluate import pubmed
from surveillance.strategy.evaluate.positional import Index, evaluate_all, numbers
from surveillance.strategy.mesh import MeshTree
from surveillance.strategy.parse import read_strategy
from surveillance.strategy.printing import to_text
from surveillance.strategy.strategy import Strategy
from surveillance.strategy.translate import Direction, Translation, translate
from tests.generative.superset import count_in_parallel

TARGETS = ("pubmed", "clinicaltrials", "europepmc")
MESH = Path("data/mesh/mesh_trees_2024.tsv.gz")
RECORDS = Path("data/pubmed/pubmed21n1298.xml.gz")
#: Real records that the lines are held against: those that most lines find, and as many others.
FOUND_OFTEN, OTHERS = 120, 80
#: Some generated strategies have no query; so many cases leave over 100,000 that have.
CASES = 120_000
TESTS = Path(__file__).resolve().parents[1] / "tests" / "unit" / "strategy"
_EACH_LINE = "test_each_line_of_the_{}_strategy_has_its_tree_and_count"
_LINE_FOR_LINE = "test_nices_strategy_is_read_line_for_line"
TREE_FOR_TREE = {
    "medline": f"test_parse_published.py::{_EACH_LINE.format('medline')}",
    "embase": f"test_parse_published.py::{_EACH_LINE.format('embase')}",
    "cochrane": f"test_parse_cochrane.py::{_LINE_FOR_LINE}",
    "inahta": f"test_parse_inahta.py::{_LINE_FOR_LINE}",
}
#: Characters of a reason that are printed; `--json` gives it whole.
LONGEST_REASON = 200
WIDE = 130
#: Faults of the source that no reader can mend: what is not there, and what comes twice.
OF_THE_SOURCE = frozenset(
    {"missing-line", "missing-operand", "missing-operator", "number-repeated"}
)


@dataclass(frozen=True, slots=True)
class Row:
    """A measure: how many of how many, what is asked for, and the names of what failed."""

    measure: str
    reached: str
    wanted: str
    failing: tuple[str, ...] = ()


def main() -> int:
    """Measure and print."""
    asked = _arguments()
    files = list(published(asked.shared))
    mesh = MeshTree.load(asked.shared / MESH)
    records = records_of(asked.shared / RECORDS)
    with Progress(console=Console(stderr=True)) as progress:
        rows = list(_rows(files, records, mesh, asked.cases, progress))
    if asked.json:
        print(json.dumps([asdict(row) for row in rows], indent=2, ensure_ascii=False))
    else:
        _print(rows)
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--shared", type=Path, default=SHARED)
    parser.add_argument("--cases", type=int, default=CASES)
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    if not (asked.shared / "data" / "strategies").is_dir():
        sys.exit(f"{asked.shared} holds no data/strategies: the corpus is not on this machine.")
    return asked


def _rows(
    files: Sequence[Published],
    records: Sequence[Record],
    mesh: MeshTree,
    cases: int,
    progress: Progress,
) -> Iterable[Row]:
    ovid = [file for file in files if file.family == "ovid"]
    read = {file.name: read_strategy(file.text, file.dialect) for file in ovid}
    yield _parsed("Ovid files parsed, each fault with its place", ovid, "100 %", _reads_with_places)
    yield _parsed("Ovid files read back as the same trees", ovid, "100 %", _is_identical)
    yield _parsed("Ovid files without a fault of ours", ovid, "≥ 98 %", _reads_clean)
    for target in TARGETS:
        yield _usable(ovid, read, target)
        yield _in_part(read, target)
    for family, name in (("pubmed", "PubMed"), ("cochrane", "Cochrane"), ("inahta", "INAHTA")):
        chosen = [file for file in files if file.family == family]
        yield _parsed(
            f"{name} files parsed without a fault of ours", chosen, "≥ 98 %", _reads_clean
        )
        yield _parsed(f"{name} files read back as the same trees", chosen, "100 %", _is_identical)
    yield _as_published()
    yield _detected(files)
    yield from _on_real_records(read, records, mesh, progress)
    yield _time(read)
    yield _superset(cases)


def _parsed(
    measure: str, files: Sequence[Published], wanted: str, holds: Callable[[Published], str]
) -> Row:
    """How many files hold; `holds` gives why one does not, or nothing."""
    failing = [f"{file.name}: {why}" for file in files if (why := _said(holds, file))]
    return Row(measure, _share(len(files) - len(failing), len(files)), wanted, tuple(failing))


def _said(holds: Callable[[Published], str], file: Published) -> str:
    try:
        return holds(file)
    except Exception as fault:  # noqa: BLE001 — an exception is what the row counts
        return f"{type(fault).__name__}: {fault}"


def _reads_with_places(file: Published) -> str:
    strategy = read_strategy(file.text, file.dialect)
    placeless = [d.code for d in strategy.diagnostics if d.line < 1 or d.column < 1]
    return "no line" if not strategy.lines else ", ".join(placeless)


def _reads_clean(file: Published) -> str:
    strategy = read_strategy(file.text, file.dialect)
    ours = [d for d in strategy.errors if d.code not in OF_THE_SOURCE]
    return "; ".join(f"line {d.line}, column {d.column}: {d.code}" for d in ours[:3])


def _is_identical(file: Published) -> str:
    """Text → tree → text → tree: each line printed, all read again, the trees compared."""
    strategy = read_strategy(file.text, file.dialect)
    again = read_strategy(as_text(strategy), strategy.dialect)
    trees = {line.number: line.tree for line in again.lines}
    differing = [line.number for line in strategy.lines if trees.get(line.number) != line.tree]
    return f"lines {', '.join(map(str, differing[:5]))}" if differing else ""


def as_text(strategy: Strategy) -> str:
    """A strategy printed with its numbers, in its dialect's way to number."""
    mark = "#{} " if strategy.dialect in {"cochrane", "inahta", "pubmed"} else "{}. "
    return "\n".join(
        mark.format(line.number) + to_text(line.tree, strategy.dialect)
        for line in strategy.lines
        if line.tree is not None
    )


def _usable(files: Sequence[Published], read: dict[str, Strategy], target: str) -> Row:
    def why(file: Published) -> str:
        strategy = read[file.name]
        return "; ".join(faults(strategy, translate(strategy, target), target)[:2])

    wanted = "≥ 98 %" if target == "pubmed" else "–"
    return _parsed(f"Ovid files with usable output for {target}", files, wanted, why)


def _in_part(read: dict[str, Strategy], target: str) -> Row:
    """How many are asked without a part that can't be asked, and say that they find less."""
    less = [
        name
        for name, strategy in read.items()
        if any(found.code == "finds-less" for found in translate(strategy, target).diagnostics)
    ]
    return Row(f"  of these, queries that find less and say so ({target})", str(len(less)), "–")


def _as_published() -> Row:
    """The four strategies of the worked example against trees that were written by hand."""
    failing = [name for name, test in TREE_FOR_TREE.items() if _fails(test)]
    reached = f"{len(TREE_FOR_TREE) - len(failing)} of {len(TREE_FOR_TREE)}"
    return Row("TMR strategies as published, tree for tree", reached, "4 of 4", tuple(failing))


def _fails(test: str) -> bool:
    command = (sys.executable, "-m", "pytest", "-q", f"{TESTS}/{test}")
    return subprocess.run(command, capture_output=True, check=False, timeout=300).returncode != 0


def _detected(files: Sequence[Published]) -> Row:
    def why(file: Published) -> str:
        found = read_strategy(file.text).dialect
        known = file.dialect or file.family
        return "" if found.startswith(known) else f"taken for {found}"

    return _parsed("dialect detected", files, "–", why)


def _time(read: dict[str, Strategy]) -> Row:
    times = []
    for strategy in read.values():
        begun = time.perf_counter()
        translate(strategy, "pubmed")
        times.append((time.perf_counter() - begun) * 1_000)
    reached = f"median {median(times):.1f} ms, longest {max(times):.0f} ms"
    return Row("one strategy translated to PubMed", reached, "< 50 ms, printed only")


def _on_real_records(
    read: dict[str, Strategy], records: Sequence[Record], mesh: MeshTree, progress: Progress
) -> Iterable[Row]:
    """Every line asked of PubMed's meaning and held against the exact one, on real records."""
    records = _telling(read, records, mesh)
    index = Index.of(records)
    told, relaxed, lost, lines = 0, [], [], 0
    for name, strategy in progress.track(read.items(), description="lines on real records"):
        exact = evaluate_all([strategy], index, mesh=mesh)[0]
        for line in strategy.lines:
            translation = translate(strategy, "pubmed", line=line.number)
            if not translation.query:
                continue
            lines += 1
            query = pubmed.parse_query(translation.query)
            found = {n for n, one in enumerate(records) if pubmed.matches(query, one, mesh)}
            match, possible = set(numbers(exact[line.number].match)), exact[line.number].possible
            missed, more = match - found, found - set(numbers(possible))
            told += bool(more)
            if more and not _says(translation, {Direction.SUPERSET, Direction.UNKNOWN}):
                relaxed.append(f"{name}: line {line.number}")
            if missed and not _says(translation, {Direction.SUBSET, Direction.UNKNOWN}):
                lost.append(f"{name}: line {line.number}")
    yield Row(
        f"lines that find too much, with a loss that says so ({len(records)} real records)",
        _share(told - len(relaxed), told),
        "100 %",
        tuple(relaxed),
    )
    yield Row(f"lines that miss a real record, of {lines:,}", str(len(lost)), "0", tuple(lost))


def _telling(read: dict[str, Strategy], records: Sequence[Record], mesh: MeshTree) -> list[Record]:
    """The records that most lines find: on others nearly every line says no."""
    counts = [0] * len(records)
    for lines in evaluate_all(read.values(), Index.of(records), mesh=mesh):
        for found in lines.values():
            for place in numbers(found.match):
                counts[place] += 1
    order = sorted(range(len(records)), key=lambda place: -counts[place])
    others = order[FOUND_OFTEN :: max(len(order) // OTHERS, 1)]
    return [records[place] for place in (*order[:FOUND_OFTEN], *others)]


def _superset(cases: int) -> Row:
    """Generated strategies on generated records: what matches exactly and is not retrieved."""
    seen = count_in_parallel(cases)
    failing: tuple[str, ...] = ()
    if seen.smallest:
        strategy, record = seen.smallest
        failing = (f"{strategy.dialect}: {[line.tree for line in strategy.lines]} on {record}",)
    measure = f"superset violations in {seen.cases:,} generated cases ({seen.asked:,} with a query)"
    return Row(measure, str(seen.violations), "0", failing)


def _says(translation: Translation, directions: set[Direction]) -> bool:
    return any(loss.direction in directions for loss in translation.losses)


def _share(part: int, whole: int) -> str:
    return f"{part:,} of {whole:,} ({100 * part / max(whole, 1):.1f} %)"


def _print(rows: Sequence[Row]) -> None:
    console = Console(width=None if sys.stdout.isatty() else WIDE)
    table = Table(title="The corpus of published strategies", title_justify="left")
    for header in ("measure", "reached", "must reach"):
        table.add_column(header)
    for row in rows:
        table.add_row(row.measure, row.reached, row.wanted)
    console.print(table)
    for row in rows:
        if row.failing:
            console.print(f"\n{row.measure}:", style="bold")
            for name in row.failing:
                said = shorten(name, LONGEST_REASON, placeholder=" …")
                console.print(f"  {said}", markup=False, highlight=False)


if __name__ == "__main__":
    sys.exit(main())
