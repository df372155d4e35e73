"""Figures that a benchmark writes into a page of the docs, between two comments of their name."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "dedup.md"
PICTURES = ROOT / "docs" / "pictures"


class NoPlaceForFigures(RuntimeError):
    """The page lacks the two comments; the message says which."""


def write_figures(page: Path, name: str, figures: str) -> None:
    """Put `figures` where those of the last run stand; raises `NoPlaceForFigures`."""
    begin, end = f"<!-- {name} -->\n", f"<!-- /{name} -->"
    text = page.read_text(encoding="utf-8")
    before, opened, rest = text.partition(begin)
    _, closed, after = rest.partition(end)
    if not opened or not closed:
        raise NoPlaceForFigures(f"{page} has no lines “{begin.strip()}” and “{end}” around them.")
    page.write_text(f"{before}{begin}{figures}{end}{after}", encoding="utf-8")


def markdown_table(headers: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table of the page."""
    lines = [headers, ["---"] * len(headers), *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)
