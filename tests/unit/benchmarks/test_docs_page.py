"""Figures in a page, between the comments of their name."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.docs_page import NoPlaceForFigures, markdown_table, write_figures

AROUND = "Before.\n\n<!-- cost -->\n{}<!-- /cost -->\n\nAfter <!-- other -->.\n"


def test_the_figures_of_the_last_run_give_way_and_all_else_stays(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(AROUND.format(""), encoding="utf-8")
    for figures in (["1", "ä"], ["2", "b"]):
        written = markdown_table(["n", "of"], [figures])
        write_figures(page, "cost", written)
        assert page.read_text(encoding="utf-8") == AROUND.format(written)
    assert written == "| n | of |\n| --- | --- |\n| 2 | b |\n"


@pytest.mark.parametrize("text", ["", "<!-- cost -->\n", "<!-- /cost -->\n<!-- cost -->\n"])
def test_a_page_without_a_place_is_left_as_it_is(text: str, tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(text, encoding="utf-8")
    with pytest.raises(NoPlaceForFigures, match="cost"):
        write_figures(page, "cost", "| 1 |\n")
    assert page.read_text(encoding="utf-8") == text
