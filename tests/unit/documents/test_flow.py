"""The PRISMA flow: numbers that add up or are refused, boxes, and the diagram drawn from them."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from io import BytesIO
from itertools import combinations

import pytest
from docx import Document
from docx.oxml.ns import qn
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from surveillance.documents.as_json import document_of
from surveillance.documents.diagram import Drawn, flow_svg
from surveillance.documents.flow import (
    Counted,
    FullTexts,
    PrismaFlow,
    Removed,
    Screened,
    Stream,
)
from surveillance.documents.flow_boxes import boxes_of
from surveillance.documents.flow_page import flow_page
from surveillance.documents.flow_squares import WIDTHS
from surveillance.documents.history import About
from surveillance.documents.markdown import as_markdown
from surveillance.documents.page import NOT_RECORDED
from surveillance.documents.word import as_docx

ABOUT = About(
    topic="a-topic",
    title="A topic",
    guidance="Guidance on a topic",
    body="A body",
    published_search=date(2024, 8, 2),
    program="guidance-surveillance 1.2.3",
)
SEARCH = Stream(
    databases=(Counted("PubMed", 1_200), Counted("Embase", 300)),
    registers=(Counted("ClinicalTrials.gov", 11),),
    removed=Removed(
        duplicates=401,
        no_match=502,
        excluded_by_rule=103,
        other_reasons=(Counted("Registrations", 11),),
    ),
    screened=Screened(excluded=204, included=105, unsure=26, waiting=159, previous=36),
)
OTHER = Stream(
    others=(Counted("Citation searching", 17),),
    removed=Removed(elsewhere=8),
    screened=Screened(waiting=9),
)
FLOW = PrismaFlow(
    about=ABOUT,
    last_run=7,
    as_of=date(2025, 1, 31),
    previous=(Counted("table 2", 10), Counted("appendix B", 26)),
    by_search=SEARCH,
    by_other_methods=OTHER,
)
SVG = "{http://www.w3.org/2000/svg}"


def drawn(flow: PrismaFlow) -> etree._Element:
    return etree.fromstring(flow_svg(flow).encode())


def texts(root: etree._Element) -> list[str]:
    return [element.text or "" for element in root.iter(f"{SVG}text")]


@pytest.mark.parametrize(
    "change",
    [
        {"removed": replace(SEARCH.removed, duplicates=400)},
        {"screened": replace(SEARCH.screened, waiting=160)},
        {"databases": (Counted("PubMed", 1_200),)},
        {"registers": ()},
    ],
)
def test_a_stream_that_does_not_add_up_is_refused(change: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="identified"):
        replace(SEARCH, **change)  # type: ignore[arg-type]


def test_without_decisions_on_full_texts_what_is_new_is_not_recorded() -> None:
    assert FLOW.new_reports is None
    assert FLOW.total_reports is None
    boxes = boxes_of(FLOW)
    for name in ("search-sought", "search-assessed", "other-ineligible", "new", "total"):
        assert {entry.value for entry in boxes[name].entries} == {NOT_RECORDED}


def test_with_decisions_on_full_texts_new_and_total_reports_are_told() -> None:
    assessed = FullTexts(excluded=(Counted("no comparison", 5),), unsure=1, included=3, previous=30)
    flow = replace(FLOW, by_search=replace(SEARCH, full_texts=assessed))
    assert (assessed.total, flow.new_reports, flow.total_reports) == (39, 3, 39)
    values = {entry.words: entry.value for entry in boxes_of(flow)["search-ineligible"].entries}
    assert values == {"Reports excluded:": 5, "no comparison": 5}
    assert boxes_of(flow)["total"].entries[0].value == NOT_RECORDED


def test_every_number_of_the_flow_stands_in_the_diagram_and_in_the_table() -> None:
    shown = texts(drawn(FLOW))
    table = as_markdown(flow_page(FLOW))
    for number in (1_511 - 11, 1_200, 300, 401, 605, 502, 103, 494, 204, 105, 26, 159, 17, 8, 9):
        assert f"(n = {number:,})" in shown
        assert re.search(rf"\| +{number:,} \|", table), number


def test_people_and_automatic_exclusions_stand_apart() -> None:
    boxes = boxes_of(FLOW)
    removed = {entry.words: entry.value for entry in boxes["search-removed"].entries}
    excluded = {entry.words: entry.value for entry in boxes["search-excluded"].entries}
    assert removed["excluded by a rule, no person confirmed"] == 103
    assert excluded["by people"] == 204


def test_the_diagram_says_what_it_is_to_those_who_do_not_see_it() -> None:
    root = drawn(FLOW)
    named = [root.find(f"{SVG}{name}") for name in ("title", "desc")]
    assert [one.get("id") for one in named if one is not None] == (
        root.get("aria-labelledby") or ""
    ).split()
    assert "Records screened (n = 494)" in (root.findtext(f"{SVG}desc") or "")
    assert root.get("role") == "img"


def test_the_diagram_loads_nothing() -> None:
    root = drawn(FLOW)
    assert {str(element.tag).removeprefix(SVG) for element in root.iter()} == {
        "svg", "title", "desc", "defs", "marker", "path", "rect", "g", "text"
    }  # fmt: skip
    assert not [one for one in root.iter() if any("href" in str(name) for name in one.attrib)]


HOSTILE = st.text(max_size=300) | st.sampled_from(
    ["</text><script>x()</script>", "]]>&amp;<!--", "\x00\x0b\ud800￾", "W" * 400, "漢字" * 80]
)


@given(words=HOSTILE, banner=HOSTILE, number=st.integers(0, 10**9))
def test_any_text_gives_valid_xml_that_says_it(words: str, banner: str, number: int) -> None:
    about = replace(ABOUT, title=words, guidance=words, body=words, banner=banner)
    left = Counted(words, number)
    stream = Stream(others=(left,), removed=Removed(other_reasons=(left,)))
    flow = replace(FLOW, about=about, previous=(left,), by_other_methods=stream)
    root = drawn(flow)
    assert not list(root.iter(f"{SVG}script"))
    assert f"(n = {number:,})" in texts(root)


@given(
    counts=st.lists(st.tuples(st.text("abcWi ", max_size=90), st.integers(0, 10**7)), max_size=9)
)
def test_boxes_never_overlap_and_hold_their_texts(counts: list[tuple[str, int]]) -> None:
    found = tuple(Counted(words, number) for words, number in counts)
    stream = Stream(databases=found, removed=Removed(other_reasons=found))
    root = drawn(replace(FLOW, by_search=stream, previous=found))
    groups = [one for one in root.iter(f"{SVG}g") if one.find(f"{SVG}rect") is not None]
    areas = [_area(one) for one in groups]
    for one, other in combinations(areas, 2):
        apart = one.right <= other.x or other.right <= one.x
        assert apart or one.bottom <= other.y or other.bottom <= one.y
    height = float(str(root.get("viewBox")).split()[3])
    assert all(area.bottom <= height for area in areas)
    for group, area in zip(groups, areas, strict=True):
        for text in group.iter(f"{SVG}text"):
            if text.get("y"):
                assert area.y < float(str(text.get("y"))) < area.bottom
                assert area.x <= float(str(text.get("x"))) <= area.right


def _area(group: etree._Element) -> Drawn:
    rect = group.find(f"{SVG}rect")
    assert rect is not None
    x, y, width, height = (float(str(rect.get(n))) for n in ("x", "y", "width", "height"))
    return Drawn(x, y, width, height, ())


def test_the_numbers_as_json_hold_what_is_computed_from_them() -> None:
    document = document_of(FLOW)
    assert document["as_of"] == "2025-01-31"
    assert document["by_search"]["identified"] == 1_511
    assert document["by_search"]["removed"]["total"] + 494 == 1_511
    assert document["new_reports"] is None
    assert document["previous_reports"] == 36


def test_a_store_without_runs_says_so() -> None:
    flow = PrismaFlow(
        about=ABOUT,
        last_run=None,
        as_of=None,
        previous=(),
        by_search=Stream(),
        by_other_methods=Stream(),
    )
    assert "No run has finished yet." in texts(drawn(flow))


def test_in_word_the_diagram_is_boxes_and_arrows_with_every_number() -> None:
    table = Document(BytesIO(as_docx(flow_page(FLOW)))).tables[0]
    boxed: list[str] = []
    loose: list[str] = []
    for row in table.rows:
        seen: list[object] = []
        for cell in row.cells:
            if cell._tc not in seen:
                has_border = cell._tc.tcPr.find(qn("w:tcBorders")) is not None
                (boxed if has_border else loose).append(cell.text)
                seen.append(cell._tc)
    told = "\n".join(boxed).replace("\N{NO-BREAK SPACE}", " ")
    for box in boxes_of(FLOW).values():
        for entry in box.entries:
            assert f"{entry.words} {entry.shown}".rstrip() in told
    assert len(boxed) == len(boxes_of(FLOW)) + 3 + 3  # the columns' heads, the phases
    assert set(loose) == {"", "→", "↓", "│", "←", "└→"}


def test_a_cell_of_the_diagram_has_its_properties_in_words_order() -> None:
    """ECMA-376, 17.4.66: Word calls a file broken that has them in another one."""
    order = ["tcW", "gridSpan", "vMerge", "tcBorders", "vAlign"]
    table = Document(BytesIO(as_docx(flow_page(FLOW)))).tables[0]
    cells = [cell._tc for row in table.rows for cell in row.cells]
    for cell in cells:
        names = [etree.QName(one).localname for one in cell.tcPr]
        assert names == [name for name in order if name in names]
    assert all(sum(tc.grid_span for tc in row._tr.tc_lst) == len(WIDTHS) for row in table.rows)
