"""A topic's reports at one stage of screening as people work through them, kept in memory.

A page that lists 50,000 reports cannot load them for each request. What a list shows of each is
read once, and again when a run changed it; what people say changes a few reports, and only those
are read again. The store stays the only truth: before anything is shown, the end of its log is
compared with the one that was read.
"""

from __future__ import annotations

import secrets
from bisect import bisect_left, bisect_right, insort
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy.orm import Session

from db import pair_log, report_lines
from db import reports as report_rows
from db import samples as sample_rows
from db.report_lines import LogPosition, RecordLine
from db.screening import ABSTRACT, FULL_TEXT, Standing
from surveillance.dedup.decision_log import Logged, connected, freed
from surveillance.dedup.waiting import most_valuable_first
from surveillance.errors import Changed
from surveillance.pipeline.in_play import numbers_in_play
from surveillance.pipeline.piles import Pile, comes_to_full_text, pile_of
from surveillance.pipeline.priority import source_priority
from surveillance.pipeline.report_words import ReportWords
from surveillance.pipeline.reviewing import reviewing_of, standings_of
from surveillance.screening.reviewing import Reviewing
from surveillance.topics import Topic

STAGES = (ABSTRACT, FULL_TEXT)


#: In the order of reading: the place that ranking gave, then the report's number.
_Key = tuple[int, int]
#: Behind all that were ranked.
_UNRANKED = 1 << 40
#: So many orders are remembered, for whoever goes through a list while the order changes.
_ORDERS = 4


@dataclass(frozen=True, slots=True)
class Line:
    """What a list shows of a report; `words` is all of it to search in, without case."""

    report: int
    title: str
    citation: str
    records: int
    words: str


@dataclass(slots=True)
class _Stage:
    """One stage: what stands on each report that comes to it, and the piles."""

    standings: dict[int, Standing]
    piles: dict[Pile, list[_Key]] = field(default_factory=dict)
    pile_of: dict[int, Pile] = field(default_factory=dict)
    spoken: dict[str, set[int]] = field(default_factory=dict)


