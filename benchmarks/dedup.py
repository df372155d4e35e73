"""Duplicates found in sets that people labelled: our automatic step, and bib-dedupe beside it.

    python -m benchmarks.dedup [SET…] [--peer] [--half A|B|both] [--certain P] [--show-errors]
                               [--json]

Each engine takes each set in a process of its own, on one core. Seconds are of the processor: ours
for normalising and matching the records of a table's rows. The memory is what reading and
matching took above the start. What the columns mean: `benchmarks/dedup_scores.py`. `--certain`
merges from another probability on than the rules do, as the table in decision 7 does. Rules are
tuned on half A of a set, so errors are shown of half A alone. The peer takes ten minutes and up to
7 GB each for srsr and depression: it is asked for these only where they are named.
"""

from __future__ import annotations

import argparse
import csv
import json
import multiprocessing
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from benchmarks.dedup_scores import Answer, Link, Pair, Score, score, wrong_links
from benchmarks.dedup_sets import PEER, SETS, LabelledSet, Row, SetAbsent, read_set
from benchmarks.halves import half_of
from surveillance.dedup import decide
from surveillance.dedup.candidates import Entry
from surveillance.dedup.clusters import Clustering
from surveillance.dedup.decide import PairDecision, Verdict
from surveillance.dedup.deduplicate import Deduplication, deduplicate

OURS, THEIRS = "surveillance", "bib-dedupe"
#: What the peer is asked for only by name.
HEAVY = frozenset({"srsr", "depression"})
HALVES: dict[str, Callable[[str], bool]] = {
    "whole": lambda _work: True,
    "A": lambda work: half_of(work) == "A",
    "B": lambda work: half_of(work) == "B",
}
WIDE = 150
#: What the peer is given; it reads a journal only of what is called an article.
_PEER_COLUMNS = (
    "title", "author", "year", "journal", "volume", "number", "pages", "doi", "abstract"
)  # fmt: skip
_PEER_PROGRAM = Path(__file__).with_name("peers") / "bib_dedupe.py"


class PeerFailed(RuntimeError):
    """The peer ended without an answer (its memory, perhaps); the other results stand."""


@dataclass(frozen=True, slots=True)
class Result:
    """An engine's figures on a set; the links of half A that join two works, printed."""

    engine: str
    name: str
    scores: dict[str, Score]
    seconds: float
    peak_bytes: int
    errors: tuple[str, ...]
    unshown: int


def main() -> int:
    """Measure and print."""
    asked = _arguments()
    results = []
    for name, engine in _runs(asked.sets, peer=asked.peer):
        print(f"{engine}: {name} …", file=sys.stderr, flush=True)
        try:
            results.append(engines(asked.certain)[engine](name))
        except (SetAbsent, PeerFailed) as fault:
            print(fault, file=sys.stderr)
    halves = ("A", "B", "whole") if asked.half == "both" else (asked.half,)
    if asked.json:
        print(json.dumps([_as_json(result, halves) for result in results], indent=2))
        return 0
    console = Console(width=None if sys.stdout.isatty() else WIDE, highlight=False)
    console.print(_table(results, halves))
    if asked.show_errors:
        for line in _error_lines(results):
            console.print(line, markup=False, soft_wrap=True)
    return 0


def engines(certain: float) -> dict[str, Callable[[str], Result]]:
    """Each engine with what measures it on a set; ours merges from the probability `certain` on."""
    return {OURS: lambda name: in_a_process(_ours, name, certain), THEIRS: _theirs}


def in_a_process(function: Callable[..., Any], *arguments: object) -> Any:
    """A fresh process: its memory is the function's own, and nothing is warm.

    This one must stay small: a process is born with its parent's peak.
    """
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(function, arguments)


