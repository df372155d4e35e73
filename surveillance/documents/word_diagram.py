"""A diagram in Word: a table whose boxes have borders and whose arrows are characters.

A team can change its words there, and a screen reader reads it row by row; a picture allows
neither.
"""

from __future__ import annotations

from docx.document import Document as WordDocument
from docx.enum.table import WD_CELL_VERTICAL_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Pt
from docx.table import _Cell as WordCell
from docx.table import _Row as WordRow
from docx.text.paragraph import Paragraph as WordParagraph

from surveillance.documents.page import Picture, Square, words_of

_SIZE = Pt(6.5)
_SIDES = ("top", "left", "bottom", "right")


def draw_squares(document: WordDocument, picture: Picture, room: int) -> None:
    """Add a diagram's squares to a document, as wide as its text."""
    made = document.add_table(rows=0, cols=len(picture.widths))
    made.autofit = False
    widths = [room * one // sum(picture.widths) for one in picture.widths]
    for column, width in zip(made.columns, widths, strict=True):
        column.width = width
    for row in picture.squares:
        added = made.add_row()
        _keep_whole(added)
        _draw_row(added, row, widths)
    document.add_paragraph()


def _draw_row(added: WordRow, row: tuple[Square, ...], widths: list[int]) -> None:
    cells, place = added.cells, 0
    for square in row:
        last = place + square.span
        cell = cells[place] if square.span == 1 else cells[place].merge(cells[last - 1])
        cell.width = sum(widths[place:last])
        _draw(cell, square)
        place = last


def _draw(cell: WordCell, square: Square) -> None:
    if square.boxed:
        _border(cell)
    # After the borders: Word wants the properties of a cell in this order.
    cell.vertical_alignment = WD_CELL_VERTICAL_ALIGNMENT.CENTER
    for number, line in enumerate(square.lines):
        paragraph = cell.paragraphs[0] if number == 0 else cell.add_paragraph()
        if not square.boxed:
            paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
        _write(paragraph, line, bold=square.boxed and number == 0)
    if not square.lines:
        _write(cell.paragraphs[0], "", bold=False)


def _write(paragraph: WordParagraph, line: str, *, bold: bool) -> None:
    paragraph.paragraph_format.space_after = Pt(0)
    # All of it stands on one page, if one is large enough.
    paragraph.paragraph_format.keep_with_next = True
    run = paragraph.add_run(words_of(line) if line else "")
    run.font.size, run.bold = _SIZE, bold or None


def _border(cell: WordCell) -> None:
    borders = OxmlElement("w:tcBorders")
    for side in _SIDES:
        line = OxmlElement(f"w:{side}")
        for name, value in (("val", "single"), ("sz", "6"), ("color", "444444")):
            line.set(qn(f"w:{name}"), value)
        borders.append(line)
    cell._tc.get_or_add_tcPr().append(borders)


def _keep_whole(row: WordRow) -> None:
    """A box is not torn apart at the end of a page."""
    row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