class ReadingQueue:
    """The piles of a topic's reports at both stages, in the order of reading."""

    def __init__(
        self,
        reviewing: Reviewing,
        position: LogPosition,
        lines: dict[int, Line],
        *,
        in_play: frozenset[int],
        drawn: frozenset[int],
        doubtful: Sequence[Logged] = (),
    ) -> None:
        self.reviewing = reviewing
        self.position = position
        #: The records that may be in a report; only a run changes which.
        self.in_play = in_play
        self.lines = lines
        self.words = ReportWords(_texts(lines))
        self.drawn = drawn
        #: The pairs that wait for a person, most valuable first.
        self.doubtful = doubtful
        self.places: Mapping[int, int] = {}
        #: The name of the order of reading, and the last orders by their names.
        self.order = _new_name()
        self._orders: dict[str, Mapping[int, int]] = {self.order: self.places}
        self._stages = {stage: _Stage({}) for stage in STAGES}
        for one in self._stages.values():
            one.piles = {pile: [] for pile in Pile}

    def put(self, stage: str, standings: Mapping[int, Standing], only: Collection[int]) -> None:
        """Have what stands on these reports at a stage be this; the abstract goes first."""
        of = self._stages[stage]
        for report in only:
            standing = standings.get(report, Standing())
            self._forget(of, report)
            if report in self.lines and (stage == ABSTRACT or self._comes_to_full_text(report)):
                of.standings[report] = standing
                of.pile_of[report] = pile = pile_of(standing, drawn=report in self.drawn)
                insort(of.piles[pile], self._key(report))
                for word in standing.words:
                    of.spoken.setdefault(word.made_by, set()).add(report)

    def regroup(
        self, reports: Collection[int], lines: Mapping[int, Line], doubtful: Sequence[Logged]
    ) -> None:
        """Have these reports hold what their new lines say; without a line one is no report.

        What stands on them is to be put anew.
        """
        for report in reports:
            self.lines.pop(report, None)
        self.lines.update(lines)
        self.words.renew(reports, _texts(lines))
        self.doubtful = doubtful

    def rank(self, places: Mapping[int, int]) -> None:
        """Read in another order from now on; the last ones stay for who goes through a list."""
        if places == self.places:
            return
        self.places, self.order = places, _new_name()
        self._orders[self.order] = places
        for old in list(self._orders)[:-_ORDERS]:
            del self._orders[old]
        for of in self._stages.values():
            for keys in of.piles.values():
                keys[:] = sorted(self._key(report) for _, report in keys)

    def go_on_from(self, older: ReadingQueue) -> None:
        """Keep the order of a queue that this one replaces, and those that it remembers."""
        self._orders = dict(older._orders)
        self.rank(older.places)
        self.order = older.order

    def place(self, report: int) -> int | None:
        """Where ranking puts a report, from 1; None where it is not ranked."""
        return self.places.get(report)

    def standing(self, stage: str, report: int) -> Standing:
        """What stands on a report."""
        return self._stages[stage].standings.get(report, Standing())

    def pile_of(self, stage: str, report: int) -> Pile | None:
        """The pile of a report; None where it does not come to this stage."""
        return self._stages[stage].pile_of.get(report)

    def size(self, stage: str, pile: Pile) -> int:
        """How many reports are on a pile."""
        return len(self._stages[stage].piles[pile])

    def left_for(self, stage: str, by: str) -> int:
        """How many reports wait for somebody: not those that the person has spoken on already."""
        of = self._stages[stage]
        said = of.spoken.get(by, ()) if self.reviewing.reviewers > 1 else ()
        mine = sum(of.pile_of.get(report) is Pile.WAITING for report in said)
        return len(of.piles[Pile.WAITING]) - mine

    def waiting_for(
        self,
        stage: str,
        by: str,
        *,
        pile: Pile = Pile.WAITING,
        behind: int | None = None,
        order: str = "",
    ) -> Iterator[int]:
        """The reports of a pile that somebody should look at, in the order of reading.

        `behind`: those that come after this report. `order`: in the order of this name, so that
        whoever goes on through a list misses none that has moved to the front since; raises
        `Changed` where it is remembered no more.
        """
        of = self._stages[stage]
        apart = self.reviewing.reviewers > 1 and pile in (Pile.WAITING, Pile.CONFLICT)
        said = of.spoken.get(by, set()) if apart else set()
        keys, places = of.piles[pile], self.places
        if order and order != self.order:
            places = self._remembered(order)
            keys = sorted(_key(report, places) for _, report in keys)
        start = 0 if behind is None else bisect_right(keys, _key(behind, places))
        return (report for _, report in keys[start:] if report not in said)

    def on(self, stage: str, pile: Pile) -> Sequence[int]:
        """The reports of a pile in the order of reading."""
        return [report for _, report in self._stages[stage].piles[pile]]

    def numbers(self, stage: str) -> dict[Pile, int]:
        """How many reports are on each pile; their sum is all that come to the stage."""
        return {pile: self.size(stage, pile) for pile in Pile}

    def _comes_to_full_text(self, report: int) -> bool:
        return comes_to_full_text(self.standing(ABSTRACT, report), self.reviewing)

    def _remembered(self, order: str) -> Mapping[int, int]:
        if order not in self._orders:
            raise Changed(
                "the order of reading was learnt anew several times since this list was begun.",
                hint="Ask for its first page again.",
            )
        return self._orders[order]

    def _key(self, report: int) -> _Key:
        return _key(report, self.places)

    def _forget(self, of: _Stage, report: int) -> None:
        pile = of.pile_of.pop(report, None)
        if pile is None:
            return
        keys = of.piles[pile]
        place = bisect_left(keys, self._key(report))
        if place < len(keys) and keys[place][1] == report:
            del keys[place]
        for word in of.standings.pop(report).words:
            of.spoken[word.made_by].discard(report)


