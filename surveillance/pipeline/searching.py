"""PubMed asked by every strategy that reaches it, and by number for what is in play."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date

from sqlalchemy.orm import Session

from db import identities
from db import records as record_rows
from db import runs as run_rows
from surveillance.errors import SourceFailed
from surveillance.pipeline.asking import (
    CAUGHT_UP,
    CREATED,
    INDEXED,
    REVISED,
    Asked,
    Plan,
    ask,
    route_of,
)
from surveillance.pipeline.in_play import FOLLOWED, followed_pmids
from surveillance.pipeline.strategies import ReadyStrategy, ready_strategies
from surveillance.pipeline.walk import Walk
from surveillance.records import Captured
from surveillance.runs import Search, Watermark, Window
from surveillance.sources.pubmed import Fetched, PubMedAnswer

SOURCE = "pubmed"
#: Records fetched between two steps of the progress bar; the client asks in batches of its own.
PART = 1_000
ROUTES = (CREATED, INDEXED, REVISED, CAUGHT_UP)


def search_pubmed(walk: Walk) -> run_rows.Numbers:
    """Ask, fetch, then keep everything in one transaction and move the watermarks.

    Raises `SourceFailed` before anything is kept where an answer is not whole.
    """
    with walk.store.transaction() as session:
        held = frozenset(identities.source_ids(session, walk.topic.slug, SOURCE))
        plans = [make_plan(session, walk, ready, held) for ready in ready_strategies(walk.topic)]
        followed = followed_pmids(session, walk.topic)
    asked = [
        ask(walk.sources.pubmed, plan)
        for plan in walk.progress.follow(plans, "Asking PubMed", len(plans))
    ]
    named = {pmid for one in asked for pmid in one.pmids}
    fetched = _fetch(walk, sorted(named | followed, key=by_number), must_have=named)
    _hold_against_what_was_known(fetched, followed)
    with walk.store.transaction() as session:
        numbers = keep(session, walk, asked, fetched, followed)
        run_rows.save_exchanges(session, walk.run, walk.exchanges.taken())
        run_rows.finish_stage(session, walk.run, "search", numbers)
    return numbers


def by_number(pmid: str) -> tuple[int, str]:
    """A key to sort PMIDs by."""
    return len(pmid), pmid


def make_plan(session: Session, walk: Walk, ready: ReadyStrategy, held: frozenset[str]) -> Plan:
    """What to ask for a strategy, by what the store knows of it; `held`: the topic's PMIDs."""
    topic = walk.topic.slug
    watermark = standing_watermark(session, topic, ready)
    wanted = None if walk.run.full else watermark
    return Plan(
        ready=ready,
        window=next_window(wanted, walk.run.since, walk.today),
        watermark=watermark,
        held=held,
        last_total=run_rows.last_total(
            session,
            topic,
            ready.name,
            SOURCE,
            strategy_hash=ready.hashes[0],
            until=walk.today,
        ),
    )


def standing_watermark(
    session: Session, topic: str, ready: ReadyStrategy, source: str = SOURCE
) -> Watermark | None:
    """How far this version of the strategy is covered: an edited one was never searched.

    A new MeSH year is searched from the beginning too: headings were renamed, split and moved.
    """
    return run_rows.watermark(session, topic, ready.name, source, ready.hashes)


def next_window(watermark: Watermark | None, since: date | None, today: date) -> Window:
    """The window to ask for: as told, else from the last success, else from the beginning."""
    if since is not None:
        return Window(since, today)
    return watermark.next_window(today) if watermark else Window(None, today)


def _fetch(walk: Walk, pmids: list[str], *, must_have: set[str]) -> Fetched:
    parts = [pmids[start : start + PART] for start in range(0, len(pmids), PART)]
    followed = walk.progress.follow(parts, "Fetching records", len(parts))
    fetched = joined([walk.sources.pubmed.fetch(part) for part in followed])
    lost = must_have.intersection(fetched.missing)
    if lost:
        raise SourceFailed(
            f"PubMed named {len(must_have):,} records but did not deliver "
            f"{', '.join(sorted(lost, key=by_number)[:5])}; nothing was recorded as done.",
            hint="Run again; what is asked starts where the last success ended.",
        )
    return fetched


