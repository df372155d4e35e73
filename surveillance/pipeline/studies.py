"""Records tied to the registrations that they report or name, whatever was decided on them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace

from sqlalchemy.orm import Session

from db import links as link_rows
from db import records as record_rows
from db import reports as report_rows
from db import runs as run_rows
from db import studies as study_rows
from db.records import StoredRecord
from db.studies import StoredRegistration
from surveillance.pipeline.walk import Walk
from surveillance.studies.joined import join
from surveillance.studies.linking import link_all
from surveillance.studies.one_trial import Trials, trial_of
from surveillance.studies.registrations import ICTRP
from surveillance.studies.study import Linked, Study, studies


def link_studies(walk: Walk) -> run_rows.Numbers:
    """Link every record of the topic, *no match* too, to the registrations that it reports."""
    slug = walk.topic.slug
    with walk.store.transaction() as session:
        trials = trials_of(session, study_rows.registrations_of(session, slug))
        stored = record_rows.records_of(session, slug)
        followed = walk.progress.follow(stored, "Linking trials", len(stored))
        records = {one.id: one.record for one in followed}
        proposed = link_rows.proposed_by_likeness(session, slug)
        found = list(link_all(records, trials, proposed))
        added = link_rows.save_links(session, slug, found, walk.today)
        numbers = {"new links": added, **_counted(studies_in(session, slug, trials, stored))}
        run_rows.finish_stage(session, walk.run, "link", numbers)
    return numbers


def trials_of(session: Session, stored: Iterable[StoredRegistration]) -> Trials:
    """Registrations as linking looks at them: former numbers, and which are one trial.

    Of an entry that is held from its own registry, ICTRP's copy is left out.
    """
    former: dict[str, list[str]] = {}
    for old, now in study_rows.present_numbers(session).items():
        former.setdefault(now, []).append(old)
    held = [one.newest for one in stored]
    direct = {one.number for one in held if one.registry != ICTRP}
    trials = (trial_of(one) for one in held if one.registry != ICTRP or one.number not in direct)
    groups = ({one.number for one in trial} for trial in join(held).trials)
    return Trials(
        [replace(one, others=(*one.others, *former.get(one.number, ()))) for one in trials],
        [group for group in groups if len(group) > 1],
    )


def studies_of(
    session: Session, topic: str, held: Iterable[StoredRegistration]
) -> tuple[Study, ...]:
    """The studies of a topic: every registered trial of those `held`, with its reports.

    A report is named by source and identifier of its first record, as in `pipeline.reports`.
    """
    stored = record_rows.records_of(session, topic)
    return studies_in(session, topic, trials_of(session, held), stored)


def studies_in(
    session: Session, topic: str, trials: Trials, stored: Iterable[StoredRecord]
) -> tuple[Study, ...]:
    """The studies of these trials, by what the store holds of links and of people's words."""
    records = {one.id: one for one in stored}
    return studies(trials, linked_reports(session, topic, records))


def linked_reports(
    session: Session, topic: str, records: Mapping[int, StoredRecord]
) -> list[Linked]:
    """Every report, and every record outside the reports, that has a link or a person's word."""
    links, words = link_rows.links_of(session, topic), link_rows.words_of(session, topic)
    reports, alone = grouped(session, topic, links.keys() | words.keys())
    return [
        Linked(
            report=_name(records[members[0]]),
            links=tuple(link for number in members for link in links.get(number, ())),
            words=tuple(word for number in members for word in words.get(number, ())),
        )
        for members in (*reports.values(), *((number,) for number in alone))
    ]


def grouped(
    session: Session, topic: str, numbers: Collection[int]
) -> tuple[dict[int, tuple[int, ...]], list[int]]:
    """The reports that these records are in, each with all its records; and those in none."""
    places = report_rows.report_places(session, topic, numbers)
    reports = report_rows.records_in(session, set(places.values()))
    return dict(sorted(reports.items())), sorted(set(numbers) - places.keys())


def _name(stored: StoredRecord) -> str:
    return f"{stored.record.source}:{stored.record.source_id}"


def _counted(found: Iterable[Study]) -> dict[str, int]:
    several = tuple(found)
    return {
        "reports of trials": len({name for study in several for name in study.reports}),
        "doubtful links": sum(len(study.waiting) for study in several),
    }
