"""The pairs that wait for a person, the most valuable first."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import TypeVar

from surveillance.dedup.clusters import Pair, pair_of, standing
from surveillance.dedup.decide import PairDecision, Verdict
from surveillance.dedup.decision_log import Logged
from surveillance.dedup.deduplicate import REFUSED

#: A decision as it was made, or as the log has it.
Asked = TypeVar("Asked", Logged, PairDecision)


def waiting(log: Iterable[Asked], report_of: Mapping[int, int]) -> list[Asked]:
    """One question for two reports that may be one: the pair of theirs with the highest score.

    Asked is what is doubtful, and what was decided the same but kept apart by a third record.
    Two reports of which a person called any pair different are not asked about. `report_of` says
    where each record is now. The likeliest duplicates come first: each saves most later work.
    """
    asked: dict[frozenset[int], Asked] = {}
    settled: set[frozenset[int]] = set()
    for decision in standing(log).values():
        reports = _reports(decision, report_of)
        if len(reports) < 2:
            continue
        if decision.verdict is Verdict.DIFFERENT:
            settled |= {reports} if decision.by_person else set()
        elif reports not in asked or _value(decision) < _value(asked[reports]):
            asked[reports] = decision
    found = (decision for reports, decision in asked.items() if reports not in settled)
    return [_explained(decision) for decision in most_valuable_first(found)]


def most_valuable_first(decisions: Iterable[Asked]) -> list[Asked]:
    """Questions in the order in which people are asked."""
    return sorted(decisions, key=_value)


def _reports(decision: Logged | PairDecision, report_of: Mapping[int, int]) -> frozenset[int]:
    pair = pair_of(decision)
    return frozenset(report_of[number] for number in pair if number in report_of)


def _value(decision: Logged | PairDecision) -> tuple[float, Pair]:
    return -decision.score, pair_of(decision)


def _explained(decision: Asked) -> Asked:
    if decision.verdict is not Verdict.SAME or decision.rule.endswith(REFUSED):
        return decision
    return replace(decision, rule=f"{decision.rule}, {REFUSED}")
