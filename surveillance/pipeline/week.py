"""What the last run of a topic brought, for whoever opens the week's page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from sqlalchemy.orm import Session

from db import history as history_rows
from db import runs as run_rows
from db import strategies as strategy_rows
from db.runs import Attempt
from db.session import Store
from surveillance.alerts.coverage import Coverage
from surveillance.documents.diagram import flow_svg
from surveillance.documents.flow import PrismaFlow
from surveillance.pipeline.composing import coverage_of, remarks_on_run
from surveillance.pipeline.decision_queue import readers_agreement
from surveillance.pipeline.overview import closing_rows
from surveillance.pipeline.reporting import prisma_flow
from surveillance.pipeline.stopping import leaving_out, piles
from surveillance.pipeline.weekly_sample import left_unread
from surveillance.runs import Run
from surveillance.settings import Settings
from surveillance.topics import Topic, read_topic


@dataclass(frozen=True, slots=True)
class LastRun:
    """The last finished run; `failed` is the attempt after it that did not end, if there is one."""

    run: Run | None
    failed: Attempt | None

    @property
    def until(self) -> date | None:
        """The day up to which the run searched."""
        return self.run.today if self.run else None


@dataclass(frozen=True, slots=True)
class Week:
    """The last run, and what is open since; without a finished run all of it is empty."""

    last: LastRun
    rows: tuple[tuple[str, int], ...]
    coverage: tuple[Coverage, ...]
    remarks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Figures:
    """What takes longer to count: the PRISMA flow, and how far screening is, in sentences."""

    svg: str
    flow: PrismaFlow
    statements: tuple[str, ...]
    counted_at: datetime


def last_run(session: Session, topic: str) -> LastRun:
    """A topic's last run as the store has it."""
    run = run_rows.last_finished(session, topic)
    attempt = run_rows.last_attempt(session, topic)
    is_newer = attempt and (run is None or attempt.run.id > run.id)
    return LastRun(run, attempt if attempt and is_newer and attempt.finished_at is None else None)


class KeptWeeks:
    """Every topic's week as it was read last. Requests come in several threads at once.

    Only a run, an import, a sign-off or an edit of the topic's folder makes it another.
    """

    def __init__(self) -> None:
        self._kept: dict[str, tuple[Topic, object, Week]] = {}

    def of(self, session: Session, topic: Topic) -> Week:
        """The week of a topic as this session sees it."""
        rests_on = (
            last_run(session, topic.slug),
            history_rows.last_search(session, topic.slug),
            strategy_rows.last_sign_off(session, topic.slug),
        )
        kept = self._kept.get(topic.slug)
        if kept is None or kept[0] is not topic or kept[1] != rests_on:
            kept = topic, rests_on, week_of(session, topic)
            self._kept[topic.slug] = kept
        return kept[2]


def week_of(session: Session, topic: Topic) -> Week:
    """The week of a topic as the store has it."""
    last = last_run(session, topic.slug)
    run = last.run
    return Week(
        last=last,
        rows=tuple(closing_rows(run_rows.stage_numbers(session, run.id))) if run else (),
        coverage=coverage_of(session, topic),
        remarks=remarks_on_run(session, topic, run) if run else (),
    )


def figures_of(settings: Settings, folder: Path) -> Figures:
    """A topic's figures, in a process of its own: they go through every report."""
    topic = read_topic(folder)
    flow = prisma_flow(topic, settings)
    return Figures(flow_svg(flow), flow, tuple(_statements(topic, settings)), datetime.now(UTC))


def _statements(topic: Topic, settings: Settings) -> list[str]:
    """What may be said of what is unread: the promise on each pile, the sample, agreement."""
    store = Store(settings.store_url)
    try:
        with store.snapshot() as session:
            told = [
                f"{pile.reports:,} reports up to {pile.until}: {pile.advice.statement}"
                for pile in piles(session, topic)
            ]
            told.append(leaving_out(session, topic).reason)
        if left := left_unread(store, topic):
            told.append(left.statement)
        if topic.screening.reviewers > 1:
            told.append(readers_agreement(store, topic).statement)
    finally:
        store.close()
    return told
