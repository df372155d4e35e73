"""Lines over axes, as SVG: one panel or several above one axis, for a light page and a dark one.

Nothing is fetched to show it: no script, no font, no picture. Each point says its value where the
pointer rests on it.
"""

from __future__ import annotations

import html
import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

_WIDTH, _LEFT, _RIGHT = 720, 70, 690
_HEADING, _TOP, _BETWEEN, _BOTTOM = 28, 70, 46, 56
#: Room for a number at the first point and the last.
_INSET = 22
_ONE_HIGH, _SEVERAL_HIGH = 320, 120
#: Width of a letter, about: where the next name of a legend begins.
_LETTER = 6.6
#: The lines' colours on a light page and on a dark one.
_COLOURS = (("#1f5fa8", "#7db4f0"), ("#b34a12", "#f0a070"), ("#2f7d4f", "#7fd0a0"))
_STYLE = (
    "text{font:13px sans-serif;fill:#222}.small{font-size:11px}.head{font-weight:bold}"
    "polyline{fill:none;stroke-width:2}.paper{fill:#fff}.grid{stroke:#ddd}"
    ".mark{stroke:#767676;stroke-dasharray:3 5}"
    ".value{font-size:11px;paint-order:stroke;stroke:#fff;stroke-width:3px}"
)
_DARK_STYLE = (
    "text{fill:#e6e6e6}.paper{fill:#15191e}.grid{stroke:#3a4048}.mark{stroke:#a8a8a8}"
    ".value{stroke:#15191e}"
)


@dataclass(frozen=True, slots=True)
class Line:
    """A named line through points; `say` prints a value beside its point."""

    name: str
    across: Sequence[float]
    up: Sequence[float]
    dotted: bool = False
    say: Callable[[float], str] | None = None


@dataclass(frozen=True, slots=True)
class Axis:
    """From values to a share of the axis' length; the first tick and the last are its ends."""

    label: str
    ticks: Sequence[tuple[float, str]]
    stretched: Callable[[float], float] = float

    def share(self, value: float) -> float:
        """How far along the axis a value lies (0–1)."""
        first, last = self.stretched(self.ticks[0][0]), self.stretched(self.ticks[-1][0])
        return (self.stretched(value) - first) / (last - first)


@dataclass(frozen=True, slots=True)
class Panel:
    """Lines over an axis of their own that goes up."""

    up: Axis
    lines: Sequence[Line]


@dataclass(frozen=True, slots=True)
class _Frame:
    """Where a panel lies in the drawing."""

    across: Axis
    up: Axis
    top: float
    bottom: float
    mark: float | None

    def x(self, value: float) -> float:
        return _LEFT + _INSET + self.across.share(value) * (_RIGHT - _LEFT - 2 * _INSET)

    def y(self, value: float) -> float:
        return self.bottom - self.up.share(value) * (self.bottom - self.top)


def logarithmic(label: str, values: Sequence[float]) -> Axis:
    """An axis over powers of ten; all values are above zero."""
    low = math.floor(math.log10(min(values)))
    high = max(math.ceil(math.log10(max(values))), low + 1)
    ticks = [(10.0**power, _power(power)) for power in range(low, high + 1)]
    return Axis(label, ticks, math.log10)


def linear(label: str, low: float, high: float, say: Callable[[float], str]) -> Axis:
    """An axis of four or five round steps that holds both values."""
    about = max(high - low, 1e-9) / 4
    power = 10.0 ** math.floor(math.log10(about))
    step = next(power * n for n in (1, 2, 5, 10) if power * n >= about * 0.999)
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    return Axis(label, [(n * step, say(n * step)) for n in range(first, max(last, first + 1) + 1)])


def nearing_one(label: str, values: Sequence[float], say: Callable[[float], str]) -> Axis:
    """An axis for probabilities: each step of one length halves what is left to 1."""
    return Axis(
        label, [(value, say(value)) for value in values], lambda value: -math.log(1 - value)
    )


def line_plot(title: str, lines: Sequence[Line], *, across: str = "", up: str = "") -> str:
    """One panel over two logarithmic axes, with their labels."""
    return panels(
        title,
        logarithmic(across, [x for line in lines for x in line.across]),
        [Panel(logarithmic(up, [y for line in lines for y in line.up]), lines)],
    )