def _hold_against_what_was_known(fetched: Fetched, followed: set[str]) -> None:
    """A record can vanish from PubMed; that a tenth of them does is an answer cut short."""
    gone = followed.intersection(fetched.missing)
    if len(gone) > max(3, len(followed) // 10):
        raise SourceFailed(
            f"PubMed did not deliver {len(gone):,} of {len(followed):,} records that it had "
            "before; nothing was recorded as done.",
            hint="Run again later.",
        )


def joined(parts: Sequence[Fetched]) -> Fetched:
    """What was fetched in parts, as one answer."""
    return Fetched(
        captured=tuple(item for part in parts for item in part.captured),
        missing=tuple(pmid for part in parts for pmid in part.missing),
        deleted=tuple(pmid for part in parts for pmid in part.deleted),
        merged=tuple(pair for part in parts for pair in part.merged),
    )


def keep(
    session: Session, walk: Walk, asked: list[Asked], fetched: Fetched, followed: set[str]
) -> run_rows.Numbers:
    """Keep the searches with what they brought, and move the watermarks; the stage's numbers."""
    arrived = {item.record.source_id: item for item in fetched.captured}
    moved = dict(fetched.merged)
    identified: set[str] = set()
    new: Counter[str] = Counter(dict.fromkeys(ROUTES, 0))
    for one in asked:
        new.update(_save_search(session, walk, one, arrived, moved))
        identified.update(one.pmids)
    of_search = {moved.get(pmid, pmid) for pmid in identified}
    rest = [item for pmid, item in arrived.items() if pmid not in of_search]
    record_rows.save_captured(
        session,
        rest,
        topic=walk.topic.slug,
        route=FOLLOWED,
        seen_on=walk.today,
        content_of=min((one.covered for one in asked), default=walk.today),
    )
    gone = [pmid for pmid in fetched.missing if pmid in followed]
    record_rows.mark_deleted(session, SOURCE, gone, walk.today)
    identities.mark_merged(session, SOURCE, fetched.merged)
    return {
        "identified": len(identified),
        "new": new.total(),
        **{f"new, {route}": new[route] for route in ROUTES},
        "followed": len(followed),
        "gone": len(gone),
        "merged": len(fetched.merged),
    }


def _save_search(
    session: Session,
    walk: Walk,
    one: Asked,
    arrived: Mapping[str, Captured],
    moved: Mapping[str, str],
) -> Counter[str]:
    """Keep a strategy's searches with what they brought; how many are new to the topic by route."""
    topic, ready = walk.topic.slug, one.plan.ready
    new: Counter[str] = Counter()
    for search, pmids in _searches(one):
        search_id = run_rows.save_search(
            session,
            search,
            topic=topic,
            run=walk.run,
            searched_on=one.covered,
            strategy_hash=ready.hashes[0],
            mesh_hash=ready.hashes[1],
            covers=one.plan.covers,
        )
        items = [arrived[moved.get(pmid, pmid)] for pmid in pmids]
        for route, group in _by_route(items, one).items():
            saved = record_rows.save_captured(
                session,
                group,
                topic=topic,
                route=route,
                seen_on=walk.today,
                content_of=one.covered,
            )
            record_rows.save_results(session, topic, search_id, saved)
            new[route] += len(saved.new)
    if one.plan.covers:
        run_rows.move_watermark(
            session, topic, ready.name, SOURCE, one.covered, version=ready.hashes
        )
    return new


def _by_route(items: Iterable[Captured], one: Asked) -> dict[str, list[Captured]]:
    groups: dict[str, list[Captured]] = {}
    unseen: Collection[str] = set(one.unseen)
    for item in items:
        route = route_of(item.record, one.plan.window, unseen)
        groups.setdefault(route, []).append(item)
    return groups


def _searches(one: Asked) -> Iterator[tuple[Search, tuple[str, ...]]]:
    """The searches of one strategy as they are kept, each with the PMIDs that it brought."""
    yield _search(one, one.answer, one.plan.window), one.answer.pmids
    if one.whole is not None:
        everything = Window(None, one.plan.window.until)
        yield _search(one, one.whole, everything), one.unseen


def _search(one: Asked, answer: PubMedAnswer, window: Window) -> Search:
    begins = answer is one.answer
    return Search(
        strategy=one.plan.ready.name,
        source=SOURCE,
        database=one.plan.ready.described.database,
        window=window,
        query=answer.query_sent,
        count=answer.count,
        received=len(answer.pmids),
        warnings=(*answer.warnings, *_remarks(one)) if begins else answer.warnings,
        translation=answer.translation,
        dates=tuple(map(str, one.plan.dates)) if begins else ("crdt",),
        seconds=one.seconds if begins else None,
        line_counts=one.line_counts if begins else (),
    )


def _remarks(one: Asked) -> Iterator[str]:
    if one.unseen:
        yield (
            f"{len(one.unseen):,} records that PubMed finds for {one.plan.ready.name} came by no "
            "window; they were fetched now."
        )
