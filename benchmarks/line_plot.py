"""Lines over two logarithmic axes, as SVG: enough for the cost of a job against its size."""

from __future__ import annotations

import html
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

_WIDTH, _HEIGHT, _MARGIN = 720, 440, 70
_COLOURS = ("#1f5fa8", "#c4561a", "#2f7d4f", "#7a4b9c")
_GREY = "#767676"


@dataclass(frozen=True, slots=True)
class Line:
    """A named line through points; all values are above zero."""

    name: str
    across: Sequence[float]
    up: Sequence[float]
    dotted: bool = False


@dataclass(frozen=True, slots=True)
class _Axis:
    """From powers of ten to pixels."""

    low: int
    high: int
    begins: float
    ends: float

    def at(self, value: float) -> float:
        share = (math.log10(value) - self.low) / (self.high - self.low)
        return self.begins + share * (self.ends - self.begins)

    def ticks(self) -> range:
        return range(self.low, self.high + 1)


def line_plot(title: str, lines: Sequence[Line]) -> str:
    """The plot as an SVG document."""
    across = _axis([x for line in lines for x in line.across], _MARGIN, _WIDTH - _MARGIN)
    up = _axis([y for line in lines for y in line.up], _HEIGHT - _MARGIN, _MARGIN)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" '
        'font-family="sans-serif" font-size="13">',
        f'<rect width="{_WIDTH}" height="{_HEIGHT}" fill="white"/>',
        _text(_MARGIN, 28, title, "start"),
        *_grid(across, up),
        *(part for n, line in enumerate(lines) for part in _drawn(n, line, across, up)),
        "</svg>\n",
    ]
    return "\n".join(parts)


def _axis(values: Sequence[float], begins: float, ends: float) -> _Axis:
    low = math.floor(math.log10(min(values)))
    return _Axis(low, max(math.ceil(math.log10(max(values))), low + 1), begins, ends)


def _grid(across: _Axis, up: _Axis) -> Iterator[str]:
    for power in across.ticks():
        x = across.at(10.0**power)
        yield _stroke(x, up.begins, x, up.ends)
        yield _text(x, up.begins + 20, f"{10.0**power:,.0f}", "middle")
    for power in up.ticks():
        y = up.at(10.0**power)
        yield _stroke(across.begins, y, across.ends, y)
        yield _text(across.begins - 8, y + 4, f"{10.0**power:g}", "end")


def _drawn(number: int, line: Line, across: _Axis, up: _Axis) -> Iterator[str]:
    colour = _GREY if line.dotted else _COLOURS[number % len(_COLOURS)]
    points = [(across.at(x), up.at(y)) for x, y in zip(line.across, line.up, strict=True)]
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    dots = ' stroke-dasharray="3 5"' if line.dotted else ""
    yield f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"{dots}/>'
    for x, y in () if line.dotted else points:
        yield f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4" fill="{colour}"/>'
    yield _text(_MARGIN + 12, _MARGIN + 18 * (number + 1), line.name, "start", colour)


def _stroke(x1: float, y1: float, x2: float, y2: float) -> str:
    return f'<path d="M{x1:.1f} {y1:.1f}L{x2:.1f} {y2:.1f}" stroke="#dddddd"/>'


def _text(x: float, y: float, text: str, anchor: str, colour: str = "#222222") -> str:
    place = f'x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="{colour}"'
    return f"<text {place}>{html.escape(text)}</text>"
