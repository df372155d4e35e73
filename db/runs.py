"""Runs, searches and watermarks ↔ rows."""

from __future__ import annotations

import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from db.models import (
    AppliedFileRow,
    ExchangeRow,
    LineCountRow,
    PayloadRow,
    RunRow,
    SearchRow,
    StageRow,
    TopicRecordRow,
    WatermarkRow,
)
from db.records import save_payload
from surveillance.records import Payload
from surveillance.runs import FirstSearch, LineCount, Run, RunInputs, Search, Watermark
from surveillance.sources.exchanges import Exchange

RUNNING, FINISHED, ABANDONED = "running", "finished", "abandoned"
SURVEILLANCE, IMPORT = "surveillance", "import"

#: The media type that a topic's file is kept under.
INPUT = "application/vnd.surveil.input"

Numbers = dict[str, int]
#: The hashes of a strategy's text (as it is read) and of its MeSH, if there is one.
Version = tuple[str, str | None]


def begin(
    session: Session,
    inputs: RunInputs,
    kind: str,
    clock: datetime,
    since: date | None,
    *,
    full: bool = False,
) -> Run:
    """The unfinished run of this topic, kind, clock and inputs if there is one, else a new one.

    An unfinished run with other inputs is left as abandoned: what it stored stays, and the new
    run takes it up, because every stage works on what the store holds.
    """
    for row in _unfinished(session, inputs.topic, kind):
        asked = (row.clock, row.since, row.full, _inputs(row))
        if asked == (clock, since, full, inputs):
            return _run(session, row)
        row.state = ABANDONED
    row = RunRow(
        topic=inputs.topic,
        kind=kind,
        clock=clock,
        since=since,
        full=full,
        state=RUNNING,
        input_hashes=dict(inputs.hashes),
        rule_versions=dict(inputs.rule_versions),
        started_at=datetime.now(UTC),
    )
    session.add(row)
    session.flush()
    return _run(session, row)


def keep_inputs(session: Session, contents: Iterable[bytes]) -> None:
    """Keep the files that a run is computed from, each once by its hash."""
    for content in contents:
        save_payload(session, Payload(content, INPUT))


def every_run(session: Session) -> list[tuple[Run, str, bool]]:
    """Every run of every topic in the order they began: what it is, its kind, whether it ended."""
    rows = session.scalars(select(RunRow).order_by(RunRow.id))
    return [(_run(session, row), row.kind, row.state == FINISHED) for row in rows]


def has_inputs(session: Session, run: Run) -> bool:
    """Whether every file that the run was computed from is kept."""
    return all(session.get(PayloadRow, sha256) is not None for _, sha256 in run.inputs.hashes)


def took_files(session: Session, run: Run) -> bool:
    """Whether the run took its records from NLM's files, which are not kept."""
    applied = select(AppliedFileRow.name).where(AppliedFileRow.run_id == run.id)
    return session.scalars(applied).first() is not None


def finish_stage(session: Session, run: Run, name: str, numbers: Numbers) -> None:
    """Record that the run has done this stage, in the transaction of the stage itself."""
    session.add(StageRow(run_id=run.id, name=name, numbers=numbers, finished_at=datetime.now(UTC)))


def took(session: Session, run: Run, name: str, seconds: float) -> None:
    """Note how long a finished stage took."""
    session.get_one(StageRow, (run.id, name)).seconds = seconds


def save_exchanges(session: Session, run: Run, exchanges: Iterable[Exchange]) -> None:
    """Keep what was asked and answered, so that the run can be replayed.

    The payloads of an answer's records are kept with the records.
    """
    for exchange in exchanges:
        content = exchange.content
        session.add(
            ExchangeRow(
                run_id=run.id,
                source=exchange.source,
                question=dict(exchange.question),
                status=exchange.status,
                content=None if content is None else zlib.compress(content),
                records=list(exchange.records),
            )
        )
    session.flush()


def exchanges_of(session: Session, run_id: int) -> list[Exchange]:
    """What was asked and answered in a run, in that order."""
    rows = session.scalars(
        select(ExchangeRow).where(ExchangeRow.run_id == run_id).order_by(ExchangeRow.id)
    )
    return [_exchange(row) for row in rows]


def finish(session: Session, run: Run) -> None:
    """Record that every stage of the run is done."""
    row = session.get_one(RunRow, run.id)
    row.state = FINISHED
    row.finished_at = datetime.now(UTC)


def note_failure(session: Session, run: Run, why: str) -> None:
    """Keep why a run was broken off, so that others than who started it can be told."""
    session.get_one(RunRow, run.id).failure = why


