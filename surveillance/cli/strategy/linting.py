"""`surveil strategy lint`: what a peer reviewer would ask about a strategy."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from surveillance.cli.strategy.options import (
    AsJson,
    Dialect,
    StrategyFile,
    app,
    mesh_for,
    read_record_files,
)
from surveillance.cli.strategy.several import SeveralFiles

if TYPE_CHECKING:
    from surveillance.strategy.mapping import Mapping
    from surveillance.strategy.strategy import Diagnostic, Strategy

#: Characters of a line that are shown around a finding.
SHOWN = 96
#: What stands before the text under a finding.
MARGIN = "    "


LintMesh = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE",
        help="MeSH, for the rules on headings; left out: the workspace's, else what lies "
        "beside the strategy.",
    ),
]
KnownItems = Annotated[
    list[Path] | None,
    typer.Option(metavar="FILE…", help="Records that the strategy must find; one or more."),
]
AnyRecords = Annotated[
    list[Path] | None,
    typer.Option(
        metavar="FILE…", help="Any records: how many of their words does a short root open?"
    ),
]


@app.command(cls=SeveralFiles)
def lint(
    file: StrategyFile,
    dialect: Dialect = None,
    mesh: LintMesh = None,
    known_items: KnownItems = None,
    records: AnyRecords = None,
    as_json: AsJson = False,
) -> None:
    """Say what is wrong with a strategy, or may be; exit code 1 where something is an error.

    Example: surveil strategy lint search_strategies/TOPIC/medline.ovid.txt --mesh mesh.tsv
    """
    from surveillance.cli import show
    from surveillance.strategy.lint import lint as lint_strategy
    from surveillance.strategy.strategy import Severity
    from surveillance.strategy_files import read_strategy_file

    strategy = read_strategy_file(file, dialect)
    found = lint_strategy(
        strategy,
        mesh=mesh_for(file, mesh, stored_first=True),
        known_items=read_record_files(known_items or ()),
        vocabulary=_vocabulary(records or ()),
        mapping=_mapping(file, strategy),
    )
    if as_json:
        show.document(_document(strategy, found))
    else:
        _show(file, strategy, found)
    if any(diagnostic.severity is Severity.ERROR for diagnostic in found):
        raise typer.Exit(1)


def _mapping(file: Path, strategy: Strategy) -> Mapping | None:
    """The table beside an Embase strategy; None: there is none, so that nothing is asked of it."""
    from surveillance.strategy.mapping import EMBASE
    from surveillance.strategy_files import MAPPING_BESIDE, mapping_beside

    if strategy.dialect != EMBASE or not (file.parent / MAPPING_BESIDE).is_file():
        return None
    return mapping_beside(file)


def _vocabulary(files: Sequence[Path]) -> list[str]:
    """The words of titles and abstracts in files of records, in order."""
    from surveillance.strategy.evaluate.semantics import Semantics
    from surveillance.strategy.evaluate.words import passages_of

    words: set[str] = set()
    for record in read_record_files(files):
        for part in ("title", "abstract"):
            for passage in passages_of(part, record.passages(part) or (), Semantics()):
                words.update(passage.vocabulary)
    return sorted(words)


def _document(strategy: Strategy, found: Iterable[Diagnostic]) -> dict[str, Any]:
    return {
        "dialect": strategy.dialect,
        "lines": len(strategy.lines),
        "diagnostics": [asdict(diagnostic) for diagnostic in found],
    }


def _show(file: Path, strategy: Strategy, found: Sequence[Diagnostic]) -> None:
    from surveillance.cli import show
    from surveillance.toml_files import read_text

    source = read_text(file).split("\n")
    show.out.print(f"{file} ({strategy.dialect}, {len(strategy.lines)} lines)", markup=False)
    for diagnostic in found:
        show.out.print()
        for row in _finding(diagnostic, source):
            show.out.print(row, markup=False, soft_wrap=True)
    counts = Counter(str(diagnostic.severity) for diagnostic in found)
    total = ", ".join(f"{number} {severity}" for severity, number in sorted(counts.items()))
    show.out.print(f"\n{total or 'Nothing found'}.")


def _finding(found: Diagnostic, source: Sequence[str]) -> list[str]:
    """The finding, the text of its line with carets under the place, and what to do."""
    head = f"line {found.line}, column {found.column}: {found.severity}: {found.code}"
    text = source[found.line - 1] if found.line <= len(source) else ""
    rows = [head, f"{MARGIN}{found.message}"]
    if text.strip():
        rows += _marked(text.expandtabs(1), found)
    return [*rows, *([f"{MARGIN}→ {found.hint}"] if found.hint else [])]


def _marked(text: str, found: Diagnostic) -> list[str]:
    """A stretch of the line around the place, and carets under it."""
    start = found.column - 1
    first = 0 if start < SHOWN // 2 else start - SHOWN // 3
    stretch = text[first : first + SHOWN]
    carets = max(1, min(found.end_column - 1, first + len(stretch)) - start)
    before, after = ("…" if first else ""), ("…" if first + SHOWN < len(text) else "")
    return [
        f"{MARGIN}{before}{stretch}{after}",
        f"{MARGIN}{' ' * (len(before) + start - first)}{'^' * carets}",
    ]
