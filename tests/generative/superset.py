"""The claim that nothing is lost, on generated strategies and records; run by itself it counts.

`python -m tests.generative.superset --cases 100000`: a case is one strategy on one record.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from surveillance.records.model import Record
from surveillance.strategy.evaluate.pubmed import matches, parse_query
from surveillance.strategy.evaluate.reference import evaluate
from surveillance.strategy.evaluate.verdict import Verdict
from surveillance.strategy.strategy import Strategy
from surveillance.strategy.translate.pubmed import Translation, translate
from tests.generative.generation import TREE, crowd, strategies

RECORDS = 30
"""Records a strategy is held against."""

CROWDS = st.integers(0, 2**32)


def says_less(translation: Translation) -> bool:
    """True where an alternative that can't be asked was left out, and the report says so."""
    return any(found.code == "finds-less" for found in translation.diagnostics)


def lost(strategy: Strategy, records: Sequence[Record]) -> list[Record]:
    """The records that match exactly and that PubMed would not return."""
    translation = translate(strategy)
    if not translation.query or says_less(translation):
        return []
    asked = parse_query(translation.query)
    if asked.fields_not_carried:
        return []
    return [
        record
        for record in records
        if evaluate(strategy, record, mesh=TREE) is Verdict.MATCH
        and not matches(asked, record, TREE)
    ]


@dataclass
class Count:
    """What one worker has seen; `asked` are the cases in which there was something to lose."""

    cases: int = 0
    asked: int = 0
    violations: int = 0
    smallest: tuple[Strategy, Record] | None = None

    def note(self, strategy: Strategy, records: list[Record]) -> None:
        """Count these losses, and keep the strategy if it is the shortest so far."""
        self.violations += len(records)
        if records and (self.smallest is None or _size(strategy) < _size(self.smallest[0])):
            self.smallest = strategy, records[0]


def _size(strategy: Strategy) -> int:
    return len(repr([line.tree for line in strategy.lines]))


def count(cases: int, seeded: int) -> Count:
    """So many cases from one seed."""
    seen = Count()

    @seed(seeded)
    @settings(
        max_examples=-(-cases // RECORDS),
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(strategies(), CROWDS)
    def run(strategy: Strategy, number: int) -> None:
        translation = translate(strategy)
        seen.cases += RECORDS
        seen.asked += RECORDS * (bool(translation.query) and not says_less(translation))
        seen.note(strategy, lost(strategy, crowd(number, RECORDS)))

    run()
    return seen


def count_in_parallel(cases: int, seeded: int = 0, processes: int = 2) -> Count:
    """So many cases, shared among processes with a seed each."""
    shares = [-(-cases // processes)] * processes
    with ProcessPoolExecutor(processes) as workers:
        counted = list(workers.map(count, shares, range(seeded, seeded + processes)))
    whole = Count(
        sum(one.cases for one in counted),
        sum(one.asked for one in counted),
        sum(one.violations for one in counted),
    )
    smallest = [one.smallest for one in counted if one.smallest]
    whole.smallest = min(smallest, key=lambda each: _size(each[0]), default=None)
    return whole


def main() -> int:
    """Count over two processes; status 1 where a record was lost."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--cases", type=int, default=100_000)
    options.add_argument("--seed", type=int, default=0)
    options.add_argument("--processes", type=int, default=2)
    chosen = options.parse_args()
    started = time.perf_counter()
    seen = count_in_parallel(chosen.cases, chosen.seed, chosen.processes)
    seconds = time.perf_counter() - started
    print(
        f"{seen.cases:,} cases ({seen.asked:,} with a query), "
        f"{seen.violations:,} violations, {seconds:.0f} s"
    )
    if seen.smallest:
        strategy, record = seen.smallest
        print(f"smallest: {strategy.dialect}", *(line.tree for line in strategy.lines), sep="\n")
        print(f"query: {translate(strategy).query}\n{record}")
    return int(seen.violations > 0)


if __name__ == "__main__":
    sys.exit(main())
