"""A topic's strategies as they are now, for whoever opens their pages.

The search history (`reporting`) tells every search; a page shows the last ones.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from db import history as history_rows
from db import strategies as strategy_rows
from db.history import Searched
from surveillance.documents.history import HistoryLine, SearchMade
from surveillance.pipeline.reporting import lines_beside, search_made, signed
from surveillance.pipeline.strategies import current_hashes
from surveillance.pipeline.versions import current_version
from surveillance.strategy.strategy import Strategy
from surveillance.topics import Topic, TopicStrategy


@dataclass(frozen=True, slots=True)
class StrategyNow:
    """A strategy with its version in the topic's folder, who signed that, and its searches."""

    described: TopicStrategy
    version: str
    signed: tuple[str, ...]
    searched: Searched


@dataclass(frozen=True, slots=True)
class CountedLines:
    """A strategy's lines, with what PubMed counted for each; None: this version never was."""

    lines: tuple[HistoryLine, ...]
    counted_on: date | None


def strategies_now(session: Session, topic: Topic) -> list[StrategyNow]:
    """Every strategy of a topic, in the topic's order."""
    searched = history_rows.searched(session, topic.slug)
    approvals = strategy_rows.sign_offs(session, topic.slug)
    found = []
    for described in topic.strategies:
        version = current_version(topic, described)
        given = approvals.get(described.name, ())
        told = tuple(signed(one) for one in given if one.version == version)
        found.append(
            StrategyNow(described, version, told, searched.get(described.name, Searched()))
        )
    return found


def counted_lines(
    session: Session, topic: Topic, described: TopicStrategy, strategy: Strategy
) -> CountedLines:
    """The lines of `strategy`, which is what the topic's folder holds, with their last counts."""
    now = current_hashes(topic).get(described.name)
    row = now and history_rows.last_counting(session, topic.slug, described.name, now[0])
    if not row:
        return CountedLines(lines_beside(strategy, ()), None)
    counts = history_rows.line_counts(session, [row.id]).get(row.id, ())
    return CountedLines(lines_beside(strategy, counts), row.searched_on)


def last_searches(session: Session, topic: str, strategy: str, most: int) -> list[SearchMade]:
    """The last so many searches of a strategy, newest first, without what each line counted."""
    rows = history_rows.newest_searches(session, topic, strategy, most)
    numbers = [row.id for row in rows]
    kept = history_rows.kept_by_search(session, topic, numbers)
    new = history_rows.new_by_search(session, topic, numbers)
    return [search_made(row, kept[row.id], new[row.id]) for row in rows]
