"""Pages as Markdown, HTML and docx: what is shown, and that no text of others becomes markup."""

from __future__ import annotations

from datetime import date
from io import BytesIO
from pathlib import Path

import pytest
from docx import Document
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree, html
from markdown_it import MarkdownIt
from markdown_it.token import Token

from surveillance.alerts.wording import one_line
from surveillance.documents.formats import HISTORY, PRISMA_FLOW, Format, chosen, written
from surveillance.documents.html import as_html
from surveillance.documents.markdown import as_markdown, code, plain
from surveillance.documents.page import (
    Code,
    Facts,
    Heading,
    Listing,
    Page,
    Paragraph,
    Picture,
    Table,
    Verbatim,
    signed,
    words_of,
)
from surveillance.documents.word import as_docx
from surveillance.documents.writing import write_whole
from surveillance.errors import UnreadableInput

PAGE = Page(
    "A page",
    "CONSTRUCTED",
    (
        Heading("Strategy"),
        Facts((("Searched", date(2024, 8, 2)), ("Version", Code("ab12")))),
        Table(
            "Lines",
            ("line", "as published", "published", "difference"),
            (
                (1, Code("nerve* adj4 (a or b).tw."), 12_345, signed(-5)),
                (2, Code("or/1-2 | x"), None, signed(None)),
            ),
        ),
        Listing(("line 3 was not read",)),
        Verbatim("Query as sent", "a[tiab]\nOR b[tiab]"),
        Picture("<?xml version='1.0'?>\n<svg xmlns='http://www.w3.org/2000/svg'/>"),
    ),
)
HOSTILE = st.text(max_size=80) | st.sampled_from(
    [
        "<script>alert(1)</script>",
        "*bold* _it_ [x](javascript:y) `c` | cell | # h",
        "```\n# out of the fence",
        "a\r\n\r\n# not a heading",
        "1. not a list",
        "- neither",
        "&lt;b&gt;",
        "\x00\x1b[31m\u202e\ud800",
    ]
)


def page_of(words: str) -> Page:
    table = Table(words or "x", (words, "n"), ((words, 1), (Code(words), 2)))
    blocks = (Heading(words), Paragraph(words), Facts(((words, words),)), table)
    return Page(words, words or "x", (*blocks, Listing((words,)), Verbatim(words, words)))


def test_markdown_sets_numbers_under_each_other() -> None:
    assert as_markdown(PAGE) == (
        "**CONSTRUCTED**\n\n# A page\n\n## Strategy\n\n"
        "- Searched: 2024-08-02\n- Version: `ab12`\n\n"
        "**Lines**\n\n"
        "| line | as published               | published | difference |\n"
        "| ---: | -------------------------- | --------: | ---------: |\n"
        "|    1 | `nerve* adj4 (a or b).tw.` |    12,345 |         −5 |\n"
        "|    2 | `or/1-2 \\| x`              |         – |          – |\n\n"
        "- line 3 was not read\n\n"
        "Query as sent:\n\n```text\na[tiab]\nOR b[tiab]\n```\n"
    )


def test_html_holds_the_same_words_and_numbers_to_the_right() -> None:
    root = html.fromstring(as_html(PAGE))
    assert root.xpath("string(//p[@class='banner'])") == "CONSTRUCTED"
    cells = ["".join(map(str, one.itertext())) for one in root.iter("td") if is_number(one)]
    assert cells == ["1", "12,345", "−5", "2", "–", "–"]
    assert str(root.xpath("string(//pre)")).splitlines() == ["a[tiab]", "OR b[tiab]"]
    assert root.xpath("//figure/svg")
    assert not root.xpath("//script | //link | //img | //@href | //@src")


def is_number(cell: etree._Element) -> bool:
    return cell.get("class") == "number"


def test_docx_holds_the_same_words() -> None:
    document = Document(BytesIO(as_docx(PAGE)))
    (table,) = document.tables
    rows = [[cell.text for cell in row.cells] for row in table.rows]
    assert rows[1] == ["1", "nerve* adj4 (a or b).tw.", "12,345", "−5"]
    paragraphs = [one.text for one in document.paragraphs]
    assert {"CONSTRUCTED", "A page", "Version: ab12", "OR b[tiab]"} <= set(paragraphs)


@given(words=HOSTILE)
def test_no_text_becomes_markup_in_html(words: str) -> None:
    known = {str(one.tag) for one in html.fromstring(as_html(page_of("plain"))).iter()}
    root = html.fromstring(as_html(page_of(words)))
    assert {str(one.tag) for one in root.iter()} <= known
    assert root.xpath("string(//h1)") == words_of(words)


def read(markdown: str) -> list[Token]:
    """Every token of a page as a reader of CommonMark with tables sees it."""
    tokens = MarkdownIt("commonmark").enable("table").parse(markdown)
    return [part for token in tokens for part in (token, *(token.children or ()))]


