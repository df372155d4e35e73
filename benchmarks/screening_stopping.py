"""Does the promise of the stopping rule hold, and what does it save, on the labelled sets?

    python -m benchmarks.screening_stopping [SET…] [--seeds 1 2 3] [--json]

Each set is screened again in the order of our ranking. Three rules read the same order: ours; ours
on random draws alone, once the order is quiet; and that of Callaghan and Müller-Hansen (buscar
0.0.2, calculate_h0), looked at after each record. A promise holds in a run if the share of includes
that it names was found where the rule stopped.

Then: learnt from the earlier years, applied to the later ones, on the sets that have years. And
orders by chance alone, the worst that both rules assume: here a promise with a proof must hold.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import json
import random
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from functools import partial

import numpy as np
import numpy.typing as npt
from rich.console import Console
from rich.table import Table
from scipy.stats import hypergeom

from benchmarks.halves import half_of, wilson
from benchmarks.screening_scores import Mean, mean_of
from benchmarks.screening_sets import SHARED, read_set
from surveillance.screening.rank import learn
from surveillance.screening.rank_replay import replay
from surveillance.screening.rank_words import RankText, rank_words
from surveillance.screening.stopping import UPDATE, Basis, Promise, Read, first_stop

#: It has no included record.
NOTHING_TO_FIND = "iddo_malaria_lsr_reasons"
PROMISE = Promise()
#: The sample begins when so large a share of the pile was read without a find.
QUIET = 0.1
#: The years are cut where at least this share of the records lies before.
CUTS = (0.3, 0.5, 0.7)
#: What the threshold keeps of the earlier includes.
THRESHOLD_KEEPS = 0.99
STEPS = 50
#: Records and includes of the piles that are read in an order by chance, and how often.
PILES, SHUFFLES = ((200, 21), (500, 22), (500, 41), (500, 100)), 200

Labels = Sequence[bool]
Stop = Callable[[Labels], int]


@dataclass(frozen=True, slots=True)
class Run:
    """What a rule did on one order: the share of includes found, and of records left unread."""

    rule: str
    name: str
    seed: int
    recall: float
    saved: float
    promised: float = PROMISE.recall

    @property
    def held(self) -> bool:
        return self.recall >= self.promised - 1e-9


@dataclass(frozen=True, slots=True)
class Row:
    """A rule's runs on half A, half B or all sets, summed up."""

    rule: str
    half: str
    sets: int
    runs: int
    held: float
    held_interval: tuple[float, float]
    recall: float
    least_recall: float
    saved: Mean


def main() -> int:
    """Measure and print."""
    asked = _arguments()
    names = asked.sets or labelled_sets()
    if not names:
        print(f"{SHARED} is not here: nothing to measure.", file=sys.stderr)
        return 1
    runs = list(_runs(names, asked.seeds))
    later = _rows(run for cut in CUTS for run in _later_runs(names, cut))
    tables = {
        f"recall ≥ {PROMISE.recall} with confidence {PROMISE.confidence}": _rows(runs),
        "learnt from earlier years, applied to later ones": later,
        "orders by chance alone": _rows(_chance_runs(), ["all"]),
    }
    if asked.json:
        print(json.dumps({title: [asdict(row) for row in of] for title, of in tables.items()}))
        return 0
    console = Console(width=None if sys.stdout.isatty() else 140, highlight=False)
    for title, of in tables.items():
        console.print(_table(title, of))
    console.print(_beside_the_peer(runs), soft_wrap=True)
    return 0


def buscar_stop(labels: Labels, promise: Promise = PROMISE) -> int:
    """Where buscar's test, looked at after each record, lets stop.

    Of the windows that end here only those that begin after a find can have the least p: a longer
    one with as many finds says more.
    """
    included = np.array(labels, dtype=np.int64)
    found = np.concatenate([[0], np.cumsum(included)])
    begins = np.concatenate([[0], np.flatnonzero(included) + 1])
    for read in range(1, len(labels) + 1):
        start = begins[begins < read]
        in_window = found[read] - found[start]
        held = np.floor(found[read] / promise.recall + 1 - found[start])
        left = len(labels) - start
        possible = held <= left
        chance = hypergeom.cdf(in_window, left, np.minimum(held, left), read - start)
        if np.where(possible, chance, 0.0).min() < 1 - promise.confidence:
            return read
    return len(labels)


