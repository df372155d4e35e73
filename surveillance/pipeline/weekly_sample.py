"""A sample of what only a rule excludes goes to a person each week, and what that shows."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from hashlib import blake2b

from sqlalchemy.orm import Session

from db import reports as report_rows
from db import samples as sample_rows
from db.samples import Week
from db.screening import Standing
from db.session import Store
from surveillance.pipeline.reviewing import standings_of
from surveillance.screening.reviewing import State
from surveillance.screening.rules import Verdict
from surveillance.screening.sampling import Batch, Left, left_in_pile, sample, seed_of_week
from surveillance.topics import Topic


def draw_week(session: Session, topic: Topic, in_play: Collection[int], today: date) -> int:
    """Draw the week's sample of these reports, once a week; how many were drawn.

    Each report that only a rule excludes is in the pile of one week: the first that found it so.
    """
    weeks = sample_rows.weeks_of(session, topic.slug)
    if not topic.screening.weekly_sample or any(_same_week(week, today) for week in weeks):
        return 0
    before = sample_rows.sampled_reports(session, topic.slug)
    standings = standings_of(session, topic)
    pile = {n for n in in_play if _only_by_rule(standings.get(n, Standing()))} - before
    lots = _lots(session, topic, pile)
    drawn = sample(lots, topic.screening.weekly_sample, seed_of_week(topic.slug, today))
    chosen = {lots[lot] for lot in drawn}
    sample_rows.save_week(session, topic.slug, pile, chosen, drawn_on=today)
    return len(chosen)


def left_unread(store: Store, topic: Topic) -> Left | None:
    """What the samples say of the rest; None before any was drawn.

    A report counts as looked at once people have decided on it.
    """
    with store.transaction() as session:
        weeks = sample_rows.weeks_of(session, topic.slug)
        standings = standings_of(session, topic)
    said = {n: one.person.verdict for n, one in standings.items() if one.person is not None}
    batches = [_batch(week, said) for week in weeks]
    return left_in_pile(batches) if batches else None


def _batch(week: Week, said: dict[int, Verdict]) -> Batch:
    looked_at = [said[number] for number in week.drawn if number in said]
    return Batch(len(week.pile), len(looked_at), looked_at.count(Verdict.INCLUDE))


def _same_week(week: Week, today: date) -> bool:
    return week.drawn_on.isocalendar()[:2] == today.isocalendar()[:2]


def _only_by_rule(standing: Standing) -> bool:
    return (
        standing.rule is not None
        and standing.rule.verdict is Verdict.EXCLUDE
        and standing.state is State.WAITS
    )


def _lots(session: Session, topic: Topic, pile: Collection[int]) -> dict[int, int]:
    """A number for each report by its record's name: the same in every store, as rows are not."""
    names = report_rows.own_reports(session, topic.slug)
    return {_lot(":".join(names[number])): number for number in sorted(pile)}


def _lot(name: str) -> int:
    return int.from_bytes(blake2b(name.encode(), digest_size=16).digest())
