"""A page as one HTML file: no script, no address of another place, every text escaped."""

from __future__ import annotations

from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from surveillance.documents.page import Block, Code, Page, harmless_lines, words_of


def as_html(page: Page) -> str:
    """The page as HTML that prints well, in the light and in the dark."""
    return templates().get_template("page.html").render(page=page)


@cache
def templates() -> Environment:
    """The templates of this room; what is put into one is escaped."""
    made = Environment(
        loader=PackageLoader("surveillance.documents"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    made.filters.update(words=words_of, lines=harmless_lines, kind=_kind, diagram=_diagram)
    made.tests["code"] = lambda cell: isinstance(cell, Code)
    return made


def _kind(block: Block) -> str:
    return type(block).__name__


def _diagram(svg: str) -> Markup:
    """A diagram inside a page: the same SVG without its XML declaration."""
    # It comes from our own template, which escaped every text in it.
    return Markup(svg[svg.index("<svg") :])  # noqa: S704
