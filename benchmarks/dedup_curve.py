"""What each threshold costs: found, wrongly removed and left to a person, on the labelled sets.

    python -m benchmarks.dedup_curve [SET… | --write-docs | --redraw] [--json]

From the threshold on a pair is merged if nothing stands against it. Each set is read and compared
once, in a process of its own; for each further threshold only what it can change is decided again,
and all is clustered again. The drawing and the figures that it shows go to .bench, with
`--write-docs` (all sets, then) to docs/pictures and docs/dedup.md; `--redraw` measures nothing and
draws the figures that are there. Counted are totals of whole
sets: nothing here shows a record of half B.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any
from unittest.mock import patch

from benchmarks.dedup import answer_of, in_a_process
from benchmarks.dedup_scores import Score, score
from benchmarks.dedup_sets import SETS, LabelledSet, SetAbsent, read_set
from benchmarks.docs_page import PAGE, PICTURES, markdown_table, write_figures
from benchmarks.line_plot import Line, Panel, linear, nearing_one, panels
from surveillance.dedup import decide
from surveillance.dedup import deduplicate as stage
from surveillance.dedup.candidates import Entry
from surveillance.dedup.clusters import Pair
from surveillance.dedup.decide import PairDecision, Verdict

THRESHOLDS = (0.80, 0.85, 0.90, 0.93, 0.95, 0.97, 0.98, 0.99, 0.995)
NAME = "dedup_threshold"
BENCH = Path(".bench")


@dataclass(frozen=True, slots=True)
class SetCurve:
    """A set's totals, one for each threshold."""

    name: str
    records: int
    duplicates: int
    found: tuple[int, ...]
    wrongly_removed: tuple[int, ...]
    review_pairs: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Curve:
    """What is drawn: the sets' totals under each threshold, and the threshold in use."""

    rules_version: str
    in_use: float
    thresholds: tuple[float, ...]
    sets: tuple[SetCurve, ...]

    def total(self, read: Callable[[SetCurve], Sequence[int]]) -> list[int]:
        """All sets together, for each threshold."""
        return [sum(column) for column in zip(*map(read, self.sets), strict=True)]

    def share_found(self) -> list[float]:
        """The share of all sets' duplicates that is found, for each threshold."""
        duplicates = sum(one.duplicates for one in self.sets)
        return [found / duplicates for found in self.total(lambda one: one.found)]

    def smallest(self) -> SetCurve:
        """The set with the fewest duplicates: the others hide what is lost in it."""
        return min(self.sets, key=lambda one: one.duplicates)


def main() -> int:
    """Measure, draw and say where it lies."""
    asked = _arguments()
    for_docs = asked.write_docs or asked.redraw
    folder = PICTURES if for_docs else BENCH
    if asked.redraw:
        curve = read_curve(json.loads((folder / f"{NAME}.json").read_text(encoding="utf-8")))
    else:
        curve = _measured(asked.sets or SETS, whole=for_docs)
    if not curve.sets:
        return 1
    write_drawing(curve, folder)
    if for_docs:
        write_figures(PAGE, NAME, table(curve))
    print(json.dumps(asdict(curve), indent=2) if asked.json else table(curve))
    print(f"drawing: {folder / NAME}.svg", file=sys.stderr)
    return 0


def measure(labelled: LabelledSet, thresholds: Sequence[float]) -> SetCurve:
    """The totals of a set under each threshold."""
    entries, works = labelled.entries(), labelled.works()
    scores: list[Score] = []
    with _compared_once():
        for threshold in thresholds:
            with patch.object(decide, "CERTAIN", threshold):
                answer = answer_of(stage.deduplicate(entries), 0.0, 0)
            scores.append(score(works, answer))
    return SetCurve(
        labelled.name,
        scores[0].records,
        scores[0].duplicates,
        tuple(one.found for one in scores),
        tuple(one.wrongly_removed for one in scores),
        tuple(one.review_pairs for one in scores),
    )


def draw(curve: Curve) -> str:
    """The curve as SVG: what is found, what is wrongly removed, what is left to a person."""
    smallest = curve.smallest()
    label = f"merged from this probability on (dotted: {_plain(curve.in_use)}, as in use)"
    across = nearing_one(label, curve.thresholds, _plain)
    found = [("all sets together", curve.share_found())]
    if len(curve.sets) > 1:
        of_smallest = [count / smallest.duplicates for count in smallest.found]
        found.append((f"{smallest.name}, {smallest.duplicates:,} duplicates", of_smallest))
    least = min(value for _, line in found for value in line)
    records = sum(one.records for one in curve.sets)
    drawn = [
        Panel(
            # Room above the line for what stands at its points.
            linear("duplicates found, %", min(least, 0.95), 1.0, lambda value: f"{value:.0%}"),
            [Line(name, curve.thresholds, line, say=_percent) for name, line in found],
        ),
        _counted("works wrongly removed", curve, lambda one: one.wrongly_removed),
        _counted("pairs to review", curve, lambda one: one.review_pairs),
    ]
    title = f"What the threshold costs: {len(curve.sets)} labelled sets, {records:,} records"
    return panels(title, across, drawn, mark=curve.in_use)


