"""The weights of evidence (surveillance/dedup/weights.py), fitted on half A of the labelled sets.

    python -m benchmarks.dedup_fit [SET…] [--write]

A logistic regression over the levels that `surveillance.dedup.probability` names, on the pairs
that share a key and that no rule tells apart. Sets weigh alike from `ENOUGH` pairs on, so that the
largest does not decide alone. Half B stays unseen (`benchmarks.dedup` reports both).
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from benchmarks.dedup_sets import SETS, read_set
from benchmarks.halves import half_of
from surveillance.dedup.blocks import Blocks
from surveillance.dedup.candidates import Entry
from surveillance.dedup.decide import signs_against
from surveillance.dedup.probability import ALWAYS, features, names
from surveillance.dedup.similarity import compare, contained, strangers

FILE = Path(__file__).resolve().parents[1] / "surveillance" / "dedup" / "weights.py"
ENOUGH = 8_000
#: Ridge: an evidence level that hardly occurs weighs little. The constant is left free.
RIDGE = 0.5
STEPS = 50

Matrix = npt.NDArray[np.float64]


def main() -> int:
    """Fit, print and, if asked, write."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("sets", nargs="*", default=SETS)
    parser.add_argument("--write", action="store_true", help="write surveillance/dedup/weights.py")
    asked = parser.parse_args()
    text = as_module(fitted([read_half_a(name) for name in asked.sets]))
    if asked.write:
        FILE.write_text(text, encoding="utf-8")
    else:
        print(text, end="")
    return 0


def read_half_a(name: str) -> tuple[Matrix, Matrix]:
    """The pairs of half A of a set: what weighs in each, and whether it is one work."""
    labelled = read_set(name)
    works = labelled.works()
    entries = [entry for entry in labelled.entries() if half_of(works[entry.id]) == "A"]
    blocks = Blocks(entries)
    rows, same = [], []
    for a, b in blocks.pairs({entry.id for entry in entries}).tolist():
        one, other = blocks.entries[a], blocks.entries[b]
        if (row := _row(one, other)) is not None:
            rows.append(row)
            same.append(works[one.id] == works[other.id])
    return np.array(rows, dtype=float), np.array(same, dtype=float)


def fitted(halves: Sequence[tuple[Matrix, Matrix]]) -> Mapping[str, float]:
    """The weights that make the labels likeliest (Newton's steps)."""
    x = np.concatenate([rows for rows, _ in halves])
    y = np.concatenate([same for _, same in halves])
    weight = np.concatenate(
        [np.full(len(same), min(1.0, ENOUGH / len(same))) for _, same in halves]
    )
    ridge = np.array([0.0 if name == ALWAYS else RIDGE for name in names()])
    found = np.zeros(x.shape[1])
    for _ in range(STEPS):
        likely = 1 / (1 + np.exp(-x @ found))
        spread = weight * likely * (1 - likely) + 1e-9
        slope = x.T @ (weight * (y - likely)) - ridge * found
        step = np.linalg.solve((x * spread[:, None]).T @ x + np.diag(ridge + 1e-9), slope)
        found += step
        if np.abs(step).max() < 1e-7:
            break
    return dict(zip(names(), found.tolist(), strict=True))


def as_module(weights: Mapping[str, float]) -> str:
    """The weights as the module that the rules read."""
    return "\n".join(_lines(weights)) + "\n"


def _lines(weights: Mapping[str, float]) -> Iterator[str]:
    yield (
        '"""What each level of evidence weighs (log odds); written by '
        '`python -m benchmarks.dedup_fit`."""'
    )
    yield "\nfrom __future__ import annotations\n\nWEIGHTS = {"
    yield from (f'    "{name}": {value:.2f},' for name, value in weights.items())
    yield "}"


def _row(a: Entry, b: Entry) -> list[float] | None:
    """What weighs in a pair, None where a rule tells the two apart or they are strangers."""
    ours, theirs = a.form, b.form
    if strangers(ours, theirs):
        return None
    values, inside = compare(ours, theirs), contained(ours, theirs)
    if signs_against(ours, theirs, values, contained=inside):
        return None
    generic = ours.generic or theirs.generic
    there = set(features(values, contained=inside, generic=generic))
    return [float(name in there) for name in names()]


if __name__ == "__main__":
    sys.exit(main())
