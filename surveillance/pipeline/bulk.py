"""The bulk route: NLM's files read once for many topics, instead of one query a topic.

It is the search stage of an ordinary run done in another way, to the same end; the stages behind
it are the same. Whole or nothing: a file that fails leaves every topic as it was.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import date
from functools import cache, partial
from tempfile import TemporaryFile

from db import bulk as bulk_rows
from db import identities
from db import runs as run_rows
from db.session import Store
from surveillance.errors import SourceFailed
from surveillance.pipeline.asking import Asked, Plan
from surveillance.pipeline.bulk_order import Due, Standing, check_follows, due, standing_of
from surveillance.pipeline.bulk_queries import BulkQueries, BulkQuery, remarks_on_tree
from surveillance.pipeline.bulk_sweep import Days, Found, Sweep
from surveillance.pipeline.in_play import followed_pmids
from surveillance.pipeline.opening import opened
from surveillance.pipeline.overview import Overview
from surveillance.pipeline.running import begin_walk, clock_for, complete, run_stage
from surveillance.pipeline.searching import SOURCE, by_number, joined, keep, make_plan
from surveillance.pipeline.strategies import ready_strategies
from surveillance.pipeline.walk import Progress, Unwatched, Walk
from surveillance.settings import Settings
from surveillance.sources.pubmed import EARLIEST, Fetched, PubMedAnswer
from surveillance.sources.update_files import Listing, PubMedFile, PubMedFiles
from surveillance.topics import Topic

Md5Of = Callable[[PubMedFile], str]


@dataclass(frozen=True, slots=True)
class Step:
    """What a bulk run would do for a topic: the files that it would read for it."""

    topic: str
    covered_until: date | None
    files: tuple[str, ...]
    remarks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Sought:
    """A topic in a bulk run: what is wanted for it, and which files are new to it.

    `first_query` is the place of its first strategy among the queries of all topics.
    """

    walk: Walk
    plans: tuple[Plan, ...]
    followed: frozenset[str]
    standing: Standing
    due: Due
    first_query: int


@dataclass(frozen=True, slots=True)
class _Brought:
    """What the files brought for all topics.

    `applied` are those that count as applied, name and MD5 by place: a file that goes beyond the
    run's day is read again next time. `until` is the day that the files reach.
    """

    listing: Listing
    sweep: Sweep
    by_query: dict[int, list[Found]]
    applied: dict[int, tuple[str, str]]
    until: date | None


def run_bulk(
    topics: Sequence[Topic],
    settings: Settings,
    *,
    place: str = "",
    until: date,
    progress: Progress | None = None,
) -> list[Overview]:
    """A run of each topic up to the end of `until`, PubMed searched in NLM's files at `place`.

    Raises `SourceFailed` or `UnreadableInput`, before anything is kept, where a file fails, is
    missing, or leaves a gap behind what a topic has; `Busy` where a run of a topic is under way.
    """
    watching = progress or Unwatched()
    files = _files(settings, place)
    with opened(settings) as store, ExitStack() as held:
        for topic in topics:
            held.enter_context(store.exclusive(topic.slug))
        walks = [
            begin_walk(topic, settings, store, clock=clock_for(until), progress=watching)
            for topic in topics
        ]
        waiting = [walk for walk in walks if "search" not in walk.run.finished_stages]
        if waiting:
            _search(waiting, files, watching)
        return [complete(walk, done=("search",)) for walk in walks]


def plan_bulk(topics: Sequence[Topic], settings: Settings, *, place: str = "") -> list[Step]:
    """What a bulk run would read for each topic; nothing is stored."""
    files = _files(settings, place)
    listing = files.listing()
    return [_step(topic, settings, files, listing) for topic in topics]


def _step(topic: Topic, settings: Settings, files: PubMedFiles, listing: Listing) -> Step:
    store = Store(settings.store_url)
    try:
        standing = Standing(topic.slug, None, {})
        if settings.workspace.is_dir() and store.revision() is not None:
            with store.transaction() as session:
                standing = standing_of(session, topic.slug, ready_strategies(topic))
    finally:
        store.close()
    found = due(standing, listing.files, files.md5_of)
    names = tuple(file.name for file in listing.files[found.begins :])
    return Step(topic.slug, standing.covered_until, names, (*listing.remarks, *found.remarks))


def _files(settings: Settings, place: str) -> PubMedFiles:
    return PubMedFiles(place or settings.pubmed_files_url, interval=settings.pubmed_files_pause)


def _search(walks: Sequence[Walk], files: PubMedFiles, progress: Progress) -> None:
    """Read the files once for all, then keep what they brought, topic by topic."""
    listing = files.listing()
    sought = _sought(walks, listing, cache(files.md5_of))
    with _read(sought, files, listing, progress) as brought:
        for one in sought:
            run_stage(one.walk, "search", partial(_keep, one, brought))


def _sought(walks: Sequence[Walk], listing: Listing, md5_of: Md5Of) -> list[_Sought]:
    sought: list[_Sought] = []
    queries = 0
    for walk in walks:
        strategies = ready_strategies(walk.topic)
        with walk.store.transaction() as session:
            held = frozenset(identities.source_ids(session, walk.topic.slug, SOURCE))
            plans = tuple(make_plan(session, walk, ready, held) for ready in strategies)
            followed = frozenset(followed_pmids(session, walk.topic))
            standing = standing_of(session, walk.topic.slug, strategies)
        found = due(standing, listing.files, md5_of)
        sought.append(_Sought(walk, plans, followed, standing, found, queries))
        queries += len(plans)
    return sought


@contextmanager
def _read(
    sought: Sequence[_Sought], files: PubMedFiles, listing: Listing, progress: Progress
) -> Iterator[_Brought]:
    queries = BulkQueries(
        [BulkQuery(plan.ready, one.due.begins) for one in sought for plan in one.plans]
    )
    followed = frozenset().union(*(one.followed for one in sought))
    first = min(one.due.begins for one in sought)
    until = sought[0].walk.today
    with TemporaryFile(prefix="surveil-") as payloads:
        sweep = Sweep(queries, followed, payloads)
        applied: dict[int, tuple[str, str]] = {}
        reached: list[date] = []
        new = listing.files[first:]
        for place, file in enumerate(progress.follow(new, "Reading NLM's files", len(new)), first):
            md5 = files.md5_of(file)
            with files.entries(file, md5) as entries:
                days = sweep.read(entries, place)
            _check(sought, place, file, days)
            reached.extend(filter(None, (days.last,)))
            if len(applied) == place - first and (days.last is None or days.last <= until):
                applied[place] = (file.name, md5)
        by_query = _by_query(sweep)
        yield _Brought(
            listing, sweep, by_query, applied, min(max(reached), until) if reached else None
        )


def _check(sought: Sequence[_Sought], place: int, file: PubMedFile, days: Days) -> None:
    for one in sought:
        if one.due.begins == place and not one.due.known:
            check_follows(one.standing, file, days)


def _by_query(sweep: Sweep) -> dict[int, list[Found]]:
    found: dict[int, list[Found]] = {}
    for one in sorted(sweep.found.values(), key=lambda one: one.recency, reverse=True):
        for query in one.queries:
            found.setdefault(query, []).append(one)
    return found


def _keep(one: _Sought, brought: _Brought, walk: Walk) -> run_rows.Numbers:
    """Keep a topic's part, with the files that brought it, in one transaction."""
    asked = [
        _asked(one, plan, brought, query) for query, plan in enumerate(one.plans, one.first_query)
    ]
    in_files = _fetched(one, brought, {pmid for each in asked for pmid in each.pmids})
    fetched = joined([in_files, walk.sources.pubmed.fetch(_strangers(one, brought))])
    applied = [named for place, named in brought.applied.items() if place >= one.due.begins]
    with walk.store.transaction() as session:
        numbers = keep(session, walk, asked, fetched, set(one.followed))
        bulk_rows.save_applied(session, walk.topic.slug, walk.run, applied)
        run_rows.finish_stage(session, walk.run, "search", numbers)
    return numbers


