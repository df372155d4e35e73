"""`surveil strategy …`: a strategy read, translated and evaluated, without store or network."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict
from enum import StrEnum
from pathlib import Path
from textwrap import shorten
from typing import TYPE_CHECKING, Annotated, Any

import typer

from surveillance.errors import Place, UnreadableInput

if TYPE_CHECKING:
    from surveillance.records import Record
    from surveillance.strategy.evaluate.verdict import Verdict
    from surveillance.strategy.mesh import MeshTree
    from surveillance.strategy.strategy import Diagnostic, Strategy

app = typer.Typer(help="Read, translate and evaluate a search strategy.", no_args_is_help=True)

StrategyFile = Annotated[Path, typer.Argument(help="The strategy as published, a text file.")]
Dialect = Annotated[str, typer.Option(help="The strategy's dialect.")]
LineNumber = Annotated[
    int | None, typer.Option("--line", help="Take this line as the result instead of the last.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]


#: Characters of a loss that a table shows; `--json` gives it whole.
SHOWN = 100


class Target(StrEnum):
    """Where a translated query goes."""

    PUBMED = "pubmed"


class Engine(StrEnum):
    """What evaluates: the reference engine is the definition."""

    REFERENCE = "reference"


@app.command()
def parse(file: StrategyFile, dialect: Dialect = "ovid-medline", as_json: AsJson = False) -> None:
    """Read a strategy into numbered lines and trees, and say what is wrong with it.

    Example: surveil strategy parse search_strategies/TOPIC/medline.ovid.txt --json
    """
    from surveillance.cli import show
    from surveillance.strategy.as_json import strategy_document
    from surveillance.strategy_files import read_strategy_file

    strategy = read_strategy_file(file, dialect)
    if as_json:
        show.document(strategy_document(strategy))
        return
    rows = [(line.number, line.text, line.count_raw) for line in strategy.lines]
    show.out.print(
        show.table(f"{file} ({dialect})", ("line", "strategy", "count as printed"), rows)
    )
    show_diagnostics(strategy.diagnostics)


@app.command()
def translate(
    file: StrategyFile,
    to: Annotated[Target, typer.Option(help="The target of the query.")],
    dialect: Dialect = "ovid-medline",
    line: LineNumber = None,
    as_json: AsJson = False,
) -> None:
    """Translate a strategy into one query, and report every loss.

    Example: surveil strategy translate search_strategies/TOPIC/medline.ovid.txt --to pubmed
    """
    from surveillance.cli import show
    from surveillance.strategy.as_json import translation_document
    from surveillance.strategy.translate.pubmed import translate as to_pubmed
    from surveillance.strategy_files import read_strategy_file

    strategy = read_strategy_file(file, dialect)
    check_line(strategy, line, file)
    translation = to_pubmed(strategy, line=line)
    if as_json:
        show.document(translation_document(translation, dialect, to))
        return
    show.out.print(translation.query, soft_wrap=True, markup=False)
    rows = [
        (
            loss.line,
            shorten(loss.source, SHOWN),
            shorten(loss.target, SHOWN),
            loss.direction,
            (loss.verified_locally and "yes") or "no",
        )
        for loss in translation.losses
    ]
    headers = ("line", "the strategy says", "the query says", "direction", "verified locally")
    show.err.print(show.table(f"{len(rows)} losses", headers, rows))
    show_diagnostics(translation.diagnostics)


@app.command()
def evaluate(
    file: StrategyFile,
    records: Annotated[
        list[Path],
        typer.Option(help="PubMed XML (.xml, .xml.gz), RIS, NBIB or JSON lines; may be repeated."),
    ],
    dialect: Dialect = "ovid-medline",
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
