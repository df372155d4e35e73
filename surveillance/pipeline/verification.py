"""Each record that PubMed returned, held against the strategy's exact meaning."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from sqlalchemy.orm import Session

from db import records as record_rows
from db import runs as run_rows
from db import strategies as strategy_rows
from db.records import StoredRecord
from surveillance.pipeline.in_play import JUDGED_SOURCES
from surveillance.pipeline.registries import judge_registrations
from surveillance.pipeline.strategies import ReadyStrategy, ready_strategies
from surveillance.pipeline.versions import note_version
from surveillance.pipeline.walk import Walk
from surveillance.strategy.evaluate.positional import Index, evaluate_all
from surveillance.strategy.evaluate.verdict import Verdict

#: Records indexed together: enough to gain by it, few enough to stay far below 1 GB.
BATCH = 5_000


def verify(walk: Walk) -> run_rows.Numbers:
    """Judge every record version that the strategies, as they are now, have not judged yet."""
    counts: Counter[str] = Counter(dict.fromkeys(Verdict, 0))
    with walk.store.transaction() as session:
        for ready in ready_strategies(walk.topic):
            before = strategy_rows.state(session, walk.topic.slug, ready.name)
            counts.update(_verify(session, walk, ready))
            judge_registrations(session, walk, ready)
            note_version(session, walk, ready, before)
        numbers = {str(verdict): count for verdict, count in counts.items()}
        run_rows.finish_stage(session, walk.run, "verify", numbers)
    return numbers


def _verify(session: Session, walk: Walk, ready: ReadyStrategy) -> Counter[str]:
    waiting = record_rows.unjudged(
        session, walk.topic.slug, ready.name, ready.hashes, sources=JUDGED_SOURCES
    )
    counts: Counter[str] = Counter()
    judged = zip(waiting, _verdicts(ready, waiting), strict=True)
    for stored, verdict in walk.progress.follow(judged, "Verifying", len(waiting)):
        record_rows.save_match(
            session,
            stored,
            topic=walk.topic.slug,
            strategy=ready.name,
            hashes=ready.hashes,
            verdict=verdict,
            judged_on=walk.today,
        )
        counts[verdict] += 1
    return counts


def _verdicts(ready: ReadyStrategy, waiting: Sequence[StoredRecord]) -> Iterator[Verdict]:
    """The exact verdict on each record, a batch at a time; the line is there, `strategies` saw."""
    line = ready.result_line or ready.strategy.result_line or 0
    for start in range(0, len(waiting), BATCH):
        batch = waiting[start : start + BATCH]
        index = Index.of(stored.record for stored in batch)
        (lines,) = evaluate_all([ready.strategy], index, mesh=ready.mesh)
        yield from (lines[line].of(place) for place in range(len(batch)))
