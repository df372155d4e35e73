"""`surveil strategy bench`: how fast a folder of strategies is evaluated over files of records."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Annotated, Any

import typer

from surveillance.cli.strategy.options import (
    AsJson,
    MeshFile,
    RecordFiles,
    app,
    mesh_for,
    read_record_files,
)
from surveillance.cli.strategy.several import SeveralFiles
from surveillance.errors import Place, UnreadableInput

if TYPE_CHECKING:
    from surveillance.records import Record
    from surveillance.strategy.mesh import MeshTree
    from surveillance.strategy.strategy import Strategy

_SUFFIX = ".txt"


@app.command(cls=SeveralFiles)
def bench(
    folder: Annotated[
        Path, typer.Argument(metavar="DIR", help="A folder of strategies, one a .txt file.")
    ],
    records: RecordFiles,
    mesh: MeshFile = None,
    as_json: AsJson = False,
) -> None:
    """Measure how many strategies x records a second the positional engine evaluates.

    Example: surveil strategy bench search_strategies/TOPIC --records records.xml --json
    """
    from surveillance.cli import show

    strategies = dict(_strategies(folder))
    if not strategies:
        raise UnreadableInput(
            f"there is no {_SUFFIX} file with a strategy in this folder.", place=Place(folder)
        )
    tree = mesh_for(next(iter(strategies)), mesh)
    measured = _measured(list(strategies.values()), list(read_record_files(records)), tree)
    if as_json:
        show.document(measured)
        return
    rows = [(what.replace("_", " "), value) for what, value in measured.items()]
    show.out.print(show.table(f"{folder} on the positional engine", ("what", "measured"), rows))


def _strategies(folder: Path) -> Iterator[tuple[Path, Strategy]]:
    """The strategies in a folder and below it; what can't be read as one is named, left out."""
    from surveillance.cli import show
    from surveillance.strategy_files import read_mapped_strategy_file

    if not folder.is_dir():
        raise UnreadableInput(
            "this is not a folder. Give the folder of strategies.", place=Place(folder)
        )
    for file in sorted(folder.rglob(f"*{_SUFFIX}")):
        try:
            yield file, read_mapped_strategy_file(file)
        except UnreadableInput as fault:
            show.err.print(f"left out: {fault}", markup=False, soft_wrap=True)


def _measured(
    strategies: list[Strategy], records: list[Record], mesh: MeshTree | None
) -> dict[str, Any]:
    """Counts and seconds: the index once, then all strategies together."""
    from surveillance.strategy.evaluate.positional import Index, evaluate_all, prepare

    begun = perf_counter()
    index = Index.of(records)
    prepare(index, strategies, mesh=mesh)
    indexed = perf_counter()
    evaluate_all(strategies, index, mesh=mesh)
    query_seconds = perf_counter() - indexed
    return {
        "strategies": len(strategies),
        "records": len(records),
        "index_seconds": round(indexed - begun, 3),
        "query_seconds": round(query_seconds, 6),
        "pairs_per_second": round(len(strategies) * len(records) / query_seconds),
    }