@dataclass(frozen=True, slots=True)
class Attempt:
    """A run with the moments between which it was worked on; None: it did not end."""

    run: Run
    started_at: datetime
    finished_at: datetime | None
    failure: str


def last_attempt(session: Session, topic: str) -> Attempt | None:
    """The surveillance run of a topic that was begun last; None: none was."""
    row = session.scalars(
        select(RunRow)
        .where(RunRow.topic == topic, RunRow.kind == SURVEILLANCE)
        .order_by(RunRow.id.desc())
        .limit(1)
    ).first()
    if row is None:
        return None
    return Attempt(_run(session, row), row.started_at, row.finished_at, row.failure)


def stage_numbers(session: Session, run_id: int) -> dict[str, Numbers]:
    """What each finished stage of a run reported."""
    rows = session.scalars(select(StageRow).where(StageRow.run_id == run_id))
    return {row.name: row.numbers for row in rows}


def finished_between(session: Session, topic: str, after: int, before: int) -> list[int]:
    """The numbers of the finished surveillance runs of a topic between two numbers, in order."""
    return list(
        session.scalars(
            select(RunRow.id)
            .where(
                RunRow.topic == topic,
                RunRow.kind == SURVEILLANCE,
                RunRow.state == FINISHED,
                RunRow.id > after,
                RunRow.id < before,
            )
            .order_by(RunRow.id)
        )
    )


def last_finished(session: Session, topic: str) -> Run | None:
    """The newest finished surveillance run of a topic by its clock."""
    row = session.scalars(
        select(RunRow)
        .where(RunRow.topic == topic, RunRow.kind == SURVEILLANCE, RunRow.state == FINISHED)
        .order_by(RunRow.clock.desc(), RunRow.id.desc())
        .limit(1)
    ).first()
    return _run(session, row) if row else None


def last_ended(session: Session, topic: str) -> int | None:
    """The number of the finished run of a topic, imports too, that was begun last."""
    finished = (RunRow.topic == topic, RunRow.state == FINISHED)
    return session.scalar(select(func.max(RunRow.id)).where(*finished))


def watermark(
    session: Session, topic: str, strategy: str, source: str, version: Version
) -> Watermark | None:
    """How far this version of a strategy is covered on the source, None where it never was."""
    row = session.get(WatermarkRow, (topic, strategy, source))
    if row is None or (row.strategy_hash, row.mesh_hash) not in (version, (version[0], None)):
        return None
    return Watermark(strategy, source, row.covered_until)


def move_watermark(
    session: Session,
    topic: str,
    strategy: str,
    source: str,
    covered_until: date,
    *,
    version: Version,
) -> None:
    """Cover this version of the strategy on the source until a day.

    It never moves back; what another version had covered is not covered by this one.
    """
    standing = watermark(session, topic, strategy, source, version)
    until = max(standing.covered_until, covered_until) if standing else covered_until
    row = WatermarkRow(
        topic=topic,
        strategy=strategy,
        source=source,
        covered_until=until,
        strategy_hash=version[0],
        mesh_hash=version[1],
    )
    session.merge(row)


def save_search(
    session: Session,
    search: Search,
    *,
    topic: str,
    run: Run | None,
    searched_on: date,
    strategy_hash: str,
    mesh_hash: str | None = None,
    covers: bool = True,
) -> int:
    """Keep a search as it was sent and answered; the row's number.

    `covers`: it leaves no gap behind it, so that its strategy is covered up to its day.
    """
    row = SearchRow(
        run_id=run.id if run else None,
        topic=topic,
        strategy=search.strategy,
        strategy_hash=strategy_hash,
        source=search.source,
        database=search.database,
        searched_on=searched_on,
        since=search.window.since if search.window else None,
        query=search.query,
        count=search.count,
        received=search.received,
        covers=covers,
        translation=search.translation,
        warnings=list(search.warnings),
        mesh_hash=mesh_hash,
        dates=list(search.dates),
        seconds=search.seconds,
    )
    session.add(row)
    session.flush()
    session.add_all(_line_count(row.id, counted) for counted in search.line_counts)
    return row.id


def last_searches(session: Session, topic: str) -> dict[tuple[str, str], date]:
    """When each strategy was last searched with success: (strategy, database) → day."""
    rows = session.execute(
        select(SearchRow.strategy, SearchRow.database, func.max(SearchRow.searched_on))
        .where(SearchRow.topic == topic, SearchRow.covers)
        .group_by(SearchRow.strategy, SearchRow.database)
    )
    return {(strategy, database): searched_on for strategy, database, searched_on in rows}


