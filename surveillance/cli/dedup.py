"""`surveil dedup`: the duplicates in files of records, without a workspace or a store."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from surveillance.pipeline.dedup_files import Gathered
    from surveillance.pipeline.dedup_results import Outcome

#: So many of what should be looked at are shown; the rest are counted.
_SHOWN = 5


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command()(dedup)


def dedup(
    files: Annotated[
        list[Path],
        typer.Argument(
            metavar="FILE…", help="CSV, RIS, NBIB, PubMed XML or another format; one or more."
        ),
    ],
    out: Annotated[
        Path, typer.Option("--out", metavar="DIR", help="The folder that the results go to.")
    ],
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Find the duplicates in files of records: merge what is certain, list what is doubtful.

    Writes clusters.csv (record_id, cluster_id), review.csv (the pairs that a person should look
    at, the likeliest duplicates first) and decisions.jsonl (every decision with its evidence).

    Example: surveil dedup medline.ris embase.csv --out duplicates
    """
    gathered, found, times = _deduplicated(files, out)
    remark(gathered)
    _show(_document(gathered, found, times), out, as_json=as_json)


def _deduplicated(files: list[Path], out: Path) -> tuple[Gathered, Outcome, list[float]]:
    """What was read and what was found, with the times at the end of each step."""
    from surveillance.cli.show import Bars
    from surveillance.dedup.deduplicate import deduplicate
    from surveillance.pipeline.dedup_files import gather
    from surveillance.pipeline.dedup_results import RESULTS, outcome, write_results
    from surveillance.pipeline.results_folder import check_folder, write_together

    check_folder(out, RESULTS)
    times = [perf_counter()]
    with _no_collections():
        gathered = gather(files, Bars())
        times.append(perf_counter())
        (entries,) = Bars().follow([gathered.entries], "Finding duplicates", 1)
        found = outcome(gathered.named.names, deduplicate(entries))
        times.append(perf_counter())
        write_together(out, RESULTS, lambda folder: write_results(found, folder))
        times.append(perf_counter())
    return gathered, found, times


@contextmanager
def _no_collections() -> Iterator[None]:
    """No searches for cycles of objects: there are none here, and they take a third of the time."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def _document(gathered: Gathered, found: Outcome, times: list[float]) -> dict[str, Any]:
    reading, matching, writing = (round(end - begin, 3) for begin, end in pairwise(times))
    return {
        "files": {str(file.path): len(file.records) for file in gathered.files},
        "records": len(found.names),
        "unread_lines": sum(len(file.unread) for file in gathered.files),
        "pairs_compared": len(found.decisions),
        "merged": found.merged,
        "reports": len(found.clusters),
        "doubtful": len(found.waiting),
        "read_seconds": reading,
        "match_seconds": matching,
        "write_seconds": writing,
        "seconds": round(times[-1] - times[0], 3),
    }


_WORDS = {
    "records": "records",
    "unread_lines": "lines not read",
    "pairs_compared": "pairs compared",
    "merged": "duplicates merged",
    "reports": "reports that remain",
    "doubtful": "pairs for a person",
    "read_seconds": "seconds to read",
    "match_seconds": "seconds to match",
    "write_seconds": "seconds to write",
    "seconds": "seconds in all",
}


def _show(content: dict[str, Any], out: Path, *, as_json: bool) -> None:
    from surveillance.cli import show

    if as_json:
        show.document(content)
        return
    rows = [(words, content[what]) for what, words in _WORDS.items()]
    files = content["files"]
    named = next(iter(files)) if len(files) == 1 else f"{len(files)} files"
    show.out.print(show.table(f"Duplicates in {named}", ("what", "count"), rows))
    show.out.print(f"clusters.csv, review.csv and decisions.jsonl lie in {out}", markup=False)


def remark(gathered: Gathered) -> None:
    """Say on the side what was not read, and which names could not stay as they are."""
    for file in gathered.files:
        for unread in file.unread[:_SHOWN]:
            _aside(f"{file.path}, line {unread.line}: not read: {unread.reason}")
        if more := len(file.unread[_SHOWN:]):
            _aside(f"{file.path}: {more:,} more lines were not read")
    named = gathered.named
    if named.repeated:
        _aside(
            f"{_some(named.repeated)}: more than one record is called so; "
            "the results put the file before such a name, or a number behind it"
        )
    if named.disarmed:
        _aside(
            f"{_some(named.disarmed)}: a spreadsheet would run such a name as a formula; "
            "the results put an apostrophe before it"
        )


def _some(names: tuple[str, ...]) -> str:
    more = len(names) - _SHOWN
    return ", ".join(names[:_SHOWN]) + (f" and {more:,} more" if more > 0 else "")


def _aside(remark: str) -> None:
    from surveillance.cli import show

    show.err.print(remark, markup=False, soft_wrap=True)
