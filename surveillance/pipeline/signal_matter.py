"""What a signal is about, as the store has it now: the report with its screening, the trial."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from db import records as record_rows
from db import reports as report_rows
from db.screening import Standing
from surveillance.dedup.merged import ranked
from surveillance.errors import UnreadableInput
from surveillance.pipeline.priority import source_priority
from surveillance.pipeline.reviewing import standings_of
from surveillance.pipeline.trial_versions import KeptTrial, kept_trial
from surveillance.records import Record
from surveillance.signals.model import Shown, Signal
from surveillance.topics import Topic


@dataclass(frozen=True, slots=True)
class AboutReport:
    """The report that a signal tells of: its number, the record that speaks for it, screening."""

    number: int
    lead: Record
    standing: Standing


def report_about(session: Session, topic: Topic, signal: Signal) -> AboutReport | None:
    """The report that a signal's subject names; None where it is about something else."""
    source, colon, source_id = signal.subject.partition(":")
    named = report_rows.reports_naming(session, source, source_id) if colon else []
    number = next((report for slug, report in named if slug == topic.slug), None)
    if number is None:
        return None
    members = report_rows.records_in(session, [number])[number]
    records = record_rows.records_of(session, topic.slug, members)
    standing = standings_of(session, topic, reports=[number]).get(number, Standing())
    lead = ranked([stored.record for stored in records], source_priority(topic))[0]
    return AboutReport(number, lead, standing)


def trial_about(session: Session, signal: Signal, today: date) -> KeptTrial | None:
    """The first registration among a signal's evidence that is kept; None where there is none."""
    for evidence in signal.evidence:
        if evidence.kind is Shown.REGISTRATION:
            try:
                return kept_trial(session, evidence.identifier, today)
            except UnreadableInput:
                continue
    return None
