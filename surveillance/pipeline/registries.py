"""ClinicalTrials.gov asked by the topic's query and by its watch list."""

from __future__ import annotations

import hashlib
from collections.abc import Callable

from sqlalchemy.orm import Session

from db import runs as run_rows
from db import studies as study_rows
from surveillance.errors import SourceFailed
from surveillance.pipeline.walk import Walk
from surveillance.runs import Search
from surveillance.sources.clinicaltrials import StudyDocument, TrialsAnswer

SOURCE = "clinicaltrials"
DATABASE = "ClinicalTrials.gov"
#: From so many trials on, losing half of them at once is not believed.
MANY = 20
BY_QUERY, BY_WATCH_LIST = "trials query", "watch list"


def ask_registry(walk: Walk) -> run_rows.Numbers:
    """Ask, then keep every study document in one transaction.

    Raises `SourceFailed` before anything is kept where the answer is not whole or not credible.
    """
    watched = [trial.nct for trial in walk.topic.watched_trials]
    trials = walk.sources.trials
    questions: tuple[Callable[[], TrialsAnswer], ...] = (
        lambda: trials.search(walk.topic.trials.query),
        lambda: trials.studies(watched),
    )
    found, listed = [
        ask() for ask in walk.progress.follow(questions, "Asking the registry", len(questions))
    ]
    with walk.store.transaction() as session:
        _hold_against_last_time(session, walk, found)
        numbers = _save(session, walk, found, listed)
        run_rows.save_exchanges(session, walk.run, walk.exchanges.taken())
        run_rows.finish_stage(session, walk.run, "registry", numbers)
    return numbers


def _hold_against_last_time(session: Session, walk: Walk, found: TrialsAnswer) -> None:
    """Once the registry answered zero to everything, and a mirror took that for the truth."""
    before = run_rows.last_count(session, walk.topic.slug, BY_QUERY, found.query_sent)
    if before and (found.total == 0 or (before >= MANY and found.total * 2 < before)):
        raise SourceFailed(
            f"ClinicalTrials.gov now finds {found.total:,} trials where it found {before:,}; "
            "that looks like an outage, and nothing was recorded as done.",
            hint="Run again later; a query that you narrowed yourself is not held to this.",
        )


def _save(
    session: Session, walk: Walk, found: TrialsAnswer, listed: TrialsAnswer
) -> run_rows.Numbers:
    new = _keep(session, walk, listed, BY_WATCH_LIST, study_rows.WATCHED)
    new += _keep(session, walk, found, BY_QUERY, study_rows.SEARCHED)
    run_rows.move_watermark(session, walk.topic.slug, BY_QUERY, SOURCE, walk.today)
    return {"registrations": len(found.documents), "watched": len(listed.documents), "new": new}


def _keep(session: Session, walk: Walk, answer: TrialsAnswer, strategy: str, route: str) -> int:
    search_id = run_rows.save_search(
        session,
        Search(
            strategy=strategy,
            source=SOURCE,
            database=DATABASE,
            window=None,
            query=answer.query_sent,
            count=answer.total,
            received=len(answer.documents),
            warnings=answer.warnings,
        ),
        topic=walk.topic.slug,
        run=walk.run,
        searched_on=walk.today,
        strategy_hash=hashlib.sha256(answer.query_sent.encode()).hexdigest(),
    )
    return sum(_keep_one(session, walk, item, route, search_id) for item in answer.documents)


def _keep_one(
    session: Session, walk: Walk, item: StudyDocument, route: str, search_id: int
) -> bool:
    return study_rows.save_registration(
        session,
        item.nct,
        item.payload,
        topic=walk.topic.slug,
        route=route,
        search_id=search_id,
        seen_on=walk.today,
    )