def table(curve: Curve) -> str:
    """The same figures for the page; the threshold in use stands out."""
    headers = ["from", "works wrongly removed", "found", *(one.name for one in curve.sets)]
    return markdown_table([*headers, "pairs to review"], _rows(curve))


def write_drawing(curve: Curve, folder: Path) -> None:
    """The drawing, and beside it what it is drawn from."""
    folder.mkdir(parents=True, exist_ok=True)
    figures = json.dumps(asdict(curve), indent=1)
    (folder / f"{NAME}.json").write_text(f"{figures}\n", encoding="utf-8")
    (folder / f"{NAME}.svg").write_text(draw(curve), encoding="utf-8")


def read_curve(figures: dict[str, Any]) -> Curve:
    """The curve that was written as JSON."""
    sets = tuple(SetCurve(**_with_tuples(one)) for one in figures["sets"])
    return Curve(**_with_tuples(figures | {"sets": sets}))


def _with_tuples(figures: dict[str, Any]) -> dict[str, Any]:
    return {
        key: tuple(value) if isinstance(value, list) else value for key, value in figures.items()
    }


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("sets", nargs="*", metavar="SET", help=", ".join(SETS))
    where = parser.add_mutually_exclusive_group()
    where.add_argument("--write-docs", action="store_true", help="all sets, into docs/")
    where.add_argument("--redraw", action="store_true", help="what docs/ has, without measuring")
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    if unknown := set(asked.sets) - set(SETS):
        parser.error(f"no set {', '.join(sorted(unknown))}; there are {', '.join(SETS)}")
    if asked.sets and (asked.write_docs or asked.redraw):
        parser.error("the docs show all sets: name none")
    return asked


def _measured(names: Iterable[str], *, whole: bool) -> Curve:
    thresholds = tuple(sorted({*THRESHOLDS, decide.CERTAIN}))
    found = []
    for name in names:
        print(f"{name} …", file=sys.stderr, flush=True)
        try:
            found.append(in_a_process(_of_set, name, thresholds))
        except SetAbsent as fault:
            if whole:
                sys.exit(f"{fault} The docs show all sets.")
            print(fault, file=sys.stderr)
    return Curve(decide.RULES_VERSION, decide.CERTAIN, thresholds, tuple(found))


def _of_set(name: str, thresholds: Sequence[float]) -> SetCurve:
    return measure(read_set(name), thresholds)


@contextmanager
def _compared_once() -> Iterator[None]:
    """A pair that is different stays so: no threshold joins it, so it is not compared again."""
    different: dict[Pair, PairDecision] = {}
    by_the_rules = decide.decide_pair

    def decided(a: Entry, b: Entry) -> PairDecision:
        known = different.get((a.id, b.id))
        if known is None:
            known = by_the_rules(a, b)
            if known.verdict is Verdict.DIFFERENT:
                different[a.id, b.id] = known
        return known

    with patch.object(stage, "decide_pair", decided):
        yield


def _counted(label: str, curve: Curve, read: Callable[[SetCurve], Sequence[int]]) -> Panel:
    counts = curve.total(read)
    # A fifth more than the most: room for the number at its point.
    up = linear(label, 0, max(4, *(1.2 * count for count in counts)), lambda value: f"{value:,.0f}")
    said = Line("all sets together", curve.thresholds, counts, say=lambda count: f"{count:,.0f}")
    return Panel(up, [said])


def _rows(curve: Curve) -> Iterator[list[str]]:
    wrong = curve.total(lambda one: one.wrongly_removed)
    review = curve.total(lambda one: one.review_pairs)
    for place, threshold in enumerate(curve.thresholds):
        found = [one.found[place] / one.duplicates for one in curve.sets]
        row = [
            _plain(threshold),
            f"{wrong[place]:,}",
            *(f"{share:.4f}" for share in (curve.share_found()[place], *found)),
            f"{review[place]:,}",
        ]
        yield [f"**{cell}**" for cell in row] if threshold == curve.in_use else row


def _plain(probability: float) -> str:
    """Without the 0 before the point, as the docs write thresholds: .80, .995."""
    text = f"{probability:.2f}" if round(probability, 2) == probability else f"{probability:g}"
    return text.removeprefix("0")


def _percent(share: float) -> str:
    return f"{100 * share:.1f}"


if __name__ == "__main__":
    sys.exit(main())