@given(words=HOSTILE)
def test_no_text_changes_the_shape_of_markdown(words: str) -> None:
    """The same headings, items, cells and fences as of a plain word, and the words themselves."""
    expected = [token.type for token in read(as_markdown(page_of("plain")))]
    tokens = read(as_markdown(page_of(words)))
    # An escaped letter is a token of its own in this reader's rules; a text is one in ours.
    shape = [one.type for one, before in pairwise_from(tokens) if not is_more_text(one, before)]
    assert shape == expected
    said = "".join(one.content for one in tokens if one.type in ("text", "text_special"))
    assert said.count(words_of(words)) >= 9
    assert words_of(words) in [one.content for one in tokens if one.type == "code_inline"]


def pairwise_from(tokens: list[Token]) -> list[tuple[Token, Token | None]]:
    return list(zip(tokens, [None, *tokens[:-1]], strict=True))


def is_more_text(one: Token, before: Token | None) -> bool:
    return one.type == "text" and before is not None and before.type == "text"


@given(words=HOSTILE)
def test_any_text_gives_a_docx_that_opens_and_says_it(words: str) -> None:
    document = Document(BytesIO(as_docx(page_of(words))))
    assert document.tables[0].rows[0].cells[0].text == words_of(words)


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("a*b_c", r"a\*b\_c"),
        ("<b>&amp;", r"\<b\>\&amp;"),
        ("- item", r"\- item"),
        ("1. item", r"1\. item"),
        ("12 trials", "12 trials"),
        ("2024-08-02", "2024-08-02"),
        ("a\n# b", r"a \# b"),
        ("", "–"),
    ],
)
def test_plain_words_in_markdown(words: str, expected: str) -> None:
    assert plain(words) == expected


@pytest.mark.parametrize(
    ("words", "expected"),
    [("a*", "`a*`"), ("a`b", "`` a`b ``"), ("a|b", r"`a\|b`"), ("``", "``` `` ```")],
)
def test_code_in_markdown(words: str, expected: str) -> None:
    assert code(words) == expected


@pytest.mark.parametrize(
    ("number", "expected"), [(0, "0"), (5, "+5"), (-1_234, "−1,234"), (None, None)]
)
def test_a_difference_has_its_sign(number: int | None, expected: str | None) -> None:
    assert signed(number) == expected


def test_formats_are_chosen_by_name_and_the_first_is_the_default() -> None:
    assert chosen(None, "it", HISTORY) is Format.MD
    assert chosen(None, "it", PRISMA_FLOW) is Format.SVG
    assert chosen("DOCX", "it", HISTORY) is Format.DOCX
    with pytest.raises(UnreadableInput, match=r"it cannot be written as “svg”; .* md, html, docx"):
        chosen("svg", "it", HISTORY)


def test_a_file_is_what_its_ending_says() -> None:
    assert chosen(None, "it", HISTORY, Path("a.DOCX")) is Format.DOCX
    assert chosen(None, "it", PRISMA_FLOW, Path("flow.svg")) is Format.SVG
    assert chosen(None, "it", HISTORY, Path("a.txt")) is Format.MD
    assert chosen("html", "it", HISTORY, Path("page")) is Format.HTML
    with pytest.raises(UnreadableInput, match=r"“a.docx” would hold html"):
        chosen("html", "it", HISTORY, Path("a.docx"))
    with pytest.raises(UnreadableInput, match=r"it cannot be written as “svg”"):
        chosen(None, "it", HISTORY, Path("flow.svg"))


@pytest.mark.parametrize("wanted", HISTORY)
def test_a_page_is_written_in_each_of_its_formats(wanted: Format) -> None:
    start = {Format.MD: b"**CON", Format.HTML: b"<!DOCTYPE html>", Format.DOCX: b"PK"}
    assert written(PAGE, wanted).startswith(start[wanted])


def test_a_document_is_written_whole_or_not_at_all(tmp_path: Path) -> None:
    file = tmp_path / "history.md"
    write_whole(file, b"first")
    write_whole(file, b"second")
    assert [path.name for path in tmp_path.iterdir()] == ["history.md"]
    assert file.read_bytes() == b"second"
    with pytest.raises(UnreadableInput, match="cannot be written"):
        write_whole(tmp_path / "missing" / "history.md", b"third")
    folder = tmp_path / "folder"
    folder.mkdir()
    with pytest.raises(UnreadableInput, match="cannot be written"):
        write_whole(folder, b"third")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["folder", "history.md"]


def test_one_line_is_what_every_format_shows() -> None:
    assert words_of("a\n\tb\x00") == one_line("a\n\tb\x00") == "a b"
