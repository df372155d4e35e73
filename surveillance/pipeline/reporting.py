"""The documents of a topic collected from its folder and its store."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path

from sqlalchemy.orm import Session

from db import history as history_rows
from db import runs as run_rows
from db import strategies as strategy_rows
from db.models import KnownItemCheckRow, SearchRow, StageRow
from db.strategies import SignOff
from surveillance.documents.diagram import flow_svg
from surveillance.documents.flow import Counted, PrismaFlow
from surveillance.documents.history import (
    About,
    HistoryLine,
    KnownItemCheck,
    OtherSearches,
    RunHistory,
    SearchMade,
    StageDone,
    StrategyHistory,
    TopicHistory,
)
from surveillance.documents.history_page import history_page
from surveillance.documents.html import as_html
from surveillance.documents.writing import write_whole
from surveillance.errors import UnreadableInput
from surveillance.pipeline.in_play import CITATIONS
from surveillance.pipeline.opening import opened
from surveillance.pipeline.prisma import counted_streams
from surveillance.pipeline.strategies import current_hashes
from surveillance.pipeline.versions import current_version
from surveillance.runs import LineCount
from surveillance.settings import Settings
from surveillance.strategy.strategy import Strategy
from surveillance.strategy_files import read_strategy_file
from surveillance.topics import KnownItem, Topic, TopicStrategy

PROGRAM = "guidance-surveillance"
FLOW_FILE, HISTORY_FILE = "prisma-flow.svg", "history.html"


def topic_history(topic: Topic, settings: Settings) -> TopicHistory:
    """The search history of a topic; raises `UnreadableInput` where a strategy can't be read."""
    with opened(settings) as store, store.snapshot() as session:
        return history_of(session, topic, settings)


def history_of(session: Session, topic: Topic, settings: Settings) -> TopicHistory:
    """As `topic_history`, from a store that is open."""
    rows = history_rows.searches(session, topic.slug)
    searched = _searches(session, topic, rows)[::-1]
    approvals = strategy_rows.sign_offs(session, topic.slug)
    last = run_rows.last_finished(session, topic.slug)
    return TopicHistory(
        about=about_topic(topic, settings),
        last_run=last.id if last else None,
        as_of=last.today if last else None,
        strategies=tuple(
            _strategy(topic, described, searched, approvals.get(described.name, ()))
            for described in topic.strategies
        ),
        others=tuple(_others(topic, searched)),
    )


def run_history(topic: Topic, run_id: int, settings: Settings) -> RunHistory:
    """What is kept of one run; raises `UnreadableInput` where the topic has no such run."""
    with opened(settings) as store, store.transaction() as session:
        row = history_rows.run_of(session, topic.slug, run_id)
        if row is None:
            raise _no_such_run(topic, run_id, history_rows.run_numbers(session, topic.slug))
        searches = history_rows.searches(session, topic.slug, run_id=run_id)
        checks = history_rows.known_item_checks(session, run_id)
        rules = dict(row.rule_versions)
        program = rules.pop("program", "")
        return RunHistory(
            about=about_topic(topic, settings),
            run=row.id,
            kind=row.kind,
            state=row.state,
            clock=row.clock,
            since=row.since,
            full=row.full,
            started_at=row.started_at,
            finished_at=row.finished_at,
            program_then=program,
            inputs=tuple(sorted(row.input_hashes.items())),
            rules=tuple(sorted(rules.items())),
            stages=tuple(map(_stage, history_rows.stages_of(session, run_id))),
            searches=_searches(session, topic, searches),
            known_items=tuple(_checks(topic.known_items, checks)),
        )


def prisma_flow(topic: Topic, settings: Settings) -> PrismaFlow:
    """The PRISMA 2020 flow of a topic for an updated review, up to its last run."""
    with opened(settings) as store, store.transaction() as session:
        return flow_of(session, topic, settings)


def flow_of(session: Session, topic: Topic, settings: Settings) -> PrismaFlow:
    """The PRISMA 2020 flow of a topic as this transaction sees it."""
    last = run_rows.last_finished(session, topic.slug)
    by_search, by_other_methods = counted_streams(session, topic)
    tables = Counter(item.table for item in topic.known_items)
    return PrismaFlow(
        about=about_topic(topic, settings),
        last_run=last.id if last else None,
        as_of=last.today if last else None,
        previous=tuple(
            Counted(f"guidance, {table}", number) for table, number in sorted(tables.items())
        ),
        by_search=by_search,
        by_other_methods=by_other_methods,
    )


def prisma_flow_svg(topic: Topic, settings: Settings) -> str:
    """The flow drawn."""
    return flow_svg(prisma_flow(topic, settings))


def write_documents(topic: Topic, settings: Settings, folder: Path) -> tuple[Path, Path]:
    """Put the flow and the search history into a folder, which is made if needed; the two files."""
    folder.mkdir(parents=True, exist_ok=True)
    flow, history = folder / FLOW_FILE, folder / HISTORY_FILE
    write_whole(flow, prisma_flow_svg(topic, settings).encode())
    write_whole(history, as_html(history_page(topic_history(topic, settings))).encode())
    return flow, history


def about_topic(topic: Topic, settings: Settings) -> About:
    """What every document of the topic says of itself."""
    return About(
        topic=topic.slug,
        title=topic.title,
        guidance=topic.guidance.title,
        body=topic.guidance.body,
        published_search=topic.guidance.published_search,
        program=f"{PROGRAM} {version(PROGRAM)}",
        banner=settings.banner,
    )


def _no_such_run(topic: Topic, run_id: int, known: list[int]) -> UnreadableInput:
    there = f"the newest are {', '.join(map(str, known[:5]))}" if known else "it has none yet"
    return UnreadableInput(f"{topic.slug} has no run {run_id}; {there}.")


