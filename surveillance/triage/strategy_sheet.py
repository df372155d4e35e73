"""A strategy as a page shows it: each line with what was found in it, and its query with its
losses, marked where they stand."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from surveillance.documents.history import HistoryLine
from surveillance.strategy.strategy import Diagnostic, Line
from surveillance.strategy.translate import Loss
from surveillance.triage.looking import MOST_SHOWN, Looked, held_lines
from surveillance.triage.stretches import Mark, Stretch, found_in, stretches

_WORD = re.compile(r"\S+")
#: Of what a loss sends, the part that is looked for in the query.
_OR = " OR "


@dataclass(frozen=True, slots=True)
class NumberedFinding:
    """A finding of the lint by the number that marks its place."""

    number: int
    found: Diagnostic


@dataclass(frozen=True, slots=True)
class NumberedLoss:
    """A loss by the number that marks its place."""

    number: int
    loss: Loss


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetLine:
    """A line: `text` and `said` are the same words, marked by findings and by losses; `query` is
    what the target is asked for it. `history` has its counts, where the topic's folder holds it."""

    number: int
    text: tuple[Stretch, ...]
    findings: tuple[NumberedFinding, ...]
    said: tuple[Stretch, ...]
    query: tuple[Stretch, ...]
    losses: tuple[NumberedLoss, ...]
    history: HistoryLine | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """The whole strategy; `elsewhere` are the findings that stand in no line."""

    lines: tuple[SheetLine, ...]
    elsewhere: tuple[NumberedFinding, ...]
    more_findings: int
    losses: int
    more_losses: int
    parts: tuple[tuple[Stretch, ...], ...]
    faults: tuple[Diagnostic, ...]


def sheet(looked: Looked, text: str, history: Sequence[HistoryLine] = ()) -> Sheet:
    """What was seen of a strategy, laid out by line."""
    source = text.replace("\r\n", "\n").split("\n")
    held = held_lines(looked.strategy, source)
    findings = [NumberedFinding(n, one) for n, one in enumerate(looked.findings, 1)]
    told = looked.translation.losses[:MOST_SHOWN]
    losses = [NumberedLoss(n, one) for n, one in enumerate(told, 1)]
    queries = {line.number: line.query for line in looked.translation.lines}
    counted = {line.number: line for line in history}
    lines = tuple(
        _line(
            _Held(line, held[line.number], source),
            [one for one in findings if _stands_in(line, one.found.line)],
            [one for one in losses if _stands_in(line, one.loss.line)],
            queries.get(line.number, ""),
            counted.get(line.number),
        )
        for line in looked.strategy.lines
    )
    placed = {one.number for line in lines for one in line.findings}
    return Sheet(
        lines=lines,
        elsewhere=tuple(one for one in findings if one.number not in placed),
        more_findings=looked.more_findings,
        losses=len(looked.translation.losses),
        more_losses=len(looked.translation.losses) - len(told),
        parts=tuple(_marked(part, losses) for part in looked.translation.parts),
        faults=looked.translation.diagnostics,
    )


@dataclass(frozen=True, slots=True)
class _Held:
    """A line's text with where it stands in its file."""

    line: Line
    text: str
    source: Sequence[str]

    def offset(self, row: int, column: int) -> int:
        """The character of the text at that line and column of the file; past its end, its end."""
        span = self.line.span
        before = sum(len(self.source[n - 1]) + 1 for n in range(span.line, row))
        return min(before + column - span.column, len(self.text))


def _line(
    held: _Held,
    findings: Sequence[NumberedFinding],
    losses: Sequence[NumberedLoss],
    query: str,
    history: HistoryLine | None,
) -> SheetLine:
    return SheetLine(
        number=held.line.number,
        text=stretches(held.text, filter(None, (_of_finding(held, one) for one in findings))),
        findings=tuple(findings),
        said=stretches(held.text, [_of_loss(held, one) for one in losses]),
        query=_marked(query, losses),
        losses=tuple(losses),
        history=history,
    )


def _marked(query: str, losses: Sequence[NumberedLoss]) -> tuple[Stretch, ...]:
    """A query with each loss marked where it is sent, as far as that stands there in one piece."""
    return stretches(query, found_in(query, [(one.number, _sent(one, query)) for one in losses]))


def _of_finding(held: _Held, one: NumberedFinding) -> Mark | None:
    """Where a finding stands; None: behind the text, at the count that was printed."""
    found = one.found
    start = held.offset(found.line, found.column)
    if start >= len(held.text):
        return None
    return Mark(max(start, 0), start + found.end_column - found.column, one.number)


def _of_loss(held: _Held, one: NumberedLoss) -> Mark:
    """A loss says its words as they are printed anew: they are looked for from its place on."""
    start = max(held.offset(one.loss.line, one.loss.column), 0)
    words = one.loss.source
    there = held.text.casefold().find(words.casefold(), start) if words else -1
    if there >= 0:
        return Mark(there, there + len(words), one.number)
    word = _WORD.search(held.text, start)
    return Mark(start, word.end() if word else start + 1, one.number)


def _sent(one: NumberedLoss, query: str) -> str:
    """What is sent for a loss; of alternatives that stand apart in the query the first."""
    target = one.loss.target
    return target if target in query else target.split(_OR)[0]


def _stands_in(line: Line, row: int) -> bool:
    return line.span.line <= row <= line.span.end_line
