"""What the commands of `surveil strategy` share."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from surveillance.errors import Place, UnreadableInput

if TYPE_CHECKING:
    from surveillance.records import Record
    from surveillance.strategy.mesh import MeshTree
    from surveillance.strategy.strategy import Diagnostic, Strategy

app = typer.Typer(help="Read, translate and evaluate a search strategy.", no_args_is_help=True)

StrategyFile = Annotated[
    Path, typer.Argument(metavar="FILE", help="The strategy as published, a text file.")
]
Dialect = Annotated[
    str | None,
    typer.Option(help="ovid-medline, ovid-embase, cochrane, inahta or pubmed; left out: detected."),
]
RecordFiles = Annotated[
    list[Path],
    typer.Option(
        metavar="FILE…", help="PubMed XML (.xml, .xml.gz), RIS, NBIB or JSON lines; one or more."
    ),
]
MeshFile = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE",
        help="MeSH, NLM's descriptor XML or a table; left out: what lies beside the strategy, "
        "else the workspace's.",
    ),
]
LineNumber = Annotated[
    int | None, typer.Option("--line", help="Take this line as the result instead of the last.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]


def check_line(strategy: Strategy, line: int | None, file: Path) -> None:
    """Raise `UnreadableInput` where the strategy has no line of that number."""
    if line is not None and strategy.line(line) is None:
        raise UnreadableInput(
            f"the strategy has no line {line}; its last is {strategy.result_line}.",
            place=Place(file),
        )


def mesh_for(file: Path, named: Path | None, *, stored_first: bool = False) -> MeshTree | None:
    """The MeSH that was named, else what lies beside the strategy, else the workspace's.

    `stored_first`: the workspace's before what lies beside, which may be a part of the tree.
    """
    from surveillance.strategy_files import mesh_beside, read_mesh_file

    if named:
        return read_mesh_file(named)
    beside = None if stored_first else mesh_beside(file)
    if beside is not None:
        return beside
    stored = _stored_mesh()
    if stored.is_file():
        return read_mesh_file(stored)
    return mesh_beside(file) if stored_first else None


def _stored_mesh() -> Path:
    """Where the workspace's MeSH lies; the settings are read only where they can name another."""
    from surveillance.strategy_files import MESH_BESIDE

    named = any(name.upper() == "SURVEIL_WORKSPACE" for name in os.environ)
    if not named and not Path(".env").is_file():
        return Path(MESH_BESIDE)
    from surveillance.settings import read_settings

    return read_settings().mesh_file


def read_record_files(files: Iterable[Path]) -> Iterable[Record]:
    """The records of all files, the highest version of each, in the order first met."""
    from surveillance.cli import show
    from surveillance.records.reading import read_records

    newest: dict[tuple[str, str], Record] = {}
    for file in files:
        found = read_records(file)
        for unread in found.unread[:5]:
            show.err.print(f"{file}, line {unread.line}: not read: {unread.reason}", markup=False)
        for captured in found.captured:
            record = captured.record
            key = (record.source, record.source_id)
            if key not in newest or record.version >= newest[key].version:
                newest[key] = record
    return newest.values()


def show_diagnostics(diagnostics: Iterable[Diagnostic]) -> None:
    """The findings as a table on standard error."""
    from surveillance.cli import show

    rows = [
        (d.line, d.column, str(d.severity), d.code, f"{d.message} {d.hint}".strip())
        for d in diagnostics
    ]
    if rows:
        headers = ("line", "column", "severity", "code", "what was found")
        show.err.print(show.table("Found on the way", headers, rows))
