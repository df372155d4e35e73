"""The search report of a topic collected from its folder and its store, at one moment."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from sqlalchemy.orm import Session

from db import pair_log
from db import signal_history as signal_history_rows
from db import strategies as strategy_rows
from db.reports import PUBMED, RULE
from surveillance.dedup.decide import RULES_VERSION, Verdict
from surveillance.dedup.decision_log import Logged
from surveillance.documents.flow import Counted
from surveillance.documents.history import SearchMade, StrategyHistory, TopicHistory
from surveillance.documents.restrictions import restrictions
from surveillance.documents.search_report import (
    DatabaseSearched,
    Deduplication,
    Living,
    Registries,
    SearchReport,
)
from surveillance.pipeline.known_items import known_item_states
from surveillance.pipeline.opening import opened
from surveillance.pipeline.reporting import flow_of, history_of
from surveillance.screening.criteria import read_criteria
from surveillance.settings import Settings
from surveillance.strategy_files import read_strategy_file
from surveillance.topics import Topic, TopicStrategy


def search_report(topic: Topic, settings: Settings) -> SearchReport:
    """The search report of a topic up to its last run; raises `UnreadableInput` where a file of
    the topic can't be read."""
    criteria = read_criteria(topic.criteria_file)
    with opened(settings) as store, store.transaction() as session:
        history = history_of(session, topic, settings)
        expected = [one for one in known_item_states(session, topic) if one.expected]
        return SearchReport(
            history=history,
            flow=flow_of(session, topic, settings),
            methods=topic.methods,
            databases=tuple(_databases(topic, history)),
            registries=Registries(
                query=topic.trials.query,
                strategies=topic.trials.strategies,
                watched=tuple(trial.number for trial in topic.watched_trials),
                exports=topic.trials.registries,
            ),
            citations=topic.europe_pmc.citations,
            deduplication=_deduplication(session, topic),
            living=_living(session, topic, history),
            reviewers=topic.screening.reviewers,
            known_items=len(expected),
            known_items_found=sum(one.found for one in expected),
            criteria_source=criteria.source,
            criteria=tuple((one.name, one.reason) for one in criteria.criteria),
        )


def _databases(topic: Topic, history: TopicHistory) -> Iterable[DatabaseSearched]:
    for described, found in zip(topic.strategies, history.strategies, strict=True):
        strategy = read_strategy_file(topic.strategy_file(described), described.dialect)
        yield DatabaseSearched(
            history=found,
            platform=described.platform,
            segment=described.segment,
            note=described.note,
            shares=tuple(_shares(topic, described)),
            restrictions=restrictions(strategy, described.result_line),
            every_weeks=described.every_weeks,
        )


def _shares(topic: Topic, described: TopicStrategy) -> Iterable[str]:
    """The other databases whose results came out of the same file, read in the same way."""
    how = (described.file, described.dialect, described.result_line)
    for other in topic.strategies:
        if other is not described and (other.file, other.dialect, other.result_line) == how:
            yield other.database


def _deduplication(session: Session, topic: Topic) -> Deduplication:
    last = {(one.record_a, one.record_b, one.made_by): one for one in _log(session, topic)}
    by_rule = Counter(one.verdict for one in last.values() if one.made_by == RULE)
    people = {(one.record_a, one.record_b) for one in last.values() if one.by_person}
    return Deduplication(
        rules=RULES_VERSION,
        same_by_rule=by_rule[Verdict.SAME],
        by_people=len(people),
        doubtful=pair_log.doubtful_pairs(session, topic.slug),
    )


def _log(session: Session, topic: Topic) -> Iterable[Logged]:
    return (one for one in pair_log.log_of(session, topic.slug) if one.made_by != PUBMED)


def _living(session: Session, topic: Topic, history: TopicHistory) -> Living:
    searches = [*_searches_of(history.strategies), *_others(history)]
    runs = {one.run: one.searched_on for one in searches if one.run and not one.imported}
    recipients = Counter(f"{one.channel}, {one.rhythm}" for one in topic.recipients)
    decisions = signal_history_rows.decisions_of(session, topic.slug)
    last = decisions[-1][1] if decisions else None
    return Living(
        cron=topic.schedule.cron,
        timezone=topic.schedule.timezone,
        runs=len(runs),
        first_run=min(runs.values(), default=None),
        last_run=max(runs.values(), default=None),
        recipients=tuple(Counted(words, number) for words, number in sorted(recipients.items())),
        decision=last.decision if last else "",
        decided_on=last.decided_on if last else None,
        strategies_changed=len(strategy_rows.changes(session, topic.slug)),
    )


def _searches_of(strategies: Iterable[StrategyHistory]) -> Iterable[SearchMade]:
    return (one for strategy in strategies for one in strategy.searches)


def _others(history: TopicHistory) -> Iterable[SearchMade]:
    return (one for other in history.others for one in other.searches)
