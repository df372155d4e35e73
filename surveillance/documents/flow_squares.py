"""The PRISMA flow in squares, boxes and arrows, for a format that takes tables and no SVG."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from surveillance.documents.flow_boxes import OTHER, PAIRS, PREVIOUS, SEARCH, Boxes, Entry
from surveillance.documents.page import Square

#: Phase, previous studies, then for each stream a gap, its box, an arrow, and the box beside it.
WIDTHS = (11, 13, 1, 18, 2, 18, 1, 16, 2, 18)
_DOWN, _ACROSS, _ON, _BACK, _TURN = (
    Square((arrow,), boxed=False) for arrow in ("↓", "→", "│", "←", "└→")
)
_NOTHING = Square((), boxed=False)
_TIED = "\N{NO-BREAK SPACE}=\N{NO-BREAK SPACE}"
_INCLUDED = Square(("Included",))
#: Of each row of boxes: where a phase goes on, it is not named again.
_PHASES = (Square(("Identification",)), Square(("Screening",)), _NOTHING, _NOTHING)


def squares_of(boxes: Boxes) -> tuple[tuple[Square, ...], ...]:
    """The rows of the diagram from top to bottom; their spans add up to the number of `WIDTHS`."""
    return tuple(_rows(boxes))


def _rows(boxes: Boxes) -> Iterator[tuple[Square, ...]]:
    heads = (Square((one,), span=3) for one in (SEARCH, OTHER))
    yield _NOTHING, Square((PREVIOUS,)), *_apart(heads)
    for phase, (left, right) in zip(_PHASES, PAIRS, strict=True):
        streams = (
            (_box(boxes, f"{one}-{left}"), _ACROSS, _box(boxes, f"{one}-{right}"))
            for one in ("search", "other")
        )
        first = _ON if right != "removed" else _box(boxes, "previous")
        yield phase, first, *(square for stream in streams for square in (_NOTHING, *stream))
        yield _NOTHING, _ON, *(_NOTHING, _DOWN, _NOTHING, _NOTHING) * 2
    back = Square(_BACK.lines, span=4, boxed=False)
    yield _INCLUDED, _ON, _NOTHING, _box(boxes, "new"), back, _NOTHING, _NOTHING
    yield _NOTHING, _ON, _NOTHING, _DOWN, *(_NOTHING,) * 6
    yield _NOTHING, _TURN, _NOTHING, _box(boxes, "total"), *(_NOTHING,) * 6


def _apart(squares: Iterable[Square]) -> Iterator[Square]:
    for square in squares:
        yield from (_NOTHING, square)


def _box(boxes: Boxes, name: str) -> Square:
    return Square(tuple(map(_line, boxes[name].entries)))


def _line(entry: Entry) -> str:
    # A number is not torn off its “n =” at the end of a line.
    return f"{'– ' * entry.depth}{entry.words} {entry.shown.replace(' = ', _TIED)}".rstrip()
