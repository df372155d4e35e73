"""When reading a topic's reports may stop: the promise on each pile, from what people decided."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from sqlalchemy.orm import Session

from db import reports as report_rows
from db.screening import Standing
from surveillance.pipeline.in_play import numbers_in_play
from surveillance.pipeline.reviewing import reviewing_of, standings_of
from surveillance.screening.auto_exclusion import AutoExclusion, auto_exclusion
from surveillance.screening.reviewing import State
from surveillance.screening.rules import Verdict
from surveillance.screening.stopping import UPDATE, Promise, Read, StoppingAdvice, advice
from surveillance.topics import Topic


@dataclass(frozen=True, slots=True)
class Pile:
    """Reports that were there when their reading began, up to the day of the last, and the advice.

    A promise is on a pile that does not grow: what comes later is a pile of its own.
    """

    until: date
    reports: int
    advice: StoppingAdvice


@dataclass(frozen=True, slots=True)
class _Read:
    """A report, when it came, and its decision; `place` puts decisions in their order."""

    first_seen_on: date
    decided_on: date | None
    place: int
    included: bool


def piles(session: Session, topic: Topic) -> tuple[Pile, ...]:
    """The piles of a topic, oldest first, with what may be said of each.

    The first holds what was there when somebody first decided, the promise on it is 95 %; each
    later day's reports are one of their own, with 99 %. Known items were found before: they are in
    none. *Unsure*, conflicts and what waits for a second reader count as unread.
    """
    reports = sorted(_reports(session, topic), key=lambda one: one.first_seen_on)
    days = [one.decided_on for one in reports if one.decided_on]
    begun = min(days, default=date.max)
    groups = groupby(reports, key=lambda one: max(one.first_seen_on, begun))
    return tuple(_pile(list(group), Promise() if day == begun else UPDATE) for day, group in groups)


def _pile(reports: list[_Read], promise: Promise) -> Pile:
    decided = sorted((one for one in reports if one.decided_on), key=lambda one: one.place)
    reads = (Read(one.included) for one in decided)
    return Pile(reports[-1].first_seen_on, len(reports), advice(reads, len(reports), promise))


def _reports(session: Session, topic: Topic) -> Iterator[_Read]:
    in_play = numbers_in_play(session, topic)
    standings = standings_of(session, topic)
    reviewing = reviewing_of(topic)
    for report in report_rows.reports_of(session, topic.slug):
        standing = standings.get(report.id, Standing())
        of_guidance = any(reviewing.is_guidance(word.made_by) for word in standing.words)
        if not in_play.isdisjoint(report.record_ids) and not of_guidance:
            yield _read(report.first_seen_on, standing)


def _read(first_seen_on: date, standing: Standing) -> _Read:
    decision = standing.person if standing.state is State.DECIDED else None
    if decision is None or decision.verdict is Verdict.UNSURE:
        return _Read(first_seen_on, None, 0, included=False)
    place = min(word.id for word in standing.words)
    included = decision.verdict is Verdict.INCLUDE
    return _Read(first_seen_on, decision.decided_on, place, included)


def leaving_out(session: Session, topic: Topic) -> AutoExclusion:
    """Whether the rules' exclusions might be left unread, by what people included despite them.

    Tried was a report on which the rules, as they are, had proposed before anybody decided; the
    guidance's own inclusions were not read here.
    """
    reviewing = reviewing_of(topic)
    tried: list[Verdict] = []
    for standing in standings_of(session, topic).values():
        rule, decision = standing.rule, standing.person
        included = decision is not None and decision.verdict is Verdict.INCLUDE
        read = [word for word in standing.words if not reviewing.is_guidance(word.made_by)]
        if included and rule and read and rule.id < min(word.id for word in read):
            tried.append(rule.verdict)
    return auto_exclusion(len(tried), tried.count(Verdict.EXCLUDE))


def unread(found: Iterable[Pile]) -> list[Pile]:
    """The piles of which something is unread."""
    return [pile for pile in found if pile.advice.unread]