def our_stop(labels: Labels, promise: Promise = PROMISE) -> int:
    """Where our rule lets stop, reading in order."""
    return first_stop([Read(each) for each in labels], len(labels), promise) or len(labels)


def sampled_stop(labels: Labels, seed: int) -> int:
    """Where our rule lets stop on random draws alone: in order until it is quiet, then by lot."""
    quiet = 0
    in_order = 0
    while in_order < len(labels) and quiet < QUIET * len(labels):
        quiet = 0 if labels[in_order] else quiet + 1
        in_order += 1
    rest = list(labels[in_order:])
    random.Random(seed).shuffle(rest)
    reads = [Read(each) for each in labels[:in_order]]
    reads += [Read(each, at_random=True) for each in rest]
    return first_stop(reads, len(labels), PROMISE, Basis.SAMPLE) or len(labels)


def labelled_sets() -> list[str]:
    """The labelled sets that have an included record."""
    names = (path.name.removesuffix(".csv.gz") for path in sorted(SHARED.glob("*.csv.gz")))
    return [name for name in names if name != NOTHING_TO_FIND]


def _runs(names: Iterable[str], seeds: Sequence[int]) -> Iterator[Run]:
    for name in names:
        table = read_set(name)
        for seed in seeds:
            print(f"{name}, seed {seed} …", file=sys.stderr, flush=True)
            replayed = replay(table.texts, table.included, seed)
            labels = [table.included[place] for place in (*replayed.start, *replayed.order)]
            rules: dict[str, Stop] = {
                "ours": our_stop,
                "ours, random draws alone": partial(sampled_stop, seed=seed),
                "buscar": buscar_stop,
            }
            for rule, stop in rules.items():
                yield _run(rule, name, seed, labels, stop(labels))


def _run(
    rule: str, name: str, seed: int, labels: Labels, read: int, *, promise: Promise = PROMISE
) -> Run:
    recall = sum(labels[:read]) / sum(labels)
    return Run(rule, name, seed, recall, 1 - read / len(labels), promise.recall)


def _chance_runs() -> Iterator[Run]:
    draw = random.Random(1)
    for size, included in PILES:
        for seed in range(SHUFFLES):
            labels = [True] * included + [False] * (size - included)
            draw.shuffle(labels)
            for rule, stop in (("ours", our_stop), ("buscar", buscar_stop)):
                name = f"{included} of {size}"
                yield _run(f"{rule}: {name}", name, seed, labels, stop(labels))


def _later_runs(names: Iterable[str], cut: float) -> Iterator[Run]:
    for name in names:
        years = _years(name)
        if len(set(years)) < 2:
            continue
        table = read_set(name)
        first_later = sorted(years)[int(cut * len(years))]
        later = np.array([year >= first_later for year in years])
        included = np.array(table.included)
        if not included[later].any() or included[~later].sum() < 2:
            print(f"{name}: no includes on both sides of {first_later}.", file=sys.stderr)
            continue
        labels, kept = _later_order(table.texts, included, later)
        at = f" (after {cut:.0%})"
        for promise in (UPDATE, PROMISE):
            rule = f"ours, {promise.recall}{at}"
            yield _run(rule, name, 0, labels, our_stop(labels, promise), promise=promise)
        yield Run(f"threshold{at}", name, 0, *kept, THRESHOLD_KEEPS)


def _years(name: str) -> list[int]:
    """The year of each record; none where one has no year."""
    with gzip.open(SHARED / f"{name}.csv.gz", "rt", encoding="utf-8", newline="") as stream:
        years = [row["year"].strip() for row in csv.DictReader(stream)]
    return [int(float(year)) for year in years] if all(years) else []