def _new_name() -> str:
    """A name that no order had before, in this process or in one before it."""
    return secrets.token_hex(4)


def _key(report: int, places: Mapping[int, int]) -> _Key:
    return places.get(report, _UNRANKED), report


def read_queue(session: Session, topic: Topic) -> ReadingQueue:
    """The queue of a topic as the store has it now, not ranked yet."""
    position = report_lines.log_position(session, topic.slug)
    in_play = frozenset(numbers_in_play(session, topic))
    members = {one.id: one.record_ids for one in report_rows.reports_of(session, topic.slug)}
    queue = ReadingQueue(
        reviewing_of(topic),
        position,
        _lines(session, topic, members, in_play),
        in_play=in_play,
        drawn=sample_rows.drawn_reports(session, topic.slug),
        doubtful=pair_log.waiting_pairs(session, topic.slug),
    )
    for stage in STAGES:
        queue.put(stage, standings_of(session, topic, stage), queue.lines)
    return queue


def catch_up(session: Session, topic: Topic, queue: ReadingQueue) -> bool:
    """Read what people said since the queue was read; False where a run changed more than that."""
    read = queue.position
    now = report_lines.log_position(session, topic.slug)
    if now.runs != read.runs:
        return False
    changed: set[int] = set()
    if now.words != read.words:
        changed |= report_lines.decided_since(session, topic.slug, read.words)
    if now.pairs != read.pairs:
        changed |= _regroup(session, topic, queue)
    for stage in STAGES if changed else ():
        queue.put(stage, standings_of(session, topic, stage, changed), changed)
    queue.position = now
    return True


def _regroup(session: Session, topic: Topic, queue: ReadingQueue) -> set[int]:
    """Follow what was said of pairs since; the reports that may hold other records, or none."""
    compared = pair_log.compared_since(session, topic.slug, queue.position.pairs)
    tied = connected(compared, freed(pair_log.log_around(session, topic.slug, compared)))
    regrouped = report_rows.own_numbers(session, topic.slug, tied)
    members = report_rows.records_in(session, regrouped)
    # Whatever waits between other reports waits as before.
    elsewhere = [one for one in queue.doubtful if tied.isdisjoint(one.pair)]
    here = pair_log.waiting_pairs(session, topic.slug, regrouped)
    queue.regroup(
        regrouped,
        _lines(session, topic, members, queue.in_play),
        most_valuable_first([*elsewhere, *here]),
    )
    return regrouped


def _lines(
    session: Session,
    topic: Topic,
    members: Mapping[int, Sequence[int]],
    in_play: Collection[int],
) -> dict[int, Line]:
    """The line of each report of which a record is in play."""
    wanted = {number for held in members.values() for number in held if number in in_play}
    records = report_lines.record_lines(session, topic.slug, wanted)
    priority = source_priority(topic)
    return {
        report: _line(report, shown, priority)
        for report, held in members.items()
        if (shown := [records[number] for number in held if number in records])
    }


def _texts(lines: Mapping[int, Line]) -> dict[int, str]:
    return {report: line.words for report, line in lines.items()}


def _line(report: int, records: Sequence[RecordLine], priority: Sequence[str]) -> Line:
    ranks = {source: rank for rank, source in reversed(list(enumerate(priority)))}
    lead = min(records, key=lambda one: ranks.get(one.source, len(priority)))
    told = [lead.first_author, lead.journal, str(lead.year or "")]
    names = [f"{one.source}:{one.source_id} {one.pmid} {one.doi}" for one in records]
    citation = ", ".join(part for part in told if part)
    return Line(
        report=report,
        title=lead.title,
        citation=citation,
        records=len(records),
        words=" ".join((str(report), lead.title, citation, *names)).casefold(),
    )
