"""`surveil strategy explain`: which lines of a strategy match one record, and on which words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import asdict
from pathlib import Path
from textwrap import shorten
from typing import TYPE_CHECKING, Annotated, Any

import typer

from surveillance.cli.strategy.options import (
    AsJson,
    Dialect,
    MeshFile,
    RecordFiles,
    StrategyFile,
    app,
    mesh_for,
    read_record_files,
    show_diagnostics,
)
from surveillance.cli.strategy.several import SeveralFiles
from surveillance.errors import UnreadableInput

if TYPE_CHECKING:
    from surveillance.records import Record
    from surveillance.strategy.evaluate.explain import (
        FoundLine,
        FoundText,
        FoundWord,
        LineExplanation,
    )
    from surveillance.strategy.strategy import Strategy

#: Characters of a line that a table shows; `--json` gives it whole.
SHOWN = 60

#: Characters that a table shows before the first and behind the last found word of a stretch.
AROUND = 30


@app.command(cls=SeveralFiles)
def explain(
    file: StrategyFile,
    record: Annotated[str, typer.Option(help="The record: a PMID, or source:identifier.")],
    records: RecordFiles,
    dialect: Dialect = None,
    mesh: MeshFile = None,
    as_json: AsJson = False,
) -> None:
    """Say which lines of a strategy match one record, on which words, and what is missing.

    Example: surveil strategy explain medline.ovid.txt --record 33417599 --records records.xml
    """
    from surveillance.cli import show
    from surveillance.strategy.evaluate.explain import explain as explained
    from surveillance.strategy_files import (
        evaluating,
        read_mapped_strategy_file,
    )

    strategy = read_mapped_strategy_file(file, dialect)
    tree = mesh_for(file, mesh)
    found = _record_named(record, read_record_files(records))
    with evaluating(file):
        lines = explained(strategy, found, mesh=tree)
    if as_json:
        show.document(_document(strategy, found, lines))
        return
    _show(file, found, lines)
    show_diagnostics(strategy.diagnostics)


def _record_named(name: str, records: Iterable[Record]) -> Record:
    """The record of that PMID or source:identifier.

    Raises `UnreadableInput` where there is none, or more than one.
    """
    wanted = name.strip().casefold()
    found = [record for record in records if wanted in _names(record)]
    if not found:
        raise UnreadableInput(
            f"there is no record {name.strip() or '“”'} in these files.",
            hint="Give a PMID or the identifier that its source gave it, such as pubmed:33417599.",
        )
    if len(found) > 1:
        several = ", ".join(f"{one.source}:{one.source_id}" for one in found)
        raise UnreadableInput(f"{name} names several records.", hint=f"Give one of {several}.")
    return found[0]


def _names(record: Record) -> set[str]:
    names = {record.source_id, f"{record.source}:{record.source_id}"}
    if record.pmid:
        names |= {record.pmid, f"pubmed:{record.pmid}"}
    return {name.casefold() for name in names}


def _document(
    strategy: Strategy, record: Record, lines: Iterable[LineExplanation]
) -> dict[str, Any]:
    shown = [asdict(line) for line in lines]
    return {
        "record": f"{record.source}:{record.source_id}",
        "title": record.title,
        "dialect": strategy.dialect,
        "result_line": strategy.result_line,
        "verdict": shown[-1]["verdict"] if shown else None,
        "lines": shown,
        "diagnostics": [asdict(diagnostic) for diagnostic in strategy.diagnostics],
    }


def _show(file: Path, record: Record, lines: Iterable[LineExplanation]) -> None:
    from surveillance.cli import show

    rows = [
        (line.number, shorten(line.text, SHOWN), line.verdict, "\n".join(_found(line)))
        for line in lines
    ]
    title = f"{file} on {record.source}:{record.source_id}, {record.title}"
    headers = ("line", "strategy", "verdict", "on what («…» found, NOT: speaks against it)")
    show.out.print(show.table(title, headers, rows))


def _found(line: LineExplanation) -> Iterator[str]:
    """What a line rests on, one thing a row."""
    for text in line.texts:
        yield f"{_against(text.excluded)}{text.part.replace('_', ' ')}: {highlighted(text)}"
    for heading in line.headings:
        name = "/".join(["*" * heading.major + heading.name, *heading.qualifiers])
        below = f", below {heading.searched}" if heading.exploded else ""
        yield f"{_against(heading.excluded)}heading: «{name}»{below}"
    for day in line.dates:
        yield f"{_against(day.excluded)}date {day.code}: «{day.date}»"
    yield from _other_lines(line.lines)
    named = {f"line {other.number}" for other in line.lines}
    for missing in line.missing:
        if missing not in named:
            yield f"missing: {missing}"


def _other_lines(lines: Iterable[FoundLine]) -> Iterator[str]:
    """The lines that a line refers to, those of one verdict together."""
    numbers: dict[str, list[str]] = {}
    for other in lines:
        verdict = f"{_against(other.excluded)}{other.verdict}"
        numbers.setdefault(verdict, []).append(str(other.number))
    # What a match rests on stands first, what found nothing last.
    for verdict, found in sorted(numbers.items(), key=lambda item: item[0].endswith("no match")):
        yield f"{'line' if len(found) == 1 else 'lines'} {', '.join(found)}: {verdict}"


def _against(excluded: bool) -> str:
    return "NOT " if excluded else ""


def highlighted(found: FoundText) -> str:
    """The found words in «…» with a little of the text around them; `…` where some is left out.

    The marks do not rest on colour, so that paper and screen readers have them too.
    """
    shown: list[str] = []
    end = 0
    for stretch in _stretches(found.words):
        start = max(_before(found.text, stretch[0].start), end)
        shown.append("… " if start > end else "")
        end = start
        for word in stretch:
            shown += [found.text[end : word.start], "«", word.text, "»"]
            end = word.end
        after = _after(found.text, end)
        shown.append(found.text[end:after])
        end = after
    return "".join(shown) + (" …" if end < len(found.text) else "")


def _stretches(words: Iterable[FoundWord]) -> Iterator[list[FoundWord]]:
    """The words in groups that stand so near that the texts around them would meet."""
    group: list[FoundWord] = []
    for word in words:
        if group and word.start - group[-1].end > 2 * AROUND:
            yield group
            group = []
        group.append(word)
    if group:
        yield group


def _before(text: str, start: int) -> int:
    """Where the text around a found word begins: with a whole word, or with the found one."""
    if start <= AROUND:
        return 0
    space = text.find(" ", start - AROUND, start)
    return start if space < 0 else space + 1


def _after(text: str, end: int) -> int:
    """Where the text around a found word ends: with a whole word, or with the found one."""
    if end + AROUND >= len(text):
        return len(text)
    space = text.rfind(" ", end, end + AROUND)
    return end if space < 0 else space