def _searches(session: Session, topic: Topic, rows: list[SearchRow]) -> tuple[SearchMade, ...]:
    counts = history_rows.line_counts(session, [row.id for row in rows])
    kept = history_rows.kept_by_search(session, topic.slug)
    new = history_rows.new_by_search(session, topic.slug)
    return tuple(
        search_made(row, kept[row.id], new[row.id], counts.get(row.id, ())) for row in rows
    )


def search_made(
    row: SearchRow, kept: int, new: int, line_counts: tuple[LineCount, ...] = ()
) -> SearchMade:
    """A search as a document tells it, with how many records it is stored with, and brought."""
    return SearchMade(
        run=row.run_id,
        strategy=row.strategy,
        source=row.source,
        database=row.database,
        searched_on=row.searched_on,
        since=row.since,
        dates=tuple(row.dates),
        query=row.query,
        counted=row.count,
        received=row.received,
        kept=kept,
        new=new,
        covers=row.covers,
        warnings=tuple(map(str, row.warnings)),
        translation=row.translation,
        seconds=row.seconds,
        version=row.strategy_hash,
        line_counts=line_counts,
    )


def _strategy(
    topic: Topic,
    described: TopicStrategy,
    searched: tuple[SearchMade, ...],
    approvals: Iterable[SignOff],
) -> StrategyHistory:
    current = current_version(topic, described)
    searches = tuple(one for one in searched if one.strategy == described.name)
    counted = _newest_line_counts(topic, described, searches)
    return StrategyHistory(
        name=described.name,
        database=described.database,
        dialect=described.dialect,
        route=described.route,
        version=current,
        signed=tuple(signed(one) for one in approvals if one.version == current),
        published_on=described.searched_on,
        published_count=described.published_count,
        lines=_lines(topic, described, counted.line_counts if counted else ()),
        counted_on=counted.searched_on if counted else None,
        searches=searches,
    )


def _newest_line_counts(
    topic: Topic, described: TopicStrategy, searches: Iterable[SearchMade]
) -> SearchMade | None:
    """The newest search of the strategy as it is now in which PubMed was asked for each line."""
    now = current_hashes(topic).get(described.name)
    asked = (
        one
        for one in searches
        if one.line_counts and now and one.version == now[0] and one.source == history_rows.PUBMED
    )
    return next(asked, None)


def _lines(
    topic: Topic, described: TopicStrategy, counts: tuple[LineCount, ...]
) -> tuple[HistoryLine, ...]:
    strategy = read_strategy_file(topic.strategy_file(described), described.dialect)
    return lines_beside(strategy, counts)


def lines_beside(strategy: Strategy, counts: Iterable[LineCount]) -> tuple[HistoryLine, ...]:
    """A strategy's lines with their published counts, and these beside them."""
    counted = {one.line: one for one in counts}
    return tuple(
        HistoryLine(
            number=line.number,
            text=line.text,
            published_raw=line.count_raw,
            published=line.count,
            counted=counted[line.number].count if line.number in counted else None,
            remarks=counted[line.number].warnings if line.number in counted else (),
        )
        for line in strategy.lines
    )


def signed(approval: SignOff) -> str:
    """A sign-off in a few words."""
    note = f" ({approval.note})" if approval.note else ""
    return f"{approval.signed_by}, {approval.signed_at.date()}{note}"


def _others(topic: Topic, searched: tuple[SearchMade, ...]) -> Iterable[OtherSearches]:
    """By database, what was searched under no name of a strategy in the topic's folder."""
    named = {described.name for described in topic.strategies}
    rest = [one for one in searched if one.strategy not in named]
    for database in sorted({one.database for one in rest}):
        there = [one for one in rest if one.database == database]
        made = sorted(_citations_together(there), key=lambda one: one.run or 0, reverse=True)
        yield OtherSearches(database=database, searches=tuple(made))


def _citations_together(searches: Iterable[SearchMade]) -> Iterable[SearchMade]:
    """A run's searches for who cites each known item as one: there are as many as items."""
    together: dict[int | None, list[SearchMade]] = {}
    for one in searches:
        if one.strategy.startswith(CITATIONS):
            together.setdefault(one.run, []).append(one)
        else:
            yield one
    for group in together.values():
        yield _sum(group)


def _sum(group: list[SearchMade]) -> SearchMade:
    seconds = [one.seconds for one in group if one.seconds is not None]
    return replace(
        group[0],
        strategy=f"{CITATIONS}{len(group)} known items",
        query="\n".join(one.query for one in group),
        counted=sum(one.counted for one in group),
        received=sum(one.received for one in group),
        kept=sum(one.kept for one in group),
        new=sum(one.new for one in group),
        covers=all(one.covers for one in group),
        warnings=tuple(text for one in group for text in one.warnings),
        seconds=sum(seconds) if seconds else None,
    )


def _stage(row: StageRow) -> StageDone:
    return StageDone(name=row.name, numbers=tuple(row.numbers.items()), seconds=row.seconds)


def _checks(
    items: Iterable[KnownItem], checks: Mapping[str, KnownItemCheckRow]
) -> Iterable[KnownItemCheck]:
    """In the topic's order; then those that the topic no longer has."""
    citations = {item.key: item.citation for item in items}
    for key in dict.fromkeys([*(key for key in citations if key in checks), *checks]):
        row = checks[key]
        yield KnownItemCheck(
            key=key,
            citation=citations.get(key, ""),
            verdict=row.verdict,
            lines=tuple((name, tuple(numbers)) for name, numbers in sorted(row.lines.items())),
        )
