"""A page as a Word file (docx), so that a guidance team can put it into its own document."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO

from docx import Document
from docx.document import Document as WordDocument
from docx.enum.section import WD_ORIENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.shared import Mm, Pt
from docx.table import _Cell as WordCell
from docx.table import _Row as WordRow
from docx.text.paragraph import Paragraph as WordParagraph

from surveillance.documents.page import (
    Block,
    Cell,
    Code,
    Facts,
    Heading,
    Listing,
    Page,
    Paragraph,
    Picture,
    Table,
    Verbatim,
    harmless_lines,
    words_of,
)
from surveillance.documents.word_diagram import draw_squares

_MONOSPACE = "Courier New"
_SMALL = Pt(8.5)
#: Columns are as wide as so many letters at least and at most, in proportion to each other.
_NARROWEST, _WIDEST = 7, 60


def as_docx(page: Page) -> bytes:
    """The page as the bytes of a docx; a diagram is a table of boxes and arrows."""
    document = Document()
    _lay_out(document, upright=page.upright)
    document.core_properties.title = words_of(page.title)[:255]
    document.core_properties.author = ""
    if page.banner:
        document.add_paragraph().add_run(words_of(page.banner)).bold = True
    document.add_heading(words_of(page.title), level=1)
    for block in page.blocks:
        _add(document, block)
    written = BytesIO()
    document.save(written)
    return written.getvalue()


def _lay_out(document: WordDocument, *, upright: bool) -> None:
    """A4: upright as the text of an appendix, or on its side, because tables are wide."""
    section = document.sections[0]
    long, short = Mm(297), Mm(210)
    section.orientation = WD_ORIENT.PORTRAIT if upright else WD_ORIENT.LANDSCAPE
    section.page_width, section.page_height = (short, long) if upright else (long, short)
    section.left_margin = section.right_margin = Mm(18)
    section.top_margin = section.bottom_margin = Mm(16)


def _add(document: WordDocument, block: Block) -> None:
    match block:
        case Heading(text, level):
            document.add_heading(words_of(text), level=level)
        case Paragraph(text):
            document.add_paragraph(words_of(text))
        case Listing(items):
            for item in items:
                document.add_paragraph(words_of(item), style="List Bullet")
        case Facts(pairs):
            for name, value in pairs:
                paragraph = document.add_paragraph()
                paragraph.paragraph_format.space_after = Pt(0)
                paragraph.add_run(f"{words_of(name)}: ").bold = True
                _write(paragraph, value)
        case Table():
            _add_table(document, block)
        case Verbatim(label, text):
            document.add_paragraph(f"{words_of(label)}:")
            for line in harmless_lines(text):
                _write(document.add_paragraph(), Code(line))
        case Picture() if block.squares:
            draw_squares(document, block, _room(document))


def _add_table(document: WordDocument, table: Table) -> None:
    if table.caption:
        caption = document.add_paragraph()
        caption.paragraph_format.keep_with_next = True
        caption.add_run(words_of(table.caption)).bold = True
    made = document.add_table(rows=1, cols=len(table.headers), style="Table Grid")
    made.autofit = False
    right, widths = table.numeric, _widths(document, table)
    for column, width in zip(made.columns, widths, strict=True):
        column.width = width
    for place, header in enumerate(table.headers):
        _fill(made.rows[0].cells[place], header, to_right=right[place], bold=True)
        made.rows[0].cells[place].width = widths[place]
    _repeat_on_each_page(made.rows[0])
    for row in table.rows:
        # `cells` is computed anew at every look, which makes long tables slow.
        cells = made.add_row().cells
        for place, value in enumerate(row):
            _fill(cells[place], value, to_right=right[place])
            cells[place].width = widths[place]
    document.add_paragraph()


def _widths(document: WordDocument, table: Table) -> list[int]:
    """The page's width shared out by what the columns hold: Word gives each the same."""
    whole = _room(document)
    needed = [
        min(_WIDEST, max(_NARROWEST, *(len(words_of(row[place])) for row in table.rows), longest))
        for place, longest in enumerate(_longest_words(table.headers))
    ]
    return [whole * one // sum(needed) for one in needed]


def _room(document: WordDocument) -> int:
    """The width between the margins."""
    section = document.sections[0]
    page, left, right = section.page_width, section.left_margin, section.right_margin
    return (page or 0) - (left or 0) - (right or 0)


def _longest_words(headers: Sequence[str]) -> list[int]:
    return [max(map(len, header.split()), default=0) for header in headers]


def _repeat_on_each_page(row: WordRow) -> None:
    row._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))


def _fill(cell: WordCell, value: Cell, *, to_right: bool, bold: bool = False) -> None:
    paragraph = cell.paragraphs[0]
    paragraph.paragraph_format.space_after = Pt(0)
    if to_right:
        paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    _write(paragraph, value, bold=bold, small=True)


def _write(
    paragraph: WordParagraph, value: Cell, *, bold: bool = False, small: bool = False
) -> None:
    run = paragraph.add_run(words_of(value))
    run.bold = bold or None
    if isinstance(value, Code):
        run.font.name = _MONOSPACE
    if small or isinstance(value, Code):
        run.font.size = _SMALL