def first_searches(session: Session, topic: str) -> dict[int, FirstSearch]:
    """For each record of a topic the search by which it came first.

    Only searches of the same version of the strategy say what was covered before: an edited
    strategy is searched from the beginning, and what that brings is not late.
    """
    days: dict[tuple[str, str], list[date]] = {}
    for strategy, version, day in session.execute(
        select(SearchRow.strategy, SearchRow.strategy_hash, SearchRow.searched_on).where(
            SearchRow.topic == topic, SearchRow.covers
        )
    ):
        days.setdefault((strategy, version), []).append(day)
    came = session.execute(
        select(
            TopicRecordRow.record_id,
            SearchRow.strategy,
            SearchRow.strategy_hash,
            SearchRow.searched_on,
        )
        .join(SearchRow, SearchRow.id == TopicRecordRow.first_search_id)
        .where(TopicRecordRow.topic == topic)
    )
    return {
        record_id: _first_search(strategy, days.get((strategy, version), []), on)
        for record_id, strategy, version, on in came
    }


def _first_search(strategy: str, days: list[date], on: date) -> FirstSearch:
    before = max((day for day in days if day < on), default=None)
    return FirstSearch(strategy, tuple(sorted(set(days))), before)


def last_total(
    session: Session, topic: str, strategy: str, source: str, *, strategy_hash: str, until: date
) -> int | None:
    """What a source counted last for this version of a strategy, from the beginning to a day that
    is not after `until`."""
    return session.scalars(
        select(SearchRow.count)
        .where(
            SearchRow.topic == topic,
            SearchRow.strategy == strategy,
            SearchRow.source == source,
            SearchRow.strategy_hash == strategy_hash,
            SearchRow.since.is_(None),
            SearchRow.searched_on <= until,
        )
        .order_by(SearchRow.searched_on.desc(), SearchRow.id.desc())
        .limit(1)
    ).first()


def last_count(session: Session, topic: str, strategy: str, query: str, until: date) -> int | None:
    """What the same query counted last, not after `until`; None where it was never asked."""
    return session.scalars(
        select(SearchRow.count)
        .where(
            SearchRow.topic == topic,
            SearchRow.strategy == strategy,
            SearchRow.query == query,
            SearchRow.searched_on <= until,
        )
        .order_by(SearchRow.searched_on.desc(), SearchRow.id.desc())
        .limit(1)
    ).first()


def finished_before(session: Session, run: Run) -> int | None:
    """The number of the finished surveillance run of the topic that came before this one."""
    return session.scalars(
        select(RunRow.id)
        .where(
            RunRow.topic == run.topic,
            RunRow.kind == SURVEILLANCE,
            RunRow.state == FINISHED,
            RunRow.id < run.id,
        )
        .order_by(RunRow.id.desc())
        .limit(1)
    ).first()


def left_unfinished(session: Session, run: Run) -> list[Run]:
    """The topic's surveillance runs since the last finished one that this run took the place of."""
    rows = session.scalars(
        select(RunRow)
        .where(
            RunRow.topic == run.topic,
            RunRow.kind == SURVEILLANCE,
            RunRow.state == ABANDONED,
            RunRow.id > (finished_before(session, run) or 0),
            RunRow.id < run.id,
        )
        .order_by(RunRow.id)
    )
    return [_run(session, row) for row in rows]


def searches_of(session: Session, run_id: int) -> list[SearchRow]:
    """The searches of one run, in the order they were made."""
    rows = select(SearchRow).where(SearchRow.run_id == run_id).order_by(SearchRow.id)
    return list(session.scalars(rows))


def _unfinished(session: Session, topic: str, kind: str) -> list[RunRow]:
    return list(
        session.scalars(
            select(RunRow).where(
                RunRow.topic == topic, RunRow.kind == kind, RunRow.state == RUNNING
            )
        )
    )


def _line_count(search_id: int, counted: LineCount) -> LineCountRow:
    return LineCountRow(
        search_id=search_id,
        line=counted.line,
        query=counted.query,
        count=counted.count,
        warnings=list(counted.warnings),
    )


def _exchange(row: ExchangeRow) -> Exchange:
    return Exchange(
        source=row.source,
        question=row.question,
        status=row.status,
        content=None if row.content is None else zlib.decompress(row.content),
        records=tuple(row.records),
    )


def _inputs(row: RunRow) -> RunInputs:
    return RunInputs(
        topic=row.topic,
        hashes=tuple(sorted(row.input_hashes.items())),
        rule_versions=tuple(sorted(row.rule_versions.items())),
    )


def _run(session: Session, row: RunRow) -> Run:
    stages = session.scalars(select(StageRow.name).where(StageRow.run_id == row.id))
    return Run(
        id=row.id,
        topic=row.topic,
        clock=row.clock,
        inputs=_inputs(row),
        since=row.since,
        full=row.full,
        finished_stages=tuple(stages),
    )
