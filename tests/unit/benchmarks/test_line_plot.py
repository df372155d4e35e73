"""The plot of cost against size."""

from __future__ import annotations

import re

from lxml import etree

from benchmarks.line_plot import Line, line_plot

SIZES = [10_000, 100_000, 1_000_000]


def points(svg: str) -> list[list[tuple[float, float]]]:
    return [
        [(float(x), float(y)) for x, y in re.findall(r"([\d.]+),([\d.]+)", line)]
        for line in re.findall(r'polyline points="([^"]+)"', svg)
    ]


def test_what_grows_with_the_size_is_straight() -> None:
    (line,) = points(line_plot("Cost", [Line("linear", SIZES, [0.5, 5.0, 50.0])]))
    (x1, y1), (x2, y2), (x3, y3) = line
    assert abs((x2 - x1) - (x3 - x2)) < 0.2
    assert abs((y1 - y2) - (y2 - y3)) < 0.2
    assert y1 > y2 > y3


def test_the_plot_is_svg_with_its_names_escaped() -> None:
    lines = [Line("a < b", SIZES, [1, 2, 3]), Line("guide", SIZES, [1, 10, 100], dotted=True)]
    svg = etree.fromstring(line_plot("Cost & size", lines).encode())
    texts = [str(text.text) for text in svg.iter("{*}text")]
    assert {"Cost & size", "a < b", "guide", "10,000", "1,000,000"} <= set(texts)
    assert len(list(svg.iter("{*}circle"))) == 3


def test_one_point_is_a_plot_too() -> None:
    (line,) = points(line_plot("Cost", [Line("once", [10], [1])]))
    assert len(line) == 1
