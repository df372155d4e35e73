"""Lines over axes: the plot of cost against size, and several panels above one axis."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from benchmarks.line_plot import Line, Panel, line_plot, linear, nearing_one, panels

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


@given(
    low=st.floats(0, 1e6, allow_nan=False),
    more=st.floats(0.01, 1e6, allow_nan=False),
)
def test_an_axis_holds_its_values_in_a_few_round_steps(low: float, more: float) -> None:
    axis = linear("count", low, low + more, str)
    assert 2 <= len(axis.ticks) <= 7
    assert -1e-6 <= axis.share(low) <= axis.share(low + more) <= 1 + 1e-6
    step = axis.ticks[1][0] - axis.ticks[0][0]
    assert re.fullmatch(r"[125](\.0+)?e[+-]\d+", f"{step:.6e}")


def test_towards_certainty_each_halving_of_the_doubt_is_one_step() -> None:
    axis = nearing_one("probability", [0.8, 0.9, 0.95], str)
    assert [axis.share(value) for value in (0.8, 0.9, 0.95)] == pytest.approx([0, 0.5, 1])


def test_panels_stand_under_each_other_over_one_axis() -> None:
    lines = [Line("few", [0.8, 0.9], [1, 3], say=str), Line("many", [0.8, 0.9], [30, 10])]
    drawn = [Panel(linear(line.name, 0, max(line.up), str), [line]) for line in lines]
    svg = panels("Cost", nearing_one("from", [0.8, 0.9], str), drawn, mark=0.9)
    few, many = points(svg)
    assert [x for x, _ in few] == [x for x, _ in many]
    assert max(y for _, y in few) < min(y for _, y in many)
    assert svg.count('class="mark"') == 2
    height = float(re.findall(r'viewBox="0 0 \d+ ([\d.]+)"', svg)[0])
    assert all(float(y) < height for y in re.findall(r'<text x="[\d.]+" y="([\d.]+)"', svg))
    assert {'class="value">1<', 'class="value">3<'} <= set(re.findall(r'class="value">\d+<', svg))
