"""`surveil strategy evaluate`: which records a strategy finds, exactly."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from surveillance.cli.strategy.options import (
    AsJson,
    Dialect,
    LineNumber,
    StrategyFile,
    app,
    check_line,
    read_record_files,
    show_diagnostics,
)

if TYPE_CHECKING:
    from surveillance.records import Record
    from surveillance.strategy.evaluate.verdict import Verdict
    from surveillance.strategy.mesh import MeshTree
    from surveillance.strategy.strategy import Strategy


class Engine(StrEnum):
    """What evaluates: the reference engine is the definition."""

    REFERENCE = "reference"


@app.command()
def evaluate(
    file: StrategyFile,
    records: Annotated[
        list[Path],
        typer.Option(help="PubMed XML (.xml, .xml.gz), RIS, NBIB or JSON lines; may be repeated."),
    ],
    dialect: Dialect = None,
    line: LineNumber = None,
    engine: Annotated[Engine, typer.Option(help="Which engine evaluates.")] = Engine.REFERENCE,
    mesh: Annotated[Path | None, typer.Option(help="The MeSH tree as TSV, for explosion.")] = None,
    as_json: AsJson = False,
) -> None:
    """Say which records a strategy finds, exactly.

    Example: surveil strategy evaluate medline.ovid.txt --records pubmed21n1298.xml.gz --json
    """
    from surveillance.cli import show
    from surveillance.strategy_files import mesh_beside, read_mesh_file, read_strategy_file

    strategy = read_strategy_file(file, dialect)
    check_line(strategy, line, file)
    tree = read_mesh_file(mesh) if mesh else mesh_beside(file)
    judged = _judge(file, strategy, list(read_record_files(records)), tree)
    wanted = line or strategy.result_line
    if as_json:
        show.document({"engine": engine, **_evaluation(strategy, judged, wanted)})
        return
    _show_evaluation(file, strategy, judged, wanted)


_Judged = dict[str, "dict[int, Verdict]"]


def _judge(file: Path, strategy: Strategy, records: list[Record], mesh: MeshTree | None) -> _Judged:
    from surveillance.cli import show
    from surveillance.strategy.evaluate.reference import evaluate_lines
    from surveillance.strategy_files import evaluating

    followed = show.Bars().follow(records, "Evaluating", len(records))
    with evaluating(file):
        return {
            record.identifier: evaluate_lines(strategy, record, mesh=mesh) for record in followed
        }


def _evaluation(strategy: Strategy, judged: _Judged, wanted: int | None) -> dict[str, Any]:
    from surveillance.strategy.evaluate.verdict import Verdict

    hits = _count(judged, Verdict.MATCH)
    open_ = _count(judged, Verdict.CANNOT_TELL)
    return {
        "records": len(judged),
        "lines": [
            {"number": line.number, "hits": hits[line.number], "cannot_tell": open_[line.number]}
            for line in strategy.lines
        ],
        "result": _with(judged, wanted, Verdict.MATCH),
        "cannot_tell": _with(judged, wanted, Verdict.CANNOT_TELL),
        "diagnostics": [asdict(diagnostic) for diagnostic in strategy.diagnostics],
    }


def _count(judged: _Judged, verdict: Verdict) -> Counter[int]:
    return Counter(
        number for lines in judged.values() for number, found in lines.items() if found is verdict
    )


def _with(judged: _Judged, wanted: int | None, verdict: Verdict) -> list[str]:
    return [
        identifier
        for identifier, lines in judged.items()
        if wanted is not None and lines.get(wanted) is verdict
    ]


def _show_evaluation(file: Path, strategy: Strategy, judged: _Judged, wanted: int | None) -> None:
    from surveillance.cli import show

    content = _evaluation(strategy, judged, wanted)
    texts = {line.number: line.text for line in strategy.lines}
    rows = [
        (line["number"], texts[line["number"]], line["hits"], line["cannot_tell"])
        for line in content["lines"]
    ]
    title = f"{file} over {content['records']:,} records"
    show.out.print(show.table(title, ("line", "strategy", "match", "cannot tell"), rows))
    show.out.print(
        f"Line {wanted} finds {len(content['result']):,}: " + ", ".join(content["result"])
    )
    show_diagnostics(strategy.diagnostics)
