"""`make soak`: thousands of histories with faults and deaths, each held against the healthy one.

python -m tests.faults.soak [CASES] [--from SEED] [--processes N]

First each fault alone at each request of a week, then CASES histories drawn from their seeds.
"""

from __future__ import annotations

import argparse
import logging
import multiprocessing
import os
import sys
import time
import traceback
from collections import Counter
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import cache
from multiprocessing.util import Finalize
from pathlib import Path
from tempfile import TemporaryDirectory

from rich.console import Console
from rich.progress import track
from rich.table import Table

from tests.faults.cases import Case, case, table
from tests.faults.workshop import Workshop, workshop

CASES = 2_000
#: What the week of the table asks (tests/faults/test_histories.py holds that).
REQUESTS = 22
#: Memory where the system has a folder in it: what is tested is what is written, not the disk.
_MEMORY = Path("/dev/shm")
_console = Console(width=100 if not sys.stdout.isatty() else None)


@dataclass
class Tally:
    """What many cases came to; `said` has a paragraph for each that ended wrong."""

    cases: int = 0
    ends: Counter[str] = field(default_factory=Counter)
    faults: Counter[str] = field(default_factory=Counter)
    lost: int = 0
    doubled: int = 0
    leaked: int = 0
    wrong: int = 0
    said: list[str] = field(default_factory=list)

    def add(self, other: Tally) -> None:
        """Put another tally to this one."""
        self.cases += other.cases
        self.ends += other.ends
        self.faults += other.faults
        self.lost += other.lost
        self.doubled += other.doubled
        self.leaked += other.leaked
        self.wrong += other.wrong
        self.said += other.said


def carried_out(drawn: Case) -> Tally:
    """One case, in this process's workshop."""
    logging.disable(logging.ERROR)
    try:
        outcome = _workshop().carry_out(drawn)
    except Exception:  # noqa: BLE001 - whatever happens is said with the history it happened in
        return Tally(1, wrong=1, said=[f"{drawn}\n{traceback.format_exc()}"])
    return Tally(
        cases=1,
        ends=outcome.ends,
        faults=outcome.faults,
        lost=len(outcome.lost),
        doubled=len(outcome.doubled),
        leaked=len(outcome.leaks),
        wrong=len(outcome.wrong),
        said=[] if outcome.is_good else [f"{drawn}\n{outcome}"],
    )


@cache
def _workshop() -> Workshop:
    """One for each process, for as long as it lives."""
    Finalize(None, _STACK.close, exitpriority=1)
    folder = _STACK.enter_context(TemporaryDirectory(dir=_MEMORY if _MEMORY.is_dir() else None))
    return _STACK.enter_context(workshop(Path(folder)))


_STACK = ExitStack()


def tallies(cases: Iterable[Case], processes: int) -> Iterator[Tally]:
    """What becomes of each case, in their order."""
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(processes, mp_context=context) as pool:
        yield from pool.map(carried_out, cases, chunksize=5)


def main() -> int:
    """Carry the cases out and print the table; 1 where a store ended otherwise than healthy."""
    asked = _arguments()
    cases = [] if asked.no_table else [*table(REQUESTS)]
    cases += [case(seed) for seed in range(asked.first, asked.first + asked.cases)]
    began, whole = time.monotonic(), Tally()
    shown = track(
        tallies(cases, asked.processes),
        "Carrying histories out",
        total=len(cases),
        console=Console(stderr=True),
    )
    for tally in shown:
        whole.add(tally)
        for paragraph in tally.said:
            _console.print(paragraph, markup=False)
    _console.print(_table(whole, time.monotonic() - began))
    return 1 if whole.said else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Histories with faults, held against healthy ones")
    parser.add_argument("cases", nargs="?", type=int, default=CASES)
    parser.add_argument("--from", dest="first", type=int, default=1, metavar="SEED")
    parser.add_argument("--no-table", action="store_true", help="leave the single faults out")
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1)
    return parser.parse_args()


def _table(whole: Tally, seconds: float) -> Table:
    table = Table("what", "number", title="Histories with faults, against the healthy ones")
    rows: list[tuple[str, int]] = [("histories", whole.cases)]
    rows += [(f"attempts that {end}", number) for end, number in whole.ends.most_common()]
    rows += [("faults", whole.faults.total())]
    rows += [(f"  {name}", number) for name, number in whole.faults.most_common()]
    rows += [("facts lost", whole.lost), ("facts doubled", whole.doubled)]
    rows += [("secrets leaked", whole.leaked), ("other surprises", whole.wrong)]
    for what, number in rows:
        table.add_row(what, f"{number:,}")
    table.add_row("seconds", f"{seconds:,.0f}")
    return table


if __name__ == "__main__":
    sys.exit(main())
