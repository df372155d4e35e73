"""How many records a second the rules judge on one core, beside spaCy's blank pipeline alone.

    python -m benchmarks.screening_rules FILE [--criteria FILE] [--records N] [--json]

FILE is any file of records (docs/formats.md). Both read the same texts in the same process, in
turns, and each is timed by the processor's time; the first turn, in which spaCy meets its words
for the first time, is printed apart from the best of the later ones.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from time import process_time
from typing import TypeVar

import spacy

from surveillance.pipeline.dedup_files import gather
from surveillance.records.model import Record
from surveillance.screening.criteria import read_criteria
from surveillance.screening.rules import screen

CRITERIA = (
    Path(__file__).resolve().parents[1]
    / "search_strategies/targeted_muscle_reinnervation/criteria.toml"
)
TURNS = 8
Item = TypeVar("Item")


def main() -> None:
    """Measure, and print a table or one JSON document."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument("--criteria", type=Path, default=CRITERIA)
    parser.add_argument("--records", type=int, default=1000, help="so many, from the beginning")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    records = [entry.record for entry in gather([given.file]).entries][: given.records]
    rates = measured(records, given.criteria)
    if given.json:
        print(json.dumps({"records": len(records), **rates}, indent=2))
        return
    for name, rate in rates.items():
        print(f"{name:<32} {rate:8,.0f} records/s")


def measured(records: Sequence[Record], criteria_file: Path) -> dict[str, float]:
    """Records a second of the rules and of blank spaCy, in the first turn and at best."""
    criteria = read_criteria(criteria_file)
    pipeline = spacy.blank("en")
    pipeline.add_pipe("sentencizer")
    texts = [f"{record.title} {record.abstract or ''}" for record in records]
    screen(records[:1], criteria)  # what is compiled once is no part of a record's time
    rules, blank = [], []
    for _ in range(TURNS):
        blank.append(_rate(texts, pipeline))
        rules.append(_rate(records, lambda record: screen([record], criteria)))
    return {
        "rules, first turn": rules[0],
        "rules, at best": max(rules),
        "blank spaCy, first turn": blank[0],
        "blank spaCy, at best": max(blank),
    }


def _rate(items: Sequence[Item], judge: Callable[[Item], object]) -> float:
    begun = process_time()
    for item in items:
        judge(item)
    return round(len(items) / (process_time() - begun), 1)


if __name__ == "__main__":
    main()
