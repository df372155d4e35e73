"""What people see: tables with aligned numbers, a progress bar a stage, one JSON document."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from rich.console import Console

if TYPE_CHECKING:
    from rich.table import Table

Item = TypeVar("Item")

#: Stands for what is not known or not there.
UNTOLD = "–"
#: A column of up to so many characters is never broken.
WHOLE = 12

_NUMBER = re.compile(r"-?[\d,]+(?:\.\d+)?")

#: Results go to standard output, progress and remarks to standard error.
out = Console(highlight=False)
err = Console(stderr=True, highlight=False)


def document(content: dict[str, Any] | list[Any]) -> None:
    """One JSON document on standard output, in escapes where its encoding lacks a character."""
    text = json.dumps(content, ensure_ascii=False, indent=2)
    try:
        text.encode(sys.stdout.encoding or "utf-8")
    except UnicodeEncodeError:
        text = json.dumps(content, indent=2)
    sys.stdout.write(f"{text}\n")


def table(title: str, headers: Sequence[str], rows: Iterable[Sequence[object]]) -> Table:
    """A table whose numbers stand under each other; thousands apart, words to the left.

    Brackets in titles and cells are printed as they stand: they are not rich's markup.
    """
    from rich.markup import escape
    from rich.table import Table

    cells = [[_cell(value) for value in row] for row in rows]
    widths = [
        max([len(header), *(len(row[place]) for row in cells)])
        for place, header in enumerate(headers)
    ]
    made = Table(title=escape(title), title_justify="left", title_style="bold")
    for place, header in enumerate(headers):
        told = [row[place] for row in cells if row[place] != UNTOLD]
        numeric = bool(told) and all(map(_NUMBER.fullmatch, told))
        # Wide columns give way on a narrow terminal, all of them; numbers and names stay whole.
        gives_way = widths[place] > WHOLE
        made.add_column(
            header,
            justify="right" if numeric else "left",
            overflow="fold",
            no_wrap=not gives_way,
            min_width=WHOLE if gives_way else widths[place],
        )
    for row in cells:
        made.add_row(*map(escape, row))
    return made


def _cell(value: object) -> str:
    if value is None:
        return UNTOLD
    if isinstance(value, float):
        return f"{value:,.2f}"
    return f"{value:,}" if isinstance(value, int) else str(value)


class Bars:
    """Progress shown as a bar for each stage, on standard error; nothing where nobody looks."""

    def follow(self, items: Iterable[Item], what: str, total: int) -> Iterator[Item]:
        """The same items, while a bar shows how many of `total` are done."""
        from rich.progress import (
            BarColumn,
            MofNCompleteColumn,
            Progress,
            TextColumn,
            TimeElapsedColumn,
        )

        columns = (
            TextColumn("{task.description:<22}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
        )
        with Progress(*columns, console=err, disable=not (err.is_terminal and total)) as progress:
            task = progress.add_task(what, total=total)
            for item in items:
                yield item
                progress.advance(task)