def _later_order(
    texts: Sequence[RankText], included: npt.NDArray[np.bool_], later: npt.NDArray[np.bool_]
) -> tuple[list[bool], tuple[float, float]]:
    """The later records' labels as they are read, and what a threshold would do to them.

    The threshold is that which keeps 99 % of the earlier includes, each scored without itself.
    """
    matrix = rank_words(texts).matrix
    read, unread = np.flatnonzero(~later), np.flatnonzero(later)
    threshold = np.quantile(_scored_apart(matrix, read, included), 1 - THRESHOLD_KEEPS)
    first = _scores(matrix, read, included)[unread]
    passed = first >= threshold
    kept = (float(passed[included[unread]].mean()), float(1 - passed.mean()))
    labels: list[bool] = []
    step = max(1, len(unread) // STEPS)
    while len(unread):
        order = unread[np.argsort(-_scores(matrix, read, included)[unread], kind="stable")]
        labels += included[order[:step]].tolist()
        read, unread = np.append(read, order[:step]), np.sort(order[step:])
    return labels, kept


def _scores(
    matrix: object, read: npt.NDArray[np.int64], included: npt.NDArray[np.bool_]
) -> npt.NDArray[np.float64]:
    known = included[read]
    return learn(matrix, read[known], read[~known]).scores


def _scored_apart(
    matrix: object, read: npt.NDArray[np.int64], included: npt.NDArray[np.bool_]
) -> npt.NDArray[np.float64]:
    """The scores of the included among `read`, each by a fifth that was not learnt from."""
    shuffled = np.random.default_rng(1).permutation(read)
    found = []
    for part in range(5):
        mine = np.arange(len(shuffled)) % 5 == part
        scores = _scores(matrix, shuffled[~mine], included)
        found.append(scores[shuffled[mine][included[shuffled[mine]]]])
    return np.concatenate(found)


def _rows(runs: Iterable[Run], halves: Sequence[str] = ("A", "B", "all")) -> list[Row]:
    by_rule: dict[str, list[Run]] = {}
    for run in runs:
        by_rule.setdefault(run.rule, []).append(run)
    return [
        _row(rule, half, chosen)
        for rule, of_rule in by_rule.items()
        for half in halves
        if (chosen := [run for run in of_rule if half in ("all", half_of(run.name))])
    ]


def _row(rule: str, half: str, runs: Sequence[Run]) -> Row:
    held = sum(run.held for run in runs)
    return Row(
        rule=rule,
        half=half,
        sets=len({run.name for run in runs}),
        runs=len(runs),
        held=held / len(runs),
        held_interval=wilson(held, len(runs)),
        recall=sum(run.recall for run in runs) / len(runs),
        least_recall=min(run.recall for run in runs),
        saved=_mean_saved(runs),
    )


def _mean_saved(runs: Sequence[Run]) -> Mean:
    """The mean over sets, not over runs: those of one set are alike."""
    return mean_of([sum(saved) / len(saved) for saved in _by_set(runs).values()])


def _by_set(runs: Sequence[Run]) -> dict[str, list[float]]:
    by_set: dict[str, list[float]] = {}
    for run in runs:
        by_set.setdefault(run.name, []).append(run.saved)
    return by_set


def _beside_the_peer(runs: Sequence[Run]) -> str:
    """What we save more than the peer, set by set, and where we save less."""
    theirs = {(run.name, run.seed): run.saved for run in runs if run.rule == "buscar"}
    more = [
        replace(run, saved=run.saved - theirs[run.name, run.seed])
        for run in runs
        if run.rule == "ours"
    ]
    lost = sorted(name for name, saved in _by_set(more).items() if sum(saved) < 0)
    return f"More saved than by buscar: {_mean_saved(more)}; less on {', '.join(lost) or 'no set'}."


def _table(title: str, rows: Sequence[Row]) -> Table:
    table = Table(title=title)
    for heading in ("rule", "half", "sets", "runs", "held", "recall", "least", "work saved"):
        table.add_column(heading)
    for row in rows:
        low, high = row.held_interval
        table.add_row(
            row.rule, row.half, str(row.sets), str(row.runs),
            f"{row.held:.1%} ({low:.1%}–{high:.1%})",
            f"{row.recall:.4f}", f"{row.least_recall:.3f}",
            str(row.saved),
        )  # fmt: skip
    return table


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("sets", nargs="*", metavar="SET", help="names of files in ../shared")
    parser.add_argument("--seeds", nargs="+", type=int, default=[1, 2, 3])
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    if unknown := set(asked.sets) - set(labelled_sets()):
        parser.error(f"no set {', '.join(sorted(unknown))}")
    return asked


if __name__ == "__main__":
    sys.exit(main())
