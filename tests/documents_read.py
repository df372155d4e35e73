"""Documents read back as a person finds them: the tables and the words of md, HTML and docx."""

from __future__ import annotations

from io import BytesIO

from docx import Document
from lxml import html
from markdown_it import MarkdownIt

Rows = list[list[str]]


def tables_of(content: bytes, format_: str) -> list[Rows]:
    """Every table with its headers, cells as they are shown."""
    return {"md": _of_markdown, "html": _of_html, "docx": _of_docx}[format_](content)


def words_in(content: bytes, format_: str) -> str:
    """All that a document says, in its order; docx: outside of tables."""
    if format_ == "docx":
        return "\n".join(one.text for one in Document(BytesIO(content)).paragraphs)
    rendered = content.decode()
    if format_ == "md":
        rendered = MarkdownIt("commonmark").enable("table").render(rendered)
    return "".join(map(str, html.fromstring(rendered).itertext()))


def _of_docx(content: bytes) -> list[Rows]:
    document = Document(BytesIO(content))
    return [[[c.text for c in row.cells] for row in table.rows] for table in document.tables]


def _of_html(content: bytes) -> list[Rows]:
    return [
        [
            ["".join(map(str, cell.itertext())).strip() for cell in row.iter("td", "th")]
            for row in table.iter("tr")
        ]
        for table in html.fromstring(content.decode()).iter("table")
    ]


def _of_markdown(content: bytes) -> list[Rows]:
    rendered = MarkdownIt("commonmark").enable("table").render(content.decode())
    return _of_html(rendered.encode())
