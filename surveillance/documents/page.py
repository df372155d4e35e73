"""A page as blocks, written once and rendered as Markdown, HTML or a Word file.

Every text in a block may come from outside; each renderer makes it harmless in its own format.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from surveillance.alerts.wording import one_line

#: Stands for what is not known or not there.
UNTOLD = "–"
#: Stands in a box of PRISMA's for what the store cannot answer.
NOT_RECORDED = "not recorded"


@dataclass(frozen=True, slots=True)
class Code:
    """Words of a query or a strategy, letter by letter as they were written."""

    text: str


Cell = str | int | float | date | Code | None


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading below the page's title, from level 2."""

    text: str
    level: int = 2


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph."""

    text: str


@dataclass(frozen=True, slots=True)
class Listing:
    """Short sentences, one a line."""

    items: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Facts:
    """Names and their values."""

    pairs: tuple[tuple[str, Cell], ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A table; a column of numbers alone is set to the right."""

    caption: str
    headers: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]

    @property
    def numeric(self) -> tuple[bool, ...]:
        """Of each column whether it holds numbers, and nothing else but gaps."""
        columns = [[row[place] for row in self.rows] for place in range(len(self.headers))]
        return tuple(_is_numeric(column) for column in columns)


@dataclass(frozen=True, slots=True)
class Verbatim:
    """A text of several lines, kept as it was sent or answered."""

    label: str
    text: str


@dataclass(frozen=True, slots=True)
class Square:
    """A square of a diagram that is laid out as a table: a box of lines, or an arrow, or nothing.

    `span`: over so many columns.
    """

    lines: tuple[str, ...]
    boxed: bool = True
    span: int = 1


@dataclass(frozen=True, slots=True)
class Picture:
    """A diagram as SVG of our own making, and in squares for a format that takes no SVG.

    `widths` are those of the columns, in proportion.
    """

    svg: str
    squares: tuple[tuple[Square, ...], ...] = ()
    widths: tuple[int, ...] = ()


Block = Heading | Paragraph | Listing | Facts | Table | Verbatim | Picture


@dataclass(frozen=True, slots=True)
class Page:
    """A title, a banner that stands above everything where there is one, and the blocks.

    `upright`: on paper it stands upright, as a document's text does, and not on its side.
    """

    title: str
    banner: str
    blocks: tuple[Block, ...]
    upright: bool = False


def words_of(cell: Cell) -> str:
    """A cell as one line: thousands apart, tenths of seconds, a dash for what is missing."""
    if isinstance(cell, float):
        return f"{cell:,.1f}"
    if isinstance(cell, int):
        return f"{cell:,}"
    text = cell.text if isinstance(cell, Code) else str("" if cell is None else cell)
    return one_line(text) or UNTOLD


def signed(number: int | None) -> str | None:
    """A difference with its sign, None where there is none to tell."""
    if number is None:
        return None
    return f"{number:+,}".replace("-", "−") if number else "0"


def harmless_lines(text: str) -> tuple[str, ...]:
    """The lines of a text without control characters."""
    return tuple(one_line(line) for line in text.splitlines()) or ("",)


def _is_numeric(column: Sequence[Cell]) -> bool:
    told = [cell for cell in column if cell is not None and cell not in ("", NOT_RECORDED)]
    return bool(told) and all(isinstance(cell, int | float) or _is_signed(cell) for cell in told)


def _is_signed(cell: Cell) -> bool:
    return isinstance(cell, str) and cell.lstrip("+−").replace(",", "").isdecimal()
