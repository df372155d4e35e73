"""Records tied to the registrations that they name, whatever was decided on them."""

from __future__ import annotations

from db import records as record_rows
from db import runs as run_rows
from db import studies as study_rows
from surveillance.pipeline.walk import Walk
from surveillance.studies.links import find_links


def link_studies(walk: Walk) -> run_rows.Numbers:
    """Link every record of the topic, *no match* too, to the registrations that it names."""
    with walk.store.transaction() as session:
        stored = study_rows.registrations_of(session, walk.topic.slug)
        held = {number for one in stored for number in (one.number, one.newest.number)}
        former = study_rows.present_numbers(session)
        registrations = held | {old for old, now in former.items() if now in held}
        records = record_rows.records_of(session, walk.topic.slug)
        added = 0
        for kept in walk.progress.follow(records, "Linking trials", len(records)):
            links = find_links(kept.record, registrations)
            added += study_rows.save_links(session, walk.topic.slug, kept.id, links, walk.today)
        numbers = {"new links": added}
        run_rows.finish_stage(session, walk.run, "link", numbers)
    return numbers