def panels(title: str, across: Axis, drawn: Sequence[Panel], *, mark: float | None = None) -> str:
    """The panels under each other as an SVG document; `mark` is a value that is pointed out."""
    high = _SEVERAL_HIGH if len(drawn) > 1 else _ONE_HIGH
    tops = [_TOP + n * (high + _BETWEEN) for n in range(len(drawn))]
    frames = [
        _Frame(across, each.up, top, top + high, mark)
        for top, each in zip(tops, drawn, strict=True)
    ]
    bottom = frames[-1].bottom
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {bottom + _BOTTOM}" '
        f'role="img">\n<title>{html.escape(title)}</title>\n{_style()}',
        '<rect width="100%" height="100%" class="paper"/>',
        _text(_LEFT, _HEADING, title, "start", "head"),
        *(part for each, frame in zip(drawn, frames, strict=True) for part in _panel(each, frame)),
        *_ticks_across(frames[-1]),
        "</svg>\n",
    ]
    return "\n".join(parts)


def _power(power: int) -> str:
    return f"{10.0**power:,.0f}" if power >= 0 else f"{10.0**power:g}"


def _style() -> str:
    light, dark = (
        "".join(
            f".l{n}{{stroke:{pair[place]}}}.d{n}{{fill:{pair[place]}}}"
            for n, pair in enumerate(_COLOURS)
        )
        for place in (0, 1)
    )
    # What is asked for last counts.
    screen = "@media (prefers-color-scheme:dark)"
    return f"<style>{_STYLE}{light}{screen}{{{_DARK_STYLE}{dark}}}</style>"


def _panel(panel: Panel, frame: _Frame) -> Iterator[str]:
    yield from _grid(frame)
    begins: float = _LEFT
    if panel.up.label:
        yield _text(begins, frame.top - 15, panel.up.label, "start", "small head")
        begins += _LETTER * len(panel.up.label) + 24
    for n, line in enumerate(panel.lines):
        yield _stroke(begins, frame.top - 19, begins + 18, frame.top - 19, _class_of(n, line))
        yield _text(begins + 24, frame.top - 15, line.name, "start", "small")
        begins += 24 + _LETTER * len(line.name) + 18
        yield from _line(n, line, frame)


def _grid(frame: _Frame) -> Iterator[str]:
    for value, _ in frame.across.ticks:
        yield _stroke(frame.x(value), frame.bottom, frame.x(value), frame.top, "grid")
    for value, said in frame.up.ticks:
        yield _stroke(_LEFT, frame.y(value), _RIGHT, frame.y(value), "grid")
        yield _text(_LEFT - 8, frame.y(value) + 4, said, "end", "small")
    if frame.mark is not None:
        x = frame.x(frame.mark)
        yield _stroke(x, frame.bottom, x, frame.top, "mark")


def _ticks_across(frame: _Frame) -> Iterator[str]:
    for value, said in frame.across.ticks:
        yield _text(frame.x(value), frame.bottom + 18, said, "middle", "small")
    middle = (_LEFT + _RIGHT) / 2
    yield _text(middle, frame.bottom + 40, frame.across.label, "middle", "small head")


def _line(number: int, line: Line, frame: _Frame) -> Iterator[str]:
    points = [(frame.x(x), frame.y(y)) for x, y in zip(line.across, line.up, strict=True)]
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    yield f'<polyline points="{path}" class="{_class_of(number, line)}"/>'
    if not line.dotted:
        values = zip(points, line.across, line.up, strict=True)
        yield from (part for each in values for part in _point(number, line, *each))


def _point(number: int, line: Line, at: tuple[float, float], x: float, y: float) -> Iterator[str]:
    said = html.escape(f"{line.name}, {x:.7g}: {y:g}")
    place = f'cx="{at[0]:.1f}" cy="{at[1]:.1f}"'
    yield f'<circle {place} r="4" class="d{number % len(_COLOURS)}"><title>{said}</title></circle>'
    if line.say:
        yield _text(at[0], at[1] - 8, line.say(y), "middle", "value")


def _class_of(number: int, line: Line) -> str:
    return "mark" if line.dotted else f"l{number % len(_COLOURS)}"


def _stroke(x1: float, y1: float, x2: float, y2: float, kind: str) -> str:
    return f'<path d="M{x1:.1f} {y1:.1f}L{x2:.1f} {y2:.1f}" class="{kind}"/>'


def _text(x: float, y: float, text: str, anchor: str, kind: str) -> str:
    place = f'x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" class="{kind}"'
    return f"<text {place}>{html.escape(text)}</text>"
