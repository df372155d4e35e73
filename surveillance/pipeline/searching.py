"""PubMed asked by every strategy that reaches it, and by number for what is in play."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from db import records as record_rows
from db import runs as run_rows
from surveillance.errors import SourceFailed
from surveillance.pipeline.in_play import FOLLOWED, followed_pmids
from surveillance.pipeline.strategies import ReadyStrategy, ready_strategies
from surveillance.pipeline.walk import Walk
from surveillance.runs import Search, Watermark, Window
from surveillance.sources.pubmed import DateField, Fetched, PubMedAnswer

SOURCE = "pubmed"
#: Records fetched between two steps of the progress bar; the client asks in batches of its own.
PART = 1_000
CREATED, INDEXED = "created", "indexed"


@dataclass(frozen=True, slots=True)
class Asked:
    """One strategy's answers inside a run: by creation date, and by the date of indexing."""

    ready: ReadyStrategy
    window: Window
    by_creation: PubMedAnswer
    by_indexing: PubMedAnswer | None

    @property
    def routes(self) -> dict[str, str]:
        """Every PMID that was named, with the route that named it first."""
        routes = dict.fromkeys(self.by_creation.pmids, CREATED)
        if self.by_indexing:
            routes = dict.fromkeys(self.by_indexing.pmids, INDEXED) | routes
        return routes


def search_pubmed(walk: Walk) -> run_rows.Numbers:
    """Ask, fetch, then keep everything in one transaction and move the watermarks.

    Raises `SourceFailed` before anything is kept where an answer is not whole.
    """
    with walk.store.transaction() as session:
        plans = [(ready, _window(session, walk, ready)) for ready in ready_strategies(walk.topic)]
        followed = followed_pmids(session, walk.topic)
    asked = [
        _ask(walk, ready, window)
        for ready, window in walk.progress.follow(plans, "Asking PubMed", len(plans))
    ]
    named = {pmid for answer in asked for pmid in answer.routes}
    fetched = _fetch(walk, sorted(named | followed, key=_by_number), must_have=named)
    _hold_against_what_was_known(fetched, followed)
    with walk.store.transaction() as session:
        numbers = _save(session, walk, asked, fetched, followed)
        run_rows.finish_stage(session, walk.run, "search", numbers)
    return numbers


def _by_number(pmid: str) -> tuple[int, str]:
    return len(pmid), pmid


def _window(session: Session, walk: Walk, ready: ReadyStrategy) -> Window:
    watermark = standing_watermark(session, walk.topic.slug, ready)
    return next_window(watermark, walk.run.since, walk.today)


def standing_watermark(session: Session, topic: str, ready: ReadyStrategy) -> Watermark | None:
    """How far this version of the strategy is covered: an edited one was never searched."""
    version = run_rows.covering_version(session, topic, ready.name, SOURCE)
    if version != ready.hashes[0]:
        return None
    return run_rows.watermark(session, topic, ready.name, SOURCE)


def next_window(watermark: Watermark | None, since: date | None, today: date) -> Window:
    """The window to ask for: as told, else from the last success, else from the beginning."""
    if since is not None:
        return Window(since, today)
    return watermark.next_window(today) if watermark else Window(None, today)


def covers_on(watermark: Watermark | None, window: Window) -> bool:
    """Whether success on `window` leaves no gap behind it, so that the watermark may move."""
    if window.since is None:
        return True
    return watermark is not None and window.since <= watermark.covered_until


def _ask(walk: Walk, ready: ReadyStrategy, window: Window) -> Asked:
    by_creation = _answer(walk, ready, window, DateField.CREATED)
    # From the beginning, the creation dates cover every record there is.
    by_indexing = _answer(walk, ready, window, DateField.INDEXED) if window.since else None
    return Asked(ready, window, by_creation, by_indexing)


def _answer(walk: Walk, ready: ReadyStrategy, window: Window, by: DateField) -> PubMedAnswer:
    """The answer to a strategy; to one that was split, the answers of its parts as one."""
    parts = ready.translation.parts
    return united([walk.sources.pubmed.search(part, window, by=by) for part in parts])


def united(answers: Sequence[PubMedAnswer]) -> PubMedAnswer:
    """The union of several answers, each PMID once; what was sent stands one on a line."""
    if len(answers) == 1:
        return answers[0]
    pmids = tuple(dict.fromkeys(pmid for answer in answers for pmid in answer.pmids))
    return PubMedAnswer(
        pmids,
        len(pmids),
        "\n".join(answer.translation for answer in answers),
        tuple(dict.fromkeys(warning for answer in answers for warning in answer.warnings)),
        "\n".join(answer.query_sent for answer in answers),
    )


def _fetch(walk: Walk, pmids: list[str], *, must_have: set[str]) -> Fetched:
    parts = [pmids[start : start + PART] for start in range(0, len(pmids), PART)]
    followed = walk.progress.follow(parts, "Fetching records", len(parts))
    fetched = joined([walk.sources.pubmed.fetch(part) for part in followed])
    lost = must_have.intersection(fetched.missing)
    if lost:
        raise SourceFailed(
            f"PubMed named {len(must_have):,} records but did not deliver "
            f"{', '.join(sorted(lost, key=_by_number)[:5])}; nothing was recorded as done.",
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
    )


def _save(
    session: Session, walk: Walk, asked: list[Asked], fetched: Fetched, followed: set[str]
) -> run_rows.Numbers:
    topic, today = walk.topic.slug, walk.today
    arrived = {item.record.source_id: item for item in fetched.captured}
    identified: set[str] = set()
    new = 0
    for one in asked:
        covers = covers_on(standing_watermark(session, topic, one.ready), one.window)
        search_ids = _save_searches(session, walk, one, covers)
        for route, search_id in search_ids.items():
            pmids = [pmid for pmid, by in one.routes.items() if by == route]
            saved = record_rows.save_captured(
                session, [arrived[p] for p in pmids], topic=topic, route=route, seen_on=today
            )
            record_rows.save_results(session, topic, search_id, saved)
            new += len(saved.new)
        identified.update(one.routes)
        if covers:
            run_rows.move_watermark(session, topic, one.ready.name, SOURCE, one.window.until)
    rest = [arrived[pmid] for pmid in followed - identified if pmid in arrived]
    record_rows.save_captured(session, rest, topic=topic, route=FOLLOWED, seen_on=today)
    gone = [pmid for pmid in fetched.missing if pmid in followed]
    record_rows.mark_deleted(session, SOURCE, gone, today)
    return {
        "identified": len(identified),
        "new": new,
        "followed": len(followed),
        "gone": len(gone),
    }


def _save_searches(session: Session, walk: Walk, one: Asked, covers: bool) -> dict[str, int]:
    answers = {CREATED: one.by_creation, INDEXED: one.by_indexing}
    return {
        route: run_rows.save_search(
            session,
            _search(one, answer),
            topic=walk.topic.slug,
            run=walk.run,
            searched_on=walk.today,
            strategy_hash=one.ready.hashes[0],
            covers=covers,
        )
        for route, answer in answers.items()
        if answer is not None
    }


def _search(one: Asked, answer: PubMedAnswer) -> Search:
    return Search(
        strategy=one.ready.name,
        source=SOURCE,
        database=one.ready.described.database,
        window=one.window,
        query=answer.query_sent,
        count=answer.count,
        received=len(answer.pmids),
        warnings=answer.warnings,
        translation=answer.translation,
    )
