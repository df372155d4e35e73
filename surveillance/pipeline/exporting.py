"""A topic's reports collected for other programs, with decisions and whence each field comes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from sqlalchemy.orm import Session

from db import records as record_rows
from db import reports as report_rows
from db import runs as run_rows
from db.reports import StoredReport
from db.screening import ABSTRACT, FULL_TEXT, Standing, StoredDecision
from surveillance.dedup.merged import merged_fields, merged_record, ranked
from surveillance.documents.exports.exported import Exported, ExportedReport
from surveillance.errors import UnreadableInput
from surveillance.pipeline.in_play import numbers_in_play
from surveillance.pipeline.opening import opened
from surveillance.pipeline.priority import source_priority
from surveillance.pipeline.reporting import about_topic
from surveillance.pipeline.reviewing import reviewing_of, standings_of
from surveillance.records import Record
from surveillance.records.carried import CarriedWord
from surveillance.screening.reviewing import Reviewing, visible
from surveillance.screening.rules import Verdict
from surveillance.settings import Settings
from surveillance.topics import Topic

STAGES = (ABSTRACT, FULL_TEXT)


@dataclass(frozen=True, slots=True)
class _Known:
    """What is known of a topic's reports; standings by stage."""

    priority: tuple[str, ...]
    reviewing: Reviewing
    standings: Mapping[str, Mapping[int, Standing]]
    known_items: Mapping[int, str]

    def standing(self, report: int, stage: str) -> Standing:
        return self.standings[stage].get(report, Standing())


def exported(topic: Topic, settings: Settings, stage: str | None = None) -> Exported:
    """The reports of a topic: all, or those that are at a stage.

    At the stage “abstract” is every report, and what is told of it are the words on its abstract;
    at “full text” are those that people passed on their abstracts. Raises `UnreadableInput` where
    there is no report.
    """
    with opened(settings) as store, store.transaction() as session:
        last = run_rows.last_finished(session, topic.slug)
        about = about_topic(topic, settings)
        found = Exported(
            title=topic.title,
            guidance=f"{about.guidance} ({about.body})",
            program=about.program,
            state=f"run {last.id}, {last.today}" if last else "no run has finished yet",
            reports=tuple(_reports(session, topic, stage)),
        )
    if not found.reports:
        where = f" at the stage “{stage}”" if stage else ""
        raise UnreadableInput(f"{topic.slug} has no report{where}; nothing was written.")
    return found


def _reports(session: Session, topic: Topic, stage: str | None) -> Iterator[ExportedReport]:
    in_play = numbers_in_play(session, topic)
    stages = STAGES if stage != ABSTRACT else (ABSTRACT,)
    known = _Known(
        priority=source_priority(topic),
        reviewing=reviewing_of(topic),
        standings={
            one: standings_of(session, topic, one) if one in stages else {} for one in STAGES
        },
        known_items=report_rows.known_items_of(session, topic.slug),
    )
    chosen = [
        report
        for report in report_rows.reports_of(session, topic.slug)
        if not in_play.isdisjoint(report.record_ids)
        and (stage != FULL_TEXT or _passed(known.standing(report.id, ABSTRACT)))
    ]
    numbers = sorted({number for report in chosen for number in report.record_ids})
    stored = record_rows.records_of(session, topic.slug, numbers)
    records = {one.id: one.record for one in stored}
    for report in chosen:
        yield _report(report, records, known)


def _passed(standing: Standing) -> bool:
    return standing.person is not None and standing.person.verdict is not Verdict.EXCLUDE


def _report(report: StoredReport, records: Mapping[int, Record], known: _Known) -> ExportedReport:
    held = [records[number] for number in report.record_ids]
    abstract = known.standing(report.id, ABSTRACT)
    counting = [known.standing(report.id, stage).person for stage in STAGES]
    decided = next(
        (_word(one, stage) for one, stage in zip(counting[::-1], STAGES[::-1], strict=True) if one),
        None,
    )
    items = (known.known_items[n] for n in report.record_ids if n in known.known_items)
    return ExportedReport(
        number=report.id,
        records=tuple(ranked(held, known.priority)),
        shown=merged_record(held, known.priority),
        fields=merged_fields(held, known.priority),
        words=tuple(_words(report.id, known)),
        decided=decided,
        proposal=str(abstract.rule.verdict) if abstract.rule else "",
        proposal_reason=(abstract.rule.reason or abstract.rule.criterion) if abstract.rule else "",
        known_item=next(items, ""),
        first_seen_on=report.first_seen_on,
    )


def _words(report: int, known: _Known) -> Iterator[CarriedWord]:
    """What people said, as far as anybody may see it: of two readers nothing before both are in."""
    for stage in STAGES:
        standing = known.standing(report, stage)
        for word in visible(standing.words, standing.state, "", known.reviewing):
            yield _word(word, stage)


def _word(made: StoredDecision, stage: str) -> CarriedWord:
    return CarriedWord(
        stage, str(made.verdict), made.criterion, made.reason, made.made_by, made.decided_on
    )
