"""Text that remembers where each of its characters stood in the file."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass

from surveillance.strategy.nodes import Span

LONGEST_QUOTE = 60


def shortened(text: str) -> str:
    """A text as a message quotes it: on one line, cut where it is long."""
    plain = " ".join(text.split())
    return plain if len(plain) <= LONGEST_QUOTE else f"{plain[:LONGEST_QUOTE]}…"


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of one line of the file; line and column count from 1."""

    line: int
    column: int
    text: str

    @property
    def span(self) -> Span:
        """Where it stands."""
        return Span(self.line, self.column, self.line, self.column + len(self.text))

    def stripped(self) -> Piece:
        """Without the spaces around it."""
        start = len(self.text) - len(self.text.lstrip())
        return self.without_first(start, self.text.strip())

    def without_first(self, characters: int, rest: str | None = None) -> Piece:
        """What stands after the first characters (`rest` where only a part of it is meant)."""
        kept = self.text[characters:] if rest is None else rest
        return Piece(self.line, self.column + characters, kept)


@dataclass(frozen=True, slots=True)
class SourceText:
    """The text of one entry, joined from the lines that it is wrapped over.

    `anchors` are (offset, line, column) of the beginning of each piece, in order.
    """

    text: str
    anchors: tuple[tuple[int, int, int], ...]

    @classmethod
    def join(cls, pieces: Iterable[Piece]) -> SourceText:
        """Pieces joined by a space; a piece that ends with a hyphen is joined without one."""
        parts: list[str] = []
        anchors = []
        length = 0
        for piece in pieces:
            between = " " if length and not parts[-1].endswith("-") else ""
            length += len(between)
            anchors.append((length, piece.line, piece.column))
            parts += [between, piece.text]
            length += len(piece.text)
        return cls("".join(parts), tuple(anchors))

    def until(self, end: int) -> SourceText:
        """The text before an offset."""
        kept = tuple(anchor for anchor in self.anchors if anchor[0] < max(end, 1))
        return SourceText(self.text[:end], kept)

    def span(self, start: int, end: int) -> Span:
        """Where the characters from offset `start` to before `end` stand in the file."""
        line, column = self._place(start)
        end_line, end_column = self._place(max(end - 1, start))
        return Span(line, column, end_line, end_column + (1 if end > start else 0))

    def _place(self, offset: int) -> tuple[int, int]:
        index = bisect_right(self.anchors, offset, key=lambda anchor: anchor[0]) - 1
        start, line, column = self.anchors[max(index, 0)]
        return line, column + max(offset - start, 0)
