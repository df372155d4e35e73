"""A topic's signals as a list shows them, kept in memory and kept up with the store.

A list of thousands cannot be read for each page. What runs wrote since is numbered in the store,
and so is what happened: only that is read again.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date

from sqlalchemy.orm import Session

from db.signal_lines import (
    SignalLine,
    SignalPosition,
    happened_since,
    lines_since,
    signal_position,
)
from surveillance.signals.history import Status, status_after

#: Nobody has settled these.
UNSETTLED = frozenset({Status.OPEN, Status.SEEN})


class SignalLines:
    """The signals of a topic, in the order of a list: what nobody settled first, the heaviest
    first. One value is what the store held at one moment; `caught_up` makes the next."""

    def __init__(self, position: SignalPosition, by_number: Mapping[int, SignalLine]) -> None:
        self._position = position
        self._by_number = by_number
        #: In the order of a list.
        self.ordered: Sequence[SignalLine] = sorted(by_number.values(), key=_in_order)
        #: Those that touch each recommendation; under the empty name those that touch none.
        self.by_recommendation: dict[str, list[SignalLine]] = {}
        for line in self.ordered:
            for name in line.recommendations or ("",):
                self.by_recommendation.setdefault(name, []).append(line)

    def __iter__(self) -> Iterator[SignalLine]:
        """In the order they were raised."""
        return iter(self._by_number.values())

    def __contains__(self, number: object) -> bool:
        return number in self._by_number

    def raised_since(self, day: date) -> list[SignalLine]:
        """Those that were raised on that day or later, the heaviest first, settled or not."""
        raised = (line for line in self if line.raised_on >= day)
        return sorted(raised, key=lambda line: line.importance)

    def caught_up(self, session: Session, topic: str) -> SignalLines:
        """The signals as this session sees them; the same value where nothing changed."""
        now = signal_position(session, topic)
        if now == self._position:
            return self
        if now.change < self._position.change or now.event < self._position.event:
            # Somebody else's session began later and kept what this one does not see.
            return signal_lines(session, topic)
        changed = dict(self._by_number)
        if now.change != self._position.change:
            for line in lines_since(session, topic, self._position):
                before = changed.get(line.id, line)
                changed[line.id] = replace(line, status=before.status)
        if now.event != self._position.event:
            for number, happened in happened_since(session, topic, self._position).items():
                line = changed[number]
                changed[number] = replace(line, status=status_after(happened, line.status))
        return SignalLines(now, changed)


class KeptSignals:
    """Every topic's signals as they were read last. Requests come in several threads at once."""

    def __init__(self) -> None:
        self._kept: dict[str, SignalLines] = {}

    def of(self, session: Session, topic: str) -> SignalLines:
        """The signals of a topic as this session sees them."""
        kept = self._kept.get(topic)
        lines = kept.caught_up(session, topic) if kept else signal_lines(session, topic)
        self._kept[topic] = lines
        return lines


def signal_lines(session: Session, topic: str) -> SignalLines:
    """The signals of a topic as the store has them."""
    return SignalLines(SignalPosition(), {}).caught_up(session, topic)


def _in_order(line: SignalLine) -> tuple[bool, tuple[int, int, str], int]:
    return line.status not in UNSETTLED, line.importance, line.id
