"""`surveil strategy evaluate`: which records a strategy finds, exactly."""

from __future__ import annotations

from dataclasses import asdict
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from surveillance.cli.strategy.options import (
    AsJson,
    Dialect,
    LineNumber,
    MeshFile,
    RecordFiles,
    StrategyFile,
    app,
    check_line,
    mesh_for,
    read_record_files,
    show_diagnostics,
)
from surveillance.cli.strategy.several import SeveralFiles

if TYPE_CHECKING:
    from surveillance.records import Record
    from surveillance.strategy.evaluate.positional import VerdictSet
    from surveillance.strategy.mesh import MeshTree
    from surveillance.strategy.strategy import Strategy


class Engine(StrEnum):
    """What evaluates: the reference engine is the definition, the positional one is fast."""

    POSITIONAL = "positional"
    REFERENCE = "reference"


@app.command(cls=SeveralFiles)
def evaluate(
    file: StrategyFile,
    records: RecordFiles,
    dialect: Dialect = None,
    line: LineNumber = None,
    engine: Annotated[Engine, typer.Option(help="Which engine evaluates.")] = Engine.POSITIONAL,
    mesh: MeshFile = None,
    as_json: AsJson = False,
) -> None:
    """Say which records a strategy finds, exactly.

    Example: surveil strategy evaluate medline.ovid.txt --records pubmed21n1298.xml.gz --json
    """
    from surveillance.cli import show
    from surveillance.strategy_files import (
        evaluating,
        read_mapped_strategy_file,
    )

    strategy = read_mapped_strategy_file(file, dialect)
    check_line(strategy, line, file)
    tree = mesh_for(file, mesh)
    found = list(read_record_files(records))
    with evaluating(file):
        judge = _by_position if engine is Engine.POSITIONAL else _by_reference
        judged = judge(strategy, found, tree)
    content = _evaluation(strategy, found, judged, line or strategy.result_line)
    if as_json:
        show.document({"engine": engine, **content})
        return
    _show_evaluation(file, strategy, content, line or strategy.result_line)


def _by_position(
    strategy: Strategy, records: list[Record], mesh: MeshTree | None
) -> dict[int, VerdictSet]:
    from surveillance.strategy.evaluate.positional import Index, evaluate_all

    (judged,) = evaluate_all([strategy], Index.of(records), mesh=mesh)
    return judged


def _by_reference(
    strategy: Strategy, records: list[Record], mesh: MeshTree | None
) -> dict[int, VerdictSet]:
    from surveillance.cli import show
    from surveillance.strategy.evaluate.positional import VerdictSet
    from surveillance.strategy.evaluate.reference import evaluate_lines

    followed = show.Bars().follow(records, "Evaluating", len(records))
    judged = [evaluate_lines(strategy, record, mesh=mesh) for record in followed]
    return {
        line.number: VerdictSet.collected(lines[line.number] for lines in judged)
        for line in strategy.lines
    }


def _evaluation(
    strategy: Strategy, records: list[Record], judged: dict[int, VerdictSet], wanted: int | None
) -> dict[str, Any]:
    from surveillance.strategy.evaluate.positional import numbers

    result = judged[wanted] if wanted is not None else None
    return {
        "records": len(records),
        "lines": [
            {
                "number": number,
                "hits": found.match.bit_count(),
                "cannot_tell": found.cannot_tell.bit_count(),
            }
            for number, found in judged.items()
        ],
        "result": [records[n].identifier for n in numbers(result.match if result else 0)],
        "cannot_tell": [
            records[n].identifier for n in numbers(result.cannot_tell if result else 0)
        ],
        "diagnostics": [asdict(diagnostic) for diagnostic in strategy.diagnostics],
    }


def _show_evaluation(
    file: Path, strategy: Strategy, content: dict[str, Any], wanted: int | None
) -> None:
    from surveillance.cli import show

    texts = {line.number: line.text for line in strategy.lines}
    rows = [
        (line["number"], texts[line["number"]], line["hits"], line["cannot_tell"])
        for line in content["lines"]
    ]
    title = f"{file} over {content['records']:,} records"
    show.out.print(show.table(title, ("line", "strategy", "match", "cannot tell"), rows))
    show.out.print(
        f"Line {wanted} finds {len(content['result']):,}: " + ", ".join(content["result"]),
        markup=False,
    )
    show_diagnostics(strategy.diagnostics)
