"""A topic's reports with all that was found out about them, for the stages that tell people."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy.orm import Session

from db import identities
from db import links as link_rows
from db import records as record_rows
from db import reports as report_rows
from db import runs as run_rows
from db import studies as study_rows
from db.records import StoredRecord
from db.screening import Standing
from surveillance.dedup.merged import ranked
from surveillance.pipeline.in_play import SEARCHED_SOURCE, best, newest_verdicts, records_in_play
from surveillance.pipeline.priority import source_priority
from surveillance.pipeline.reviewing import standings_of
from surveillance.pipeline.studies import trials_of
from surveillance.records import Record
from surveillance.runs import FirstSearch
from surveillance.strategy.evaluate.verdict import Verdict as Match
from surveillance.studies.links import Link
from surveillance.studies.study import Verdict as Said
from surveillance.studies.study import Word
from surveillance.topics import Topic


@dataclass(frozen=True, slots=True, kw_only=True)
class Reported:
    """A report, or a record that no strategy matches but that names a trial.

    `lead` is the record that speaks for it: that of the database which the topic puts first.
    `records` are its records, `name` source and identifier of the first. `is_new`: it came after
    the published search, or came into play later than the search that covers it. `covered_until`
    is how far its strategy had been covered before. `retracted` is the record that says so, if
    one does; `deleted_on` is the day since which its source holds none of its records.
    `match` is the best verdict on its searched records, None where it has none.
    """

    name: str
    lead: Record
    records: tuple[StoredRecord, ...]
    standing: Standing
    in_play: bool
    is_new: bool
    first_seen_on: date
    covered_until: date
    known_item: str
    retracted: Record | None
    deleted_on: date | None
    match: Match | None
    links: tuple[Link, ...]

    @property
    def dropped_out(self) -> bool:
        """Whether the strategies judged its records, and now match none of them."""
        return self.match is Match.NO_MATCH


@dataclass(frozen=True, slots=True)
class _Known:
    """What the store holds of a topic, by number."""

    topic: Topic
    records: dict[int, StoredRecord]
    in_play: frozenset[int]
    verdicts: dict[int, Match]
    standings: dict[int, Standing]
    known_items: dict[int, str]
    links: dict[int, list[Link]]
    words: dict[int, list[Word]]
    watched: dict[str, str]
    first_searches: dict[int, FirstSearch]
    deleted: dict[int, date]
    priority: tuple[str, ...]


def reported(session: Session, topic: Topic) -> Iterator[Reported]:
    """Every report of the topic, then every linked record outside the reports."""
    known = _load(session, topic)
    in_reports: set[int] = set()
    for report in report_rows.reports_of(session, topic.slug):
        in_reports.update(report.record_ids)
        standing = known.standings.get(report.id, Standing())
        yield _reported(known, report.record_ids, standing, report.first_seen_on)
    for record_id in sorted(known.links.keys() - in_reports):
        stored = known.records[record_id]
        yield _reported(known, (record_id,), Standing(), stored.first_seen_on)


def _load(session: Session, topic: Topic) -> _Known:
    records = {stored.id: stored for stored in record_rows.records_of(session, topic.slug)}
    return _Known(
        topic=topic,
        records=records,
        in_play=frozenset(stored.id for stored in records_in_play(session, topic)),
        verdicts=newest_verdicts(session, topic),
        standings=standings_of(session, topic),
        known_items=report_rows.known_items_of(session, topic.slug),
        links=link_rows.links_of(session, topic.slug),
        words=link_rows.words_of(session, topic.slug),
        watched=_watched(session, topic),
        first_searches=run_rows.first_searches(session, topic.slug),
        deleted=identities.deleted(session, records),
        priority=source_priority(topic),
    )


def _reported(
    known: _Known, record_ids: tuple[int, ...], standing: Standing, first_seen_on: date
) -> Reported:
    stored = [known.records[number] for number in record_ids]
    first = stored[0]
    searched = known.first_searches.get(first.id)
    return Reported(
        name=f"{first.record.source}:{first.record.source_id}",
        records=tuple(stored),
        lead=ranked([one.record for one in stored], known.priority)[0],
        standing=standing,
        in_play=any(number in known.in_play for number in record_ids),
        is_new=_is_new(known.topic, stored, searched, first_seen_on),
        first_seen_on=first_seen_on,
        covered_until=_covered(known.topic, searched, first_seen_on),
        known_item=next((known.known_items[n] for n in record_ids if n in known.known_items), ""),
        retracted=next((one.record for one in stored if one.record.retracted), None),
        deleted_on=_deleted_on(known, record_ids),
        match=best([known.verdicts[n] for n in record_ids if n in known.verdicts]),
        links=_links(known, record_ids),
    )


def _deleted_on(known: _Known, record_ids: tuple[int, ...]) -> date | None:
    """The day on which the last of a report's PubMed records was gone; None: one is there."""
    on_pubmed = [n for n in record_ids if known.records[n].record.source == SEARCHED_SOURCE]
    gone = [known.deleted[number] for number in on_pubmed if number in known.deleted]
    return max(gone) if gone and len(gone) == len(on_pubmed) else None


def _is_new(
    topic: Topic, stored: list[StoredRecord], searched: FirstSearch | None, first_seen_on: date
) -> bool:
    if first_seen_on > stored[0].first_seen_on:
        return True
    if searched is not None and searched.covered_before is not None:
        return True
    published = topic.guidance.published_search
    created = stored[0].record.dates.created
    if created is not None:
        return created > published
    year = stored[0].record.year or 0
    # An export has no day of creation: the year of the published search counts as new where the
    # database was first searched after it, for a false alarm is seen and a lost study is not.
    return year > published.year or (year == published.year and first_seen_on > published)


def _covered(topic: Topic, searched: FirstSearch | None, first_seen_on: date) -> date:
    if searched is None:
        return topic.guidance.published_search
    earlier = [day for day in searched.days if day < first_seen_on]
    return max(earlier, default=topic.guidance.published_search)


def _watched(session: Session, topic: Topic) -> dict[str, str]:
    """The numbers of all registrations of watched trials → those that they are watched by."""
    watched = {trial.number: trial.number for trial in topic.watched_trials}
    if topic.trials.registries:
        trials = trials_of(session, study_rows.registrations_of(session, topic.slug))
        keys = {trials.key(number): number for number in watched}
        held = ((one.number, trials.key(one.number)) for one in trials.trials)
        watched |= {number: keys[key] for number, key in held if key in keys}
    return watched


def _links(known: _Known, record_ids: tuple[int, ...]) -> tuple[Link, ...]:
    """The watched trials that a report names, but those of which a person says it is not."""
    found: dict[str, Link] = {}
    for record in record_ids:
        denied = {
            word.number for word in known.words.get(record, ()) if word.verdict is Said.DIFFERENT
        }
        for link in known.links.get(record, []):
            watched = known.watched.get(link.number)
            if watched and link.by_number and link.number not in denied:
                found.setdefault(watched, replace(link, number=watched))
    return tuple(found.values())
