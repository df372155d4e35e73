"""Screenings that people did, replayed in the order of our ranking, and ASReview's beside it.

    python -m benchmarks.screening [SET…] [--seeds 1 2 3] [--known-items N] [--peer] [--json]

ASReview 3.0.8's figures are those of ../shared/data/screening/peers.csv, paired by set and seed
(each engine drew its own start); with `--peer` it is run here from the start that we drew, which
takes 1 to 90 seconds a set and seed. Seconds are of the processor, for the whole replay, from
texts to order; those in peers.csv are of a clock, on another day's machine.
With `--known-items` ours starts from so many included records and no excluded one, as a topic
does; sets without others to find are left out. Means weigh each set once; intervals are of the
sets drawn anew.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict
from statistics import fmean
from time import process_time

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from benchmarks.halves import half_of
from benchmarks.screening_peer import PeerFailed, peer_replay, peer_runs, result_of
from benchmarks.screening_scores import Mean, mean_of
from benchmarks.screening_sets import (
    MEASURES,
    Result,
    SetAbsent,
    peer_results,
    read_set,
    set_names,
)
from surveillance.screening.rank_replay import replay

WIDE = 150
HALVES: dict[str, Callable[[str], bool]] = {
    "A": lambda name: half_of(name) == "A",
    "B": lambda name: half_of(name) == "B",
    "all": lambda _name: True,
}
#: Of the three that count, atd is the one that should be small.
_GOALS = {"wss95": 1, "rrf10": 1, "atd": -1}
#: peers.csv has four decimals: what differs by less is the same.
_SAME = 0.0005
Results = Sequence[Result]


def main() -> int:
    """Measure and print."""
    try:
        asked = _arguments()
        ours, theirs = _measured(asked)
    except SetAbsent as fault:
        print(fault, file=sys.stderr)
        return 0
    if asked.json:
        print(json.dumps(_document(ours, theirs), indent=2))
        return 0
    console = Console(width=None if sys.stdout.isatty() else WIDE, highlight=False)
    console.print(_table(ours, theirs))
    console.print(_means_table(ours, theirs))
    for line in losses(ours, theirs):
        console.print(line, soft_wrap=True)
    return 0


def by_set(results: Results, measure: str, *, half: str = "all") -> dict[str, float]:
    """Each set's mean over its seeds."""
    names = sorted({result.name for result in results if HALVES[half](result.name)})
    return {
        name: fmean(getattr(result, measure) for result in results if result.name == name)
        for name in names
    }


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("sets", nargs="*", metavar="SET", help=", ".join(set_names()))
    parser.add_argument("--seeds", nargs="+", type=int, default=[1, 2, 3])
    parser.add_argument("--known-items", type=int, default=0, metavar="N")
    parser.add_argument("--peer", action="store_true", help="run ASReview, too")
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    if unknown := set(asked.sets) - set(set_names()):
        parser.error(f"no set {', '.join(sorted(unknown))}; there are {', '.join(set_names())}")
    if asked.peer and not peer_runs():
        print("ASReview is not here: `make bench` installs it.", file=sys.stderr)
        asked.peer = False
    if asked.peer and asked.known_items:
        parser.error("the peer starts from one included and one excluded record")
    return asked


def _measured(asked: argparse.Namespace) -> tuple[list[Result], list[Result]]:
    """Our results, and the peer's on the same sets and seeds."""
    ours: list[Result] = []
    theirs: list[Result] = []
    for name in asked.sets or set_names():
        table = read_set(name)
        if sum(table.included) <= asked.known_items:
            continue
        for seed in asked.seeds:
            print(f"{name}, seed {seed} …", file=sys.stderr, flush=True)
            begun = process_time()
            replayed = replay(table.texts, table.included, seed, asked.known_items)
            ours.append(result_of(name, seed, table, replayed, process_time() - begun))
            if asked.peer:
                try:
                    theirs.append(peer_replay(name, seed, table, replayed.start))
                except PeerFailed as fault:
                    print(fault, file=sys.stderr)
    if asked.peer:
        return ours, theirs
    wanted = {(result.name, result.seed) for result in ours}
    return ours, [result for result in peer_results() if (result.name, result.seed) in wanted]


def _table(ours: Results, theirs: Results) -> Table:
    table = Table(title="Each set, mean over seeds", title_justify="left", box=SIMPLE_HEAD)
    for text in ("set", "half"):
        table.add_column(text)
    for measure in (*MEASURES, "seconds"):
        table.add_column(measure, justify="right")
        table.add_column("ASReview", justify="right")
    measured = {
        measure: (by_set(ours, measure), by_set(theirs, measure))
        for measure in (*MEASURES, "seconds")
    }
    for name in measured["wss95"][0]:
        cells = [
            f"{of[name]:.3f}" if name in of else "–" for pair in measured.values() for of in pair
        ]
        table.add_row(name, half_of(name), *cells)
    return table


def _means_table(ours: Results, theirs: Results) -> Table:
    title = "Means over sets, with 95 % intervals; ahead: ours less ASReview's, paired"
    table = Table(title=title, title_justify="left", box=SIMPLE_HEAD)
    for text in ("half", "measure", "ours", "ASReview", "ahead"):
        table.add_column(text, justify="left" if text in ("half", "measure") else "right")
    for half, measure, means in _means(ours, theirs):
        table.add_row(half, measure, *(str(mean) for mean in means))
    return table


def _means(ours: Results, theirs: Results) -> Iterator[tuple[str, str, tuple[Mean, ...]]]:
    for half in HALVES:
        for measure in (*MEASURES, "seconds"):
            mine, others = (by_set(of, measure, half=half) for of in (ours, theirs))
            both = [name for name in mine if name in others]
            if both:
                columns = (
                    [mine[name] for name in both],
                    [others[name] for name in both],
                    [mine[name] - others[name] for name in both],
                )
                yield half, measure, tuple(mean_of(column) for column in columns)


def losses(ours: Results, theirs: Results) -> Iterator[str]:
    """The sets on which the peer is ahead, measure by measure."""
    for measure, sign in _GOALS.items():
        mine, others = by_set(ours, measure), by_set(theirs, measure)
        lost = {
            name: others[name] - mine[name]
            for name in mine
            if name in others and sign * (others[name] - mine[name]) > _SAME
        }
        named = ", ".join(f"{name} ({by:+.3f})" for name, by in lost.items())
        yield f"{measure}: ASReview is ahead on {len(lost)} of {len(mine)} sets: {named or 'none'}"


def _document(ours: Results, theirs: Results) -> dict[str, object]:
    return {
        "ours": [asdict(result) for result in ours],
        "asreview": [asdict(result) for result in theirs],
        "means": [
            {"half": half, "measure": measure}
            | dict(zip(("ours", "asreview", "ahead"), map(asdict, means), strict=True))
            for half, measure, means in _means(ours, theirs)
        ],
        "losses": list(losses(ours, theirs)),
    }


if __name__ == "__main__":
    sys.exit(main())
