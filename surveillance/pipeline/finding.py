"""Why a topic's strategies found a report: the lines that say it, and the words they rest on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from db import records as record_rows
from db import reports as report_rows
from surveillance.dedup.merged import name_of
from surveillance.pipeline.strategies import ReadyStrategy
from surveillance.strategy.evaluate.explain import FoundText, LineExplanation, explain
from surveillance.strategy.evaluate.verdict import Verdict
from surveillance.topics import Topic

#: Characters around the found words, and stretches of one text that are shown.
_AROUND, _MOST_TEXTS = 40, 4


@dataclass(frozen=True, slots=True)
class FindingLine:
    """A line that matches by words or headings of its own: each stretch in pieces, found or not."""

    number: int
    text: str
    stretches: tuple[tuple[tuple[str, bool], ...], ...]


@dataclass(frozen=True, slots=True)
class Finding:
    """What one strategy says of one record."""

    strategy: str
    record: str
    verdict: Verdict
    lines: tuple[FindingLine, ...]
    missing: tuple[str, ...]


def findings(
    session: Session, topic: Topic, ready: Sequence[ReadyStrategy], report: int
) -> list[Finding]:
    """What each strategy that is held against records says of each record of a report."""
    numbers = report_rows.records_in(session, [report]).get(report, ())
    records = [one.record for one in record_rows.records_of(session, topic.slug, numbers)]
    return [
        _finding(one.name, name_of(record), explain(one.strategy, record, mesh=one.mesh), one)
        for record in records
        for one in ready
    ]


def _finding(
    strategy: str, record: str, lines: Sequence[LineExplanation], ready: ReadyStrategy
) -> Finding:
    wanted = ready.result_line or (lines[-1].number if lines else 0)
    result = next((line for line in lines if line.number == wanted), None)
    return Finding(
        strategy=strategy,
        record=record,
        verdict=result.verdict if result else Verdict.NO_MATCH,
        lines=tuple(_own(lines)),
        missing=tuple(result.missing) if result else (),
    )


def _own(lines: Sequence[LineExplanation]) -> Iterator[FindingLine]:
    """The matching lines that rest on the record itself, not on other lines."""
    for line in lines:
        stretches = [_stretch(found) for found in line.texts if not found.excluded]
        stretches += [((heading.name, True),) for heading in line.headings if not heading.excluded]
        if line.verdict is Verdict.MATCH and stretches:
            yield FindingLine(line.number, line.text, tuple(dict.fromkeys(stretches))[:_MOST_TEXTS])


def _stretch(found: FoundText) -> tuple[tuple[str, bool], ...]:
    """The text around the found words, in pieces; what is far from them is left out."""
    first, last = found.words[0].start, found.words[-1].end
    start, end = max(0, first - _AROUND), min(len(found.text), last + _AROUND)
    pieces: list[tuple[str, bool]] = [("… ", False)] if start else []
    at = start
    for word in found.words:
        pieces += [(found.text[at : word.start], False), (found.text[word.start : word.end], True)]
        at = word.end
    pieces.append((found.text[at:end] + (" …" if end < len(found.text) else ""), False))
    return tuple(piece for piece in pieces if piece[0])
