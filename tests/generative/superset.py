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

from hypothesis import HealthCheck, Phase, find, given, seed, settings
from hypothesis import strategies as st

from surveillance.records.model import Record
from surveillance.strategy.evaluate.pubmed import PubMedQueryRefused, matches, parse_query
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
    try:
        asked = parse_query(translation.query)
    except PubMedQueryRefused:  # a field of PubMed's that our records don't carry
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
        seen.violations += len(lost(strategy, crowd(number, RECORDS)))

    run()
    return seen


def smallest() -> tuple[Strategy, int]:
    """The simplest strategy that loses a record, with the seed of its records."""
    return find(
        st.tuples(strategies(), CROWDS),
        lambda case: bool(lost(case[0], crowd(case[1], RECORDS))),
        settings=settings(max_examples=100_000, database=None, deadline=None),
    )


def main() -> int:
    """Count over two processes; status 1 where a record was lost."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--cases", type=int, default=100_000)
    options.add_argument("--seed", type=int, default=0)
    options.add_argument("--processes", type=int, default=2)
    chosen = options.parse_args()
    started = time.perf_counter()
    shares = [-(-chosen.cases // chosen.processes)] * chosen.processes
    seeds = range(chosen.seed, chosen.seed + chosen.processes)
    with ProcessPoolExecutor(chosen.processes) as workers:
        counted = list(workers.map(count, shares, seeds))
    cases = sum(one.cases for one in counted)
    asked = sum(one.asked for one in counted)
    violations = sum(one.violations for one in counted)
    seconds = time.perf_counter() - started
    print(f"{cases:,} cases ({asked:,} with a query), {violations:,} violations, {seconds:.0f} s")
    if violations:
        strategy, number = smallest()
        print(f"smallest: {strategy}\nquery: {translate(strategy).query}\nrecords: {number}")
    return int(violations > 0)


if __name__ == "__main__":
    sys.exit(main())
