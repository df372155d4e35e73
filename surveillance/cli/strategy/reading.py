"""`surveil strategy parse | translate`: a strategy read and translated."""

from __future__ import annotations

from enum import StrEnum
from textwrap import shorten
from typing import TYPE_CHECKING, Annotated

import typer

from surveillance.cli.strategy.options import (
    AsJson,
    Dialect,
    LineNumber,
    MeshFile,
    StrategyFile,
    app,
    check_line,
    mesh_for,
    show_diagnostics,
)

if TYPE_CHECKING:
    from surveillance.strategy.translate import Translation

#: Characters of a loss that a table shows; `--json` gives it whole.
SHOWN = 100


class Target(StrEnum):
    """Where a translated query goes."""

    PUBMED = "pubmed"
    CLINICALTRIALS = "clinicaltrials"
    EUROPE_PMC = "europepmc"


@app.command()
def parse(file: StrategyFile, dialect: Dialect = None, as_json: AsJson = False) -> None:
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
        show.table(f"{file} ({strategy.dialect})", ("line", "strategy", "count as printed"), rows)
    )
    show_diagnostics(strategy.diagnostics)


@app.command()
def translate(
    file: StrategyFile,
    to: Annotated[Target, typer.Option(help="The target of the query.")],
    dialect: Dialect = None,
    line: LineNumber = None,
    mesh: MeshFile = None,
    as_json: AsJson = False,
) -> None:
    """Translate a strategy into one query, and report every loss.

    A query longer than the target takes is shown in parts that find the same together. Headings of
    Embase go by the table `emtree.toml` beside the strategy. Where the target does not explode
    headings, MeSH says which lie below them.

    Example: surveil strategy translate search_strategies/TOPIC/medline.ovid.txt --to pubmed
    """
    from surveillance.cli import show
    from surveillance.strategy.as_json import translation_document
    from surveillance.strategy.translate import needs_mesh
    from surveillance.strategy.translate import translate as to_target
    from surveillance.strategy_files import read_mapped_strategy_file

    strategy = read_mapped_strategy_file(file, dialect)
    check_line(strategy, line, file)
    tree = mesh_for(file, mesh) if mesh or needs_mesh(to) else None
    translation = to_target(strategy, to, line=line, mesh=tree)
    if as_json:
        show.document(translation_document(translation, strategy.dialect, to))
        return
    _show_translation(translation)


def _show_translation(translation: Translation) -> None:
    from surveillance.cli import show

    for part in translation.parts:
        show.out.print(part, soft_wrap=True, markup=False)
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
    show.err.print(
        show.table(f"{len(rows)} {'loss' if len(rows) == 1 else 'losses'}", headers, rows)
    )
    show_diagnostics(translation.diagnostics)
