"""What the commands of `surveil strategy` share."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from surveillance.errors import Place, UnreadableInput

if TYPE_CHECKING:
    from surveillance.records import Record
    from surveillance.strategy.strategy import Diagnostic, Strategy

app = typer.Typer(help="Read, translate and evaluate a search strategy.", no_args_is_help=True)

StrategyFile = Annotated[Path, typer.Argument(help="The strategy as published, a text file.")]
Dialect = Annotated[
    str | None, typer.Option(help="The strategy's dialect; detected where none is named.")
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
