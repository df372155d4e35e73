"""A topic's log of decisions on pairs: what stands on each, and the steps in which it grew."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import groupby

from surveillance.dedup.clusters import Pair
from surveillance.dedup.decide import Verdict
from surveillance.dedup.deduplicate import REFUSED

#: Who decided, where it was no person: the rules, and PubMed, which answers one number with the
#: record of another. Nobody signs with these names.
RULE, PUBMED = "rule", "pubmed"


@dataclass(frozen=True, slots=True)
class Logged:
    """One decision of the log, without its evidence.

    `after_run` is the topic's last finished run when a person spoke, where that is known.
    """

    id: int
    record_a: int
    record_b: int
    verdict: Verdict
    rule: str
    score: float
    made_by: str
    rule_version: str
    decided_on: date
    after_run: int | None = None

    @property
    def by_person(self) -> bool:
        """Whether it outranks the rules; PubMed's word on its own records does, too."""
        return self.made_by != RULE

    @property
    def pair(self) -> Pair:
        """The records' numbers, lower first."""
        return self.record_a, self.record_b


def freed(log: Iterable[Logged]) -> list[Logged]:
    """The log with each refused pair as the *same* that it is, for clustering to refuse it again.

    What held it apart may be superseded.
    """
    return [
        replace(one, verdict=Verdict.SAME)
        if not one.by_person and one.rule.endswith(REFUSED)
        else one
        for one in log
    ]


def steps(log: Iterable[Logged]) -> Iterator[tuple[Logged, ...]]:
    """The log in the steps in which people saw it grow.

    Each *same* of a person is one, and what people said to hold records apart in between, for an
    undo says it of many pairs at once. What was decided by rule on one day, with no person's word
    in between, is one: the imports and the run of a day bring their records together.
    """
    for _, rows in groupby(log, key=_step):
        yield tuple(rows)


def _step(decision: Logged) -> tuple[str, date | int]:
    if decision.made_by in (RULE, PUBMED):
        return "by rule", decision.decided_on
    return ("joined", decision.id) if decision.verdict is Verdict.SAME else ("held apart", 0)


def connected(seeds: Iterable[int], log: Sequence[Logged]) -> frozenset[int]:
    """The seeds, and all records that any *same*, standing or not, ties to them.

    No decision on a record outside changes how these cluster.
    """
    ties: dict[int, set[int]] = defaultdict(set)
    for decision in log:
        if decision.verdict is Verdict.SAME:
            ties[decision.record_a].add(decision.record_b)
            ties[decision.record_b].add(decision.record_a)
    reached = set(seeds)
    open_ = list(reached)
    while open_:
        further = ties[open_.pop()] - reached
        reached |= further
        open_ += further
    return frozenset(reached)


def among(records: Collection[int], log: Iterable[Logged]) -> list[Logged]:
    """The decisions on pairs of these records."""
    return [one for one in log if one.record_a in records and one.record_b in records]
