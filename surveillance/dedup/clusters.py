"""Reports from decisions: records that are the same, kept apart where somebody said different."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from itertools import chain, combinations
from typing import Protocol, TypeVar

from surveillance.dedup.decide import Verdict

Pair = tuple[int, int]


class Decided(Protocol):
    """What a cluster needs of a decision; stored ones and `PairDecision` both have it."""

    @property
    def record_a(self) -> int: ...
    @property
    def record_b(self) -> int: ...
    @property
    def verdict(self) -> Verdict: ...
    @property
    def score(self) -> float: ...
    @property
    def by_person(self) -> bool: ...


D = TypeVar("D", bound=Decided)


@dataclass(frozen=True, slots=True)
class Clustering:
    """The clusters (each sorted, in the order of their first member), and the refused merges.

    A refused pair was decided the same, but would bring together two records that were decided
    different: it waits for a person like a doubtful one.
    """

    clusters: tuple[tuple[int, ...], ...]
    refused: tuple[Pair, ...]


def cluster(
    entries: Iterable[int],
    decisions: Iterable[Decided],
    names: Mapping[int, str] | None = None,
) -> Clustering:
    """The clusters of `entries` under `decisions`, oldest decision first.

    A person's decision outranks every rule's; among equals the later one supersedes. The
    strongest links are made first (a person's, then by score), so that where a chain contradicts
    itself the weakest link stays open. Of two links equally strong the one whose entries come
    first by `names` is made, else by their numbers. Pure: superseding a decision and clustering
    again gives the clusters as if it had never been.
    """
    there = set(entries)
    # Of those that are linked: most entries stay alone.
    members: dict[int, list[int]] = {}
    holding = standing(decisions)
    apart = _apart(holding)
    refused = []
    strength = partial(_strength, names or {})
    for decision in sorted(_links(holding.values(), there), key=strength):
        ours, theirs = (members.setdefault(one, [one]) for one in pair_of(decision))
        if ours is theirs:
            continue
        if _kept_apart(ours, theirs, apart, only_people=decision.by_person):
            refused.append(pair_of(decision))
            continue
        _join(members, ours, theirs)
    return Clustering(_sorted(there, members), tuple(sorted(refused)))


def undecided_within(decisions: Iterable[Decided]) -> tuple[Pair, ...]:
    """Pairs that links would bring together and that nobody has compared yet, sorted.

    A = B and B = C say something of A and C: those pairs must be decided before clustering, for
    A and C may conflict without sharing a candidate key.
    """
    holding = standing(decisions)
    pairs = chain.from_iterable(combinations(one, 2) for one in linked(holding.values()))
    return tuple(sorted(pair for pair in pairs if pair not in holding))


def linked(decisions: Iterable[Decided]) -> tuple[tuple[int, ...], ...]:
    """The entries that links bring together, whatever keeps some of them apart; two or more."""
    same = [one for one in standing(decisions).values() if one.verdict is Verdict.SAME]
    numbers = {number for one in same for number in pair_of(one)}
    return cluster(numbers, same).clusters


def standing(decisions: Iterable[D]) -> dict[Pair, D]:
    """The decision that holds for each pair: a later one of the same rank supersedes."""
    found: dict[Pair, D] = {}
    for decision in decisions:
        pair = pair_of(decision)
        before = found.get(pair)
        if before is None or decision.by_person or not before.by_person:
            found[pair] = decision
    return found


def pair_of(decision: Decided) -> Pair:
    """The numbers of a decision's records, lower first."""
    a, b = decision.record_a, decision.record_b
    return (a, b) if a < b else (b, a)


def _apart(holding: Mapping[Pair, Decided]) -> dict[int, dict[int, bool]]:
    """For each record those that it must not meet, and whether a person said so."""
    apart: dict[int, dict[int, bool]] = defaultdict(dict)
    for (a, b), decision in holding.items():
        if decision.verdict is Verdict.DIFFERENT:
            apart[a][b] = apart[b][a] = decision.by_person
    return apart


def _links(decisions: Iterable[Decided], there: Collection[int]) -> Iterator[Decided]:
    for decision in decisions:
        known = decision.record_a in there and decision.record_b in there
        if known and decision.verdict is Verdict.SAME:
            yield decision


def _strength(
    names: Mapping[int, str], decision: Decided
) -> tuple[bool, float, tuple[str, ...], Pair]:
    pair = pair_of(decision)
    named = tuple(sorted(names.get(number, "") for number in pair)) if names else ()
    return not decision.by_person, -decision.score, named, pair


def _kept_apart(
    ours: list[int],
    theirs: list[int],
    apart: Mapping[int, Mapping[int, bool]],
    *,
    only_people: bool,
) -> bool:
    """Whether two clusters hold a pair that was decided different.

    A person's link yields to a person's word alone: somebody looked at the records.
    """
    few, many = sorted((ours, theirs), key=len)
    others = set(many)
    return any(
        other in others and (by_person or not only_people)
        for number in few
        for other, by_person in apart.get(number, {}).items()
    )


def _join(members: dict[int, list[int]], ours: list[int], theirs: list[int]) -> None:
    few, many = sorted((ours, theirs), key=len)
    many.extend(few)
    for number in few:
        members[number] = many


def _sorted(there: Iterable[int], members: Mapping[int, list[int]]) -> tuple[tuple[int, ...], ...]:
    distinct = {id(group): group for group in members.values()}
    groups = [tuple(sorted(group)) for group in distinct.values()]
    return tuple(sorted([*groups, *((one,) for one in there if one not in members)]))
