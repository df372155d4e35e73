"""The PRISMA flow drawn: boxes sized by their words, arrows between them, as SVG.

No letter is measured: a table of widths, those of a wide sans-serif (DejaVu Sans), serves any plain
one, so that words stay inside their boxes wherever the file is opened.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from surveillance.alerts.wording import one_line
from surveillance.documents.flow import PrismaFlow
from surveillance.documents.flow_boxes import (
    FOOTNOTES,
    OTHER,
    PAIRS,
    PREVIOUS,
    SEARCH,
    Box,
    Entry,
    boxes_of,
    state,
)
from surveillance.documents.html import templates

WIDTH, MARGIN, GAP = 1500, 16, 26
SIZE, LEADING, PADDING = 13, 17, 9
INDENT = 14

#: Left edge and width of each column of boxes.
_COLUMNS = {
    "previous": (58, 204),
    "search": (288, 280),
    "search side": (594, 296),
    "other": (916, 260),
    "other side": (1202, 282),
}
#: Rows of boxes from top to bottom, each with its phase; a box stands in a column.
_ROWS: tuple[tuple[str, Mapping[str, str]], ...] = (
    (
        "Identification",
        {
            "previous": "previous",
            "search-identified": "search",
            "search-removed": "search side",
            "other-identified": "other",
            "other-removed": "other side",
        },
    ),
    *(
        (
            "Screening",
            {
                f"search-{left}": "search",
                f"search-{right}": "search side",
                f"other-{left}": "other",
                f"other-{right}": "other side",
            },
        )
        for left, right in PAIRS[1:]
    ),
    ("Included", {"new": "search"}),
    ("Included", {"total": "search"}),
)
_HEADS = (
    (PREVIOUS, "previous", "previous"),
    (SEARCH, "search", "search side"),
    (OTHER, "other", "other side"),
)
_NARROW, _WIDE = "ijlItf.,;:'|!()[]/ ", "mwMW@%"


@dataclass(frozen=True, slots=True)
class Text:
    """A line of text; `end` means that `x` is where it ends, and it holds a number."""

    x: float
    y: float
    words: str
    end: bool = False
    strong: bool = False


@dataclass(frozen=True, slots=True)
class Drawn:
    """A rectangle with its lines of text."""

    x: float
    y: float
    width: float
    height: float
    lines: tuple[Text, ...]

    @property
    def bottom(self) -> float:
        return self.y + self.height

    @property
    def right(self) -> float:
        return self.x + self.width

    @property
    def middle(self) -> float:
        return self.x + self.width / 2


@dataclass(frozen=True, slots=True)
class _Laid:
    boxes: dict[str, Drawn]
    phases: dict[str, tuple[float, float]]
    bottom: float


def flow_svg(flow: PrismaFlow) -> str:
    """The flow as one SVG file: text stays text, nothing rests on colour, nothing is loaded."""
    boxes = boxes_of(flow)
    banner = one_line(flow.about.banner)
    title = _wrapped(f"PRISMA 2020 flow diagram for an updated review: {flow.about.title}", 980)
    under = [
        *_wrapped(f"{flow.about.guidance} ({flow.about.body})", WIDTH - 2 * MARGIN),
        state(flow),
    ]
    top = MARGIN + (30 if banner else 0)
    heads_at = top + 8 + 22 * len(title) + LEADING * len(under) + 12
    heads = [_head(words, first, last, heads_at) for words, first, last in _HEADS]
    laid = _lay(boxes, max(head.bottom for head in heads) + 14)
    notes = [line for note in FOOTNOTES for line in _wrapped(note, WIDTH - 2 * MARGIN)]
    return (
        templates()
        .get_template("flow.svg")
        .render(
            width=WIDTH,
            height=round(laid.bottom + 24 + LEADING * len(notes) + MARGIN),
            margin=MARGIN,
            size=SIZE,
            leading=LEADING,
            banner=banner,
            title=title,
            title_at=top + 20,
            under=under,
            under_at=top + 20 + 22 * len(title) - 3,
            heads=heads,
            boxes=laid.boxes.values(),
            phases=laid.phases,
            arrows=list(_arrows(laid.boxes)),
            notes=notes,
            notes_at=laid.bottom + 28,
            description=_description(boxes),
        )
    )


def _description(boxes: Mapping[str, Box]) -> str:
    """The diagram in sentences, for whoever does not see it."""
    parts = [
        "; ".join(f"{entry.words} {entry.shown}".strip() for entry in box.entries)
        for box in boxes.values()
    ]
    return one_line(". ".join(parts))


def _lay(boxes: Mapping[str, Box], top: float) -> _Laid:
    placed: dict[str, Drawn] = {}
    phases: dict[str, tuple[float, float]] = {}
    y = top
    for phase, row in _ROWS:
        drawn = {name: _draw(boxes[name], *_COLUMNS[column], y) for name, column in row.items()}
        placed |= drawn
        bottom = max(box.bottom for box in drawn.values())
        phases[phase] = (phases.get(phase, (y, y))[0], bottom)
        y = bottom + GAP
    return _Laid(placed, phases, y - GAP)


def _head(words: str, first: str, last: str, y: float) -> Drawn:
    x = _COLUMNS[first][0]
    width = sum(_COLUMNS[last]) - x
    lines = _wrapped(words, width - 2 * PADDING, bold=True)
    height = LEADING * 2 + PADDING
    start = y + (height - LEADING * len(lines)) / 2 + SIZE
    texts = (
        Text(x + width / 2, start + LEADING * number, line, strong=True)
        for number, line in enumerate(lines)
    )
    return Drawn(x, y, width, height, tuple(texts))


def _draw(box: Box, x: float, width: float, y: float) -> Drawn:
    lines: list[Text] = []
    for entry in box.entries:
        lines += _lines(entry, x, width, y + PADDING + SIZE - 1 + LEADING * _rows(lines))
    return Drawn(x, y, width, 2 * PADDING + LEADING * _rows(lines) - 2, tuple(lines))


def _rows(lines: Sequence[Text]) -> int:
    """How many rows these texts take: a number stands in the row of the last words before it."""
    return sum(not line.end for line in lines)


def _lines(entry: Entry, x: float, width: float, y: float) -> Iterator[Text]:
    strong = not entry.depth
    left = x + PADDING + INDENT * entry.depth
    room = x + width - PADDING - left
    words = _wrapped(entry.words, room, bold=strong)
    if entry.shown and _width(words[-1], bold=strong) + 8 + _width(entry.shown) > room:
        words.append("")
    for number, line in enumerate(words):
        yield Text(left, y + LEADING * number, line, strong=strong)
    if entry.shown:
        below = LEADING * (len(words) - 1)
        yield Text(x + width - PADDING, y + below, entry.shown, end=True)


def _arrows(boxes: Mapping[str, Drawn]) -> Iterator[str]:
    """Paths: down each column, to the side boxes, and from both outer columns to what is new."""
    for stream in ("search", "other"):
        for left, right in PAIRS:
            yield _across(boxes[f"{stream}-{left}"], boxes[f"{stream}-{right}"])
        names = [f"{stream}-{left}" for left, _ in PAIRS]
        for above, below in pairwise(names):
            yield _down(boxes[above], boxes[below])
    yield _down(boxes["search-assessed"], boxes["new"])
    yield _down(boxes["new"], boxes["total"])
    last, new = boxes["other-assessed"], boxes["new"]
    yield f"M{last.middle:g} {last.bottom:g}V{new.y + new.height / 2:g}H{new.right + 6:g}"
    first, total = boxes["previous"], boxes["total"]
    yield f"M{first.middle:g} {first.bottom:g}V{total.y + total.height / 2:g}H{total.x - 6:g}"


def _across(left: Drawn, right: Drawn) -> str:
    y = left.y + min(left.height, right.height) / 2
    return f"M{left.right:g} {y:g}H{right.x - 6:g}"


def _down(above: Drawn, below: Drawn) -> str:
    return f"M{above.middle:g} {above.bottom:g}V{below.y - 6:g}"


def _wrapped(text: str, width: float, *, bold: bool = False) -> list[str]:
    """The words in lines of at most that width; a word that is wider alone is cut."""
    lines: list[str] = []
    line = ""
    for word in one_line(text).split():
        for piece in _pieces(word, width, bold):
            longer = f"{line} {piece}" if line else piece
            if line and _width(longer, bold=bold) > width:
                lines.append(line)
                line = piece
            else:
                line = longer
    return [*lines, line]


def _pieces(word: str, width: float, bold: bool) -> Iterator[str]:
    piece = ""
    for letter in word:
        if piece and _width(piece + letter, bold=bold) > width:
            yield piece
            piece = ""
        piece += letter
    yield piece


def _width(text: str, *, bold: bool = False) -> float:
    return sum(map(_ems, text)) * SIZE * (1.13 if bold else 1.0)


def _ems(letter: str) -> float:
    if letter in _NARROW:
        return 0.36
    if letter in _WIDE:
        return 0.9
    if unicodedata.east_asian_width(letter) in "WF":
        return 1.05
    return 0.72 if letter.isupper() else 0.6