def peak() -> int:
    """The most memory that this process has had so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def answer_of(found: Deduplication, seconds: float, peak_bytes: int) -> Answer:
    """What our engine says: a refused merge waits for a person like a doubtful pair."""
    standing = {(each.record_a, each.record_b): each for each in found.decisions}
    clusters = [members for members in found.clustering.clusters if len(members) > 1]
    cluster_of = {number: members[0] for members in clusters for number in members}
    # Of what the rules call the same, a conflict with a third record may keep two apart.
    links = [
        Link(a, b, f"{decision.score:.4f} {decision.rule}")
        for (a, b), decision in standing.items()
        if decision.verdict is Verdict.SAME and cluster_of.get(a) == cluster_of.get(b, -1)
    ]
    review = _to_review(standing.values(), found.clustering)
    return Answer(clusters, links, review, seconds, peak_bytes)


def _to_review(standing: Iterable[PairDecision], clustering: Clustering) -> list[Pair]:
    doubtful = [(d.record_a, d.record_b) for d in standing if d.verdict is Verdict.DOUBTFUL]
    return [*doubtful, *clustering.refused]


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("sets", nargs="*", metavar="SET", help=", ".join(SETS))
    parser.add_argument("--peer", action="store_true", help="measure bib-dedupe, too")
    parser.add_argument("--half", choices=("A", "B", "both"), default="both")
    parser.add_argument("--certain", type=float, default=decide.CERTAIN, metavar="P")
    parser.add_argument("--show-errors", action="store_true", help="wrong merges of half A")
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    if unknown := set(asked.sets) - set(SETS):
        parser.error(f"no set {', '.join(sorted(unknown))}; there are {', '.join(SETS)}")
    if asked.peer and not _peer_runs():
        print("bib-dedupe is left out: `make bench` installs it (Python < 3.13).", file=sys.stderr)
        asked.peer = False
    return asked


def _runs(sets: Sequence[str], *, peer: bool) -> Iterator[tuple[str, str]]:
    for name in sets or SETS:
        yield name, OURS
        if peer and (name in sets or name not in HEAVY):
            yield name, THEIRS


def _ours(name: str, certain: float) -> Result:
    # A process of its own: nothing else is decided by this threshold.
    decide.CERTAIN = certain
    before = peak()
    labelled = read_set(name)
    records = [(entry.id, entry.record) for entry in labelled.entries()]
    begun = time.process_time()
    # An entry's comparable forms are made with it: normalising counts.
    found = deduplicate([Entry(number, record) for number, record in records])
    seconds = time.process_time() - begun
    return _result(OURS, labelled, answer_of(found, seconds, peak() - before))


def _theirs(name: str) -> Result:
    with TemporaryDirectory() as folder:
        table, answer = Path(folder, "records.csv"), Path(folder, "answer.json")
        in_a_process(_write_table, name, table)
        command = [str(_peer_python()), "-I", str(_PEER_PROGRAM), str(table), str(answer)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            raise PeerFailed(f"bib-dedupe failed on {name}: {done.stderr.strip()[-500:]}")
        said = json.loads(answer.read_text(encoding="utf-8"))
    links = [Link(a, b) for a, b in said.pop("merged")]
    result: Result = in_a_process(_scored, name, Answer(links=links, **said))
    return result


def _peer_python() -> Path:
    return PEER / "bin" / "python"


def _peer_runs() -> bool:
    return any(PEER.glob("lib/python*/site-packages/pandas"))


def _write_table(name: str, table: Path) -> None:
    with table.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(["ID", "ENTRYTYPE", *_PEER_COLUMNS])
        for number, row in enumerate(read_set(name).rows, start=1):
            writer.writerow([number, "article", *(row[column] for column in _PEER_COLUMNS)])


def _scored(name: str, answer: Answer) -> Result:
    return _result(THEIRS, read_set(name), answer)


def _result(engine: str, labelled: LabelledSet, answer: Answer) -> Result:
    works = labelled.works()
    wrong = list(wrong_links(works, answer))
    shown = [link for link in wrong if {half_of(works[link.a]), half_of(works[link.b])} == {"A"}]
    return Result(
        engine=engine,
        name=labelled.name,
        scores={half: score(works, answer, counts) for half, counts in HALVES.items()},
        seconds=answer.seconds,
        peak_bytes=answer.peak_bytes,
        errors=tuple(_printed(link, labelled.rows) for link in shown),
        unshown=len(wrong) - len(shown),
    )


def _printed(link: Link, rows: Sequence[Row]) -> str:
    both = (_citation(rows[number - 1]) for number in (link.a, link.b))
    return "\n".join((link.why, *both))


def _citation(row: Row) -> str:
    place = f"{row['journal']} {row['year']};{row['volume']}({row['number']}):{row['pages']}"
    parts = (row["record_id"], row["author"][:60], row["title"], place, row["doi"])
    return "  " + " | ".join(" ".join(part.split()) for part in parts)


def _error_lines(results: Sequence[Result]) -> Iterator[str]:
    for result in results:
        if not result.errors and not result.unshown:
            continue
        yield f"\n{result.engine}, {result.name}: links that join two works"
        yield from result.errors
        if result.unshown:
            yield f"{result.unshown} more touch half B and are not shown."


def _as_json(result: Result, halves: Sequence[str]) -> dict[str, object]:
    return {
        "set": result.name,
        "engine": result.engine,
        "seconds": result.seconds,
        "peak_bytes": result.peak_bytes,
        "errors": result.errors,
        "errors_not_shown": result.unshown,
        "halves": {half: _figures(result.scores[half]) for half in halves},
    }


def _figures(of: Score) -> dict[str, object]:
    return {
        **asdict(of),
        "duplicates": of.duplicates,
        "sensitivity": of.sensitivity,
        "specificity": of.specificity,
        "sensitivity_after_review": of.sensitivity_after_review,
    }


def _table(results: Sequence[Result], halves: Sequence[str]) -> Table:
    table = Table(title="Labelled sets: the automatic step", title_justify="left", box=SIMPLE_HEAD)
    for text in ("set", "engine", "half"):
        table.add_column(text)
    for number in (
        "records", "duplicates", "found", "specificity", "wrongly removed", "impure clusters",
        "pairs to review", "found after review", "seconds", "peak MB above start",
    ):  # fmt: skip
        table.add_column(number, justify="right")
    for result in results:
        for half in halves:
            table.add_row(*_cells(result, half), end_section=half == halves[-1])
    return table


def _cells(result: Result, half: str) -> Iterator[str]:
    of = result.scores[half]
    yield from (result.name, result.engine, half, f"{of.records:,}", f"{of.duplicates:,}")
    yield from (f"{of.sensitivity:.4f}", f"{of.specificity:.5f}", f"{of.wrongly_removed:,}")
    yield from (f"{of.impure_clusters:,}", f"{of.review_pairs:,}")
    yield f"{of.sensitivity_after_review:.4f}"
    # A half is scored, not run.
    cost = (f"{result.seconds:.1f}", f"{result.peak_bytes / 1e6:,.0f}")
    yield from cost if half == "whole" else ("", "")


if __name__ == "__main__":
    sys.exit(main())
