"""A page as Markdown (CommonMark with GitHub's tables); columns stand under each other as text."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence

from surveillance.documents.page import (
    Block,
    Cell,
    Code,
    Facts,
    Heading,
    Listing,
    Page,
    Paragraph,
    Table,
    Verbatim,
    harmless_lines,
    words_of,
)

# What can begin markup inside a line (CommonMark 6), and what begins a block at its start (4, 5).
_INLINE = re.compile(r"([\\`*_\[\]<>|&~!#])")
_AT_START = re.compile(r"^([-+=:]|\d+(?=[.)]))")
_TICKS = re.compile(r"`+")
#: Wider cells are not padded to: their row alone is longer.
WIDEST = 60


def as_markdown(page: Page) -> str:
    """The page as Markdown; nothing in it is read as markup that is not ours."""
    parts = [f"**{plain(page.banner)}**"] if page.banner else []
    parts.append(f"# {plain(page.title)}")
    parts += ["\n".join(_lines(block)) for block in page.blocks]
    return "\n\n".join(filter(None, parts)) + "\n"


def plain(text: str) -> str:
    """A text of one line in which no letter begins markup."""
    escaped = _INLINE.sub(r"\\\1", words_of(text))
    return _AT_START.sub(r"\\\1" if not escaped[:1].isdigit() else r"\1\\", escaped)


def code(text: str) -> str:
    """A code span; the bar is escaped as GitHub's tables need it."""
    words = words_of(Code(text))
    longest = max(map(len, _TICKS.findall(words)), default=0)
    fence, gap = "`" * (longest + 1), " " if longest else ""
    return f"{fence}{gap}{words}{gap}{fence}".replace("|", r"\|")


def _lines(block: Block) -> Iterator[str]:
    match block:
        case Heading(text, level):
            yield f"{'#' * level} {plain(text)}"
        case Paragraph(text):
            yield plain(text)
        case Listing(items):
            yield from (f"- {plain(item)}" for item in items)
        case Facts(pairs):
            yield from (f"- {plain(name)}: {_cell(value)}" for name, value in pairs)
        case Table():
            yield from _table(block)
        case Verbatim(label, text):
            yield from _verbatim(label, text)


def _cell(cell: Cell) -> str:
    if isinstance(cell, Code):
        return code(cell.text)
    if isinstance(cell, int | float):
        return words_of(cell)
    return plain(words_of(cell))


def _table(table: Table) -> Iterator[str]:
    if table.caption:
        yield f"**{plain(table.caption)}**"
        yield ""
    headers = [plain(header) for header in table.headers]
    rows = [[_cell(cell) for cell in row] for row in table.rows]
    widths = [
        min(WIDEST, max(3, *map(_width, column))) for column in zip(headers, *rows, strict=True)
    ]
    right = table.numeric
    yield _row(headers, widths, right)
    rule = ["-" * (w - 1) + ":" if r else "-" * w for w, r in zip(widths, right, strict=True)]
    yield _row(rule, widths, right)
    for row in rows:
        yield _row(row, widths, right)


def _row(cells: Sequence[str], widths: Sequence[int], right: Sequence[bool]) -> str:
    padded = [
        " " * (width - _width(cell)) + cell if to_right else cell + " " * (width - _width(cell))
        for cell, width, to_right in zip(cells, widths, right, strict=True)
    ]
    return f"| {' | '.join(padded)} |"


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)


def _verbatim(label: str, text: str) -> Iterator[str]:
    lines = harmless_lines(text)
    longest = max((len(run) for line in lines for run in _TICKS.findall(line)), default=0)
    fence = "`" * max(3, longest + 1)
    yield f"{plain(label)}:"
    yield ""
    yield f"{fence}text"
    yield from lines
    yield fence