def _asked(one: _Sought, plan: Plan, brought: _Brought, query: int) -> Asked:
    """The files' answer to one strategy, as PubMed would have given it for the same window."""
    in_window: list[str] = []
    unseen: list[str] = []
    for found in brought.by_query.get(query, ()):
        if found.file < one.due.begins:
            continue
        if _in_window(found, plan) or (plan.window.since is None and found.file in brought.applied):
            in_window.append(found.pmid)
        elif found.pmid not in plan.held and _may_be_unseen(found, plan, brought):
            unseen.append(found.pmid)
    named = (*in_window, *sorted(unseen))
    sent = "\n".join(plan.ready.translation.parts)
    answer = PubMedAnswer(named, len(named), "", _remarks(one, plan, brought), sent)
    return Asked(plan, answer, None, tuple(sorted(unseen)), (), 0.0, _covered(one, plan, brought))


def _in_window(found: Found, plan: Plan) -> bool:
    dates = found.dates
    asked = (dates.created, dates.indexed, dates.revised) if plan.window.since else (dates.created,)
    since = plan.window.since or EARLIEST
    return any(day is not None and since <= day <= plan.window.until for day in asked)


def _may_be_unseen(found: Found, plan: Plan, brought: _Brought) -> bool:
    """What an applied file holds is taken now, whatever its dates: it is not read again."""
    if plan.window.since is None:
        return False
    created = found.dates.created
    return found.file in brought.applied or (created is not None and created <= plan.window.until)


def _covered(one: _Sought, plan: Plan, brought: _Brought) -> date:
    """As far as the files reach; never less than what is covered already."""
    marked = plan.watermark.covered_until if plan.watermark else None
    is_new = one.due.begins < len(brought.listing.files)
    days = [day for day in (marked, brought.until if is_new else None) if day is not None]
    if not days:
        raise SourceFailed("no file holds a record with a date; nothing was recorded as done.")
    return max(days)


def _remarks(one: _Sought, plan: Plan, brought: _Brought) -> tuple[str, ...]:
    read = [file.name for file in brought.listing.files[one.due.begins :]]
    names = f"{read[0]} to {read[-1]}" if read else "no new one"
    return (
        f"Searched in NLM's files ({names}), not asked of PubMed.",
        *brought.listing.remarks,
        *one.due.remarks,
        *remarks_on_tree(plan.ready),
    )


def _strangers(one: _Sought, brought: _Brought) -> list[str]:
    """What is followed and neither held nor in these files: it came into play after its file was
    applied, so that PubMed itself is asked for it."""
    known = {*brought.sweep.found, *brought.sweep.gone}.union(*(plan.held for plan in one.plans))
    return sorted(one.followed - known, key=by_number)


def _fetched(one: _Sought, brought: _Brought, named: set[str]) -> Fetched:
    """The records that were named or are followed, and the followed ones that NLM deleted."""
    sweep, begins = brought.sweep, one.due.begins
    new = (sweep.found.get(pmid) for pmid in sorted(named | one.followed, key=by_number))
    gone = (pmid for pmid in one.followed if sweep.gone.get(pmid, -1) >= begins)
    missing = tuple(sorted(gone, key=by_number))
    return Fetched(
        captured=tuple(sweep.captured(found) for found in new if found and found.file >= begins),
        missing=missing,
        deleted=missing,
    )
