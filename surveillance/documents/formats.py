"""The formats of documents, and which document has which."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path

from surveillance.documents.html import as_html
from surveillance.documents.markdown import as_markdown
from surveillance.documents.page import Page
from surveillance.errors import UnreadableInput


class Format(StrEnum):
    """What a document can be written as."""

    MD = "md"
    HTML = "html"
    DOCX = "docx"
    SVG = "svg"


#: Of each document its formats, the default first.
HISTORY = (Format.MD, Format.HTML, Format.DOCX)
PRISMA_S = (Format.MD, Format.HTML, Format.DOCX)
CHANGES = PRISMA_S
PRISMA_FLOW = (Format.SVG, Format.MD, Format.HTML, Format.DOCX)


def chosen(
    named: str | None, document: str, formats: tuple[Format, ...], out: Path | None = None
) -> Format:
    """The format of that name, else of the file's ending, else the default.

    Raises `UnreadableInput` naming those there are, and where name and ending disagree.
    """
    ending = out.suffix.casefold().removeprefix(".") if out else ""
    ending = ending if ending in set(Format) else ""
    wanted = named.casefold() if named else ending or formats[0]
    found = next((one for one in formats if one == wanted), None)
    if found is None:
        there = ", ".join(formats)
        raise UnreadableInput(
            f"{document} cannot be written as “{wanted}”; its formats are {there}."
        )
    if out and ending not in ("", found):
        raise UnreadableInput(
            f"“{out.name}” would hold {found}, which its ending does not say.",
            hint="Leave --format out, or give the file another ending.",
        )
    return found


def written(page: Page, wanted: Format) -> bytes:
    """A page in a format that holds text and tables."""
    if wanted is Format.DOCX:
        # python-docx takes a third of a second to import, and only this format needs it.
        from surveillance.documents.word import as_docx  # noqa: PLC0415

        return as_docx(page)
    return (as_html(page) if wanted is Format.HTML else as_markdown(page)).encode()
