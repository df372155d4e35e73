"""Trials of a topic whose results are overdue: neither posted, nor in a report that is theirs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date

from sqlalchemy.orm import Session

from db.studies import WATCHED, StoredRegistration
from surveillance.pipeline.reports import Reported
from surveillance.pipeline.studies import studies_of
from surveillance.screening.designs import Design
from surveillance.signals.findings import OverdueResults
from surveillance.studies.overdue import overdue
from surveillance.topics import Topic


def overdue_results(
    topic: Topic,
    held: Iterable[StoredRegistration],
    today: date,
    answered: Callable[[], Mapping[str, int]],
) -> Iterator[OverdueResults]:
    """The overdue results among the registrations that are `held`.

    Of a trial that is not watched, only those that fell due since the published search: what was
    overdue when the guidance was made, its team could see. `answered` gives `reported_in`; it is
    asked only where something is overdue.
    """
    late = [
        OverdueResults(stored.newest, found)
        for stored in held
        if (found := overdue(stored.newest, today))
        and (stored.route == WATCHED or found.due_on > topic.guidance.published_search)
    ]
    if late:
        years = answered()
        yield from (one for one in late if not _is_answered(one, years))


def reported_in(
    session: Session,
    topic: Topic,
    held: Iterable[StoredRegistration],
    reports: Iterable[Reported],
) -> dict[str, int]:
    """The year of the newest report of each registration that may report results."""
    years = {
        one.name: one.lead.year or date.max.year
        for one in reports
        if one.standing.rule is None or one.standing.rule.design != Design.PROTOCOL
    }
    found: dict[str, int] = {}
    for study in studies_of(session, topic.slug, held):
        newest = max((years.get(name, 0) for name in study.reports), default=0)
        found.update(dict.fromkeys(study.numbers, newest))
    return found


def _is_answered(late: OverdueResults, answered: Mapping[str, int]) -> bool:
    """A report that came out before the trial was completed reports no results."""
    registration = late.registration
    completion = registration.primary_completion or registration.completion
    year = int(completion.text[:4]) if completion else 0
    return answered.get(registration.number, 0) >= max(year, 1)
